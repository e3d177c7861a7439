"""Colour pictures for the eye: radiance factor through a stated stretch to 8 or 16 bits, sRGB or linear."""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from perijove.physics.stretch import Stretch, srgb

__all__ = ["display_rgba", "stamped", "write_png"]

_TABLE_STEPS = {8: 1 << 12, 16: 1 << 20}  # where sRGB is steepest a step is less than one code
_COLOR_TYPES = {3: 2, 4: 6}  # of PNG, by channels
_FILTER_UP = 2
_COMPRESS_LEVEL = 2  # level 6 takes three times as long for 15 % of the size
_SMALLEST_TEXT_PX, _LARGEST_TEXT_PX = 8, 40
_HUE_PIXELS = 1e5  # tell the mean hue as well as all
_MIN_HUE_SHARE = 0.1  # of the covered pixels have all bands; fewer do not tell the hue of the others


def display_rgba(radiance_factor: np.ndarray, stretch: Stretch, *, depth: int = 8) -> np.ndarray:
    """Picture for the eye.

    Parameters
    ----------
    radiance_factor : array, shape (1 or 3, rows, columns)
        In the order RED, GREEN, BLUE; one band becomes grey. NaN where there are no data.
    stretch : Stretch
        See `perijove.physics.stretch.chosen_stretch`.
    depth : int
        Bits of each channel, 8 or 16.

    Returns
    -------
    array of uint8 or uint16, shape (rows, columns, 4)
        Colours and alpha: full where any band has data, else 0.

    Notes
    -----
    Where some bands have no data, as at the edges of a picture whose colours cover different ground, a pixel has the
    brightness of those that have, and the mean hue of the picture: it gets no colour fringe. Where a band has hardly
    any data at all (less than a tenth of the ground has all bands) no hue is known: the whole picture is grey, the
    mean of the bands there are.
    """
    full, top = (1 << depth) - 1, _TABLE_STEPS[depth] - 1
    level = np.linspace(0.0, 1.0, top + 1)
    table = np.round(full * (srgb(level) if stretch.curve == "sRGB" else level)).astype(np.min_scalar_type(full))
    has_data = np.isfinite(radiance_factor)
    covered, complete = has_data.any(axis=0), has_data.all(axis=0)
    balance = np.resize(stretch.balance, len(radiance_factor))
    hue = _mean_hue(radiance_factor, covered, complete)
    patched = covered if hue is None else covered & ~complete
    weight = balance if hue is None else 1.0 / hue
    some = radiance_factor[:, patched] * weight[:, None]
    brightness = np.nansum(some, axis=0) / np.maximum(np.isfinite(some).sum(axis=0), 1)
    rgba = np.zeros((*covered.shape, 4), dtype=table.dtype)
    index = np.min_scalar_type(top)
    for channel in range(3):
        band = channel % len(radiance_factor)
        level = np.where(complete, radiance_factor[band], np.float32(0.0)).astype(np.float32)
        level[patched] = brightness / weight[band]
        level *= np.float32(balance[band] * top / (stretch.white - stretch.black))
        level -= np.float32(stretch.black * top / (stretch.white - stretch.black) - 0.5)
        rgba[..., channel] = np.where(covered, table[np.clip(level, 0.0, top).astype(index)], 0)
    rgba[..., 3] = np.where(covered, full, 0)
    return rgba


def write_png(path: Path, rgba: np.ndarray, *, text: Mapping[str, str] | None = None, curve: str = "sRGB") -> None:
    """Write a picture of 8 or 16 bits.

    Parameters
    ----------
    path : Path
        Target; replaced if it exists.
    rgba : array of uint8 or uint16, shape (rows, columns, 3 or 4)
        With or without alpha.
    text : mapping, optional
        Text chunks, such as ``Title``, ``Source``, ``Software``; written as UTF-8 where Latin-1 does not do.
    curve : str
        ``sRGB`` or ``linear``; the file says which.
    """
    chunks = PngInfo()
    if curve == "sRGB":
        chunks.add(b"sRGB", b"\x00")  # rendering intent: perceptual
    else:
        chunks.add(b"gAMA", struct.pack(">I", 100_000))  # an exponent of 1
    for key, value in (text or {}).items():
        chunks.add_text(key, value) if value.isascii() else chunks.add_itxt(key, value)
    with path.open("wb") as stream:
        if rgba.dtype == np.uint16:
            stream.write(_deep_png(rgba, chunks))
        else:
            Image.fromarray(rgba).save(stream, format="PNG", pnginfo=chunks, compress_level=_COMPRESS_LEVEL)


def _deep_png(rgba: np.ndarray, info: PngInfo) -> bytes:
    """File of 16 bits in colour, which Pillow does not write: each row less the one above it, which packs well."""
    rows, columns, channels = rgba.shape
    plain = rgba.astype(">u2").view(np.uint8).reshape(rows, -1)
    lines = np.full((rows, 1 + plain.shape[1]), _FILTER_UP, dtype=np.uint8)
    lines[:, 1:] = plain
    lines[1:, 1:] -= plain[:-1]
    head = struct.pack(">IIBBBBB", columns, rows, 16, _COLOR_TYPES[channels], 0, 0, 0)
    chunks = [(b"IHDR", head), *(one[:2] for one in info.chunks)]
    chunks += [(b"IDAT", zlib.compress(lines.tobytes(), _COMPRESS_LEVEL)), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def stamped(rgba: np.ndarray, words: str = "SIMULATED") -> np.ndarray:
    """A copy of a picture with words in its lower left corner, white on black: nobody shall take it for a photograph.

    Parameters
    ----------
    rgba : array of uint8 or uint16, shape (rows, columns, 4)
    words : str
    """
    rows, columns = rgba.shape[:2]
    size = int(np.clip(min(rows / 18.0, columns / (0.75 * len(words))), _SMALLEST_TEXT_PX, _LARGEST_TEXT_PX))
    font, margin = ImageFont.load_default(size), size // 3
    left, top, right, bottom = (int(edge) for edge in font.getbbox(words))
    shape = right - left + 2 * margin + 1, bottom - top + 2 * margin + 1
    label = Image.new("RGBA", shape, (0, 0, 0, 255))
    ImageDraw.Draw(label).text((margin - left, margin - top), words, font=font, fill=(255, 255, 255, 255))
    stamp = np.asarray(label)[:rows, :columns].astype(rgba.dtype) * (np.iinfo(rgba.dtype).max // 255)
    result = rgba.copy()
    result[-len(stamp) :, : stamp.shape[1]] = stamp
    return result


def _mean_hue(radiance_factor: np.ndarray, covered: np.ndarray, complete: np.ndarray) -> np.ndarray | None:
    """Mean of each band where all have data; None where that is too little ground, or too dark, to tell a hue."""
    if np.count_nonzero(complete) < max(1.0, _MIN_HUE_SHARE * np.count_nonzero(covered)):
        return None
    step = max(1, int(np.sqrt(np.count_nonzero(complete) / _HUE_PIXELS)))
    sample = complete[::step, ::step]
    mean = radiance_factor[:, ::step, ::step][:, sample].mean(axis=1, dtype=float)
    return mean if (mean > 0.0).all() else None
