"""Stretch of radiance factor for the eye. Authority: law (percentiles of a ramp, missing bands)."""

import numpy as np
import pytest

from perijove.errors import InputError
from perijove.physics.stretch import Stretch, check_choice, chosen_stretch, natural_stretch


def ramp() -> np.ndarray:
    return np.linspace(0.0, 0.6, 1000, dtype=np.float32).reshape(1, 20, 50)


def test_the_hue_is_kept_and_nothing_clips_but_the_brightest() -> None:
    stretch = natural_stretch(np.concatenate([ramp(), 0.5 * ramp(), 0.1 * ramp()]))
    assert stretch.white == pytest.approx(0.997 * 0.6, abs=0.001)
    assert stretch.balance == (1.0, 1.0, 1.0)
    assert str(stretch) == "I/F 0 black, 0.5982 white, colours as measured, sRGB"


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_band_that_misses_the_body_does_not_matter(missing: int) -> None:
    bands = np.concatenate([ramp(), ramp(), ramp()])
    bands[missing] = np.nan
    assert natural_stretch(bands).white == pytest.approx(0.997 * 0.6, abs=0.001)


def test_nothing_to_show() -> None:
    assert natural_stretch(np.full((3, 4, 4), np.nan, dtype=np.float32)) == Stretch(1.0)
    assert natural_stretch(np.full((1, 4, 4), -0.1, dtype=np.float32)) == Stretch(1.0, balance=(1.0,))


@pytest.mark.parametrize(
    ("words", "black", "white", "curve"),
    [
        ("natural", 0.0, 0.997 * 0.6, "sRGB"),
        ("linear", 0.0, 0.997 * 0.6, "linear"),
        ("0.02:0.9", 0.02, 0.9, "sRGB"),
        ("-0.1:0.9:linear", -0.1, 0.9, "linear"),
        ("10%:50%", 0.06, 0.3, "sRGB"),
        ("0:50%:linear", 0.0, 0.3, "linear"),
    ],
)
def test_a_stretch_is_what_was_asked_for(words: str, black: float, white: float, curve: str) -> None:
    """The percentiles of a ramp from 0 to 0.6 are known."""
    stretch = chosen_stretch(np.concatenate([0.5 * ramp(), ramp(), 0.1 * ramp()]), words)
    assert (stretch.black, stretch.white) == (pytest.approx(black, abs=0.001), pytest.approx(white, abs=0.001))
    assert stretch.curve == curve
    assert str(stretch).endswith(curve)


def test_natural_is_the_natural_stretch() -> None:
    bands = np.concatenate([ramp(), 0.5 * ramp(), 0.1 * ramp()])
    assert chosen_stretch(bands) == natural_stretch(bands)


def test_grey_makes_the_mean_grey() -> None:
    """Law: times its multipliers all bands have one mean, that of green; ground that a band misses is left out."""
    bands = np.concatenate([ramp(), 0.5 * ramp(), 0.1 * ramp()])
    bands[2, :3] = np.nan
    stretch = chosen_stretch(bands, white_balance="grey")
    assert stretch.balance == pytest.approx((0.5, 1.0, 5.0))
    assert stretch.white == pytest.approx(0.997 * 0.3, abs=0.001)
    assert chosen_stretch(ramp(), white_balance="grey").balance == (1.0,)
    assert chosen_stretch(-bands, white_balance="grey").balance == (1.0, 1.0, 1.0)  # too dark to tell


def test_balance_counts_before_the_percentiles() -> None:
    stretch = chosen_stretch(np.concatenate([0.5 * ramp(), ramp(), 0.1 * ramp()]), "0:50%", "4:1:1")
    assert stretch.balance == (4.0, 1.0, 1.0)
    assert stretch.white == pytest.approx(0.6, abs=0.001)


@pytest.mark.parametrize(
    "words", ["", "bright", "0.5", "0.5:0.5", "0.9:0.1", "99%:1%", "1%:101%", "nan:1", "0:inf", "0:1:2", "0:1:gamma"]
)
def test_a_stretch_that_cannot_be_understood(words: str) -> None:
    with pytest.raises(InputError, match="write natural, linear, LOW:HIGH"):
        chosen_stretch(ramp(), words)


@pytest.mark.parametrize("words", ["", "blue", "1:0:1", "1:-1:1", "1:nan:1", "1::1"])
def test_a_balance_that_cannot_be_understood(words: str) -> None:
    with pytest.raises(InputError, match="write natural, grey"):
        chosen_stretch(ramp(), white_balance=words)


def test_what_the_picture_does_not_allow() -> None:
    with pytest.raises(InputError, match="3 multipliers, the picture 1 bands"):
        chosen_stretch(ramp(), white_balance="1:1:1")
    with pytest.raises(InputError, match="1 multipliers, the picture 3 bands"):
        check_choice("natural", "2", bands=3)
    with pytest.raises(InputError, match=r"black, I/F 0\.9, is not below white, 0\.3"):
        chosen_stretch(ramp(), "0.9:50%")
