"""The geologic map of Io, USGS SIM 3168: which unit lies where."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import shapefile
import shapely

from perijove.errors import FormatError, InputError

__all__ = ["UNIT_CLASSES", "GeologicMap", "read_geologic_map"]

UNIT_CLASSES = MappingProxyType({"PF": "patera floor", "F": "flow", "P": "plains", "M": "mountain", "T": "tholus"})
"""Class of a unit by the letters that its symbol begins with, the longest that fit."""
_LON_SLACK_DEG = 1e-3


@dataclass(frozen=True)
class GeologicMap:
    """Polygons of units, in longitude and latitude.

    Attributes
    ----------
    symbols, names : tuple of str
        Of each polygon: ``PFd``, ``Patera floor, dark``.
    area_km2 : array, shape (n,)
        As the map's table has it.
    """

    symbols: tuple[str, ...]
    names: tuple[str, ...]
    area_km2: np.ndarray
    _tree: Any = field(repr=False)

    def polygon_at(self, lat_deg: np.ndarray, lon_east_deg: np.ndarray) -> np.ndarray:
        """Index of the polygon at places, shape of the places; -1 where the map has none.

        Edges are straight in longitude and latitude, as the map's own are. Near the poles, where polygons run from edge
        to edge, that is exact; nothing is mapped beyond latitude 89.
        """
        shape = np.broadcast_shapes(np.shape(lat_deg), np.shape(lon_east_deg))
        lat, lon = (np.broadcast_to(each, shape).ravel() for each in (lat_deg, lon_east_deg))
        points = shapely.points(np.mod(lon + 180.0, 360.0) - 180.0, lat)
        which, polygon = self._tree.query(points, predicate="intersects")
        found = np.full(points.size, -1)
        found[which[::-1]] = polygon[::-1]  # on an edge between two, the first
        return found.reshape(shape)

    def class_of(self, polygon: int) -> str:
        """Class of a polygon's unit; ``unmapped`` for -1 and where the map has no data."""
        symbol = self.symbols[polygon] if polygon >= 0 else ""
        fitting = [start for start in UNIT_CLASSES if symbol.startswith(start)]
        return UNIT_CLASSES[max(fitting, key=len)] if fitting and symbol != "NoData" else "unmapped"


def read_geologic_map(path: Path) -> GeologicMap:
    """Read the map's shapefile.

    Parameters
    ----------
    path : Path
        The .shp file, with .dbf and .shx beside it.

    Raises
    ------
    InputError
        If a file is missing.
    FormatError
        If it is no shapefile, lacks a field, or its longitudes are not from -180 to 180.
    """
    for end in (".shp", ".dbf", ".shx"):
        if not path.with_suffix(end).is_file():
            raise InputError(f"{path.with_suffix(end)}: is not there; the geologic map is .shp, .dbf and .shx together")
    read: Callable[[str], Any] = shapefile.Reader
    try:
        with read(str(path)) as reader:
            rows = [record.as_dict() for record in reader.iterRecords()]
            outlines = [shapely.geometry.shape(one.__geo_interface__) for one in reader.iterShapes()]
            low, _, high, _ = reader.bbox
    except (shapefile.ShapefileException, OSError, ValueError, IndexError, struct.error) as error:
        raise FormatError(f"{path.name}: is no shapefile of polygons ({error})") from None
    missing = [name for name in ("Unit", "UnitName", "AreaKM2") if not rows or name not in rows[0]]
    if missing:
        raise FormatError(f"{path.name}: has no field {missing[0]}; needed are Unit, UnitName and AreaKM2")
    if low < -180.0 - _LON_SLACK_DEG or high > 180.0 + _LON_SLACK_DEG:
        raise FormatError(f"{path.name}: longitudes from {low:g} to {high:g}; expected are -180 to 180, positive east")
    return GeologicMap(
        tuple(row["Unit"].strip() for row in rows),
        tuple(row["UnitName"].strip() for row in rows),
        np.array([row["AreaKM2"] for row in rows]),
        shapely.STRtree(outlines),
    )
