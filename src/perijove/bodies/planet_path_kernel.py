"""Chebyshev series of paths, compiled: positions and velocities at many times."""

import numpy as np

from perijove.compiled import njit

__all__ = ["series_states"]


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
            # b_k = c_k + 2 x b_(k+1) - b_(k+2), and d its derivative in x.
            b1 = b2 = d1 = d2 = 0.0
            for k in range(top, 0, -1):
                d1, d2 = 2.0 * (x * d1 + b1) - d2, d1
                b1, b2 = 2.0 * x * b1 - b2 + coefficients[segment, k, axis], b1
            states[i, axis] = x * b1 - b2 + coefficients[segment, 0, axis]
            states[i, axis + 3] = (b1 + x * d1 - d2) * 2.0 / length
