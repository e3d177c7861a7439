"""A raster block by block: how a block is packed, and how packed blocks become a Cloud-Optimised GeoTIFF of any size.

GDAL composes such a file from a whole raster that already lies somewhere. Here the blocks are packed where they are
made, once, and only copied in the end; the memory that takes does not depend on the size of the map.
"""

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import rasterio
from rasterio.enums import ColorInterp
from rasterio.io import MemoryFile
from rasterio.shutil import copy

from perijove.export.rasters.geotiff import Band, band_tags, memory_raster
from perijove.export.rasters.tiff_layout import NOTE

__all__ = ["BLOCK", "Level", "halved", "pack", "reduced_sizes", "write_blocks"]

BLOCK = 256
_ZLIB_LEVEL = 1  # level 6 saves 4 to 8 % of the size and costs twice the time
_LONG8, _LONG = 16, 4
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WIDTH, _HEIGHT, _OFFSETS, _SIZES, _SUBFILE = 256, 257, 324, 325, 254
# What a reduced copy needs of the tags of the full one: layout, packing, type of the values, and no data.
_OF_REDUCED = {258, 259, 262, 277, 284, 317, 322, 323, 338, 339, 42113}


def pack(values: np.ndarray) -> bytes:
    """Pack a block as TIFF's DEFLATE with predictor: floats by byte planes, integers by differences.

    Parameters
    ----------
    values : array, shape (rows, columns)
        float32 or unsigned integers; filled up to 256 x 256 with NaN or 0.

    Returns
    -------
    bytes
        Empty where there are no data at all: such blocks are not stored.
    """
    floating = values.dtype.kind == "f"
    if np.isnan(values).all() if floating else not values.any():
        return b""
    block = np.full((BLOCK, BLOCK), np.nan if floating else 0, values.dtype)
    block[: values.shape[0], : values.shape[1]] = values
    if floating:  # TIFF technical note 3: bytes of a row by significance, the highest first, then differences
        planes = block.astype("<f4").view(np.uint8).reshape(BLOCK, BLOCK, 4)[:, :, ::-1].transpose(0, 2, 1)
        words: np.ndarray = np.ascontiguousarray(planes).reshape(BLOCK, -1)
    else:
        words = block.astype(block.dtype.newbyteorder("<"))
    words[:, 1:] = words[:, 1:] - words[:, :-1]
    return zlib.compress(words.tobytes(), _ZLIB_LEVEL)


def halved(values: np.ndarray, *, mean: bool) -> np.ndarray:
    """Every second pixel of a raster, or means of 2 x 2 of what has data; odd edges count as far as they go."""
    if not mean:
        return np.ascontiguousarray(values[..., ::2, ::2])
    *_, rows, columns = values.shape
    shape = (*values.shape[:-2], -(-rows // 2), -(-columns // 2))
    total, count = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for i in range(2):
        for j in range(2):
            part = values[..., i::2, j::2]
            known = np.isfinite(part)
            corner = (..., slice(part.shape[-2]), slice(part.shape[-1]))
            total[corner] += np.where(known, part, np.float32(0.0))
            count[corner] += known
    with np.errstate(invalid="ignore"):
        means: np.ndarray = total / np.where(count > 0.0, count, np.float32(np.nan))
    return means


def reduced_sizes(shape: tuple[int, int]) -> list[tuple[int, int]]:
    """Rows and columns of a raster and its reduced copies, each half of the one before, down to a single block."""
    sizes = [shape]
    while max(sizes[-1]) > BLOCK:
        sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
    return sizes


@dataclass(frozen=True)
class Level:
    """A raster or one of its reduced copies as packed blocks.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns of pixels.
    sizes : array of int, shape (bands, block rows, block columns)
        Bytes of each block, 0 where it has no data.
    read : callable
        Bytes of the block of a band, row and column.
    """

    shape: tuple[int, int]
    sizes: np.ndarray
    read: Callable[[int, int, int], bytes]


def write_blocks(
    file: BinaryIO,
    levels: Sequence[Level],
    bands: Sequence[Band],
    *,
    crs: str | None,
    transform: Sequence[float],
    tags: Mapping[str, str],
) -> None:
    """Write packed blocks as Cloud-Optimised GeoTIFF (BigTIFF).

    Parameters
    ----------
    file : binary file
        Written from its beginning, in order.
    levels : sequence of Level
        The raster, then its reduced copies.
    bands : sequence of Band
        What the bands are; the values of one block, for their type alone.
    crs, transform, tags
        As in `perijove.export.rasters.geotiff.write_cog`.
    """
    entries = _template(bands, crs=crs, transform=transform, tags=tags)
    heads = [
        _directory(entries if number == 0 else {k: v for k, v in entries.items() if k in _OF_REDUCED}, level, number)
        for number, level in enumerate(levels)
    ]
    # 1. Where everything will lie: directories, then the data of the smallest copy first.
    starts, at = [], 16 + len(NOTE)
    for head in heads:
        starts.append(at)
        at += _directory_bytes(head)
    offsets: list[np.ndarray] = [np.zeros(0)] * len(levels)
    for number in reversed(range(len(levels))):
        sizes = levels[number].sizes.ravel().astype(np.int64)
        room = np.where(sizes > 0, sizes + 8, 0)
        offsets[number] = np.where(sizes > 0, at + np.cumsum(room) - room + 4, 0)
        at += int(room.sum())
    # 2. Header, note on the layout, directories.
    file.write(struct.pack("<2sHHHQ", b"II", 43, 8, 0, starts[0]) + NOTE)
    for number, head in enumerate(heads):
        head[_OFFSETS] = (_LONG8, offsets[number].astype("<u8").tobytes())
        following = starts[number + 1] if number + 1 < len(heads) else 0
        file.write(_directory_text(head, starts[number], following))
    # 3. Data; each block between its size and its last four bytes.
    for level in reversed(levels):
        for band, row, column in np.argwhere(level.sizes > 0):
            block = level.read(int(band), int(row), int(column))
            file.write(struct.pack("<I", len(block)))
            file.write(block)
            file.write(block[-4:])


_Entries = dict[int, tuple[int, bytes]]


def _template(
    bands: Sequence[Band], *, crs: str | None, transform: Sequence[float], tags: Mapping[str, str]
) -> _Entries:
    """Tags that GDAL writes for such bands: type and values of each."""
    packing = {
        "compress": "DEFLATE", "predictor": 3 if bands[0].values.dtype.kind == "f" else 2, "tiled": True,
        "blockxsize": BLOCK, "blockysize": BLOCK, "interleave": "BAND", "endianness": "LITTLE", "BIGTIFF": "YES",
    }  # fmt: skip
    with (
        rasterio.Env(),
        MemoryFile() as memory,
        memory_raster(bands, crs=crs, transform=transform) as dataset,
    ):
        for number, band in enumerate(bands, start=1):
            dataset.update_tags(number, **band_tags(band))
        dataset.colorinterp = [ColorInterp[band.color or "undefined"] for band in bands]
        dataset.update_tags(AREA_OR_POINT="Area", **tags)
        copy(dataset, memory.name, driver="GTiff", **packing)
        content = bytes(memory.getbuffer())
    (place,) = struct.unpack_from("<Q", content, 8)
    (count,) = struct.unpack_from("<Q", content, place)
    entries: _Entries = {}
    for k in range(count):
        tag, kind, number = struct.unpack_from("<HHQ", content, place + 8 + 20 * k)
        at, size = place + 8 + 20 * k + 12, number * _TYPE_BYTES[kind]
        if size > 8:
            (at,) = struct.unpack_from("<Q", content, at)
        entries[tag] = (kind, content[at : at + size])
    return entries


def _directory(entries: _Entries, level: Level, number: int) -> _Entries:
    """Tags of a level: those of the template with its own size and blocks, offsets still open."""
    own = {
        _WIDTH: (_LONG, struct.pack("<I", level.shape[1])),
        _HEIGHT: (_LONG, struct.pack("<I", level.shape[0])),
        _OFFSETS: (_LONG8, bytes(8 * level.sizes.size)),
        _SIZES: (_LONG, level.sizes.astype("<u4").tobytes()),
    }
    if number:
        own[_SUBFILE] = (_LONG, struct.pack("<I", 1))
    return dict(sorted((entries | own).items()))


def _directory_bytes(entries: _Entries) -> int:
    """Bytes of a directory with the values that lie beyond it."""
    return 16 + 20 * len(entries) + sum(_even(len(values)) for _, values in entries.values() if len(values) > 8)


def _even(size: int) -> int:
    """Size with what brings the next value to a whole word."""
    return (size + 7) // 8 * 8


def _directory_text(entries: _Entries, start: int, following: int) -> bytes:
    """A directory that begins at `start`, with the values that lie beyond it."""
    beyond = start + 16 + 20 * len(entries)
    table, rest = [struct.pack("<Q", len(entries))], []
    for tag, (kind, values) in entries.items():
        head = struct.pack("<HHQ", tag, kind, len(values) // _TYPE_BYTES[kind])
        if len(values) > 8:
            head += struct.pack("<Q", beyond)
            rest.append(values.ljust(_even(len(values)), b"\0"))
            beyond += len(rest[-1])
        else:
            head += values.ljust(8, b"\0")
        table.append(head)
    return b"".join([*table, struct.pack("<Q", following), *rest])
