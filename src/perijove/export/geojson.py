"""Footprints, ground tracks and areas as GeoJSON on a body's own sphere.

The files are RFC 7946 but for one thing: that standard knows the Earth only, so the member ``crs`` of its
predecessor names the body's coordinate system (GDAL and QGIS read it). Longitudes are planetocentric, positive EAST,
-180 to 180, and come before the latitude; polygons run counterclockwise and are cut at 180 deg.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import BODIES
from perijove.geometry.ellipsoid import surface_point_km
from perijove.geometry.rings import cut_line, cut_ring
from perijove.passes.vantage import Vantage
from perijove.scene.footprints import Footprint, SeenSurface, disc_outline, lit_disc_outline
from perijove.timescales import tdb_to_utc

__all__ = [
    "area_feature",
    "disc_features",
    "feature_collection",
    "footprint_feature",
    "geojson_text",
    "ground_track_feature",
    "point_feature",
    "polygon_feature",
    "write_geojson",
]

_DECIMALS = 6  # of a degree: 3 cm on Io
_TIME_DIGITS = 3


def feature_collection(features: Sequence[Mapping[str, object]], *, name: str, body: str = "IO") -> dict[str, object]:
    """Features with the coordinate system to which they belong.

    Parameters
    ----------
    features : sequence of mapping
        Made by the other functions of this module.
    name : str
        What GIS programs call the layer.
    body : str
        ``IO`` or ``JUPITER``. Other bodies get no ``crs``: their coordinate systems are not among Perijove's facts.
    """
    crs = {}
    if body in BODIES:
        authority, code = BODIES[body].crs.replace("_", ":").rsplit(":", 1)
        crs = {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{authority}:{code}"}}}
    return {"type": "FeatureCollection", "name": name, **crs, "features": list(features)}


def geojson_text(collection: Mapping[str, object]) -> str:
    """One feature a line, so that the files can be compared; NaN does not occur."""
    head = {key: value for key, value in collection.items() if key != "features"}
    features = collection["features"]
    assert isinstance(features, list)
    lines = ",\n".join(json.dumps(feature, allow_nan=False, ensure_ascii=False) for feature in features)
    return json.dumps(head, ensure_ascii=False)[:-1] + f', "features": [\n{lines}\n]}}\n'


def write_geojson(path: Path, collection: Mapping[str, object]) -> None:
    """Write a collection as UTF-8."""
    path.write_text(geojson_text(collection), encoding="utf-8")


def footprint_feature(footprint: Footprint) -> dict[str, object]:
    """A framelet's footprint: Polygon or MultiPolygon with its geometry.

    Parameters
    ----------
    footprint : Footprint
        As `perijove.scene.footprints.framelet_footprints` gives it.

    Returns
    -------
    dict
        Properties: ``index`` of the framelet (from 0) and ``frame`` (from 1), as in the product JSON, ``filter``,
        ``mid_time_utc``, ``whole_disc``, and of ``range_km``, ``resolution_km_per_px``, ``emission_deg`` and
        ``incidence_deg`` the mean over the framelet's pixels on the ground, with ``_min`` and ``_max``.
    """
    properties: dict[str, object] = {
        "index": footprint.framelet,
        "frame": footprint.frame + 1,
        "filter": footprint.filter_name,
        "mid_time_utc": tdb_to_utc(footprint.time_tdb, digits=_TIME_DIGITS),
        "whole_disc": footprint.whole_disc,
        **_statistics("range_km", footprint.range_km, 3),
        **_statistics("resolution_km_per_px", footprint.resolution_km, 6),
        **_statistics("emission_deg", footprint.emission_deg, 3),
        **_statistics("incidence_deg", footprint.incidence_deg, 3),
    }
    return area_feature(footprint.outlines_km, properties)


def area_feature(outlines_km: Sequence[ArrayLike], properties: Mapping[str, object]) -> dict[str, object]:
    """Ground within rings as Polygon, or MultiPolygon where there are several or the meridian of 180 deg cuts one.

    Parameters
    ----------
    outlines_km : sequence of array, shape (n, 3)
        Rings of ground points, body-fixed; what they enclose lies to the left.
    properties : mapping
        What belongs to it.
    """
    return polygon_feature([[polygon] for outline in outlines_km for polygon in cut_ring(outline)], properties)


def polygon_feature(polygons: Sequence[Sequence[np.ndarray]], properties: Mapping[str, object]) -> dict[str, object]:
    """Polygons that are cut already, as Polygon, or MultiPolygon where there are several.

    Parameters
    ----------
    polygons : sequence of sequence of array, shape (n, 2)
        Exterior, counterclockwise, and holes, clockwise: east longitude and latitude, the first corner repeated.
    properties : mapping
        What belongs to it.
    """
    parts = [[_corners(ring) for ring in polygon] for polygon in polygons]
    single = len(parts) == 1
    geometry = {"type": "Polygon" if single else "MultiPolygon", "coordinates": parts[0] if single else parts}
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}


def disc_features(seen: Vantage, index: int, properties: Mapping[str, object] | None = None) -> list[dict[str, object]]:
    """Ground that an observer sees at one time, and the sunlit part of it, as polygons.

    Parameters
    ----------
    seen : Vantage
        Where he stands.
    index : int
        Which of its times.
    properties : mapping or None
        Added to ``area`` (``visible`` or ``visible_lit``), ``observer`` and ``time_utc``.

    Returns
    -------
    list of dict
        Two features, or one where all that is seen lies in night. Jupiter's shadow is not considered.
    """
    shared = {
        "observer": seen.observer,
        "time_utc": tdb_to_utc(float(seen.times_tdb[index]), digits=_TIME_DIGITS),
        **(properties or {}),
    }
    position, sun = seen.position_km[index], seen.sun[index]
    areas = {
        "visible": disc_outline(position, seen.radii_km),
        "visible_lit": lit_disc_outline(position, sun, seen.radii_km),
    }
    return [area_feature([ring], {"area": name, **shared}) for name, ring in areas.items() if ring is not None]


def ground_track_feature(
    lat_deg: ArrayLike, lon_east_deg: ArrayLike, tdb: ArrayLike, properties: Mapping[str, object]
) -> dict[str, object]:
    """Track of a sub-point as LineString, or MultiLineString where the meridian of 180 deg cuts it.

    Parameters
    ----------
    lat_deg, lon_east_deg : array, shape (n,)
        Planetocentric; in order of time, steps of longitude below 180 deg.
    tdb : array, shape (n,)
        TDB seconds past J2000.
    properties : mapping
        What belongs to it; ``times_utc`` is added: a time for each coordinate, nested as these are.
    """
    times = np.asarray(tdb, dtype=float)
    # On a sphere: latitudes are planetocentric already, and only directions count.
    pieces = cut_line(surface_point_km(lat_deg, lon_east_deg, np.ones(3)))
    lines = [_corners(corners) for corners, _ in pieces]
    clocks = [
        [tdb_to_utc(float(t), digits=_TIME_DIGITS) for t in np.interp(number, np.arange(len(times)), times)]
        for _, number in pieces
    ]
    single = len(lines) == 1
    return {
        "type": "Feature",
        "properties": {**properties, "times_utc": clocks[0] if single else clocks},
        "geometry": {
            "type": "LineString" if single else "MultiLineString",
            "coordinates": lines[0] if single else lines,
        },
    }


def point_feature(lat_deg: float, lon_east_deg: float, properties: Mapping[str, object]) -> dict[str, object]:
    """A place with what is known of it."""
    coordinates = [round(float(lon_east_deg), _DECIMALS), round(float(lat_deg), _DECIMALS)]
    geometry = {"type": "Point", "coordinates": coordinates}
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}


def _corners(line: np.ndarray) -> list[list[float]]:
    """Coordinates, rounded, without neighbours that rounding made equal."""
    rounded = np.round(line, _DECIMALS)
    keep = np.append(True, np.any(np.diff(rounded, axis=0) != 0.0, axis=1))
    pairs: list[list[float]] = (rounded[keep] + 0.0).tolist()  # no minus zeros
    return pairs


def _statistics(name: str, seen: SeenSurface, digits: int) -> dict[str, float]:
    return {
        name: round(seen.mean, digits),
        f"{name}_min": round(seen.least, digits),
        f"{name}_max": round(seen.most, digits),
    }
