"""When a spacecraft passes the Galilean moons and Jupiter: how near, how fast, and how well that is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perijove.dynamics.moments import Motion, distance_extremes
from perijove.dynamics.time_search import grid
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.geometry.ellipsoid import nearest_point_km
from perijove.passes.b_plane import BPlane, b_plane
from perijove.passes.ephemeris_errors import sigma_along_km, velocity_sigma_km_s
from perijove.passes.vantage import body_radii_km
from perijove.passes.windows import known_windows, perijove_of
from perijove.timescales import tdb_to_utc

__all__ = ["CloseApproach", "Pass", "close_approaches", "passes"]

_JUPITER = "JUPITER"
_STEP_S = 240.0  # Juno turns about Jupiter in 1,300 s at perijove, where distances bend fastest


@dataclass(frozen=True)
class CloseApproach:
    """A least distance between a spacecraft and a body: geometric, centre to centre.

    Attributes
    ----------
    moon, spacecraft : str
        NAIF names; `moon` may be ``JUPITER``.
    perijove : int or None
        Of Juno, to which it belongs (`perijove.passes.windows.perijove_of`); None for other spacecraft.
    tdb : float
        TDB seconds past J2000.
    range_km, altitude_km, speed_km_s : float
        From the body's centre; above its ellipsoid; relative to the body.
    time_sigma_s, range_sigma_km, altitude_sigma_km, speed_sigma_km_s : float or None
        Standard errors; None where the ephemeris does not say how good it is, as kernels do not.
    state : array, shape (6,)
        Spacecraft from the body's centre, ICRF, km and km/s.
    covariance_km2 : array, shape (3, 3)
        Of its position, ICRF; NaN where the ephemeris does not say.
    """

    moon: str
    spacecraft: str
    perijove: int | None
    tdb: float
    range_km: float
    altitude_km: float
    speed_km_s: float
    time_sigma_s: float | None
    range_sigma_km: float | None
    altitude_sigma_km: float | None
    speed_sigma_km_s: float | None
    state: np.ndarray
    covariance_km2: np.ndarray

    @property
    def utc(self) -> str:
        """Time in UTC, ISO, to milliseconds."""
        return tdb_to_utc(self.tdb, digits=3)

    def b_plane(self) -> BPlane:
        """B-plane of the flyby."""
        return b_plane(self.moon, self.state, self.tdb)

    def sigma_along_km(self, direction: np.ndarray) -> float | None:
        """Standard error of the position along a unit vector of the ICRF, as B · T and B · R have it."""
        return _known(float(sigma_along_km(self.covariance_km2, direction)))


@dataclass(frozen=True)
class Pass:
    """One passage of Juno through the Jupiter system.

    Attributes
    ----------
    perijove : int or None
        None where the mission's table has none near by.
    at_jupiter : CloseApproach
        Perijove itself: least distance from Jupiter's centre. Its altitude is above the level of 1 bar.
    at_moons : tuple of CloseApproach
        The closest one to each moon asked for, in the order of time.
    """

    perijove: int | None
    at_jupiter: CloseApproach
    at_moons: tuple[CloseApproach, ...]

    def at(self, moon: str) -> CloseApproach | None:
        """Closest approach to a moon, if there is one."""
        return next((one for one in self.at_moons if one.moon == moon.upper()), None)


def close_approaches(
    ephemeris: Ephemeris,
    moons: Sequence[str],
    start_tdb: float,
    end_tdb: float,
    *,
    spacecraft: str = "JUNO",
    max_range_km: float | None = None,
) -> tuple[CloseApproach, ...]:
    """All least distances between a spacecraft and moons in a span.

    Parameters
    ----------
    ephemeris : Ephemeris
        The built-in one knows Juno within half a day and more of perijoves 34 to 76, kernels what they cover; only
        there it is looked for.
    moons : sequence of str
        Galilean moons, or ``JUPITER``.
    start_tdb, end_tdb : float
        TDB seconds past J2000.
    spacecraft : str
        NAIF name.
    max_range_km : float, optional
        Leave out what stays farther from the centre.

    Returns
    -------
    tuple of CloseApproach
        In the order of time, good to a microsecond. A moon can have several in one pass, inbound and outbound; what is
        least at an end of what is known does not count.

    Raises
    ------
    InputError
        Where a moon is unknown, the span is reversed, or the spacecraft is known nowhere in it.
    """
    names = tuple(dict.fromkeys(moon.upper() for moon in moons))
    for name in names:
        body_radii_km(name)
        if name == spacecraft.upper():
            raise InputError(f"{name} has no encounter with itself; give another body")
    times = [grid(*window, _STEP_S) for window in known_windows(ephemeris, spacecraft, start_tdb, end_tdb)]
    found = []
    for name in names:
        turns = distance_extremes(_from(ephemeris, spacecraft, name), times)
        found += _approaches(ephemeris, name, spacecraft.upper(), turns.tdb[turns.is_least])
    near = (one for one in found if max_range_km is None or one.range_km <= max_range_km)
    return tuple(sorted(near, key=lambda one: one.tdb))


def _from(ephemeris: Ephemeris, body: str, center: str) -> Motion:
    return lambda tdb: ephemeris.state(body, tdb, center=center)


def _approaches(ephemeris: Ephemeris, moon: str, spacecraft: str, times: np.ndarray) -> list[CloseApproach]:
    if not times.size:
        return []
    states = ephemeris.state(spacecraft, times, center=moon)
    distance, speed = np.linalg.norm(states[:, :3], axis=-1), np.linalg.norm(states[:, 3:], axis=-1)
    radii = body_radii_km(moon)
    fixed = np.einsum("nij,nj->ni", icrf_to_body(moon, times), states[:, :3])
    altitude = np.linalg.norm(fixed - nearest_point_km(fixed, radii_km=radii), axis=-1)
    covariance = ephemeris.position_covariance_km2(spacecraft, times, center=moon)
    from_jupiter = np.linalg.norm(ephemeris.state(spacecraft, times, center=_JUPITER)[:, :3], axis=-1)
    # Along the relative velocity a place is a time, across it a range.
    time_sigmas = sigma_along_km(covariance, states[:, 3:] / speed[:, None]) / speed
    range_sigmas = sigma_along_km(covariance, states[:, :3] / distance[:, None])
    errors = np.stack([time_sigmas, range_sigmas, velocity_sigma_km_s(covariance, from_jupiter)], axis=-1)
    return [
        CloseApproach(
            moon=moon,
            spacecraft=spacecraft,
            perijove=perijove_of(tdb) if spacecraft == "JUNO" else None,
            tdb=tdb,
            range_km=far,
            altitude_km=high,
            speed_km_s=fast,
            time_sigma_s=_known(time_sigma),
            range_sigma_km=_known(sigma_km),
            altitude_sigma_km=_known(sigma_km),
            speed_sigma_km_s=_known(speed_sigma),
            state=state,
            covariance_km2=covariance_km2,
        )
        for tdb, far, high, fast, (time_sigma, sigma_km, speed_sigma), state, covariance_km2 in zip(
            *(values.tolist() for values in (times, distance, altitude, speed, errors)), states, covariance, strict=True
        )
    ]


def _known(sigma: float) -> float | None:
    return None if np.isnan(sigma) else sigma


def passes(
    ephemeris: Ephemeris,
    start_tdb: float = ARCS[0].start_tdb,
    end_tdb: float = ARCS[-1].end_tdb,
    *,
    moons: Sequence[str] = ("IO",),
) -> tuple[Pass, ...]:
    """Perijoves of Juno in a span, each with its closest approaches to moons.

    Parameters
    ----------
    ephemeris : Ephemeris
    start_tdb, end_tdb : float
        TDB seconds past J2000; a pass counts by its perijove.
    moons : sequence of str
        Galilean moons. Their approaches belong to the perijove that is nearest in time, and lie in the span.

    Returns
    -------
    tuple of Pass
        In the order of time.

    Raises
    ------
    InputError
        As `close_approaches`.
    """
    perijoves = close_approaches(ephemeris, [_JUPITER], start_tdb, end_tdb)
    moons = tuple(dict.fromkeys(moon.upper() for moon in moons))
    nearby = close_approaches(ephemeris, moons, start_tdb, end_tdb) if moons else ()
    centers = np.array([one.tdb for one in perijoves])
    found = []
    for number, perijove in enumerate(perijoves):
        mine = [one for one in nearby if int(np.argmin(np.abs(centers - one.tdb))) == number]
        closest = [
            min(those, key=lambda one: one.range_km) for moon in moons if (those := [o for o in mine if o.moon == moon])
        ]
        found.append(Pass(perijove.perijove, perijove, tuple(sorted(closest, key=lambda one: one.tdb))))
    return tuple(found)
