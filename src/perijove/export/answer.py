"""Answers as JSON: each says by which software and on which command it was made, and where places come from."""

import csv
import json
import math
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

from perijove import __version__

__all__ = [
    "SOFTWARE",
    "answer_json",
    "csv_text",
    "json_text",
    "megabytes",
    "number",
    "provenance",
    "write_text",
]


SOFTWARE = f"Perijove {__version__}"
"""What files call the program."""


def provenance(*, command: str | None, ephemeris: object = None) -> dict[str, object]:
    """Where an answer comes from.

    Parameters
    ----------
    command : str or None
        As it was typed; None from Python.
    ephemeris : str, mapping or None
        Solution or kernels from which places were taken, in words, or by what was taken; None where none were.

    Returns
    -------
    dict
        ``software`` with its version, ``command`` and, where places enter, ``ephemeris``.
    """
    places = {} if ephemeris is None else {"ephemeris": ephemeris}
    return {"software": f"perijove {__version__}", "command": command, **places}


def answer_json(record: Mapping[str, object], *, command: str | None, ephemeris: object = None) -> str:
    """A record as JSON text, `provenance` at its end; not a number is an error here, None becomes null."""
    return json_text({**record, "provenance": provenance(command=command, ephemeris=ephemeris)}) + "\n"


def json_text(value: object, depth: int = 0) -> str:
    """Plain values as JSON: objects indented by `depth` and more, lists without objects on one line."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, Mapping) and value:
        lines = [
            f"{inner}{json.dumps(str(name), ensure_ascii=False)}: {json_text(child, depth + 1)}"
            for name, child in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
    if isinstance(value, list | tuple) and any(isinstance(child, Mapping) for child in value):
        return "[\n" + ",\n".join(f"{inner}{json_text(child, depth + 1)}" for child in value) + f"\n{outer}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as CSV with a header; cells of None are empty."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def write_text(path: Path, text: str) -> None:
    """Write a text as it is, in UTF-8, with the same ends of lines everywhere."""
    path.write_text(text, encoding="utf-8", newline="")


def number(value: float | None, digits: int | None = None) -> float | None:
    """A number as JSON has it, rounded to so many decimals; None for what is none."""
    if value is None or not math.isfinite(value):
        return None
    return float(value) if digits is None else round(float(value), digits)


def megabytes(size: int | None) -> str:
    """Size of a file for people."""
    return "?" if size is None else f"{size / 1e6:.1f} MB"
