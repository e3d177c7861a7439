"""Close approaches, passes and encounters as plain records, for JSON and CSV; an encounter as text and GeoJSON.

The keys are stable; `docs/how-to/passes.md` lists them.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from perijove.ephemeris.epochs import tdb_to_jd
from perijove.errors import InputError
from perijove.export.geojson import disc_features, feature_collection, ground_track_feature, point_feature
from perijove.export.geometry_table import table_columns, table_rows
from perijove.passes.encounter import Encounter
from perijove.passes.encounters import CloseApproach, Pass
from perijove.passes.geometry_columns import columns
from perijove.passes.geometry_series import GeometrySeries, geometry_series
from perijove.passes.mission_table import ListedPerijove
from perijove.passes.shadow_intervals import ShadowInterval
from perijove.passes.vantage import vantage
from perijove.timescales import tdb_to_utc

__all__ = [
    "approach_record",
    "approaches_of",
    "b_plane_record",
    "encounter_geojson",
    "encounter_record",
    "encounter_text",
    "listed_records",
    "pass_records",
    "shadow_record",
]

_MILLION = 1e6


def approach_record(approach: CloseApproach, geometry: GeometrySeries) -> dict[str, Any]:
    """A close approach with the geometry of its moment.

    Parameters
    ----------
    approach : CloseApproach
    geometry : GeometrySeries
        At its time, columns of shape (): `perijove.passes.encounter_geometry.geometry_at`.

    Returns
    -------
    dict
        Standard errors are None where nobody states them.
    """
    (row,) = table_rows(geometry)
    return {
        "perijove": approach.perijove,
        "body": approach.moon,
        "spacecraft": approach.spacecraft,
        "time_utc": tdb_to_utc(approach.tdb, digits=3),
        "time_utc_sigma_s": approach.time_sigma_s,
        **{name: value for name, value in row.items() if name != "time_utc"},
    }


def b_plane_record(approach: CloseApproach) -> dict[str, Any] | None:
    """B-plane of an approach; None where there is none: at Jupiter, or where the moon holds what passes it."""
    try:
        plane = approach.b_plane()
    except InputError:
        return None
    return {
        "b_t_km": plane.b_t_km,
        "b_t_km_sigma": approach.sigma_along_km(plane.t),
        "b_r_km": plane.b_r_km,
        "b_r_km_sigma": approach.sigma_along_km(plane.r),
        "b_km": plane.b_km,
        "angle_deg": plane.angle_deg,
        "v_infinity_km_s": plane.v_infinity_km_s,
        "s_icrf": plane.s.tolist(),
        "t_icrf": plane.t.tolist(),
        "r_icrf": plane.r.tolist(),
        "reference": f"T = S x pole of {approach.moon} (IAU), R = S x T, S along the incoming asymptote",
    }


def shadow_record(shadow: ShadowInterval) -> dict[str, Any]:
    """A time during which Jupiter hides something, to 0.1 s."""
    return {
        "kind": shadow.kind,
        "start_utc": tdb_to_utc(shadow.start_tdb, digits=1),
        "end_utc": tdb_to_utc(shadow.end_tdb, digits=1),
        "cut_before": shadow.cut_before,
        "cut_after": shadow.cut_after,
        "least_fraction": shadow.least_fraction,
    }


def pass_records(passes: Sequence[Pass], geometries: Sequence[GeometrySeries]) -> list[dict[str, Any]]:
    """Passes with the geometry of perijove, and under ``approaches`` that of each approach to a moon.

    `geometries` belong to `approaches_of` the same passes.
    """
    pairs = zip(approaches_of(passes), geometries, strict=True)
    records = iter([approach_record(approach, geometry) for approach, geometry in pairs])
    return [
        {**next(records), "approaches": [next(records) for _ in each.at_moons]}  # evaluated from left to right
        for each in passes
    ]


def listed_records(listed: Sequence[ListedPerijove]) -> list[dict[str, Any]]:
    """Perijoves of which the mission's table tells the time alone, in the form of `pass_records`.

    Parameters
    ----------
    listed : sequence of ListedPerijove

    Returns
    -------
    list of dict
        All columns but the times are None, and there are no approaches: where Juno was, nobody has said.
    """
    unknown = dict.fromkeys(name for name in table_columns() if name not in {"time_utc", "jd_tdb"})
    return [
        {
            "perijove": one.perijove,
            "body": "JUPITER",
            "spacecraft": "JUNO",
            "time_utc": one.utc,
            "time_utc_sigma_s": None,
            "jd_tdb": float(tdb_to_jd(one.tdb)),
            **unknown,
            "approaches": [],
        }
        for one in listed
    ]


def approaches_of(passes: Sequence[Pass]) -> list[CloseApproach]:
    """Perijoves and approaches to moons, one after the other."""
    return [one for each in passes for one in (each.at_jupiter, *each.at_moons)]


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
    moon = found.approach.moon.capitalize()
    yield f"Juno by {moon} at perijove {found.approach.perijove}; {record['ephemeris']}"
    yield f"±: one standard error of where Juno and {moon} are; not of {moon}'s figure or rotation, or Juno's attitude"
    yield ""
    yield f"{'closest approach':32s}{record['time_utc']} UTC{_error(record['time_utc_sigma_s'], 's')}"
    yield f"{'perijove':32s}{found.perijove.utc} UTC{_error(found.perijove.time_sigma_s, 's')}"
    for one in columns():
        yield f"{one.name:32s}{_shown(record[one.name], record.get(f'{one.name}_sigma'))} {one.unit}".rstrip()
    plane = record["b_plane"]
    if plane is not None:
        for name, key in (("B · T", "b_t_km"), ("B · R", "b_r_km")):
            yield f"{name:32s}{plane[key]:.2f}{_error(plane[f'{key}_sigma'], 'km')}"
        yield f"{'v_infinity_km_s':32s}{plane['v_infinity_km_s']:.4f} km/s"
    yield ""
    for shadow in found.shadows:
        what = "behind Jupiter" if shadow.kind == "occultation" else "in Jupiter's shadow"
        start, end = (shadow_record(shadow)[key] for key in ("start_utc", "end_utc"))
        before, after = ("before " if shadow.cut_before else ""), (" or later" if shadow.cut_after else "")
        yield f"{what:32s}{before}{start} to {end}{after} UTC"
    if not found.shadows:
        yield "Half a day before to half a day after, Jupiter neither hides nor shades it."


def _shown(value: float | None, sigma: float | None) -> str:
    """A value and its error to two digits of it; without one four decimals, beyond a million none."""
    if value is None:
        return "-"
    if not sigma:
        return f"{value:.0f}" if abs(value) >= _MILLION else f"{value:.4f}"
    digits = max(1 - math.floor(math.log10(sigma)), 0)
    return f"{value:.{digits}f} ± {sigma:.{digits}f}"


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
