"""One encounter as a record for JSON, as text, and as GeoJSON."""

from collections.abc import Iterator
from typing import Any

from perijove.export.encounter_record import approach_record, b_plane_record, shadow_record
from perijove.export.geojson import disc_features, feature_collection, ground_track_feature, point_feature
from perijove.passes.encounter import Encounter
from perijove.passes.geometry_columns import columns
from perijove.passes.geometry_series import GeometrySeries, geometry_series
from perijove.passes.vantage import vantage

__all__ = ["encounter_geojson", "encounter_record", "encounter_text"]


def encounter_record(found: Encounter, source: str) -> dict[str, Any]:
    """An encounter with the keys of JSON output; `source` is what the ephemeris is called."""
    return {
        **approach_record(found.approach, found.geometry()),
        "b_plane": b_plane_record(found.approach),
        "shadows": [shadow_record(one) for one in found.shadows],
        "perijove_time_utc": found.perijove.utc,
        "perijove_time_utc_sigma_s": found.perijove.time_sigma_s,
        "perijove_altitude_km": found.perijove.altitude_km,
        "ephemeris": source,
    }


def encounter_text(found: Encounter, source: str) -> str:
    """An encounter for people: all columns with errors and units, B-plane, shadows."""
    return "\n".join(_lines(found, encounter_record(found, source)))


def _lines(found: Encounter, record: dict[str, Any]) -> Iterator[str]:
    yield f"Juno by {found.approach.moon.capitalize()} at perijove {found.approach.perijove}; {record['ephemeris']}"
    yield ""
    yield f"{'closest approach':32s}{record['time_utc']} UTC{_error(record['time_utc_sigma_s'], 's')}"
    yield f"{'perijove':32s}{found.perijove.utc} UTC{_error(found.perijove.time_sigma_s, 's')}"
    for one in columns():
        value = record[one.name]
        shown = "-" if value is None else f"{value:.10g}" if abs(value) >= 1e6 else f"{value:.4f}"
        yield f"{one.name:32s}{shown}{_error(record.get(f'{one.name}_sigma'), one.unit)}"
    plane = record["b_plane"]
    if plane is not None:
        error = _error(plane["b_t_km_sigma"], "km")
        yield f"{'B · T, B · R':32s}{plane['b_t_km']:.2f}, {plane['b_r_km']:.2f} km{error}"
        yield f"{'v_infinity_km_s':32s}{plane['v_infinity_km_s']:.4f} km/s"
    yield ""
    for shadow in found.shadows:
        what = "behind Jupiter" if shadow.kind == "occultation" else "in Jupiter's shadow"
        start, end = (shadow_record(shadow)[key] for key in ("start_utc", "end_utc"))
        before, after = ("before " if shadow.cut_before else ""), (" or later" if shadow.cut_after else "")
        yield f"{what:32s}{before}{start} to {end}{after} UTC"
    if not found.shadows:
        yield "Half a day before to half a day after, Jupiter neither hides nor shades it."


def _error(sigma: float | None, unit: str) -> str:
    text = "" if sigma is None else f" ± {sigma:.2g}"
    return f"{text} {unit}".rstrip() if text or unit not in {"", "s"} else ""


def encounter_geojson(found: Encounter, series: GeometrySeries) -> dict[str, object]:
    """Ground track (`series`), sub-points at closest approach, and what was seen and lit then."""
    approach = found.approach
    shared = {"perijove": approach.perijove, "body": approach.moon, "time_utc": approach.utc}
    at = geometry_series(found.source, approach.moon, approach.tdb, observer=approach.spacecraft)
    track = ground_track_feature(
        series.sub_spacecraft_lat_deg,
        series.sub_spacecraft_lon_east_deg,
        series.tdb,
        {"what": f"ground track of {approach.spacecraft.capitalize()}", **shared},
    )
    points = [
        point_feature(
            float(at.column(f"{name}_lat_deg")),
            float(at.column(f"{name}_lon_east_deg")),
            {"what": f"{name.replace('_', '-')} point at closest approach", **shared},
        )
        for name in ("sub_spacecraft", "sub_solar")
    ]
    seen = vantage(found.source, approach.moon, approach.spacecraft, approach.tdb)
    return feature_collection([track, *points, *disc_features(seen, 0, shared)], name=found.stem, body=approach.moon)
