"""One temperature and area from the powers in both bands."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from perijove.bodies.jiram import JIRAM_BANDS
from perijove.physics import planck

__all__ = ["Temperature", "temperature_of"]

_COLDEST_K, _HOTTEST_K = 150.0, 2000.0


@dataclass(frozen=True)
class Temperature:
    """Temperature and area of one surface that is bright in L and M.

    Attributes
    ----------
    temperature_k, temperature_sigma_k : float
        The error holds powers and the width of both bands (3.5 and 3.8 %). A volcano has many temperatures: this one is
        weighted to the hot part, the more so in L.
    area_km2, area_sigma_km2 : float
    """

    temperature_k: float
    temperature_sigma_k: float
    area_km2: float
    area_sigma_km2: float


def _band_mean(band: str, temperature_k: float) -> float:
    """Planck's law averaged over a band, W/m2/sr/um: a box of its centre and width."""
    center, half = float(JIRAM_BANDS[band].center_um), 0.5 * float(JIRAM_BANDS[band].width_um)
    return float(planck.mean_spectral_radiance(center - half, center + half, temperature_k))


def temperature_of(l_gw_um: tuple[float, float], m_gw_um: tuple[float, float]) -> Temperature | None:
    """Temperature and area of a black body with these powers and errors; None where none between 150 and 2000 K fits.

    Parameters
    ----------
    l_gw_um, m_gw_um : tuple of float
        Power with the pi and its standard error.
    """
    (power_l, sigma_l), (power_m, sigma_m) = l_gw_um, m_gw_um
    if power_l <= 0.0 or power_m <= 0.0:
        return None
    widths = []
    for band in JIRAM_BANDS.values():
        width, sigma = band.width_um.measured
        widths.append(sigma / width)
    relative = np.hypot([sigma_l / power_l, sigma_m / power_m], widths)

    def excess(temperature: float) -> float:
        ratio = _band_mean("L", temperature) / _band_mean("M", temperature)
        return float(np.log(ratio * power_m / power_l))

    if excess(_COLDEST_K) * excess(_HOTTEST_K) > 0.0:
        return None
    temperature = float(brentq(excess, _COLDEST_K, _HOTTEST_K, xtol=1e-3))
    step = 1e-3 * temperature
    slope = (excess(temperature + step) - excess(temperature - step)) / (2.0 * step)
    sigma = float(np.hypot(*relative)) / abs(slope)
    radiance = _band_mean("M", temperature)
    area = 1e9 * power_m / (np.pi * radiance) / 1e6
    steeper = (np.log(_band_mean("M", temperature + step)) - np.log(radiance)) / step
    # d ln A = d ln P_M - d ln B_M/dT dT, with dT = -(d ln P_M - d ln P_L) / slope.
    of_m, of_l = 1.0 + steeper / slope, -steeper / slope
    area_relative = float(np.hypot(of_m * relative[1], of_l * relative[0]))
    return Temperature(temperature, sigma, float(area), float(area * area_relative))
