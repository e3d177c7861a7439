"""What happens on a path: apsides, closest approaches, conjunctions, oppositions, eclipses.

Each is a root of a smooth function of the states, found by `perijove.dynamics.time_search`. The first functions take
states as a function of time, and so serve every ephemeris. The others take a `Trajectory`, of moons, test particles or
spacecraft, and know its grid: the integrator's own steps, four times divided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.constants import DAYS_PER_CENTURY, SECONDS_PER_DAY, SPEED_OF_LIGHT_KM_S
from perijove.dynamics.integration import Trajectory
from perijove.dynamics.planet_paths import path_state
from perijove.dynamics.time_search import Extremes, Roots, extremes, roots
from perijove.errors import InputError
from perijove.geometry.rotations import direction_of, unit

__all__ = [
    "Moment",
    "Motion",
    "apsides",
    "closest_approaches",
    "conjunctions",
    "distance_extremes",
    "eclipses",
    "longitude_meetings",
    "oppositions",
]

_TOLERANCE_S = 1e-6
_DIVISIONS = 4  # of a step; forces that a step resolves do not turn twice within a quarter of it

Motion = Callable[[np.ndarray], np.ndarray]
"""States (n, 6) of one body from another at times (n,), km and km/s."""


@dataclass(frozen=True)
class Moment:
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


# ------------------------------------------------------------------------------------------------------- any ephemeris


def distance_extremes(motion: Motion, times: np.ndarray | Sequence[np.ndarray]) -> Extremes:
    """When two bodies are nearest to each other, or farthest, among the moments around.

    Parameters
    ----------
    motion : function
        One from the other.
    times : array, shape (n,), or several
        Growing, near enough for `perijove.dynamics.time_search` to see the distance turn.

    Returns
    -------
    Extremes
        Of the distance, km; times to a microsecond.
    """

    def distance_km(tdb: np.ndarray) -> np.ndarray:
        return _length(motion(tdb))

    def opening(tdb: np.ndarray) -> np.ndarray:
        """Distance times its rate, km²/s."""
        state = motion(tdb)
        return np.asarray(np.einsum("ij,ij->i", state[:, :3], state[:, 3:]))

    return extremes(distance_km, times, rate=opening, tolerance_s=_TOLERANCE_S)


def longitude_meetings(
    motion: Motion, other: Motion, times: np.ndarray, *, pole: np.ndarray, apart_deg: float = 0.0
) -> Roots:
    """When one body stands a given angle ahead of another about a pole.

    Parameters
    ----------
    motion, other : function
        Of the two, from the planet's centre.
    times : array, shape (n,)
        Growing, less than half a turn of one about the other apart.
    pole : array, shape (3,)
        Unit vector; longitudes grow about it.
    apart_deg : float
        0 for conjunctions, 180 for oppositions.

    Returns
    -------
    Roots
        To a microsecond; ``rises`` where the first gains on the other.
    """
    node = unit(np.cross([0.3, 0.5, 1.0] if abs(pole[2]) > 0.9999 else [0.0, 0.0, 1.0], pole))
    east = np.cross(pole, node)

    def ahead_deg(tdb: np.ndarray) -> np.ndarray:
        first, second = (np.arctan2(place @ east, place @ node) for place in (motion(tdb)[:, :3], other(tdb)[:, :3]))
        return np.asarray((np.degrees(first - second) - apart_deg + 180.0) % 360.0 - 180.0)

    return roots(ahead_deg, times, jump=180.0)


# -------------------------------------------------------------------------------------------------- an integrated path


def apsides(paths: Trajectory, body: str) -> tuple[Moment, ...]:
    """Moments at which a body is nearest to Jupiter's centre, and farthest.

    Parameters
    ----------
    paths : Trajectory
        Such as `perijove.moons.integrate` gives.
    body : str
        One of theirs, in any case.

    Returns
    -------
    tuple of Moment
        ``pericenter`` and ``apocenter``, in the order of time, with the distance in km. They are extremes of the
        distance itself: about an oblate planet, and with other moons, a near-circular orbit has them elsewhere than its
        elements say.

    Raises
    ------
    InputError
        Where the body is not on the path.
    """
    body = _spelled(paths, body)
    found = distance_extremes(_motion(paths, body), _nodes(paths))
    return _moments(np.where(found.is_least, "pericenter", "apocenter"), (body,), found.tdb, found.value)


def closest_approaches(paths: Trajectory, a: str, b: str) -> tuple[Moment, ...]:
    """Moments at which two bodies stand nearest to each other, among the moments around.

    Parameters
    ----------
    paths : Trajectory
        For a flyby, integrated with a tolerance: steps must follow the encounter.
    a, b : str
        Two of theirs, in any case.

    Returns
    -------
    tuple of Moment
        ``closest approach``, each a minimum of the distance between centres, km.

    Raises
    ------
    InputError
        Where a body is not on the path, or both are one.
    """
    a, b = (_spelled(paths, name) for name in (a, b))
    found = distance_extremes(_between(paths, a, b), _nodes(paths))
    return _moments("closest approach", (a, b), found.tdb[found.is_least], found.value[found.is_least])


def conjunctions(paths: Trajectory, a: str, b: str) -> tuple[Moment, ...]:
    """Moments at which two bodies have one longitude about Jupiter's pole.

    Parameters
    ----------
    paths : Trajectory
        Such as `perijove.moons.integrate` gives.
    a, b : str
        Two of theirs, in any case.

    Returns
    -------
    tuple of Moment
        ``conjunction``, with the distance between the two, km.

    Raises
    ------
    InputError
        Where a body is not on the path, or both are one.
    """
    return _at_longitude(paths, a, b, 0.0, "conjunction")


def oppositions(paths: Trajectory, a: str, b: str) -> tuple[Moment, ...]:
    """Moments at which two bodies stand half a turn apart about Jupiter's pole.

    Parameters
    ----------
    paths : Trajectory
    a, b : str
        As for `conjunctions`.

    Returns
    -------
    tuple of Moment
        ``opposition``, with the distance between the two, km.
    """
    return _at_longitude(paths, a, b, 180.0, "opposition")


def eclipses(paths: Trajectory, body: str) -> tuple[Moment, ...]:
    """Moments at which Jupiter's limb passes before the Sun's centre as seen from a body.

    Parameters
    ----------
    paths : Trajectory
        Between 1927 and 2073, where the Sun's place is known.
    body : str
        Taken as a point: a moon's centre, or a spacecraft.

    Returns
    -------
    tuple of Moment
        ``eclipse begins`` and ``eclipse ends``, when the body sees it, with the distance from Jupiter's centre, km.
        Light time from Sun and limb is in it, the size of the Sun, and Jupiter's atmosphere, are not
        (`perijove.events.finder` has contacts of discs, and more).

    Raises
    ------
    InputError
        Where the body is not on the path, or the Sun's place is not known.
    """
    body = _spelled(paths, body)
    k = _index(paths, body)
    flatter = JUPITER_RADII_KM[0] / JUPITER_RADII_KM[2]

    def clearance_km(tdb: np.ndarray) -> np.ndarray:
        """Distance by which the line of sight to the Sun misses Jupiter, in the space in which it is a sphere."""
        states = paths.states(tdb)
        jupiter = _jupiter(paths, states, tdb)
        place = states[:, k, :3]
        delay = np.linalg.norm(place, axis=-1, keepdims=True) / SPEED_OF_LIGHT_KM_S
        place = place + jupiter[:, 3:] * delay  # from where Jupiter was when the light passed it
        sun = path_state("SUN", tdb)[:, :3] - jupiter[:, :3] + jupiter[:, 3:] * delay
        sun = sun - path_state("SUN", tdb)[:, 3:] * np.linalg.norm(sun, axis=-1, keepdims=True) / SPEED_OF_LIGHT_KM_S
        pole = _pole(paths, tdb)
        place, sun = (v + (flatter - 1.0) * np.sum(v * pole, axis=-1, keepdims=True) * pole for v in (place, sun))
        ray = unit(sun - place)
        behind = -np.sum(place * ray, axis=-1)  # how far along the ray Jupiter's centre is passed
        miss = np.linalg.norm(place + np.maximum(behind, 0.0)[:, None] * ray, axis=-1)
        return np.asarray(miss - JUPITER_RADII_KM[0])

    found = roots(clearance_km, _nodes(paths))
    kinds = np.where(found.rises, "eclipse ends", "eclipse begins")
    return _moments(kinds, (body,), found.tdb, _length(_motion(paths, body)(found.tdb)))


def _at_longitude(trajectory: Trajectory, a: str, b: str, apart_deg: float, kind: str) -> tuple[Moment, ...]:
    a, b = (_spelled(trajectory, name) for name in (a, b))
    between = _between(trajectory, a, b)
    pole = _pole(trajectory, np.array([trajectory.start_tdb]))[0]
    first, second = _motion(trajectory, a), _motion(trajectory, b)
    found = longitude_meetings(first, second, _nodes(trajectory), pole=pole, apart_deg=apart_deg)
    return _moments(kind, (a, b), found.tdb, _length(between(found.tdb)))


def _spelled(trajectory: Trajectory, body: str) -> str:
    """A body's name as the path has it, where it was written in another case."""
    names = trajectory.system.names
    return body if body in names else next((name for name in names if name.upper() == body.upper()), body)


def _index(trajectory: Trajectory, body: str) -> int:
    if body not in trajectory.system.names:
        raise InputError(f"no body {body!r} on this path; there are {', '.join(trajectory.system.names)}")
    return trajectory.system.names.index(body)


def _motion(trajectory: Trajectory, body: str) -> Motion:
    k = _index(trajectory, body)
    return lambda tdb: trajectory.states(tdb)[:, k]


def _between(trajectory: Trajectory, a: str, b: str) -> Motion:
    i, j = _index(trajectory, a), _index(trajectory, b)
    if i == j:
        raise InputError(f"{a} and {b} are one body; give two")

    def motion(tdb: np.ndarray) -> np.ndarray:
        states = trajectory.states(tdb)
        return np.asarray(states[:, j] - states[:, i])

    return motion


def _nodes(trajectory: Trajectory) -> np.ndarray:
    """Ascending times between which no moment hides."""
    begins, lengths = trajectory.steps.T
    parts = np.arange(_DIVISIONS) / _DIVISIONS
    times = np.append((begins[:, None] + lengths[:, None] * parts).ravel(), trajectory.end_tdb)
    return times if trajectory.end_tdb > trajectory.start_tdb else times[::-1].copy()


def _length(states: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(states[:, :3], axis=-1))


def _moments(
    kinds: np.ndarray | str, bodies: tuple[str, ...], times: np.ndarray, distances: np.ndarray
) -> tuple[Moment, ...]:
    rows = zip(np.broadcast_to(kinds, times.shape).tolist(), times.tolist(), distances.tolist(), strict=True)
    return tuple(Moment(kind, bodies, time, distance) for kind, time, distance in rows)


def _jupiter(trajectory: Trajectory, states: np.ndarray, tdb: np.ndarray) -> np.ndarray:
    """Jupiter's centre from the barycentre of the solar system, (m, 6): it answers the pull of the bodies."""
    gm = np.array(trajectory.system.gm_km3_s2)
    share = gm / (gm.sum() + trajectory.system.jupiter_gm_km3_s2)
    result: np.ndarray = path_state("JUPITER_BARYCENTER", tdb) - np.einsum("n,mnj->mj", share, states)
    return result


def _pole(trajectory: Trajectory, tdb: np.ndarray) -> np.ndarray:
    """Jupiter's pole, (m, 3), without its nutation of 0.002 deg, 3 km at the limb seen from Io."""
    ra, dec, ra_rate, dec_rate = trajectory.system.pole_deg
    centuries = tdb / (DAYS_PER_CENTURY * SECONDS_PER_DAY)
    return direction_of(dec + dec_rate * centuries, ra + ra_rate * centuries)
