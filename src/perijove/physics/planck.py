"""Radiation of a black body, at one wavelength and in a band."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import BOLTZMANN_J_K, M_PER_KM, PLANCK_J_S, SPEED_OF_LIGHT_KM_S
from perijove.errors import InputError

__all__ = ["band_radiance", "band_temperature", "mean_spectral_radiance", "spectral_radiance"]

_M_PER_UM = 1e-6
_C_M_S = SPEED_OF_LIGHT_KM_S * M_PER_KM
# 2 h c² such that wavelengths in um give W m-2 sr-1 um-1; h c / k in um K.
_FIRST = 2.0 * PLANCK_J_S * _C_M_S**2 / _M_PER_UM**4
_SECOND = PLANCK_J_S * _C_M_S / BOLTZMANN_J_K / _M_PER_UM
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_COLDEST_K, _HOTTEST_K = 30.0, 20_000.0
_ROUNDS = 60


def spectral_radiance(wavelength_um: ArrayLike, temperature_k: ArrayLike) -> np.ndarray:
    """Radiance per wavelength of a black body, W m-2 sr-1 um-1.

    Parameters
    ----------
    wavelength_um, temperature_k : array_like
        Above 0; their shapes broadcast.

    Notes
    -----
    Planck's law, B = 2 h c² / w⁵ / (exp(h c / (w k T)) - 1); vacuum wavelengths. Where the exponent is beyond 700 the
    result is 0, which is right to 1e-300.
    """
    wavelength, temperature = np.asarray(wavelength_um, dtype=float), np.asarray(temperature_k, dtype=float)
    x = _SECOND / (wavelength * temperature)
    falling = np.exp(-x)  # exp(x) would overflow for cold ground
    radiance: np.ndarray = _FIRST / wavelength**5 * falling / -np.expm1(-x)
    return radiance


def band_radiance(low_um: float, high_um: float, temperature_k: ArrayLike) -> np.ndarray:
    """Radiance of a black body within a band, W m-2 sr-1, shape of the temperatures.

    Parameters
    ----------
    low_um, high_um : float
        Edges of a box; at most a factor of two apart.
    temperature_k : array_like
        30 K or more.

    Raises
    ------
    InputError
        If the band is no such box.

    Notes
    -----
    Gauss-Legendre with 48 nodes in the logarithm of the wavelength: 1e-12 of the value for a band an octave wide and
    temperatures of 30 K and more.
    """
    if not 0.0 < low_um < high_um <= 2.0 * low_um:
        raise InputError(f"band {low_um:g} to {high_um:g} um: give edges above 0, in order, at most an octave apart")
    half = 0.5 * np.log(high_um / low_um)
    wavelength = np.sqrt(low_um * high_um) * np.exp(half * _NODES)
    temperature = np.asarray(temperature_k, dtype=float)
    radiance: np.ndarray = spectral_radiance(wavelength, temperature[..., None]) @ (half * _WEIGHTS * wavelength)
    return radiance


def mean_spectral_radiance(low_um: float, high_um: float, temperature_k: ArrayLike) -> np.ndarray:
    """Mean over a band of a black body's radiance per wavelength, W m-2 sr-1 um-1; edges may be equal."""
    if low_um == high_um:
        return spectral_radiance(low_um, temperature_k)
    mean: np.ndarray = band_radiance(low_um, high_um, temperature_k) / (high_um - low_um)
    return mean


def band_temperature(low_um: float, high_um: float, radiance_w_m2_sr: ArrayLike) -> np.ndarray:
    """Temperature of the black body that has a radiance within a band: the brightness temperature, K.

    Parameters
    ----------
    low_um, high_um : float
        Edges.
    radiance_w_m2_sr : array_like
        Within the band.

    Returns
    -------
    array
        NaN where the radiance is not positive, or belongs to none between 30 and 20,000 K.
    """
    wanted = np.asarray(radiance_w_m2_sr, dtype=float)
    edges = band_radiance(low_um, high_um, np.array([_COLDEST_K, _HOTTEST_K]))
    inside = (wanted > edges[0]) & (wanted < edges[1])
    target = np.log(np.where(inside, wanted, edges[1]))
    cold, hot = np.full(wanted.shape, 1.0 / _COLDEST_K), np.full(wanted.shape, 1.0 / _HOTTEST_K)
    for _ in range(_ROUNDS):  # halving of 1/T, in which the logarithm of radiance is nearly straight
        middle = 0.5 * (cold + hot)
        brighter = np.log(band_radiance(low_um, high_um, 1.0 / middle)) > target
        hot, cold = np.where(brighter, middle, hot), np.where(brighter, cold, middle)
    return np.where(inside, 2.0 / (cold + hot), np.nan)
