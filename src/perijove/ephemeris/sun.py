"""Sun and Earth as seen from the Jupiter system, good enough to light a picture without any kernel.

Directions hold to what the built-in ephemeris knows of Jupiter: 8 km of 8e8 km, 2 mas.
"""

import numpy as np
from numpy.typing import ArrayLike

from perijove.ephemeris.apparent import apparent_state
from perijove.ephemeris.source import EMBEDDED
from perijove.geometry.rotations import unit

__all__ = ["earth_direction", "sun_direction", "sun_position_km"]


def sun_position_km(body: str, tdb: ArrayLike) -> np.ndarray:
    """Vector from a body to the Sun as seen there, ICRF.

    Parameters
    ----------
    body : str
        ``JUPITER`` or one of its moons.
    tdb : array, shape (...)
        Time at the body, TDB seconds past J2000.

    Returns
    -------
    array, shape (..., 3)
        km, with light time and stellar aberration.
    """
    position: np.ndarray = apparent_state(EMBEDDED, "SUN", body, tdb, "CN+S")[..., :3]
    return position


def sun_direction(body: str, tdb: ArrayLike) -> np.ndarray:
    """Unit vectors of `sun_position_km`."""
    return unit(sun_position_km(body, tdb))


def earth_direction(tdb: ArrayLike) -> np.ndarray:
    """Unit vector from Jupiter to the Earth as seen there, ICRF; Juno's spin axis follows it.

    Parameters
    ----------
    tdb : array, shape (...)
        Time at Jupiter, TDB seconds past J2000.

    Returns
    -------
    array, shape (..., 3)
        With light time and stellar aberration. Juno itself is off Jupiter's centre: each million km adds up to 0.1 deg.
    """
    return unit(apparent_state(EMBEDDED, "EARTH", "JUPITER", tdb, "CN+S")[..., :3])
