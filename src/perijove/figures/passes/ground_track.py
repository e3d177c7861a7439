"""The track of the sub-spacecraft point on a map, in the light of the closest approach."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import Bbox

from perijove.ephemeris.orientation import icrf_to_body
from perijove.figures.labels import Label, place_labels
from perijove.figures.picture import Feature, MapPicture, PictureFacts
from perijove.figures.pictures.legend import LEGEND_HEIGHT_IN, draw_legend, legend_axes
from perijove.figures.pictures.mapaxes import LIMB_COLOR, draw_map
from perijove.figures.style import INK, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.formats.base_map import BaseMap
from perijove.geometry.ellipsoid import outward_normal, planetocentric_deg, surface_point_km
from perijove.geometry.grids import global_equirectangular
from perijove.geometry.projections import MapGrid
from perijove.geometry.rotations import direction_of
from perijove.passes.encounters import CloseApproach
from perijove.passes.geometry_columns import GeometrySeries
from perijove.passes.vantage import body_radii_km
from perijove.scene.footprints import disc_outline

__all__ = ["draw_ground_track"]

_WIDTH_IN, _LEFT_IN, _RIGHT_IN, _TOP_IN, _AXIS_IN, _BAR_IN = 10.0, 0.72, 0.3, 1.29, 0.42, 0.62
_COLUMNS = 1440
_PLAIN = np.array([0.62, 0.57, 0.42])  # a body without a base map
_NIGHT = 0.35  # share of the day's brightness
_GAMMA = 1.0 / 2.2
_TICKS_MIN = (0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0, 480.0)
_MOST_TICKS = 14
_CLEARANCE_PT = 4.0
_CROSS_PT = 8.0  # half the width of the mark at closest approach, with room
_MOST_NAMES = 22


def draw_ground_track(
    series: GeometrySeries,
    approach: CloseApproach,
    *,
    base_map: BaseMap | None = None,
    features: Sequence[Feature] = (),
    source: str = "",
) -> Figure:
    """Ground track over a base map, with resolution and lighting.

    Parameters
    ----------
    series : GeometrySeries
        One-dimensional, times in order, about the approach.
    approach : CloseApproach
        Its time gives terminator and limb; tick marks count from it.
    base_map : BaseMap or None
        Global mosaic; a plain colour without one.
    features : sequence of Feature
        Named places, written as far as they fit, most important first.
    source : str
        Source line at the bottom; the program's name and version if empty.

    Returns
    -------
    Figure
        Whole body, equirectangular, centred on the meridian of 0 or 180 deg, whichever the closest approach is nearer
        to. The colour of the track is the size of a JunoCam pixel at the sub-spacecraft point; the limb at closest
        approach bounds what is seen then.
    """
    nearest = int(np.argmin(np.abs(series.tdb - approach.tdb)))
    center = 0.0 if abs(float(series.sub_spacecraft_lon_east_deg[nearest])) < 90.0 else 180.0
    picture = _picture(series, nearest, center, base_map, approach)
    rows, columns = picture.grid.shape
    map_width = _WIDTH_IN - _LEFT_IN - _RIGHT_IN
    map_height = map_width * rows / columns
    height = _TOP_IN + map_height + _AXIS_IN + _BAR_IN + LEGEND_HEIGHT_IN + 0.4
    figure = new_figure(_WIDTH_IN, height)
    axes = figure.add_axes(
        (_LEFT_IN / _WIDTH_IN, 1.0 - (_TOP_IN + map_height) / height, map_width / _WIDTH_IN, map_height / height),
        label="map",
    )
    lines = draw_map(axes, picture)
    _draw_limb(axes, picture.grid, approach)
    mappable = _draw_track(axes, picture.grid, series)
    _write_names(axes, picture, series, features, _draw_ticks(axes, picture.grid, series, approach))
    bar_y = LEGEND_HEIGHT_IN + 0.4 + 0.36
    bar = figure.add_axes((_LEFT_IN / _WIDTH_IN, bar_y / height, map_width / _WIDTH_IN, 0.12 / height), label="bar")
    colors = figure.colorbar(mappable, cax=bar, orientation="horizontal")
    colors.outline.set_linewidth(0.6)
    bar.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    bar.xaxis.set_minor_formatter(FuncFormatter(_minor_text(*mappable.get_clim())))
    bar.tick_params(which="both", labelsize=SMALL_PT)
    bar.set_xlabel("JunoCam pixel at the sub-spacecraft point (km)", size=TEXT_PT, color=INK, labelpad=1.5)
    frame(bar)
    spacecraft, body = (word.capitalize() for word in (approach.spacecraft, approach.moon))
    pass_name = "" if approach.perijove is None else f"Perijove {approach.perijove}: "
    time = approach.utc[:21].replace("T", " ")
    fact = (
        f"closest approach {time} UTC   ·   altitude {approach.altitude_km:,.0f} km   ·   "
        f"{approach.speed_km_s:.2f} km/s   ·   limb and terminator at that time"
    )
    write_title(figure, f"{pass_name}ground track of {spacecraft} on {body}", [fact], left_in=_LEFT_IN)
    strip = legend_axes(figure, left_in=_LEFT_IN, bottom_in=0.32, width_in=map_width)
    notes = [f"graticule every {lines.step_deg:g}°", "orange: limb at closest approach", "night side darkened"]
    draw_legend(strip, picture, px_per_in=columns / map_width, notes=notes)
    note = "" if base_map is None else f"base map {base_map.source.name}"
    write_footer(figure, source, left_in=_LEFT_IN, note=note)
    return figure


def _picture(
    series: GeometrySeries, nearest: int, center: float, base_map: BaseMap | None, approach: CloseApproach
) -> MapPicture:
    """Base map, darker where it is night."""
    radii = body_radii_km(approach.moon)
    sphere = float(np.mean(radii))
    grid = global_equirectangular(2.0 * np.pi * sphere / _COLUMNS, center_lon_east_deg=center, sphere_radius_km=sphere)
    lat, lon = grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :])
    noon = (float(series.sub_solar_lat_deg[nearest]), float(series.sub_solar_lon_east_deg[nearest]))
    sun = outward_normal(surface_point_km(*noon, radii), radii_km=radii)
    cosine = outward_normal(surface_point_km(lat, lon, radii), radii_km=radii) @ sun
    albedo = np.broadcast_to(_PLAIN, (*lat.shape, 3)) if base_map is None else base_map.sample(lat, lon)
    bright = np.where(cosine > 0.0, 1.0, _NIGHT)[..., None] * np.broadcast_to(albedo, (*lat.shape, 3))
    rgba = np.full((*lat.shape, 4), 255, np.uint8)
    # A mosaic is made for the eye already; only the plain colour is linear.
    shown = bright**_GAMMA if base_map is None else bright
    rgba[..., :3] = np.round(255.0 * np.clip(shown, 0.0, 1.0)).astype(np.uint8)
    facts = PictureFacts(
        product_id="",
        target=approach.moon.capitalize(),
        mid_time_utc=approach.utc,
        range_km=approach.range_km,
        phase_deg=float(series.phase_deg[nearest]),
        subsolar_deg=noon,
        sub_spacecraft_deg=(
            float(series.sub_spacecraft_lat_deg[nearest]),
            float(series.sub_spacecraft_lon_east_deg[nearest]),
        ),
        source="",
    )
    return MapPicture(rgba, grid, facts)


def _unbroken(grid: MapGrid, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Line of pixel coordinates, shape (n, 2), NaN where it leaves the map on one side to come back on the other."""
    xy = np.stack([x, y], axis=-1)
    xy[:-1][np.abs(np.diff(x)) > 0.5 * grid.shape[1]] = np.nan
    return xy


def _draw_limb(axes: Axes, grid: MapGrid, approach: CloseApproach) -> None:
    """Limb at closest approach."""
    position = icrf_to_body(approach.moon, approach.tdb) @ approach.state[:3]
    outline = disc_outline(position, body_radii_km(approach.moon))
    xy = _unbroken(grid, *grid.xy(*planetocentric_deg(np.concatenate([outline, outline[:1]]))))
    axes.plot(*xy.T, color=LIMB_COLOR, lw=1.2, zorder=4.5)


def _minor_text(low: float, high: float) -> Callable[[float, object], str]:
    """Numbers on minor ticks where the scale spans less than two decades: 2 and 5 of each."""

    def text(value: float, _: object) -> str:
        lead = round(value / 10.0 ** np.floor(np.log10(value)))
        return f"{value:g}" if lead in {2, 5} and high / low < 1e3 else ""

    return text


def _draw_track(axes: Axes, grid: MapGrid, series: GeometrySeries) -> ScalarMappable:
    """Track in the colours of its resolution, on a dark edge."""
    xy = _unbroken(grid, *grid.xy(series.sub_spacecraft_lat_deg, series.sub_spacecraft_lon_east_deg))
    values = np.asarray(series.junocam_km_per_px)
    axes.plot(*xy.T, color="black", lw=5.0, solid_capstyle="round", zorder=5.2)
    segments = np.stack([xy[:-1], xy[1:]], axis=1)
    norm = LogNorm(float(values.min()), max(float(values.max()), 1.001 * float(values.min())))
    lines = LineCollection(list(segments), cmap="plasma_r", norm=norm, linewidths=3.2, capstyle="round", zorder=5.3)
    lines.set_array(0.5 * (values[:-1] + values[1:]))
    axes.add_collection(lines, autolim=False)
    return lines


def _draw_ticks(axes: Axes, grid: MapGrid, series: GeometrySeries, approach: CloseApproach) -> list[Bbox]:
    """Minutes from closest approach along the track, as many as fit; the room that they take."""
    minutes = (np.asarray(series.tdb) - approach.tdb) / 60.0
    place = np.stack(
        [
            direction_of(lat, lon)
            for lat, lon in zip(series.sub_spacecraft_lat_deg, series.sub_spacecraft_lon_east_deg, strict=True)
        ]
    )
    labels = []
    for minute in sorted((sign * tick for tick in _TICKS_MIN for sign in (1.0, -1.0)), key=abs):
        if minutes[0] <= minute <= minutes[-1]:
            lat, lon = planetocentric_deg([np.interp(minute, minutes, place[:, i]) for i in range(3)])
            x, y = (float(value) for value in grid.xy(lat, lon))
            labels.append(Label(x, y, f"{minute:+g} min".replace("-", "−") if minute else "closest approach"))
    # Closest approach first, which has a cross of its own to stand beside; then early minutes, where Juno is near.
    first, *others = dict.fromkeys(labels)
    cross = Bbox.from_extents(*2 * tuple(axes.transData.transform((first.x, first.y))))
    cross = cross.padded(_CROSS_PT * axes.get_figure(root=True).dpi / 72.0)  # type: ignore[union-attr]
    axes.plot([first.x], [first.y], "P", ms=9.0, mfc="white", mec="black", mew=1.0, zorder=8)  # above track and names
    beside = replace(first, text=f"    {first.text}    ")  # spaces keep the cross free on either side
    written = place_labels(axes, [beside], size_pt=SMALL_PT)
    taken = [cross, *_room(axes, written)]
    written += place_labels(axes, others, size_pt=SMALL_PT, obstacles=taken, most=_MOST_TICKS - 1)
    for label in written:
        label.set(weight="bold")
    return [cross, *_room(axes, written)]


def _room(axes: Axes, written: Sequence[Annotation]) -> list[Bbox]:
    """What written labels take, in display units."""
    canvas = axes.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    return [label.get_window_extent(renderer).padded(2.0) for label in written]


def _write_names(
    axes: Axes, picture: MapPicture, series: GeometrySeries, features: Sequence[Feature], taken: Sequence[Bbox]
) -> None:
    """Names of places beside the track, most important first."""
    grid = picture.grid
    xy = np.stack(grid.xy(series.sub_spacecraft_lat_deg, series.sub_spacecraft_lon_east_deg), axis=-1)
    places = (picture.facts.subsolar_deg, picture.facts.sub_spacecraft_deg)
    marks = np.array([grid.xy(*place) for place in places])
    track = axes.transData.transform(np.concatenate([xy, marks]))
    room = _CLEARANCE_PT * axes.get_figure(root=True).dpi / 72.0  # type: ignore[union-attr]
    clear = [Bbox.from_extents(x, y, x, y).padded(room) for x, y in track[np.isfinite(track).all(axis=1)]]
    ordered = sorted(features, key=lambda feature: (feature.rank, -feature.diameter_km))
    x, y = grid.xy([f.lat_deg for f in ordered], [f.lon_east_deg for f in ordered])
    labels = [Label(float(x[k]), float(y[k]), feature.name) for k, feature in enumerate(ordered)]
    place_labels(axes, labels, size_pt=SMALL_PT, obstacles=[*taken, *clear], most=_MOST_NAMES)
