"""States of the moons from integrated blocks of equal length, compiled."""

import numpy as np

from perijove.compiled import njit
from perijove.dynamics.gauss_radau_kernel import states_within

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
    steps = blocks.shape[1]
    for m in range(tdb.size):
        if slots[m] < 0:
            continue
        place = (tdb[m] - starts[slots[m]]) / step_s
        k = min(max(int(place), 0), steps - 1)
        states_within(blocks[slots[m], k], place - k, step_s, out[m])
