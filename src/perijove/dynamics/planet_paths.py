"""Paths of the Sun and of planets about the barycentre of the solar system, from JPL's ephemeris DE423.

The table beside this module was made by ``builders/planet_paths.py``: Chebyshev series in segments of 64 to 1024 days,
off DE423 (Folkner 2010, JPL IOM 343R-10-001) by 0.4 km at most.
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.dynamics.chebyshev import series_states, states_at
from perijove.errors import InputError

__all__ = ["PLANET_PATHS", "path_state"]

PLANET_PATHS = ("SUN", "EARTH_BARYCENTER", "JUPITER_BARYCENTER", "SATURN_BARYCENTER", "URANUS_BARYCENTER")
"""Bodies of the table; a planet's barycentre is that of the planet with its moons."""

_FEW = 64  # times for which no kernel is worth loading, or compiling


@cache
def _table() -> dict[str, tuple[np.ndarray, float, float]]:
    """By body: coefficients (segments, degree + 1, 3) in km, start of the first segment, length of each, TDB s."""
    table = {}
    with files("perijove.dynamics").joinpath("planet_paths.npz").open("rb") as file, np.load(file) as stored:
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
        km and km/s; standard errors in `perijove.bodies.planet_paths.PATH_SIGMA_KM`.

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
    if times.size <= _FEW and not series_states.is_ready:
        return states_at(times, coefficients, start, length)
    states = np.empty((times.size, 6))
    series_states(times.ravel(), coefficients, start, length, states)
    return states.reshape(*times.shape, 6)
