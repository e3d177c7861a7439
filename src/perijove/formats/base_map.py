"""Base maps: global mosaics in simple cylindrical projection, as published by the USGS and others."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from perijove.errors import FormatError
from perijove.formats.image import SourceFile
from perijove.formats.sources import read_source

__all__ = ["BaseMap", "read_base_map"]

_MAX_PIXELS = 400_000_000
_ASPECT_TOLERANCE = 0.01  # the USGS mosaics are 5723 x 2862


@dataclass(frozen=True)
class BaseMap:
    """A global map: equirectangular, planetocentric, north up, east to the right.

    Attributes
    ----------
    values : array, shape (rows, columns, channels), float32
        0 to 1; channels are RED, GREEN, BLUE or one grey.
    left_lon_east_deg : float
        East longitude of the left edge.
    source : SourceFile
    """

    values: np.ndarray
    left_lon_east_deg: float
    source: SourceFile

    def sample(self, lat_deg: np.ndarray, lon_east_deg: np.ndarray) -> np.ndarray:
        """Interpolate bilinearly.

        Parameters
        ----------
        lat_deg, lon_east_deg : array, shape (...)
            Planetocentric.

        Returns
        -------
        array, shape (..., channels)
            NaN where the coordinates are.
        """
        rows, columns, _ = self.values.shape
        fx = np.mod(lon_east_deg - self.left_lon_east_deg, 360.0) / 360.0 * columns - 0.5
        fy = (90.0 - np.asarray(lat_deg)) / 180.0 * rows - 0.5
        known = np.isfinite(fx) & np.isfinite(fy)
        fx, fy = np.where(known, fx, 0.0), np.clip(np.where(known, fy, 0.0), 0.0, rows - 1.0)
        j, i = np.floor(fx).astype(int), np.minimum(np.floor(fy).astype(int), rows - 2)
        dx, dy = (fx - j)[..., None], (fy - i)[..., None]
        left, right = j % columns, (j + 1) % columns
        top = (1.0 - dx) * self.values[i, left] + dx * self.values[i, right]
        bottom = (1.0 - dx) * self.values[i + 1, left] + dx * self.values[i + 1, right]
        result: np.ndarray = np.where(known[..., None], (1.0 - dy) * top + dy * bottom, np.nan)
        return result


def read_base_map(path: Path, *, left_lon_east_deg: float = 0.0) -> BaseMap:
    """Read a global equirectangular mosaic.

    Parameters
    ----------
    path : Path
        JPEG, PNG or TIFF, twice as wide as high; 8 or 16 bits; real numbers count from 0 to 1, or to the
        largest where that is more.
    left_lon_east_deg : float
        East longitude of the left edge: 0 for the USGS mosaics of Io (centre 180), -180 for those centred on 0.

    Raises
    ------
    InputError
        If the file is missing.
    FormatError
        If it is not a picture, or not twice as wide as high.
    """
    path = Path(path)
    content, source = read_source(path)
    try:
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, _MAX_PIXELS)
        # Pillow warns of tags that it cannot read; for pixels that it cannot read it raises.
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(content)) as picture:
            columns, rows = picture.size
            if abs(columns / (2.0 * rows) - 1.0) > _ASPECT_TOLERANCE:
                raise FormatError(
                    f"{path.name}: {columns} x {rows} pixels; a global equirectangular map is twice as wide as high"
                )
            values = _values(picture, path.name)
    except UnidentifiedImageError:  # its message names the stream, not the file
        raise FormatError(f"{path.name}: not a picture; give a JPEG, PNG or TIFF") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise FormatError(f"{path.name}: not a readable picture ({error}); JPEG, PNG and TIFF are") from None
    values = values.reshape(rows, columns, -1)
    values.setflags(write=False)
    return BaseMap(values, float(left_lon_east_deg), source)


def _values(picture: Image.Image, name: str) -> np.ndarray:
    """Pixels from 0 to 1, float32; `FormatError` where they are no brightness."""
    if not picture.mode.startswith(("I", "F")):
        return np.asarray(picture.convert("L" if picture.mode == "L" else "RGB")).astype(np.float32) / 255.0
    values = np.asarray(picture).astype(np.float32)
    least, most = float(values.min()), float(values.max())
    if not (least >= 0.0 and most < np.inf):  # NaN compares with nothing
        raise FormatError(f"{name}: holds values from {least:g} to {most:g}; brightness is finite and not negative")
    full = 1.0 if picture.mode == "F" else 65535.0
    return values / max(most, full)
