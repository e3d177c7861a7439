"""Events as text, CSV, JSON and iCalendar.

Authority: published (RFC 5545: content lines, folding, escapes, what a VEVENT must have), law (an instant is the same
on every clock), regression (the keys).
"""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from perijove.ephemeris.observers import BodyObserver, SiteObserver
from perijove.ephemeris.source import EMBEDDED
from perijove.events.finder import moon_events
from perijove.events.records import CONTACTS, KINDS, Almanac
from perijove.export.almanac import (
    CONTACT_KEYS,
    EVENT_KEYS,
    almanac_csv,
    almanac_record,
    almanac_text,
    local_time,
)
from perijove.export.calendar import almanac_calendar
from perijove.timescales import utc_to_tdb

START, END = utc_to_tdb("2026-10-24T12:00"), utc_to_tdb("2026-10-26")
BERLIN = ZoneInfo("Europe/Berlin")  # clocks go back on 2026-10-25 at 01:00 UTC


def almanac_for(observer: BodyObserver | SiteObserver) -> Almanac:
    found = moon_events(START, END, observer=observer, ephemeris=EMBEDDED)
    return Almanac(START, END, observer, "built-in ephemeris", found)


@pytest.fixture(scope="module")
def from_earth() -> Almanac:
    return almanac_for(BodyObserver("EARTH"))


@pytest.fixture(scope="module")
def from_site() -> Almanac:
    return almanac_for(SiteObserver(28.3, -16.5, 2390.0))


# ---------------------------------------------------------------------------------------------------- local


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        ("2026-10-25T00:30", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30", "2026-10-25T02:30:00+01:00"),  # an hour later, by the same hands
        ("2026-07-01T22:15:07.4", "2026-07-02T00:15:07+02:00"),
        ("2016-12-31T23:59:60", "2017-01-01T00:59:59+01:00"),  # no clock shows a leap second
    ],
)
def test_local_time_tells_its_offset(utc: str, local: str) -> None:
    assert local_time(utc_to_tdb(utc), BERLIN) == local


def test_a_row_has_one_offset_though_clocks_change_within_the_event(from_earth: Almanac) -> None:
    """Europa's occultation from 22:46 to 01:38 UTC: the row is in summer time, 00:46 to 03:38."""
    (row,) = [row for row in almanac_text(from_earth, zone=BERLIN).splitlines() if "Europa behind" in row]
    assert row.startswith("2026-10-25+02:00  (00:46:29)   03:38:37 ")


# ---------------------------------------------------------------------------------------------------- records


def test_keys_are_stable(from_site: Almanac) -> None:
    assert list(EVENT_KEYS) == [
        "label", "kind", "type", "front", "back", "visible", "magnitude", "area_covered", "light_lost"
    ]  # fmt: skip
    assert list(CONTACT_KEYS) == [
        "name", "utc", "local", "jd_tdb", "event_utc", "sigma_s", "limb_s", "visible", "hidden",
        "jupiter_altitude_deg", "jupiter_azimuth_deg", "sun_altitude_deg",
    ]  # fmt: skip
    record = almanac_record(from_site)
    assert list(record) == ["from_utc", "to_utc", "time_zone", "observer", "ephemeris", "events"]
    assert len(record["events"]) == len(from_site.events) > 5
    for event in record["events"]:
        assert list(event) == [*EVENT_KEYS, "closest", "contacts"]
        assert event["kind"] in KINDS
        for contact in (*event["contacts"], event["closest"]):
            assert list(contact) == list(CONTACT_KEYS)
            assert contact["name"] in CONTACTS
            assert 0.0 <= contact["jupiter_azimuth_deg"] <= 360.0


def test_what_is_not_known_is_none(from_earth: Almanac) -> None:
    (first, *_) = almanac_record(from_earth)["events"]
    assert first["closest"]["sigma_s"] is None
    assert first["closest"]["local"] is None
    assert first["contacts"][0]["jupiter_azimuth_deg"] is None
    assert all(contact["sigma_s"] > 0.0 for contact in first["contacts"])


def test_csv_has_the_record_row_by_row(from_site: Almanac) -> None:
    rows = list(csv.DictReader(io.StringIO(almanac_csv(from_site, zone=BERLIN))))
    assert list(rows[0]) == ["event", *(key for key in EVENT_KEYS if key != "visible"), *CONTACT_KEYS]
    assert len(rows) == sum(len(event.contacts) + 1 for event in from_site.events)
    for row in rows:
        assert datetime.fromisoformat(row["local"]) == datetime.fromisoformat(f"{row['utc']}+00:00")
    for number in {row["event"] for row in rows}:
        times = [float(row["jd_tdb"]) for row in rows if row["event"] == number]
        assert times == sorted(times)


def test_a_site_is_told_where_to_look(from_site: Almanac) -> None:
    """Jupiter sets in the west on the first afternoon."""
    lines = almanac_text(from_site).splitlines()
    assert lines[2].split() == ["UTC", "begins", "ends", "±s", "limb", "Jupiter", "azimuth", "Sun", "what"]
    assert "  +40/-8° 265/291° +49/+31°  Ganymede behind Jupiter" in lines[3]
    assert max(map(len, lines)) <= 140


# ---------------------------------------------------------------------------------------------------- iCalendar


def content_lines(text: str) -> list[tuple[str, str]]:
    """Names and values, checked for what section 3.1 asks of every line."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    for line in text.split("\r\n")[:-1]:
        assert 0 < len(line.encode()) <= 75
    found = []
    for line in re.sub("\r\n[ \t]", "", text).split("\r\n")[:-1]:
        name, value = re.fullmatch(r"([A-Z][A-Z0-9-]*):(.*)", line).groups()
        found.append((name, value))
    return found


def unescaped(value: str) -> str:
    """TEXT of section 3.3.11; any other backslash, and any bare comma or semicolon, is an error."""
    assert re.fullmatch(r"(?:[^\\,;]|\\[\\,;nN])*", value), value
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)


def test_calendar_is_what_the_standard_asks_for(from_earth: Almanac) -> None:
    made = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    lines = content_lines(almanac_calendar(from_earth, made=made))
    assert lines[:2] == [("BEGIN", "VCALENDAR"), ("VERSION", "2.0")]
    assert lines[2][0] == "PRODID"
    assert lines[-1] == ("END", "VCALENDAR")
    starts = [k for k, line in enumerate(lines) if line == ("BEGIN", "VEVENT")]
    entries = [dict(lines[k + 1 : lines.index(("END", "VEVENT"), k)]) for k in starts]
    assert len(entries) == len(from_earth.events)
    assert len({entry["UID"] for entry in entries}) == len(entries)
    for entry, event in zip(entries, from_earth.events, strict=True):
        assert entry["DTSTAMP"] == "20260102T030405Z"
        times = [datetime.strptime(entry[key], "%Y%m%dT%H%M%SZ") for key in ("DTSTART", "DTEND")]  # noqa: DTZ007  # UTC
        for time, contact in zip(times, (event.begin, event.end), strict=True):
            assert utc_to_tdb(time) == pytest.approx(contact.tdb, abs=0.5)
        assert (
            unescaped(entry["SUMMARY"]).split(": ")[1].startswith((event.front.capitalize(), event.back.capitalize()))
        )
        assert len(unescaped(entry["DESCRIPTION"]).splitlines()) == len(event.contacts) + 2
        assert entry["TRANSP"] == "TRANSPARENT"


def test_text_of_a_calendar_survives(from_earth: Almanac) -> None:
    """Commas, semicolons, backslashes, and letters of several octets at the folds."""
    name = "Wüste; Öde, Straße\\" + "ä" * 100
    watched = replace(from_earth, source=name, events=from_earth.events[:1])
    entry = dict(content_lines(almanac_calendar(watched)))
    assert unescaped(entry["DESCRIPTION"]).endswith(f"; {name}.")


def test_out_of_sight_is_said(from_site: Almanac) -> None:
    text = re.sub("\r\n ", "", almanac_calendar(from_site))
    assert text.count("(out of sight)") == sum(not event.visible for event in from_site.events) > 0
