"""Displacement, stress and potential inside a body: the way down, after `love_kernel` has gone up."""

import numpy as np

from perijove.tides.compressible_kernel import compressible_centre
from perijove.tides.impedance_kernel import (
    FIRST,
    IMPEDANCES,
    INNER,
    SECOND,
    THIRD,
    compiled,
    copy_matrix,
    floor_basis,
    inverse,
    left_divide,
    power_solutions,
)
from perijove.tides.love_kernel import (
    CENTRE,
    LIQUID,
    POWERS,
    SERIES,
    Pieces,
    impedances,
    room_for_bodies,
    room_for_pieces,
    surface_response,
)
from perijove.tides.taylor_kernel import carried, carry, layer_of_lanes, start_lane

__all__ = ["radial_rows"]


@compiled
def _descend_incompressible(m: np.ndarray, ratio: float, powers: np.ndarray, degree: float) -> None:
    """Amplitudes of the six powers of a layer, and U at its floor.

    The first column of `THIRD` is U at the roof, and becomes that at the floor; `INNER` is what the way up has left.
    The first row of `FIRST` becomes the growing amplitudes, counted at the roof, the second the decaying ones, at the
    floor.
    """
    # At the roof, U of growing powers (amplitude 1 there) with the decaying ones that go with them, in SECOND.
    base = ratio ** (degree - 1.0)
    grown = (base, base * ratio * ratio, base * ratio)
    for k in range(3):
        first, second, third = (
            m[INNER, 0, k] * (grown[k] * grown[0] * ratio),
            m[INNER, 1, k] * (grown[k] * grown[1] * ratio),
            m[INNER, 2, k] * (grown[k] * grown[2] * ratio),
        )
        m[SECOND, 0, k] = first + second + (1.0 if k < 2 else 0.0)
        m[SECOND, 1, k] = powers[2, 0] * first + powers[3, 0] * second + (powers[k, 0] if k < 2 else 0.0)
        m[SECOND, 2, k] = third + (1.0 if k == 2 else 0.0)
    # How much of each makes the U that is there, and what is left of it at the floor.
    left_divide(m, SECOND, THIRD, THIRD, 1)
    for i in range(3):
        m[FIRST, 0, i] = m[THIRD, i, 0]
        m[FIRST, 1, i] = 0.0
        for k in range(3):
            m[FIRST, 1, i] += m[INNER, i, k] * grown[k] * m[THIRD, k, 0]
    a0, a1, a2 = m[FIRST, 0, 0], m[FIRST, 0, 1], m[FIRST, 0, 2]
    b0, b1, b2 = m[FIRST, 1, 0], m[FIRST, 1, 1], m[FIRST, 1, 2]
    m[THIRD, 0, 0] = a0 * grown[0] + a1 * grown[1] + b0 + b1
    m[THIRD, 1, 0] = powers[0, 0] * a0 * grown[0] + powers[1, 0] * a1 * grown[1] + powers[2, 0] * b0 + powers[3, 0] * b1
    m[THIRD, 2, 0] = a2 * grown[2] + b2


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
    # Each power counted from its own end: nothing overflows.
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
    m: np.ndarray,
    amplitudes: np.ndarray,
) -> None:
    """Fill `amplitudes`, shape (pieces, 2, 3): of the powers, or U and T at the floor, or of the centre.

    The first column of matrix `THIRD` is U at the surface, and on the way down U where that has come to.
    """
    for piece in range(count - 1, -1, -1):
        kind = pieces.kind[piece]
        floor, top = pieces.place[piece, 0], pieces.place[piece, 1]
        copy_matrix(pieces.inner, piece, m, INNER)
        if kind == LIQUID:
            # The potential alone goes through; the floor follows it.
            mixed, ratio = m[INNER, 0, 2], floor / top
            grown = m[THIRD, 2, 0] / (1.0 + mixed * ratio ** (2.0 * degree + 1.0))
            amplitudes[piece, 0, 2] = grown
            grown *= ratio**degree
            amplitudes[piece, 1, 2] = mixed * grown
            at_floor = grown * (1.0 + mixed)
            m[THIRD, 0, 0], m[THIRD, 1, 0] = m[INNER, 0, 0] * at_floor, m[INNER, 0, 1] * at_floor
            m[THIRD, 2, 0] = at_floor
            continue
        if kind == POWERS:
            _descend_incompressible(m, floor / top, powers, degree)
            for i in range(3):
                amplitudes[piece, 0, i], amplitudes[piece, 1, i] = m[FIRST, 0, i], m[FIRST, 1, i]
            continue
        # How much of each of the three solutions that the way up has carried, and these at the floor.
        left_divide(m, INNER, THIRD, THIRD, 1)
        if kind == SERIES:
            copy_matrix(pieces.impedance, piece, m, IMPEDANCES)
            floor_basis(m, IMPEDANCES, shear[0, pieces.layer[piece]], FIRST, SECOND)
            for i in range(3):
                m[INNER, i, 0] = 0.0
                amplitudes[piece, 1, i] = 0.0
                for k in range(3):
                    m[INNER, i, 0] += m[FIRST, i, k] * m[THIRD, k, 0]
                    amplitudes[piece, 1, i] += m[SECOND, i, k] * m[THIRD, k, 0]
            for i in range(3):
                m[THIRD, i, 0] = m[INNER, i, 0]
        for i in range(3):
            amplitudes[piece, 0, i] = m[THIRD, i, 0]


@compiled
def _six_at(
    radius: float,
    kind: int,
    floor: float,
    top: float,
    excess: float,
    density: float,
    shear: complex,
    bulk: complex,
    degree: float,
    amplitude: np.ndarray,
    powers: np.ndarray,
    solutions: np.ndarray,
    lanes: np.ndarray,
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
        one, ll = 1.0 + 0.0j, degree * (degree + 1.0)
        units = (one, one, one / floor, shear, shear * ll, one / floor)
        softness = shear * inverse(stiffness) if bulk.real < np.inf else 0.0 * shear
        layer_of_lanes(lanes, 0, 1, radius / floor, floor, density, inverse(shear), softness, excess, degree)
        for i in range(6):
            start_lane(lanes, 0, i, amplitude[i // 3, i % 3] * inverse(units[i]))
        carry(lanes)
        for i in range(6):
            y[i] = carried(lanes, 0, i) * units[i] * (floor / radius if i % 3 == 2 else 1.0)


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
        One body, as `love_kernel.love_rows` takes many.
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
    powers, answer = np.empty((4, 3)), np.empty(3, dtype=np.complex128)
    power_solutions(degree, powers)
    room, pieces = room_for_bodies(), room_for_pieces(0)
    # The way up, twice: to count the pieces, and to write them down.
    count = impedances(radius, density, shear, bulk, 0, 1, degree, powers, room, pieces)
    pieces = room_for_pieces(count)
    impedances(radius, density, shear, bulk, 0, 1, degree, powers, room, pieces)
    defect: float = surface_response(room.m, IMPEDANCES, room.gravity[0], degree, load, answer)
    room.m[THIRD, 0, 0], room.m[THIRD, 1, 0], room.m[THIRD, 2, 0] = answer[0], answer[1], 1.0 + answer[2]
    amplitudes = np.zeros((count, 2, 3), dtype=np.complex128)
    _way_down(pieces, count, shear, degree, powers, room.m, amplitudes)
    y, solutions = np.empty(6, dtype=np.complex128), np.empty((3, 6), dtype=np.complex128)
    ll, unit_density = degree * (degree + 1.0), density[0, -1]
    for row in range(places.size):
        r = places[row]
        # The piece that holds the radius; a boundary belongs to the one below.
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
        rho = density[0, layer] / unit_density
        _six_at(
            r, pieces.kind[piece], floor, top, excess, rho, shear[0, layer], bulk[0, layer], degree,
            amplitudes[piece], powers, solutions, room.lanes, y,
        )  # fmt: skip
        # From t2, y4 and p back to y2, y4 and y6.
        weight = rho * r / 3.0 + excess / r**2
        rows[row, 0], rows[row, 2], rows[row, 4] = y[0], y[1], y[2]
        rows[row, 1] = y[3] / r + rho * (weight * y[0] - y[2])
        rows[row, 3] = y[4] / (ll * r)
        rows[row, 5] = (y[5] + (2.0 * degree + 1.0) * y[2]) / r - rho * y[0]
    return defect
