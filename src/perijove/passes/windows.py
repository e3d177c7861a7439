"""When an ephemeris knows where a spacecraft is, and which perijove a time belongs to."""

from collections.abc import Sequence

import numpy as np

from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.source import EmbeddedEphemeris, Ephemeris
from perijove.ephemeris.spice.source import KernelEphemeris
from perijove.errors import InputError
from perijove.timescales import tdb_to_utc

__all__ = ["kernel_windows", "known_windows", "perijove_of"]

Window = tuple[float, float]


def known_windows(ephemeris: Ephemeris, body: str, start_tdb: float, end_tdb: float) -> tuple[Window, ...]:
    """Parts of a span for which an ephemeris knows a body.

    Parameters
    ----------
    ephemeris : Ephemeris
        The built-in one, kernels, or anything else with a method ``windows(body)`` that gives such pairs; whatever
        does not have one is taken to know the body always.
    body : str
        NAIF name.
    start_tdb, end_tdb : float
        TDB seconds past J2000.

    Returns
    -------
    tuple of (float, float)
        Growing and apart from each other.

    Raises
    ------
    InputError
        Where the span is reversed or empty, or nothing in it is known.
    """
    if not end_tdb > start_tdb:
        raise InputError(f"the span ends at {_date(end_tdb)} before it begins at {_date(start_tdb)}; turn it around")
    known = _joined(_all_windows(ephemeris, body))
    inside = tuple((max(a, start_tdb), min(b, end_tdb)) for a, b in known if a < end_tdb and b > start_tdb)
    if not inside:
        nearest = min(known, key=lambda window: max(window[0] - end_tdb, start_tdb - window[1]), default=None)
        where = "at all" if nearest is None else f"there; nearest are {_date(nearest[0])} to {_date(nearest[1])}"
        raise InputError(
            f"{_date(start_tdb)} to {_date(end_tdb)}: {body} is not known {where}; other times need SPICE kernels that "
            "cover them"
        )
    return inside


def perijove_of(tdb: float) -> int | None:
    """Number of the perijove of Juno within whose built-in arc a time lies; None where there is none."""
    return next((arc.perijove for arc in ARCS if arc.start_tdb <= tdb <= arc.end_tdb), None)


def kernel_windows(ephemeris: KernelEphemeris, body: str) -> list[Window]:
    """Stretches of time for which kernels hold positions of a body, file by file."""
    return [(row.start_tdb, row.stop_tdb) for row in ephemeris.kernels.coverage() if row.body.upper() == body.upper()]


def _all_windows(ephemeris: Ephemeris, body: str) -> Sequence[Window]:
    if isinstance(ephemeris, KernelEphemeris):
        return kernel_windows(ephemeris, body)
    if isinstance(ephemeris, EmbeddedEphemeris) and body.upper() in {"JUNO", "-61"}:
        return [(arc.start_tdb, arc.end_tdb) for arc in ARCS]
    own = getattr(ephemeris, "windows", None)
    return own(body) if own is not None else [(-np.inf, np.inf)]


def _joined(windows: Sequence[Window]) -> list[Window]:
    """Overlapping windows as one."""
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _date(tdb: float) -> str:
    return f"{tdb_to_utc(tdb, digits=0)} UTC"
