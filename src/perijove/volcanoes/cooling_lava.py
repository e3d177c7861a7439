"""Lava that cools under its own crust: how warm its surface is at an age, and what a flow that grows steadily radiates.

The way of Head & Wilson (1986) and Davies (1996, Icarus 124, 45), as Io's thermal spectra are read: bare lava loses
heat by radiation alone, conducted through a crust that thickens below. Here the crust's temperature falls linearly from
the molten base to the surface, and its heat content (latent, and sensible of the mean temperature) pays for what is
radiated. This heat balance integral has a closed form for the age, below; against a numerical solution of the full
equation surface temperatures are within 3 per cent between a minute and ten days.

Not modelled: a flow that has frozen through (one of 1 m, which cools from below too, in five days; then it is colder
than stated), cracks, which show hotter lava and raise the spectrum shortwards of 3 um, gas bubbles (they lower the
conductivity; time scales with it), sunlight and the ground's own 100 K.
"""

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.io_melting import IO_LAVA_DAVIES_1996, CoolingLava
from perijove.constants import STEFAN_BOLTZMANN_W_M2_K4
from perijove.errors import InputError
from perijove.physics.planck import mean_spectral_radiance

__all__ = ["crust_m", "lava_age_s", "lava_temperature_k", "steady_flow_spectrum"]

_COLDEST_K = 150.0
_TABLE = 4001
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


def lava_age_s(temperature_k: ArrayLike, lava: CoolingLava = IO_LAVA_DAVIES_1996) -> np.ndarray:
    """Time since lava came to the surface, by the temperature that the surface has now, s.

    Parameters
    ----------
    temperature_k : array_like
        From 0 (exclusive) to the eruption temperature; NaN beyond.
    lava : CoolingLava

    Notes
    -----
    With F = e s T⁴ radiated, crust d = k (E - T)/F and heat given off per area H = rho d (L + c (E - T)/2), the age is
    the integral of dH/F from the eruption temperature E down to T. All terms are powers of T::

        t = rho k / (e s)² [ L (4 E I9 - 3 I8) + c/2 (4 E² I9 - 6 E I8 + 2 I7) ],  In = (T^(1-n) - E^(1-n)) / (n - 1)
    """
    surface, hot = np.asarray(temperature_k, dtype=float), lava.eruption_temperature_k
    surface = np.where((surface > 0.0) & (surface <= hot), surface, np.nan)
    i7, i8, i9 = ((surface ** (1 - n) - hot ** (1 - n)) / (n - 1) for n in (7, 8, 9))
    latent = lava.latent_heat_j_kg * (4.0 * hot * i9 - 3.0 * i8)
    sensible = 0.5 * lava.heat_capacity_j_kg_k * (4.0 * hot * hot * i9 - 6.0 * hot * i8 + 2.0 * i7)
    radiated = lava.emissivity * STEFAN_BOLTZMANN_W_M2_K4
    age: np.ndarray = lava.density_kg_m3 * lava.conductivity_w_m_k / radiated**2 * (latent + sensible)
    return age


def lava_temperature_k(age_s: ArrayLike, lava: CoolingLava = IO_LAVA_DAVIES_1996) -> np.ndarray:
    """Surface temperature of lava of an age, K; that of eruption at age 0.

    Raises
    ------
    InputError
        If an age is negative, or so high that the surface is colder than 150 K (70 years).
    """
    age = np.asarray(age_s, dtype=float)
    warm = np.geomspace(lava.eruption_temperature_k, _COLDEST_K, _TABLE)
    known = lava_age_s(warm, lava)
    if (age < 0.0).any() or (age > known[-1]).any():
        raise InputError(f"age_s: give ages from 0 to {known[-1]:.3g} s")
    # Age rises like a high power of 1/T: straight in logarithms, but for the first instant.
    first = known[1]
    young = np.interp(age, known[:2], warm[:2])
    old = np.exp(np.interp(np.log(np.maximum(age, first)), np.log(known[1:]), np.log(warm[1:])))
    warm_now: np.ndarray = np.where(age < first, young, old)
    return warm_now


def crust_m(temperature_k: ArrayLike, lava: CoolingLava = IO_LAVA_DAVIES_1996) -> np.ndarray:
    """Thickness of the crust under a surface of a temperature, m: twice as much lava must have been there."""
    surface = np.asarray(temperature_k, dtype=float)
    flux = lava.emissivity * STEFAN_BOLTZMANN_W_M2_K4 * surface**4
    thick: np.ndarray = lava.conductivity_w_m_k * (lava.eruption_temperature_k - surface) / flux
    return thick


def steady_flow_spectrum(
    low_um: float, high_um: float, oldest_s: ArrayLike, lava: CoolingLava = IO_LAVA_DAVIES_1996
) -> np.ndarray:
    """Mean spectral radiance, over a band, of a flow whose area grew steadily until now, W m-2 sr-1 um-1 of its area.

    Parameters
    ----------
    low_um, high_um : float
        Edges of the band; they may be equal.
    oldest_s : array_like
        Age of its oldest lava, s: times the rate of growth it is the area.
    lava : CoolingLava

    Returns
    -------
    array
        Shape of `oldest_s`. The mean over ages 0 to the oldest, which are equally frequent.
    """
    oldest = np.asarray(oldest_s, dtype=float)
    # Ages in their fourth root, for the hottest, youngest lava shines most.
    root = 0.5 * (1.0 + _NODES)
    ages = oldest[..., None] * root**4
    radiance = lava.emissivity * mean_spectral_radiance(low_um, high_um, lava_temperature_k(ages, lava))
    mean: np.ndarray = radiance @ (0.5 * _WEIGHTS * 4.0 * root**3)
    return mean
