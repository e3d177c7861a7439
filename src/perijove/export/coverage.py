"""Coverage maps and looks at named places, as files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from perijove.bodies.juno import PIXEL_RAD
from perijove.export.answer import csv_text, write_text
from perijove.export.geojson import disc_features, point_feature, polygon_feature
from perijove.export.rasters.geotiff import Band, write_cog
from perijove.geometry.mask_outlines import mask_polygons
from perijove.passes.coverage import Coverage
from perijove.passes.feature_looks import FeatureLook
from perijove.timescales import tdb_to_utc

__all__ = [
    "LOOK_KEYS",
    "coverage_bands",
    "coverage_features",
    "coverage_lines",
    "coverage_record",
    "look_record",
    "write_coverage_geotiff",
    "write_looks_table",
]

LOOK_KEYS: Mapping[str, str] = {
    "perijove": "Pass",
    "name": "Name of the place",
    "kind": "Its kind: patera, eruptive center",
    "lat_deg": "Planetocentric latitude of its centre",
    "lon_east_deg": "Planetocentric longitude, positive east, -180 to 180",
    "diameter_km": "Largest extent; empty where the gazetteer has none",
    "time_utc": "Time at Juno of the sharpest look, UTC",
    "range_km": "Distance from Juno to the place then",
    "junocam_km_per_px": "Size of a JunoCam pixel across the line of sight",
    "junocam_ground_km_per_px": "Longer side of a JunoCam pixel on the ground",
    "jiram_km_per_px": "Size of a JIRAM imager pixel",
    "sru_km_per_px": "Size of a pixel of the Stellar Reference Unit",
    "emission_deg": "Emission angle",
    "incidence_deg": "Incidence angle; beyond 90 it is night",
    "light": "sun, night, or shadow (day but for Jupiter's shadow)",
    "least_emission_deg": "Emission angle of the steepest look of the pass",
    "disc_radii": "Apparent distance from the disc's centre: 0 centre, 1 limb",
    "position_angle_deg": "Direction from the disc's centre, from Io's north counterclockwise, 0 to 360",
}
"""Columns of the table of looks, and keys of its JSON."""

_TIME_DIGITS = 1
_DECIMALS = 3
_SHOWN = 15  # looks of a pass, for people


def look_record(look: FeatureLook) -> dict[str, object]:
    """A look as plain values, with the keys of `LOOK_KEYS`."""
    cosine = float(np.cos(np.radians(look.emission_deg)))
    return {
        "perijove": look.pass_name,
        "name": look.feature.name,
        "kind": look.feature.kind,
        "lat_deg": look.feature.lat_deg,
        "lon_east_deg": look.feature.lon_east_deg,
        "diameter_km": look.feature.diameter_km,
        "time_utc": tdb_to_utc(look.time_tdb, digits=_TIME_DIGITS),
        "range_km": round(look.range_km, 1),
        "junocam_km_per_px": round(look.range_km * PIXEL_RAD["JUNOCAM"], 4),
        "junocam_ground_km_per_px": round(look.range_km * PIXEL_RAD["JUNOCAM"] / cosine, 4),
        "jiram_km_per_px": round(look.range_km * PIXEL_RAD["JIRAM"], 4),
        "sru_km_per_px": round(look.range_km * PIXEL_RAD["SRU"], 4),
        "emission_deg": round(look.emission_deg, _DECIMALS),
        "incidence_deg": round(look.incidence_deg, _DECIMALS),
        "light": look.light,
        "least_emission_deg": round(look.least_emission_deg, _DECIMALS),
        "disc_radii": round(look.disc_radii, 4),
        "position_angle_deg": round(look.position_angle_deg, 2),
    }


def write_looks_table(path: Path, looks: Sequence[FeatureLook]) -> None:
    """Write looks as CSV; names of columns hold their units."""
    records = map(look_record, looks)
    write_text(path, csv_text(LOOK_KEYS, ([record[key] for key in LOOK_KEYS] for record in records)))


def coverage_record(
    coverage: Coverage, looks: Sequence[FeatureLook], *, max_altitude_km: float, ephemeris: str
) -> dict[str, Any]:
    """What a coverage map and the looks at named places say.

    Returns
    -------
    dict
        ``light``, ``max_emission_deg``, ``step_deg``, ``seen_fraction`` (of the surface), ``passes``: name, first
        and last time, closest approach, and the part of the surface of which that pass gives the sharpest look;
        ``volcanoes``, a `look_record` each; ``max_altitude_km`` and ``ephemeris`` as given.
    """
    lat, _ = coverage.grid.lat_lon(np.arange(coverage.grid.shape[0]), 0)
    weight = np.cos(np.radians(lat)) / (np.sum(np.cos(np.radians(lat))) * coverage.grid.shape[1])
    passes = [
        {
            "perijove": window.name,
            "start_utc": tdb_to_utc(float(window.vantage.times_tdb[0]), digits=_TIME_DIGITS),
            "closest_approach_utc": tdb_to_utc(window.closest_tdb, digits=_TIME_DIGITS),
            "end_utc": tdb_to_utc(float(window.vantage.times_tdb[-1]), digits=_TIME_DIGITS),
            "sharpest_look_fraction": round(float(weight @ (coverage.looks.window == number).sum(axis=1)), 5),
        }
        for number, window in enumerate(coverage.windows)
    ]
    return {
        "body": coverage.windows[0].vantage.body,
        "light": coverage.light,
        "max_emission_deg": coverage.max_emission_deg,
        "step_deg": 180.0 / coverage.grid.shape[0],
        "seen_fraction": round(coverage.seen_fraction, 5),
        "passes": passes,
        "max_altitude_km": max_altitude_km,
        "ephemeris": ephemeris,
        "volcanoes": [look_record(look) for look in looks],
    }


def coverage_lines(record: Mapping[str, Any]) -> Iterator[str]:
    """A `coverage_record` for people, with the sharpest looks of each pass."""
    yield (
        f"{record['body'].capitalize()}: {100.0 * record['seen_fraction']:.1f} % of the surface in view, light: "
        f"{record['light']}, emission below {record['max_emission_deg']:g} deg; {record['ephemeris']}"
    )
    yield ""
    yield f"{'pass':6s} {'from UTC':21s} {'closest UTC':21s} {'to UTC':21s} {'sharpest look':>13s}"
    for one in record["passes"]:
        times = " ".join(f"{one[name]:21s}" for name in ("start_utc", "closest_approach_utc", "end_utc"))
        yield f"{one['perijove']:6s} {times} {100.0 * one['sharpest_look_fraction']:11.1f} %"
    looks = record["volcanoes"]
    if not looks:
        return
    yield ""
    yield f"{len(looks)} looks at named paterae and eruptive centres; the sharpest of each pass:"
    for one in record["passes"]:
        mine = [row for row in looks if row["perijove"] == one["perijove"]]
        yield ""
        yield f"{one['perijove']:22s} {'time UTC':21s} {'km':>8s} {'JunoCam':>8s} {'em':>5s} {'inc':>6s} light"
        for row in mine[:_SHOWN]:
            yield (
                f"{row['name'][:22]:22s} {row['time_utc']:21s} {row['range_km']:8.0f} {row['junocam_km_per_px']:8.2f} "
                f"{row['emission_deg']:5.1f} {row['incidence_deg']:6.1f} {row['light']}"
            )
        if len(mine) > _SHOWN:
            yield f"and {len(mine) - _SHOWN} more, in JSON and table"


def coverage_bands(coverage: Coverage) -> list[Band]:
    """Bands of a coverage map: what each camera resolves, angles and light, time and pass of the sharpest look."""
    looks = coverage.looks
    closest = np.array([window.closest_tdb for window in coverage.windows])
    after = np.where(looks.seen, looks.time_tdb - closest[looks.window], np.nan)
    names = ", ".join(f"{number + 1} {window.name}" for number, window in enumerate(coverage.windows))
    light = np.where(looks.incidence_deg < 90.0, np.where(looks.in_shadow, 2.0, 1.0), 0.0)
    cameras = {"JUNOCAM": "JunoCam", "JIRAM": "JIRAM's imager", "SRU": "the Stellar Reference Unit"}
    return [
        *(
            Band(
                f"{camera.lower()}_km_per_px",
                looks.range_km * angle,
                "km",
                f"Size of a pixel of {cameras[camera]} across the line of sight at the sharpest look",
            )
            for camera, angle in PIXEL_RAD.items()
        ),
        Band(
            "junocam_ground_km_per_px",
            looks.stretched_range_km * PIXEL_RAD["JUNOCAM"],
            "km",
            "Longer side of a JunoCam pixel on the ground at the sharpest look",
        ),
        Band("emission", looks.emission_deg, "deg", "Emission angle at the sharpest look"),
        Band("incidence", looks.incidence_deg, "deg", "Incidence angle at the sharpest look; beyond 90 it is night"),
        Band("least_emission", looks.least_emission_deg, "deg", "Emission angle of the steepest look"),
        Band("time", after, "s", "Time of the sharpest look, from its pass's closest approach"),
        Band("pass", np.where(looks.seen, looks.window + 1.0, np.nan), "1", f"Pass of the sharpest look: {names}"),
        Band("light", np.where(looks.seen, light, np.nan), "1", "At the sharpest look: 0 night, 1 sun, 2 in eclipse"),
    ]


def coverage_features(coverage: Coverage, looks: Sequence[FeatureLook]) -> list[dict[str, object]]:
    """What was in view, as features of GeoJSON.

    Returns
    -------
    list of dict
        The ground of which each pass gives the sharpest look, along the pixels of the map (property ``area`` is
        ``sharpest_look``); what was visible, and visible and sunlit, at each closest approach; and the named places
        with the properties of `LOOK_KEYS`.
    """
    rows, columns = coverage.grid.shape
    features: list[dict[str, object]] = []
    for number, window in enumerate(coverage.windows):
        shared = {"perijove": window.name}
        polygons = [
            [
                np.stack([-180.0 + ring[:, 0] * 360.0 / columns, 90.0 - ring[:, 1] * 180.0 / rows], -1)
                for ring in polygon
            ]
            for polygon in mask_polygons(coverage.looks.window == number)
        ]
        if polygons:
            features.append(polygon_feature(polygons, {"area": "sharpest_look", "light": coverage.light, **shared}))
        nearest = int(np.argmin(np.abs(window.vantage.times_tdb - window.closest_tdb)))
        features += disc_features(window.vantage, nearest, shared)
    places = [point_feature(one.feature.lat_deg, one.feature.lon_east_deg, look_record(one)) for one in looks]
    return [*features, *places]


def write_coverage_geotiff(path: Path, coverage: Coverage, *, tags: Mapping[str, str] | None = None) -> None:
    """Write a coverage map as Cloud-Optimised GeoTIFF; NaN where nothing is seen."""
    grid = coverage.grid
    write_cog(path, coverage_bands(coverage), crs=grid.crs, transform=grid.transform_m, tags=tags)
