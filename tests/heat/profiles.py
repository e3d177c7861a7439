"""Heating by simple laws of the radius, whose heat transport is known."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PPoly

from perijove.constants import M_PER_KM
from perijove.tides.radial_heating import RadialHeating


def uniform_heating(power_w: float, *, floor_km: float, surface_km: float) -> RadialHeating:
    """The same heat in each cubic metre of a shell."""
    volume_m3 = 4.0 / 3.0 * math.pi * (surface_km**3 - floor_km**3) * M_PER_KM**3
    return heating_between_points([floor_km, surface_km], [power_w / volume_m3] * 2, name="uniform heating")


def heating_between_points(radius_km: ArrayLike, heat_w_m3: ArrayLike, *, name: str = "given heating") -> RadialHeating:
    """Heating that is linear in radius between given points.

    Parameters
    ----------
    radius_km : array, shape (n,)
        Rising, from the floor of the mantle to the surface.
    heat_w_m3 : array, shape (n,)
    name : str

    """
    radius = np.asarray(radius_km, dtype=float) * M_PER_KM
    heat = np.asarray(heat_w_m3, dtype=float)
    low, slope = radius[:-1], np.diff(heat) / np.diff(radius)
    value = heat[:-1]
    # (low + x)² (value + slope x), by powers of x from the third down
    powers = [slope, value + 2.0 * low * slope, 2.0 * low * value + low**2 * slope, low**2 * value]
    return RadialHeating(name, PPoly(np.array(powers), radius))
