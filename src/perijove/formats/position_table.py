"""Tables of positions: CSV with a Julian date and three coordinates a row, or JPL Horizons' own vector tables.

::

    jd_tdb, x_km, y_km, z_km, sigma_km  # sigma_km may be left out, further columns are not read
    jd_tdb, x_au, y_au, z_au, vx_au_d, vy_au_d, vz_au_d

Lines that begin with # are comments. What Horizons prints is read as `perijove.formats.horizons_vectors` has it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perijove.constants import AU_KM
from perijove.errors import FormatError, InputError
from perijove.formats.horizons_vectors import horizons_rows, is_horizons
from perijove.formats.sources import read_head
from perijove.timescales import julian_date_to_tdb

__all__ = ["PositionTable", "read_position_table"]

_MAX_BYTES = 1 << 27  # a million rows have about 80 MB
_FORMS = "jd_tdb,x_km,y_km,z_km[,sigma_km] or jd_tdb,x_au,y_au,z_au"
_LEAST_SIGMA_KM = 1e-9  # a micrometre, far below what any position is known to
_UNITS_KM = {"km": 1.0, "au": AU_KM}


@dataclass(frozen=True)
class PositionTable:
    """Positions of one body.

    Attributes
    ----------
    path : Path
    tdb : array, shape (m,)
        Ascending, TDB seconds past J2000.
    position_km : array, shape (m, 3)
    sigma_km : array, shape (m,), or None
        Standard error of each component, where the table has a column of them.
    """

    path: Path
    tdb: np.ndarray
    position_km: np.ndarray
    sigma_km: np.ndarray | None


def read_position_table(path: Path) -> PositionTable:
    """Positions from a CSV file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    PositionTable
        In the order of time.

    Raises
    ------
    InputError
        If the file cannot be read.
    FormatError
        If it has no header of a known form, a row that is short, not a number or not finite, two rows of one time, or
        no row at all; the line is named.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a table in it")
    content = read_head(path, _MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise FormatError(f"{path}: is larger than {_MAX_BYTES >> 20} MiB; split it, or leave rows out")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: is not a text file (byte {error.start}); give CSV: {_FORMS}") from error
    if is_horizons(lines):
        header, numbered = horizons_rows(str(path), lines)
    else:
        numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip() and not line.startswith("#")]
        if not numbered:
            raise FormatError(f"{path}: is empty; give CSV: {_FORMS}")
        (_, header), *numbered = numbered
    columns, unit_km = _columns(path, header)
    rows = np.array([_row(path, number, line, columns) for number, line in numbered])
    if not len(rows):
        raise FormatError(f"{path}: has a header and no rows")
    order = np.argsort(rows[:, 0], kind="stable")
    twice = np.flatnonzero(np.diff(rows[order, 0]) == 0.0)
    if twice.size:
        first, second = (numbered[order[twice[0] + k]][0] for k in (0, 1))
        raise FormatError(f"{path}: lines {first} and {second} have one time; leave one out")
    rows = rows[order]
    return PositionTable(path, rows[:, 0], rows[:, 1:4] * unit_km, rows[:, 4] if len(columns) > 4 else None)


def _columns(path: Path, header: str) -> tuple[list[int], float]:
    """Places of the columns that are read, and the unit of the coordinates."""
    names = [name.strip().lower() for name in next(csv.reader([header]))]
    for unit, unit_km in _UNITS_KM.items():
        wanted = ["jd_tdb", f"x_{unit}", f"y_{unit}", f"z_{unit}"]
        if all(names.count(name) == 1 for name in wanted):
            if names.count("sigma_km") > 1:
                break
            return [names.index(name) for name in (*wanted, *({"sigma_km"} & set(names)))], unit_km
    raise FormatError(f"{path}: its first line is {header[:60]!r}; give a header: {_FORMS}")


def _row(path: Path, number: int, line: str, columns: Sequence[int]) -> list[float]:
    """Time, coordinates and perhaps sigma of a line."""
    cells = line.split(",")
    if len(cells) <= max(columns):
        raise FormatError(f"{path}, line {number}: has {len(cells)} columns, fewer than the header; is it cut off?")
    try:
        values = [julian_date_to_tdb(cells[columns[0]]), *(float(cells[k]) for k in columns[1:])]
    except (InputError, ValueError):
        raise FormatError(f"{path}, line {number}: {line[:60]!r} is not a Julian date and numbers") from None
    if not np.isfinite(values).all():
        raise FormatError(f"{path}, line {number}: not all numbers are finite; leave the line out")
    if len(values) > 4 and values[4] < _LEAST_SIGMA_KM:
        raise FormatError(
            f"{path}, line {number}: sigma_km {values[4]} is not {_LEAST_SIGMA_KM:g} or more; leave the line out"
        )
    return values
