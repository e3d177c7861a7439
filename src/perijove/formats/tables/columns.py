"""A CSV table that must have certain columns: texts, numbers and longitudes out of it."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perijove.errors import FormatError, InputError

__all__ = ["Columns", "east_deg", "read_columns"]

_MAX_BYTES = 1 << 24


@dataclass(frozen=True)
class Columns:
    """Rows of a table as texts.

    Attributes
    ----------
    file : str
        Name of the file, for messages.
    rows : tuple of dict
        By the column's name; every column that was asked for is there. Row i stands in line i + 2 of the file.
    """

    file: str
    rows: tuple[dict[str, str], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, column: str) -> tuple[str, ...]:
        """A column without the blanks around its fields."""
        return tuple(row[column].strip() for row in self.rows)

    def numbers(self, column: str, *, low: float = -math.inf, high: float = math.inf, gaps: bool = False) -> np.ndarray:
        """A column as numbers, shape (n,).

        Parameters
        ----------
        column : str
        low, high : float
            What the numbers lie within, both ends included.
        gaps : bool
            Whether fields may be empty; they become NaN.

        Raises
        ------
        FormatError
            Where a field is no number, out of bounds, or empty without leave; the message names the line.
        """
        found = np.empty(len(self.rows))
        for index, text in enumerate(self.texts(column)):
            found[index] = math.nan if gaps and not text else self._number(index, column, text)
        wrong = np.flatnonzero((found < low) | (found > high) | np.isinf(found))
        if wrong.size:
            raise FormatError(
                f"{self.file}: line {wrong[0] + 2}, {column} {found[wrong[0]]:g} is not within {low:g} and {high:g}"
            )
        return found

    def _number(self, index: int, column: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isnan(value):
            raise FormatError(f"{self.file}: line {index + 2}, {column} = {text!r} is not a number")
        return value


def read_columns(path: Path, wanted: tuple[str, ...]) -> Columns:
    """Read a CSV file in UTF-8, with or without a byte order mark.

    Parameters
    ----------
    path : Path
    wanted : tuple of str
        Columns that it must have; others are kept.

    Raises
    ------
    InputError
        If the file cannot be read.
    FormatError
        If it is no table, lacks a column, has no rows, or a row has fewer or more fields than the head.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FormatError(f"{path.name}: larger than {_MAX_BYTES >> 20} MB; this is no list of volcanoes")
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            head = reader.fieldnames or ()
            missing = [name for name in wanted if name not in head]
            if missing:
                raise FormatError(f"{path.name}: no column {missing[0]}; needed are {', '.join(wanted)}")
            rows = tuple(reader)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); give the published table") from None
    except (UnicodeDecodeError, csv.Error):
        raise FormatError(f"{path.name}: is no text table; give the published table as CSV") from None
    if not rows:
        raise FormatError(f"{path.name}: has no rows")
    for line, row in enumerate(rows, 2):
        short = [name for name in head if row[name] is None]
        if short:
            raise FormatError(f"{path.name}: line {line} ends before column {short[0]}; the file may be truncated")
        if None in row:
            raise FormatError(f"{path.name}: line {line} has more fields than the head")
    return Columns(path.name, rows)


def east_deg(longitude_deg: np.ndarray, *, west: bool) -> np.ndarray:
    """Longitudes positive west or east, in any winding, as east longitudes from -180 to below 180."""
    return np.mod((-longitude_deg if west else longitude_deg) + 180.0, 360.0) - 180.0
