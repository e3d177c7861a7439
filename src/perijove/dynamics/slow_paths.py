"""Jupiter's pole, the Sun and the planets, which move slowly, as Chebyshev series for the force kernel."""

from functools import lru_cache
from types import MappingProxyType

import erfa
import numpy as np

from perijove.constants import AU_KM, DAYS_PER_CENTURY, DAYS_PER_YEAR, J2000_JD, SECONDS_PER_DAY
from perijove.dynamics.chebyshev import segment_times, to_series
from perijove.dynamics.planet_paths import path_state

__all__ = ["SEGMENT_S", "slow_paths"]

SEGMENT_S = 200.0 * SECONDS_PER_DAY
_DEGREE = 9
_ERFA_PLANETS = MappingProxyType({"JUPITER": 5, "SATURN": 6, "URANUS": 7})
_TABLE_YEARS = (1927.5, 2073.5)  # of `perijove.dynamics.planet_paths`


def _pole(
    pole_deg: tuple[float, float, float, float],
    terms_deg: tuple[tuple[float, float, float, float], ...],
    days: np.ndarray,
) -> np.ndarray:
    """Unit vectors along the pole."""
    centuries = days / DAYS_PER_CENTURY
    ra, dec = (np.radians(pole_deg[k] + pole_deg[k + 2] * centuries) for k in (0, 1))
    for angle, rate, ra_amplitude, dec_amplitude in terms_deg:
        argument = np.radians(angle + rate * centuries)
        ra = ra + np.radians(ra_amplitude) * np.sin(argument)
        dec = dec + np.radians(dec_amplitude) * np.cos(argument)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)


@lru_cache(maxsize=8)
def _from_jupiter_km(name: str, first_segment: int, last_segment: int) -> np.ndarray:
    """Positions of the Sun or a planet from Jupiter at the nodes, km, ICRF."""
    days = _days(first_segment, last_segment)
    years = 2000.0 + days[[0, -1], [-1, 0]] / DAYS_PER_YEAR
    if _TABLE_YEARS[0] <= years.min() and years.max() <= _TABLE_YEARS[1]:
        tdb = days * SECONDS_PER_DAY
        path = "SUN" if name == "SUN" else f"{name}_BARYCENTER"
        difference: np.ndarray = (path_state(path, tdb) - path_state("JUPITER_BARYCENTER", tdb))[..., :3]
        return difference
    jupiter: np.ndarray = erfa.plan94(J2000_JD, days, _ERFA_PLANETS["JUPITER"])["p"] * AU_KM
    if name == "SUN":
        sun: np.ndarray = -jupiter
        return sun
    relative: np.ndarray = erfa.plan94(J2000_JD, days, _ERFA_PLANETS[name])["p"] * AU_KM - jupiter
    return relative


def _days(first_segment: int, last_segment: int) -> np.ndarray:
    """Days past J2000 of all nodes, (segments, nodes)."""
    return segment_times(first_segment, last_segment, SEGMENT_S / SECONDS_PER_DAY, _DEGREE)


@lru_cache(maxsize=16)
def slow_paths(
    pole_deg: tuple[float, float, float, float],
    pole_terms_deg: tuple[tuple[float, float, float, float], ...],
    externals: tuple[str, ...],
    first_segment: int,
    last_segment: int,
) -> np.ndarray:
    """Chebyshev series of the pole and of external positions from Jupiter's centre.

    Parameters
    ----------
    pole_deg, pole_terms_deg, externals
        As in `perijove.dynamics.system.JovianSystem`.
    first_segment, last_segment : int
        Segments of 200 days, counted from J2000; both are included.

    Returns
    -------
    array, shape (segments, 1 + externals, 3, 10)
        A unit vector, then km, ICRF; read-only. From 1927 to 2073 the planets are JPL's DE423; a span that reaches
        beyond has ERFA's ``plan94`` (Simon et al. 1994), whose Jupiter is 1e-4 of its distance off: so is the pull.
    """
    vectors = [_pole(pole_deg, pole_terms_deg, _days(first_segment, last_segment))]
    vectors += [_from_jupiter_km(name, first_segment, last_segment) for name in externals]
    series = np.ascontiguousarray(np.einsum("kn,smna->smak", to_series(_DEGREE), np.stack(vectors, axis=1)))
    series.setflags(write=False)
    return series
