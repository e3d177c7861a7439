"""Geometry series as CSV, JSON and Parquet: one row for each time, the unit in each column's name."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from perijove.ephemeris.apparent import CORRECTIONS
from perijove.ephemeris.epochs import tdb_to_jd
from perijove.errors import InputError
from perijove.export.answer import csv_text
from perijove.passes.geometry_columns import GeometrySeries, columns
from perijove.timescales import utc_or_none

__all__ = ["geometry_text", "table_columns", "table_csv", "table_record", "table_rows", "write_table_parquet"]

_SHOWN = (
    ("range_km", "range km", 11, 1),
    ("altitude_km", "altitude km", 11, 1),
    ("speed_km_s", "km/s", 8, 4),
    ("sub_spacecraft_lat_deg", "lat", 8, 3),
    ("sub_spacecraft_lon_east_deg", "lon E", 9, 3),
    ("sub_solar_lat_deg", "Sun lat", 8, 3),
    ("sub_solar_lon_east_deg", "lon E", 9, 3),
    ("phase_deg", "phase", 8, 3),
    ("local_solar_time_h", "hour", 7, 3),
    ("junocam_km_per_px", "JunoCam", 9, 3),
    ("unocculted_fraction", "unhidden", 8, 2),
    ("sunlight_fraction", "sunlit", 7, 2),
)

_TIME_COLUMNS = {
    "time_utc": ("", "Time at the observer, UTC; empty before 1972."),
    "jd_tdb": ("d", "Time at the observer, Julian date, TDB."),
}


def table_columns() -> dict[str, tuple[str, str]]:
    """Unit and meaning of the table's columns, by name, in order; standard errors follow their column."""
    described = dict(_TIME_COLUMNS)
    for one in columns():
        described[one.name] = (one.unit, one.sentence)
        if one.estimated:
            described[f"{one.name}_sigma"] = (one.unit, f"Standard error of {one.name}.")
    return described


def table_rows(series: GeometrySeries) -> Iterator[dict[str, str | float | None]]:
    """Rows by column name; None where there is no such thing, and for errors that nobody states.

    Parameters
    ----------
    series : GeometrySeries
        Of any shape; rows come in the order of its flattened times.
    """
    arrays = _arrays(series)
    for row in zip(*(values.tolist() for values in arrays.values()), strict=True):
        yield {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in zip(arrays, row, strict=True)
        }


def _arrays(series: GeometrySeries) -> dict[str, np.ndarray]:
    """Columns of the table, each of shape (n,)."""
    tdb = series.tdb.ravel()
    arrays = {
        "time_utc": np.array([utc_or_none(t, digits=3) or "" for t in tdb.tolist()], dtype=object),
        "jd_tdb": tdb_to_jd(tdb),
    }
    unknown = np.full(tdb.shape, np.nan)
    for one in columns():
        arrays[one.name] = series.column(one.name).ravel()
        if one.estimated:
            arrays[f"{one.name}_sigma"] = series.sigma.get(one.name, unknown).ravel()
    return arrays


def table_csv(series: GeometrySeries) -> str:
    """CSV with a header; empty where there is no such thing."""
    return csv_text(table_columns(), (row.values() for row in table_rows(series)))


def table_record(series: GeometrySeries, *, ephemeris: str) -> dict[str, Any]:
    """What was asked, the columns with their units, and the rows; `ephemeris` says where the positions come from."""
    return {
        "target": series.target,
        "observer": series.observer,
        "correction": series.correction,
        "ephemeris": ephemeris,
        "columns": {name: {"unit": unit, "description": text} for name, (unit, text) in table_columns().items()},
        "rows": list(table_rows(series)),
    }


def write_table_parquet(path: Path, series: GeometrySeries, *, ephemeris: str) -> None:
    """Write Parquet: units and meanings in the fields' metadata, what was asked in the schema's.

    Parameters
    ----------
    path : Path
    series : GeometrySeries
    ephemeris : str
        Where the positions come from, in words.

    Raises
    ------
    InputError
        Where pyarrow is not installed; it is large, so it comes with the extra ``perijove[parquet]`` only.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  # optional
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise InputError(
            "Parquet needs pyarrow, which is not installed; write: pip install 'perijove[parquet]', or take CSV"
        ) from error
    arrays, described = _arrays(series), table_columns()
    fields = [
        pa.field(
            name,
            pa.string() if name == "time_utc" else pa.float64(),
            metadata={"unit": described[name][0], "description": described[name][1]},
        )
        for name in arrays
    ]
    asked = {
        "target": series.target,
        "observer": series.observer,
        "correction": series.correction,
        "ephemeris": ephemeris,
    }
    # NaN says that there is no such thing; in a table of a data base that is null.
    data = [
        pa.array(values, type=one.type, from_pandas=True) for values, one in zip(arrays.values(), fields, strict=True)
    ]
    parquet.write_table(pa.table(data, schema=pa.schema(fields, metadata=asked)), path)


def geometry_text(series: GeometrySeries, source: str) -> str:
    """What people look at first, one line for each time; `source` is what the ephemeris is called."""
    head = "".join(f"{title:>{width + 1}}" for _, title, width, _ in _SHOWN)
    lines = [
        f"{series.target} from {series.observer}, {CORRECTIONS[series.correction]}; {source}.",
        "lat, lon E: sub-spacecraft, then sub-solar point, planetocentric degrees; hour: local solar time; JunoCam: km",
        "per pixel; unhidden, sunlit: parts of disc and Sun that Jupiter leaves. JSON and CSV have all columns.",
        "",
        f"{'time':23s}{head}",
    ]
    columns = [series.column(name).ravel().tolist() for name, *_ in _SHOWN]
    for tdb, *values in zip(series.tdb.ravel().tolist(), *columns, strict=True):
        numbers = "".join(
            f" {value:{width}.{digits}f}" for value, (_, _, width, digits) in zip(values, _SHOWN, strict=True)
        )
        lines.append(f"{utc_or_none(tdb, digits=3) or f'JD {tdb_to_jd(tdb):.6f} TDB':23s}{numbers}")
    return "\n".join(lines) + "\n"
