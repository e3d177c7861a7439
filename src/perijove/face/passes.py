"""What Juno met on its passes, what it saw of a moon, and how well."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from perijove.archive.cache import map_at_hand
from perijove.constants import SECONDS_PER_HOUR
from perijove.ephemeris.epochs import Moments, times_tdb
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.errors import InputError
from perijove.export.coverage import look_record
from perijove.export.encounter_record import approach_record, approaches_of
from perijove.export.geometry_table import table_rows
from perijove.face.results import Drawn, Source, ephemeris_from, made
from perijove.figures.moons.series import Line, series_figure
from perijove.figures.named_places import named_places
from perijove.figures.passes.coverage_map import draw_coverage
from perijove.figures.passes.ground_track import draw_ground_track
from perijove.figures.passes.perijove_list import draw_perijove_list
from perijove.figures.passes.spacecraft_view import draw_spacecraft_view
from perijove.figures.passes.timeline import draw_timeline
from perijove.formats.base_map import read_base_map
from perijove.passes.coverage import Coverage, coverage, pass_window
from perijove.passes.encounter_geometry import geometry_at
from perijove.passes.encounters import CloseApproach, Pass, close_approaches, passes
from perijove.passes.feature_looks import FeatureLook, feature_looks
from perijove.passes.geometry_columns import GeometrySeries
from perijove.passes.geometry_series import geometry_series
from perijove.passes.named_pass import named_pass
from perijove.passes.sky_view import SkyView, sky_view
from perijove.timescales import tdb_to_utc

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Approaches",
    "CloseApproach",
    "FeatureLook",
    "Flyby",
    "Geometry",
    "GroundCoverage",
    "Pass",
    "Passes",
    "View",
    "approaches",
    "flyby",
    "geometry",
    "ground_coverage",
    "juno_passes",
    "seen_from",
]

_SAMPLES = 721


class Passes(tuple[Pass, ...], Drawn):  # noqa: SLOT001  # shows itself
    """Perijoves with their close approaches, in the order of time."""

    ephemeris: Ephemeris = EMBEDDED
    source: str = ""
    moon: str = "IO"

    def records(self) -> list[dict[str, Any]]:
        """One approach a row, each perijove before its moons: time (UTC), distances (km), what was seen."""
        approaches = approaches_of(self)
        geometries = geometry_at(self.ephemeris, approaches)
        return [approach_record(*pair) for pair in zip(approaches, geometries, strict=True)]

    def plot(self) -> "Figure":
        """Altitudes over the moon, pass by pass, as matplotlib figure."""
        return draw_perijove_list(self, moon=self.moon, source=self.source)


def juno_passes(
    start: Moments | None = None,
    end: Moments | None = None,
    *,
    moons: Sequence[str] = ("IO",),
    ephemeris: Source = None,
) -> Passes:
    """Juno's perijoves and its closest approaches to moons in each.

    Parameters
    ----------
    start, end : str, datetime, astropy Time or number, optional
        ISO 8601 UTC, or TDB seconds past J2000; without them all passes that are built in, perijoves 34 to 76.
    moons : sequence of str
        NAIF names.
    ephemeris : Ephemeris or path, optional
        In place of the built-in one: an ephemeris, or a file or folder of SPICE kernels.

    Returns
    -------
    Passes
        km, km/s and TDB s, with standard errors where the ephemeris states them.

    Raises
    ------
    InputError
        Where a time lies where Juno's path is not known.
    """
    first = ARCS[0].start_tdb if start is None else float(times_tdb(start))
    last = ARCS[-1].end_tdb if end is None else float(times_tdb(end))
    names = tuple(moon.upper() for moon in moons)
    source, named = ephemeris_from(ephemeris, names)
    found = Passes(passes(source, first, last, moons=names))
    found.ephemeris, found.source, found.moon = source, named, names[0] if names else "IO"
    return found


class Approaches(tuple[CloseApproach, ...], Drawn):  # noqa: SLOT001  # shows itself
    """Close approaches, in the order of time."""

    def records(self) -> list[dict[str, Any]]:
        """One approach a row: time (UTC), distances (km), speed (km/s), each with its error where one is stated."""
        return [
            {
                "moon": one.moon,
                "time_utc": one.utc,
                "time_utc_sigma_s": one.time_sigma_s,
                "range_km": one.range_km,
                "range_km_sigma": one.range_sigma_km,
                "altitude_km": one.altitude_km,
                "altitude_km_sigma": one.altitude_sigma_km,
                "speed_km_s": one.speed_km_s,
                "speed_km_s_sigma": one.speed_sigma_km_s,
            }
            for one in self
        ]

    def plot(self) -> "Figure":
        """Altitudes of the approaches over time, as matplotlib figure."""
        lines = []
        for moon in dict.fromkeys(one.moon for one in self):
            mine = [one for one in self if one.moon == moon]
            times, altitudes = np.array([one.tdb for one in mine]), np.array([one.altitude_km for one in mine])
            lines.append(Line(moon.capitalize(), times, altitudes, marks=True))
        whose = ", ".join(dict.fromkeys(one.spacecraft.capitalize() for one in self))
        return series_figure(lines, unit="altitude (km)", title="Close approaches", facts=whose, source="")


def approaches(
    spacecraft: str,
    moons: str | Sequence[str],
    start: Moments,
    end: Moments,
    *,
    max_range_km: float | None = None,
    ephemeris: Source = None,
) -> Approaches:
    """Closest approaches of a spacecraft to moons.

    Parameters
    ----------
    spacecraft : str
        ``JUNO``, or what the ephemeris calls its own.
    moons : str or sequence of str
        NAIF names.
    start, end : str, datetime, astropy Time or number
        ISO 8601 UTC, or TDB seconds past J2000.
    max_range_km : float, optional
        Farther ones are left out, km from the moon's centre.
    ephemeris : Ephemeris or path, optional
        In place of the built-in one: an ephemeris, or a file or folder of SPICE kernels.

    Returns
    -------
    Approaches
        km, km/s and TDB s, with standard errors where the ephemeris states them.

    Raises
    ------
    InputError
        Where a name is unknown, or a path not known at a time.
    """
    names = [moons.upper()] if isinstance(moons, str) else [moon.upper() for moon in moons]
    source, _ = ephemeris_from(ephemeris, names, observer=spacecraft, lit=False)
    span = float(times_tdb(start)), float(times_tdb(end))
    return Approaches(close_approaches(source, names, *span, spacecraft=spacecraft.upper(), max_range_km=max_range_km))


@dataclass(frozen=True)
class Geometry(GeometrySeries, Drawn):
    """Geometry of a target over time; columns are listed in the reference of ``perijove geometry``.

    Attributes
    ----------
    source : str
        Which ephemeris.
    """

    source: str

    def records(self) -> list[dict[str, Any]]:
        """One time a row: time (UTC and JD TDB) and all columns, each with its error where one is stated."""
        return [dict(row) for row in table_rows(self)]

    def plot(self) -> "Figure":
        """Altitude and angles over time, as matplotlib figure; zero is the nearest of the times.

        Raises
        ------
        InputError
            Where there are fewer than three times.
        """
        if self.tdb.size < 3:
            raise InputError("a figure needs three times or more; take records() or to_pandas()")
        return draw_timeline(self, source=self.source)


def geometry(
    target: str,
    times: Moments,
    *,
    observer: str = "JUNO",
    correction: str = "LT+S",
    ephemeris: Source = None,
) -> Geometry:
    """Geometry of a target as an observer sees it.

    Parameters
    ----------
    target, observer : str
        NAIF names.
    times : str, datetime, astropy Time, or array or sequence of these, or of numbers
        At the observer: ISO 8601 UTC, or TDB seconds past J2000.
    correction : str
        ``NONE``, ``LT``, ``LT+S``, ``CN`` or ``CN+S``, as in SPICE.
    ephemeris : Ephemeris or path, optional
        In place of the built-in one: an ephemeris, or a file or folder of SPICE kernels.

    Returns
    -------
    Geometry
        Columns in km, km/s, s and deg, of the shape of the times.

    Raises
    ------
    InputError
        Where a name is unknown, or a path not known at a time.
    """
    tdb = np.atleast_1d(times_tdb(times)).ravel()
    source, named = ephemeris_from(ephemeris, (target.upper(),), observer=observer, tdb=tdb)
    series = geometry_series(source, target.upper(), tdb, observer=observer, correction=correction)
    return made(Geometry, series, source=named)


@dataclass(frozen=True)
class Flyby(Geometry):
    """One pass by a moon: geometry along it, and the closest approach.

    Attributes
    ----------
    approach : CloseApproach
    """

    approach: CloseApproach

    def plot(self) -> "Figure":
        """Range and angles along the pass, as matplotlib figure."""
        return draw_timeline(self, self.approach, source=self.source)

    def plot_ground_track(self) -> "Figure":
        """Where Juno passed over the moon, as matplotlib figure."""
        features = named_places(self.target)
        return draw_ground_track(self, self.approach, features=features, source=self.source)


def flyby(perijove: int, moon: str = "IO", *, hours: float = 6.0, ephemeris: Source = None) -> Flyby:
    """One pass of Juno by a moon.

    Parameters
    ----------
    perijove : int
        34 to 76.
    moon : str
        NAIF name.
    hours : float
        Before and after the closest approach.
    ephemeris : Ephemeris or path, optional
        In place of the built-in one: an ephemeris, or a file or folder of SPICE kernels.

    Returns
    -------
    Flyby
        Columns in km, km/s, s and deg.

    Raises
    ------
    InputError
        Where the perijove is unknown, or Juno did not come near the moon while its path is known.
    """
    name = moon.upper()
    found = named_pass(*ephemeris_from(ephemeris, (name,)), perijove, name)
    approach, (first, last), half = found.approach, found.reach_tdb, hours * SECONDS_PER_HOUR
    times = np.linspace(max(approach.tdb - half, first), min(approach.tdb + half, last), _SAMPLES)
    series = geometry_series(found.source, name, times, observer="JUNO")
    return made(Flyby, series, approach=approach, source=found.source_name)


@dataclass(frozen=True)
class GroundCoverage(Coverage, Drawn):
    """What passes show of a moon's ground, and how well.

    Attributes
    ----------
    looks : BestLooks
        At each cell of the map.
    at_volcanoes : tuple of FeatureLook
        At named volcanoes, the sharpest first; empty for other moons than Io.
    body, source : str
    """

    at_volcanoes: tuple[FeatureLook, ...]
    body: str
    source: str

    def records(self) -> list[dict[str, Any]]:
        """One look at a volcano a row: time (UTC), range (km), size of pixels (km), angles (deg)."""
        return [look_record(look) for look in self.at_volcanoes]

    def plot(self) -> "Figure":
        """Map of the sharpest looks, as matplotlib figure."""
        return draw_coverage(self, features=named_places(self.body), source=self.source)


def ground_coverage(
    perijoves: int | Sequence[int],
    body: str = "IO",
    *,
    cell_deg: float = 1.0,
    max_altitude_km: float = 1e5,
    max_emission_deg: float = 85.0,
    light: str = "any",
    ephemeris: Source = None,
) -> GroundCoverage:
    """Map how well passes show a moon, and list the volcanoes in view.

    Parameters
    ----------
    perijoves : int or sequence of int
        34 to 76.
    body : str
        NAIF name of a moon.
    cell_deg : float
        Size of the map's cells, deg.
    max_altitude_km : float
        Juno counts while it is lower.
    max_emission_deg : float
        Ground seen more obliquely does not count, deg.
    light : str
        ``any``, ``sun`` or ``night``.
    ephemeris : Ephemeris or path, optional
        In place of the built-in one: an ephemeris, or a file or folder of SPICE kernels.

    Returns
    -------
    GroundCoverage
        What counts is geometry: where instruments looked is not considered.

    Raises
    ------
    InputError
        Where a perijove is unknown, or Juno stayed higher.
    """
    name = body.upper()
    source, named = ephemeris_from(ephemeris, (name,))
    windows = [
        pass_window(
            source, name, one.approach.tdb, max_altitude_km=max_altitude_km, reach_s=one.reach_tdb, name=one.name
        )
        for number in ([perijoves] if isinstance(perijoves, int) else perijoves)
        for one in [named_pass(source, named, number, name)]
    ]
    mapped = coverage(windows, step_deg=cell_deg, light=light, max_emission_deg=max_emission_deg)
    looks = feature_looks(windows, light=light, max_emission_deg=max_emission_deg) if name == "IO" else []
    return made(GroundCoverage, mapped, at_volcanoes=tuple(looks), body=name, source=named)


@dataclass(frozen=True)
class View(SkyView, Drawn):
    """A body as an observer sees it at one time.

    Attributes
    ----------
    source : str
        Which ephemeris.
    """

    source: str

    def records(self) -> list[dict[str, Any]]:
        """One row: time (UTC), range and altitude (km), sub-points and angles (deg)."""
        lat, lon = self.sub_observer_deg
        sun_lat, sun_lon = self.sub_solar_deg
        return [
            {
                "time_utc": tdb_to_utc(self.time_tdb, digits=3),
                "range_km": self.range_km,
                "altitude_km": self.altitude_km,
                "angular_diameter_deg": self.angular_diameter_deg,
                "phase_deg": self.phase_deg,
                "sub_observer_lat_deg": lat,
                "sub_observer_lon_east_deg": lon,
                "sub_solar_lat_deg": sun_lat,
                "sub_solar_lon_east_deg": sun_lon,
            }
        ]

    def plot(self) -> "Figure":
        """The globe with its names, as matplotlib figure; Io with the map of ``perijove fetch io-map``, once here."""
        body, observer = self.vantage.body, self.vantage.observer
        title, source, shown = f"{body.capitalize()} seen from {observer.capitalize()}", self.source, None
        if body == "IO" and (found := map_at_hand()) is not None:
            shown = read_base_map(found.path, left_lon_east_deg=found.left_lon_east_deg)
            source += f"; map: {found.credit}"
        return draw_spacecraft_view(self, base_map=shown, features=named_places(body), title=title, source=source)


def seen_from(
    observer: str,
    body: str,
    time: Moments,
    *,
    upright: str = "body",
    ephemeris: Source = None,
) -> View:
    """A body as an observer sees it.

    Parameters
    ----------
    observer, body : str
        NAIF names: ``JUNO``, ``IO`` ...
    time : str, datetime, astropy Time or number
        At the observer: ISO 8601 UTC, or TDB seconds past J2000.
    upright : str
        What points up: ``body`` (its north) or ``celestial``.
    ephemeris : Ephemeris or path, optional
        In place of the built-in one: an ephemeris, or a file or folder of SPICE kernels.

    Returns
    -------
    View
        km and deg.

    Raises
    ------
    InputError
        Where a name is unknown, or a path not known at that time.
    """
    tdb = float(times_tdb(time))
    source, named = ephemeris_from(ephemeris, (body.upper(),), observer=observer, tdb=tdb)
    found = sky_view(source, body.upper(), observer.upper(), tdb, upright=upright)
    return made(View, found, source=named)
