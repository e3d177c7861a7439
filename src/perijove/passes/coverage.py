"""What an observer sees of a body during passes, and how well: best looks at every point of the ground.

A look is a straight line from a ground point to the observer, at a time within the pass. The sharpest one has the least
distance over cosine of emission: there a pixel's longer side on the ground is shortest. What counts is geometry: that
the observer is above the horizon and, if asked for, the Sun. Whether an instrument was turned there and switched on,
is not considered; `perijove.scene.footprints` has what a picture shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.dynamics.time_search import grid, spans
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.geometry.discs import limb_offset_rad
from perijove.geometry.ellipsoid import nearest_point_km, outward_normal, surface_point_km
from perijove.geometry.grids import global_equirectangular
from perijove.geometry.projections import MapGrid
from perijove.passes import look_kernel as kernel
from perijove.passes.vantage import Vantage, body_radii_km, vantage

__all__ = ["LIGHTS", "BestLooks", "Coverage", "PassWindow", "best_looks", "coverage", "pass_window"]

LIGHTS = {"any": kernel.ANY_LIGHT, "sun": kernel.IN_SUN, "night": kernel.IN_NIGHT}
"""Which ground counts: all, what the Sun lights, or what it does not (Jupiter's shadow included)."""

_SEARCH_STEP_S, _LONGEST_STEP_S = 300.0, 60.0
_STEP_OF_ALTITUDE = 0.03  # path between samples, as a part of the altitude
_MOST_HALVINGS = 12
_LEAST_STEP_DEG, _GREATEST_STEP_DEG = 0.05, 30.0
_SHADOW_MARGIN = 1.2  # of Jupiter's radius, in which a shadow near the body's centre may touch the body


@dataclass(frozen=True)
class PassWindow:
    """A time during which the observer stays below an altitude, sampled as densely as it comes near.

    Attributes
    ----------
    name : str
        What tables and figures call the pass, such as ``PJ57``.
    closest_tdb : float
        Time of closest approach, TDB seconds past J2000.
    vantage : Vantage
        Observer and Sun at the sampled times, in order.
    usable : array of bool
        At which of them Jupiter does not stand between observer and body.
    """

    name: str
    closest_tdb: float
    vantage: Vantage
    usable: np.ndarray

    def position_at_km(self, tdb: ArrayLike) -> np.ndarray:
        """Observer at times within the window, shape (..., 3), body-fixed, km, to 1 m; NaN for a time that is NaN."""
        times, seconds = self.vantage.times_tdb, np.asarray(tdb, dtype=float)
        after = np.clip(np.searchsorted(times, seconds), 1, len(times) - 1)
        nearest = np.where(seconds - times[after - 1] < times[after] - seconds, after - 1, after)
        away = (seconds - times[nearest])[..., None]
        parabola = _parabolas(times, self.vantage.position_km)[nearest]
        return np.asarray(parabola[..., 0, :] + away * (parabola[..., 1, :] + away * parabola[..., 2, :]))


@dataclass(frozen=True)
class BestLooks:
    """Sharpest and steepest look at each of some points; all arrays of one shape, NaN where a point is never seen.

    Attributes
    ----------
    time_tdb, range_km : array
        Of the sharpest look, and the distance of the observer then: times the angle of a pixel, its size across the
        line of sight.
    emission_deg, incidence_deg : array
        At that time.
    in_shadow : array of bool
        Whether Jupiter shades the point then.
    least_emission_deg : array
        Of the steepest look, which may be at another time.
    window : array of int
        Which pass gave the sharpest look; -1 where there is none.
    """

    time_tdb: np.ndarray
    range_km: np.ndarray
    emission_deg: np.ndarray
    incidence_deg: np.ndarray
    in_shadow: np.ndarray
    least_emission_deg: np.ndarray
    window: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Where there is any look."""
        return self.window >= 0

    @property
    def stretched_range_km(self) -> np.ndarray:
        """Distance over cosine of emission: times the angle of a pixel, the longer side of a pixel on the ground."""
        return np.asarray(self.range_km / np.cos(np.radians(self.emission_deg)))


@dataclass(frozen=True)
class Coverage:
    """Map of best looks.

    Attributes
    ----------
    grid : MapGrid
        Its pixels; looks are for their centres.
    looks : BestLooks
        Of the grid's shape.
    windows : tuple of PassWindow
        The passes.
    light : str
        One of `LIGHTS`.
    max_emission_deg : float
        Ground seen more obliquely does not count.
    """

    grid: MapGrid
    looks: BestLooks
    windows: tuple[PassWindow, ...]
    light: str
    max_emission_deg: float

    @property
    def seen_fraction(self) -> float:
        """Part of the body's surface that is seen, by area on its mean sphere."""
        lat, _ = self.grid.lat_lon(np.arange(self.grid.shape[0]), 0)
        weight = np.cos(np.radians(lat))
        return float(np.sum(self.looks.seen.mean(axis=1) * weight) / np.sum(weight))


def pass_window(
    ephemeris: Ephemeris,
    body: str,
    closest_tdb: float,
    *,
    observer: str = "JUNO",
    max_altitude_km: float,
    reach_s: tuple[float, float],
    name: str = "",
) -> PassWindow:
    """Time about a closest approach in which an observer stays below an altitude.

    Parameters
    ----------
    ephemeris : Ephemeris
        Must know observer, body, Jupiter and Sun.
    body : str
        ``JUPITER`` or a Galilean moon.
    closest_tdb : float
        Time of closest approach, TDB seconds past J2000.
    observer : str
        NAIF name.
    max_altitude_km : float
        Above the body's ellipsoid.
    reach_s : tuple of float
        First and last time that the ephemeris covers, TDB; the window ends there at the latest.
    name : str
        See `PassWindow`.

    Returns
    -------
    PassWindow
        Samples stand apart by at most 3 % of the altitude along the path, and at most a minute.

    Raises
    ------
    InputError
        If the observer never comes below the altitude, or a name or time is unknown to the ephemeris.
    """
    radii = body_radii_km(body)

    def altitude_km(position: np.ndarray) -> np.ndarray:
        return np.asarray(np.linalg.norm(position - nearest_point_km(position, radii_km=radii), axis=-1))

    def room_km(tdb: np.ndarray) -> np.ndarray:
        return max_altitude_km - altitude_km(vantage(ephemeris, body, observer, tdb).position_km)

    room = float(room_km(np.array([closest_tdb]))[0])
    if not room > 0.0:
        raise InputError(
            f"{name or observer}: never below {max_altitude_km:,.0f} km of {body.capitalize()}, whose closest "
            f"approach is at {max_altitude_km - room:,.0f} km; give a greater altitude"
        )
    before, after = grid(reach_s[0], closest_tdb, _SEARCH_STEP_S), grid(closest_tdb, reach_s[1], _SEARCH_STEP_S)
    low = spans(room_km, np.concatenate([before[:-1], after]))
    start, end = next((one.start_tdb, one.end_tdb) for one in low if one.start_tdb <= closest_tdb <= one.end_tdb)
    times = np.linspace(start, end, 2 + int((end - start) / _LONGEST_STEP_S))
    for _ in range(_MOST_HALVINGS):
        seen = vantage(ephemeris, body, observer, times)
        height = altitude_km(seen.position_km)
        path = np.linalg.norm(np.diff(seen.position_km, axis=0), axis=-1)
        long = path > _STEP_OF_ALTITUDE * np.minimum(height[:-1], height[1:])
        if not long.any():
            break
        times = np.sort(np.concatenate([times, (0.5 * (times[:-1] + times[1:]))[long]]))
    return PassWindow(name, closest_tdb, seen, ~_hidden_by_jupiter(seen))


def best_looks(
    points_km: ArrayLike, windows: Sequence[PassWindow], *, light: str = "any", max_emission_deg: float = 85.0
) -> BestLooks:
    """Best looks at ground points during some passes.

    Parameters
    ----------
    points_km : array, shape (..., 3)
        Points of the body's ellipsoid, body-fixed, km.
    windows : sequence of PassWindow
        All of one body.
    light : str
        One of `LIGHTS`; the point itself must be in that light.
    max_emission_deg : float
        More oblique looks do not count; up to 90, the horizon.

    Returns
    -------
    BestLooks
        Arrays of the points' shape without the last axis. Times are good to a millisecond, distances to 1 m: between
        samples the path is a parabola. A look shorter than the step between two samples may be missed.

    Raises
    ------
    InputError
        For no pass, passes of several bodies, an unknown light, an emission angle that is none.
    """
    if not windows or len({window.vantage.body for window in windows}) > 1:
        raise InputError(
            f"{len(windows)} passes of {len({w.vantage.body for w in windows})} bodies; give passes of one"
        )
    if light not in LIGHTS:
        raise InputError(f"light {light!r} is not one of {', '.join(LIGHTS)}")
    if not 0.0 < max_emission_deg <= 90.0:
        raise InputError(f"emission up to {max_emission_deg} deg: give more than 0 and at most 90")
    points = np.asarray(points_km, dtype=float)
    flat = np.ascontiguousarray(points.reshape(-1, 3))
    normals = outward_normal(flat, radii_km=windows[0].vantage.radii_km)
    best, which = np.full((len(flat), kernel.LOOK_COLUMNS), np.nan), np.full(len(flat), -1)
    for number, window in enumerate(windows):
        looks = np.empty_like(best)
        kernel.best_looks(
            *_packed(window), flat, normals, LIGHTS[light], float(np.cos(np.radians(max_emission_deg))), looks
        )
        sharper = ~np.isnan(looks[:, 1]) & ~(looks[:, 1] * np.cos(best[:, 2]) >= best[:, 1] * np.cos(looks[:, 2]))
        least = np.fmin(looks[:, 5], best[:, 5])
        best[sharper], which[sharper] = looks[sharper], number
        best[:, 5] = least
    columns = np.moveaxis(best.reshape(*points.shape[:-1], -1), -1, 0)
    return BestLooks(
        time_tdb=columns[0],
        range_km=columns[1],
        emission_deg=np.degrees(columns[2]),
        incidence_deg=np.degrees(columns[3]),
        in_shadow=columns[4] == 1.0,
        least_emission_deg=np.degrees(columns[5]),
        window=which.reshape(points.shape[:-1]),
    )


def coverage(
    windows: Sequence[PassWindow], *, step_deg: float = 1.0, light: str = "any", max_emission_deg: float = 85.0
) -> Coverage:
    """Map of the best looks during some passes.

    Parameters
    ----------
    windows : sequence of PassWindow
        All of one body.
    step_deg : float
        Of the map, 0.05 to 30 deg; rounded so that a whole number fits between the poles.
    light, max_emission_deg
        As for `best_looks`.

    Returns
    -------
    Coverage
    """
    if not _LEAST_STEP_DEG <= step_deg <= _GREATEST_STEP_DEG:
        raise InputError(f"a step of {step_deg} deg; give {_LEAST_STEP_DEG} to {_GREATEST_STEP_DEG}")
    body = windows[0].vantage.body if windows else "IO"
    radii = body_radii_km(body)
    sphere_km = IO_MEAN_RADIUS_KM if body == "IO" else float(np.max(radii))
    grid = global_equirectangular(sphere_km * float(np.radians(step_deg)), sphere_radius_km=sphere_km)
    lat, _ = grid.lat_lon(np.arange(grid.shape[0]), 0)
    _, lon = grid.lat_lon(0, np.arange(grid.shape[1]))
    points = surface_point_km(lat[:, None], lon[None, :], radii)
    looks = best_looks(points, windows, light=light, max_emission_deg=max_emission_deg)
    return Coverage(grid, looks, tuple(windows), light, max_emission_deg)


def _packed(window: PassWindow) -> tuple[np.ndarray, ...]:
    """What the compiled search wants of a pass."""
    seen = window.vantage
    path = np.concatenate([seen.position_km, seen.sun, seen.jupiter_km], axis=1)
    ahead = np.sum(seen.jupiter_km * seen.sun, axis=-1)
    aside = np.linalg.norm(np.cross(seen.jupiter_km, seen.sun), axis=-1)
    near_shadow = (ahead > 0.0) & (aside < _SHADOW_MARGIN * JUPITER_RADII_KM[0])
    shapes = np.ascontiguousarray(seen.body_to_jupiter / JUPITER_RADII_KM[:, None])
    return seen.times_tdb, _parabolas(seen.times_tdb, path), shapes, near_shadow, window.usable


def _parabolas(times: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Coefficients (times, 3, columns) in seconds from each sample, through it and its two neighbours.

    The first and the last sample take the parabola of their neighbour.
    """
    if len(times) < 3:
        return np.stack([rows, np.zeros_like(rows), np.zeros_like(rows)], axis=1)
    back, ahead = (times[:-2] - times[1:-1])[:, None], (times[2:] - times[1:-1])[:, None]
    slope_back, slope_ahead = (rows[:-2] - rows[1:-1]) / back, (rows[2:] - rows[1:-1]) / ahead
    bend = (slope_ahead - slope_back) / (ahead - back)
    slope = slope_ahead - ahead * bend
    first = np.stack([rows[:1], slope[:1] + 2.0 * back[:1] * bend[:1], bend[:1]], axis=1)
    last = np.stack([rows[-1:], slope[-1:] + 2.0 * ahead[-1:] * bend[-1:], bend[-1:]], axis=1)
    return np.concatenate([first, np.stack([rows[1:-1], slope, bend], axis=1), last])


def _hidden_by_jupiter(seen: Vantage) -> np.ndarray:
    """When Jupiter stands before the body's centre."""
    if seen.body == "JUPITER":
        return np.zeros(len(seen), dtype=bool)
    place = np.einsum("nij,nj->ni", seen.body_to_jupiter, seen.position_km - seen.jupiter_km)
    sight = np.einsum("nij,nj->ni", seen.body_to_jupiter, -seen.position_km)
    distance = np.linalg.norm(sight, axis=-1)
    offset, passed = limb_offset_rad(place, sight / distance[:, None], radii_km=JUPITER_RADII_KM)
    return np.asarray((offset < 0.0) & (passed > 0.0) & (passed < distance))
