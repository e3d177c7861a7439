"""Displacement and stress of the surface.

Authority: law (stress follows from the strain that the displacement makes, found by finite differences) and published
(Io's ground rises by about 100 m if its asthenosphere is soft).
"""

import dataclasses

import numpy as np
import pytest

from perijove.interior.body import Interior
from perijove.interior.layers import Layer, Orbit
from perijove.interior.models import MODELS
from perijove.tides.displacement import surface_displacement_m, surface_stress_pa, uplift_range_m
from perijove.tides.love import love_numbers, radial_functions
from perijove.tides.potential import local_axes

ORBIT = Orbit(4.1086e-5, 0.0041, obliquity_deg=0.3, pericentre_argument_deg=20.0)
IO = dataclasses.replace(MODELS["steinke-2020-a"], orbit=ORBIT)
FREQUENCY = ORBIT.angular_frequency_rad_s
PLACES = [(0.0, 0.0), (0.0, 45.0), (35.0, -70.0), (-80.0, 130.0)]


def test_ground_of_io_rises_by_about_a_hundred_metres() -> None:
    io = MODELS["steinke-2020-a"]
    love = love_numbers(io, io.orbit.angular_frequency_rad_s)
    assert uplift_range_m(io, love, 0.0, 0.0) == pytest.approx(100.0, abs=10.0)


def test_range_is_that_of_the_displacement() -> None:
    love = love_numbers(IO, FREQUENCY)
    anomaly = np.arange(0.0, 360.0, 0.5)
    for lat, lon in PLACES:
        up = surface_displacement_m(IO, love, lat_deg=lat, lon_east_deg=lon, mean_anomaly_deg=anomaly)[..., 2]
        # Half a step from the crest: 1 - cos 0.25 deg = 1e-5.
        assert np.ptp(up) == pytest.approx(uplift_range_m(IO, love, lat, lon), rel=2e-5)


@pytest.mark.parametrize("bulk", [None, 1e11, 2e14], ids=["incompressible", "rock", "stiff"])
def test_stress_is_that_of_the_strain(bulk: float | None) -> None:
    """Strain along a sphere of radius R from displacements 0.01 deg apart; the quotient errs by 1e-7."""
    lid = Layer("lid", "solid", 1821.6, 3244.0, 6.5e10, bulk, 1e16)
    io = Interior((*IO.layers[:-1], lid), orbit=ORBIT)
    love = love_numbers(io, FREQUENCY)
    rigidity = lid.complex_rigidity_pa(FREQUENCY)
    step = np.radians(0.01)
    anomalies = np.array([0.0, 90.0])  # real and imaginary part: exp(i M) is 1 and i

    def moved(direction: np.ndarray) -> np.ndarray:
        """Complex displacement in body axes at a unit vector."""
        lat, lon = np.degrees(np.arcsin(direction[2])), np.degrees(np.arctan2(direction[1], direction[0]))
        real, minus_imaginary = surface_displacement_m(
            io, love, lat_deg=lat, lon_east_deg=lon, mean_anomaly_deg=anomalies
        )
        result: np.ndarray = (real - 1j * minus_imaginary) @ local_axes(lat, lon)
        return result

    for lat, lon in PLACES:
        east, north, up = local_axes(lat, lon)
        arc = 1.8216e6 * 2.0 * np.tan(step)
        derivative = [
            (moved((up + np.tan(step) * a) * np.cos(step)) - moved((up - np.tan(step) * a) * np.cos(step))) / arc
            for a in (east, north)
        ]
        strain = np.array([[derivative[i] @ a for a in (east, north)] for i in range(2)])
        strain = 0.5 * (strain + strain.T)
        share = 1.0 if bulk is None else (bulk - 2.0 / 3.0 * rigidity) / (bulk + 4.0 / 3.0 * rigidity)
        expected = 2.0 * rigidity * (strain + share * np.trace(strain) * np.eye(2))
        real, minus_imaginary = surface_stress_pa(io, love, lat_deg=lat, lon_east_deg=lon, mean_anomaly_deg=anomalies)
        found = real - 1j * minus_imaginary
        assert found == pytest.approx(
            np.array([expected[0, 0], expected[1, 1], expected[0, 1]]), abs=3e-7 * np.abs(expected).max()
        )


def test_stress_ends_the_radial_functions() -> None:
    """Traction vanishes at the surface, and h and l are what the radial functions end with."""
    love = love_numbers(IO, FREQUENCY)
    y = radial_functions(IO, FREQUENCY, radii_km=[IO.radius_km]).y[0]
    gravity = IO.surface_gravity_m_s2
    assert y[0] * gravity == pytest.approx(complex(love.h), rel=1e-10)
    assert y[2] * gravity == pytest.approx(complex(love.l), rel=1e-10)
    density = IO.layers[-1].density_kg_m3
    assert abs(y[1]) < 1e-10 * density
    assert abs(y[3]) < 1e-10 * density
