"""A comparison of two maps as record, GeoJSON and rasters."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.bodies.io_features import IO_FEATURES, IO_FEATURES_SOURCE
from perijove.export.answer import number
from perijove.export.geojson import area_feature, feature_collection
from perijove.export.rasters.geotiff import Band
from perijove.geometry.ellipsoid import surface_point_km
from perijove.geometry.mask_outlines import mask_polygons
from perijove.geometry.rotations import angle_between_deg, direction_of
from perijove.mosaic.change_regions import Region
from perijove.mosaic.changes import STATES, Changes
from perijove.mosaic.ground_map import GroundMap

__all__ = ["change_bands", "changes_geojson", "changes_record"]

_FALSE_REGIONS = (
    "The rate is that of normal errors. Heavier tails are measured on the pair itself; how many false regions "
    "simulated pairs without change had stands in the page on changes of the documentation."
)


def changes_record(found: Changes, volcanoes: Sequence[Mapping[str, Any]] | None = None) -> dict[str, object]:
    """Record of a comparison.

    Parameters
    ----------
    found : Changes
    volcanoes : sequence of mapping, optional
        Thermal sources as `perijove.volcanoes.database.VolcanoCatalogue.sources` gives them; the nearest one to each
        region is named.
    """
    grid, shifted = found.grid, found.registration
    seen = np.isfinite(found.significance.kernel)
    step = grid.resolution_km

    def median(plane: np.ndarray) -> float | None:
        return number(step * float(np.median(plane[seen])), 3) if seen.any() else None

    detectable = np.nanpercentile(found.detectable, [10.0, 50.0, 90.0]) if seen.any() else [np.nan] * 3
    return {
        "before": _map_record(found.before),
        "after": _map_record(found.after),
        "bands": list(found.bands),
        "grid": {
            "projection": grid.projection,
            "resolution_km": step,
            "shape": list(grid.shape),
            "crs": grid.crs,
            "blur_km": number(float(np.nanmedian(found.blur_km[seen])) if seen.any() else None, 3),
        },
        "registration": {
            "settled": shifted.settled,
            "patches": shifted.patches,
            "patches_compared": shifted.compared,
            "rms_km": number(step * shifted.rms_px, 3),
            "east_km": median(shifted.x_px),
            "south_km": median(shifted.y_px),
            "sigma_km": median(np.hypot(shifted.x_sigma_px, shifted.y_sigma_px) / np.sqrt(2.0)),
            "sharper_km2": number(found.sharper_km2, 3),
        },
        "light": dict(zip(found.bands, found.light.parameters, strict=True)),
        "level_km": found.light.level_km,
        "detection": {
            "threshold_sigma": number(found.threshold, 3),
            "looks": number(found.looks, 0),
            "false_rate": found.options.false_rate,
            "false_rate_means": _FALSE_REGIONS,
            "least_contrast": found.options.least_contrast,
            "detectable_contrast": {
                f"percentile_{share}": number(float(value), 4)
                for share, value in zip((10, 50, 90), detectable, strict=True)
            },
        },
        "limits": {
            "incidence_deg": found.options.max_incidence_deg,
            "emission_deg": found.options.max_emission_deg,
            "phase_difference_deg": found.options.max_phase_difference_deg,
        },
        "area_km2": {state: round(found.area_km2(state)) for state in STATES},
        "regions": _region_records(found, volcanoes),
        "names": IO_FEATURES_SOURCE,
    }


def _map_record(one: GroundMap) -> dict[str, object]:
    return {
        "name": one.name,
        "time_utc": one.time_utc,
        "base_map": one.is_base_map,
        "simulated": one.is_simulated,
        "position_sigma_km": number(one.position_sigma_km, 3),
        "inputs": [{"name": source.name, "sha256": source.sha256} for source in one.sources],
    }


def _region_records(found: Changes, volcanoes: Sequence[Mapping[str, Any]] | None) -> list[dict[str, object]]:
    """Regions as records, numbered from 1."""
    places = [(f.name, f.kind, f.lat_deg, f.lon_east_deg) for f in IO_FEATURES.values()]
    return [
        {
            "number": k,
            "lat_deg": number(region.lat_deg, 4),
            "lon_east_deg": number(region.lon_east_deg, 4),
            "center_sigma_km": number(region.center_sigma_km, 2),
            "map_sigma_km": number(found.before.position_sigma_km, 2),
            "area_km2": number(region.area_km2, 1),
            "area_sigma_km2": number(region.area_sigma_km2, 1),
            "contrast": {band: number(c, 4) for band, c in zip(found.bands, region.contrast, strict=True)},
            "contrast_sigma": {band: number(c, 4) for band, c in zip(found.bands, region.contrast_sigma, strict=True)},
            "significance_sigma": number(region.significance, 2),
            "cut_off": region.is_cut,
            "nearest_feature": _nearest(region, places),
            "nearest_volcano": None if volcanoes is None else _nearest(region, [_volcano(row) for row in volcanoes]),
        }
        for k, region in enumerate(found.regions, start=1)
    ]


def _volcano(row: Mapping[str, Any]) -> tuple[str, str, float, float]:
    name = row["name"] or row["source_id"]
    return str(name), "thermal source", float(row["lat_deg"]), float(row["lon_east_deg"])


def _nearest(region: Region, places: Sequence[tuple[str, str, float, float]]) -> dict[str, object]:
    """Place whose centre is nearest to a region's, and how far that is on the mean sphere."""
    lat, lon = (np.array([place[k] for place in places]) for k in (2, 3))
    away = angle_between_deg(direction_of(lat, lon), direction_of(region.lat_deg, region.lon_east_deg))
    best = int(np.argmin(away))
    distance = float(np.radians(away[best])) * IO_MEAN_RADIUS_KM
    return {"name": places[best][0], "kind": places[best][1], "distance_km": round(distance, 1)}


def changes_geojson(found: Changes, records: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Outlines of the regions, with what their records say."""
    features = []
    for region, record in zip(found.regions, records, strict=True):
        rings = []
        for polygon in mask_polygons(region.mask):
            lat, lon = found.grid.lat_lon(polygon[0][:, 1] - 0.5, polygon[0][:, 0] - 0.5)
            rings.append(surface_point_km(lat, lon, np.ones(3)))
        features.append(area_feature(rings, record))
    return feature_collection(features, name="changes")


def change_bands(found: Changes) -> list[Band]:
    """Significance, contrast by colour with its error, state, and what could have been detected."""
    result = [
        Band(
            "significance",
            found.significance.kernel,
            "1",
            "Change over its error, best kernel and colour; + is brighter",
        ),
        Band("significance_pixel", found.significance.pixel, "1", "Change over its error, single pixels, best colour"),
        Band("state", found.state.astype(np.float32), "1", "; ".join(f"{k} {name}" for k, name in enumerate(STATES))),
        Band("detectable", found.detectable, "1", "Least relative contrast of a patch that would have been detected"),
    ]
    for k, band in enumerate(found.bands):
        ratio = np.exp(found.difference[k])
        result += [
            Band(f"contrast_{band.lower()}", ratio - 1.0, "1", f"After over before less 1, {band}, light taken out"),
            Band(f"sigma_contrast_{band.lower()}", ratio * found.significance.sigmas[0][k], "1", f"Its error, {band}"),
        ]
    return [Band(b.name, b.values.astype(np.float32), b.unit, b.description, keep_bits=11) for b in result]
