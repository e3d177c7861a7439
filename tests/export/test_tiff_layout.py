"""TIFFs laid out to be read in parts.

Authority: independent (GDAL reads what was laid out anew, and knows its layout) and law (each tile has its size before
it and its last four bytes after it, as the note promises).
"""

import struct
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.testing import assert_array_equal
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.shutil import copy

from perijove.export.rasters.tiff_layout import cloud_optimised


def tiff(planes: np.ndarray, *, smaller: list[int]) -> bytes:
    """A tiled TIFF by GDAL, directories before data."""
    bands, rows, columns = planes.shape
    options = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "DEFLATE", "endianness": "LITTLE"}
    shape = {"width": columns, "height": rows, "count": bands, "dtype": planes.dtype.name}
    with MemoryFile() as memory:
        with rasterio.open("", "w+", driver="MEM", transform=rasterio.Affine.scale(2.0), **shape) as dataset:
            dataset.write(planes)
            dataset.update_tags(WHAT="a test")
            if smaller:
                dataset.build_overviews(smaller, Resampling.nearest)
            copy(dataset, memory.name, driver="GTiff", interleave="BAND", copy_src_overviews=True, **options)
        return bytes(memory.getbuffer())


@pytest.mark.parametrize(("shape", "smaller"), [((3, 200, 333), [2, 4]), ((1, 50, 60), []), ((2, 64, 64), [2, 4])])
def test_gdal_reads_the_same_and_knows_the_layout(tmp_path: Path, shape: tuple[int, ...], smaller: list[int]) -> None:
    planes = np.random.default_rng(0).integers(0, 60_000, shape, dtype=np.uint16)
    path = tmp_path / "x.tif"
    path.write_bytes(cloud_optimised(tiff(planes, smaller=smaller)))
    with rasterio.open(path) as dataset:
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.tags()["WHAT"] == "a test"
        assert_array_equal(dataset.read(), planes)
        assert dataset.overviews(1) == smaller
        if smaller:
            half = (-(-shape[1] // 2), -(-shape[2] // 2))
            assert set(dataset.read(1, out_shape=half).ravel()) <= set(planes[0].ravel())


def test_each_tile_has_its_leader_and_trailer() -> None:
    planes = np.random.default_rng(0).integers(0, 60_000, (2, 130, 130), dtype=np.uint16)
    laid = cloud_optimised(tiff(planes, smaller=[]))
    (place,) = struct.unpack_from("<I", laid, 4)
    found = {}
    for entry in range(place + 2, place + 2 + 12 * struct.unpack_from("<H", laid, place)[0], 12):
        tag, kind, count = struct.unpack_from("<HHI", laid, entry)
        if tag in {324, 325}:
            (values,) = struct.unpack_from("<I", laid, entry + 8)
            found[tag] = np.frombuffer(laid, {3: "<u2", 4: "<u4"}[kind], count, values).astype(int)
    assert len(found[324]) == 2 * 9
    for offset, size in zip(found[324], found[325], strict=True):
        assert struct.unpack_from("<I", laid, offset - 4) == (size,)
        assert laid[offset + size : offset + size + 4] == laid[offset + size - 4 : offset + size]


def test_what_is_no_such_tiff_is_refused() -> None:
    with pytest.raises(ValueError, match="little-endian"):
        cloud_optimised(b"MM\0*" + bytes(100))
