"""Drag of magma, of a sponge, of turbulence.

Authority: law (limits of viscous flow); independent (turbulent heat added up point by point).
"""

import dataclasses
import math

import numpy as np
import pytest
from tests.ocean.oceans import FREQUENCY, RADIUS_KM, TILTED, bare, io

from perijove.bodies.galilean import IO_HEAT_FLOW_VEEDER_1994_W
from perijove.errors import InputError
from perijove.ocean.drag import darcy_drag_per_s, viscous_drag_per_s
from perijove.ocean.flow import ocean_tide
from perijove.ocean.turbulence import reynolds_number, turbulent_ocean_tide


def test_viscous_drag_has_its_limits() -> None:
    # law: Poiseuille flow between plates, and Stokes' oscillating boundary layer at each of two walls
    known = {"density_kg_m3": 3000.0, "frequency_rad_s": FREQUENCY}
    thick = viscous_drag_per_s(1e12, thickness_km=1.0, **known)
    assert thick == pytest.approx(12.0 * (1e12 / 3000.0) / 1e6 + 0.2j * FREQUENCY, rel=1e-9)
    thin = viscous_drag_per_s(1e-2, thickness_km=10.0, **known)
    layers = (1.0 + 1.0j) * math.sqrt(2.0 * (1e-2 / 3000.0) * FREQUENCY) / 1e4
    assert thin == pytest.approx(layers, rel=1e-4)
    # the two ways to evaluate it meet, x = 0.05 being at about 3.1e8 Pa s
    viscosity = 3000.0 * 500.0**2 * FREQUENCY / 0.05**2 * np.array([1.0 - 1e-9, 1.0 + 1e-9])
    left, right = viscous_drag_per_s(viscosity, thickness_km=1.0, **known)
    assert left == pytest.approx(right, rel=1e-8)


def test_no_tide_flows_through_a_sponge() -> None:
    drag = float(darcy_drag_per_s(1.0, density_kg_m3=3000.0, porosity=0.2, permeability_m2=8e-10))
    assert drag == pytest.approx(8.3e4, rel=0.01)
    body = io(50.0)
    assert ocean_tide(body, drag_per_s=drag).power_w < 1e-3 * IO_HEAT_FLOW_VEEDER_1994_W


def test_turbulent_drag_makes_the_heat_it_stands_for() -> None:
    # independent: rho c |u|³ added up over a finer grid of points and instants
    layer, coefficient = bare(2.0, orbit=TILTED), 4e-3
    tide = turbulent_ocean_tide(layer, coefficient=coefficient)
    nodes, weights = np.polynomial.legendre.leggauss(80)
    velocity = tide.velocity_m_s(np.degrees(np.arcsin(nodes)), np.arange(0.0, 360.0, 5.0))
    phase = np.exp(2j * np.pi * np.arange(40) / 40)
    cubed = np.sum((velocity[..., None] * phase).real ** 2, axis=0) ** 1.5
    mean_cubed = 0.5 * float(weights @ cubed.mean(axis=(1, 2)))
    # per mass, so that the density, zero here, does not matter
    heat = coefficient * mean_cubed / (2.0 * 1e3)
    mass = dataclasses.replace(tide.ocean, density_kg_m3=3000.0)
    counted = dataclasses.replace(tide, ocean=mass).power_w / (4.0 * math.pi * (RADIUS_KM * 1e3) ** 2 * 3000.0 * 2.0e3)
    assert counted == pytest.approx(heat, rel=1e-4)
    weaker = turbulent_ocean_tide(layer, coefficient=1e-4)
    assert weaker.drag_per_s.real < tide.drag_per_s.real


def test_boundary_layers_of_thin_magma_are_turbulent() -> None:
    # law: U depth / nu, the depth of friction being sqrt(2 nu / w) in thin magma and half the layer in thick
    tide = ocean_tide(io(2.0), drag_per_s=1e-6)
    speed, nu = math.sqrt(2.0) * tide.rms_speed_m_s, 1.0 / 3000.0
    assert reynolds_number(tide, 1.0) == pytest.approx(speed * math.sqrt(2.0 / (nu * FREQUENCY)), rel=1e-12)
    assert reynolds_number(tide, 1e9) == pytest.approx(speed * 1e3 / (1e9 * nu), rel=1e-12)
    assert reynolds_number(tide, 1.0) > 1e3
    assert reynolds_number(tide, 1e9) < 1.0


def test_bad_drag_is_refused() -> None:
    with pytest.raises(InputError, match="viscosity_pa_s"):
        viscous_drag_per_s(-1.0, density_kg_m3=3000.0, thickness_km=1.0, frequency_rad_s=FREQUENCY)
    with pytest.raises(InputError, match="porosity"):
        darcy_drag_per_s(1.0, density_kg_m3=3000.0, porosity=1.5, permeability_m2=1e-9)
    with pytest.raises(InputError, match="coefficient"):
        turbulent_ocean_tide(bare(1.0), coefficient=0.0)
