"""Sun, Earth and Io without kernels. Authorities: JPL's trajectories read by SPICE, and Horizons (independent)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import spiceypy

from perijove.constants import AU_KM
from perijove.ephemeris.sun import (
    barycentric_state,
    earth_direction,
    io_position_about_jupiter_km,
    io_state_about_jupiter,
    sun_direction,
    sun_position_km,
)
from perijove.errors import InputError
from perijove.geometry.rotations import angle_between_deg

ARCSEC = 1.0 / 3600.0
TRAJECTORY = "spk_pre_220614_221109_220810_jm0450.bsp"
TIMES_2022 = np.linspace(708.46e6, 721.30e6, 200)


@pytest.mark.data
def test_sun_and_earth_against_jpl(spice: Callable[..., None]) -> None:
    spice("naif0012.tls", TRAJECTORY)
    sun, _ = spiceypy.spkpos("SUN", TIMES_2022, "J2000", "CN+S", "JUPITER")
    earth, _ = spiceypy.spkpos("EARTH", TIMES_2022, "J2000", "CN+S", "JUPITER")
    assert angle_between_deg(sun_position_km("JUPITER", TIMES_2022), sun).max() < 22 * ARCSEC
    assert angle_between_deg(earth_direction(TIMES_2022), earth).max() < 27 * ARCSEC
    distance = np.linalg.norm(sun_position_km("JUPITER", TIMES_2022), axis=-1)
    np.testing.assert_allclose(distance, np.linalg.norm(sun, axis=-1), rtol=0, atol=46e3)  # km


@pytest.mark.data
def test_sun_in_2016_against_jpl(spice: Callable[..., None]) -> None:
    spice("ale_2016240/JNCR_2016240_01M06152_V01_METHANE_0008_1.bsp")
    t = 525560500.0
    sun = spiceypy.spkpos("SUN", t, "J2000", "NONE", "JUPITER")[0]
    # The slice does not reach back by the light time, so aberration is missing from it: 9 arcsec.
    assert angle_between_deg(sun_position_km("JUPITER", t), sun) < 35 * ARCSEC


@pytest.mark.data
def test_io_against_horizons(data_dir: Path) -> None:
    table = np.loadtxt(data_dir / "ephemeris/horizons_jup365_io.csv", delimiter=",", skiprows=1)
    table = table[table[:, 0] > 2451545.0]
    times = (table[:, 0] - 2451545.0) * 86400.0
    state = io_state_about_jupiter(times)
    error_km = np.linalg.norm(state[:, :3] - table[:, 1:4] * AU_KM, axis=-1)
    assert np.sqrt(np.mean(error_km**2)) < 95.0
    assert np.percentile(error_km, 75) < 110.0
    assert np.percentile(error_km, 99) < 195.0
    assert error_km.max() < 220.0
    error_km_s = np.linalg.norm(state[:, 3:] - table[:, 4:] * AU_KM / 86400.0, axis=-1)
    assert error_km_s.max() < 0.010  # 216 km of orbit turn the velocity by 5e-4 of 17.3 km/s


@pytest.mark.parametrize("body", ["SUN", "EARTH", "JUPITER", "IO"])
def test_velocity_is_the_derivative_of_position(body: str) -> None:
    """Law: states a minute apart agree with the mean of their velocities."""
    t, h = 7.57e8, 64.0
    before, middle, after = barycentric_state(body, t + np.array([-h, 0.0, h]))
    # Rounding: grains of 1.2e-7 s x 30 km/s over 128 s; curvature: h^2/6 times n^2 v = 1.7e-9 /s^2 x 17
    # km/s for Io.
    np.testing.assert_allclose((after - before)[:3] / (2 * h), middle[3:], rtol=0, atol=3e-8 + h * h / 6 * 3e-8)


def test_apparent_sun_leads_the_geometric_one_by_aberration() -> None:
    t = 7.57e8
    geometric = barycentric_state("SUN", t)[:3] - barycentric_state("IO", t)[:3]
    velocity = barycentric_state("IO", t)[3:]
    angle = np.radians(angle_between_deg(sun_direction("IO", t), geometric))
    assert angle == pytest.approx(
        np.linalg.norm(np.cross(geometric, velocity)) / np.linalg.norm(geometric) / 299792.458, abs=6e-8
    )


def test_shapes_follow_the_times() -> None:
    assert sun_position_km("IO", 7e8).shape == (3,)
    assert io_position_about_jupiter_km(np.full((2, 4), 7e8)).shape == (2, 4, 3)


def test_unknown_body_is_refused() -> None:
    with pytest.raises(InputError, match="SUN, EARTH"):
        barycentric_state("MARS", 0.0)
