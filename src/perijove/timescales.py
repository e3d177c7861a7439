"""UTC, or TDB, at the border; TDB seconds past J2000 inside.

Leap seconds come from ERFA's built-in table: no file and no network. TDB follows NAIF's convention, TT + K
sin E with E = M + EB sin M, so that a time means the same here and in SPICE kernels: the two agree to the
last bit. It differs from the full theory (erfa.dtdb) by up to 50 microseconds, which is 0.015 pixel of
JunoCam's spin.

A double holds TDB seconds of the years 2017 to 2034 to 1.2e-7 s. Where less matters, take differences from
a start.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Literal, Protocol, TypeAlias, overload, runtime_checkable

import erfa
import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.errors import InputError

__all__ = [
    "TDB_MINUS_TT",
    "TT_MINUS_TAI_S",
    "AstropyTime",
    "Scale",
    "calendar_to_tdb",
    "julian_date_to_tdb",
    "leap_seconds",
    "tdb_to_utc",
    "utc_or_none",
    "utc_to_tdb",
]

Scale: TypeAlias = Literal["utc", "tdb"]
"""Time scales in which times are given."""

TT_MINUS_TAI_S = 32.184  # exact, by definition
# K (s), EB, M0 (rad), M1 (rad/s) of NAIF's leap-second kernels, after Moyer 1981, Celestial Mechanics 23, 33
TDB_MINUS_TT = (1.657e-3, 1.671e-2, 6.239996, 1.99096871e-7)
_J2000_DAY = date(2000, 1, 1).toordinal()
_HALF_DAY = SECONDS_PER_DAY / 2.0
_ISO = re.compile(
    r"(?P<year>\d{4})-(?:(?P<month>\d\d)-(?P<day>\d\d)|(?P<day_of_year>\d{3}))"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d*)?))?)?\s*(?:Z|UTC|\+00:?00)?",
    re.ASCII,
)
_JULIAN_DATE = re.compile(r"(?:JD)?\s*(?P<day>\d{1,8})(?P<fraction>\.\d*)?", re.ASCII | re.IGNORECASE)


@runtime_checkable
class AstropyTime(Protocol):
    """What is needed of an `astropy.time.Time`, so that astropy need not be loaded."""

    @property
    def tt(self) -> "AstropyTime":
        """The same instants in terrestrial time."""

    @property
    def jd1(self) -> np.ndarray:
        """First part of the Julian date."""

    @property
    def jd2(self) -> np.ndarray:
        """Second part of the Julian date."""


@cache
def leap_seconds() -> tuple[tuple[date, int], ...]:
    """First days on which TAI - UTC had a new value, with that value in seconds; from 1972 on."""
    table = erfa.leap_seconds.get()
    return tuple(
        (date(int(row["year"]), int(row["month"]), 1), round(float(row["tai_utc"])))
        for row in table
        if row["year"] >= 1972
    )


@cache
def _tai_steps() -> tuple[list[int], list[float]]:
    """Days from 2000-01-01 and TAI at their midnight: each leap second's day and the one after it."""
    days, tai = [], []
    before = leap_seconds()[0][1] - 1
    for first, after in leap_seconds():
        day = first.toordinal() - _J2000_DAY
        midnight = day * SECONDS_PER_DAY - _HALF_DAY
        days += [day - 1, day]
        tai += [midnight - SECONDS_PER_DAY + before, midnight + after]
        before = after
    return days, tai


def _tdb_minus_tt(tt: float) -> float:
    k, eb, m0, m1 = TDB_MINUS_TT
    anomaly = m0 + m1 * tt
    return k * math.sin(anomaly + eb * math.sin(anomaly))


def _day_and_second(text: str, *, scale: Scale = "utc") -> tuple[int, float]:
    """Day from 2000-01-01 and second of the day of an ISO string."""
    match = _ISO.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is not a time; write 2024-12-27T01:18:13.519 or, by day of year, 2024-362T01:18:13")
    try:
        if match["day_of_year"]:
            first = date(int(match["year"]), 1, 1)
            last = date(int(match["year"]), 12, 31)
            day = first.toordinal() + int(match["day_of_year"]) - 1
            valid = first.toordinal() <= day <= last.toordinal()
        else:
            day = date(int(match["year"]), int(match["month"]), int(match["day"])).toordinal()
            valid = True
    except ValueError:
        valid = False
    hour, minute, second = int(match["hour"] or 0), int(match["minute"] or 0), float(match["second"] or 0.0)
    if not valid or hour > 23 or minute > 59 or second >= 61.0:
        raise InputError(f"{text!r}: no such date or time of day")
    days, _ = _tai_steps()
    day -= _J2000_DAY
    has_leap_second = scale == "utc" and day + 1 in days[1::2]
    if second >= 60.0 and not (has_leap_second and (hour, minute) == (23, 59)):
        raise InputError(f"{text!r}: there was no leap second; seconds go to 59.999")
    return day, hour * 3600 + minute * 60 + second


def _tdb_of_utc(text: str) -> float:
    """One string to TDB."""
    return _tdb_of_utc_day(text, *_day_and_second(text))


def _tdb_of_utc_day(text: str, day: int, second: float) -> float:
    """Day from 2000-01-01 and second of the day to TDB; the sums stand in SPICE's order, so that they round alike."""
    days, tai = _tai_steps()
    if day < days[1]:
        raise InputError(
            f"{text!r}: UTC with whole leap seconds begins with 1972-01-01; give earlier times in TDB: with scale tdb, "
            "or as JD2441317.4, which is TDB unless UTC is asked for"
        )
    step = bisect_right(days, day) - 1
    tt = tai[step] + ((day - days[step]) * SECONDS_PER_DAY + second) + TT_MINUS_TAI_S
    return tt + _tdb_minus_tt(tt)


def calendar_to_tdb(text: str) -> float:
    """TDB seconds past J2000 of a calendar date in TDB, ``1950-01-01T12:00:00.5`` or ``1950-001``; any year."""
    day, second = _day_and_second(text, scale="tdb")
    return day * SECONDS_PER_DAY - _HALF_DAY + second


def julian_date_to_tdb(text: str, *, scale: Scale = "tdb") -> float:
    """TDB seconds past J2000 of a Julian date.

    Parameters
    ----------
    text : str
        ``JD2451545.25``, the letters being optional. Day and fraction are read apart: a double of the whole has a
        grain of 40 microseconds.
    scale : {"tdb", "utc"}
        That of the date. In UTC the fraction counts SI seconds over 86400; leap seconds cannot be written.
    """
    match = _JULIAN_DATE.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is not a Julian date; write JD2451545.25")
    days = int(match["day"]) - round(J2000_JD)
    second = float(f"0{match['fraction'] or '.0'}") * SECONDS_PER_DAY
    if scale == "tdb":
        return days * SECONDS_PER_DAY + second
    midnights, second = divmod(second + _HALF_DAY, SECONDS_PER_DAY)
    return _tdb_of_utc_day(text, days + int(midnights), second)


def _iso(moment: datetime) -> str:
    """Text of a datetime; one without time zone is UTC."""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat()


# A str is itself an iterable of str, hence the overlap; the first signature comes first and wins.
@overload
def utc_to_tdb(utc: str | datetime) -> float: ...  # type: ignore[overload-overlap]
@overload
def utc_to_tdb(utc: Iterable[str | datetime] | AstropyTime) -> np.ndarray: ...
def utc_to_tdb(utc: str | datetime | Iterable[str | datetime] | AstropyTime) -> float | np.ndarray:
    """TDB seconds past J2000 of times in UTC.

    Parameters
    ----------
    utc : str, datetime, sequence of these, or astropy Time
        ISO 8601 with month and day or with the day of the year (``2024-362T01:18:13.519``), with or without
        Z; a leap second is written ``23:59:60.5``. A datetime without time zone is UTC. An astropy Time may
        have any scale.

    Returns
    -------
    float or array
        A float for one string or datetime. Equal to SPICE's ``str2et`` to the last bit; leap seconds that
        are not yet announced are not foreseen.

    Raises
    ------
    InputError
        Where a text is no such time, or lies before 1972.
    """
    if isinstance(utc, str):
        return _tdb_of_utc(utc)
    if isinstance(utc, datetime):
        return _tdb_of_utc(_iso(utc))
    if isinstance(utc, AstropyTime):
        tt = utc.tt
        seconds = ((tt.jd1 - J2000_JD) + tt.jd2) * SECONDS_PER_DAY
        return np.asarray(np.vectorize(lambda s: s + _tdb_minus_tt(s), otypes=[float])(seconds))
    return np.array([utc_to_tdb(item) for item in utc], dtype=float)


def _utc_of_tdb(tdb: float, digits: int) -> str:
    """One TDB time to ISO UTC."""
    if not math.isfinite(tdb):
        raise InputError(f"{tdb!r} is not a time: TDB seconds past J2000 must be finite")
    tt = tdb
    for _ in range(3):  # contracts by 3e-10 per step
        tt = tdb - _tdb_minus_tt(tt)
    atomic = tt - TT_MINUS_TAI_S
    days, tai = _tai_steps()
    if atomic < tai[1]:
        raise InputError(f"TDB {tdb!r}: UTC with whole leap seconds begins with 1972-01-01")
    # Rounding to the last printed digit comes first: carries then run through minutes and leap seconds
    # unaided.
    unit = 10**digits
    ticks = round(atomic * unit)
    step = bisect_right([int(t) * unit for t in tai], ticks) - 1
    ticks -= int(tai[step]) * unit
    leap_day = step % 2 == 0
    day, ticks = (0, ticks) if leap_day else divmod(ticks, int(SECONDS_PER_DAY) * unit)
    seconds, fraction = divmod(ticks, unit)
    minute_of_day = min(seconds // 60, 1439)
    second = seconds - 60 * minute_of_day
    calendar = date.fromordinal(_J2000_DAY + days[step] + day).isoformat()
    text = f"{calendar}T{minute_of_day // 60:02d}:{minute_of_day % 60:02d}:{second:02d}"
    return f"{text}.{fraction:0{digits}d}" if digits else text


@overload
def tdb_to_utc(tdb: float, *, digits: int = 6) -> str: ...
@overload
def tdb_to_utc(tdb: ArrayLike, *, digits: int = 6) -> str | list[str]: ...
def tdb_to_utc(tdb: ArrayLike, *, digits: int = 6) -> str | list[str]:
    """ISO UTC, without Z, of TDB seconds past J2000.

    Parameters
    ----------
    tdb : float or array, shape (n,)
        TDB seconds past J2000.
    digits : int
        Decimals of the second, 0 to 6 (a double holds no more); rounded, not cut.

    Returns
    -------
    str, or list of str for an array
        A time within a leap second comes out as ``23:59:60.…``.
    """
    times = np.asarray(tdb, dtype=float)
    if times.ndim == 0:
        return _utc_of_tdb(float(times), digits)
    return [_utc_of_tdb(float(t), digits) for t in times.ravel()]


def utc_or_none(tdb: float, *, digits: int) -> str | None:
    """ISO UTC of a time as `tdb_to_utc` has it; None before 2 January 1972, when its whole leap seconds had begun."""
    return tdb_to_utc(tdb, digits=digits) if tdb >= _utc_begins_tdb() else None


@cache
def _utc_begins_tdb() -> float:
    return calendar_to_tdb("1972-01-02")
