"""Times. Authorities: SPICE with naif0012.tls and ERFA's TDB theory (independent), round trips (law)."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.errors import InputError
from perijove.timescales import leap_seconds, tdb_to_utc, utc_to_tdb


@pytest.mark.data
def test_equals_spice_to_the_last_bit(data_dir: Path) -> None:
    spice = pytest.importorskip("spiceypy")
    rng = np.random.default_rng(20241227)
    start = datetime(1972, 1, 1, tzinfo=UTC)
    texts = [
        (start + timedelta(milliseconds=int(ms))).strftime("%Y-%m-%dT%H:%M:%S.%f")
        for ms in rng.integers(0, int(85 * 365.25 * 86400e3), 5000)
    ]
    texts += [
        "2016-12-31T23:59:59.999",
        "2016-12-31T23:59:60.5",
        "2017-01-01T00:00:00",
        "2024-362T01:18:13.519",
    ]
    spice.furnsh(str(data_dir / "spice/naif0012.tls"))
    try:
        expected = np.array([spice.str2et(text) for text in texts])
    finally:
        spice.unload(str(data_dir / "spice/naif0012.tls"))
    np.testing.assert_array_equal(utc_to_tdb(texts), expected)


def test_differs_from_the_full_theory_by_less_than_50_microseconds() -> None:
    tdb = np.linspace(5.0e8, 8.5e8, 4000)  # 2015 to 2026
    k, eb, m0, m1 = 1.657e-3, 1.671e-2, 6.239996, 1.99096871e-7
    anomaly = m0 + m1 * tdb
    short = k * np.sin(anomaly + eb * np.sin(anomaly))
    full = erfa.dtdb(2451545.0, tdb / 86400.0, 0.0, 0.0, 0.0, 0.0)
    assert 20e-6 < np.abs(short - full).max() < 50e-6


@pytest.mark.parametrize(
    "text",
    [
        "2024-12-27 01:18:13.519",
        "2024-12-27T01:18:13.519Z",
        "2024-362T01:18:13.519",
        "2024-12-27T01:18:13.519+00:00",
    ],
)
def test_spellings_of_one_time(text: str) -> None:
    assert utc_to_tdb(text) == utc_to_tdb("2024-12-27T01:18:13.519")


def test_datetimes_and_sequences() -> None:
    aware = datetime(2024, 12, 27, 2, 18, 13, 519000, tzinfo=timezone(timedelta(hours=1)))
    naive = datetime(2024, 12, 27, 1, 18, 13, 519000)  # noqa: DTZ001 - a datetime without zone is UTC
    times = utc_to_tdb([aware, naive, "2024-12-27T01:18:13.519"])
    assert times.shape == (3,)
    assert np.ptp(times) == 0.0
    assert utc_to_tdb("2024-12-27") == utc_to_tdb("2024-12-27T00:00:00")


def test_astropy_times_of_any_scale() -> None:
    time = pytest.importorskip("astropy.time")
    texts = ["2016-12-31T23:59:60.250", "2023-12-30T08:36:01.100", "2024-12-27T01:18:13.519"]
    utc = time.Time(texts, scale="utc")
    two_ulp = 2.4e-7
    np.testing.assert_allclose(utc_to_tdb(utc), utc_to_tdb(texts), rtol=0, atol=two_ulp)
    np.testing.assert_allclose(utc_to_tdb(utc.tai), utc_to_tdb(texts), rtol=0, atol=two_ulp)


def test_leap_second_lasts_one_second() -> None:
    assert leap_seconds()[-1][1] >= 37
    before, during, after = utc_to_tdb(["2016-12-31T23:59:59.5", "2016-12-31T23:59:60.5", "2017-01-01T00:00:00.5"])
    np.testing.assert_allclose([during - before, after - during], 1.0, atol=2.4e-7)
    assert tdb_to_utc(during, digits=3) == "2016-12-31T23:59:60.500"
    assert tdb_to_utc(after, digits=3) == "2017-01-01T00:00:00.500"


def test_rounding_carries() -> None:
    assert tdb_to_utc(utc_to_tdb("2024-12-31T23:59:59.9996"), digits=3) == "2025-01-01T00:00:00.000"
    assert tdb_to_utc(utc_to_tdb("2016-12-31T23:59:59.9996"), digits=3) == "2016-12-31T23:59:60.000"
    assert tdb_to_utc(utc_to_tdb("2016-12-31T23:59:60.9996"), digits=3) == "2017-01-01T00:00:00.000"
    assert tdb_to_utc(utc_to_tdb("2024-06-30T12:00:00"), digits=0) == "2024-06-30T12:00:00"


@given(st.floats(-8.0e8, 1.5e9))
def test_round_trip(tdb: float) -> None:
    # Half a microsecond of printing plus two roundings of a double at 1.5e9 s.
    assert abs(utc_to_tdb(tdb_to_utc(tdb)) - tdb) <= 0.5e-6 + 2 * 2.4e-7


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2024-13-01", "2023-02-29T00:00:00", "2023-366", "2024-000", "1971-12-31",
        "2024-01-01T24:00:00", "2024-01-01T10:60:00", "2024-01-01T23:59:60", "2016-12-31T22:59:60",
        "2024-12-27T01:18:13+01:00", "2024-12-27T01:18:13.519 PST",
    ],
)  # fmt: skip
def test_bad_times_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        utc_to_tdb(text)
    assert "\n" not in str(caught.value)


def test_bad_tdb_is_refused() -> None:
    for value in (float("nan"), float("inf"), -1e10):
        with pytest.raises(InputError):
            tdb_to_utc(value)


def test_import_is_cheap() -> None:
    code = "import sys, perijove.timescales; print('astropy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
