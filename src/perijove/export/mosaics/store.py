"""Where the tiles of a mosaic lie until all are done: packed as they will be written, so that a stopped run goes on.

A folder beside the products, named by what the mosaic is made of, holds two files: packed blocks one after the other,
and a line for each tile that tells where its blocks lie. A line is written after its blocks: whatever ends a run, the
next one finds each tile whole or not at all.
"""

import json
import os
import shutil
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from perijove.export.mosaics.bands import RASTERS, MosaicBands
from perijove.export.rasters.blocks import BLOCK, Level, halved, pack, reduced_sizes, write_blocks
from perijove.export.rasters.geotiff import Band, rounded
from perijove.mosaic.tiles import TILE, Piece, TileMap, blended

__all__ = ["PackedTile", "TileStore", "packed", "packed_piece"]

_SIDE = TILE // BLOCK  # blocks along a tile
_QUARTER = TILE // 4  # pixels along a tile of the second reduced copy, which is kept to make the others from
_MEAN = ("map",)  # means of brightness mean something; those of angles and flags do not


@dataclass(frozen=True)
class PackedTile:
    """A tile as it is stored.

    Attributes
    ----------
    row, column : int
        Its place.
    covered : int
        Ground points that some band shows.
    sizes : mapping of str to list
        By raster, for each band: bytes of the blocks of full size, row by row, of the block of half size, and of the
        pixels of quarter size. Empty where the tile shows nothing.
    content : bytes
        All of them, in this order.
    """

    row: int
    column: int
    covered: int
    sizes: Mapping[str, list[list[int]]]
    content: bytes


def packed_piece(work: tuple[Piece, MosaicBands]) -> PackedTile:
    """Make and pack one tile: what is done on a cluster."""
    piece, bands = work
    return packed(piece.tile.row, piece.tile.column, blended(piece), bands)


def packed(row: int, column: int, made: TileMap | None, bands: MosaicBands) -> PackedTile:
    """Pack a tile; None for one that shows nothing."""
    if made is None:
        return PackedTile(row, column, 0, {}, b"")
    sizes: dict[str, list[list[int]]] = {}
    parts: list[bytes] = []
    for raster, some in bands.of(made).items():
        sizes[raster] = []
        for band in some:
            own = _packed_band(rounded(band, band.values.dtype), mean=raster in _MEAN)
            sizes[raster].append([len(part) for part in own])
            parts += own
    return PackedTile(row, column, made.covered, sizes, b"".join(parts))


def _packed_band(values: np.ndarray, *, mean: bool) -> list[bytes]:
    """Blocks of full and half size, and the pixels of quarter size, empty without data."""
    blocks = [
        pack(values[i * BLOCK : (i + 1) * BLOCK, j * BLOCK : (j + 1) * BLOCK]) if _begins(values, i, j) else b""
        for i in range(_SIDE)
        for j in range(_SIDE)
    ]
    half = halved(values, mean=mean)
    quarter = halved(half, mean=mean)
    blank = bool(np.isnan(quarter).all() if quarter.dtype.kind == "f" else not quarter.any())
    return [*blocks, pack(half), b"" if blank else zlib.compress(np.ascontiguousarray(quarter).tobytes(), 1)]


def _begins(values: np.ndarray, i: int, j: int) -> bool:
    return bool(i * BLOCK < values.shape[0] and j * BLOCK < values.shape[1])


class TileStore:
    """The packed tiles of a mosaic in a folder, in whatever order they come.

    Parameters
    ----------
    folder : Path
        Made if missing; what an earlier run left there is taken up.
    shape : tuple of int
        Rows and columns of pixels of the map.
    bands : MosaicBands
    """

    def __init__(self, folder: Path, shape: tuple[int, int], bands: MosaicBands) -> None:
        self.folder, self._shape, self._bands = folder, shape, bands
        self.covered: dict[tuple[int, int], int] = {}
        self._index: dict[tuple[int, int], tuple[int, Mapping[str, list[list[int]]]]] = {}

    def __enter__(self) -> Self:
        """Open the folder and read what is done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._data = os.open(self.folder / "blocks", os.O_RDWR | os.O_CREAT, 0o644)
        self._lines = (self.folder / "tiles").open("a+", encoding="ascii")
        self._lines.seek(0)
        there, kept, whole = os.fstat(self._data).st_size, 0, 0
        for line in self._lines:
            if not line.endswith("\n"):
                break  # the line that was being written when the run ended
            row, column, at, covered, sizes = json.loads(line)
            end = at + sum(size for some in sizes.values() for own in some for size in own)
            if end > there:
                break
            self._index[row, column], self.covered[row, column] = (at, sizes), covered
            kept, whole = max(kept, end), whole + len(line)
        os.ftruncate(self._data, kept)
        self._lines.truncate(whole)
        self._lines.seek(0, os.SEEK_END)
        self._end = kept
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the files; the folder stays."""
        os.close(self._data)
        self._lines.close()

    def __contains__(self, place: tuple[int, int]) -> bool:
        """Whether the tile at a row and column is done."""
        return place in self._index

    def add(self, tile: PackedTile) -> None:
        """Keep a tile.

        Raises
        ------
        OSError
            Where it cannot be written, as on a full disk; what was kept before stays good.
        """
        done = 0
        while done < len(tile.content):
            done += os.pwrite(self._data, memoryview(tile.content)[done:], self._end + done)
        at, self._end = self._end, self._end + len(tile.content)
        self._lines.write(json.dumps([tile.row, tile.column, at, tile.covered, tile.sizes]) + "\n")
        self._lines.flush()
        self._index[tile.row, tile.column], self.covered[tile.row, tile.column] = (at, tile.sizes), tile.covered

    def discard(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)

    def write(
        self, raster: str, path: Path, *, crs: str | None, transform: Sequence[float], tags: Mapping[str, str]
    ) -> None:
        """Write one of the rasters; parameters as in `perijove.export.rasters.geotiff.write_cog`."""
        bands = self._bands.blank()[raster]
        with (self.folder / "copies").open("w+b") as spool, path.open("wb") as file:
            levels = self._levels(raster, bands, spool.fileno())
            write_blocks(file, levels, bands, crs=crs, transform=transform, tags=tags)
        (self.folder / "copies").unlink()

    def band_names(self, raster: str) -> tuple[str, ...]:
        """Names of the bands of a raster, in their order."""
        return tuple(band.name for band in self._bands.blank()[raster])

    def overview(self, raster: str, band: int) -> np.ndarray:
        """A band at a quarter of the map's resolution, (rows, columns); NaN or 0 without data."""
        value = self._bands.blank()[raster][band].values
        rows, columns = (-(-n // 4) for n in self._shape)
        whole = np.full((rows, columns), np.nan if value.dtype.kind == "f" else 0, value.dtype)
        for (i, j), (at, sizes) in self._index.items():
            if not sizes or not sizes[raster][band][-1]:
                continue
            start = at + _before(sizes, raster, band, len(sizes[raster][band]) - 1)
            part = np.frombuffer(zlib.decompress(os.pread(self._data, sizes[raster][band][-1], start)), value.dtype)
            place = whole[i * _QUARTER : (i + 1) * _QUARTER, j * _QUARTER : (j + 1) * _QUARTER]
            place[...] = part.reshape(place.shape)
        return whole

    def _levels(self, raster: str, bands: Sequence[Band], spool: int) -> list[Level]:
        """The raster and its reduced copies; those below half size are made now, and packed into the spool."""
        shapes = reduced_sizes(self._shape)
        levels = [self._stored(raster, len(bands), shapes[0], _SIDE)]
        levels += [self._stored(raster, len(bands), shape, 1) for shape in shapes[1:2]]
        sizes = [np.zeros((len(bands), *_blocks(shape)), np.int64) for shape in shapes[2:]]
        where = [np.zeros_like(each) for each in sizes]
        end = 0
        for band in range(len(bands) if sizes else 0):
            values = self.overview(raster, band)
            for level in range(len(sizes)):
                for i, j in np.ndindex(sizes[level].shape[1:]):
                    block = pack(values[i * BLOCK : (i + 1) * BLOCK, j * BLOCK : (j + 1) * BLOCK])
                    sizes[level][band, i, j], where[level][band, i, j] = len(block), end
                    end += os.pwrite(spool, block, end)
                values = halved(values, mean=raster in _MEAN)
        return levels + [
            _level(shape, each, at, spool) for shape, each, at in zip(shapes[2:], sizes, where, strict=True)
        ]

    def _stored(self, raster: str, count: int, shape: tuple[int, int], side: int) -> Level:
        """A level whose blocks are in the store, `side` along each tile."""
        sizes = np.zeros((count, *_blocks(shape)), np.int64)
        where = np.zeros_like(sizes)
        first = 0 if side == _SIDE else _SIDE * _SIDE
        for (row, column), (at, own) in self._index.items():
            for band in range(count if own else 0):
                for k in range(side * side):
                    i, j = row * side + k // side, column * side + k % side
                    if i < sizes.shape[1] and j < sizes.shape[2]:
                        sizes[band, i, j] = own[raster][band][first + k]
                        where[band, i, j] = at + _before(own, raster, band, first + k)
        return _level(shape, sizes, where, self._data)


def _level(shape: tuple[int, int], sizes: np.ndarray, where: np.ndarray, file: int) -> Level:
    def read(band: int, row: int, column: int) -> bytes:
        return os.pread(file, int(sizes[band, row, column]), int(where[band, row, column]))

    return Level(shape, sizes, read)


def _blocks(shape: tuple[int, int]) -> tuple[int, int]:
    return -(-shape[0] // BLOCK), -(-shape[1] // BLOCK)


def _before(sizes: Mapping[str, list[list[int]]], raster: str, band: int, part: int) -> int:
    """Bytes of a tile before a part of a band."""
    total = 0
    for name in RASTERS:
        for number, own in enumerate(sizes[name]):
            if (name, number) == (raster, band):
                return total + sum(own[:part])
            total += sum(own)
    raise KeyError(raster)
