"""How a displacement of the spacecraft at one time grows along its path past a body."""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicHermiteSpline

__all__ = ["transitions"]

_TOLERANCE = 1e-9


def transitions(times_s: np.ndarray, states: np.ndarray, *, epoch_s: float, gm_km3_s2: float) -> np.ndarray:
    """Derivatives of the states at given times by the state at an epoch.

    Parameters
    ----------
    times_s : array, shape (n,)
        Growing.
    states : array, shape (n, 6)
        Spacecraft from the body's centre, inertial, km and km/s; between them the path is taken for a cubic.
    epoch_s : float
        Within the times.
    gm_km3_s2 : float
        Of the body.

    Returns
    -------
    array, shape (n, 6, 6)

    Notes
    -----
    A displacement d obeys d'' = GM (3 r rᵀ / r⁵ - 1 / r³) d along the path r. Jupiter's own gradient, 1.7e-9 / s² at
    Io, is left out: in 1,500 s it moves a displacement by 0.2 % of itself.
    """
    if len(times_s) == 1:
        return np.eye(6)[None]
    path = CubicHermiteSpline(times_s, states[:, :3], states[:, 3:])

    def slope(time: float, flat: np.ndarray) -> np.ndarray:
        place = path(time)
        distance = np.linalg.norm(place)
        gradient = gm_km3_s2 * (3.0 * np.outer(place, place) / distance**2 - np.eye(3)) / distance**3
        matrix = flat.reshape(6, 6)
        return np.concatenate([matrix[3:], gradient @ matrix[:3]]).ravel()

    result = np.empty((len(times_s), 6, 6))
    for side in (np.flatnonzero(times_s >= epoch_s), np.flatnonzero(times_s < epoch_s)[::-1]):
        if not len(side):
            continue
        end = float(times_s[side[-1]])
        if end == epoch_s:
            result[side] = np.eye(6)
            continue
        span = (epoch_s, end)
        found = solve_ivp(slope, span, np.eye(6).ravel(), "DOP853", times_s[side], rtol=_TOLERANCE, atol=_TOLERANCE)
        result[side] = found.y.T.reshape(-1, 6, 6)
    return result
