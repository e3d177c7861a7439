"""What happens on an integrated path: apsides, closest approaches, conjunctions, eclipses, found on its dense output.

For any `Trajectory`, of moons, test particles or spacecraft. Each event is a root of a smooth function of the states:
signs at the integrator's own steps, four times divided, bracket it, and bisection ends at a microsecond.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.bodies.planet_paths import path_state
from perijove.constants import SECONDS_PER_DAY, SPEED_OF_LIGHT_KM_S
from perijove.dynamics.integration import Trajectory
from perijove.errors import InputError
from perijove.geometry.rotations import unit

__all__ = ["PathEvent", "apsides", "closest_approaches", "conjunctions", "eclipses", "oppositions"]

_DIVISIONS = 4  # of a step; forces that a step resolves do not turn twice within a quarter of it
_CHUNK = 20_000  # times evaluated at once
_HALVINGS = 34  # of a quarter step, 1 h or so: to 1e-6 s
_DAYS_PER_CENTURY = 36525.0

Signal = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class PathEvent:
    """One moment of a path.

    Attributes
    ----------
    kind : str
        ``pericenter``, ``apocenter``, ``closest approach``, ``conjunction``, ``opposition``, ``eclipse begins``,
        ``eclipse ends``.
    bodies : tuple of str
        One or two of the trajectory's.
    tdb : float
        TDB seconds past J2000.
    distance_km : float
        Between the two bodies, or from Jupiter's centre.
    """

    kind: str
    bodies: tuple[str, ...]
    tdb: float
    distance_km: float


def _index(trajectory: Trajectory, body: str) -> int:
    if body not in trajectory.system.names:
        raise InputError(f"no body {body!r} on this path; there are {', '.join(trajectory.system.names)}")
    return trajectory.system.names.index(body)


def _pair(trajectory: Trajectory, a: str, b: str) -> tuple[int, int]:
    first, second = _index(trajectory, a), _index(trajectory, b)
    if first == second:
        raise InputError(f"{a} and {b} are one body; give two")
    return first, second


def _nodes(trajectory: Trajectory) -> np.ndarray:
    """Ascending times between which no event hides."""
    begins, lengths = trajectory.steps.T
    parts = np.arange(_DIVISIONS) / _DIVISIONS
    times = np.append((begins[:, None] + lengths[:, None] * parts).ravel(), trajectory.end_tdb)
    return times if trajectory.end_tdb > trajectory.start_tdb else times[::-1].copy()


def _crossings(signal: Signal, nodes: np.ndarray, *, jump: float = np.inf) -> tuple[np.ndarray, np.ndarray]:
    """Times at which a signal changes its sign, and whether it rises; jumps by more than `jump` are no roots."""
    found = []
    for begin in range(0, len(nodes) - 1, _CHUNK):
        times = nodes[begin : begin + _CHUNK + 1]
        values = signal(times)
        above = values >= 0.0
        at = np.flatnonzero((above[1:] != above[:-1]) & (np.abs(np.diff(values)) < jump))
        if not at.size:
            continue
        low, high, rises = times[at].copy(), times[at + 1].copy(), above[at + 1]
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            late = (signal(middle) >= 0.0) == rises
            high = np.where(late, middle, high)
            low = np.where(late, low, middle)
        found.append((0.5 * (low + high), rises))
    if not found:
        return np.empty(0), np.empty(0, dtype=bool)
    times, rising = (np.concatenate(part) for part in zip(*found, strict=True))
    return times, rising


def _events(
    kinds: np.ndarray | list[str], bodies: tuple[str, ...], times: np.ndarray, vectors_km: np.ndarray
) -> tuple[PathEvent, ...]:
    distances = np.linalg.norm(vectors_km, axis=-1)
    rows = zip(kinds, times.tolist(), distances.tolist(), strict=True)
    return tuple(PathEvent(str(kind), bodies, time, distance) for kind, time, distance in rows)


def apsides(trajectory: Trajectory, body: str) -> tuple[PathEvent, ...]:
    """Moments at which a body is nearest to Jupiter's centre, and farthest.

    Parameters
    ----------
    trajectory : Trajectory
    body : str

    Returns
    -------
    tuple of PathEvent
        ``pericenter`` and ``apocenter``, in the order of time. They are extremes of the distance itself: about an
        oblate planet, and with other moons, a near-circular orbit has them elsewhere than its elements say.

    Raises
    ------
    InputError
        Where the body is not on the path.
    """
    k = _index(trajectory, body)

    def outward(tdb: np.ndarray) -> np.ndarray:
        state = trajectory.states(tdb)[:, k]
        return np.asarray(np.sum(state[:, :3] * state[:, 3:], axis=-1))

    times, rises = _crossings(outward, _nodes(trajectory))
    place = trajectory.states(times)[:, k, :3]
    return _events(np.where(rises, "pericenter", "apocenter"), (body,), times, place)


def closest_approaches(trajectory: Trajectory, a: str, b: str) -> tuple[PathEvent, ...]:
    """Moments at which two bodies stand nearest to each other, among the moments around.

    Parameters
    ----------
    trajectory : Trajectory
        For a flyby, integrated with a tolerance: steps must follow the encounter.
    a, b : str

    Returns
    -------
    tuple of PathEvent
        ``closest approach``, each a minimum of the distance between centres.

    Raises
    ------
    InputError
        Where a body is not on the path, or both are one.
    """
    i, j = _pair(trajectory, a, b)

    def apart(tdb: np.ndarray) -> np.ndarray:
        states = trajectory.states(tdb)
        difference = states[:, j] - states[:, i]
        return np.asarray(np.sum(difference[:, :3] * difference[:, 3:], axis=-1))

    times, rises = _crossings(apart, _nodes(trajectory))
    times = times[rises]
    states = trajectory.states(times)
    return _events(["closest approach"] * len(times), (a, b), times, states[:, j, :3] - states[:, i, :3])


def conjunctions(trajectory: Trajectory, a: str, b: str) -> tuple[PathEvent, ...]:
    """Moments at which two bodies have one longitude about Jupiter's pole.

    Parameters
    ----------
    trajectory : Trajectory
    a, b : str

    Returns
    -------
    tuple of PathEvent
        ``conjunction``, with the distance between the two.

    Raises
    ------
    InputError
        Where a body is not on the path, or both are one.
    """
    return _at_longitude(trajectory, a, b, 0.0, "conjunction")


def oppositions(trajectory: Trajectory, a: str, b: str) -> tuple[PathEvent, ...]:
    """Moments at which two bodies stand half a turn apart about Jupiter's pole; as `conjunctions`."""
    return _at_longitude(trajectory, a, b, np.pi, "opposition")


def _at_longitude(trajectory: Trajectory, a: str, b: str, angle: float, kind: str) -> tuple[PathEvent, ...]:
    i, j = _pair(trajectory, a, b)
    pole = _pole(trajectory, np.array([trajectory.start_tdb]))[0]
    node = unit(np.cross([0.3, 0.5, 1.0] if abs(pole[2]) > 0.9999 else [0.0, 0.0, 1.0], pole))
    east = np.cross(pole, node)

    def ahead(tdb: np.ndarray) -> np.ndarray:
        places = trajectory.states(tdb)[..., :3]
        longitude = np.arctan2(places @ east, places @ node)
        return np.asarray((longitude[:, i] - longitude[:, j] - angle + np.pi) % (2.0 * np.pi) - np.pi)

    times, _ = _crossings(ahead, _nodes(trajectory), jump=np.pi)
    states = trajectory.states(times)
    return _events([kind] * len(times), (a, b), times, states[:, j, :3] - states[:, i, :3])


def eclipses(trajectory: Trajectory, body: str) -> tuple[PathEvent, ...]:
    """Moments at which Jupiter's limb passes before the Sun's centre as seen from a body.

    Parameters
    ----------
    trajectory : Trajectory
        Between 1927 and 2073, where the Sun's place is known.
    body : str
        Taken as a point: a moon's centre, or a spacecraft.

    Returns
    -------
    tuple of PathEvent
        ``eclipse begins`` and ``eclipse ends``, when the body sees it: light time from Sun and limb is in it, the
        size of the Sun, and Jupiter's atmosphere, are not (`perijove.events.finder` has contacts of discs, and more).

    Raises
    ------
    InputError
        Where the body is not on the path, or the Sun's place is not known.
    """
    k = _index(trajectory, body)
    flatter = JUPITER_RADII_KM[0] / JUPITER_RADII_KM[2]

    def clearance_km(tdb: np.ndarray) -> np.ndarray:
        """Distance by which the line of sight to the Sun misses Jupiter, in the space in which it is a sphere."""
        states = trajectory.states(tdb)
        jupiter = _jupiter(trajectory, states, tdb)
        place = states[:, k, :3]
        delay = np.linalg.norm(place, axis=-1, keepdims=True) / SPEED_OF_LIGHT_KM_S
        place = place + jupiter[:, 3:] * delay  # from where Jupiter was when the light passed it
        sun = path_state("SUN", tdb)[:, :3] - jupiter[:, :3] + jupiter[:, 3:] * delay
        sun = sun - path_state("SUN", tdb)[:, 3:] * np.linalg.norm(sun, axis=-1, keepdims=True) / SPEED_OF_LIGHT_KM_S
        pole = _pole(trajectory, tdb)
        place, sun = (v + (flatter - 1.0) * np.sum(v * pole, axis=-1, keepdims=True) * pole for v in (place, sun))
        ray = unit(sun - place)
        behind = -np.sum(place * ray, axis=-1)  # how far along the ray Jupiter's centre is passed
        miss = np.linalg.norm(place + np.maximum(behind, 0.0)[:, None] * ray, axis=-1)
        return np.asarray(miss - JUPITER_RADII_KM[0])

    times, rises = _crossings(clearance_km, _nodes(trajectory))
    place = trajectory.states(times)[:, k, :3]
    return _events(np.where(rises, "eclipse ends", "eclipse begins"), (body,), times, place)


def _jupiter(trajectory: Trajectory, states: np.ndarray, tdb: np.ndarray) -> np.ndarray:
    """Jupiter's centre from the barycentre of the solar system, (m, 6): it answers the pull of the bodies."""
    gm = np.array(trajectory.system.gm_km3_s2)
    share = gm / (gm.sum() + trajectory.system.jupiter_gm_km3_s2)
    result: np.ndarray = path_state("JUPITER_BARYCENTER", tdb) - np.einsum("n,mnj->mj", share, states)
    return result


def _pole(trajectory: Trajectory, tdb: np.ndarray) -> np.ndarray:
    """Jupiter's pole, (m, 3), without its nutation of 0.002 deg, 3 km at the limb seen from Io."""
    ra, dec, ra_rate, dec_rate = trajectory.system.pole_deg
    centuries = tdb / (_DAYS_PER_CENTURY * SECONDS_PER_DAY)
    alpha, delta = np.radians(ra + ra_rate * centuries), np.radians(dec + dec_rate * centuries)
    return np.stack([np.cos(delta) * np.cos(alpha), np.cos(delta) * np.sin(alpha), np.sin(delta)], axis=-1)
