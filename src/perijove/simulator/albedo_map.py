"""Maps of Io from files as normal albedo for the simulator."""

from pathlib import Path

import numpy as np
from PIL import Image

from perijove.errors import FormatError
from perijove.formats.base_map import read_base_map

__all__ = ["MEAN_ALBEDO", "load_base_map"]

MEAN_ALBEDO = (0.40, 0.57, 0.76)
"""Area mean of Io's normal albedo in BLUE, GREEN, RED to which maps of unknown scale are brought; to 10 %.

Between the colour units of Geissler et al. 1999 (Icarus 140:265), so that the ratios of the colours are those of the
raw picture of perijove 68.
"""

_MAX_ALBEDO = 0.98


def load_base_map(path: str | Path, *, left_edge_lon_deg: float = 0.0, max_width: int = 5760) -> np.ndarray:
    """Read an equirectangular, planetocentric global map, north up, east to the right.

    Parameters
    ----------
    path : str or Path
        JPEG, PNG or TIFF, grey or colour.
    left_edge_lon_deg : float
        East longitude of the left edge. 0 for the USGS mosaics of Io, which are centred on 180; -180 for maps
        centred on longitude 0.
    max_width : int
        Wider maps are averaged to this many columns; 5760 is 2 km at the equator.

    Returns
    -------
    array, shape (rows, 2 rows, 3), float32
        Normal albedo in BLUE, GREEN, RED; longitude 0 to 360 east from left to right.

    Raises
    ------
    InputError
        Where the file cannot be read.
    FormatError
        Where it is no global map.

    Notes
    -----
    Files hold brightness, not albedo: each band is scaled so that its area mean is `MEAN_ALBEDO`. A grey map gives
    the same pattern in all colours.
    """
    source = read_base_map(Path(path), left_lon_east_deg=left_edge_lon_deg)
    rows, columns, channels = source.values.shape
    width = min(columns - columns % 2, max_width)
    albedo = np.empty((width // 2, width, 3), np.float32)
    weight = np.cos(np.pi * (0.5 - (np.arange(width // 2) + 0.5) / (width // 2)))[:, None]
    for band, wanted in enumerate(MEAN_ALBEDO):
        values = Image.fromarray(np.ascontiguousarray(source.values[..., 0 if channels == 1 else 2 - band]))
        if (columns, rows) != (width, width // 2):
            values = values.resize((width, width // 2), Image.Resampling.BOX)
        plane = np.asarray(values)
        mean = float((plane * weight).mean() / weight.mean())
        if mean <= 0.0:
            raise FormatError(f"{Path(path).name}: a colour is black all over; give a map with all its bands")
        albedo[..., band] = np.clip(plane * (wanted / mean), 0.0, _MAX_ALBEDO)
    return np.roll(albedo, round(left_edge_lon_deg / 360.0 * width), axis=1)
