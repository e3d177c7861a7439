"""Paths of a few bodies without compiled code: numba takes a second to load, and its kernels many to compile.

Picard's iteration on Chebyshev nodes (Clenshaw & Norton 1963, Computer Journal 6, 88; Bai & Junkins 2011, Journal of
the Astronautical Sciences 58, 583): accelerations at all nodes of a segment at once, integrated twice as a series,
until nothing changes.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial.chebyshev import chebint, chebvander

from perijove.dynamics.chebyshev import nodes, to_series

__all__ = ["Segment", "node_times", "picard"]

_DEGREE = 22  # of the accelerations within a segment
_ROUNDS = 40  # 8 to 13 are needed
_CONVERGED = 1e-13  # change of the accelerations that ends the rounds, relative: the next would be a hundredth of it


class Segment(NamedTuple):
    """A stretch of path: where it begins, its length (s, negative into the past), series of the states on -1..1."""

    start_s: float
    length_s: float
    series: np.ndarray  # (degree + 3, 6 n)

    def states(self, seconds: np.ndarray, bodies: int | None = None) -> np.ndarray:
        """States at times within, (m,), counted as the start is, of the first bodies or of all: (m, n, 6).

        Clenshaw's recurrence: unlike a product of matrices it gives one time the same digits alone and among others.
        """
        y = (2.0 * (seconds - self.start_s) / self.length_s - 1.0)[:, None]
        series = self.series if bodies is None else self.series[:, : 6 * bodies]
        later = latest = np.zeros((len(seconds), series.shape[1]))
        for term in series[:0:-1]:
            later, latest = 2.0 * y * later - latest + term, later
        states: np.ndarray = (y * later - latest + series[0]).reshape(len(seconds), -1, 6)
        return states

    def end(self) -> np.ndarray:
        """States at its end, (n, 6), where all T_k are 1."""
        states: np.ndarray = self.series.sum(axis=0).reshape(-1, 6)
        return states


@cache
def _integrals() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Matrices from values at the nodes to the series of the first and second integral over 0..1, and to their values.

    Returns
    -------
    once, twice : array, shape (degree + 2, degree + 1) and (degree + 3, degree + 1)
        Coefficients.
    to_velocity, to_position : array, shape (degree + 1, degree + 1)
        Values at the nodes.
    """
    once = chebint(to_series(_DEGREE), lbnd=-1.0, scl=0.5)
    twice = chebint(once, lbnd=-1.0, scl=0.5)
    values = chebvander(nodes(_DEGREE), _DEGREE + 2)
    return once, twice, values[:, :-1] @ once, values @ twice


def node_times(length_s: float) -> np.ndarray:
    """Times after a segment's start at which `picard` wants accelerations, (m,), s."""
    times: np.ndarray = 0.5 * length_s * (nodes(_DEGREE) + 1.0)
    return times


def picard(
    state: np.ndarray,
    start_s: float,
    length_s: float,
    accelerations: Callable[[np.ndarray, np.ndarray], np.ndarray],
    guess: tuple[np.ndarray, np.ndarray] | None = None,
    *,
    resolved: float = 1e-12,
) -> Segment | None:
    """Path over a segment.

    Parameters
    ----------
    state : array, shape (n, 6)
        At its beginning, km and km/s.
    start_s, length_s : float
        When it begins, and how long it is, s; a negative length leads into the past.
    accelerations : callable
        Takes positions and velocities, (3, n, m) each, at the `node_times`; gives accelerations, (3, n, m), km/s².
    guess : tuple of array, optional
        Positions and velocities to begin with; a straight line by default.
    resolved : float
        How large the last two terms of the accelerations may be, against the largest acceleration. A place is off by a
        thousandth of that part of the distance by which the path bends, at most.

    Returns
    -------
    Segment or None
        None where the rounds do not settle or the series has not died out: the segment is too long.
    """
    once, twice, to_velocity, to_position = _integrals()
    h, times = length_s, node_times(length_s)
    x0, v0 = state[:, :3].T[..., None], state[:, 3:].T[..., None]  # axes, bodies, nodes
    x, v = (x0 + v0 * times, np.broadcast_to(v0, (*v0.shape[:2], len(times)))) if guess is None else guess
    a = accelerations(x, v)
    for _ in range(_ROUNDS):
        before = a
        v = v0 + h * (a @ to_velocity.T)
        x = x0 + v0 * times + h * h * (a @ to_position.T)
        a = accelerations(x, v)
        if not np.abs(a - before).max() >= _CONVERGED * np.abs(a).max():
            break
    else:
        return None
    last = np.abs(a @ to_series(_DEGREE)[-2:].T).max()
    if not last <= resolved * np.abs(a).max():
        return None
    positions = h * h * (a @ twice.T)
    positions[..., :2] += 0.5 * h * v0
    positions[..., 0] += x0[..., 0]
    velocities = np.zeros_like(positions)
    velocities[..., :-1] = h * (a @ once.T)
    velocities[..., 0] += v0[..., 0]
    together = np.concatenate([positions, velocities])  # (6, bodies, terms)
    return Segment(start_s, h, np.ascontiguousarray(together.transpose(2, 1, 0)).reshape(_DEGREE + 3, -1))
