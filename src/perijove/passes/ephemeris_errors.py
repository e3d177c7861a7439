"""Errors of an ephemeris, where it states them, and what they make of a geometry."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.jupiter import JUPITER_GM_KM3_S2
from perijove.ephemeris.source import Ephemeris

__all__ = ["component_sigma_km", "velocity_sigma_km_s"]


def component_sigma_km(ephemeris: Ephemeris, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray | None:
    """Standard error of one component of a position, km, shape (...); None where the ephemeris states none at all.

    NaN where it states none for a time. The stated error is a distance in space; it is taken as the same in all three
    directions.
    """
    sigma = ephemeris.position_sigma_km(body, tdb, center=center)
    return None if np.isnan(sigma).all() else np.asarray(sigma / np.sqrt(3.0))


def velocity_sigma_km_s(sigma_km: np.ndarray, jupiter_distance_km: np.ndarray) -> np.ndarray:
    """Standard error of a component of velocity that belongs to one of position, km/s.

    Paths that lie apart by s at the distance r from Jupiter part at about s times sqrt(GM / r³), the angular speed of a
    circular orbit there. What the covariances of Juno's embedded passes give is 1.1 times that in the median, and 0.2
    to 5 times at the extremes (eleven passes, from four hours before perijove to two hours after).
    """
    return np.asarray(sigma_km * np.sqrt(JUPITER_GM_KM3_S2 / jupiter_distance_km**3))
