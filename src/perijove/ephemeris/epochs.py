"""Times as people write them: strings, Julian dates, datetimes, astropy Times, alone or in lists."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.timescales import AstropyTime, Scale, calendar_to_tdb, julian_date_to_tdb, utc_to_tdb

__all__ = ["Moments", "tdb_to_jd", "times_tdb"]

Moment: TypeAlias = str | datetime | AstropyTime
Moments: TypeAlias = Moment | Sequence[Moment] | ArrayLike
"""What `times_tdb` takes."""

_OFFSET = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d*)?)?[+-](?!00:?00$)\d\d:?\d\d$", re.ASCII)
_STATED = re.compile(r"\s*(?:(?P<utc>Z|UTC|\+00:?00)|(?P<tdb>TDB))$", re.IGNORECASE)


def _of_text(text: str, asked: Scale | None) -> tuple[float, Scale]:
    """TDB of a string, and the scale that it was read in."""
    plain = text.strip()
    if plain.lower() == "now":
        return float(utc_to_tdb(datetime.now(UTC))), asked or "utc"
    if _OFFSET.search(plain):
        return _of_civil_time(plain, asked), "utc"
    stated: Scale | None = None
    if match := _STATED.search(plain):
        stated = "utc" if match["utc"] else "tdb"
        plain = plain[: match.start()]
    if asked and stated and asked != stated:
        raise InputError(f"mixed scales: {text!r} says {stated.upper()} and {asked.upper()} is asked for; drop one")
    scale = asked or stated
    if plain[:2].upper() == "JD":
        scale = scale or "tdb"
        return julian_date_to_tdb(plain, scale=scale), scale
    scale = scale or "utc"
    return (utc_to_tdb(plain) if scale == "utc" else calendar_to_tdb(plain)), scale


def _of_civil_time(text: str, asked: Scale | None) -> float:
    """TDB of a local time that says how far it is from UTC."""
    if asked == "tdb":
        raise InputError(f"mixed scales: {text!r} is so far from UTC and TDB is asked for; drop one")
    try:
        return float(utc_to_tdb(datetime.fromisoformat(text)))
    except ValueError as error:
        raise InputError(f"{text!r} is not a time; write 2026-07-01T22:00+02:00, or UTC without an offset") from error


def _of_moment(moment: object, asked: Scale | None) -> tuple[float, Scale | None]:
    """TDB of one time, and the scale that it was read in; None where the time carries its own."""
    if isinstance(moment, str):
        return _of_text(moment, asked)
    if isinstance(moment, datetime):
        zoned = moment.tzinfo is not None
        plain = moment.astimezone(UTC).replace(tzinfo=None) if zoned else moment
        return _of_text(f"{plain.isoformat()}{'Z' if zoned else ''}", asked)
    if isinstance(moment, AstropyTime):
        return float(utc_to_tdb(moment)), None
    raise InputError(f"{moment!r} is not a time; give an ISO string, JD2451545.0, a datetime or an astropy Time")


def _of_moments(moments: Sequence[object], asked: Scale | None) -> list[float]:
    """TDB of times that must all be read in one scale."""
    found, first, first_scale = [], None, None
    for moment in moments:
        tdb, scale = _of_moment(moment, asked)
        found.append(tdb)
        if first_scale is None:
            first, first_scale = moment, scale
        elif scale not in {first_scale, None}:
            raise InputError(
                f"mixed scales: '{first}' is {first_scale.upper()} and '{moment}' is not; give all times in one scale, "
                "or say in which they are (utc or tdb)"
            )
    return found


def times_tdb(times: Moments, *, scale: Scale | None = None) -> np.ndarray:
    """TDB seconds past J2000.

    Parameters
    ----------
    times : str, datetime, astropy Time, or array or sequence of these, of numpy's datetime64, or of numbers
        ISO 8601 (``2024-12-27T01:18:13.519``, ``2024-362``) or Julian dates (``JD2451545.0``), as they are or with
        ``Z``, ``UTC``, ``TDB`` or an offset from UTC (``2026-07-01T22:00+02:00``) behind them; ``now``. Numbers are TDB
        seconds past J2000. An astropy Time or a datetime with a time zone says itself which instant it is.
    scale : {"utc", "tdb"}, optional
        Scale of all times. Without it, dates are UTC and Julian dates TDB unless they say otherwise.

    Returns
    -------
    array, shape of the times
        Good to 1.2e-7 s, the grain of a double; UTC equal to SPICE's ``str2et``.

    Raises
    ------
    InputError
        Where a text is no time or not a finite one; where times of both scales came together, or one says another
        scale than was asked for; where UTC lies before 1972, when it had no whole leap seconds: give such times in TDB.
    """
    if isinstance(times, AstropyTime):
        result = np.asarray(utc_to_tdb(times))
    else:
        try:
            moments = np.asarray(times)
        except ValueError as error:
            raise InputError("times in rows of different lengths; give a plain list") from error
        if moments.dtype.kind in "iuf":
            if scale == "utc" and moments.size:
                raise InputError("mixed scales: numbers are TDB seconds past J2000 and UTC is asked for")
            result = moments.astype(float)
        else:
            if moments.dtype.kind == "M":
                moments = np.datetime_as_string(moments)
            result = np.array(_of_moments(moments.ravel().tolist(), scale), dtype=float).reshape(moments.shape)
    if not np.isfinite(result).all():
        raise InputError("not all times are finite; leave out masked and undefined ones")
    return result


def tdb_to_jd(tdb: ArrayLike) -> np.ndarray:
    """Julian dates (TDB) of TDB seconds past J2000; a double of them has a grain of 40 microseconds."""
    return np.asarray(J2000_JD + np.asarray(tdb, dtype=float) / SECONDS_PER_DAY)
