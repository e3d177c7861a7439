"""Phase correlation: law. A picture shifted by a known amount must give it back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from perijove.junocam.registration import color_shifts, phase_shift

RNG = np.random.default_rng(5)
GROUND = 1.0 + 0.2 * ndimage.gaussian_filter(RNG.normal(size=(160, 180)), 2.0) / 0.14
DISC = np.hypot(*np.meshgrid(np.arange(180) - 90.0, np.arange(160) - 80.0)) < 62.0


@settings(max_examples=12, deadline=None)
@given(st.floats(-4.0, 4.0), st.floats(-4.0, 4.0))
def test_known_shift_comes_back(dx: float, dy: float) -> None:
    """Within 0.05 px: rounds end at steps of 0.005 px, of which each recovers seven tenths of what is left."""
    moved = ndimage.shift(GROUND, (dy, dx), order=3, mode="nearest")
    shift = phase_shift(moved, GROUND, DISC)
    assert shift.x_px == pytest.approx(dx, abs=0.05)
    assert shift.y_px == pytest.approx(dy, abs=0.05)
    assert shift.correlation > 0.95


def test_noise_and_shading_do_not_move_it() -> None:
    """Different gain, shading and noise of 5 %: within 0.1 px."""
    shading = np.linspace(0.3, 1.0, 180)[None, :]
    noisy = 3.0 * shading * GROUND * (1.0 + 0.05 * RNG.normal(size=GROUND.shape))
    shift = phase_shift(noisy, GROUND, DISC)
    assert np.hypot(shift.x_px, shift.y_px) < 0.1


def test_too_little_ground_is_said() -> None:
    """NaN where nothing can be compared."""
    shift = phase_shift(GROUND, GROUND, np.zeros_like(DISC))
    assert np.isnan(shift.x_px)
    assert shift.pixels == 0


def test_all_pairs_of_colours() -> None:
    """Three bands make three pairs, named by filter."""
    shifts = color_shifts(np.stack([GROUND] * 3), ("RED", "GREEN", "BLUE"), DISC)
    assert set(shifts) == {"RED-GREEN", "RED-BLUE", "GREEN-BLUE"}
    assert all(np.hypot(s.x_px, s.y_px) < 1e-6 for s in shifts.values())
