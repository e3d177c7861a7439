"""Vector tables as JPL Horizons prints them: a header, then rows between $$SOE and $$EOE."""

import re
from collections.abc import Sequence

from perijove.errors import FormatError

__all__ = ["horizons_rows", "is_horizons"]

_BEGIN, _END = "$$SOE", "$$EOE"
_UNITS = {"AU-D": "au", "KM-S": "km", "KM-D": "km"}
_ASK_FOR = "ask Horizons for vectors from 500@599, ICRF, geometric, CSV"


def is_horizons(lines: Sequence[str]) -> bool:
    """Whether the text is an answer of Horizons."""
    return any(line.strip() == _BEGIN for line in lines)


def _header(lines: Sequence[str], name: str) -> str:
    """Value of a line ``name : value`` of the header; empty where there is none."""
    pattern = re.compile(rf"\s*{name}\s*:\s*(.*?)(?:\s{{2,}}.*|\s*\{{.*)?$", re.IGNORECASE)
    return next((match[1] for line in lines if (match := pattern.match(line))), "")


def horizons_rows(where: str, lines: Sequence[str]) -> tuple[str, list[tuple[int, str]]]:
    """Header and rows of a table, as CSV with columns named ``jd_tdb``, ``x_km`` or ``x_au``, and so on.

    Parameters
    ----------
    where : str
        Name of the file, for errors.
    lines : sequence of str

    Returns
    -------
    str
        Names of the columns.
    list of (int, str)
        Number of each line in the file, from 1, and its text.

    Raises
    ------
    FormatError
        Where it is no CSV, is not seen from Jupiter's centre (599), not on the ICRF's axes, corrected for light time,
        or cut off.
    """
    begin = next(n for n, line in enumerate(lines) if line.strip() == _BEGIN)
    end = next((n for n, line in enumerate(lines) if line.strip() == _END), None)
    if end is None:
        raise FormatError(f"{where}: begins with {_BEGIN} and has no {_END}; it is cut off, fetch it again")
    head = lines[:begin]
    for name, wanted in (("Center body name", "(599)"), ("Reference frame", "ICRF"), ("Output type", "GEOMETRIC")):
        found = _header(head, name)
        if wanted not in found:
            raise FormatError(f"{where}: {name} is {found or 'not given'!r}, not {wanted}; {_ASK_FOR}")
    unit = _UNITS.get(_header(head, "Output units").upper())
    columns = next((line for line in reversed(head) if line.lstrip().startswith("JDTDB")), "")
    if unit is None or columns.count(",") < 4:
        raise FormatError(f"{where}: is no table of vectors as CSV with units AU-D or KM-S; {_ASK_FOR}")
    names = [name.strip() for name in columns.split(",")]
    known = {"JDTDB": "jd_tdb", "X": f"x_{unit}", "Y": f"y_{unit}", "Z": f"z_{unit}"}
    rows = [(n + 1, lines[n]) for n in range(begin + 1, end) if lines[n].strip()]
    return ",".join(known.get(name, name or "-") for name in names), rows
