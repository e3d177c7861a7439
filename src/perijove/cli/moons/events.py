"""``perijove events``: transits, shadows, eclipses, occultations and mutual events of the Galilean moons."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

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
    to_option,
)
from perijove.constants import SECONDS_PER_DAY
from perijove.ephemeris.epochs import times_tdb
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.errors import InputError
from perijove.events.finder import moon_events
from perijove.events.observers import BodyObserver, Observer, SiteObserver
from perijove.events.records import KINDS, Contact, MoonEvent, as_dict, short_name
from perijove.timescales import tdb_to_utc, utc_to_tdb

__all__ = ["command"]

_LONG_SPAN_DAYS = 1000.0  # from here on a bar shows progress
_LONGEST_FIGURE_DAYS = 93.0
_REACH_S = 45_000.0  # of kernels beyond the span
_FIRST_DAY = "1972-01-02"  # what is seen then happened in 1972 too
_EVENT_KEYS = ("label", "kind", "type", "front", "back", "magnitude", "area_covered", "light_lost")
_CONTACT_KEYS = (
    "name",
    "utc",
    "jd_tdb",
    "event_utc",
    "sigma_s",
    "limb_s",
    "visible",
    "hidden",
    "jupiter_altitude_deg",
    "jupiter_azimuth_deg",
    "sun_altitude_deg",
)


_LEGEND = (
    "Times: centre of moon or shadow on the edge of Jupiter's lit disc or of its shadow; mutual events from first to",
    "last contact, of the umbra if there is one. In brackets: cannot be seen. ±s: standard error from the ephemeris.",
    "limb: seconds by which refraction and haze of Jupiter make eclipses and occultations begin earlier and end later,",
    "and move transits either way. --json and --csv have all contacts.",
)


@dataclass(frozen=True)
class _Request:
    """What was asked, with what comes of it."""

    start_tdb: float
    end_tdb: float
    observer: Observer
    ephemeris: Ephemeris
    source: str
    events: tuple[MoonEvent, ...] = ()

    @property
    def span(self) -> str:
        """From when to when."""
        return " to ".join(tdb_to_utc(t, digits=0).replace("T", " ") for t in (self.start_tdb, self.end_tdb))


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
@json_option
@csv_option
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
    as_json: bool,
    as_csv: bool,
    plot: Path | None,
    overwrite: bool,
    quiet: bool,
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
        _check_figure(request, plot, overwrite=overwrite)
    with _progress(end_tdb - start_tdb, quiet=quiet) as tell:
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
    request = _Request(start_tdb, end_tdb, request.observer, request.ephemeris, request.source, events)
    if plot is not None:
        _draw(request, moons, plot, overwrite=overwrite)
    text = _json if as_json else _csv if as_csv else _table
    click.echo(text(request), nl=False)


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
        return _Request(start_tdb, end_tdb, observer, EMBEDDED, "built-in ephemeris")
    from perijove.ephemeris.spice.kernels import Kernels
    from perijove.ephemeris.spice.source import KernelEphemeris

    loaded = Kernels(kernels)
    given = KernelEphemeris(loaded)
    ends = np.array([start_tdb - _REACH_S, end_tdb + _REACH_S])
    if all(loaded.covers(name, ends).all() for name in (*MOONS, "SUN", "JUPITER")):
        return _Request(start_tdb, end_tdb, observer, given, "kernels")
    if site or body in {"EARTH", "SUN"}:
        raise InputError(
            f"{kernels}: do not cover the four moons, SUN and JUPITER until 12.5 hours before and after the span, and "
            f"{body} needs no kernels; leave out --kernels"
        )
    return _Request(start_tdb, end_tdb, BodyObserver(body, given), EMBEDDED, f"built-in ephemeris, {body} from kernels")


@contextmanager
def _progress(span_s: float, *, quiet: bool) -> Iterator[Callable[[float], object] | None]:
    """A bar on standard error for spans of years."""
    if quiet or span_s < _LONG_SPAN_DAYS * SECONDS_PER_DAY:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("events", total=1.0)
        yield lambda part: bar.update(task, completed=part)


# ------------------------------------------------------------------------------------------------------------- writing


def _json(request: _Request) -> str:
    record = {
        "from_utc": tdb_to_utc(request.start_tdb, digits=0),
        "to_utc": tdb_to_utc(request.end_tdb, digits=0),
        "observer": request.observer.name,
        "ephemeris": request.source,
        "events": [as_dict(event) for event in request.events],
    }
    return json.dumps(record, indent=1) + "\n"


def _csv(request: _Request) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["event", *_EVENT_KEYS, *_CONTACT_KEYS])
    for number, event in enumerate(request.events, start=1):
        record = as_dict(event)
        contacts = record["contacts"]
        assert isinstance(contacts, list)
        for contact in sorted([*contacts, record["closest"]], key=lambda row: row["jd_tdb"]):
            writer.writerow([number, *(record[key] for key in _EVENT_KEYS), *(contact[key] for key in _CONTACT_KEYS)])
    return stream.getvalue()


def _table(request: _Request) -> str:
    """One line for each event: what an observer takes outside."""
    on_site = isinstance(request.observer, SiteObserver)
    altitudes = f"  {'Jupiter':>8s} {'Sun':>8s}" if on_site else ""
    seen = sum(event.visible for event in request.events)
    lines = [
        f"Jupiter's moons seen from {_place(request.observer)}, {request.span} UTC; {request.source}",
        "",
        f"{'UTC':10s}  {'begins':>10s}  {'ends':>10s}  {'':6s} {'±s':>6s} {'limb':>5s}{altitudes}  what",
    ]
    lines += [_line(event, on_site=on_site) for event in request.events]
    lines += [
        "",
        f"{len(request.events)} events, {len(request.events) - seen} of them out of sight",
        *_LEGEND,
    ]
    return "\n".join(lines) + "\n"


def _place(observer: Observer) -> str:
    if isinstance(observer, SiteObserver):
        return observer.name
    return f"the centre of {observer.name.capitalize()}"


def _line(event: MoonEvent, *, on_site: bool) -> str:
    begin, end = (_edge(event, names, fallback) for names, fallback in _EDGES)
    sigma, limb = (
        "-" if np.isnan(value) else f"{value:.{digits}f}" for value, digits in ((begin.sigma_s, 2), (begin.limb_s, 0))
    )
    altitudes = ""
    if on_site:
        pairs = [(begin.jupiter_altitude_deg, end.jupiter_altitude_deg), (begin.sun_altitude_deg, end.sun_altitude_deg)]
        altitudes = "  " + " ".join(f"{f'{a:+.0f}/{b:+.0f}°':>8s}" for a, b in pairs)
    date = tdb_to_utc(begin.tdb, digits=0)[:10]
    what = f"{date}  {_clock(begin)}  {_clock(end)}  {short_name(event):6s} {sigma:>6s} {limb:>5s}{altitudes}"
    return f"{what}  {_sentence(event)}"


_EDGES = ((("lit_ingress", "ingress", "U1", "P1", "I"), 0), (("lit_egress", "egress", "U4", "P4", "IV"), -1))


def _edge(event: MoonEvent, names: Sequence[str], fallback: int) -> Contact:
    return next((c for name in names if (c := event.contact(name))), event.contacts[fallback])


def _clock(contact: Contact) -> str:
    time = tdb_to_utc(contact.tdb, digits=0)[11:]
    return f" {time} " if contact.hidden is None else f"({time})"


def _sentence(event: MoonEvent) -> str:
    front, back = event.front.capitalize(), event.back.capitalize()
    match event.kind:
        case "transit" | "mutual_occultation":
            text = f"{front} before {back}"
        case "shadow_transit" | "mutual_eclipse":
            text = f"{front}'s shadow on {back}"
        case "occultation":
            text = f"{back} behind {front}"
        case _:
            text = f"{back} in {front}'s shadow"
    if event.type != "total" or event.magnitude is not None:
        text += f", {event.type}"
    if event.light_lost is not None:
        text += f", {100.0 * event.light_lost:.0f} % of its light"
    elif event.area_covered is not None:
        text += f", {100.0 * event.area_covered:.0f} % of its disc"
    return text


# ------------------------------------------------------------------------------------------------------------- drawing


def _check_figure(request: _Request, out: Path, *, overwrite: bool) -> None:
    from perijove.export.atomic import refuse_existing

    days = (request.end_tdb - request.start_tdb) / SECONDS_PER_DAY
    if days > _LONGEST_FIGURE_DAYS:
        raise InputError(
            f"a figure of {days:.0f} days is too long to read; at most {_LONGEST_FIGURE_DAYS:.0f}, or leave out --plot"
        )
    if not overwrite:
        refuse_existing(out.parent, [out.name])


def _draw(request: _Request, moons: Sequence[str], out: Path, *, overwrite: bool) -> None:
    from perijove.events.snapshot import moon_offsets
    from perijove.export.atomic import ProductSet
    from perijove.figures.moons.corkscrew import CorkscrewPath, corkscrew
    from perijove.figures.style import save_figure

    offsets = moon_offsets(
        request.start_tdb, request.end_tdb, observer=request.observer, ephemeris=request.ephemeris, moons=moons
    )
    midnight = float(times_tdb(tdb_to_utc(request.start_tdb, digits=0)[:10]))
    days = (offsets.times_tdb - midnight) / SECONDS_PER_DAY
    names = [tdb_to_utc(midnight + n * SECONDS_PER_DAY + 1.0, digits=0)[:10] for n in range(int(days[-1]) + 1)]
    figure = corkscrew(
        days,
        [CorkscrewPath(*row) for row in zip(offsets.moons, offsets.east, offsets.nearer, offsets.hidden, strict=True)],
        day_names=names,
        title="Jupiter's moons",
        facts=f"Seen from {_place(request.observer)}, {request.span} UTC",
        source=f"Perijove, {request.source}",
    )
    with ProductSet(out.parent, overwrite=overwrite) as products:
        save_figure(figure, products.path(out.name))
