"""The moons at a few epochs without compiled code: numba takes 0.7 s to load, which a process that asks once can save.

`perijove.dynamics.picard` goes the way. The forces are those of `perijove.dynamics.force_kernel`, as far as the fitted
system has them: no tides. The paths start from states that the package carries every 20 days; they were taken from the
blocks of `perijove.ephemeris.galilean` (`builders/galilean_waypoints.py`), so both ways give the same to 0.1 m.
"""

from functools import cache
from importlib.resources import files
from threading import Lock

import numpy as np
from numpy.polynomial.chebyshev import chebvander

from perijove.constants import SECONDS_PER_DAY
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.force_kernel import FIGURE, ForceTable
from perijove.dynamics.picard import Segment, node_times, picard
from perijove.dynamics.zonal_kernel import zonal_sums

__all__ = ["PLAIN_PATHS", "WAYPOINT_SPACING_S", "PlainPaths", "accelerations"]

WAYPOINT_SPACING_S = 20.0 * SECONDS_PER_DAY
_SEGMENT_S = WAYPOINT_SPACING_S / 28.0  # 0.4 of Io's revolution: of the accelerations' series the last term is rounding
_RESOLVED = 1e-9  # where segments of the Sun's path meet within, 1.4e-10 was found, 0.2 mm; elsewhere 1e-13
_GM = np.array(JUPITER_AND_MOONS.gm_km3_s2)
_FIRST, _SECOND = np.triu_indices(len(_GM), 1)  # of each pair of moons


class PlainPaths:
    """Paths from waypoints, as far as they were asked for."""

    def __init__(self) -> None:
        self._kept: dict[int, list[Segment]] = {}  # by way
        self._lock = Lock()

    def __len__(self) -> int:
        """How many ways from a waypoint have been gone."""
        return len(self._kept)

    def __contains__(self, tdb: float) -> bool:
        """Whether the way to a time has been begun."""
        return int(_ways(np.array([tdb]))[0]) in self._kept

    def states(self, seconds: np.ndarray, since_tdb: float = 0.0) -> np.ndarray:
        """States of the moons, (m, 4, 6), km and km/s, within the span of `perijove.ephemeris.galilean`.

        Times are seconds after an epoch: as TDB they have a grain of 1e-7 s, in which Io goes 2 mm.
        """
        out, ways = np.empty((len(seconds), len(_GM), 6)), _ways(since_tdb + seconds)
        for way in np.unique(ways).tolist():
            mine = np.flatnonzero(ways == way)
            after = (since_tdb - way // 2 * WAYPOINT_SPACING_S) + seconds[mine]
            places = (np.abs(after) / _SEGMENT_S).astype(int)
            segments = self._gone(way, int(places.max()))
            for place in np.unique(places).tolist():
                out[mine[places == place]] = segments[place].states(after[places == place])
        return out

    def _gone(self, way: int, place: int) -> list[Segment]:
        """Segments of a way, at least up to a place."""
        number, length = way // 2, _SEGMENT_S if way % 2 else -_SEGMENT_S
        with self._lock:
            segments = self._kept.setdefault(way, [])
            while len(segments) <= place:
                state = segments[-1].end() if segments else _waypoint(number)
                segments.append(_path(state, number * WAYPOINT_SPACING_S, length * len(segments), length))
            return segments


PLAIN_PATHS = PlainPaths()
"""Those that the process shares."""


def _ways(tdb: np.ndarray) -> np.ndarray:
    """Twice the number of the nearest waypoint, and 1 more for times after it, (m,)."""
    number = np.rint(tdb / WAYPOINT_SPACING_S)
    ways: np.ndarray = (2.0 * number + (tdb >= number * WAYPOINT_SPACING_S)).astype(int)
    return ways


@cache
def _waypoints() -> tuple[int, np.ndarray]:
    """Number of the first waypoint, counted from J2000, and states of all, (waypoints, 4, 6)."""
    with files("perijove.ephemeris").joinpath("galilean_waypoints.npz").open("rb") as stream, np.load(stream) as stored:
        return int(stored["first"]), stored["states"]


def _waypoint(number: int) -> np.ndarray:
    first, states = _waypoints()
    state: np.ndarray = states[number - first]
    return state


def _path(state: np.ndarray, waypoint_tdb: float, start_s: float, length_s: float) -> Segment:
    """Path over a segment from the state at its beginning, `start_s` after the waypoint."""
    start_tdb = waypoint_tdb + start_s
    table = JUPITER_AND_MOONS.force_table(start_tdb, start_tdb + length_s)
    times = node_times(length_s)
    around = _surroundings(table, start_tdb + times)
    x0, v0 = state[:, :3].T[..., None], state[:, 3:].T[..., None]  # axes, moons, nodes
    turn = np.sqrt(table.jupiter[0] / np.sum(x0 * x0, axis=0) ** 1.5)
    cosine, sine = np.cos(turn * times), np.sin(turn * times)
    circle = x0 * cosine + v0 / turn * sine, v0 * cosine - x0 * turn * sine
    found = picard(
        state, start_s, length_s, lambda x, v: accelerations(x, v, around, table), circle, resolved=_RESOLVED
    )
    assert found is not None, "segments of 0.4 of Io's revolution settle"
    return found


def _surroundings(table: ForceTable, tdb: np.ndarray) -> np.ndarray:
    """Jupiter's pole and the external bodies' positions, (3, 1 + externals, times)."""
    place = (tdb - table.paths_first_tdb) / table.paths_segment_s
    segment = np.clip(np.floor(place).astype(int), 0, len(table.paths) - 1)
    terms = chebvander(2.0 * (place - segment) - 1.0, table.paths.shape[-1] - 1)
    around: np.ndarray = np.einsum("mk,mbik->ibm", terms, table.paths[segment])
    return around


def accelerations(x: np.ndarray, v: np.ndarray, around: np.ndarray, table: ForceTable) -> np.ndarray:
    """Accelerations of the moons relative to Jupiter at several times.

    Parameters
    ----------
    x, v : array, shape (3, 4, m)
        Positions and velocities from Jupiter, km and km/s, ICRF axes.
    around : array, shape (3, 1 + externals, m)
        Jupiter's pole, then positions of the external bodies, km.
    table : ForceTable
        Of the system; tides in it are left out.

    Returns
    -------
    array, shape (3, 4, m)
        km/s^2.
    """
    gm0, radius, _, inverse_c2 = table.jupiter.tolist()
    pole, external = around[:, :1], around[:, 1:]
    inverse_r2 = 1.0 / _dot(x, x)
    inverse_r = np.sqrt(inverse_r2)
    u = x * inverse_r
    radial, polar = zonal_sums(_dot(u, pole), radius * inverse_r, table.zonals)
    pull = gm0 * inverse_r2
    relativity = inverse_c2 * pull
    along = pull * (radial - table.bodies[:, FIGURE, None] * inverse_r2)
    along += relativity * (4.0 * gm0 * inverse_r - _dot(v, v))
    a = along * u - pull * polar * pole + 4.0 * relativity * _dot(u, v) * v
    a += np.einsum("n,inm->im", _GM / gm0, a)[:, None]  # Jupiter answers
    apart = x[:, _SECOND] - x[:, _FIRST]
    apart *= _dot(apart, apart) ** -1.5
    for pair, (i, j) in enumerate(zip(_FIRST.tolist(), _SECOND.tolist(), strict=True)):
        a[:, i] += _GM[j] * apart[:, pair]
        a[:, j] -= _GM[i] * apart[:, pair]
    gm = table.external_gm[:, None]
    away = external[:, :, None] - x[:, None]
    a += np.einsum("knm,iknm->inm", gm[..., None] * _dot(away, away) ** -1.5, away)
    on_jupiter = np.einsum("km,ikm->im", gm * _dot(external, external) ** -1.5, external)
    result: np.ndarray = a - on_jupiter[:, None]
    return result


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    product: np.ndarray = np.einsum("i...,i...->...", a, b)
    return product
