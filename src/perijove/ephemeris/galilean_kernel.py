"""States of the moons from integrated blocks of equal length, compiled."""

import numpy as np

from perijove.compiled import njit
from perijove.dynamics.gauss_radau_kernel import DEGREE

__all__ = ["states_in_blocks"]


@njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
def states_in_blocks(
    tdb: np.ndarray, slots: np.ndarray, blocks: np.ndarray, starts: np.ndarray, step_s: float, out: np.ndarray
) -> None:
    """Evaluate paths that several blocks hold.

    Parameters
    ----------
    tdb : array, shape (m,)
    slots : array of int, shape (m,)
        Which block each time lies in; a negative one is left out.
    blocks : array, shape (blocks, steps, 10, 3 n)
        Coefficients of positions, km, as in `perijove.dynamics.integration.Trajectory`.
    starts : array, shape (blocks,)
        TDB of their beginnings.
    step_s : float
        Length of all steps.
    out : array, shape (m, n, 6)
        km, km/s.
    """
    steps, bodies = blocks.shape[1], blocks.shape[3] // 3
    for m in range(tdb.size):
        if slots[m] < 0:
            continue
        place = (tdb[m] - starts[slots[m]]) / step_s
        k = min(max(int(place), 0), steps - 1)
        s = place - k
        path = blocks[slots[m], k]
        for i in range(bodies):
            for axis in range(3):
                at = 3 * i + axis
                position, slope = path[DEGREE, at], 0.0
                for j in range(DEGREE - 1, -1, -1):
                    slope = slope * s + position
                    position = position * s + path[j, at]
                out[m, i, axis] = position
                out[m, i, axis + 3] = slope / step_s
