"""Colour pictures for the eye: radiance factor through a stated stretch to 8-bit sRGB."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from perijove.physics.stretch import Stretch, srgb

__all__ = ["display_rgba", "stamped", "write_png"]

_TABLE_STEPS = 4096
_COMPRESS_LEVEL = 2  # level 6 takes three times as long for 15 % of the size
_SMALLEST_TEXT_PX, _LARGEST_TEXT_PX = 8, 40
_HUE_PIXELS = 1e5  # tell the mean hue as well as all
_MIN_HUE_SHARE = 0.1  # of the covered pixels have all bands; fewer do not tell the hue of the others


def display_rgba(radiance_factor: np.ndarray, stretch: Stretch) -> np.ndarray:
    """Picture for the eye.

    Parameters
    ----------
    radiance_factor : array, shape (1 or 3, rows, columns)
        In the order RED, GREEN, BLUE; one band becomes grey. NaN where there are no data.
    stretch : Stretch
        See `perijove.physics.stretch.natural_stretch`.

    Returns
    -------
    array of uint8, shape (rows, columns, 4)
        sRGB and alpha: 255 where any band has data, else 0.

    Notes
    -----
    Where some bands have no data, as at the edges of a picture whose colours cover different ground, a pixel has the
    brightness of those that have, and the mean hue of the picture: it gets no colour fringe. Where a band has hardly
    any data at all (less than a tenth of the ground has all bands) no hue is known: the whole picture is grey, the
    mean of the bands there are.
    """
    table = np.round(255.0 * srgb(np.linspace(0.0, 1.0, _TABLE_STEPS))).astype(np.uint8)
    has_data = np.isfinite(radiance_factor)
    covered, complete = has_data.any(axis=0), has_data.all(axis=0)
    balance = np.resize(stretch.balance, len(radiance_factor))
    hue = _mean_hue(radiance_factor, covered, complete)
    patched = covered if hue is None else covered & ~complete
    weight = balance if hue is None else 1.0 / hue
    some = radiance_factor[:, patched] * weight[:, None]
    brightness = np.nansum(some, axis=0) / np.maximum(np.isfinite(some).sum(axis=0), 1)
    rgba = np.zeros((*covered.shape, 4), dtype=np.uint8)
    top = _TABLE_STEPS - 1
    for channel in range(3):
        band = channel % len(radiance_factor)
        level = np.where(complete, radiance_factor[band], np.float32(0.0)).astype(np.float32)
        level[patched] = brightness / weight[band]
        level *= np.float32(balance[band] * top / (stretch.white - stretch.black))
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


def stamped(rgba: np.ndarray, words: str = "SIMULATED") -> np.ndarray:
    """A copy of a picture with words in its lower left corner, white on black: nobody shall take it for a photograph.

    Parameters
    ----------
    rgba : array of uint8, shape (rows, columns, 4)
    words : str
    """
    rows, columns = rgba.shape[:2]
    size = int(np.clip(min(rows / 18.0, columns / (0.75 * len(words))), _SMALLEST_TEXT_PX, _LARGEST_TEXT_PX))
    picture = Image.fromarray(rgba.copy())
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    margin = size // 3
    left, top, right, bottom = pen.textbbox((0, 0), words, font=font)
    height = bottom - top + 2 * margin
    pen.rectangle((0, rows - height, right - left + 2 * margin, rows), fill=(0, 0, 0, 255))
    pen.text((margin - left, rows - height + margin - top), words, font=font, fill=(255, 255, 255, 255))
    return np.asarray(picture)


def _mean_hue(radiance_factor: np.ndarray, covered: np.ndarray, complete: np.ndarray) -> np.ndarray | None:
    """Mean of each band where all have data; None where that is too little ground, or too dark, to tell a hue."""
    if np.count_nonzero(complete) < max(1.0, _MIN_HUE_SHARE * np.count_nonzero(covered)):
        return None
    step = max(1, int(np.sqrt(np.count_nonzero(complete) / _HUE_PIXELS)))
    sample = complete[::step, ::step]
    mean = radiance_factor[:, ::step, ::step][:, sample].mean(axis=1, dtype=float)
    return mean if (mean > 0.0).all() else None
