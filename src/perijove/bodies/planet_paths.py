"""Paths of the Sun and of planets about the barycentre of the solar system, from JPL's ephemeris DE423.

The table beside this module was made by ``builders/planet_paths.py``: Chebyshev series in segments of 64 to 1024 days,
off DE423 (Folkner 2010, JPL IOM 343R-10-001) by 0.4 km at most.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.planet_path_kernel import series_states
from perijove.compiled import compiler_is_loaded
from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.facts import Fact

__all__ = ["EARTH_TO_MOON_MASS", "PATH_SIGMA_KM", "PLANET_PATHS", "SOLAR_SYSTEM_BARYCENTER_SIGMA_KM", "path_state"]

_DE423 = "DE423 (Folkner 2010, JPL IOM 343R-10-001)"

EARTH_TO_MOON_MASS = Fact(81.30056941599857, "1", _DE423)

PLANET_PATHS = ("SUN", "EARTH_BARYCENTER", "JUPITER_BARYCENTER", "SATURN_BARYCENTER", "URANUS_BARYCENTER")
"""Bodies of the table; a planet's barycentre is that of the planet with its moons."""

_RMS = "rms difference of DE423 and DE421, 1930 to 2070"

# Standard errors of places from the Sun. (Against JPL's ephemeris of June to November 2022 Jupiter's barycentre is
# within 3 km and that of Earth and Moon within 0.7 km.)
PATH_SIGMA_KM: Mapping[str, Fact] = MappingProxyType(
    {
        "SUN": Fact(0.0, "km", "by definition", sigma=0.0),
        "EARTH_BARYCENTER": Fact(0.35, "km", _RMS),
        "JUPITER_BARYCENTER": Fact(45.0, "km", _RMS),
        "SATURN_BARYCENTER": Fact(5.0, "km", _RMS),
        "URANUS_BARYCENTER": Fact(270.0, "km", _RMS),
    }
)
SOLAR_SYSTEM_BARYCENTER_SIGMA_KM = Fact(  # from the Sun
    120.0, "km", "newer ephemerides, which count more asteroids and bodies beyond Neptune, have it elsewhere"
)
_FEW = 64  # times for which numba is not worth loading


@cache
def _table() -> dict[str, tuple[np.ndarray, float, float]]:
    """By body: coefficients (segments, degree + 1, 3) in km, start of the first segment, length of each, TDB s."""
    table = {}
    with files("perijove.bodies").joinpath("planet_paths.npz").open("rb") as file, np.load(file) as stored:
        for body in PLANET_PATHS:
            first_jd, days = stored[f"{body}_SEGMENTS"]
            series = np.ascontiguousarray(np.moveaxis(stored[body], 0, 1))
            table[body] = (series, float(first_jd - J2000_JD) * SECONDS_PER_DAY, float(days) * SECONDS_PER_DAY)
    return table


def path_state(body: str, tdb: ArrayLike) -> np.ndarray:
    """Position and velocity of a body from the barycentre of the solar system, ICRF, geometric.

    Parameters
    ----------
    body : str
        One of `PLANET_PATHS`.
    tdb : array, shape (...)
        TDB seconds past J2000, of May 1927 to October 2073.

    Returns
    -------
    array, shape (..., 6)
        km and km/s; standard errors in `PATH_SIGMA_KM`.

    Raises
    ------
    InputError
        Where the body is not in the table or a time lies outside it or is not finite.
    """
    if body not in PLANET_PATHS:
        raise InputError(f"no path of {body!r} is built in; there are {', '.join(PLANET_PATHS)}")
    times = np.asarray(tdb, dtype=float)
    coefficients, start, length = _table()[body]
    inside = (times >= start) & (times < start + length * len(coefficients))
    if not inside.all():
        wrong = times[~inside].flat[0]
        raise InputError(f"TDB {wrong} s: the built-in path of {body} goes from May 1927 to October 2073")
    if times.size <= _FEW and not compiler_is_loaded():
        return _plain_states(times, coefficients, start, length)
    states = np.empty((times.size, 6))
    series_states(times.ravel(), coefficients, start, length, states)
    return states.reshape(*times.shape, 6)


def _plain_states(times: np.ndarray, coefficients: np.ndarray, start: float, length: float) -> np.ndarray:
    """What the kernel does, in its order, so that the last digits are the same."""
    segment = ((times - start) // length).astype(int)
    x = (2.0 * (times - (start + length * segment)) / length - 1.0)[..., None]
    series = np.moveaxis(coefficients[segment], -2, 0)  # (degree + 1, ..., 3)
    b1 = b2 = d1 = d2 = np.zeros(series.shape[1:])
    for term in series[:0:-1]:
        d1, d2 = 2.0 * (x * d1 + b1) - d2, d1
        b1, b2 = 2.0 * x * b1 - b2 + term, b1
    return np.concatenate([x * b1 - b2 + series[0], (b1 + x * d1 - d2) * 2.0 / length], axis=-1)
