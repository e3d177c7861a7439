"""A map of any kind as what compares maps takes it: brightness, its errors, light, sharpness."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from perijove.constants import M_PER_KM
from perijove.errors import FormatError, InputError
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.formats.raster_file import RasterFile, read_raster
from perijove.formats.sources import source_file
from perijove.geometry.grids import global_equirectangular
from perijove.geometry.projections import MapGrid
from perijove.junocam.geometry import mid_time_tdb
from perijove.junocam.ground_error import position_sigma_km
from perijove.junocam.processing import Processed
from perijove.junocam.report import is_simulated
from perijove.timescales import tdb_to_utc

__all__ = ["GroundMap", "map_of_base_map", "map_of_picture", "read_ground_map"]

_COLORS = ("RED", "GREEN", "BLUE", "METHANE")
_PLANES = ("incidence", "emission", "phase", "resolution", "ground_resolution")
_MOST_PIXELS = 2**23  # of what is read; two maps with their planes then take less than a gigabyte
_PSF_PX = 0.6  # standard deviation of JunoCam's image of a point where a product does not tell its own
_BASE_MAP_BLUR_PX = 0.7
_BASE_MAP_SIGMA = 0.02  # relative; what is left of such a map's seams and grain at the size of its pixels
_LEAST_COSINE = 0.05
_BESIDE = ("-map.tif", "-backplanes.tif")
_PROJECTIONS = {"eqc": "equirectangular", "ortho": "orthographic"}


@dataclass(frozen=True, eq=False)
class GroundMap:
    """A map of Io.

    Attributes
    ----------
    name : str
        What it is called in figures and records.
    grid : MapGrid
    bands : tuple of str
        Colours, such as RED; ``GREY`` for a map without.
    values : array, shape (bands, rows, columns)
        Brightness, I/F or any linear unit; NaN where there is none.
    sigma : array, same shape
        Its random standard error.
    incidence_deg, emission_deg, phase_deg : array, shape (rows, columns), or None
        Light and view; None where the map shows ground as if all of it were lit and seen alike.
    pixel_km : array, shape (rows, columns)
        Size of a camera pixel across the line of sight at the ground's distance.
    blur_km : array, shape (rows, columns)
        Standard deviation of a point's image on the ground, the mean of both axes.
    position_sigma_km : float
        Standard error of its places on the ground; NaN where it is not known.
    scale_sigma : float
        Relative standard error of brightness that large parts of the map share.
    is_normal : bool
        Whether a photometric law was divided out already.
    is_simulated : bool
    is_base_map : bool
        Whether its brightness is of unknown scale and contrast.
    time_utc : str or None
    sources : tuple of SourceFile
    """

    name: str
    grid: MapGrid
    bands: tuple[str, ...]
    values: np.ndarray
    sigma: np.ndarray
    incidence_deg: np.ndarray | None
    emission_deg: np.ndarray | None
    phase_deg: np.ndarray | None
    pixel_km: np.ndarray
    blur_km: np.ndarray
    position_sigma_km: float
    scale_sigma: float
    is_normal: bool
    is_simulated: bool
    is_base_map: bool
    time_utc: str | None
    sources: tuple[SourceFile, ...]


def read_ground_map(path: Path) -> GroundMap:
    """Read a picture's map (``-map.tif``), with what stands beside it, or a mosaic of ours.

    Parameters
    ----------
    path : Path
        GeoTIFF. Errors, light and resolution come from bands of their own, or from ``-backplanes.tif`` beside it; the
        picture's sharpness and time from its JSON.

    Raises
    ------
    InputError
        If a file is missing.
    FormatError
        If it is no map of ours in a projection that is known here.
    """
    stem = path.name.removesuffix(_BESIDE[0]).removesuffix(".tif")
    files = [path]
    beside = path.with_name(stem + _BESIDE[1])
    if beside != path and beside.is_file():
        files.append(beside)
    names = [
        *(color.lower() for color in _COLORS),
        *(f"sigma_{color.lower()}" for color in _COLORS),
        *_PLANES,
    ]
    read = [read_raster(file, wanted=names, most_pixels=_MOST_PIXELS) for file in files]
    bands: dict[str, np.ndarray] = {}
    for raster in read:
        bands |= {name: values for name, values in raster.bands.items() if name not in bands}
    colors = tuple(color for color in _COLORS if color.lower() in bands)
    if not colors:
        raise FormatError(f"{path.name}: has no band red, green, blue or methane; give a map or a mosaic of Perijove")
    if "resolution" not in bands and {"ground_resolution", "emission"} <= set(bands):  # a mosaic
        bands["resolution"] = bands["ground_resolution"] * np.cos(np.radians(bands["emission"]))
    lacking = [name for name in ("incidence", "emission", "resolution") if name not in bands]
    if lacking:
        raise InputError(
            f"{path.name}: its {lacking[0]} is not known; give the map of a picture processed without `quick`, "
            f"with {beside.name} beside it, or a mosaic"
        )
    record, source = _record(path.with_name(f"{stem}.json"))
    grid = _grid(read[0], path.name)
    if any(values.shape != grid.shape for values in bands.values()):
        raise FormatError(f"{beside.name}: is not of the shape of {path.name}; process the picture again")
    values = np.stack([bands[color.lower()] for color in colors])
    sigma = np.stack([bands.get(f"sigma_{color.lower()}", np.full(grid.shape, np.nan)) for color in colors])
    psf = record.get("camera", {}).get("psf_sigma_px", _PSF_PX)
    blur = _blur_km(psf, bands["resolution"], bands["emission"])
    blur = np.hypot(blur, _BASE_MAP_BLUR_PX * (read[0].step > 1) * grid.resolution_km)
    place = record.get("map", {}).get("position_sigma_km", {}).get("median")
    scales = record.get("radiometry", {}).get("scale_sigma_relative", {"": 0.1})
    return GroundMap(
        name=stem,
        grid=grid,
        bands=colors,
        values=values,
        sigma=np.where(np.isfinite(sigma), sigma, 0.02 * np.abs(values)),
        incidence_deg=bands["incidence"],
        emission_deg=bands["emission"],
        phase_deg=bands.get("phase"),
        pixel_km=bands["resolution"],
        blur_km=blur,
        position_sigma_km=float("nan") if place is None else float(place),
        scale_sigma=float(max(scales.values(), default=0.1)),
        is_normal=not read[0].tags.get("PHOTOMETRY", "none").startswith("none"),
        is_simulated=read[0].tags.get("SIMULATED") == "YES",
        is_base_map=False,
        time_utc=record.get("mid_time_utc"),
        sources=tuple(raster.source for raster in read) + ((source,) if source is not None else ()),
    )


def map_of_picture(done: Processed) -> GroundMap:
    """The map of a processed picture, before any photometric correction."""
    location, result = done.location, done.measured
    planes = result.backplanes
    return GroundMap(
        name=done.image.raw.product_id,
        grid=result.grid,
        bands=done.bands,
        values=result.values,
        sigma=result.sigma,
        incidence_deg=planes["incidence"],
        emission_deg=planes["emission"],
        phase_deg=planes["phase"],
        pixel_km=planes["resolution"],
        blur_km=_blur_km(location.psf_sigma_px, planes["resolution"], planes["emission"]),
        position_sigma_km=float(position_sigma_km(location)["median"] or np.nan),
        scale_sigma=max(done.image.scale_sigma.values()),
        is_normal=False,
        is_simulated=is_simulated(done.image.raw),
        is_base_map=False,
        time_utc=str(tdb_to_utc(mid_time_tdb(location))),
        sources=tuple(done.image.raw.sources),
    )


def _blur_km(psf_px: float, pixel_km: np.ndarray, emission_deg: np.ndarray) -> np.ndarray:
    """Standard deviation of a point's image on the ground, the geometric mean of both axes."""
    result: np.ndarray = psf_px * pixel_km / np.sqrt(np.maximum(np.cos(np.radians(emission_deg)), _LEAST_COSINE))
    return result


def map_of_base_map(base_map: BaseMap, *, name: str, most_pixels: float = _MOST_PIXELS) -> GroundMap:
    """A base map; its brightness is of unknown scale and contrast, and it has no light of its own."""
    rows, columns, channels = base_map.values.shape
    step = max(1, int(np.ceil(np.sqrt(rows * columns / most_pixels))))
    n, m = rows // step, columns // step
    small = base_map.values[: n * step, : m * step].reshape(n, step, m, step, channels).mean(axis=(1, 3))
    grid = global_equirectangular(
        np.pi * MapGrid.sphere_radius_km / n, center_lon_east_deg=base_map.left_lon_east_deg + 180.0
    )
    # Published maps are twice as wide as high but for a pixel.
    lat, lon = grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :])
    shown = replace(base_map, values=small).sample(lat, lon)
    values = np.moveaxis(np.where(shown > 0.0, shown, np.nan), -1, 0).astype(np.float32)
    plain = np.full(grid.shape, grid.resolution_km, dtype=np.float32)
    return GroundMap(
        name=name,
        grid=grid,
        bands=_COLORS[:3] if channels == 3 else ("GREY",),
        values=values,
        sigma=_BASE_MAP_SIGMA * values,
        incidence_deg=None,
        emission_deg=None,
        phase_deg=None,
        pixel_km=plain,
        blur_km=_BASE_MAP_BLUR_PX * plain,
        position_sigma_km=float("nan"),
        scale_sigma=float("nan"),
        is_normal=True,
        is_simulated=False,
        is_base_map=True,
        time_utc=None,
        sources=(base_map.source,),
    )


def _record(path: Path) -> tuple[Mapping[str, Any], SourceFile | None]:
    """JSON beside a map; empty where there is none, or none of ours."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}, None
    return (content, source_file(path)) if isinstance(content, dict) else ({}, None)


def _grid(raster: RasterFile, name: str) -> MapGrid:
    """Grid of a raster in one of our projections."""
    said = raster.projection
    kind = str(said.get("proj", ""))
    lat, lon = float(str(said.get("lat_0", 0.0))), float(str(said.get("lon_0", 0.0)))
    projection = _PROJECTIONS.get(kind)
    if kind == "stere" and abs(lat) == 90.0:
        projection = "polar_north" if lat > 0.0 else "polar_south"
    if projection is None or "R" not in said:
        raise FormatError(f"{name}: is in none of the projections of Perijove's maps; give a map or a mosaic of it")
    return MapGrid(
        projection,
        next(iter(raster.bands.values())).shape,
        raster.pixel_m / M_PER_KM,
        raster.left_m / M_PER_KM,
        raster.top_m / M_PER_KM,
        center_lat_deg=lat,
        center_lon_east_deg=lon,
        sphere_radius_km=float(str(said["R"])) / M_PER_KM,
    )
