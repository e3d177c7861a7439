"""An almanac of events as records, and these as text, CSV and JSON."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.events.records import Almanac, Contact, MoonEvent, sentence, short_name
from perijove.export.answer import csv_text, number
from perijove.timescales import tdb_to_utc

__all__ = [
    "CONTACT_KEYS",
    "EVENT_KEYS",
    "almanac_csv",
    "almanac_record",
    "almanac_text",
    "local_time",
]

EVENT_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "label": "as almanacs write it: I Ec, II Tr, 1 O 3",
        "kind": "transit, shadow_transit, eclipse, occultation, mutual_occultation, mutual_eclipse",
        "type": "total, annular, partial, penumbral",
        "front": "what hides, or throws its shadow",
        "back": "what is hidden or darkened",
        "visible": "whether the observer can see any of its moments",
        "magnitude": "mutual events, at closest: part of the back moon's diameter that is covered",
        "area_covered": "the same of the area of its disc",
        "light_lost": "mutual eclipses: part of its sunlight that is lost then, penumbra included",
    }
)
"""Keys of an event beside its moments, `closest` and `contacts`."""

CONTACT_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "name": "which contact",
        "utc": "when it is seen",
        "local": "the same in the time zone that was asked for, with its offset",
        "jd_tdb": "the same as a Julian date, TDB",
        "event_utc": "when it happens",
        "sigma_s": "standard error from the ephemeris, s",
        "limb_s": "by how much Jupiter's atmosphere may move it, s",
        "visible": "whether it can be seen",
        "hidden": "if not, why",
        "jupiter_altitude_deg": "for a site, without refraction",
        "jupiter_azimuth_deg": "from north by east",
        "sun_altitude_deg": "for a site, without refraction",
    }
)
"""Keys of a moment."""

_DIGITS = 2  # of a second
_LEGEND = (
    "Times: centre of moon or shadow on the edge of Jupiter's lit disc or of its shadow; mutual events from first to",
    "last contact, of the umbra if there is one. In brackets: cannot be seen. ±s: standard error from the ephemeris.",
    "limb: seconds by which refraction and haze of Jupiter make eclipses and occultations begin earlier and end later,",
    "and move transits either way. JSON and CSV have all contacts.",
)
_SITE_LEGEND = "Jupiter and Sun: altitude at begin and end; azimuth of Jupiter from north by east."


def local_time(tdb: float, zone: tzinfo, *, digits: int = 0) -> str:
    """Time in a zone with its offset from UTC, ``2026-07-01T03:12:45+02:00``.

    A leap second comes out as the second before it, for no local clock counts it.
    """
    whole, _, fraction = tdb_to_utc(tdb, digits=digits).partition(".")
    moment = datetime.fromisoformat(whole.replace(":60", ":59")).replace(tzinfo=UTC).astimezone(zone)
    plain, offset = moment.isoformat()[:19], moment.isoformat()[19:]
    return f"{plain}.{fraction}{offset}" if fraction else f"{plain}{offset}"


def almanac_record(almanac: Almanac, *, zone: ZoneInfo | None = None) -> dict[str, object]:
    """Almanac as JSON has it; times in UTC and, where a zone is given, in local time; what is not known is None."""
    return {
        "from_utc": tdb_to_utc(almanac.start_tdb, digits=0),
        "to_utc": tdb_to_utc(almanac.end_tdb, digits=0),
        "time_zone": None if zone is None else zone.key,
        "observer": almanac.observer.name,
        "ephemeris": almanac.source,
        "events": [
            {
                **_event_record(event),
                "closest": _contact_record(event.closest, zone),
                "contacts": [_contact_record(contact, zone) for contact in event.contacts],
            }
            for event in almanac.events
        ],
    }


def almanac_csv(almanac: Almanac, *, zone: ZoneInfo | None = None) -> str:
    """One row for each moment, in the order of time within its event, with the event's number and keys before it."""
    of_event = [key for key in EVENT_KEYS if key != "visible"]  # a moment says for itself whether it can be seen
    rows = []
    for place, event in enumerate(almanac.events, start=1):
        record = _event_record(event)
        rows += [
            [place, *(record[key] for key in of_event), *_contact_record(contact, zone).values()]
            for contact in sorted((*event.contacts, event.closest), key=lambda one: one.tdb)
        ]
    return csv_text(["event", *of_event, *CONTACT_KEYS], rows)


def almanac_text(almanac: Almanac, *, zone: ZoneInfo | None = None) -> str:
    """One line for each event: what an observer takes outside."""
    on_site = almanac.observer.place is not None
    span = " to ".join(tdb_to_utc(t, digits=0).replace("T", " ") for t in (almanac.start_tdb, almanac.end_tdb))
    altitudes = f"  {'Jupiter':>8s} {'azimuth':>8s} {'Sun':>8s}" if on_site else ""
    clock, width = ("UTC", 10) if zone is None else (zone.key, 16)
    head = f"{clock:{width}s}  {'begins':>10s}  {'ends':>10s}  {'':6s} {'±s':>6s} {'limb':>5s}{altitudes}  what"
    seen = sum(event.visible for event in almanac.events)
    lines = [
        f"Jupiter's moons seen from {almanac.place}, {span} UTC; {almanac.source}",
        "",
        head,
        *(_line(event, zone, on_site=on_site) for event in almanac.events),
        "",
        f"{len(almanac.events)} events, {len(almanac.events) - seen} of them out of sight",
        *_LEGEND,
        *([_SITE_LEGEND] if on_site else []),
    ]
    return "\n".join(lines) + "\n"


def _event_record(event: MoonEvent) -> dict[str, object]:
    return {
        "label": short_name(event),
        "kind": event.kind,
        "type": event.type,
        "front": event.front,
        "back": event.back,
        "visible": event.visible,
        "magnitude": number(event.magnitude, 4),
        "area_covered": number(event.area_covered, 4),
        "light_lost": number(event.light_lost, 4),
    }


def _contact_record(contact: Contact, zone: ZoneInfo | None) -> dict[str, object]:
    return {
        "name": contact.name,
        "utc": tdb_to_utc(contact.tdb, digits=_DIGITS),
        "local": None if zone is None else local_time(contact.tdb, zone, digits=_DIGITS),
        "jd_tdb": J2000_JD + contact.tdb / SECONDS_PER_DAY,
        "event_utc": tdb_to_utc(contact.event_tdb, digits=_DIGITS),
        "sigma_s": number(contact.sigma_s, 2),
        "limb_s": number(contact.limb_s, 2),
        "visible": contact.hidden is None,
        "hidden": contact.hidden,
        "jupiter_altitude_deg": number(contact.jupiter_altitude_deg, 2),
        "jupiter_azimuth_deg": number(contact.jupiter_azimuth_deg, 2),
        "sun_altitude_deg": number(contact.sun_altitude_deg, 2),
    }


def _line(event: MoonEvent, zone: ZoneInfo | None, *, on_site: bool) -> str:
    ends = event.begin, event.end
    if zone is None:
        times = [tdb_to_utc(one.tdb, digits=0) for one in ends]
    else:  # the row names one offset, also where clocks are changed within the event
        offset = datetime.fromisoformat(local_time(ends[0].tdb, zone)).tzinfo
        times = [local_time(one.tdb, offset or UTC) for one in ends]
    date = f"{times[0][:10]}{times[0][19:]}"
    clocks = [f" {t[11:19]} " if one.hidden is None else f"({t[11:19]})" for t, one in zip(times, ends, strict=True)]
    sigma, limb = (
        "-" if math.isnan(value) else f"{value:.{digits}f}"
        for value, digits in ((ends[0].sigma_s, 2), (ends[0].limb_s, 0))
    )
    altitudes = ""
    if on_site:
        pairs = [
            "/".join(form.format(getattr(one, name)) for one in ends)
            for name, form in (
                ("jupiter_altitude_deg", "{:+.0f}"),
                ("jupiter_azimuth_deg", "{:.0f}"),
                ("sun_altitude_deg", "{:+.0f}"),
            )
        ]
        altitudes = "  " + " ".join(f"{pair + '°':>8s}" for pair in pairs)
    return f"{date}  {'  '.join(clocks)}  {short_name(event):6s} {sigma:>6s} {limb:>5s}{altitudes}  {sentence(event)}"
