"""Stretch of radiance factor for the eye. Authority: law (percentiles of a ramp, missing bands)."""

import numpy as np
import pytest

from perijove.physics.stretch import Stretch, natural_stretch


def ramp() -> np.ndarray:
    return np.linspace(0.0, 0.6, 1000, dtype=np.float32).reshape(1, 20, 50)


def test_the_hue_is_kept_and_nothing_clips_but_the_brightest() -> None:
    stretch = natural_stretch(np.concatenate([ramp(), 0.5 * ramp(), 0.1 * ramp()]))
    assert stretch.white == pytest.approx(0.997 * 0.6, abs=0.001)
    assert stretch.balance == (1.0, 1.0, 1.0)
    assert str(stretch) == "I/F 0 to 0.5982, balance 1 1 1, sRGB"


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_band_that_misses_the_body_does_not_matter(missing: int) -> None:
    bands = np.concatenate([ramp(), ramp(), ramp()])
    bands[missing] = np.nan
    assert natural_stretch(bands).white == pytest.approx(0.997 * 0.6, abs=0.001)


def test_nothing_to_show() -> None:
    assert natural_stretch(np.full((3, 4, 4), np.nan, dtype=np.float32)) == Stretch(1.0)
    assert natural_stretch(np.full((1, 4, 4), -0.1, dtype=np.float32)) == Stretch(1.0, balance=(1.0,))
