"""Radiance factor for the eye: the stretch that takes it to the brightness of a screen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Stretch", "natural_stretch", "srgb"]

_SAMPLE_PIXELS = 2e5  # a sample tells the stretch as well, and fast


@dataclass(frozen=True)
class Stretch:
    """How radiance factor becomes brightness on a screen.

    Each band is multiplied by its balance, scaled so that `black` becomes 0 and `white` 1, clipped, and encoded with
    the transfer curve of sRGB (`srgb`).

    Attributes
    ----------
    white, black : float
        Radiance factor shown as white and as black.
    balance : tuple of float
        Multiplier per band. 1, 1, 1 is natural in sunlight, as I/F is already relative to the colour of the Sun.
    """

    white: float
    black: float = 0.0
    balance: tuple[float, ...] = (1.0, 1.0, 1.0)

    def __str__(self) -> str:
        """Say it in one line, for metadata."""
        balance = " ".join(f"{value:g}" for value in self.balance)
        return f"I/F {self.black:.4g} to {self.white:.4g}, balance {balance}, sRGB"


def natural_stretch(
    radiance_factor: np.ndarray, *, balance: Sequence[float] | None = None, percentile: float = 99.7
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
    step = max(1, int(np.sqrt(radiance_factor[0].size / _SAMPLE_PIXELS)))
    sample = radiance_factor[:, ::step, ::step] * np.asarray(weights)[:, None, None]
    brightest = np.fmax.reduce(sample, axis=0)  # ignores NaN where another band has data
    covered = np.isfinite(brightest)
    if not covered.any():
        return Stretch(1.0, balance=weights)
    white = float(np.percentile(brightest[covered], percentile))
    return Stretch(white if white > 0.0 else 1.0, balance=weights)


def srgb(linear: np.ndarray) -> np.ndarray:
    """Transfer curve of sRGB, IEC 61966-2-1: nearly a power of 1/2.4.

    Parameters
    ----------
    linear : array
        Brightness, 0 to 1.
    """
    curve: np.ndarray = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1.0 / 2.4) - 0.055)
    return curve
