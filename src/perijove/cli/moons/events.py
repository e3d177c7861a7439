"""``perijove events``: transits, shadows, eclipses, occultations and mutual events of the Galilean moons."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import numpy as np

from perijove.cli.ephemeris_choice import built_in, only_kernels
from perijove.cli.handover import hand_over, new_figure, refuse_standing
from perijove.cli.option_types import TimeZone
from perijove.cli.options import (
    body_option,
    csv_option,
    from_option,
    json_option,
    kernels_option,
    observer_option,
    overwrite_option,
    plot_option,
    quiet_option,
    solution_option,
    to_option,
)
from perijove.cli.rules import not_with, noted, only_one_of
from perijove.cli.talk import QUIET
from perijove.constants import SECONDS_PER_DAY
from perijove.ephemeris.epochs import times_tdb
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.observers import BodyObserver, Observer, SiteObserver
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.events.finder import moon_events
from perijove.events.records import KINDS, Almanac
from perijove.export.almanac import almanac_csv, almanac_record, almanac_text
from perijove.export.calendar import almanac_calendar
from perijove.timescales import tdb_to_utc, utc_to_tdb

__all__ = ["command"]

_LONG_SPAN_DAYS = 1000.0  # from here on a bar shows progress
_LONGEST_FIGURE_DAYS = 93.0
_REACH_S = 45_000.0  # of kernels beyond the span
_FIRST_DAY = "1972-01-02"  # what is seen then happened in 1972 too


@dataclass(frozen=True)
class _Request:
    """What is asked."""

    start_tdb: float
    end_tdb: float
    observer: Observer
    ephemeris: Ephemeris
    source: str


@click.command("events")
@from_option(required=True)
@to_option(required=True)
@observer_option("EARTH", others="SUN, a moon, JUNO within one of its passes; others need --kernels.")
@click.option(
    "--site", nargs=3, type=float, metavar="LAT LON HEIGHT", help="Place on the Earth: deg, deg EAST, metres."
)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only this kind; may be repeated.")
@body_option("only events with this moon.", many=True)
@click.option("--visible", is_flag=True, help="Leave out events of which the observer can see nothing.")
@kernels_option()
@solution_option
@json_option
@csv_option
@click.option("--ics", "as_ics", is_flag=True, help="Print an iCalendar file (RFC 5545), for a calendar.")
@only_one_of("--json", "--csv", "--ics")
@click.option(
    "--time-zone",
    "zone",
    type=TimeZone(),
    metavar="NAME",
    help="Tell local times too, with their offset: Europe/Berlin, America/New_York. --from and --to stay UTC.",
)
@not_with("--time-zone", "--ics", why="a calendar turns UTC into local time by itself")
@plot_option("the moons' paths.")
@overwrite_option
@quiet_option
def command(
    start: str,
    end: str,
    observer: str,
    site: tuple[float, float, float] | None,
    kinds: tuple[str, ...],
    bodies: tuple[str, ...],
    visible: bool,
    kernels: Path | None,
    as_ics: bool,
    zone: ZoneInfo | None,
    plot: Path | None,
) -> None:
    """Print what happens among Jupiter's four large moons between two times, as an observer sees it.

    Transits (Tr), shadows on Jupiter (Sh), eclipses in its shadow (Ec), occultations behind it (Oc), a moon before
    another (1 O 2) or its shadow on another (1 E 2).
    """
    if site is not None and observer != "EARTH":
        raise InputError(f"--site is on the Earth and --observer {observer} is not; choose one")
    start_tdb, end_tdb = _span(start, end)
    moons = tuple(dict.fromkeys(bodies)) or MOONS
    request = _request(start_tdb, end_tdb, observer, site, kernels)
    if plot is not None:
        _check_figure(request, plot)
    with _progress(end_tdb - start_tdb) as tell:
        events = moon_events(
            start_tdb,
            end_tdb,
            observer=request.observer,
            ephemeris=request.ephemeris,
            kinds=kinds or tuple(KINDS),
            moons=moons,
            progress=tell,
        )
    events = tuple(event for event in events if event.visible or not visible)
    almanac = Almanac(start_tdb, end_tdb, request.observer, request.source, events)
    if plot is not None:
        _draw(almanac, request.ephemeris, moons, plot)
    if as_ics:
        click.echo(almanac_calendar(almanac).encode(), nl=False)  # as bytes: its lines end in CRLF everywhere
        return
    hand_over(
        lambda: almanac_record(almanac, zone=zone),
        lambda: almanac_text(almanac, zone=zone),
        csv=lambda: almanac_csv(almanac, zone=zone),
        ephemeris=almanac.source,
    )


def _span(start: str, end: str) -> tuple[float, float]:
    """TDB of both ends."""
    start_tdb, end_tdb = (float(t) for t in times_tdb([start, end]))
    if not start_tdb < end_tdb:
        raise InputError(f"--from {start} is not before --to {end}; exchange them or move one")
    if start_tdb < utc_to_tdb(_FIRST_DAY):
        raise InputError(
            f"--from {start}: events are told in UTC, with whole leap seconds from 1972 on; begin with {_FIRST_DAY}"
        )
    return start_tdb, end_tdb


def _request(
    start_tdb: float, end_tdb: float, body: str, site: tuple[float, float, float] | None, kernels: Path | None
) -> _Request:
    """Who watches, and where the paths come from."""
    observer: Observer = SiteObserver(*site) if site else BodyObserver(body)
    if kernels is None:
        return _Request(start_tdb, end_tdb, observer, *built_in(observer.body, (start_tdb, end_tdb)))
    from perijove.ephemeris.spice.kernels import Kernels
    from perijove.ephemeris.spice.source import kernel_ephemeris, kernel_segments

    loaded = Kernels(kernels)
    ends = np.array([start_tdb - _REACH_S, end_tdb + _REACH_S])
    if all(loaded.covers(name, ends).all() for name in (*MOONS, "SUN", "JUPITER")):
        return _Request(start_tdb, end_tdb, observer, kernel_ephemeris(loaded), only_kernels())
    if site or body in {"EARTH", "SUN"}:
        raise InputError(
            f"{kernels}: do not cover the four moons, SUN and JUPITER until 12.5 hours before and after the span, and "
            f"{body} needs no kernels; leave out --kernels"
        )
    source, name = built_in(body, (start_tdb, end_tdb))
    source = source.replacing(*kernel_segments(loaded, body))
    return _Request(start_tdb, end_tdb, observer, source, f"{name}, {body} from kernels")


@contextmanager
def _progress(span_s: float) -> Iterator[Callable[[float], object] | None]:
    """A bar on standard error for spans of years."""
    if noted(QUIET) or span_s < _LONG_SPAN_DAYS * SECONDS_PER_DAY:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("events", total=1.0)
        yield lambda part: bar.update(task, completed=part)


# ------------------------------------------------------------------------------------------------------------- drawing


def _check_figure(request: _Request, out: Path) -> None:
    days = (request.end_tdb - request.start_tdb) / SECONDS_PER_DAY
    if days > _LONGEST_FIGURE_DAYS:
        raise InputError(
            f"a figure of {days:.0f} days is too long to read; at most {_LONGEST_FIGURE_DAYS:.0f}, or leave out --plot"
        )
    refuse_standing(out)


def _draw(almanac: Almanac, ephemeris: Ephemeris, moons: Sequence[str], out: Path) -> None:
    from perijove.events.snapshot import moon_offsets
    from perijove.figures.moons.corkscrew import corkscrew

    span_tdb = almanac.start_tdb, almanac.end_tdb
    offsets = moon_offsets(*span_tdb, observer=almanac.observer, ephemeris=ephemeris, moons=moons)
    span = " to ".join(tdb_to_utc(t, digits=0).replace("T", " ") for t in span_tdb)
    new_figure(out, corkscrew(offsets, facts=f"Seen from {almanac.place}, {span} UTC", source=almanac.source))
