"""A pass against time: altitude, resolution, phase, and the points below spacecraft and Sun."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MultipleLocator, NullFormatter

from perijove.constants import SECONDS_PER_HOUR
from perijove.figures.style import DPI, INK, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.passes.encounters import CloseApproach
from perijove.passes.geometry_columns import GeometrySeries
from perijove.timescales import tdb_to_utc

__all__ = ["draw_timeline"]

_WIDTH_IN, _LEFT_IN, _RIGHT_IN, _TOP_IN, _BOTTOM_IN = 10.0, 1.05, 1.15, 0.8, 0.75
_PANEL_IN, _GAP_IN = (1.75, 1.55, 1.45, 1.45, 1.45), 0.14
_SPACECRAFT, _SUN, _DIAMETER = "#0072b2", "#d55e00", "#009e73"  # Okabe and Ito
_CAMERAS = (
    ("junocam_km_per_px", "JunoCam", "#0072b2", "-"),
    ("jiram_km_per_px", "JIRAM", "#d55e00", (0, (5, 2))),
    ("sru_km_per_px", "SRU", "#009e73", (0, (1.2, 1.2))),
)
_SHADES = (
    ("sunlight_fraction", "#8a8a94", "in Jupiter's shadow"),
    ("unocculted_fraction", "#d9c9a3", "behind Jupiter"),
)
_MINUTE_S = 60.0
_IN_HOURS = 3.0  # longer spans count hours
_LABEL_PLACE = -0.1  # of the width, beside the widest number
_WRAP_DEG = 180.0
_MANY_DECADES = 30.0  # ratio of the ends of a logarithmic axis


def draw_timeline(series: GeometrySeries, approach: CloseApproach | None = None, *, source: str = "") -> Figure:
    """Five panels with one time axis.

    Parameters
    ----------
    series : GeometrySeries
        One-dimensional, times in order.
    approach : CloseApproach, optional
        Where the time axis has its zero. Without one that is the nearest of the times, and the figure calls it so:
        between them the body may have been nearer.
    source : str
        Source line at the bottom; the program's name and version if empty.

    Returns
    -------
    Figure
        Altitude; size of a pixel at the sub-spacecraft point; phase angle and apparent diameter of the body; latitude
        and longitude of the points below spacecraft and Sun. Tinted: times at which Jupiter shades or hides the body.
    """
    span = float(np.ptp(series.tdb))
    unit, name = (SECONDS_PER_HOUR, "hours") if span > _IN_HOURS * SECONDS_PER_HOUR else (_MINUTE_S, "minutes")
    nearest = int(np.argmin(series.range_km))
    zero_tdb = float(series.tdb[nearest]) if approach is None else approach.tdb
    altitude_km = float(series.altitude_km[nearest]) if approach is None else approach.altitude_km
    time = (np.asarray(series.tdb) - zero_tdb) / unit
    height = _TOP_IN + sum(_PANEL_IN) + (len(_PANEL_IN) - 1) * _GAP_IN + _BOTTOM_IN
    figure = new_figure(_WIDTH_IN, height)
    panels, top = [], height - _TOP_IN
    for size in _PANEL_IN:
        top -= size
        width = _WIDTH_IN - _LEFT_IN - _RIGHT_IN
        panels.append(figure.add_axes((_LEFT_IN / _WIDTH_IN, top / height, width / _WIDTH_IN, size / height)))
        top -= _GAP_IN
    _altitude(panels[0], time, series, altitude_km)
    _resolution(panels[1], time, series)
    _angles(panels[2], time, series)
    _latitude(panels[3], time, series)
    _longitude(panels[4], time, series)
    for axes in panels:
        axes.set_xlim(float(time[0]), float(time[-1]))
        axes.yaxis.set_label_coords(_LABEL_PLACE, 0.5)
        axes.axvline(0.0, lw=0.8, color=INK, zorder=1)
        axes.grid(axis="x", lw=0.4, color="#00000030")
        axes.grid(axis="y", lw=0.4, color="#00000030")
        frame(axes)
    for axes in panels[:-1]:
        axes.tick_params(labelbottom=False)
    _shade(panels, time, series)
    spacecraft, body = (word.capitalize() for word in (series.observer, series.target))
    if approach is None:
        since, title, facts = f"{_clock(zero_tdb)} UTC", f"{body} from {spacecraft}", _facts_at(series, nearest)
    else:
        pass_name = "" if approach.perijove is None else f"Perijove {approach.perijove}: "
        since, title, facts = "closest approach", f"{pass_name}{spacecraft} passes {body}", _facts(approach)
    panels[-1].set_xlabel(f"Time from {since} ({name})", size=TEXT_PT, color=INK)
    write_title(figure, title, [facts], left_in=0.3)
    write_footer(figure, source, left_in=0.3, note=_correction_words(series))
    return figure


def _clock(tdb: float) -> str:
    return tdb_to_utc(tdb, digits=1).replace("T", " ")


def _facts(approach: CloseApproach) -> str:
    height, error, digits = approach.altitude_km, "", 0
    if approach.altitude_sigma_km:  # both to the error's first digit, which stands behind the point below 1 km
        digits = max(0, -int(np.floor(np.log10(approach.altitude_sigma_km))))
        error = f" ± {approach.altitude_sigma_km:,.{digits}f}"
    return (
        f"closest approach {_clock(approach.tdb)} UTC   ·   altitude {height:,.{digits}f}{error} km   ·   "
        f"{approach.speed_km_s:.2f} km/s"
    )


def _facts_at(series: GeometrySeries, index: int) -> str:
    return (
        f"nearest of {series.tdb.size} times {_clock(float(series.tdb[index]))} UTC   ·   "
        f"altitude {series.altitude_km[index]:,.0f} km   ·   {series.speed_km_s[index]:.2f} km/s"
    )


def _correction_words(series: GeometrySeries) -> str:
    return f"corrections for light: {series.correction} (NAIF's name)"


def _altitude(axes: Axes, time: np.ndarray, series: GeometrySeries, at_zero_km: float) -> None:
    axes.semilogy(time, series.altitude_km, lw=1.6, color=_SPACECRAFT)
    axes.set_ylabel("Altitude (km)", size=TEXT_PT, color=INK)
    low, high = float(np.min(series.altitude_km)), float(np.max(series.altitude_km))
    axes.set_ylim(low / 1.6, high * 1.25)
    _log_ticks(axes)
    axes.annotate(
        f"{at_zero_km:,.0f} km",
        (0.0, at_zero_km),
        xytext=(6.0, -1.0),
        textcoords="offset points",
        va="top",
        size=SMALL_PT,
        color=INK,
    )


def _log_ticks(axes: Axes) -> None:
    """Plain numbers at powers of ten; within less than a decade and a half also at 2 and 5 of each."""
    low, high = axes.get_ylim()
    subs = (1.0,) if high / low > _MANY_DECADES else (1.0, 2.0, 5.0)
    axes.yaxis.set_major_locator(LogLocator(subs=subs))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _resolution(axes: Axes, time: np.ndarray, series: GeometrySeries) -> None:
    rows = [(series.column(name), camera, color, style) for name, camera, color, style in _CAMERAS]
    for values, _, color, style in rows:
        axes.semilogy(time, values, lw=1.4, color=color, ls=style)
    axes.set_ylim(min(float(row[0].min()) for row in rows) / 1.4, max(float(row[0].max()) for row in rows) * 2.0)
    axes.set_ylabel("Pixel size (km)", size=TEXT_PT, color=INK)
    _name_ends(axes, [(float(values[-1]), camera, color) for values, camera, color, _ in rows])
    _log_ticks(axes)


def _angles(axes: Axes, time: np.ndarray, series: GeometrySeries) -> None:
    axes.plot(time, series.phase_deg, lw=1.6, color=_SPACECRAFT)
    axes.plot(time, series.angular_diameter_deg, lw=1.2, color=_DIAMETER, ls=(0, (1.2, 1.2)))
    axes.set(ylim=(0.0, 180.0))
    ends = [
        (float(series.phase_deg[-1]), "phase", _SPACECRAFT),
        (float(series.angular_diameter_deg[-1]), "apparent diameter", _DIAMETER),
    ]
    _name_ends(axes, ends)
    axes.yaxis.set_major_locator(MultipleLocator(45.0))
    axes.set_ylabel("Angle (deg)", size=TEXT_PT, color=INK)


def _latitude(axes: Axes, time: np.ndarray, series: GeometrySeries) -> None:
    axes.plot(time, series.sub_spacecraft_lat_deg, lw=1.6, color=_SPACECRAFT)
    axes.plot(time, series.sub_solar_lat_deg, lw=1.2, color=_SUN, ls=(0, (5, 2)))
    ends = [
        (float(series.sub_spacecraft_lat_deg[-1]), "below spacecraft", _SPACECRAFT),
        (float(series.sub_solar_lat_deg[-1]), "below Sun", _SUN),
    ]
    axes.set(ylim=(-90.0, 90.0))
    _name_ends(axes, ends)
    axes.yaxis.set_major_locator(MultipleLocator(45.0))
    axes.set_ylabel("Latitude (deg)", size=TEXT_PT, color=INK)


def _longitude(axes: Axes, time: np.ndarray, series: GeometrySeries) -> None:
    rows = (
        (series.sub_spacecraft_lon_east_deg, 1.6, _SPACECRAFT, "-"),
        (series.sub_solar_lon_east_deg, 1.2, _SUN, (0, (5, 2))),
    )
    for values, width, color, style in rows:
        jump = np.abs(np.diff(values, append=values[-1:])) > _WRAP_DEG
        axes.plot(time, np.where(jump, np.nan, values), lw=width, color=color, ls=style)
    axes.set(ylim=(-180.0, 180.0))
    _name_ends(
        axes, [(float(rows[0][0][-1]), "below spacecraft", _SPACECRAFT), (float(rows[1][0][-1]), "below Sun", _SUN)]
    )
    axes.yaxis.set_major_locator(MultipleLocator(90.0))
    axes.set_ylabel("East longitude (deg)", size=TEXT_PT, color=INK)


def _name_ends(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Write the names of lines beside their right ends, apart from each other; the limits must be set."""
    height = axes.get_window_extent().height
    line = 1.25 * SMALL_PT * DPI / 72.0 / height
    wanted = sorted(
        (float(axes.transAxes.inverted().transform(axes.transData.transform((0.0, value)))[1]), name, color)
        for value, name, color in ends
    )
    below = -np.inf
    for place, name, color in wanted:
        room = 0.5 * line * (1 + name.count("\n"))
        y = max(place, below + room)
        below = y + room
        axes.text(1.01, y, name, transform=axes.transAxes, size=SMALL_PT, color=color, va="center", linespacing=1.1)


def _shade(panels: Sequence[Axes], time: np.ndarray, series: GeometrySeries) -> None:
    """Tint the times at which Jupiter shades or hides the body, and say so once."""
    for name, color, words in _SHADES:
        dim = series.column(name) < 1.0
        if not dim.any():
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[False], dim, [False]]).astype(int)))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            for axes in panels:
                axes.axvspan(time[first], time[last - 1], color=color, alpha=0.35, lw=0.0, zorder=0)
            middle = 0.5 * (time[first] + time[last - 1])
            panels[0].text(
                middle, 0.96, words, transform=panels[0].get_xaxis_transform(), ha="center", va="top", size=SMALL_PT
            )
