"""Displacement, stress and potential inside a body: the way down, after `love_kernel` has gone up."""

import numpy as np

from perijove.tides.compressible_kernel import compressible_centre, taylor_columns
from perijove.tides.impedance_kernel import compiled, floor_basis, inverse, left_divide, power_solutions
from perijove.tides.love_kernel import (
    CENTRE,
    LIQUID,
    POWERS,
    SERIES,
    Pieces,
    body_impedance,
    room_for_pieces,
    surface_response,
)
from perijove.tides.taylor_kernel import ROWS

__all__ = ["radial_rows"]


@compiled
def _descend_incompressible(
    u: np.ndarray, ratio: float, inner: np.ndarray, powers: np.ndarray, degree: float, work: np.ndarray
) -> None:
    """Amplitudes of the six powers of a layer, and U at its floor.

    Gives work[1, 0]: growing ones, counted at the roof; work[1, 1]: decaying ones, at the floor. `u`, shape (3, 1), is
    U at the roof, and becomes that at the floor.
    """
    base = ratio ** (degree - 1.0)
    grown = (base, base * ratio * ratio, base * ratio)
    matrix, solved = work[0], np.empty((3, 1), dtype=np.complex128)
    for k in range(3):
        first, second, third = (
            inner[0, k] * (grown[k] * grown[0] * ratio),
            inner[1, k] * (grown[k] * grown[1] * ratio),
            inner[2, k] * (grown[k] * grown[2] * ratio),
        )
        matrix[0, k] = first + second + (1.0 if k < 2 else 0.0)
        matrix[1, k] = powers[2, 0] * first + powers[3, 0] * second + (powers[k, 0] if k < 2 else 0.0)
        matrix[2, k] = third + (1.0 if k == 2 else 0.0)
    left_divide(matrix, u, solved)
    for i in range(3):
        work[1, 0, i] = solved[i, 0]
        work[1, 1, i] = 0.0
        for k in range(3):
            work[1, 1, i] += inner[i, k] * grown[k] * solved[k, 0]
    a, b = work[1, 0], work[1, 1]
    u[0, 0] = a[0] * grown[0] + a[1] * grown[1] + b[0] + b[1]
    u[1, 0] = (
        powers[0, 0] * a[0] * grown[0] + powers[1, 0] * a[1] * grown[1] + powers[2, 0] * b[0] + powers[3, 0] * b[1]
    )
    u[2, 0] = a[2] * grown[2] + b[2]


@compiled
def _incompressible_at(
    radius: float,
    floor: float,
    top: float,
    shear: complex,
    a: np.ndarray,
    b: np.ndarray,
    powers: np.ndarray,
    degree: float,
    y: np.ndarray,
) -> None:
    """U and T at a radius of an incompressible layer from the amplitudes of its six powers."""
    up, down = radius / top, floor / radius
    grown, left = up ** (degree - 1.0), down**degree
    amplitude = (a[0] * grown, a[1] * grown * up * up, b[0] * left, b[1] * left * down * down)
    y[:] = 0.0
    for k in range(4):
        y[0] += amplitude[k]
        y[1] += powers[k, 0] * amplitude[k]
        y[3] += shear * powers[k, 1] * amplitude[k]
        y[4] += shear * powers[k, 2] * amplitude[k]
    y[2] = a[2] * grown * up + b[2] * left * down
    y[5] = -(2.0 * degree + 1.0) * b[2] * left * down


@compiled
def _way_down(
    pieces: Pieces,
    count: int,
    shear: np.ndarray,
    degree: float,
    powers: np.ndarray,
    u: np.ndarray,
    amplitudes: np.ndarray,
    work: np.ndarray,
) -> None:
    """Fill `amplitudes`, shape (pieces, 2, 3): of the powers, or U and T at the floor, or of the centre."""
    solved = np.empty((3, 1), dtype=np.complex128)
    for piece in range(count - 1, -1, -1):
        kind = pieces.kind[piece]
        floor, top = pieces.place[piece, 0], pieces.place[piece, 1]
        if kind == LIQUID:
            mixed = pieces.inner[piece, 0, 2]
            ratio = floor / top
            grown = u[2, 0] / (1.0 + mixed * ratio ** (2.0 * degree + 1.0))
            amplitudes[piece, 0, 2] = grown
            grown *= ratio**degree
            amplitudes[piece, 1, 2] = mixed * grown
            at_floor = grown * (1.0 + mixed)
            u[0, 0] = pieces.inner[piece, 0, 0] * at_floor
            u[1, 0] = pieces.inner[piece, 0, 1] * at_floor
            u[2, 0] = at_floor
        elif kind == POWERS:
            _descend_incompressible(u, floor / top, pieces.inner[piece], powers, degree, work)
            for i in range(3):
                amplitudes[piece, 0, i], amplitudes[piece, 1, i] = work[1, 0, i], work[1, 1, i]
        else:
            left_divide(pieces.inner[piece], u, solved)
            if kind == SERIES:
                floor_basis(pieces.impedance[piece], shear[pieces.layer[piece]], work[0], work[1])
                for i in range(3):
                    u[i, 0] = 0.0
                    amplitudes[piece, 1, i] = 0.0
                    for k in range(3):
                        u[i, 0] += work[0, i, k] * solved[k, 0]
                        amplitudes[piece, 1, i] += work[1, i, k] * solved[k, 0]
            else:
                for i in range(3):
                    u[i, 0] = solved[i, 0]
            for i in range(3):
                amplitudes[piece, 0, i] = u[i, 0]


@compiled
def _six_at(
    radius: float,
    kind: int,
    floor: float,
    top: float,
    excess: float,
    density: float,
    shear: complex,
    bulk: float,
    degree: float,
    amplitude: np.ndarray,
    powers: np.ndarray,
    solutions: np.ndarray,
    y: np.ndarray,
) -> None:
    """U and T at a radius of a solid piece."""
    stiffness = bulk + 4.0 / 3.0 * shear
    if kind == POWERS:
        _incompressible_at(radius, floor, top, shear, amplitude[0], amplitude[1], powers, degree, y)
    elif kind == CENTRE:
        compressible_centre(radius, top, density, shear, stiffness, degree, solutions)
        for i in range(6):
            y[i] = 0.0
            for k in range(3):
                y[i] += solutions[k, i] * amplitude[0, k]
    else:
        rows, ll = np.zeros((ROWS, 8)), degree * (degree + 1.0)
        units = (1.0 + 0.0j, 1.0 + 0.0j, 1.0 + 0.0j, shear, shear * ll, 1.0 + 0.0j)
        for i in range(6):
            start = amplitude[i // 3, i % 3] * inverse(units[i])
            rows[6 + i, 0], rows[6 + i, 4] = start.real, start.imag
        softness = shear * inverse(stiffness) if bulk < np.inf else 0.0 * shear
        taylor_columns(rows, floor, radius / floor - 1.0, density, shear, softness, excess, degree)
        for i in range(6):
            y[i] = complex(rows[6 + i, 0], rows[6 + i, 4]) * units[i]


@compiled
def radial_rows(
    radius: np.ndarray,
    density: np.ndarray,
    shear: np.ndarray,
    bulk: np.ndarray,
    degree: float,
    load: bool,  # noqa: FBT001  # compiled calls know no keywords
    places: np.ndarray,
    rows: np.ndarray,
) -> float:
    """The six radial functions of one body.

    Parameters
    ----------
    radius, density, shear, bulk, degree, load
        One body, as a row of `love_kernel.love_rows`.
    places : array, shape (n,)
        Radii, in units of the body's.
    rows : array, shape (n, 6), complex
        Becomes y1 to y6 of Takeuchi & Saito (1972) for a potential of 1 at the surface, in the units of
        `impedance_kernel`; in liquids all but y5 are NaN.

    Returns
    -------
    float
        Defect of reciprocity, as in `love_kernel.surface_response`.
    """
    powers, work = np.empty((4, 3)), np.empty((4, 3, 3), dtype=np.complex128)
    z, u = np.empty((3, 3), dtype=np.complex128), np.empty((3, 1), dtype=np.complex128)
    power_solutions(degree, powers)
    pieces = room_for_pieces(0)
    gravity, count = body_impedance(radius, density, shear, bulk, degree, powers, z, work, pieces)
    pieces = room_for_pieces(count)
    body_impedance(radius, density, shear, bulk, degree, powers, z, work, pieces)
    answer = np.empty(3, dtype=np.complex128)
    defect: float = surface_response(z, gravity, degree, load, answer)
    u[0, 0], u[1, 0], u[2, 0] = answer[0], answer[1], 1.0 + answer[2]
    amplitudes = np.zeros((count, 2, 3), dtype=np.complex128)
    _way_down(pieces, count, shear, degree, powers, u, amplitudes, work)
    y, solutions = np.empty(6, dtype=np.complex128), np.empty((3, 6), dtype=np.complex128)
    ll, unit_density = degree * (degree + 1.0), density[density.size - 1]
    for row in range(places.size):
        r = places[row]
        piece = 0
        while piece < count - 1 and pieces.place[piece, 1] < r:
            piece += 1
        layer = pieces.layer[piece]
        floor, top, excess = pieces.place[piece, 0], pieces.place[piece, 1], pieces.place[piece, 2]
        if pieces.kind[piece] == LIQUID:
            for i in range(6):
                rows[row, i] = np.nan
            rows[row, 4] = amplitudes[piece, 0, 2] * (r / top) ** degree + amplitudes[piece, 1, 2] * (floor / r) ** (
                degree + 1.0
            )
            continue
        rho = density[layer] / unit_density
        _six_at(
            r, pieces.kind[piece], floor, top, excess, rho, shear[layer], bulk[layer], degree,
            amplitudes[piece], powers, solutions, y,
        )  # fmt: skip
        weight = rho * r / 3.0 + excess / r**2
        rows[row, 0], rows[row, 2], rows[row, 4] = y[0], y[1], y[2]
        rows[row, 1] = y[3] / r + rho * (weight * y[0] - y[2])
        rows[row, 3] = y[4] / (ll * r)
        rows[row, 5] = (y[5] + (2.0 * degree + 1.0) * y[2]) / r - rho * y[0]
    return defect
