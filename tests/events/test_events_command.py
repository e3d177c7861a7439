"""``perijove events``: what it prints, draws and refuses.

Authority: law.
"""

import csv
import io
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.cli.running import Outcome, perijove

from perijove.events.snapshot import MoonOffsets
from perijove.figures.moons.corkscrew import corkscrew
from perijove.timescales import utc_to_tdb

SPAN = ("--from", "2016-01-01T12:00", "--to", "2016-01-03")


def events(*arguments: object) -> Outcome:
    return perijove("events", *arguments)


def test_table_has_a_line_for_each_event() -> None:
    outcome = events(*SPAN)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    place, span = lines[0].split(", ")
    assert place == "Jupiter's moons seen from the centre of Earth"
    assert span == "2016-01-01 12:00:00 to 2016-01-03 00:00:00 UTC; built-in ephemeris (jup365)"
    rows = [line for line in lines if line.startswith("2016-")]
    assert f"{len(rows)} events, 0 of them out of sight" in lines
    assert any("  I Ec " in line and line.endswith("Io in Jupiter's shadow") for line in rows)
    assert max(map(len, lines)) <= 130


def test_the_same_events_in_every_form() -> None:
    """JSON, CSV and iCalendar; a row of CSV for each contact, an entry of the calendar for each event."""
    record = json.loads(events(*SPAN, "--json").out)
    assert record["observer"] == "EARTH"
    rows = list(csv.DictReader(io.StringIO(events(*SPAN, "--csv").out)))
    assert len(rows) == sum(len(event["contacts"]) + 1 for event in record["events"])
    command = [sys.executable, "-m", "perijove", "events", *SPAN, "--ics"]
    calendar = subprocess.run(command, capture_output=True, check=True).stdout  # bytes, whose lines end in CRLF
    assert calendar.count(b"\r\nBEGIN:VEVENT\r\n") == len(record["events"])


def test_local_times_beside_utc() -> None:
    """Law: an instant is one, whatever the clock; New York is 5 h behind UTC in January."""
    options = (*SPAN, "--time-zone", "America/New_York")
    record = json.loads(events(*options, "--json").out)
    assert record["time_zone"] == "America/New_York"
    for event in record["events"]:
        for contact in (*event["contacts"], event["closest"]):
            there = datetime.fromisoformat(contact["local"])
            assert there == datetime.fromisoformat(f"{contact['utc']}+00:00")
            assert contact["local"].endswith("-05:00")
    table = events(*options).out
    assert "America/New_York" in table
    assert len([line for line in table.splitlines() if line.startswith("2016-01-0") and line[10:16] == "-05:00"]) == 10


def test_a_choice_of_moons_kinds_and_sight() -> None:
    record = json.loads(events(*SPAN, "--body", "io", "--kind", "eclipse", "--kind", "occultation", "--json").out)
    assert {event["kind"] for event in record["events"]} == {"eclipse", "occultation"}
    assert {event["back"] for event in record["events"]} == {"IO"}
    site = ("--site", 28.3, -16.5, 2390, "--json")
    everything, seen = (json.loads(events(*SPAN, *site, *more).out)["events"] for more in ((), ("--visible",)))
    assert 0 < len(seen) < len(everything)
    assert all(event["visible"] for event in seen)


def test_figure_is_written_once(tmp_path: Path) -> None:
    out = tmp_path / "moons.png"
    assert events(*SPAN, "--plot", out).code == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    again = events(*SPAN, "--plot", out)
    assert again.code == 3
    assert "exists already" in again.line
    assert events(*SPAN, "--plot", out, "--overwrite").code == 0


REFUSED: dict[str, tuple[list[object], str]] = {
    "no span": ([], "Missing option '--from'"),
    "reversed": (["--from", "2016-01-03", "--to", "2016-01-01"], "--from 2016-01-03 is not before --to 2016-01-01"),
    "of no length": (["--from", "2016-01-03", "--to", "2016-01-03"], "is not before"),
    "no time": (["--from", "nan", "--to", "2016-01-01"], "'nan' is not a time"),
    "too long": (["--from", "1973-01-01", "--to", "2069-01-01"], "at most 18262"),
    "before UTC": (["--from", "JD2430000", "--to", "JD2430010"], "begin with 1972-01-02"),
    "after the ephemeris": (["--from", "2070-01-15", "--to", "2070-01-16"], "1930-01-01 to 2070-01-01"),
    "mixed scales": (["--from", "2016-01-01", "--to", "JD2457400.0"], "mixed scales"),
    "observer": ([*SPAN, "--observer", "vulcan"], "no body 'VULCAN' is built in"),
    "observer inside": ([*SPAN, "--observer", "jupiter"], "need one outside it"),
    "observer at the barycentre": ([*SPAN, "--observer", "5"], "need one outside it"),
    "Juno between its passes": ([*SPAN, "--observer", "juno"], "the nearest pass is perijove 34"),
    "moon": ([*SPAN, "--body", "titan"], "no moon 'TITAN'; there are IO, EUROPA, GANYMEDE, CALLISTO"),
    "kind": ([*SPAN, "--kind", "eclips"], "'eclips' is not one of 'transit'"),
    "latitude": ([*SPAN, "--site", "91", "0", "0"], "latitude 91 of the site"),
    "longitude NaN": ([*SPAN, "--site", "0", "nan", "0"], "longitude nan of the site"),
    "two observers": ([*SPAN, "--observer", "SUN", "--site", "0", "0", "0"], "choose one"),
    "two forms": ([*SPAN, "--json", "--csv"], "choose one"),
    "two more": ([*SPAN, "--ics", "--csv"], "choose one"),
    "no zone": ([*SPAN, "--time-zone", "Europe/Atlantis"], "no time zone of that name; write Europe/Berlin"),
    "a folder of zones": ([*SPAN, "--time-zone", "Europe"], "no time zone of that name"),
    "a zone out of bounds": ([*SPAN, "--time-zone", "../passwd"], "no time zone of that name"),
    "zone of a calendar": ([*SPAN, "--time-zone", "UTC", "--ics"], "turns UTC into local time by itself"),
    "kernels": ([*SPAN, "--observer", "JUNO", "--kernels", "nowhere"], "nowhere"),
    "folder is a file": ([*SPAN, "--plot", f"{__file__}/moons.png"], "is a file, no folder"),
    "figure name": ([*SPAN, "--plot", "moons.pdf"], "a name that ends in .png"),
    "figure too long": (["--from", "2016-01-01", "--to", "2017-01-01", "--plot", "moons.png"], "too long to read"),
}


def test_observers_by_name_or_number() -> None:
    """Law: NAIF's number stands for the name; Juno watches its pass without kernels."""
    named, numbered = (events(*SPAN, "--observer", observer, "--json").out for observer in ("ganymede", "503"))
    named, numbered = ({**json.loads(one), "provenance": None} for one in (named, numbered))
    assert named == numbered
    assert named["observer"] == "GANYMEDE"
    watched = events("--from", "2024-12-26T18:00", "--to", "2024-12-27T10:00", "--observer", "juno", "--json")
    assert watched.code == 0
    assert [event["label"] for event in json.loads(watched.out)["events"]] == ["III Ec", "I Sh", "III Oc", "I Oc"]


@pytest.mark.parametrize(("options", "expected"), REFUSED.values(), ids=REFUSED)
def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[object], expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = events(*options)
    assert outcome.code == 2
    assert expected in outcome.line
    assert outcome.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("first", "last"), [(0.25, 0.5), (0.9, 1.1), (0.0, 2.0), (0.5, 0.51)])
def test_short_spans_have_times_beside_them(first: float, last: float) -> None:
    """Law: there are marks, within the span, and each says its own time."""
    times = utc_to_tdb("2026-01-01") + 86400.0 * np.linspace(first, last, 50)
    rows = np.cos(times / 86400.0)[None]
    offsets = MoonOffsets(("IO",), times, rows, rows < 0.0, rows > 2.0)
    figure = corkscrew(offsets, facts="", source="")
    marks = figure.axes[0].get_yticks()
    said = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert 2 <= len(marks) <= 9
    assert marks.min() >= first
    assert marks.max() <= last
    start = datetime(2026, 1, 1)  # noqa: DTZ001  # UTC without a zone
    assert said == [f"{start + timedelta(minutes=round(1440.0 * mark)):%m-%d %H:%M}" for mark in marks]
