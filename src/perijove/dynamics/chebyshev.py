"""Chebyshev series of functions of time, in segments of one length: nodes, fit and evaluation.

With x from -1 to 1 over a segment, f(x) is the sum of c_k T_k(x), and values at `nodes` give the c_k exactly
(interpolation; Press et al. 2007, Numerical Recipes, 5.8).
"""

from functools import cache

import numpy as np
from numpy.polynomial import chebyshev

from perijove.compiled import njit

__all__ = ["clenshaw", "nodes", "places_at", "segment_times", "series_states", "states_at", "to_series"]

_copied = njit(inline="always", nogil=True, error_model="numpy", fastmath={"contract", "nsz"})


@cache
def nodes(degree: int) -> np.ndarray:
    """Zeros of T_(degree + 1), (degree + 1,), descending from 1; read-only."""
    places: np.ndarray = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    places.setflags(write=False)
    return places


@cache
def to_series(degree: int) -> np.ndarray:
    """Matrix from values at the `nodes` to the coefficients, (degree + 1, degree + 1); read-only."""
    matrix: np.ndarray = np.linalg.inv(chebyshev.chebvander(nodes(degree), degree))
    matrix.setflags(write=False)
    return matrix


def segment_times(first: int, last: int, length: float, degree: int) -> np.ndarray:
    """Times of the nodes of segments that are counted from 0 on, both included: (segments, degree + 1)."""
    times: np.ndarray = (np.arange(first, last + 1)[:, None] + 0.5 * (nodes(degree) + 1.0)) * length
    return times


def states_at(times: np.ndarray, coefficients: np.ndarray, start: float, length: float) -> np.ndarray:
    """What `series_states` does, in its order and without compiled code, so that the last digits are the same."""
    segment = ((times - start) // length).astype(int)
    x = (2.0 * (times - (start + length * segment)) / length - 1.0)[..., None]
    series = np.moveaxis(coefficients[segment], -2, 0)  # (degree + 1, ..., 3)
    b1 = b2 = d1 = d2 = np.zeros(series.shape[1:])
    for term in series[:0:-1]:
        d1, d2 = 2.0 * (x * d1 + b1) - d2, d1
        b1, b2 = 2.0 * x * b1 - b2 + term, b1
    return np.concatenate([x * b1 - b2 + series[0], (b1 + x * d1 - d2) * 2.0 / length], axis=-1)


@njit(nogil=True)
def series_states(times: np.ndarray, coefficients: np.ndarray, start: float, length: float, states: np.ndarray) -> None:
    """Fill states, (n, 6), at times, (n), from coefficients, (segments, degree + 1, 3), of segments of one length.

    Times must lie within the segments. Clenshaw's recurrence, for the series and its derivative along with it.
    """
    top = coefficients.shape[1] - 1
    for i in range(times.size):
        segment = int((times[i] - start) // length)
        # The inner difference is exact: a segment's number times its length and the start are whole numbers.
        x = 2.0 * (times[i] - (start + length * segment)) / length - 1.0
        for axis in range(3):
            b1 = b2 = d1 = d2 = 0.0
            for k in range(top, 0, -1):
                d1, d2 = 2.0 * (x * d1 + b1) - d2, d1
                b1, b2 = 2.0 * x * b1 - b2 + coefficients[segment, k, axis], b1
            states[i, axis] = x * b1 - b2 + coefficients[segment, 0, axis]
            states[i, axis + 3] = (b1 + x * d1 - d2) * 2.0 / length


@_copied
def clenshaw(terms: np.ndarray, x: float) -> float:
    """Sum of a series at x: Clenshaw's recurrence, copied into compiled callers."""
    later, latest = 0.0, 0.0
    for k in range(terms.size - 1, 0, -1):
        later, latest = terms[k] + 2.0 * x * later - latest, later
    total: float = terms[0] + x * later - latest
    return total


@_copied
def places_at(t: float, series: np.ndarray, first: float, length: float, out: np.ndarray) -> None:
    """Vectors of several bodies at a time, (m, 3), from series of shape (segments, m, 3, terms) that begin at `first`.

    Before the first and after the last segment its series goes on.
    """
    place = (t - first) / length
    segment = min(max(int(np.floor(place)), 0), series.shape[0] - 1)
    x = 2.0 * (place - segment) - 1.0
    for body in range(series.shape[1]):
        for axis in range(3):
            out[body, axis] = clenshaw(series[segment, body, axis], x)
