"""A liquid layer that moves: how far pressure in it spreads floor and roof, and how it flows under a tide, compiled.

In a homogeneous liquid that is in vertical balance, P = p / rho - y5 (pressure beyond rest over density, less the
potential) does not depend on depth, and it alone drives the flow. The static liquid of Saito (1974) is P = 0. With P,
the radial traction t2 of `impedance_kernel` is -rho P at floor and roof, where it was 0, and the rest of the body
stays as it was.
"""

import numpy as np

from perijove.tides.compressible_kernel import enter_piece, leave_piece, piece_count
from perijove.tides.impedance_kernel import (
    IMPEDANCES,
    clear_matrix,
    compiled,
    cross_density_step,
    cross_thin,
    in_units,
    inverse,
    power_solutions,
)
from perijove.tides.love_kernel import impedances, room_for_bodies, room_for_pieces
from perijove.tides.radial_kernel import radial_rows
from perijove.tides.taylor_kernel import carry

__all__ = ["compliance_rows", "flow_rows", "ocean_rows"]

_THIN_STEP = 0.4  # growth across a piece of an incompressible lid, in powers of e
_MOST_PIECES = 20_000


@compiled
def _lid_impedance(
    radius: np.ndarray,
    density: np.ndarray,
    shear: np.ndarray,
    bulk: np.ndarray,
    mass: np.ndarray,
    ocean: int,
    degree: float,
    m: np.ndarray,
    lanes: np.ndarray,
) -> bool:
    """Impedance of all that lies above the layer `ocean`, carried from the surface down to its liquid side.

    `mass`, shape (layers + 1,), is what each lower bound encloses, over 4 pi. Gives whether that went well.
    """
    # From space down: nothing pulls on the surface, and the potential decays above it.
    clear_matrix(m, IMPEDANCES)
    m[IMPEDANCES, 2, 2] = -2.0 * degree - 1.0  # nothing above: the potential decays
    last = radius.shape[1] - 1
    cross_density_step(m, IMPEDANCES, -density[0, last], mass[last + 1], 1.0)
    for k in range(last, ocean, -1):
        top, floor, rho = radius[0, k], radius[0, k - 1], density[0, k]
        if bulk[0, k].real == np.inf:
            parts = max(1, int(np.ceil(np.log(top / floor) * (degree + 2.0) / _THIN_STEP)))
            for _ in range(parts):
                cross_thin(m, IMPEDANCES, (floor / top) ** (1.0 / parts), shear[0, k], degree)
        else:
            excess = mass[k] - rho * floor**3 / 3.0
            stiffness = bulk[0, k] + 4.0 / 3.0 * shear[0, k]
            parts = piece_count(floor, top, rho, shear[0, k], stiffness, excess, degree)
            if parts > _MOST_PIECES:
                return False
            step, here, softness = (floor / top) ** (1.0 / parts), top, shear[0, k] * inverse(stiffness)
            for _ in range(parts):
                enter_piece(m, 0, here, step, rho, shear[0, k], softness, excess, degree, lanes)
                carry(lanes)
                here *= step
                leave_piece(m, 0, here, shear[0, k], degree, lanes)
        below = density[0, k - 1]
        cross_density_step(m, IMPEDANCES, rho - below, mass[k] / floor**2, floor)
    return True


@compiled
def _held(m: np.ndarray, push: float, answer: np.ndarray) -> None:
    """What a boundary of the liquid does: y1 = a y5 + b P and r p = c y5 + d P, into `answer` = (a, b, c, d)."""
    scale = inverse(m[IMPEDANCES, 0, 0] * m[IMPEDANCES, 1, 1] - m[IMPEDANCES, 0, 1] * m[IMPEDANCES, 1, 0])
    a1 = (m[IMPEDANCES, 0, 1] * m[IMPEDANCES, 1, 2] - m[IMPEDANCES, 1, 1] * m[IMPEDANCES, 0, 2]) * scale
    a3 = (m[IMPEDANCES, 1, 0] * m[IMPEDANCES, 0, 2] - m[IMPEDANCES, 0, 0] * m[IMPEDANCES, 1, 2]) * scale
    b1, b3 = -push * m[IMPEDANCES, 1, 1] * scale, push * m[IMPEDANCES, 1, 0] * scale
    answer[0], answer[1] = a1, b1
    answer[2] = m[IMPEDANCES, 2, 2] + m[IMPEDANCES, 2, 0] * a1 + m[IMPEDANCES, 2, 1] * a3
    answer[3] = m[IMPEDANCES, 2, 0] * b1 + m[IMPEDANCES, 2, 1] * b3


@compiled
def compliance_rows(
    radius: np.ndarray,
    density: np.ndarray,
    shear: np.ndarray,
    bulk: np.ndarray,
    ocean: int,
    degrees: np.ndarray,
    compliance: np.ndarray,
) -> bool:
    """How much a pressure P in a liquid layer swells it.

    Parameters
    ----------
    radius, density, shear, bulk : array, shape (1, layers)
        One body, in units of its radius, the density of its outermost layer and 4 pi G rho² R².
    ocean : int
        Number of the liquid layer; it rests on a solid one, and all above it are solid.
    degrees : array, shape (n,)
    compliance : array, shape (n,), complex
        Becomes the rise of the roof, less that of the floor times its share of area, over P, in units of
        1 / (4 pi G rho R).

    Returns
    -------
    bool
        Whether no layer needed too many pieces.
    """
    powers, room, pieces = np.empty((4, 3)), room_for_bodies(), room_for_pieces(0)
    m = room.m
    top, bottom = np.empty(4, dtype=np.complex128), np.empty(4, dtype=np.complex128)
    mass = np.zeros(radius.shape[1] + 1)
    for k in range(radius.shape[1]):
        floor = radius[0, k - 1] if k > 0 else 0.0
        mass[k + 1] = mass[k] + density[0, k] * (radius[0, k] ** 3 - floor**3) / 3.0
    roof, floor, rho = radius[0, ocean], radius[0, ocean - 1], density[0, ocean]
    share = density[0, ocean - 1] * floor  # unit of the body below the ocean, in that of the whole
    good = True
    inner_radius, inner_density = radius[:, :ocean].copy(), density[:, :ocean].copy()
    inner_shear, inner_bulk = in_units(shear[:, :ocean], share**2), in_units(bulk[:, :ocean], share**2)
    for row in range(degrees.size):
        # The roof: what its underside does, by its own potential and by P.
        degree = degrees[row]
        room.lanes[:] = 0.0
        good = good and _lid_impedance(radius, density, shear, bulk, mass, ocean, degree, m, room.lanes)
        _held(m, rho * roof, top)
        # The floor, likewise; the body below it is solved in units of its own.
        power_solutions(degree, powers)
        impedances(inner_radius, inner_density, inner_shear, inner_bulk, 0, 1, degree, powers, room, pieces)
        good = good and room.gravity[0] > 0.0  # NaN if not
        for i in range(3):
            for j in range(3):
                m[IMPEDANCES, i, j] *= (share if i < 2 else 1.0) * (share if j < 2 else 1.0)
        cross_density_step(m, IMPEDANCES, -rho, mass[ocean] / floor**2, floor)
        _held(m, rho * floor, bottom)
        # The potential in the liquid joins them: both ends of it for P = 1.
        span, ratio = 2.0 * degree + 1.0, floor / roof
        grown, fallen = ratio**degree, ratio ** (degree + 1.0)
        # the potential grows from the floor (u at the roof) and falls from it (d at the floor)
        m11, m12, m21, m22 = top[2], (top[2] + span) * fallen, bottom[2] * grown, bottom[2] + span
        scale = inverse(m11 * m22 - m12 * m21)
        u = (m12 * bottom[3] - m22 * top[3]) * scale
        d = (m21 * top[3] - m11 * bottom[3]) * scale
        rise = top[0] * (u + d * fallen) + top[1]
        sink = bottom[0] * (u * grown + d) + bottom[1]
        compliance[row] = rise - ratio**2 * sink
    return good


@compiled
def ocean_rows(
    radius: np.ndarray,
    density: np.ndarray,
    shear: np.ndarray,
    bulk: np.ndarray,
    ocean: int,
    degrees: np.ndarray,
    lift: np.ndarray,
    compliance: np.ndarray,
) -> None:
    """How a liquid layer swells under the tide and under pressure, in many bodies.

    Parameters
    ----------
    radius, density, shear, bulk : array, shape (bodies, layers)
        In the units of `compliance_rows`.
    ocean, degrees
        As there.
    lift : array, shape (bodies,), complex
        Becomes the thickening for a tide of degree 2 of 1 at the surface, with the liquid at rest.
    compliance : array, shape (bodies, degrees), complex
        As there; NaN where a layer needs too many pieces.
    """
    places, six = np.empty(2), np.empty((2, 6), dtype=np.complex128)
    for b in range(radius.shape[0]):
        body = (radius[b : b + 1], density[b : b + 1], shear[b : b + 1], bulk[b : b + 1])
        floor, roof = radius[b, ocean - 1], radius[b, ocean]
        places[0], places[1] = floor, roof * (1.0 + 1e-12)  # the solid above, not the liquid that ends there
        radial_rows(body[0], body[1], body[2], body[3], 2.0, False, places, six)  # noqa: FBT003  # a tide
        lift[b] = six[1, 0] - (floor / roof) ** 2 * six[0, 0]
        if not compliance_rows(body[0], body[1], body[2], body[3], ocean, degrees, compliance[b]):
            compliance[b, :] = np.nan


@compiled
def flow_rows(
    order: int,
    frequency: float,
    rotation: float,
    drag: np.ndarray,
    stiffness: np.ndarray,
    push: np.ndarray,
    flow: np.ndarray,
) -> None:
    """Flow of many oceans under a tide of degree 2 and one order, exp(i (w t + order longitude)).

    Parameters
    ----------
    order : int
        -2 to 2; positive travels west.
    frequency, rotation : float
        Of the tide and of the moon, rad/s.
    drag : array, shape (oceans,), complex
        1/s.
    stiffness : array, shape (oceans, degrees + 1), complex
        Square of the frequency of free waves without rotation, by degree, rad²/s²; only even degrees are used.
    push : array, shape (oceans,), complex
        The potential that the liquid feels, m²/s².
    flow : array, shape (oceans, degrees + 1), complex
        Becomes the potential of the flow for even degrees and its stream function for odd ones, m²/s.

    Notes
    -----
    Coupled through rotation with their neighbours in degree only, they are a continued fraction from the highest
    degree down to 2 and one step up from 1 (Longuet-Higgins 1968, doi:10.1098/rsta.1968.0003). Every denominator
    has a real part not below that of the drag, so that nothing can cancel.
    """
    count, largest = flow.shape[0], flow.shape[1] - 1
    # By how much rotation couples a degree to the one below and the one above.
    lower, upper = np.zeros(largest + 2), np.zeros(largest + 2)
    for n in range(1, largest + 1):
        if n >= abs(order):
            lower[n] = 2.0 * rotation * np.sqrt((n * n - order * order) / (4.0 * n * n - 1.0)) * (n - 1.0) / n
            up = n + 1.0
            upper[n] = 2.0 * rotation * np.sqrt((up * up - order * order) / (4.0 * up * up - 1.0)) * (n + 2.0) / up
    rest = np.empty(largest + 1, dtype=np.complex128)
    for row in range(count):
        # Denominators of the continued fraction, from the highest degree down to 2; degree 1 hangs on it from below.
        for n in range(largest, 0, -1):
            lag = frequency - 2.0 * rotation * order / (n * (n + 1.0))
            if n % 2 == 0:
                rest[n] = drag[row] + 1j * (lag - stiffness[row, n] / frequency)
            else:
                rest[n] = drag[row] + 1j * lag
            if 1 < n < largest:
                rest[n] += upper[n] * lower[n + 1] * inverse(rest[n + 1])
        if abs(order) < 2:
            rest[2] += lower[2] * upper[1] * inverse(rest[1])
        # The tide pushes degree 2; the others follow, each from the one nearer to it.
        flow[row, :] = 0.0
        flow[row, 2] = push[row] * inverse(rest[2])
        if abs(order) < 2:
            flow[row, 1] = -upper[1] * flow[row, 2] * inverse(rest[1])
        for n in range(3, largest + 1):
            sign = 1.0 if n % 2 == 0 else -1.0
            flow[row, n] = sign * lower[n] * flow[row, n - 1] * inverse(rest[n])
