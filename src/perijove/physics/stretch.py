"""Radiance factor for the eye: the stretch that takes it to the brightness of a screen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from perijove.errors import InputError

__all__ = ["Stretch", "check_choice", "chosen_stretch", "natural_stretch", "srgb"]

_SAMPLE_PIXELS = 2e5  # a sample tells the stretch as well, and fast
_NATURAL_PERCENTILE = 99.7
_Level = tuple[float, bool]  # radiance factor, or percent of the pixels


@dataclass(frozen=True)
class Stretch:
    """How radiance factor becomes brightness on a screen.

    Each band is multiplied by its balance, scaled so that `black` becomes 0 and `white` 1, clipped, and encoded with
    the transfer curve.

    Attributes
    ----------
    white, black : float
        Radiance factor shown as white and as black.
    balance : tuple of float
        Multiplier per band. 1, 1, 1 is natural in sunlight, as I/F is already relative to the colour of the Sun.
    curve : str
        ``sRGB`` (`srgb`), or ``linear`` for none.
    """

    white: float
    black: float = 0.0
    balance: tuple[float, ...] = (1.0, 1.0, 1.0)
    curve: str = "sRGB"

    def __str__(self) -> str:
        """Say it in one line, for metadata and figures."""
        factors = " ".join(f"{value:g}" for value in self.balance)
        colours = "colours as measured" if set(self.balance) == {1.0} else f"colours × {factors}"
        return f"I/F {self.black:.4g} black, {self.white:.4g} white, {colours}, {self.curve}"


def natural_stretch(
    radiance_factor: np.ndarray, *, balance: Sequence[float] | None = None, percentile: float = _NATURAL_PERCENTILE
) -> Stretch:
    """Stretch that shows the brightest ground just below white and keeps the hue.

    Parameters
    ----------
    radiance_factor : array, shape (bands, rows, columns)
        NaN where there are no data.
    balance : sequence of float, optional
        Multiplier per band; 1 by default.
    percentile : float
        Which part of the pixels that any band covers, in their brightest band, stays below white.

    Returns
    -------
    Stretch
        The same white for all bands; 1 where the picture has no positive value.
    """
    weights = tuple(float(value) for value in (balance if balance is not None else np.ones(len(radiance_factor))))
    return _between(radiance_factor, weights, (0.0, False), (percentile, True))


def chosen_stretch(radiance_factor: np.ndarray, stretch: str = "natural", white_balance: str = "natural") -> Stretch:
    """Stretch of a user's choice.

    Parameters
    ----------
    radiance_factor : array, shape (bands, rows, columns)
        NaN where there are no data.
    stretch : str
        ``natural`` (`natural_stretch`); ``linear``, the same without transfer curve; or what shall be black and white,
        ``LOW:HIGH`` or ``LOW:HIGH:linear``, each as radiance factor after balance (``0.02:0.9``) or as percent of the
        covered pixels in their brightest band (``1%:99.5%``).
    white_balance : str
        ``natural`` (none: colours in sunlight); ``grey``, which makes the mean of the ground grey; or a multiplier for
        each band, ``R:G:B``. A single band takes ``natural``, ``grey`` or one number.

    Raises
    ------
    InputError
        Where they cannot be understood, are not as many as the bands, or black is not below white.
    """
    check_choice(stretch, white_balance, bands=len(radiance_factor))
    low, high, curve = _levels(stretch)
    weights = _weights(white_balance)
    if white_balance == "grey":
        weights = _grey(radiance_factor)
    found = _between(radiance_factor, weights or (1.0,) * len(radiance_factor), low, high)
    return replace(found, curve=curve)


def check_choice(stretch: str, white_balance: str, *, bands: int | None = None) -> None:
    """Refuse what `chosen_stretch` cannot use, before the work; `bands` is how many the picture has, where known.

    Raises
    ------
    InputError
        Says what can be written.
    """
    _levels(stretch)
    weights = _weights(white_balance)
    if weights and bands is not None and len(weights) != bands:
        raise InputError(
            f"white balance {white_balance!r} has {len(weights)} multipliers, the picture {bands} bands; give one for "
            "each"
        )


def _levels(stretch: str) -> tuple[_Level, _Level, str]:
    """Black, white and curve of a user's words."""
    words = stretch.split(":")
    curve = "linear" if words[-1] == "linear" else "sRGB"
    if stretch in ("natural", "linear"):
        return (0.0, False), (_NATURAL_PERCENTILE, True), curve
    try:
        low, high = (
            (float(word.removesuffix("%")), word.endswith("%")) for word in words[: 2 if curve == "linear" else None]
        )
    except ValueError:
        low = high = (math.nan, False)
    percents = [value for value, percent in (low, high) if percent]
    in_order = low[0] < high[0] if low[1] == high[1] else math.isfinite(low[0] + high[0])
    if not in_order or not math.isfinite(high[0] - low[0]) or any(not 0.0 <= value <= 100.0 for value in percents):
        raise InputError(
            f"stretch {stretch!r}: write natural, linear, LOW:HIGH or LOW:HIGH:linear, black below white, as I/F "
            "(0:0.9) or percent of the pixels (1%:99.5%)"
        )
    return low, high, curve


def _weights(white_balance: str) -> tuple[float, ...]:
    """Multipliers that were written; none for words."""
    if white_balance in ("natural", "grey"):
        return ()
    try:
        weights = tuple(float(word) for word in white_balance.split(":"))
    except ValueError:
        weights = (math.nan,)
    if not all(0.0 < value < math.inf for value in weights):
        raise InputError(
            f"white balance {white_balance!r}: write natural, grey, or positive multipliers R:G:B such as 1:0.9:1.2"
        )
    return weights


def _thinned(radiance_factor: np.ndarray) -> np.ndarray:
    step = max(1, int(np.sqrt(radiance_factor[0].size / _SAMPLE_PIXELS)))
    return radiance_factor[:, ::step, ::step]


def _grey(radiance_factor: np.ndarray) -> tuple[float, ...]:
    """Multipliers that make the mean of what all bands cover grey; green, or a single band, keeps its own."""
    sample = _thinned(radiance_factor)
    common = sample[:, np.isfinite(sample).all(axis=0)]
    mean = common.mean(axis=1, dtype=float) if common.size else np.zeros(len(sample))
    if not (mean > 0.0).all():
        return ()
    return tuple((mean[len(mean) // 2] / mean).tolist())


def _between(radiance_factor: np.ndarray, weights: tuple[float, ...], low: _Level, high: _Level) -> Stretch:
    """Stretch from black to white; from 0 to 1 where nothing is covered, or nothing positive is to be white."""
    sample = _thinned(radiance_factor) * np.asarray(weights)[:, None, None]
    brightest = np.fmax.reduce(sample, axis=0)  # ignores NaN where another band has data
    covered = brightest[np.isfinite(brightest)]
    if not covered.size:
        return Stretch(1.0, balance=weights)
    black, white = (float(np.percentile(covered, value)) if percent else value for value, percent in (low, high))
    if high[1] and white <= 0.0:
        return Stretch(1.0, balance=weights)
    if white <= black:
        raise InputError(
            f"stretch: black, I/F {black:.4g}, is not below white, {white:.4g}, in this picture; choose others"
        )
    return Stretch(white, black, weights)


def srgb(linear: np.ndarray) -> np.ndarray:
    """Transfer curve of sRGB, IEC 61966-2-1: nearly a power of 1/2.4.

    Parameters
    ----------
    linear : array
        Brightness, 0 to 1.
    """
    curve: np.ndarray = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1.0 / 2.4) - 0.055)
    return curve
