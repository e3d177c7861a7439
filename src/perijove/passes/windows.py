"""When an ephemeris knows where a spacecraft is, and which perijove a time belongs to."""

from perijove.ephemeris.composition import Window
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.segment import time_text
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.passes.mission_table import nearest_listed

__all__ = ["known_windows", "perijove_of"]


def known_windows(ephemeris: Ephemeris, body: str, start_tdb: float, end_tdb: float) -> tuple[Window, ...]:
    """Parts of a span for which an ephemeris knows a body.

    Parameters
    ----------
    ephemeris : Ephemeris
    body : str
        NAIF name, or that of a segment.
    start_tdb, end_tdb : float
        TDB seconds past J2000.

    Returns
    -------
    tuple of (float, float)
        Growing and apart from each other.

    Raises
    ------
    InputError
        Where the span is reversed or empty, the body is unknown, or nothing in it is known.
    """
    if not end_tdb > start_tdb:
        raise InputError(
            f"the span ends at {time_text(end_tdb)} before it begins at {time_text(start_tdb)}; turn it around"
        )
    known = ephemeris.windows(body)
    inside = tuple((max(a, start_tdb), min(b, end_tdb)) for a, b in known if a < end_tdb and b > start_tdb)
    if not inside:
        nearest = min(known, key=lambda window: max(window[0] - end_tdb, start_tdb - window[1]), default=None)
        where = (
            "at all" if nearest is None else f"there; nearest are {time_text(nearest[0])} to {time_text(nearest[1])}"
        )
        raise InputError(
            f"{time_text(start_tdb)} to {time_text(end_tdb)}: {body} is not known {where}; other times need SPICE "
            "kernels that cover them"
        )
    return inside


def perijove_of(tdb: float) -> int | None:
    """Number of the perijove of Juno that a time belongs to; None where there is none.

    Within a built-in arc it is that of the arc, elsewhere that of the mission's table within half a day.
    """
    built_in = next((arc.perijove for arc in ARCS if arc.start_tdb <= tdb <= arc.end_tdb), None)
    return nearest_listed(tdb) if built_in is None else built_in
