"""When Juno's perijoves were, by the mission's own table: of all of them, where a path is built in of some."""

from dataclasses import dataclass
from functools import cache

from perijove.bodies.juno_perijove_table import ROWS
from perijove.constants import SECONDS_PER_DAY
from perijove.timescales import utc_to_tdb

__all__ = ["LISTED", "ListedPerijove", "listed_perijoves", "listed_tdb", "nearest_listed"]

LISTED = tuple(number for number, _ in ROWS)
"""Numbers of the table; 0 is the insertion into orbit about Jupiter."""

_HALF_PASS_S = 0.5 * SECONDS_PER_DAY


@dataclass(frozen=True)
class ListedPerijove:
    """A row of the table.

    Attributes
    ----------
    perijove : int
    utc : str
        As printed: whole seconds for perijoves 0 to 34, milliseconds from then on.
    tdb : float
        The same, TDB seconds past J2000.
    """

    perijove: int
    utc: str
    tdb: float


@cache
def _times() -> dict[int, float]:
    return {number: float(utc_to_tdb(utc)) for number, utc in ROWS}


def listed_tdb(perijove: int) -> float | None:
    """Time of a perijove by the table, TDB seconds past J2000; None where it is not in it.

    Notes
    -----
    The table states no errors. The paths of perijoves
    34 to 76 were fitted to these times and to places by JPL Horizons; of 43 times three are off by more than 1 ms, that
    of perijove 76 by 0.6 s. Those from 77 on may be predictions.
    """
    return _times().get(perijove)


def listed_perijoves(start_tdb: float, end_tdb: float) -> tuple[ListedPerijove, ...]:
    """Perijoves of the table within a span, TDB seconds past J2000."""
    times = _times()
    return tuple(
        ListedPerijove(number, utc, times[number]) for number, utc in ROWS if start_tdb <= times[number] < end_tdb
    )


def nearest_listed(tdb: float) -> int | None:
    """Number of the perijove of the table within half a day of a time; None where there is none."""
    return next((number for number, time in _times().items() if abs(time - tdb) <= _HALF_PASS_S), None)
