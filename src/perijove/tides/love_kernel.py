"""Love numbers of one layered body, and of many in a row, compiled."""

from typing import NamedTuple

import numpy as np

from perijove.tides.compressible_kernel import (
    CENTRE_PHASE,
    compressible_centre,
    cross_piece,
    piece_count,
    wave_number,
)
from perijove.tides.impedance_kernel import (
    compiled,
    copy_matrix,
    cross_density_step,
    cross_incompressible,
    cross_liquid,
    cross_thin,
    homogeneous_centre,
    inverse,
    is_thin,
    liquid_floor,
    power_solutions,
    right_divide,
)
from perijove.tides.taylor_kernel import ROWS

__all__ = [
    "BAD_BULK",
    "BAD_DENSITY",
    "BAD_RADIUS",
    "BAD_SHEAR",
    "CENTRE",
    "LIQUID",
    "LIQUID_SURFACE",
    "POWERS",
    "SERIES",
    "Pieces",
    "body_impedance",
    "first_fault",
    "love_rows",
    "room_for_pieces",
    "surface_response",
]

BAD_RADIUS, BAD_DENSITY, BAD_SHEAR, BAD_BULK, LIQUID_SURFACE = 1, 2, 3, 4, 5

LIQUID, POWERS, SERIES, CENTRE = 0, 1, 2, 3
_MOST_PIECES = 20_000  # of one layer; 60 ms


class Pieces(NamedTuple):
    """What the way up leaves to the way down: the body cut into pieces, each within a layer; or nothing."""

    layer: np.ndarray  # (n,) int: number of the layer
    kind: np.ndarray  # (n,) int: LIQUID, POWERS, SERIES or CENTRE, by how it is crossed
    place: np.ndarray  # (n, 3): floor, roof, and m of gravity rho r / 3 + m / r²
    impedance: np.ndarray  # (n, 3, 3) complex: at the floor
    inner: np.ndarray  # (n, 3, 3) complex: what each way of crossing leaves in its first scratch matrix


@compiled
def first_fault(radius: np.ndarray, density: np.ndarray, shear: np.ndarray, bulk: np.ndarray) -> tuple[int, int, int]:
    """Body, layer and kind of the first thing that is wrong in arrays of shape (bodies, layers); kind 0 if nothing."""
    last = radius.shape[1] - 1
    for row in range(radius.shape[0]):
        below = 0.0
        for k in range(last + 1):
            if not below < radius[row, k] < np.inf:
                return row, k, BAD_RADIUS
            below = radius[row, k]
            if not 0.0 < density[row, k] < np.inf:
                return row, k, BAD_DENSITY
            if not (shear[row, k].real >= 0.0 and shear[row, k].imag >= 0.0 and abs(shear[row, k]) < np.inf):
                return row, k, BAD_SHEAR
            if not bulk[row, k] > 0.0:
                return row, k, BAD_BULK
        if shear[row, last] == 0.0:
            return row, last, LIQUID_SURFACE
    return 0, 0, 0


@compiled
def room_for_pieces(count: int) -> Pieces:
    """Empty arrays for so many pieces."""
    numbers, matrices = np.empty((2, count), dtype=np.int64), np.empty((2, count, 3, 3), dtype=np.complex128)
    return Pieces(numbers[0], numbers[1], np.empty((count, 3)), matrices[0], matrices[1])


@compiled
def _note(
    pieces: Pieces, count: int, layer: int, kind: int, floor: float, top: float, excess: float, z: np.ndarray
) -> None:
    """Write down a piece, if asked to, before it is crossed."""
    if count < pieces.layer.size:
        pieces.layer[count], pieces.kind[count] = layer, kind
        pieces.place[count, 0], pieces.place[count, 1], pieces.place[count, 2] = floor, top, excess
        copy_matrix(z, pieces.impedance[count])


@compiled
def _cross_compressible(
    z: np.ndarray,
    layer: int,
    floor: float,
    top: float,
    density: float,
    shear: complex,
    stiffness: complex,
    excess: float,
    degree: float,
    work: np.ndarray,
    pieces: Pieces,
    count: int,
) -> int:
    """Impedance from floor to roof of a compressible layer; gives the number of pieces so far, or -1 if too many."""
    phase = max(
        wave_number(density, shear, stiffness, density * floor / 3.0 + excess / floor**2, floor, degree),
        wave_number(density, shear, stiffness, density * top / 3.0 + excess / top**2, top, degree),
    )
    parts = piece_count(top / floor, phase, degree)
    if parts > _MOST_PIECES:
        return -1
    step = (top / floor) ** (1.0 / parts)
    rows, softness = np.zeros((ROWS, 8)), shear * inverse(stiffness)
    for part in range(parts):
        roof = top if part == parts - 1 else floor * step
        _note(pieces, count, layer, SERIES, floor, roof, excess, z)
        cross_piece(z, floor, roof / floor - 1.0, density, shear, softness, excess, degree, work, rows)
        if count < pieces.layer.size:
            copy_matrix(work[0], pieces.inner[count])
        floor = roof
        count += 1
    return count


@compiled
def _compressible_ball(
    z: np.ndarray,
    top: float,
    density: float,
    shear: complex,
    stiffness: complex,
    degree: float,
    work: np.ndarray,
    pieces: Pieces,
) -> float:
    """Impedance of a compressible centre, and radius of the ball in which the series about the centre is used."""
    phase = wave_number(density, shear, stiffness, density * top / 3.0, top, degree)
    radius = top if phase <= CENTRE_PHASE else top * CENTRE_PHASE / phase
    _note(pieces, 0, 0, CENTRE, 0.0, radius, 0.0, z)
    solutions = np.empty((3, 6), dtype=np.complex128)
    compressible_centre(radius, radius, density, shear, stiffness, degree, solutions)
    for i in range(3):
        for j in range(3):
            work[0, i, j] = solutions[j, i]
            work[1, i, j] = solutions[j, 3 + i]
    right_divide(work[1], work[0], z)
    if pieces.layer.size > 0:
        copy_matrix(work[0], pieces.inner[0])
    return radius


@compiled
def body_impedance(
    radius: np.ndarray,
    density: np.ndarray,
    shear: np.ndarray,
    bulk: np.ndarray,
    degree: float,
    powers: np.ndarray,
    z: np.ndarray,
    work: np.ndarray,
    pieces: Pieces,
) -> tuple[float, int]:
    """Impedance just above the surface.

    Parameters
    ----------
    radius, density, shear, bulk : array, shape (layers,)
        As in `love_rows`.
    degree, powers
        Degree l; from `power_solutions`.
    z : array, shape (3, 3), complex
        Becomes the impedance, in the units of `impedance_kernel`.
    work : array, shape (4, 3, 3), complex
        Scratch.
    pieces : Pieces
        Filled as far as it reaches.

    Returns
    -------
    gravity : float
        At the surface; NaN where a layer needs too many pieces.
    count : int
        Number of pieces.
    """
    size, unit_density = radius[radius.size - 1], density[radius.size - 1]
    floor, mass, below, was_liquid, count = 0.0, 0.0, 0.0, False, 0
    z[:] = 0.0
    for k in range(radius.size):
        top, rho = radius[k] / size, density[k] / unit_density
        excess = mass - rho * floor**3 / 3.0
        work[0] = 0.0
        if k > 0:
            cross_density_step(z, below - rho, mass / floor**2, floor)
        if shear[k] != 0.0 and bulk[k] != np.inf:
            stiffness, start = bulk[k] + 4.0 / 3.0 * shear[k], floor
            if k == 0:
                start = _compressible_ball(z, top, rho, shear[k], stiffness, degree, work, pieces)
                count += 1
            if start < top:
                count = _cross_compressible(
                    z, k, start, top, rho, shear[k], stiffness, excess, degree, work, pieces, count
                )
                if count < 0:
                    return np.nan, 0
        else:
            thin = k > 0 and is_thin(top / floor, degree)
            kind = LIQUID if shear[k] == 0.0 else (SERIES if thin else POWERS)
            _note(pieces, count, k, kind, floor, top, excess, z)
            if kind == LIQUID:
                if k > 0:
                    held = liquid_floor(z, work[0, 0], not was_liquid)
                    work[0, 0, 2] = cross_liquid(z, held, floor / top, degree)
            elif k == 0:
                homogeneous_centre(shear[k], powers, z)
            elif thin:
                cross_thin(z, top / floor, shear[k], degree, work)
            else:
                cross_incompressible(z, floor / top, shear[k], degree, powers, work)
            if count < pieces.layer.size:
                copy_matrix(work[0], pieces.inner[count])
            count += 1
        mass += rho * (top**3 - floor**3) / 3.0
        floor, below, was_liquid = top, rho, shear[k] == 0.0
    cross_density_step(z, below, mass, 1.0)
    return mass, count


@compiled
def surface_response(
    z: np.ndarray,
    gravity: float,
    degree: float,
    load: bool,  # noqa: FBT001  # compiled calls know no keywords
    answer: np.ndarray,
) -> float:
    """Surface displacement and potential for a potential of 1 at the surface; gives the defect of reciprocity.

    `answer`, shape (3,), becomes y1, y3 and k = y5 - 1, in the units of `impedance_kernel`. The defect is the
    difference between k of the load and k - h of the tide (Saito 1978, doi:10.4294/jpe1952.26.13), relative to the
    larger of k and h: it is nothing but the asymmetry that rounding has left in Z.
    """
    a, b, c = z[0, 0], z[0, 1], z[0, 2]
    d, e, f = z[1, 0], z[1, 1], z[1, 2]
    g, h, i = z[2, 0], z[2, 1], z[2, 2] + 2.0 * degree + 1.0
    ca, cb, cc = e * i - f * h, c * h - b * i, b * f - c * e
    cd, ce, cf = f * g - d * i, a * i - c * g, c * d - a * f
    cg, ch, ci = d * h - e * g, b * g - a * h, a * e - b * d
    scale = inverse(a * ca + b * cd + c * cg)
    x, y, w = -c * scale, -f * scale, -z[2, 2] * scale
    weight = -gravity * (2.0 * degree + 1.0) * scale
    rise, slip, tide = ca * x + cb * y + cc * w, cd * x + ce * y + cf * w, cg * x + ch * y + ci * w
    pressed = cg * weight
    defect: float = abs(pressed + gravity * rise) / max(abs(tide), abs(gravity * rise))
    if load:
        rise, slip, tide = rise + ca * weight, slip + cd * weight, tide + pressed
    answer[0], answer[1], answer[2] = rise, slip, tide
    return defect


@compiled
def love_rows(
    radius: np.ndarray,
    density: np.ndarray,
    shear: np.ndarray,
    bulk: np.ndarray,
    degree: float,
    load: bool,  # noqa: FBT001  # compiled calls know no keywords
    numbers: np.ndarray,
    defect: np.ndarray,
) -> None:
    """Love numbers of many bodies.

    Parameters
    ----------
    radius, density, bulk : array, shape (bodies, layers)
        In any unit of length, of density, and in the unit of stress 4 pi G rho² R², R and rho being radius and density
        of the outermost layer. Infinite bulk modulus: incompressible.
    shear : array, shape (bodies, layers), complex
        In the same unit; 0: liquid.
    degree : float
        Degree l.
    load : bool
        For a load on the surface, not a tide.
    numbers : array, shape (bodies, 3), complex
        Becomes k, h, l.
    defect : array, shape (bodies,)
        Becomes the defect of reciprocity; NaN where a layer needs too many pieces.
    """
    powers, work = np.empty((4, 3)), np.empty((4, 3, 3), dtype=np.complex128)
    z, answer = np.empty((3, 3), dtype=np.complex128), np.empty(3, dtype=np.complex128)
    pieces = room_for_pieces(0)
    power_solutions(degree, powers)
    for row in range(radius.shape[0]):
        gravity, _ = body_impedance(radius[row], density[row], shear[row], bulk[row], degree, powers, z, work, pieces)
        defect[row] = surface_response(z, gravity, degree, load, answer)
        numbers[row, 0], numbers[row, 1], numbers[row, 2] = answer[2], gravity * answer[0], gravity * answer[1]
