"""Tides in an ocean whose drag grows with the speed of the flow."""

import math

import numpy as np
from scipy.optimize import brentq

from perijove.constants import M_PER_KM
from perijove.errors import InputError, PrecisionError
from perijove.ocean.flow import OceanTide, ocean_tide
from perijove.ocean.layer import OceanLayer

__all__ = ["reynolds_number", "turbulent_ocean_tide"]

_PHASES = 16  # of half an orbit
_LAT_NODES, _MERIDIANS = 48, 32
_SEARCHED = (1e-8, 1e4)  # drag over the tidal frequency


def reynolds_number(tide: OceanTide, viscosity_pa_s: float) -> float:
    """Reynolds number of the boundary layers: speed times depth of friction over kinematic viscosity.

    Notes
    -----
    The amplitude of the speed is sqrt(2) of its root mean square, the depth of friction sqrt(2 nu / w), or half the
    thickness where that is less. Above some hundreds the layers are turbulent (Hino et al. 1976, J. Fluid Mech. 75,
    193), and drag exceeds that of `viscous_drag_per_s`.
    """
    nu = viscosity_pa_s / tide.ocean.density_kg_m3
    half_m = 0.5 * tide.ocean.thickness_km * M_PER_KM
    depth_m = min(half_m, math.sqrt(2.0 * nu / tide.ocean.potential.angular_frequency_rad_s))
    return math.sqrt(2.0) * tide.rms_speed_m_s * depth_m / nu


def turbulent_ocean_tide(ocean: OceanLayer, *, coefficient: float, laminar_drag_per_s: complex = 0.0) -> OceanTide:
    """Tide in an ocean whose drag grows with the speed, c |u| u on floor and roof.

    Parameters
    ----------
    ocean : OceanLayer
    coefficient : float
        Sum over floor and roof of the coefficient of the stress rho c |u| u; 2e-3 to 3e-3 for one in the seas of Earth.
    laminar_drag_per_s : complex
        Drag that is there at any speed.

    Returns
    -------
    OceanTide
        With the one linear drag that makes the same heat as c |u| u would in the flow that it allows.

    Notes
    -----
    c <|u|³> / (H <|u|²>) over globe and orbit, an equivalent linearisation as in Chen et al. (2014, Icarus 229, 11). A
    drag that differs from place to place would couple the orders; Hay & Matsuyama (2017, Icarus 281, 342) solve for it
    on a grid.
    """
    if not 0.0 < coefficient < math.inf:
        raise InputError(f"coefficient {coefficient}: is not positive and finite")
    frequency = ocean.potential.angular_frequency_rad_s

    def excess(log_drag: float) -> float:
        drag = math.exp(log_drag)
        tide = ocean_tide(ocean, drag_per_s=drag + laminar_drag_per_s)
        return math.log(coefficient * _cubed_over_squared_m_s(tide) / (ocean.thickness_km * M_PER_KM)) - log_drag

    low, high = (math.log(frequency * bound) for bound in _SEARCHED)
    if excess(low) < 0.0 or excess(high) > 0.0:
        raise PrecisionError(
            f"{ocean.name}: with the coefficient {coefficient:g} drag is not within {_SEARCHED[0]:g} and "
            f"{_SEARCHED[1]:g} of the tidal frequency"
        )
    return ocean_tide(ocean, drag_per_s=math.exp(brentq(excess, low, high, xtol=1e-12)) + laminar_drag_per_s)


def _cubed_over_squared_m_s(tide: OceanTide) -> float:
    """Mean of |u|³ over that of |u|², over globe and orbit."""
    nodes, weights = np.polynomial.legendre.leggauss(_LAT_NODES)
    lon = np.arange(_MERIDIANS) * 360.0 / _MERIDIANS
    velocity = tide.velocity_m_s(np.degrees(np.arcsin(nodes)), lon)
    phase = np.exp(1j * np.pi * np.arange(_PHASES) / _PHASES)  # half an orbit: the other is its mirror
    square = np.sum((velocity[..., None] * phase).real ** 2, axis=0)
    cubed = float(np.einsum("r,rcp->", weights, square**1.5))
    return cubed / float(np.einsum("r,rcp->", weights, square))
