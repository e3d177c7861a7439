"""A table of states as text, CSV and JSON."""

import numpy as np

from perijove.ephemeris.apparent import CORRECTIONS
from perijove.ephemeris.state_table import StateTable
from perijove.export.answer import csv_text
from perijove.timescales import utc_or_none

__all__ = ["COLUMNS", "states_csv", "states_record", "states_text"]

_AXES = ("x", "y", "z")
COLUMNS = (
    "body",
    "jd_tdb",
    *(f"{axis}_km" for axis in _AXES),
    *(f"v{axis}_km_s" for axis in _AXES),
    "position_sigma_km",
    "fit_sigma_km",
    "frame",
    "center",
    "correction",
)
"""Of the CSV."""
_ERRORS = (
    "± is one standard error of the position, as a distance in space; a moon's lies along its orbit. "
    "fit is its part against JPL's solution."
)


def states_record(table: StateTable) -> dict[str, object]:
    """``states``: one record for each body and time, by time; the standard error is None where nobody states it."""
    covariances = np.swapaxes(table.covariance_km2, 0, 1).reshape(-1, 3, 3)
    rows = [
        {
            "body": body,
            "jd_tdb": jd,
            "position_km": state[:3],
            "velocity_km_s": state[3:],
            "position_sigma_km": sigma,
            "fit_sigma_km": of_fit,
            "position_covariance_km2": None if sigma is None else covariance.tolist(),
            "frame": table.frame,
            "center": table.center,
            "correction": table.correction,
        }
        for (body, jd, state, sigma, of_fit), covariance in zip(table.rows(), covariances, strict=True)
    ]
    return {"states": rows}


def states_csv(table: StateTable) -> str:
    """One row for each body and time, with `COLUMNS`; the standard error is empty where nobody states it."""
    seen = table.frame, table.center, table.correction
    return csv_text(COLUMNS, ([body, jd, *state, *sigmas, *seen] for body, jd, state, *sigmas in table.rows()))


def states_text(table: StateTable, source: str) -> str:
    """Blocks of one time each, for people; `source` is what the ephemeris is called."""
    rows = list(table.rows())
    width = max(8, *map(len, table.bodies))
    known = any(sigma is not None for *_, sigma, _ in rows)
    lines = [
        f"From {table.center}, axes {table.frame}, {CORRECTIONS[table.correction]}; {source}.",
        _ERRORS if known else "Kernels do not say how good they are.",
    ]
    head = "".join(f"{f'{axis} km':>17}" for axis in _AXES) + "".join(f"{f'v{axis} km/s':>15}" for axis in _AXES)
    for i, (body, jd, state, *sigmas) in enumerate(rows):
        if i % len(table.bodies) == 0:
            time = utc_or_none(float(table.tdb[i // len(table.bodies)]), digits=3)
            lines += [
                "",
                f"JD {jd:.6f} TDB" + (f", {time} UTC" if time else ""),
                f"{'':{width}}{head}{'± km':>9}{'fit km':>9}",
            ]
        numbers = "".join(f"{value:17.1f}" for value in state[:3]) + "".join(f"{value:15.6f}" for value in state[3:])
        errors = "".join(f"{'-' if sigma is None else f'{sigma:.2f}':>9}" for sigma in sigmas)
        lines.append(f"{body:{width}}{numbers}{errors}")
    return "\n".join(lines) + "\n"
