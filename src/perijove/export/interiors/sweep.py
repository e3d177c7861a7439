"""Sweeps as plain numbers: a record for JSON, a table, and arrays."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from perijove.export.answer import answer_json
from perijove.tides.sweep import COLUMNS, SweepTable

__all__ = ["sweep_lines", "sweep_record", "write_sweep_arrays", "write_sweep_table"]

_SHOWN = 40  # rows in lines; of longer tables the ranges
_ROWS = 100_000  # written at a time


def _solved(table: SweepTable) -> dict[str, object]:
    """What was solved."""
    sweep = table.sweep
    return {
        "model": sweep.name,
        "source": sweep.source,
        "degree": sweep.degree,
        "angular_frequency_rad_s": sweep.orbit.angular_frequency_rad_s,
        "eccentricity": sweep.orbit.eccentricity,
        "points": len(sweep),
        "solved": table.solved,
    }


def sweep_record(table: SweepTable) -> dict[str, object]:
    """Axes and columns as lists, last axis fastest; None where a point has no result. ``q`` is None without loss."""
    return {
        **_solved(table),
        "axes": [{"name": axis.name, "values": list(axis.values)} for axis in table.sweep.axes],
        "columns": {
            name: [float(value) if np.isfinite(value) else None for value in values]
            for name, values in table.columns.items()
        },
        "units": {name: COLUMNS.get(name, "") for name in table.columns},
    }


def sweep_lines(table: SweepTable) -> Iterator[str]:
    """Rows where they are few, else the range of each column."""
    axes = [axis.name for axis in table.sweep.axes]
    yield f"{table.sweep.name}: {table.solved} of {len(table.sweep)} interiors solved"
    if len(table.sweep) > _SHOWN:
        for name, values in table.columns.items():
            finite = values[np.isfinite(values)]
            shown = f"{finite.min():.6g} to {finite.max():.6g}" if finite.size else "-"
            yield f"{name:26} {shown}"
        return
    names = [name for name in ("k2_re", "k2_im", "q", "power_w") if name in table.columns] or list(table.columns)[:2]
    yield "  ".join([*(f"{name:>26}" for name in axes), *(f"{name:>13}" for name in names)])
    given = table.sweep.coordinates(0, len(table.sweep))
    for k in range(len(table.sweep)):
        cells = [f"{given[name][k]:26.6g}" for name in axes] + [f"{table.columns[name][k]:13.6g}" for name in names]
        yield "  ".join(cells)


def write_sweep_table(table: SweepTable, path: Path) -> None:
    """Write a sweep as CSV: a row per point, the axes first; empty cells where a point has no result."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*(axis.name for axis in table.sweep.axes), *table.columns])
        for start in range(0, len(table.sweep), _ROWS):
            stop = min(start + _ROWS, len(table.sweep))
            given = table.sweep.coordinates(start, stop).values()
            rows = np.column_stack([*given, *(values[start:stop] for values in table.columns.values())])
            writer.writerows([["" if value != value else f"{value:.12g}" for value in row] for row in rows.tolist()])  # noqa: PLR0124  # NaN


def write_sweep_arrays(table: SweepTable, path: Path, *, command: str) -> None:
    """Write a sweep as NPZ: columns in the shape of the axes, the axes by name, and as JSON text ``record``."""
    arrays = {f"axis {axis.name}": np.array(axis.values) for axis in table.sweep.axes}
    arrays |= {name: table.grid(name) for name in table.columns}
    with path.open("wb") as stream:
        np.savez_compressed(stream, record=np.array(answer_json(_solved(table), command=command)), **arrays)  # type: ignore[arg-type]
