"""Who watches: a body, or a site on the Earth."""

import math
from dataclasses import dataclass, field
from typing import Protocol

import erfa
import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.earth import EARTH_ROTATION_RAD_S
from perijove.constants import J2000_JD, M_PER_KM, SECONDS_PER_DAY
from perijove.ephemeris.segment import ALWAYS, Segment, plain_name
from perijove.errors import InputError
from perijove.geometry.rotations import local_axes
from perijove.timescales import TT_MINUS_TAI_S, leap_seconds

__all__ = ["BodyObserver", "Observer", "SiteObserver"]

_WGS84 = 1  # ERFA's number of the ellipsoid
_J2000_ORDINAL = 730120.5  # of 2000-01-01T12 in Python's calendar
_LOWEST_M, _HIGHEST_M = -500.0, 100_000.0


class Observer(Protocol):
    """Who watches from a body's centre, or from a place on it."""

    @property
    def body(self) -> str:
        """The body, as the ephemeris calls it."""

    @property
    def name(self) -> str:
        """As it stands in tables."""

    @property
    def place(self) -> Segment | None:
        """Where it is from the body's centre; None for the centre itself."""

    def altitude_azimuth_deg(self, direction: ArrayLike, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray] | None:
        """Where directions (ICRF, any length) stand over the horizon; None where there is none."""


@dataclass(frozen=True)
class BodyObserver:
    """The centre of a body.

    Attributes
    ----------
    body : str
        NAIF name or number: ``EARTH``, ``SUN``, a moon, ``JUNO`` within one of its passes; or the name of any segment
        that was added to the ephemeris.
    """

    body: str

    def __post_init__(self) -> None:
        """Spell the body as NAIF does: ``501`` and ``io`` are ``IO``."""
        object.__setattr__(self, "body", plain_name(self.body))

    @property
    def name(self) -> str:
        """As it stands in tables."""
        return self.body

    @property
    def place(self) -> None:
        """It is the centre."""

    def altitude_azimuth_deg(self, direction: ArrayLike, tdb: ArrayLike) -> None:
        """There is no horizon."""


@dataclass(frozen=True)
class SiteObserver:
    """A place on the Earth.

    Attributes
    ----------
    lat_deg, lon_east_deg : float
        Geodetic, WGS84; longitude positive EAST, -180 to 360.
    height_m : float
        Above the ellipsoid; -500 m to 100 km.

    Raises
    ------
    InputError
        Where a number lies outside.

    Notes
    -----
    The Earth turns by ERFA's ``c2t00b`` with UTC for UT1 (they differ by less than 0.9 s, that is 0.4 km of place and
    0.004 deg of altitude) and no polar motion (10 m). Both move a contact by less than a millisecond.
    """

    lat_deg: float
    lon_east_deg: float
    height_m: float = 0.0
    _fixed_km: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for what, value, low, high, unit in (
            ("latitude", self.lat_deg, -90.0, 90.0, "deg"),
            ("longitude", self.lon_east_deg, -180.0, 360.0, "deg, east positive"),
            ("height", self.height_m, _LOWEST_M, _HIGHEST_M, "m"),
        ):
            if not low <= value <= high:  # also refuses NaN
                raise InputError(f"{what} {value:g} of the site; it must lie in {low:g} to {high:g} {unit}")
        lon, lat = math.radians(self.lon_east_deg), math.radians(self.lat_deg)
        object.__setattr__(self, "_fixed_km", erfa.gd2gc(_WGS84, lon, lat, self.height_m) / M_PER_KM)

    @property
    def body(self) -> str:
        """The Earth."""
        return "EARTH"

    @property
    def name(self) -> str:
        """As it stands in tables."""
        lon = (self.lon_east_deg + 180.0) % 360.0 - 180.0
        north, east = "NS"[self.lat_deg < 0.0], "EW"[lon < 0.0]
        return f"{abs(self.lat_deg):.4f}° {north}, {abs(lon):.4f}° {east}, {self.height_m:.0f} m"

    @property
    def place(self) -> Segment:
        """From the Earth's centre."""
        return Segment(self.name, "EARTH", ALWAYS, self.state_about_earth)

    def state_about_earth(self, tdb: ArrayLike) -> np.ndarray:
        """Position and velocity from the Earth's centre, ICRF, shape (..., 6), km and km/s."""
        tdb = np.asarray(tdb, dtype=float)
        to_earth = _icrf_to_earth(tdb)
        here = self._fixed_km @ to_earth
        return np.concatenate([here, EARTH_ROTATION_RAD_S * np.cross(to_earth[..., 2, :], here)], axis=-1)

    def altitude_azimuth_deg(self, direction: ArrayLike, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Where directions stand over the horizon, without refraction.

        Parameters
        ----------
        direction : array, shape (..., 3)
            ICRF, any length.
        tdb : array, shape (...)
            TDB seconds past J2000.

        Returns
        -------
        altitude_deg, azimuth_deg : array, shape (...)
            Azimuth from north by east, 0 to 360.
        """
        to_horizon = local_axes(self.lat_deg, self.lon_east_deg) @ _icrf_to_earth(np.asarray(tdb, dtype=float))
        east, north, zenith = np.moveaxis(
            np.einsum("...ij,...j->...i", to_horizon, np.asarray(direction, float)), -1, 0
        )
        altitude = np.degrees(np.arctan2(zenith, np.hypot(north, east)))
        return np.asarray(altitude), np.asarray(np.degrees(np.arctan2(east, north)) % 360.0)


def _icrf_to_earth(tdb: np.ndarray) -> np.ndarray:
    """Rotations from the ICRF into the Earth-fixed frame, shape (..., 3, 3); TDB for TT costs 1 microarcsecond."""
    first_days = np.array([day.toordinal() for day, _ in leap_seconds()], dtype=float)
    offsets = np.array([value for _, value in leap_seconds()], dtype=float)
    days = tdb / SECONDS_PER_DAY
    civil = days + _J2000_ORDINAL  # off by a minute, which matters only within a leap second's minute
    step = np.searchsorted(first_days, civil, side="right") - 1
    tai_minus_utc = offsets[np.maximum(step, 0)]  # before 1972 up to 10 s too much, 0.04 deg
    ut1 = (tdb - TT_MINUS_TAI_S - tai_minus_utc) / SECONDS_PER_DAY
    rotation: np.ndarray = erfa.c2t00b(J2000_JD, days, J2000_JD, ut1, 0.0, 0.0)
    return rotation
