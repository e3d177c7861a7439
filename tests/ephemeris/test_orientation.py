"""Body-fixed frames. Authorities: SPICE with pck00010 (independent), the definition of a rotation (law)."""

from collections.abc import Callable

import numpy as np
import pytest
import spiceypy

from perijove.ephemeris.orientation import ROTATIONS, icrf_to_body, pole_and_meridian_deg
from perijove.errors import InputError

W_ROUNDING = 5e-11  # rad; W reaches 1e7 deg, where a double's grain is 2e-9 deg


@pytest.mark.data
@pytest.mark.parametrize("body", sorted(ROTATIONS))
def test_equals_spice(spice: Callable[..., None], body: str) -> None:
    spice("pck00010.tpc")
    times = np.random.default_rng(501).uniform(-1.0e9, 1.2e9, 500)  # 1968 to 2038
    expected = [spiceypy.pxform("J2000", f"IAU_{body}", t) for t in times]
    np.testing.assert_allclose(icrf_to_body(body, times), expected, rtol=0, atol=W_ROUNDING)


@pytest.mark.parametrize("body", sorted(ROTATIONS))
def test_is_a_rotation_that_puts_the_pole_on_z(body: str) -> None:
    times = np.linspace(4.0e8, 9.0e8, 7).reshape(7, 1)
    rotation = icrf_to_body(body, times)
    assert rotation.shape == (7, 1, 3, 3)
    np.testing.assert_allclose(
        rotation @ np.swapaxes(rotation, -1, -2), np.broadcast_to(np.eye(3), rotation.shape), atol=4e-16
    )
    ra, dec, _ = (np.radians(angle) for angle in pole_and_meridian_deg(body, times))
    pole = np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)
    np.testing.assert_allclose(rotation[..., 2, :], pole, atol=4e-16)


def test_io_turns_once_per_orbit() -> None:
    period_s = 360.0 / 203.4889538 * 86400.0
    start = 7.5e8
    # In one turn the slow angles move W by less than 0.094 deg x 4850.7 deg per century x 1.8 days.
    np.testing.assert_allclose(icrf_to_body("IO", start + period_s), icrf_to_body("IO", start), atol=1e-5)


def test_unknown_body_is_refused() -> None:
    with pytest.raises(InputError, match="IO, EUROPA"):
        icrf_to_body("AMALTHEA", 0.0)
