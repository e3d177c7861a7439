"""A body as an observer sees it at a time: globe with graticule, terminator and names, Jupiter behind it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.errors import InputError
from perijove.figures.graticule import latitude_text, longitude_text
from perijove.figures.picture import Feature, MapPicture, PictureFacts
from perijove.figures.pictures.legend import draw_legend_column
from perijove.figures.pictures.mapaxes import SUBSOLAR_COLOR, draw_map, show_picture
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_HALO, TEXT_PT, new_figure, write_footer, write_title
from perijove.formats.base_map import BaseMap
from perijove.geometry.ellipsoid import first_intersection_km, planetocentric_deg
from perijove.geometry.grids import perspective_grid
from perijove.geometry.illumination import emission_deg, incidence_deg
from perijove.passes.sky_view import UPRIGHT, JupiterInSky, SkyView
from perijove.physics.photometry import disk_function
from perijove.timescales import tdb_to_utc

__all__ = ["draw_spacecraft_view"]

_PIXELS = 900
_WIDEST_DEG = 150.0
_DISC_PART = 0.82  # of the picture's height
_NIGHT = 0.10  # share of the day's brightness that makes the night side readable
_PLAIN = np.array([0.80, 0.74, 0.55])  # a body without a base map
_JOVIAN = np.array([0.85, 0.78, 0.68])
_GAMMA = 1.0 / 2.2
_LAW = "lommel_seeliger"
_MOST_EMISSION_DEG = 89.9  # the law ends at the limb
_EDGE_IN, _MAP_IN, _GAP_IN, _COLUMN_IN, _TOP_IN, _BOTTOM_IN = 0.3, 7.0, 0.25, 2.35, 0.95, 0.35
_THUMB_IN, _THUMB_PIXELS = 1.35, 240
_MOST_NAMES = 26
_SMALLEST_PART = 0.12  # of the picture, below which a disc has no room for names


def draw_spacecraft_view(
    view: SkyView,
    *,
    base_map: BaseMap | None = None,
    features: Sequence[Feature] = (),
    field_deg: float | None = None,
    title: str = "",
    source: str = "",
) -> Figure:
    """Figure of a body in an observer's sky.

    Parameters
    ----------
    view : SkyView
        What is seen.
    base_map : BaseMap or None
        Global mosaic that covers the globe; a plain colour without one.
    features : sequence of Feature
        Named places; as many as fit are written, largest first.
    field_deg : float or None
        Width and height of the picture, below 150 deg; by default the disc fills four fifths of it.
    title : str
        Instead of the names of body and observer.
    source : str
        Source line at the bottom; the program's name and version if empty.

    Returns
    -------
    Figure
        Picture of a pinhole camera that looks at the body's centre, with facts, scale, and Jupiter at the side. The
        night side is shown at a tenth of the day's brightness, so that its graticule and names can be read.

    Raises
    ------
    InputError
        If the field is not within 0 and 150 deg.
    """
    if field_deg is not None and not 0.0 < field_deg < _WIDEST_DEG:
        raise InputError(f"a field of {field_deg} deg; give more than 0 and less than {_WIDEST_DEG:g}")
    picture = _picture(view, base_map, field_deg)
    height = _TOP_IN + _MAP_IN + _BOTTOM_IN
    width = _EDGE_IN + _MAP_IN + _GAP_IN + _COLUMN_IN + _EDGE_IN
    figure = new_figure(width, height)
    axes = figure.add_axes((_EDGE_IN / width, _BOTTOM_IN / height, _MAP_IN / width, _MAP_IN / height), label="view")
    large = view.angular_diameter_deg / _field_deg(view, picture) > _SMALLEST_PART
    notes = []
    if large:
        lines = draw_map(axes, picture, features=features, most_features=_MOST_NAMES)
        notes = [f"graticule every {lines.step_deg:g}°", "west longitude =", "360° − east longitude"]
    else:
        show_picture(axes, picture)
        _name(axes, view.vantage.body, (0.5 * _PIXELS, 0.5 * _PIXELS))
    axes.set(xticks=[], yticks=[])
    _show_jupiter(axes, view, picture)
    body, observer = (name.capitalize() for name in (view.vantage.body, view.vantage.observer))
    time = tdb_to_utc(view.time_tdb, digits=1).replace("T", " ")
    hidden = "   ·   hidden by Jupiter" if view.jupiter is not None and view.jupiter.hides_body else ""
    facts = [f"{time} UTC   ·   {UPRIGHT[view.upright]}{hidden}", _surface_words(base_map)]
    write_title(figure, title or f"{body} seen from {observer}", facts, left_in=_EDGE_IN)
    left = _EDGE_IN + _MAP_IN + _GAP_IN
    _write_facts(figure, view, left, height - _TOP_IN, picture if large else None)
    _draw_key(figure, picture, left, notes)
    if view.jupiter is not None:
        _draw_jupiter(figure, view.jupiter, left)
    write_footer(figure, source, left_in=_EDGE_IN)
    return figure


def _surface_words(base_map: BaseMap | None) -> str:
    if base_map is None:
        return "no base map: plain globe lit by Lommel and Seeliger's law, night side raised to a tenth"
    return f"base map {base_map.source.name}, lit by Lommel and Seeliger's law, night side raised to a tenth"


def _picture(view: SkyView, base_map: BaseMap | None, field_deg: float | None) -> MapPicture:
    """Globe, Jupiter and sky on the grid of a pinhole camera."""
    seen = view.vantage
    position, radii = seen.position_km[0], seen.radii_km
    field = np.tan(np.radians(0.5 * (view.angular_diameter_deg if field_deg is None else field_deg)))
    step = 2.0 * field * view.range_km / ((_DISC_PART if field_deg is None else 1.0) * _PIXELS)
    grid = perspective_grid(
        position, step, body_to_camera=view.body_to_picture, shape=(_PIXELS, _PIXELS), radii_km=radii
    )
    rows, columns = np.arange(_PIXELS)[:, None], np.arange(_PIXELS)[None, :]
    ground = grid.ground_km(rows, columns, radii_km=radii)
    here = np.isfinite(ground[..., 0])
    ground = ground[here]
    # Mosaics are made for the eye: back to linear light, or shading would be applied to sRGB.
    albedo = _PLAIN if base_map is None else base_map.sample(*planetocentric_deg(ground)) ** (1.0 / _GAMMA)
    color = _lit(ground, position, seen.sun[0], radii)[:, None] * albedo
    rgba = np.zeros((_PIXELS, _PIXELS, 4), np.uint8)
    layers = [(view.range_km, color, here)]
    if view.jupiter is not None:
        x = (columns + 0.5 - 0.5 * _PIXELS) * step / view.range_km
        y = (rows + 0.5 - 0.5 * _PIXELS) * step / view.range_km
        layers.append((float(np.linalg.norm(view.jupiter.position_km)), *_jupiter_color(view.jupiter, x, y)))
    for _, paint, where in sorted(layers, key=lambda layer: -layer[0]):  # what is nearer covers what is farther
        _paint(rgba, paint, where)
    facts = PictureFacts(
        product_id="",
        target=seen.body.capitalize(),
        mid_time_utc=tdb_to_utc(view.time_tdb, digits=1),
        range_km=view.range_km,
        phase_deg=view.phase_deg,
        subsolar_deg=view.sub_solar_deg,
        sub_spacecraft_deg=view.sub_observer_deg,
        source="",
    )
    return MapPicture(rgba, grid, facts)


def _lit(ground: np.ndarray, position: np.ndarray, sun: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Brightness of ground points of albedo 1, night raised."""
    incidence = incidence_deg(ground, sun, radii_km=radii)
    emission = np.minimum(emission_deg(ground, position, radii_km=radii), _MOST_EMISSION_DEG)
    return np.asarray(_NIGHT + (1.0 - _NIGHT) * np.minimum(disk_function(_LAW, incidence, emission), 1.0))


def _paint(rgba: np.ndarray, color: np.ndarray, here: np.ndarray) -> None:
    """Colours (n, 3), linear, 0 to 1, into the n pixels of a picture where they apply."""
    rgba[here, :3] = np.round(255.0 * np.clip(color, 0.0, 1.0) ** _GAMMA).astype(np.uint8)
    rgba[here, 3] = 255


def _jupiter_color(jupiter: JupiterInSky, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colours of Jupiter in a picture whose pixels look along (x, y, 1), and which pixels these are."""
    x, y = np.broadcast_arrays(x, y)
    ray = np.stack([x, y, np.ones_like(x)], axis=-1) @ jupiter.picture_to_jupiter.T
    ground = first_intersection_km(jupiter.position_km, ray, radii_km=JUPITER_RADII_KM)
    here = np.isfinite(ground[..., 0])
    return _lit(ground[here], jupiter.position_km, jupiter.sun, JUPITER_RADII_KM)[:, None] * _JOVIAN, here


def _field_deg(view: SkyView, picture: MapPicture) -> float:
    """Height of a picture."""
    return float(2.0 * np.degrees(np.arctan(0.5 * _PIXELS * picture.grid.resolution_km / view.range_km)))


def _name(axes: Axes, body: str, at: tuple[float, float]) -> None:
    """Name beside a body."""
    axes.annotate(
        body.capitalize(),
        at,
        xytext=(8.0, 8.0),
        textcoords="offset points",
        color="white",
        size=TEXT_PT,
        path_effects=TEXT_HALO,
        zorder=8,
    )


def _show_jupiter(axes: Axes, view: SkyView, picture: MapPicture) -> None:
    """Name Jupiter where it shows, or say with an arrow at the edge where it is."""
    jupiter, middle = view.jupiter, 0.5 * _PIXELS
    if jupiter is None:
        return
    angle = np.radians(jupiter.position_angle_deg)
    right, down = -np.sin(angle), -np.cos(angle)
    edge = middle / max(abs(right), abs(down))
    near, here = (
        np.tan(np.radians(value)) * view.range_km / picture.grid.resolution_km if value < 89.0 else np.inf
        for value in (max(0.0, jupiter.separation_deg - 0.5 * jupiter.angular_diameter_deg), jupiter.separation_deg)
    )
    if near < edge:
        at = min(here, 0.80 * edge)
        _name(axes, "Jupiter", (middle + at * right, middle + at * down))
        return
    tail, head = 0.83 * edge, 0.93 * edge
    axes.annotate(
        "",
        (middle + head * right, middle + head * down),
        (middle + tail * right, middle + tail * down),
        arrowprops={"arrowstyle": "-|>", "color": "white", "lw": 1.2, "shrinkA": 0, "shrinkB": 0},
        zorder=8,
    )
    # Beside the arrow, towards the middle: outwards the words would run over the edge. Above it where it lies flat.
    side = np.array([down, -right]) if right > 0.0 else np.array([-down, right])
    side = -side if side[0] * right > 0.05 else side
    away = 6.0 + 26.0 * abs(side[0]) + 3.0 * abs(side[1])
    axes.annotate(
        f"Jupiter {_few_digits(jupiter.separation_deg)}°",
        (middle + 0.5 * (tail + head) * right, middle + 0.5 * (tail + head) * down),
        xytext=(away * side[0], -away * side[1]),
        textcoords="offset points",
        ha="center" if abs(side[0]) > 0.5 or abs(right) < 0.5 else "right" if right > 0.0 else "left",
        va="center",
        color="white",
        size=SMALL_PT,
        path_effects=TEXT_HALO,
        zorder=8,
    )


def _place_text(place: tuple[float, float]) -> str:
    lat, lon = round(place[0], 1), round(place[1], 1)
    return f"{latitude_text(lat)}, {longitude_text(lon)}"


def _signed(angle_deg: float) -> str:
    """A position angle in words."""
    angle = (angle_deg + 180.0) % 360.0 - 180.0
    return f"{abs(angle):.1f}° {'left' if angle > 0.05 else 'right'}" if abs(angle) > 0.05 else "0°"


def _few_digits(angle: float) -> str:
    """Whole degrees, and two digits where it is small: 0.1 deg is not 0."""
    return f"{angle:.0f}" if angle >= 10.0 else f"{angle:.2g}"


def _write_facts(figure: Figure, view: SkyView, left: float, top: float, marked: MapPicture | None) -> None:
    """Table of facts at the right, with the marks of the points that a picture shows."""
    width, height = figure.get_size_inches()
    observer = view.vantage.observer.capitalize()
    rows = [
        ("Distance from centre", f"{view.range_km:,.0f} km"),
        ("Altitude", f"{view.altitude_km:,.0f} km"),
        ("Apparent diameter", f"{view.angular_diameter_deg:.3g}°"),
        ("Phase angle", f"{view.phase_deg:.1f}°"),
        (f"Below {observer}", _place_text(view.sub_observer_deg)),
        ("Below the Sun", _place_text(view.sub_solar_deg)),
        ("Celestial north", f"{_signed(view.north_angle_deg)} of up".removeprefix("0° of ")),
    ]
    for number, (name, value) in enumerate(rows):
        y = (top - 0.02 - 0.36 * number) / height
        figure.text(left / width, y, name, va="top", size=SMALL_PT, color=MUTED)
        figure.text(left / width, y - 0.14 / height, value, va="top", size=TEXT_PT + 0.5, color=INK)
    marks = ((4, view.sub_observer_deg, "P", "white"), (5, view.sub_solar_deg, "*", SUBSOLAR_COLOR))
    for number, place, mark, color in marks:
        if marked is None or not all(0.0 <= float(at) <= _PIXELS for at in marked.grid.xy(*place)):
            continue
        x, y = (left - 0.11) / width, (top - 0.08 - 0.36 * number) / height
        figure.add_artist(Line2D([x], [y], marker=mark, ms=7, mfc=color, mec="black", mew=0.7, ls="none"))


def _draw_key(figure: Figure, picture: MapPicture, left: float, notes: Sequence[str]) -> None:
    width, height = figure.get_size_inches()
    room, bottom = 2.3, _BOTTOM_IN + _THUMB_IN + 0.75
    cell = figure.add_axes((left / width, bottom / height, _COLUMN_IN / width, room / height), label="key")
    cell.set(xlim=(0.0, _COLUMN_IN), ylim=(0.0, room))
    cell.set_axis_off()
    draw_legend_column(cell, picture, px_per_in=_PIXELS / _MAP_IN, notes=notes)


def _draw_jupiter(figure: Figure, jupiter: JupiterInSky, left: float) -> None:
    """Jupiter's disc by itself, turned as it is in the picture."""
    width, height = figure.get_size_inches()
    half = 1.12 * np.tan(np.radians(0.5 * jupiter.angular_diameter_deg))
    # A camera that looks at Jupiter, turned about the observer from the picture's own by the shortest way.
    ahead = jupiter.picture_to_jupiter.T @ (-jupiter.position_km / np.linalg.norm(jupiter.position_km))
    turn = _shortest_turn(ahead)
    x = np.linspace(-half, half, _THUMB_PIXELS)
    aimed = replace(jupiter, picture_to_jupiter=jupiter.picture_to_jupiter @ turn)
    rgba = np.zeros((_THUMB_PIXELS, _THUMB_PIXELS, 4), np.uint8)
    rgba[..., 3] = 255
    _paint(rgba, *_jupiter_color(aimed, x[None, :], x[:, None]))
    cell = figure.add_axes(
        (left / width, (_BOTTOM_IN + 0.48) / height, _THUMB_IN / width, _THUMB_IN / height), label="jupiter"
    )
    cell.imshow(rgba, interpolation="antialiased")
    cell.set_axis_off()
    lines = (
        f"Jupiter: {jupiter.angular_diameter_deg:.3g}° wide, phase {jupiter.phase_deg:.0f}°,",
        f"{_few_digits(jupiter.separation_deg)}° from the middle of the picture",
    )
    for number, line in enumerate(lines):
        y = (_BOTTOM_IN + 0.40 - 0.16 * number) / height
        figure.text(left / width, y, line, va="top", size=SMALL_PT, color=INK)


def _shortest_turn(ahead: np.ndarray) -> np.ndarray:
    """Rotation whose columns are the axes of a camera that was turned from +z to look along `ahead`."""
    z = np.array([0.0, 0.0, 1.0])
    axis, cosine = np.cross(z, ahead), float(ahead @ z)
    cross = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    if cosine < -1.0 + 1e-9:
        return np.diag([1.0, -1.0, -1.0])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + cosine))
