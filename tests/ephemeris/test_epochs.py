"""Times as people write them. Authorities: astropy and SPICE through `utc_to_tdb` (independent), definitions (law)."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from perijove.ephemeris.epochs import tdb_to_jd, times_tdb
from perijove.errors import InputError
from perijove.timescales import utc_to_tdb

UTC_TEXT = "2024-12-27T01:18:13.519"


@pytest.mark.parametrize(
    "time",
    [
        UTC_TEXT,
        f"{UTC_TEXT}Z",
        f" {UTC_TEXT} utc",
        "2024-362T01:18:13.519",
        datetime(2024, 12, 27, 1, 18, 13, 519000),  # noqa: DTZ001 - a datetime without zone is UTC
        datetime(2024, 12, 27, 2, 18, 13, 519000, tzinfo=timezone(timedelta(hours=1))),
        np.datetime64("2024-12-27T01:18:13.519"),
        np.array("2024-12-27T01:18:13.519", dtype="datetime64[ns]"),
        utc_to_tdb(UTC_TEXT),
    ],
)
def test_spellings_of_one_time(time: object) -> None:
    assert times_tdb(time) == utc_to_tdb(UTC_TEXT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "scale", "tdb"),
    [
        ("2000-01-01T12:00:00", "tdb", 0.0),
        ("2000-01-01T12:00:00 TDB", None, 0.0),
        ("1950-01-01", "tdb", (2433282.5 - 2451545.0) * 86400.0),
        ("1930-001T00:00:01.5", "tdb", (2425977.5 - 2451545.0) * 86400.0 + 1.5),
        ("JD2451545.0", None, 0.0),
        ("jd 2451545", "tdb", 0.0),
        ("JD2451545.25 TDB", None, 21600.0),
        ("JD2433282.5", None, (2433282.5 - 2451545.0) * 86400.0),
    ],
)
def test_tdb(text: str, scale: str | None, tdb: float) -> None:
    assert times_tdb(text, scale=scale) == tdb  # type: ignore[arg-type]


def test_julian_dates_in_utc() -> None:
    assert times_tdb("JD2460671.5", scale="utc") == times_tdb("JD2460671.5 UTC") == utc_to_tdb("2024-12-27T00:00:00")
    assert times_tdb("JD2460671.25UTC") == utc_to_tdb("2024-12-26T18:00:00")


def test_astropy_times() -> None:
    texts = [["2016-12-31T23:59:60.250"], [UTC_TEXT]]
    of_array = times_tdb(Time(texts, scale="utc"))
    assert of_array.shape == (2, 1)
    np.testing.assert_allclose(of_array, times_tdb(texts), rtol=0, atol=2.4e-7)
    tdb = Time(2451545.0, 0.5, format="jd", scale="tdb")
    # NAIF's TDB and the full theory differ by up to 50 microseconds, in both directions.
    np.testing.assert_allclose(times_tdb([tdb, tdb]), 43200.0, rtol=0, atol=5e-5)
    assert times_tdb([tdb, UTC_TEXT])[1] == utc_to_tdb(UTC_TEXT)  # it says itself which instant it is


@given(st.integers(2425977, 2477112), st.integers(0, 10**9 - 1))
def test_julian_dates_keep_their_digits(day: int, billionths: int) -> None:
    """Law: day and fraction are read apart, to the grain of a double of TDB seconds."""
    exact = (day - 2451545) * 86400 + billionths * 86400 / 10**9
    assert abs(times_tdb(f"JD{day}.{billionths:09d}") - exact) <= 4.8e-7


@given(st.floats(-2.2e9, 2.2e9))
def test_julian_date_back(tdb: float) -> None:
    assert abs((tdb_to_jd(tdb) - 2451545.0) * 86400.0 - tdb) <= 4.1e-5


def test_shapes_follow_the_times() -> None:
    assert times_tdb([[UTC_TEXT, "2025-001"]]).shape == (1, 2)
    assert times_tdb([]).shape == (0,)
    assert times_tdb(UTC_TEXT).shape == ()
    assert times_tdb(np.arange(6.0).reshape(2, 3)).shape == (2, 3)


@pytest.mark.parametrize(
    ("times", "scale", "sentence"),
    [
        (["2024-01-01", "JD2451545.0"], None, "mixed scales"),
        (["2024-01-01", "2024-01-01 TDB"], None, "mixed scales"),
        ("2024-01-01Z", "tdb", "mixed scales"),
        ("JD2451545.0 TDB", "utc", "mixed scales"),
        (datetime(2024, 1, 1, tzinfo=UTC), "tdb", "mixed scales"),
        (7.5e8, "utc", "mixed scales"),
        ("1950-01-01", None, "TDB"),
        ("JD2433282.5", "utc", "TDB"),
        ("2016-12-31T23:59:60", "tdb", "no leap second"),
        (np.nan, None, "finite"),
        ([0.0, np.inf], None, "finite"),
        (np.datetime64("NaT"), None, "not a time"),
        ("nan", None, "not a time"),
        ("JD", None, "Julian date"),
        ("JD-1", None, "Julian date"),
        ("JD2451545.0.0", None, "Julian date"),
        ("", None, "not a time"),
        ("2024-02-30", "tdb", "no such date"),
        (None, None, "not a time"),
        (b"2024-01-01", None, "not a time"),
        ([["2024-01-01"], ["2024-01-01", "2024-01-02"]], None, "different lengths"),
    ],
)
def test_bad_times_are_refused_in_one_line(times: object, scale: str | None, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        times_tdb(times, scale=scale)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-07-01T22:00+02:00", "2026-07-01T20:00"),
        ("2026-07-01 22:00:07.25-0330", "2026-07-02T01:30:07.25"),
        ("2017-01-01T00:30+01:00", "2016-12-31T23:30"),  # a leap second lies between
        ("2026-07-01T22:00+00:00", "2026-07-01T22:00"),
    ],
)
def test_local_times_with_their_offset(local: str, utc: str) -> None:
    """Law: an instant is one, whatever the clock."""
    assert times_tdb(local) == utc_to_tdb(utc)


@pytest.mark.parametrize(
    ("text", "scale", "sentence"),
    [
        ("2026-07-01T22:00+02:00", "tdb", "TDB is asked for"),
        ("2026-13-01T22:00+02:00", None, "is not a time; write 2026-07-01T22"),
        ("2026-07-01T22:00+25:00", None, "is not a time"),
    ],
)
def test_offsets_without_meaning(text: str, scale: str | None, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        times_tdb(text, scale=scale)


def test_now_is_the_present() -> None:
    before = utc_to_tdb(datetime.now(UTC))
    now = float(times_tdb("now"))
    assert before <= now <= utc_to_tdb(datetime.now(UTC))
