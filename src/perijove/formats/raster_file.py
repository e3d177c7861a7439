"""Bands of GeoTIFFs by their names, with the projection that the file states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioError

from perijove.errors import FormatError
from perijove.formats.image import SourceFile
from perijove.formats.sources import source_file

__all__ = ["RasterFile", "read_raster"]


@dataclass(frozen=True)
class RasterFile:
    """A raster as read.

    Attributes
    ----------
    bands : mapping
        Arrays of shape (rows, columns), float32, NaN where there are no data, by name.
    projection : mapping
        PROJ's parameters, ``proj``, ``lat_0``, ``lon_0`` and ``R`` (m) among them; empty for a picture that is no map.
    left_m, top_m, pixel_m : float
        Outer corner of the first pixel in the projection, and size of a pixel.
    step : int
        How many of the file's pixels along a side were averaged to one.
    tags : mapping
    source : SourceFile
    """

    bands: Mapping[str, np.ndarray]
    projection: Mapping[str, object]
    left_m: float
    top_m: float
    pixel_m: float
    step: int
    tags: Mapping[str, str]
    source: SourceFile


def read_raster(path: Path, *, wanted: Sequence[str] | None = None, most_pixels: float = np.inf) -> RasterFile:
    """Read a GeoTIFF.

    Parameters
    ----------
    path : Path
    wanted : sequence of str, optional
        Names of bands; those that the file lacks are left out. None reads all. Bands without a name get that of their
        number.
    most_pixels : float
        A larger raster is averaged over squares of whole pixels.

    Raises
    ------
    InputError
        If the file is missing.
    FormatError
        If it is no raster, or its pixels are not square with north up.
    """
    source = source_file(path)
    try:
        with rasterio.open(path) as file:
            names = [name or str(number) for number, name in enumerate(file.descriptions, start=1)]
            step = max(1, int(np.ceil(np.sqrt(file.width * file.height / most_pixels))))
            shape = (file.height // step, file.width // step)
            across, turn_x, left, turn_y, down, top = tuple(file.transform)[:6]
            if turn_x or turn_y or abs(across + down) > 1e-6 * abs(across):
                raise FormatError(f"{path.name}: its pixels are not square with north up; warp it to such a grid first")
            window = rasterio.windows.Window(0, 0, shape[1] * step, shape[0] * step)
            bands = {
                name: file.read(
                    number,
                    window=window,
                    out_shape=shape,
                    resampling=Resampling.average if step > 1 else Resampling.nearest,
                    masked=True,
                    out_dtype="float32",
                ).filled(np.nan)
                for number, name in enumerate(names, start=1)
                if wanted is None or name in wanted
            }
            projection = file.crs.to_dict() if file.crs is not None else {}
            tags = dict(file.tags())
    except RasterioError as error:
        raise FormatError(f"{path.name}: not a readable GeoTIFF ({' '.join(str(error).split())})") from None
    return RasterFile(bands, projection, float(left), float(top), float(across) * step, step, tags, source)
