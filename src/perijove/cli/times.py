"""Times on the command line: one by one, a file of them, or a span with a step."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from perijove.constants import SECONDS_PER_DAY, SECONDS_PER_HOUR
from perijove.ephemeris.epochs import times_tdb
from perijove.errors import InputError
from perijove.timescales import Scale

__all__ = ["MOST_TIMES", "seconds_of", "span_tdb", "stepped_tdb", "times_in_file", "times_or_file"]

MOST_TIMES = 10_000_000
_SECONDS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": SECONDS_PER_HOUR, "d": SECONDS_PER_DAY}
_STEP = re.compile(r"(?P<number>[0-9.eE+-]+)\s*(?P<unit>[a-z]*)")


def times_or_file(arguments: Sequence[str], file: Path | None, scale: Scale | None, *, example: str) -> np.ndarray:
    """TDB of the times on the command line, or in a file; `example` is what to write where there are none."""
    if arguments and file is not None:
        raise InputError("times came on the command line and with --times; choose one")
    if file is not None:
        return times_in_file(file, scale)
    if not arguments:
        raise InputError(f"no time was given; write for example: {example}")
    return times_tdb(arguments, scale=scale)


def times_in_file(file: Path, scale: Scale | None) -> np.ndarray:
    """TDB of the times in a text file, one a line; errors name the line."""
    try:
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is not a text file; write one time a line") from error
    texts = [line.partition("#")[0].strip() for line in lines]
    given = [text for text in texts if text]
    if not given:
        raise InputError(f"{file}: holds no time; write one a line, such as 2024-12-27T01:18:13")
    try:
        return times_tdb(given, scale=scale)
    except InputError as error:
        for number, text in enumerate(texts, start=1):
            if text:
                _check_line(file, number, text, scale)
        raise InputError(f"{file}: {error}") from error


def _check_line(file: Path, number: int, text: str, scale: Scale | None) -> None:
    if not text.isprintable():
        raise InputError(f"{file}, line {number}: is not text; write one time a line")
    try:
        times_tdb(text, scale=scale)
    except InputError as error:
        raise InputError(f"{file}, line {number}: {error}") from error


def span_tdb(start: str, end: str, scale: Scale | None = None) -> tuple[float, float]:
    """TDB of --from and --to; refuses a span that ends before it begins."""
    first, last = times_tdb([start, end], scale=scale).tolist()
    if last < first:
        raise InputError(f"--to {end} is before --from {start}; turn them around")
    return first, last


def seconds_of(step: str) -> float:
    """Seconds of a step such as ``60``, ``60s``, ``5min``, ``1h`` or ``1d``."""
    match = _STEP.fullmatch(step.strip().lower())
    try:
        seconds = float(match["number"]) * _SECONDS[match["unit"] or "s"] if match else math.nan
    except (KeyError, ValueError):
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0.0):
        raise InputError(f"--step {step}: is no positive length of time; write 60s, 5min, 1h or 1d")
    return seconds


def stepped_tdb(start: str, end: str, step: str, scale: Scale | None = None) -> np.ndarray:
    """TDB from --from to --to, both included where the step leads there."""
    first, last = span_tdb(start, end, scale)
    seconds = seconds_of(step)
    count = math.floor((last - first) / seconds * (1.0 + 1e-12)) + 1
    if count > MOST_TIMES:
        raise InputError(f"{count} times from --from to --to; at most {MOST_TIMES}: give a longer --step")
    return first + seconds * np.arange(count)
