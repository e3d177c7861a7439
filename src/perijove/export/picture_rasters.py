"""The GeoTIFFs and plain pictures of a processed picture."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from perijove.export.answer import SOFTWARE
from perijove.export.png import display_rgba, stamped, write_png
from perijove.export.rasters.archives import write_archive
from perijove.export.rasters.geotiff import Band, backplane_bands, color_bands, quality_band, sigma_bands, write_cog
from perijove.export.rasters.qgis import color_style, flag_style, plane_style
from perijove.geometry.projections import MapGrid
from perijove.junocam.display import display_stretches, night_values
from perijove.junocam.processing import Processed
from perijove.junocam.radiometry.quality import QUALITY
from perijove.junocam.report import is_simulated
from perijove.physics.photometry import PHOTOMETRIC_LAWS
from perijove.physics.stretch import Stretch
from perijove.scene.backplane_registry import ground_resolution_km
from perijove.scene.mapping import MapResult

__all__ = ["map_bands", "raster_tags", "write_rasters"]

_BRIGHTNESS = ("map", "nightside")  # a mean over pixels means something; over angles and flags it does not
_THREADS = 2


def map_bands(done: Processed) -> list[Band]:
    """Bands of the map itself: radiance factor by filter, and by which law it was corrected."""
    law = done.options.photometry
    note = "" if law == "none" else f", {law} disk function divided out"
    return color_bands(done.map.values, done.bands, sigma=done.map.sigma, note=note)


def write_rasters(
    done: Processed,
    paths: Mapping[str, Path],
    *,
    tags: Mapping[str, str],
    text: Callable[[Stretch], Mapping[str, str]],
) -> None:
    """Write those rasters of a picture that have a role.

    Parameters
    ----------
    done : Processed
    paths : mapping
        Files by role: ``map``, ``backplanes``, ``quality``, ``nightside``, the same and ``_style``, ``color``,
        ``nightside_color``; others are not of concern here. A raster's suffix says in which format it is written.
    tags : mapping
        What all rasters say of themselves.
    text : callable
        Text chunks of a PNG by its stretch.
    """
    stretches = display_stretches(done)

    def picture(role: str, values: np.ndarray, stretch: Stretch) -> None:
        rgba = display_rgba(values, stretch, depth=done.options.depth)
        rgba = stamped(rgba) if is_simulated(done.image.raw) else rgba
        write_png(paths[role], rgba, text=text(stretch), curve=stretch.curve)

    def raster(role: str, bands: list[Band], grid: MapGrid, style: Callable[[list[Band]], str]) -> None:
        path, crs, place = paths[role], grid.crs_wkt, grid.transform_m
        said = {**tags, **({} if grid.crs is None else {"CRS": grid.crs})}
        if path.suffix == ".tif":
            overviews = "average" if role in _BRIGHTNESS else "nearest"
            write_cog(path, bands, crs=crs, transform=place, tags=said, overviews=overviews)
        else:
            said = {name.removeprefix("TIFFTAG_"): text for name, text in said.items()}
            write_archive(path, bands, crs=crs, transform=place, target=done.image.raw.target, tags=said)
        if f"{role}_style" in paths:
            paths[f"{role}_style"].write_text(style(bands), encoding="utf-8")

    def shown(picture: str) -> Callable[[list[Band]], str]:
        return partial(color_style, stretch=stretches[picture])

    flag_names = {bit: name for bit, (name, _) in QUALITY.meanings.items()}

    makers: Mapping[str, Callable[[], None]] = {  # the longest first: the other thread fills in
        "backplanes": lambda: raster(
            "backplanes", _backplane_bands(done), done.map.grid, partial(plane_style, name="incidence")
        ),
        "map": lambda: raster("map", map_bands(done), done.map.grid, shown("map")),
        "nightside": lambda: raster("nightside", _night_bands(done), done.night_side.grid, shown("nightside")),
        "color": lambda: picture("color", done.seen.values, stretches["view"]),
        "nightside_color": lambda: picture("nightside_color", night_values(done), stretches["nightside"]),
        "quality": lambda: raster(
            "quality", [_quality(done.map)], done.map.grid, lambda bands: flag_style(bands[0], flag_names)
        ),
    }
    with ThreadPoolExecutor(_THREADS) as pool:
        tasks = [pool.submit(make) for role, make in makers.items() if role in paths]
        try:
            for task in tasks:
                task.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def raster_tags(done: Processed, *, description: str, source: str) -> dict[str, str]:
    """What the rasters of a picture say of themselves."""
    simulated = is_simulated(done.image.raw)
    law = PHOTOMETRIC_LAWS[done.options.photometry]
    return {
        "TIFFTAG_SOFTWARE": SOFTWARE,
        "TIFFTAG_IMAGEDESCRIPTION": f"SIMULATED: {description}" if simulated else description,
        "TIFFTAG_COPYRIGHT": source,
        "SIMULATED": "YES" if simulated else "NO",
        "PHOTOMETRY": f"{law.name}: {law.sentence}",
    }


def _quality(result: MapResult) -> Band:
    return quality_band(np.bitwise_or.reduce(result.quality, axis=0), QUALITY.meanings)


def _backplane_bands(done: Processed) -> list[Band]:
    planes = {name: plane for name, plane in done.map.backplanes.items() if name != "frame"}
    planes["ground_resolution"] = ground_resolution_km(done.map.backplanes)
    return backplane_bands(planes, dict(zip(done.bands, done.map.sigma, strict=True)))


def _night_bands(done: Processed) -> list[Band]:
    """Night side alone: radiance factor and its error, filter by filter."""
    light = "; light from Jupiter" if done.image.raw.target == "IO" else ""
    note = f", where the Sun is more than 7 deg below the horizon{light}"
    night = done.night_side
    values = color_bands(night.values, done.bands, sigma=night.sigma, note=note)
    errors = sigma_bands(night.sigma, done.bands, note=note)
    return [band for pair in zip(values, errors, strict=True) for band in pair]
