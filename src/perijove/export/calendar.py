"""An almanac of events as an iCalendar file, RFC 5545, for the calendar of a telephone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from perijove.events.records import CONTACTS, Almanac, Contact, MoonEvent, sentence, short_name
from perijove.export.answer import SOFTWARE
from perijove.timescales import tdb_to_utc

__all__ = ["almanac_calendar"]

_LONGEST_LINE = 75  # octets, without the line's end


def almanac_calendar(almanac: Almanac, *, made: datetime | None = None) -> str:
    """The events as an iCalendar object.

    Parameters
    ----------
    almanac : Almanac
    made : datetime, optional
        When; now if not given. One without time zone is UTC.

    Returns
    -------
    str
        Lines end in CRLF and are folded at 75 octets, as the standard has it: write it as bytes, in UTF-8. Times are
        UTC, whole seconds; each entry lasts from what an observer waits for to its counterpart, blocks no time, and
        lists all moments in its description. Its identity is made of kind, bodies, observer and minute of closest
        approach, so that a calendar that reads a later file does not show it twice.
    """
    stamp = f"{made or datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Perijove//{SOFTWARE}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(f'Moons of Jupiter from {almanac.place}')}",
    ]
    for event in almanac.events:
        lines += _entry(event, almanac, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _entry(event: MoonEvent, almanac: Almanac, stamp: str) -> Iterator[str]:
    begin, end = event.begin, event.end
    minute = _utc(event.closest.tdb)[:13]
    hidden = "" if event.visible else " (out of sight)"
    moments = sorted((*event.contacts, event.closest), key=lambda one: one.tdb)
    text = "\n".join([*map(_moment, moments), f"Seen from {almanac.place}; {almanac.source}."])
    yield "BEGIN:VEVENT"
    parts = (event.kind, event.front, event.back, minute, almanac.observer.name)
    yield f"UID:{'-'.join(map(_plain, parts))}@perijove"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART:{_utc(begin.tdb)}"
    yield f"DTEND:{_utc(end.tdb)}"
    yield f"SUMMARY:{_escaped(f'{short_name(event)}: {sentence(event)}{hidden}')}"
    yield f"DESCRIPTION:{_escaped(text)}"
    yield f"CATEGORIES:{_escaped(event.kind.replace('_', ' '))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _utc(tdb: float) -> str:
    """``20260101T031245Z``; a leap second, which calendars do not know, as the second after it."""
    text = tdb_to_utc(tdb, digits=0)
    late = timedelta(seconds=text.endswith(":60"))
    return f"{datetime.fromisoformat(text.replace(':60', ':59')) + late:%Y%m%dT%H%M%SZ}"


def _moment(contact: Contact) -> str:
    hidden = f" ({contact.hidden})" if contact.hidden else ""
    return f"{tdb_to_utc(contact.tdb, digits=0)[11:]} UTC {contact.name}{hidden}: {CONTACTS[contact.name]}"


def _plain(name: str) -> str:
    """Letters, digits and dashes alone."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


def _escaped(text: str) -> str:
    """TEXT of section 3.3.11."""
    for plain, escape in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escape)
    return text


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets, each but the first behind a space; no character is cut."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
