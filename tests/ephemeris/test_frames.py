"""Frames by name. Authorities: SPICE (independent), definitions (law)."""

from collections.abc import Callable

import numpy as np
import pytest
import spiceypy

from perijove.ephemeris.frames import FRAMES, frame_center, frame_rotation
from perijove.errors import InputError

TIMES = np.random.default_rng(599).uniform(-2.2e9, 2.2e9, 200)
W_ROUNDING = 2e-10  # rad: a grain of W, which reaches 2e7 deg
JUPITER_RAD_S = 1.8e-4


@pytest.mark.data
@pytest.mark.parametrize("frame", [frame for frame in FRAMES if frame not in {"ICRF", "JUPITER_EQUATOR"}])
def test_rotation_and_rate_equal_spice(spice: Callable[..., None], frame: str) -> None:
    spice("pck00010.tpc")
    expected = np.array([spiceypy.sxform("J2000", frame, t) for t in TIMES])
    rotation, rate = frame_rotation(frame, TIMES)
    np.testing.assert_allclose(rotation, expected[:, :3, :3], rtol=0, atol=W_ROUNDING)
    np.testing.assert_allclose(
        rate, expected[:, 3:, :3], rtol=0, atol=W_ROUNDING * 2e-4
    )  # Jupiter turns at 1.8e-4 rad/s


@pytest.mark.parametrize("frame", FRAMES)
def test_rate_is_the_derivative(frame: str) -> None:
    """Law: of frames that turn at n rad/s, central differences err by h^2 n^3 / 6 = 1e-11 and by W's grain over h."""
    h = 4.0
    after, before = (frame_rotation(frame, TIMES + step)[0] for step in (h, -h))
    np.testing.assert_allclose((after - before) / (2 * h), frame_rotation(frame, TIMES)[1], rtol=0, atol=1e-10)


def test_jupiters_equator_holds_the_pole_and_the_node() -> None:
    to_equator, _ = frame_rotation("JUPITER_EQUATOR", TIMES)
    to_body, _ = frame_rotation("IAU_JUPITER", TIMES)
    np.testing.assert_allclose(to_equator[:, 2], to_body[:, 2], atol=1e-15)
    np.testing.assert_allclose(to_equator[:, 0, 2], 0.0, atol=1e-15)  # x lies in the ICRF's equator
    np.testing.assert_allclose(np.linalg.det(to_equator), 1.0, atol=1e-14)


def test_names() -> None:
    assert frame_center("iau_europa") == "EUROPA"
    assert frame_center("J2000") is frame_center("JUPITER_EQUATOR") is None
    np.testing.assert_array_equal(frame_rotation("j2000", 0.0)[0], np.eye(3))
    with pytest.raises(InputError, match=r"ICRF, ECLIPJ2000.*kernels"):
        frame_rotation("IAU_MARS", 0.0)
