"""The moons at one epoch without compiled code: numba takes 0.7 s to load, which a process that asks once can save.

Picard's iteration on Chebyshev nodes (Clenshaw & Norton 1963, Computer Journal 6, 88; Bai & Junkins 2011, Journal of
the Astronautical Sciences 58, 583): accelerations at all nodes of a segment at once, integrated twice as a series,
until nothing changes. The forces are those of `perijove.dynamics.force_kernel`, as far as the fitted system has them:
no tides. The paths start from states that the package carries every 20 days; they were taken from the blocks of
`perijove.ephemeris.galilean` (`builders/galilean_waypoints.py`), so both ways give the same to 0.1 m.
"""

from functools import cache
from importlib.resources import files
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.polynomial.chebyshev import chebint, chebvander

from perijove.constants import SECONDS_PER_DAY
from perijove.dynamics.chebyshev import nodes, to_series
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.force_kernel import FIGURE, ForceTable
from perijove.dynamics.zonal_kernel import zonal_sums

__all__ = ["WAYPOINT_SPACING_S", "PlainPaths", "accelerations"]

WAYPOINT_SPACING_S = 20.0 * SECONDS_PER_DAY
_SEGMENT_S = WAYPOINT_SPACING_S / 28.0  # 0.4 of Io's revolution
_DEGREE = 22  # of the accelerations within a segment; the last of their coefficients is rounding
_ROUNDS = 40  # 15 are needed
_CONVERGED = 1e-15  # change of the accelerations that ends the rounds, relative
_GM = np.array(JUPITER_AND_MOONS.gm_km3_s2)
_FIRST, _SECOND = np.triu_indices(len(_GM), 1)  # of each pair of moons


class _Segment(NamedTuple):
    """A stretch of path: where it begins, its length (s, negative into the past), series of the states on -1..1."""

    start_tdb: float
    length_s: float
    series: np.ndarray  # (degree + 3, 4 x 6)

    def states(self, tdb: float) -> np.ndarray:
        """States at a time within, (4, 6)."""
        y = 2.0 * (tdb - self.start_tdb) / self.length_s - 1.0
        terms = np.cos(np.arange(len(self.series)) * np.arccos(min(max(y, -1.0), 1.0)))
        states: np.ndarray = (terms @ self.series).reshape(-1, 6)
        return states


class PlainPaths:
    """Paths from waypoints, as far as they were asked for."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], list[_Segment]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """How many ways from a waypoint have been gone."""
        return len(self._kept)

    def __contains__(self, tdb: float) -> bool:
        """Whether the way to a time has been begun."""
        return _way(tdb) in self._kept

    def states(self, tdb: float) -> np.ndarray:
        """States of the moons at a time within the span of `perijove.ephemeris.galilean`, (4, 6), km and km/s."""
        number, direction = way = _way(tdb)
        start = number * WAYPOINT_SPACING_S
        with self._lock:
            segments = self._kept.setdefault(way, [])
            place = int(abs(tdb - start) / _SEGMENT_S)
            while len(segments) <= place:
                begin = start + direction * _SEGMENT_S * len(segments)
                state = segments[-1].states(begin) if segments else _waypoint(number)
                segments.append(_picard(state, begin, direction * _SEGMENT_S))
        return segments[place].states(tdb)


def _way(tdb: float) -> tuple[int, int]:
    """Number of the nearest waypoint, and 1 for times after it, -1 for those before."""
    number = round(tdb / WAYPOINT_SPACING_S)
    return number, 1 if tdb >= number * WAYPOINT_SPACING_S else -1


@cache
def _waypoints() -> tuple[int, np.ndarray]:
    """Number of the first waypoint, counted from J2000, and states of all, (waypoints, 4, 6)."""
    with files("perijove.ephemeris").joinpath("galilean_waypoints.npz").open("rb") as stream, np.load(stream) as stored:
        return int(stored["first"]), stored["states"]


def _waypoint(number: int) -> np.ndarray:
    first, states = _waypoints()
    state: np.ndarray = states[number - first]
    return state


@cache
def _nodes_and_integrals() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes on -1..1, and matrices from values there to the series of the first and second integral over 0..1."""
    once = chebint(to_series(_DEGREE), lbnd=-1.0, scl=0.5)
    return nodes(_DEGREE), once, chebint(once, lbnd=-1.0, scl=0.5)


def _picard(state: np.ndarray, start_tdb: float, length_s: float) -> _Segment:
    """Path over a segment from the state at its beginning."""
    x, once, twice = _nodes_and_integrals()
    h, tau = length_s, 0.5 * (x + 1.0)
    values = chebvander(x, _DEGREE + 2)
    to_velocity, to_position = values[:, :-1] @ once, values @ twice
    table = JUPITER_AND_MOONS.force_table(start_tdb, start_tdb + h)
    around = _surroundings(table, start_tdb + h * tau)
    x0, v0 = state[:, :3].T[..., None], state[:, 3:].T[..., None]  # axes, moons, nodes
    turn = np.sqrt(table.jupiter[0] / np.sum(x0 * x0, axis=0) ** 1.5)
    cosine, sine = np.cos(turn * h * tau), np.sin(turn * h * tau)
    x, v = x0 * cosine + v0 / turn * sine, v0 * cosine - x0 * turn * sine  # a circle at first
    a = accelerations(x, v, around, table)
    for _ in range(_ROUNDS):
        before = a
        v = v0 + h * (a @ to_velocity.T)
        x = x0 + h * (v0 * tau + h * (a @ to_position.T))
        a = accelerations(x, v, around, table)
        if np.abs(a - before).max() < _CONVERGED * np.abs(a).max():
            break
    positions = h * h * (a @ twice.T)
    positions[..., :2] += 0.5 * h * v0
    positions[..., 0] += x0[..., 0]
    velocities = np.zeros_like(positions)
    velocities[..., :-1] = h * (a @ once.T)
    velocities[..., 0] += v0[..., 0]
    together = np.concatenate([positions, velocities])  # (6, moons, terms)
    return _Segment(start_tdb, length_s, np.ascontiguousarray(together.transpose(2, 1, 0)).reshape(_DEGREE + 3, -1))


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
