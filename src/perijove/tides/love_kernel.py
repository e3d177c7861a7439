"""Love numbers of layered bodies, compiled: four at a time go side by side from the centre to the surface."""

from typing import NamedTuple

import numpy as np

from perijove.tides.compressible_kernel import (
    CENTRE_PHASE,
    compressible_centre,
    enter_piece,
    leave_piece,
    piece_count,
    wave_number,
)
from perijove.tides.impedance_kernel import (
    FIRST,
    IMPEDANCES,
    INNER,
    clear_matrix,
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
from perijove.tides.taylor_kernel import LANES, carry, room_for_lanes

__all__ = [
    "BAD_BULK",
    "BAD_DENSITY",
    "BAD_RADIUS",
    "BAD_SHEAR",
    "BODIES",
    "CENTRE",
    "LIQUID",
    "LIQUID_SURFACE",
    "POWERS",
    "SERIES",
    "Pieces",
    "Room",
    "first_fault",
    "impedances",
    "love_rows",
    "room_for_bodies",
    "room_for_pieces",
    "surface_response",
]

BAD_RADIUS, BAD_DENSITY, BAD_SHEAR, BAD_BULK, LIQUID_SURFACE = 1, 2, 3, 4, 5

LIQUID, POWERS, SERIES, CENTRE = 0, 1, 2, 3
BODIES = LANES // 3
_MOST_PIECES = 20_000  # of one layer; 60 ms
_UNSEEN = 1 << 62  # place of a piece that nobody asks for


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
            if not (bulk[row, k].real > 0.0 and bulk[row, k].imag >= 0.0):
                return row, k, BAD_BULK
        if shear[row, last] == 0.0:
            return row, last, LIQUID_SURFACE
    return 0, 0, 0


@compiled
def room_for_pieces(count: int) -> Pieces:
    """Empty arrays for so many pieces."""
    numbers, matrices = np.empty((2, count), dtype=np.int64), np.empty((2, count, 3, 3), dtype=np.complex128)
    return Pieces(numbers[0], numbers[1], np.empty((count, 3)), matrices[0], matrices[1])


class Room(NamedTuple):
    """Scratch for bodies that go side by side."""

    m: np.ndarray  # (IMPEDANCES + BODIES, 3, 3) complex: scratch, and the impedance where each body has come to
    floor: np.ndarray  # (BODIES,): that radius
    gravity: np.ndarray  # (BODIES,): mass below it over 4 pi; at the surface, gravity
    excess: np.ndarray  # (BODIES,): m of gravity rho r / 3 + m / r² in the layer
    parts: np.ndarray  # (BODIES,) int: pieces into which a compressible layer must be cut; 0: not to be crossed so
    lanes: np.ndarray  # of `taylor_kernel`


@compiled
def room_for_bodies() -> Room:
    """Empty arrays for `BODIES` bodies."""
    numbers = np.empty((3, BODIES))
    m = np.empty((IMPEDANCES + BODIES, 3, 3), dtype=np.complex128)
    return Room(m, numbers[0], numbers[1], numbers[2], np.empty(BODIES, dtype=np.int64), room_for_lanes())


@compiled
def _note(pieces: Pieces, at: int, layer: int, floor: float, top: float, excess: float, m: np.ndarray, z: int) -> None:
    """Write down a piece, if asked to, before it is crossed."""
    if at < pieces.layer.size:
        pieces.layer[at] = layer
        pieces.place[at, 0], pieces.place[at, 1], pieces.place[at, 2] = floor, top, excess
        copy_matrix(m, z, pieces.impedance, at)


@compiled
def _note_end(pieces: Pieces, at: int, kind: int, m: np.ndarray) -> None:
    """Write down how a piece was crossed, and what that has left."""
    if at < pieces.layer.size:
        pieces.kind[at] = kind
        copy_matrix(m, INNER, pieces.inner, at)


@compiled
def _compressible_ball(
    m: np.ndarray,
    z: int,
    at: int,
    top: float,
    density: float,
    shear: complex,
    stiffness: complex,
    degree: float,
    pieces: Pieces,
) -> float:
    """Impedance of a compressible centre, and radius of the ball in which the series about the centre is used."""
    phase = wave_number(density, shear, stiffness, density * top / 3.0, top, degree)
    radius = top if phase <= CENTRE_PHASE else top * CENTRE_PHASE / phase
    _note(pieces, at, 0, 0.0, radius, 0.0, m, z)
    solutions = np.empty((3, 6), dtype=np.complex128)
    compressible_centre(radius, radius, density, shear, stiffness, degree, solutions)
    for i in range(3):
        for j in range(3):
            m[INNER, i, j] = solutions[j, i]
            m[FIRST, i, j] = solutions[j, 3 + i]
    right_divide(m, FIRST, INNER, z)
    _note_end(pieces, at, CENTRE, m)
    return radius


@compiled
def _cross_other(
    m: np.ndarray,
    z: int,
    first: bool,  # noqa: FBT001  # compiled calls know no keywords
    on_liquid: bool,  # noqa: FBT001
    floor: float,
    top: float,
    shear: complex,
    degree: float,
    powers: np.ndarray,
) -> int:
    """Impedance from floor to roof of a layer that is liquid or incompressible; gives how it was crossed."""
    if shear == 0.0:
        clear_matrix(m, INNER)
        if not first:
            held = liquid_floor(m, z, not on_liquid)
            m[INNER, 0, 2] = cross_liquid(m, z, held, floor / top, degree)
        return LIQUID
    if first:
        clear_matrix(m, INNER)
        homogeneous_centre(m, z, shear, powers)
        return POWERS
    if is_thin(top / floor, degree):
        cross_thin(m, z, top / floor, shear, degree)
        return SERIES
    cross_incompressible(m, z, floor / top, shear, degree, powers)
    return POWERS


@compiled
def impedances(
    radius: np.ndarray,
    density: np.ndarray,
    shear: np.ndarray,
    bulk: np.ndarray,
    start: int,
    bodies: int,
    degree: float,
    powers: np.ndarray,
    room: Room,
    pieces: Pieces,
) -> int:
    """Impedances just above the surfaces of some bodies, up to `BODIES`, which go side by side.

    Parameters
    ----------
    radius, density, shear, bulk : array, shape (bodies, layers)
        As in `love_rows`.
    start, bodies : int
        Number of the first body, and how many.
    degree, powers
        Degree l; from `power_solutions`.
    room : Room
        ``m`` from `IMPEDANCES` on becomes the impedances, in the units of `impedance_kernel`, ``gravity`` what the
        surfaces have; NaN where a layer needs too many pieces.
    pieces : Pieces
        Of the first body; filled as far as it reaches.

    Returns
    -------
    int
        Number of pieces of the first body.
    """
    last, count = radius.shape[1] - 1, 0
    m, lanes = room.m, room.lanes
    floor, mass, excess, parts = room.floor, room.gravity, room.excess, room.parts
    for b in range(bodies):
        floor[b], mass[b] = 0.0, 0.0
        clear_matrix(m, IMPEDANCES + b)
    for k in range(last + 1):
        most = 0
        for b in range(bodies):
            # What lies below, in units of the surface's radius and the outermost density.
            parts[b] = 0
            if np.isnan(mass[b]):
                continue
            row = start + b
            size, unit_density = radius[row, last], density[row, last]
            top, rho, below = (
                radius[row, k] / size,
                density[row, k] / unit_density,
                density[row, max(k - 1, 0)] / unit_density,
            )
            z = IMPEDANCES + b
            excess[b] = mass[b] - rho * floor[b] ** 3 / 3.0
            if k > 0:
                cross_density_step(m, z, below - rho, mass[b] / floor[b] ** 2, floor[b])
            mass[b] += rho * (top**3 - floor[b] ** 3) / 3.0
            # Liquid and incompressible layers by closed forms, compressible ones by series, below.
            if shear[row, k] == 0.0 or bulk[row, k].real == np.inf:
                at = count if b == 0 else _UNSEEN
                _note(pieces, at, k, floor[b], top, excess[b], m, z)
                on_liquid = k > 0 and shear[row, k - 1] == 0.0
                kind = _cross_other(m, z, k == 0, on_liquid, floor[b], top, shear[row, k], degree, powers)
                _note_end(pieces, at, kind, m)
                floor[b] = top
                count += b == 0
                continue
            stiffness = bulk[row, k] + 4.0 / 3.0 * shear[row, k]
            if k == 0:
                at = 0 if b == 0 else _UNSEEN
                floor[b] = _compressible_ball(m, z, at, top, rho, shear[row, k], stiffness, degree, pieces)
                count += b == 0
            if floor[b] < top:
                parts[b] = piece_count(floor[b], top, rho, shear[row, k], stiffness, excess[b], degree)
                if parts[b] > _MOST_PIECES:
                    mass[b], parts[b] = np.nan, 0
                most = max(most, parts[b])
        for part in range(most):
            # All bodies are cut into as many pieces as the one that needs most: their series run in one.
            for b in range(bodies):
                if parts[b] > 0:
                    row = start + b
                    size, rho, mu = radius[row, last], density[row, k] / density[row, last], shear[row, k]
                    top, softness = radius[row, k] / size, mu * inverse(bulk[row, k] + 4.0 / 3.0 * mu)
                    roof = top if part == most - 1 else floor[b] * (top / floor[b]) ** (1.0 / (most - part))
                    if b == 0:
                        _note(pieces, count, k, floor[b], roof, excess[b], m, IMPEDANCES)
                    enter_piece(m, b, floor[b], roof / floor[b], rho, mu, softness, excess[b], degree, lanes)
                    floor[b] = roof
            carry(lanes)
            for b in range(bodies):
                if parts[b] > 0:
                    leave_piece(m, b, floor[b], shear[start + b, k], degree, lanes)
                    if b == 0:
                        _note_end(pieces, count, SERIES, m)
                        count += 1
        if most > 0:
            lanes[:] = 0.0
    for b in range(bodies):
        cross_density_step(m, IMPEDANCES + b, 1.0, mass[b], 1.0)
    return count


@compiled
def surface_response(
    m: np.ndarray,
    z: int,
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
    # No traction, and a potential that decays outside: (Z + (2 l + 1) on y5) U = what the tide or the load brings.
    a, b, c = m[z, 0, 0], m[z, 0, 1], m[z, 0, 2]
    d, e, f = m[z, 1, 0], m[z, 1, 1], m[z, 1, 2]
    g, h, i = m[z, 2, 0], m[z, 2, 1], m[z, 2, 2] + 2.0 * degree + 1.0
    ca, cb, cc = e * i - f * h, c * h - b * i, b * f - c * e
    cd, ce, cf = f * g - d * i, a * i - c * g, c * d - a * f
    cg, ch, ci = d * h - e * g, b * g - a * h, a * e - b * d
    scale = inverse(a * ca + b * cd + c * cg)
    x, y, w = -c * scale, -f * scale, -m[z, 2, 2] * scale
    weight = -gravity * (2.0 * degree + 1.0) * scale
    rise, slip, tide = ca * x + cb * y + cc * w, cd * x + ce * y + cf * w, cg * x + ch * y + ci * w
    # k of a load is k - h of the tide; what is missing is rounding.
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
    radius, density : array, shape (bodies, layers)
        In any unit of length, and of density.
    shear, bulk : array, shape (bodies, layers), complex
        In the unit of stress 4 pi G rho² R², R and rho being radius and density of the outermost layer. No rigidity:
        liquid. Infinite bulk modulus: incompressible.
    degree : float
        Degree l.
    load : bool
        For a load on the surface, not a tide.
    numbers : array, shape (bodies, 3), complex
        Becomes k, h, l.
    defect : array, shape (bodies,)
        Becomes the defect of reciprocity; NaN where a layer needs too many pieces.
    """
    powers, answer = np.empty((4, 3)), np.empty(3, dtype=np.complex128)
    room, pieces = room_for_bodies(), room_for_pieces(0)
    power_solutions(degree, powers)
    for start in range(0, radius.shape[0], BODIES):
        bodies = min(BODIES, radius.shape[0] - start)
        impedances(radius, density, shear, bulk, start, bodies, degree, powers, room, pieces)
        for b in range(bodies):
            row, gravity = start + b, room.gravity[b]
            defect[row] = surface_response(room.m, IMPEDANCES + b, gravity, degree, load, answer)
            numbers[row, 0], numbers[row, 1], numbers[row, 2] = answer[2], gravity * answer[0], gravity * answer[1]
