"""Close approaches and passes as plain records, for JSON and CSV.

The keys are stable; `docs/how-to/passes.md` lists them.
"""

from collections.abc import Sequence
from typing import Any

from perijove.ephemeris.epochs import tdb_to_jd
from perijove.errors import InputError
from perijove.export.geometry_table import table_columns, table_rows
from perijove.passes.encounters import CloseApproach, Pass
from perijove.passes.geometry_columns import GeometrySeries
from perijove.passes.mission_table import ListedPerijove
from perijove.passes.shadow_intervals import ShadowInterval
from perijove.timescales import tdb_to_utc

__all__ = [
    "approach_record",
    "approaches_of",
    "b_plane_record",
    "listed_records",
    "pass_records",
    "shadow_record",
]


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
        "b_t_km_sigma": approach.range_sigma_km,
        "b_r_km": plane.b_r_km,
        "b_r_km_sigma": approach.range_sigma_km,
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
