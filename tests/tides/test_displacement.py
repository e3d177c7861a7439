"""Displacement of the surface.

Authority: law (its range; the ends of the radial functions) and published (Io's ground rises by about 100 m if its
asthenosphere is soft).
"""

import dataclasses

import numpy as np
import pytest

from perijove.interior.layers import Orbit
from perijove.interior.models import MODELS
from perijove.tides.displacement import surface_displacement_m, uplift_range_m
from perijove.tides.love import love_numbers, radial_functions

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


def test_displacement_ends_the_radial_functions() -> None:
    """Traction vanishes at the surface, and h and l are what the radial functions end with."""
    love = love_numbers(IO, FREQUENCY)
    y = radial_functions(IO, FREQUENCY, radii_km=[IO.radius_km]).y[0]
    gravity = IO.surface_gravity_m_s2
    assert y[0] * gravity == pytest.approx(complex(love.h), rel=1e-10)
    assert y[2] * gravity == pytest.approx(complex(love.l), rel=1e-10)
    density = IO.layers[-1].density_kg_m3
    assert abs(y[1]) < 1e-10 * density
    assert abs(y[3]) < 1e-10 * density
