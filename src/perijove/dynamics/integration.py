"""Paths of bodies about Jupiter: integrate once, evaluate anywhere between."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.dynamics.gauss_radau_kernel import DEGREE, evaluate, radau_steps, start
from perijove.dynamics.system import JovianSystem
from perijove.errors import InputError

__all__ = ["Trajectory", "integrate", "sampled"]

_STEPS_PER_REVOLUTION = 12.0  # of the fastest body; 1e-13 of the energy over a century
_CHUNK_STEPS = 2048


@dataclass(frozen=True)
class Trajectory:
    """Bodies' paths, known everywhere within a span.

    Attributes
    ----------
    system : JovianSystem
    start_tdb, end_tdb : float
        Where the integration began and ended; the end lies before the start for a path into the past.
    steps : array, shape (steps, 2)
        When each step begins, TDB, and its length, s; in the order in which they were taken.
    paths_km : array, shape (steps, 10, 3 n)
        Coefficients of positions in powers of the part of the step that has gone by.
    """

    system: JovianSystem
    start_tdb: float
    end_tdb: float
    steps: np.ndarray
    paths_km: np.ndarray

    def states(self, tdb: ArrayLike) -> np.ndarray:
        """Positions and velocities from Jupiter's centre.

        Parameters
        ----------
        tdb : array, shape (...)
            TDB seconds past J2000, within the span.

        Returns
        -------
        array, shape (..., n, 6)
            km and km/s, ICRF axes. Between the steps as exact as at them, to 1 mm at the usual step.

        Raises
        ------
        InputError
            Where a time lies outside.
        """
        tdb = np.asarray(tdb, dtype=float)
        low, high = sorted((self.start_tdb, self.end_tdb))
        inside = (tdb >= low) & (tdb <= high)
        if not inside.all():
            raise InputError(f"TDB {tdb[~inside].ravel()[0]} s lies outside the integrated span, {low} to {high} s")
        out = np.empty((tdb.size, len(self.system.names), 6))
        evaluate(self.steps, self.paths_km, np.ascontiguousarray(tdb.ravel()), out)
        return out.reshape(*tdb.shape, *out.shape[1:])


def _shortest_period_s(system: JovianSystem, states: np.ndarray) -> float:
    """Period of the fastest bound body, or the time in which an unbound one would go round at its speed."""
    distance = np.linalg.norm(states[:, :3], axis=1)
    inverse_axis = 2.0 / distance - np.sum(states[:, 3:] ** 2, axis=1) / system.jupiter_gm_km3_s2
    axis = 1.0 / np.maximum(inverse_axis, 1.0 / distance)
    return float(2.0 * np.pi * np.sqrt(np.min(axis) ** 3 / system.jupiter_gm_km3_s2))


def _checked(system: JovianSystem, states: ArrayLike) -> np.ndarray:
    states = np.array(states, dtype=float)
    if states.shape != (len(system.names), 6):
        raise InputError(f"states of shape {states.shape}; {len(system.names)} bodies need ({len(system.names)}, 6)")
    if not np.isfinite(states).all():
        raise InputError("states hold values that are not finite")
    return states


def _chunks(
    system: JovianSystem,
    states: ArrayLike,
    *,
    start_tdb: float,
    end_tdb: float,
    step_s: float | None,
    tolerance: float,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Integrate piece by piece: beginnings and paths of steps."""
    initial = _checked(system, states)
    if not (np.isfinite(start_tdb) and np.isfinite(end_tdb)) or start_tdb == end_tdb:
        raise InputError(f"cannot integrate from TDB {start_tdb} to {end_tdb} s; give two different times")
    span = end_tdb - start_tdb
    size = _shortest_period_s(system, initial) / _STEPS_PER_REVOLUTION if step_s is None else float(step_s)
    if not (np.isfinite(size) and size > 0.0):
        raise InputError(f"step of {step_s} s; it must be positive and finite")
    if tolerance == 0.0:  # equal steps that end where the span ends
        size = abs(span) / max(1.0, np.ceil(abs(span) / size - 1e-6))
    state = start(initial, start_tdb, float(np.copysign(size, span)))
    table = system.force_table(start_tdb, end_tdb)
    capacity = min(_CHUNK_STEPS, int(np.ceil(abs(span) / size)) + 1)
    while state.clock[0] != end_tdb:
        begins, paths = np.empty((capacity, 2)), np.empty((capacity, DEGREE + 1, initial.size // 2))
        count = radau_steps(state, table, float(end_tdb), tolerance, begins, paths)
        if not np.isfinite(state.x).all():
            raise InputError("the integration broke down: two bodies met, or a step was too long")
        yield begins[:count], paths[:count]


def integrate(
    system: JovianSystem,
    states: ArrayLike,
    *,
    start_tdb: float,
    end_tdb: float,
    step_s: float | None = None,
    tolerance: float = 0.0,
) -> Trajectory:
    """Integrate a system between two times.

    Parameters
    ----------
    system : JovianSystem
    states : array, shape (n, 6)
        Positions (km) and velocities (km/s) from Jupiter's centre at the start, ICRF axes.
    start_tdb, end_tdb : float
        TDB seconds past J2000; the end may lie before the start.
    step_s : float, optional
        Length of the steps; by default 1/12 of the fastest body's period.
    tolerance : float
        0 keeps the step. Else steps follow the forces: the last of eight terms of the acceleration is kept at this
        part of the first; 1e-9 reaches the rounding error (Rein & Spiegel 2015), for close encounters.

    Returns
    -------
    Trajectory
        About 1 kB per step for four bodies.

    Raises
    ------
    InputError
        Where shapes do not fit, or times and states are not finite.
    """
    pieces = list(_chunks(system, states, start_tdb=start_tdb, end_tdb=end_tdb, step_s=step_s, tolerance=tolerance))
    steps, paths = (part[0] if len(part) == 1 else np.concatenate(part) for part in zip(*pieces, strict=True))
    return Trajectory(system, float(start_tdb), float(end_tdb), steps, paths)


def sampled(
    system: JovianSystem,
    states: ArrayLike,
    tdb: ArrayLike,
    *,
    start_tdb: float,
    step_s: float | None = None,
) -> np.ndarray:
    """States at many times, forwards and backwards from a start, without keeping the paths between.

    Parameters
    ----------
    system, states, start_tdb, step_s
        As for `integrate`.
    tdb : array, shape (m,)
        Ascending.

    Returns
    -------
    array, shape (m, n, 6)
        km and km/s.
    """
    tdb = np.asarray(tdb, dtype=float)
    if tdb.ndim != 1 or tdb.size == 0 or not np.isfinite(tdb).all() or (np.diff(tdb) < 0.0).any():
        raise InputError("times to sample must be a list of finite values that rise")
    out = np.empty((tdb.size, len(system.names), 6))
    out[tdb == start_tdb] = _checked(system, states)
    for end, sign in ((tdb[-1], 1.0), (tdb[0], -1.0)):
        if sign * (end - start_tdb) <= 0.0:
            continue
        for begins, paths in _chunks(
            system, states, start_tdb=start_tdb, end_tdb=float(end), step_s=step_s, tolerance=0.0
        ):
            low, high = sorted((begins[0, 0], begins[-1].sum()))
            first, last = np.searchsorted(tdb, low, "left"), np.searchsorted(tdb, high, "right")
            if last > first:
                evaluate(begins, paths, tdb[first:last], out[first:last])
    return out
