"""From counts to radiance factor: response, throughput and the Sun, each with its error.

The radiance factor I/F is pi L / F, with L the radiance in the band and F the solar irradiance at the target: 1 for a
white Lambert surface under an overhead Sun. A framelet's counts D above the background give::

    L [W m-2 sr-1]  =  D / (exposure x response x throughput(orbit))
    I/F             =  pi L d^2 / (irradiance at 1 au x band width),      d = solar distance, au

What the sources leave open was settled on real pictures:

- *Unit of the response.* The numbers of the 2010 report fit only radiance integrated over the band. On a picture of
  a half-lit Jupiter (perijove 44, 4.96 au) the brightest percent of BLUE, GREEN and RED then has I/F 0.44, 0.48 and
  0.50, alike in colour and what bright clouds show; taken per micrometre the same counts give 0.02, 0.04 and 0.09.
- *Colour.* The factors that whiten Jupiter should be near the ratios of I/F per count. Eichstaedt's for perijove 43,
  RED 0.768 and BLUE 2.63 of GREEN (mission web site, image 13594), meet 0.756 and 2.43 here; a common balance without
  an orbit, 0.902 and 1.888, meets 0.93 and 2.03 at launch: 2 to 8 %, with Jupiter taken for grey.
- *Exposure.* EXPOSURE_DURATION is the whole exposure, all stages of time-delayed integration together: labels carry
  3.2 ms per stage, and the same percentile of a picture with 3 stages and 9.6 ms (perijove 43: BLUE 0.445, GREEN
  0.487, RED clipped) agrees with that of perijove 44, 2 stages and 6.4 ms (0.444, 0.481). Multiplied by the stages
  they would differ by half.
- *Sun.* Mean of ASTM E490-00a over each band; ASTM G173's extraterrestrial spectrum differs by 0.3 % (BLUE, GREEN,
  RED) and 1.2 % (METHANE).
- *Throughput.* The published lines fit orbits 1 to 60. The same source quotes losses of 23, 47 and 64 % for RED, GREEN
  and BLUE at orbit 60, where the lines, relative to orbit 3, give 22, 44 and 59 %: the BLUE line is 12 % above its
  own data there. Beyond orbit 60 the lines are continued, and an error as large as the continued loss is added: the
  decline may have stopped or doubled. On the Io picture of perijove 68 (south polar view, phase near 90 degrees) they
  give I/F up to 0.40, 0.46 and 0.52 in BLUE, GREEN and RED, and 0.054, 0.07 and 0.10 averaged over the whole disc.
  Geometric albedos of about 0.48, 0.63 and 0.75 and a phase function of about 0.16 let expect 0.08, 0.10 and 0.12 for
  the disc seen from the equator. The poles are darker, but 15 % are therefore allowed for the response.

What is not corrected: without a flat field the fall-off towards the strip's ends, which flight images put at up to
25 % (17 % left, 35 % right in one published set, shading of the scene included); 5 % stand for it. Summed pixels are
taken for means of four.
"""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.juno import FILTERS, JUNOCAM
from perijove.constants import AU_KM
from perijove.errors import InputError

__all__ = ["Scale", "Throughput", "radiance_factor_scale", "throughput"]

_RESPONSE_SIGMA = 0.15  # laboratory calibration of 2010, as far as the pictures above confirm it
_SOLAR_SIGMA = 0.012  # difference of the two standard spectra
_NO_FLAT_SIGMA = 0.05
_FLAT_SIGMA = 0.02
_UNKNOWN_ORBIT_SIGMA = 0.5  # between none and the largest loss


@dataclass(frozen=True)
class Throughput:
    """Transmission of optics and filter relative to launch.

    Attributes
    ----------
    value, sigma : float
        1 at launch.
    extrapolated : bool
        Whether the orbit lies after the last one of the fit.
    """

    value: float
    sigma: float
    extrapolated: bool


@dataclass(frozen=True)
class Scale:
    """Radiance factor per count of one filter.

    Attributes
    ----------
    per_dn : float
        I/F of one DN above the background.
    sigma : float
        Relative systematic error, common to all pixels of the filter.
    throughput : Throughput
    """

    per_dn: float
    sigma: float
    throughput: Throughput


def throughput(filter_name: str, orbit: int | None) -> Throughput:
    """Transmission of a filter on an orbit.

    Parameters
    ----------
    filter_name : str
        BLUE, GREEN, RED or METHANE.
    orbit : int or None
        Orbit number; None, where the label has none, gives 1 with an error of 0.5.

    Raises
    ------
    InputError
        Where the fitted line has fallen to zero (BLUE: orbit 100).

    Notes
    -----
    Never clamped. The error is the fit's, and after the fit's last orbit also the whole loss since then.
    """
    if orbit is None:
        return Throughput(1.0, _UNKNOWN_ORBIT_SIGMA, extrapolated=True)
    start, slope, sigma = FILTERS[filter_name].throughput
    value = start - slope * orbit
    beyond = max(orbit - JUNOCAM.throughput_fit_last_orbit, 0)
    if value <= 0.0:
        raise InputError(
            f"orbit {orbit}: the throughput fit for {filter_name} has fallen to {value:.2f}; it holds to orbit "
            f"{JUNOCAM.throughput_fit_last_orbit} and cannot be continued this far"
        )
    return Throughput(value, float(np.hypot(sigma, slope * beyond)), extrapolated=beyond > 0)


def radiance_factor_scale(
    filter_name: str, *, exposure_s: float, solar_distance_km: float, orbit: int | None, flat: bool = False
) -> Scale:
    """Radiance factor per count, and how well it is known.

    Parameters
    ----------
    filter_name : str
        BLUE, GREEN, RED or METHANE.
    exposure_s : float
        Whole exposure, all stages of time-delayed integration together.
    solar_distance_km : float
        Distance of the target from the Sun.
    orbit : int or None
        Orbit number, for the throughput.
    flat : bool
        Whether a flat field is applied.

    Raises
    ------
    InputError
        Where exposure or distance are not positive, or the throughput cannot be known.
    """
    if not exposure_s > 0.0:
        raise InputError(f"exposure {exposure_s} s: must be positive; see EXPOSURE_DURATION in the label")
    if not solar_distance_km > 0.0:
        raise InputError(f"solar distance {solar_distance_km} km: must be positive; see SOLAR_DISTANCE in the label")
    facts = FILTERS[filter_name]
    passed = throughput(filter_name, orbit)
    irradiance = facts.solar_irradiance_w_m2_um * facts.width_nm * 1e-3 / (solar_distance_km / AU_KM) ** 2
    per_dn = np.pi / (irradiance * exposure_s * facts.response * passed.value)
    parts = (
        _RESPONSE_SIGMA,
        _SOLAR_SIGMA,
        passed.sigma / passed.value,
        _FLAT_SIGMA if flat else _NO_FLAT_SIGMA,
    )
    return Scale(float(per_dn), float(np.linalg.norm(parts)), passed)
