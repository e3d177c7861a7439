"""Times of least distance between two bodies of an ephemeris, all of a span at once."""

from collections.abc import Sequence

import numpy as np

from perijove.ephemeris.source import Ephemeris

__all__ = ["least_distance_times"]

_STEP_S = 240.0  # Juno turns about Jupiter in 1,300 s at perijove, where distances bend fastest
_ROUNDS = 40  # the loop leaves after about six
_CLOSE_S = 1e-6  # a few grains of TDB in a double


def least_distance_times(
    ephemeris: Ephemeris, body: str, centers: Sequence[str], windows: Sequence[tuple[float, float]]
) -> dict[str, np.ndarray]:
    """When a body comes closest to others: each time at which their distance stops falling.

    Parameters
    ----------
    ephemeris : Ephemeris
        Must also know Jupiter.
    body : str
        NAIF name.
    centers : sequence of str
        NAIF names of the others.
    windows : sequence of (float, float)
        Where all are known, TDB seconds past J2000. Distances that are least at an end of a window do not count.

    Returns
    -------
    dict of str to array, shape (n,)
        By center, TDB seconds past J2000, growing; good to a microsecond. Two such times within four minutes
        of each other, which no free motion among the moons has, could go unseen.
    """
    times = [np.linspace(start, end, max(int(np.ceil((end - start) / _STEP_S)), 1) + 1) for start, end in windows]
    joints = np.cumsum([len(part) for part in times])[:-1] - 1  # no bracket from one window to the next
    flat = np.concatenate(times)
    path = ephemeris.state(body, flat, center="JUPITER")
    found = {}
    for center in centers:
        rate = _opening(path - ephemeris.state(center, flat, center="JUPITER"))
        turns = np.setdiff1d(np.flatnonzero((rate[:-1] <= 0.0) & (rate[1:] > 0.0)), joints)
        found[center] = _zeros(ephemeris, body, center, (flat[turns], flat[turns + 1]), (rate[turns], rate[turns + 1]))
    return found


def _opening(state: np.ndarray) -> np.ndarray:
    """Distance times its rate, km²/s."""
    return np.asarray(np.einsum("ij,ij->i", state[:, :3], state[:, 3:]))


def _zeros(
    ephemeris: Ephemeris,
    body: str,
    center: str,
    ends: tuple[np.ndarray, np.ndarray],
    values: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Zeros of `_opening` between pairs of ends with values of unlike sign: regula falsi, Illinois variant."""
    (low, high), (below, above) = ends, values
    last = np.zeros(low.shape)
    middle = low
    for _ in range(_ROUNDS if low.size else 0):
        before, middle = middle, low - below * (high - low) / (above - below)
        value = _opening(ephemeris.state(body, middle, center=center))
        side = np.sign(value)
        # An end that stays twice counts half, so that both close in.
        low, high = np.where(side <= 0.0, middle, low), np.where(side > 0.0, middle, high)
        halved = np.where(side == last, 0.5, 1.0)
        below = np.where(side <= 0.0, value, below * halved)
        above = np.where(side > 0.0, value, above * halved)
        last = side
        if np.all(np.abs(middle - before) < _CLOSE_S):
            break
    return middle
