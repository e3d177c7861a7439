"""Free waves of a global ocean.

Authority: published (equivalent depths of the atmosphere's tides, Chapman & Lindzen 1970, Atmospheric Tides); law (no
rotation; slow waves; the tide that is largest where a free wave has its frequency).
"""

import dataclasses
import math

import numpy as np
import pytest
from tests.ocean.free_waves import free_frequencies_rad_s
from tests.ocean.oceans import FREQUENCY, RADIUS_KM, bare, io

from perijove.errors import InputError
from perijove.ocean.flow import ocean_tides
from perijove.ocean.layer import OceanLayer, ocean_layer
from perijove.ocean.waves import resonant_thicknesses_km

SIDEREAL_RAD_S = 7.292115e-5
EARTH_KM, EARTH_M_S2 = 6371.0, 9.80


def earth(period_s: float) -> OceanLayer:
    """Shallow water on Earth under a tide of some period, with the rotation of Earth."""
    layer = bare(1.0, degree=80)
    compliance = np.where(np.arange(81) < 2, 0.0, 1.0 / EARTH_M_S2).astype(complex)
    potential = dataclasses.replace(layer.potential, angular_frequency_rad_s=2.0 * math.pi / period_s)
    return dataclasses.replace(
        layer,
        roof_radius_km=EARTH_KM,
        rotation_rad_s=SIDEREAL_RAD_S,
        potential=potential,
        compliance_s2_m=compliance,
    )


@pytest.mark.parametrize(
    ("order", "period_s", "positive", "negative"),
    [(2, 43200.0, (7.852, 2.110, 0.9565), ()), (1, 86400.0, (803.4, 0.2384), (-1.814,))],
    ids=["semidiurnal", "diurnal"],
)
def test_equivalent_depths_of_the_suns_tides(
    order: int, period_s: float, positive: tuple[float, ...], negative: tuple[float, ...]
) -> None:
    # (2,2), (2,4), (2,6) and (1,-1), (1,2), (1,-3), km; radius and gravity were taken to 0.1 % or so
    depths = resonant_thicknesses_km(earth(period_s), order)
    np.testing.assert_allclose(depths[: len(positive)], positive, rtol=5e-4)
    np.testing.assert_allclose(depths[::-1][: len(negative)], negative, rtol=5e-4)


def test_without_rotation_they_are_gravity_waves() -> None:
    layer = bare(3.0, rotation=0.0)
    gravity = 1.0 / layer.compliance_s2_m[2].real
    degree = np.arange(2, 33, 2)
    expected = np.sqrt(degree * (degree + 1.0) * gravity * 3e3) / (RADIUS_KM * 1e3)
    for order in (-2, 0, 1):
        np.testing.assert_allclose(free_frequencies_rad_s(layer, order)[:10].real, expected[:10], rtol=1e-9)


def test_slow_rotation_gives_planetary_waves_and_splits_the_others() -> None:
    # published: Longuet-Higgins 1968: 2 W m / (n (n + 1)) for waves of the stream function, west only, and gravity
    # waves shifted by m W / (n (n + 1)), both but for the square of rotation over the frequency of gravity waves
    slow = 1e-3 * FREQUENCY
    layer = bare(3.0, rotation=slow)
    gravity = math.sqrt(layer.free_frequency_squared[2].real)
    west = free_frequencies_rad_s(layer, 2).real
    # the highest degrees are not among them; degree 3, the lowest for order 2, is the fastest
    planetary = west[west < 0.1 * gravity]
    assert planetary[-1] == pytest.approx(2.0 * slow * 2.0 / 12.0, rel=1e-4)
    for order in (-2, 2):
        waves = free_frequencies_rad_s(layer, order).real
        shift = waves[waves > 0.1 * gravity][0] - gravity
        assert shift == pytest.approx(slow * order / 6.0, rel=1e-2)
    assert free_frequencies_rad_s(layer, -2).real.min() > 0.1 * gravity


def test_the_tide_is_largest_where_it_meets_a_free_wave() -> None:
    layer = ocean_layer(io(1.0, elastic=True), degree=64)
    resonant = resonant_thicknesses_km(layer, -2)[0]
    thickness = resonant * np.linspace(0.99, 1.01, 201)
    _, power = ocean_tides(layer, thickness_km=thickness, drag_per_s=1e-5 * FREQUENCY)
    assert thickness[power.argmax()] == pytest.approx(resonant, rel=1.1e-4)
    at = dataclasses.replace(layer, thickness_km=float(resonant))
    nearest = np.abs(free_frequencies_rad_s(at, -2) / FREQUENCY - 1.0).min()
    assert nearest < 1e-10


@pytest.mark.slow
def test_rock_that_yields_damps_the_waves() -> None:
    waves = free_frequencies_rad_s(ocean_layer(io(1.0), degree=64), -2)
    assert (waves.imag > 0.0).all()
    assert (np.diff(waves.real) > 0.0).all()


def test_orders_that_no_tide_has_are_refused() -> None:
    for function in (free_frequencies_rad_s, resonant_thicknesses_km):
        with pytest.raises(InputError, match="order 3"):
            function(bare(1.0), 3)
