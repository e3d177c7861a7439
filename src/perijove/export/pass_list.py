"""A list of passes (`perijove.export.encounter_record.pass_records`) as CSV and as text."""

from collections.abc import Iterator, Sequence
from typing import Any

from perijove.export.answer import csv_text

__all__ = ["pass_csv", "pass_text"]

_LEGEND = (
    "Perijove: least distance from Jupiter's centre; altitude above the level of 1 bar. ±: one standard error.",
    "lat, lon E: sub-spacecraft point, degrees. JunoCam: km per pixel there. JSON and CSV have all columns.",
)
_TIME_ALONE = (
    "Without altitude: the time of the mission's table is all that is known here, without its error; from perijove 77",
    "on it may be a prediction. How near Juno came to the moons, SPICE kernels of that pass tell.",
)
_HEAD = (
    f"{'PJ':>3s}  {'perijove UTC':23s} {'±s':>6s} {'km':>7s}   {'moon':8s} {'closest UTC':23s} {'±s':>6s}"
    f" {'altitude km':>11s} {'±km':>5s} {'km/s':>6s} {'lat':>6s} {'lon E':>7s} {'phase':>6s} {'JunoCam':>8s}"
)


def _flat(records: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of CSV: perijove itself and each approach."""
    for record in records:
        yield {name: value for name, value in record.items() if name != "approaches"}
        yield from record["approaches"]


def pass_csv(records: Sequence[dict[str, Any]]) -> str:
    """One row for each perijove and each approach, with the keys of the records."""
    rows = list(_flat(records))
    columns = list(rows[0]) if rows else ["perijove"]
    return csv_text(columns, (map(row.get, columns) for row in rows))


def pass_text(records: Sequence[dict[str, Any]], source: str) -> str:
    """One line for each approach; `source` is what the ephemeris is called."""
    lines = [
        f"Juno's passes; {source}.",
        *_LEGEND,
        "",
        _HEAD,
    ]
    for record in records:
        number = "-" if record["perijove"] is None else str(record["perijove"])
        head = (
            f"{number:>3s}  {record['time_utc']:23s} {_number(record['time_utc_sigma_s'], 6, 3)}"
            f" {_number(record['altitude_km'], 7, 0)}"
        )
        lines += [f"{head}   {_approach(one)}" for one in record["approaches"]] or [head]
    if any(record["altitude_km"] is None for record in records):
        lines += ["", *_TIME_ALONE]
    lines += ["", f"{len(records)} passes"]
    return "\n".join(lines) + "\n"


def _approach(record: dict[str, Any]) -> str:
    return (
        f"{record['body']:8s} {record['time_utc']} {_number(record['time_utc_sigma_s'], 6, 3)}"
        f" {record['altitude_km']:11.1f} {_number(record['altitude_km_sigma'], 5, 1)} {record['speed_km_s']:6.2f}"
        f" {record['sub_spacecraft_lat_deg']:6.1f} {record['sub_spacecraft_lon_east_deg']:7.1f}"
        f" {record['phase_deg']:6.1f} {record['junocam_km_per_px']:8.2f}"
    )


def _number(value: float | None, width: int, digits: int) -> str:
    return f"{'-':>{width}s}" if value is None else f"{value:{width}.{digits}f}"
