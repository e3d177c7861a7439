"""Who stands before whom, or in whose shadow, and what happens along integrated paths."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from perijove.constants import SECONDS_PER_DAY
from perijove.dynamics import moments
from perijove.dynamics.moments import Moment
from perijove.ephemeris.epochs import Moments as Times
from perijove.ephemeris.epochs import times_tdb
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.observers import BodyObserver, Observer, SiteObserver
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.events.finder import moon_events as found_events
from perijove.events.records import KINDS, Almanac, Contact, MoonEvent
from perijove.events.snapshot import moon_offsets
from perijove.export.almanac import almanac_record
from perijove.face.results import Drawn, Source, ephemeris_from, made
from perijove.figures.moons.corkscrew import corkscrew
from perijove.figures.moons.series import Line, series_figure
from perijove.timescales import tdb_to_utc

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Contact",
    "Moment",
    "MoonEvent",
    "MoonEvents",
    "PathMoments",
    "SiteObserver",
    "apsides",
    "closest_approaches",
    "conjunctions",
    "eclipses",
    "moon_events",
    "oppositions",
]

_P = ParamSpec("_P")
_LONGEST_FIGURE_DAYS = 62.0


@dataclass(frozen=True)
class MoonEvents(Almanac, Drawn):
    """Events of a span, by first contact: iterate over them, or take them as a table or a diagram.

    Attributes
    ----------
    ephemeris : Ephemeris
        Where the paths came from.
    """

    ephemeris: Ephemeris

    def __iter__(self) -> Iterator[MoonEvent]:
        """Events by first contact."""
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def __getitem__(self, index: int) -> MoonEvent:
        return self.events[index]

    def records(self) -> list[dict[str, Any]]:
        """One event a row: what happens, begin and end as an observer waits for them (UTC), whether it is seen."""
        record = almanac_record(self)
        rows = []
        for event, entry in zip(self.events, record["events"], strict=True):  # type: ignore[call-overload]
            plain = {key: value for key, value in entry.items() if not isinstance(value, (dict, list))}
            begin, end = (tdb_to_utc(one.tdb, digits=2) for one in (event.begin, event.end))
            rows.append({"begins_utc": begin, "ends_utc": end, **plain})
        return rows

    def plot(self) -> "Figure":
        """Moons beside Jupiter over time, as matplotlib figure.

        Raises
        ------
        InputError
            Where the span is longer than 62 days, which nobody can read.
        """
        days = (self.end_tdb - self.start_tdb) / SECONDS_PER_DAY
        if days > _LONGEST_FIGURE_DAYS:
            raise InputError(f"a figure of {days:.0f} days is too long to read; take {_LONGEST_FIGURE_DAYS:g} at most")
        offsets = moon_offsets(
            self.start_tdb, self.end_tdb, observer=self.observer, ephemeris=self.ephemeris, moons=MOONS
        )
        span = " to ".join(tdb_to_utc(t, digits=0).replace("T", " ") for t in (self.start_tdb, self.end_tdb))
        return corkscrew(offsets, facts=f"Seen from {self.place}, {span} UTC", source=self.source)


def moon_events(
    start: Times,
    end: Times,
    *,
    observer: str | Observer = "EARTH",
    kinds: Sequence[str] = tuple(KINDS),
    moons: Sequence[str] = MOONS,
    ephemeris: Source = None,
) -> MoonEvents:
    """Transits, eclipses, occultations and mutual events of the moons.

    Parameters
    ----------
    start, end : str, datetime, astropy Time or number
        ISO 8601 UTC, or TDB seconds past J2000, at the observer.
    observer : str or SiteObserver
        A body (``EARTH``, ``JUNO``, ``IO`` ...), or ``SiteObserver(28.3, -16.5, 2390.0)``: latitude and longitude
        (deg, positive east) and height (m).
    kinds : sequence of str
        Of ``transit``, ``shadow_transit``, ``occultation``, ``eclipse``, ``mutual_occultation``, ``mutual_eclipse``.
    moons : sequence of str
        NAIF names.
    ephemeris : Ephemeris or path, optional
        In place of the built-in one: an ephemeris, or a file or folder of SPICE kernels.

    Returns
    -------
    MoonEvents
        By first contact.

    Raises
    ------
    InputError
        Where a name is unknown, the span is reversed or longer than half a century, or the paths do not reach.
    """
    name = observer if isinstance(observer, str) else observer.body
    who = BodyObserver(observer) if isinstance(observer, str) else observer
    span = float(times_tdb(start)), float(times_tdb(end))
    if not span[0] < span[1]:
        raise InputError(f"start {start!r} is not before end {end!r}; exchange them or move one")
    source, named = ephemeris_from(ephemeris, MOONS, observer=name, tdb=span)
    found = found_events(*span, observer=who, ephemeris=source, kinds=tuple(kinds), moons=tuple(moons))
    almanac = Almanac(*span, who, named, found)
    return made(MoonEvents, almanac, ephemeris=source)


class PathMoments(tuple[Moment, ...], Drawn):  # noqa: SLOT001  # shows itself
    """Moments of integrated paths, in the order of time."""

    def records(self) -> list[dict[str, Any]]:
        """One moment a row: time (UTC), what, whose, distance (km)."""
        return [
            {
                "time_utc": tdb_to_utc(one.tdb, digits=3),
                "kind": one.kind,
                "bodies": " ".join(one.bodies),
                "distance_km": one.distance_km,
            }
            for one in self
        ]

    def plot(self) -> "Figure":
        """Distances at the moments, as matplotlib figure."""
        kinds = dict.fromkeys(one.kind for one in self)
        lines = [
            Line(
                kind,
                np.array([one.tdb for one in self if one.kind == kind]),
                np.array([one.distance_km for one in self if one.kind == kind]),
                marks=True,
            )
            for kind in kinds
        ]
        whose = ", ".join(dict.fromkeys(" and ".join(name.capitalize() for name in one.bodies) for one in self))
        return series_figure(lines, unit="km", title="Distances", facts=whose, source="integrated paths")


def _shown(search: Callable[_P, Iterable[Moment]]) -> Callable[_P, PathMoments]:
    """A search whose result shows itself."""

    @wraps(search)
    def moments(*args: _P.args, **kwargs: _P.kwargs) -> PathMoments:
        return PathMoments(search(*args, **kwargs))

    return moments


apsides = _shown(moments.apsides)
closest_approaches = _shown(moments.closest_approaches)
conjunctions = _shown(moments.conjunctions)
oppositions = _shown(moments.oppositions)
eclipses = _shown(moments.eclipses)
