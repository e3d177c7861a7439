"""Sun and Earth without kernels. Authority: JPL's trajectories read by SPICE (independent)."""

from collections.abc import Callable

import numpy as np
import pytest
import spiceypy

from perijove.ephemeris.sun import earth_direction, sun_direction, sun_position_km
from perijove.geometry.rotations import angle_between_deg

ARCSEC = 1.0 / 3600.0
TRAJECTORY = "spk_pre_220614_221109_220810_jm0450.bsp"
TIMES_2022 = np.linspace(708.46e6, 721.30e6, 200)


@pytest.mark.data
def test_sun_and_earth_against_jpl(spice: Callable[..., None]) -> None:
    spice("naif0012.tls", TRAJECTORY)
    sun, _ = spiceypy.spkpos("SUN", TIMES_2022[1:-1], "J2000", "CN+S", "JUPITER")
    earth, _ = spiceypy.spkpos("EARTH", TIMES_2022[1:-1], "J2000", "CN+S", "JUPITER")
    seen = sun_position_km("JUPITER", TIMES_2022[1:-1])
    assert angle_between_deg(seen, sun).max() < 0.005 * ARCSEC
    assert angle_between_deg(earth_direction(TIMES_2022[1:-1]), earth).max() < 0.005 * ARCSEC
    np.testing.assert_allclose(np.linalg.norm(seen, axis=-1), np.linalg.norm(sun, axis=-1), rtol=0, atol=10.0)  # km


@pytest.mark.data
def test_sun_in_2016_against_jpl(spice: Callable[..., None]) -> None:
    spice("ale_2016240/JNCR_2016240_01M06152_V01_METHANE_0008_1.bsp")
    t = 525560500.0
    sun = spiceypy.spkezr("SUN", t, "J2000", "NONE", "JUPITER")[0]
    # The slice does not reach back by the light time, so aberration is missing from it: 9 arcsec.
    assert angle_between_deg(sun_position_km("JUPITER", t), sun[:3]) < 10 * ARCSEC


def test_shapes_follow_the_times() -> None:
    assert sun_position_km("IO", 7e8).shape == (3,)
    assert sun_direction("IO", np.full((2, 4), 7e8)).shape == (2, 4, 3)
