"""Colour pictures for the eye: radiance factor through a stated stretch to 8-bit sRGB."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

__all__ = ["Stretch", "display_rgba", "natural_stretch", "write_png"]

_TABLE_STEPS = 4096
_COMPRESS_LEVEL = 2  # level 6 takes three times as long for 15 % of the size


@dataclass(frozen=True)
class Stretch:
    """How radiance factor becomes brightness on a screen.

    Each band is multiplied by its balance, scaled so that `black` becomes 0 and `white` 1, clipped, and encoded with
    the transfer curve of sRGB (IEC 61966-2-1: nearly a power of 1/2.4).

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
        Which part of the covered pixels, in their brightest band, stays below white.

    Returns
    -------
    Stretch
        The same white for all bands; 1 where the picture has no positive value.
    """
    weights = tuple(float(value) for value in (balance if balance is not None else np.ones(len(radiance_factor))))
    step = max(1, int(np.sqrt(radiance_factor[0].size / 2e5)))  # a sample says it as well, and fast
    sample = radiance_factor[:, ::step, ::step] * np.asarray(weights)[:, None, None]
    covered = np.isfinite(sample).all(axis=0)
    if not covered.any():
        return Stretch(1.0, balance=weights)
    white = float(np.percentile(sample[:, covered].max(axis=0), percentile))
    return Stretch(white if white > 0.0 else 1.0, balance=weights)


def display_rgba(radiance_factor: np.ndarray, stretch: Stretch) -> np.ndarray:
    """Picture for the eye.

    Parameters
    ----------
    radiance_factor : array, shape (1 or 3, rows, columns)
        In the order RED, GREEN, BLUE; one band becomes grey. NaN where there are no data.
    stretch : Stretch
        See `natural_stretch`.

    Returns
    -------
    array of uint8, shape (rows, columns, 4)
        sRGB and alpha: 255 where all bands have data, else 0.
    """
    table = np.round(255.0 * _srgb(np.linspace(0.0, 1.0, _TABLE_STEPS))).astype(np.uint8)
    covered = np.isfinite(radiance_factor).all(axis=0)
    rgba = np.zeros((*covered.shape, 4), dtype=np.uint8)
    top = _TABLE_STEPS - 1
    for channel in range(3):
        band = channel % len(radiance_factor)
        scale = stretch.balance[channel % len(stretch.balance)] * top / (stretch.white - stretch.black)
        level = np.where(covered, radiance_factor[band], np.float32(0.0)).astype(np.float32) * np.float32(scale)
        level -= np.float32(stretch.black * top / (stretch.white - stretch.black) - 0.5)
        rgba[..., channel] = np.where(covered, table[np.clip(level, 0.0, top).astype(np.uint16)], 0)
    rgba[..., 3] = np.where(covered, 255, 0)
    return rgba


def write_png(path: Path, rgba: np.ndarray, *, text: Mapping[str, str] | None = None) -> None:
    """Write an 8-bit picture.

    Parameters
    ----------
    path : Path
        Target; replaced if it exists.
    rgba : array of uint8, shape (rows, columns, 3 or 4)
        sRGB, with or without alpha.
    text : mapping, optional
        Text chunks, such as ``Title``, ``Source``, ``Software``; written as UTF-8 where Latin-1 does not do.
    """
    chunks = PngInfo()
    chunks.add(b"sRGB", b"\x00")  # rendering intent: perceptual
    for key, value in (text or {}).items():
        chunks.add_text(key, value) if value.isascii() else chunks.add_itxt(key, value)
    with path.open("wb") as stream:
        Image.fromarray(rgba).save(stream, format="PNG", pnginfo=chunks, compress_level=_COMPRESS_LEVEL)


def _srgb(linear: np.ndarray) -> np.ndarray:
    """Transfer curve of sRGB, IEC 61966-2-1."""
    curve: np.ndarray = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1.0 / 2.4) - 0.055)
    return curve
