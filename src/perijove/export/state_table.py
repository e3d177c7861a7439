"""A table of states as text, CSV and JSON."""

import csv
import io

from perijove.ephemeris.apparent import CORRECTIONS
from perijove.ephemeris.state_table import StateTable
from perijove.timescales import calendar_to_tdb, tdb_to_utc

__all__ = ["COLUMNS", "states_csv", "states_record", "states_text"]

_AXES = ("x", "y", "z")
COLUMNS = (
    "body",
    "jd_tdb",
    *(f"{axis}_km" for axis in _AXES),
    *(f"v{axis}_km_s" for axis in _AXES),
    "position_sigma_km",
    "frame",
    "center",
    "correction",
)
"""Of the CSV."""


def states_record(table: StateTable) -> dict[str, object]:
    """``states``: one record for each body and time, by time; the standard error is None where nobody states it."""
    rows = [
        {
            "body": body,
            "jd_tdb": jd,
            "position_km": state[:3],
            "velocity_km_s": state[3:],
            "position_sigma_km": sigma,
            "frame": table.frame,
            "center": table.center,
            "correction": table.correction,
        }
        for body, jd, state, sigma in table.rows()
    ]
    return {"states": rows}


def states_csv(table: StateTable) -> str:
    """One row for each body and time, with `COLUMNS`; the standard error is empty where nobody states it."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for body, jd, state, sigma in table.rows():
        error = "" if sigma is None else sigma
        writer.writerow([body, jd, *state, error, table.frame, table.center, table.correction])
    return stream.getvalue()


def states_text(table: StateTable) -> str:
    """Blocks of one time each, for people."""
    rows = list(table.rows())
    width = max(8, *map(len, table.bodies))
    known = any(sigma is not None for *_, sigma in rows)
    lines = [
        f"From {table.center}, axes {table.frame}, {CORRECTIONS[table.correction]}.",
        "± is one standard error of the position." if known else "Kernels do not say how good they are.",
    ]
    head = "".join(f"{f'{axis} km':>17}" for axis in _AXES) + "".join(f"{f'v{axis} km/s':>15}" for axis in _AXES)
    for i, (body, jd, state, sigma) in enumerate(rows):
        if i % len(table.bodies) == 0:
            lines += [
                "",
                f"JD {jd:.6f} TDB{_utc(float(table.tdb[i // len(table.bodies)]))}",
                f"{'':{width}}{head}{'± km':>9}",
            ]
        numbers = "".join(f"{value:17.1f}" for value in state[:3]) + "".join(f"{value:15.6f}" for value in state[3:])
        lines.append(f"{body:{width}}{numbers}{'-' if sigma is None else f'{sigma:.2f}':>9}")
    return "\n".join(lines) + "\n"


def _utc(tdb: float) -> str:
    """The time in UTC, where there was UTC."""
    return f", {tdb_to_utc(tdb, digits=3)} UTC" if tdb >= calendar_to_tdb("1972-01-02") else ""
