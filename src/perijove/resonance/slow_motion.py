"""How the moons' orbits change over years: geometric elements without what repeats within days."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_RADII_KM, JUPITER_ZONALS_DURANTE_2020
from perijove.constants import DAYS_PER_YEAR, SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.resonance.elements import equatorial_states, osculating_elements
from perijove.resonance.frequencies import decimated
from perijove.resonance.geometric_elements import Harmonics, geometric_elements

__all__ = ["SHORTEST_YEARS", "SlowMotion", "laplace_angle_deg", "laplace_series_deg", "moon_gm_km3_s2", "slow_motion"]

SHORTEST_YEARS = 12.0
# Conjunctions of Io and Europa come every 3.53 d; at this step their first fourteen harmonics stay fast after sampling.
_STEP_DAYS = 0.47
_DECIMATION = 40


def moon_gm_km3_s2() -> np.ndarray:
    """GM of Jupiter plus that of each moon, Io to Callisto, shape (4,)."""
    return JUPITER_GM_KM3_S2 + np.array(list(GALILEAN_MEAN_GM_KM3_S2.values()))


def laplace_angle_deg(mean_longitude_deg: np.ndarray) -> np.ndarray:
    """Laplace angle l1 - 3 l2 + 2 l3 of mean longitudes (..., 3 or more), 0 to 360 deg."""
    io, europa, ganymede = mean_longitude_deg[..., 0], mean_longitude_deg[..., 1], mean_longitude_deg[..., 2]
    return np.asarray(np.mod(io - 3.0 * europa + 2.0 * ganymede, 360.0))


@dataclass(frozen=True)
class SlowMotion:
    """Geometric elements of the four moons about Jupiter's equator, evenly spaced, periods below 75 d taken out."""

    start_tdb: float
    step_days: float
    mean_longitude_deg: np.ndarray  # (n, 4), unwrapped
    eccentricity_vector: np.ndarray  # (n, 4) complex
    inclination_vector: np.ndarray  # (n, 4) complex
    semi_major_axis_km: np.ndarray  # (4,) mean
    osculating_start_tdb: float
    osculating_laplace_deg: np.ndarray  # (m,) at every step of _STEP_DAYS, less 180 deg, nothing taken out

    @property
    def days(self) -> np.ndarray:
        """Days past J2000 of the samples, TDB."""
        return self.start_tdb / SECONDS_PER_DAY + self.step_days * np.arange(len(self.mean_longitude_deg))

    @property
    def osculating_days(self) -> np.ndarray:
        """Days past J2000 of `osculating_laplace_deg`."""
        first = self.osculating_start_tdb / SECONDS_PER_DAY
        return first + _STEP_DAYS * np.arange(self.osculating_laplace_deg.size)


def laplace_series_deg(motion: SlowMotion) -> np.ndarray:
    """Laplace angle of slow motion, unwrapped, starting between 0 and 360 deg."""
    longitudes = motion.mean_longitude_deg
    angle = longitudes[:, 0] - 3.0 * longitudes[:, 1] + 2.0 * longitudes[:, 2]
    return np.asarray(angle - 360.0 * np.floor(angle[0] / 360.0))


def slow_motion(
    states: Callable[[np.ndarray], np.ndarray],
    *,
    start_tdb: float,
    years: float,
    harmonics: Harmonics = JUPITER_ZONALS_DURANTE_2020,
) -> SlowMotion:
    """Slow motion of the Galilean moons.

    Parameters
    ----------
    states : function
        States (n, 4, 6) of Io, Europa, Ganymede and Callisto about Jupiter, ICRF, km and km/s, for times (n,).
    start_tdb : float
        Where to begin, TDB seconds past J2000.
    years : float
        How long, Julian years; at least `SHORTEST_YEARS`, two free librations.
    harmonics : sequence of float
        J2, J3, J4 ... of Jupiter of the planet about which the moons move.

    Returns
    -------
    SlowMotion
        Shorter by 150 d at each end, the half length of the filter.
    """
    if not years >= SHORTEST_YEARS:
        raise InputError(f"{years:g} years do not show the libration; ask for {SHORTEST_YEARS:g} or more")
    count = int(years * DAYS_PER_YEAR / _STEP_DAYS) + 1
    step_s = _STEP_DAYS * SECONDS_PER_DAY
    equatorial = equatorial_states(states(start_tdb + step_s * np.arange(count)))
    gm = moon_gm_km3_s2()
    elements = geometric_elements(equatorial, gm_km3_s2=gm, radius_km=float(JUPITER_RADII_KM[0]), harmonics=harmonics)
    longitudes = np.unwrap(elements.mean_longitude_deg, axis=0, period=360.0)
    mean_longitude, first = decimated(longitudes, factor=_DECIMATION)
    osculating = osculating_elements(equatorial[:, :3], gm_km3_s2=gm[:3])
    return SlowMotion(
        start_tdb + first * step_s,
        _STEP_DAYS * _DECIMATION,
        mean_longitude,
        decimated(elements.eccentricity_vector, factor=_DECIMATION)[0],
        decimated(elements.inclination_vector, factor=_DECIMATION)[0],
        np.mean(elements.semi_major_axis_km, axis=0),
        start_tdb,
        laplace_angle_deg(osculating.mean_longitude_deg) - 180.0,
    )
