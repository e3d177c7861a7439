"""Errors of an ephemeris, where it states them, and what they make of a geometry."""

import numpy as np

from perijove.bodies.jupiter import JUPITER_GM_KM3_S2

__all__ = ["sigma_along_km", "velocity_sigma_km_s"]


def sigma_along_km(covariance_km2: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Standard error of a position along unit vectors (..., 3), km, shape (...), from covariances (..., 3, 3).

    These are the ephemeris's `position_covariance_km2`; both are in the ICRF. NaN where it states no error.
    """
    return np.asarray(np.sqrt(np.einsum("...i,...ij,...j->...", direction, covariance_km2, direction)))


def velocity_sigma_km_s(covariance_km2: np.ndarray, jupiter_distance_km: np.ndarray) -> np.ndarray:
    """Standard error of a component of velocity, km/s, that belongs to covariances of a position (..., 3, 3).

    Paths that lie apart by s at the distance r from Jupiter part at about s times sqrt(GM / r³), the angular speed of a
    circular orbit there. What the covariances of Juno's embedded passes give is 1.1 times that in the median, and 0.2
    to 5 times at the extremes (eleven passes, from four hours before perijove to two hours after).
    """
    component2 = np.trace(covariance_km2, axis1=-2, axis2=-1) / 3.0
    return np.asarray(np.sqrt(component2 * JUPITER_GM_KM3_S2 / jupiter_distance_km**3))
