"""The strip below a map: scale bar, north and Sun, what the lines mean. Drawn in inches."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.figures.graticule import (
    direction_on_picture,
    latitude_text,
    limb_xy,
    terminator_xy,
)
from perijove.figures.picture import MapPicture
from perijove.figures.pictures.mapaxes import LIMB_COLOR, SUBSOLAR_COLOR, TERMINATOR_COLOR
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT
from perijove.geometry.rotations import direction_of

__all__ = ["LEGEND_HEIGHT_IN", "center_deg", "draw_legend", "draw_legend_column", "legend_axes", "scale_bar"]

LEGEND_HEIGHT_IN = 0.72
_ARROW_IN = 0.27
_MARKS_IN = 1.2
_ASLANT = 0.38  # sine of 22 deg: between the eight directions in which text is aligned
_NORTH_POLE = (90.0, 0.0)
_NORTH_ON_POLAR_MAPS = {"polar_north": "north is towards\nthe pole", "polar_south": "north is away\nfrom the pole"}
_BAR_Y_IN, _KEY_Y_IN, _KEY_STEP_IN = 0.36, 0.56, 0.2


def legend_axes(figure: Figure, *, left_in: float, bottom_in: float, width_in: float) -> Axes:
    """Invisible axes whose unit is the inch."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes(
        (left_in / width, bottom_in / height, width_in / width, LEGEND_HEIGHT_IN / height), label="legend"
    )
    axes.set(xlim=(0.0, width_in), ylim=(0.0, LEGEND_HEIGHT_IN))
    axes.set_axis_off()
    return axes


def center_deg(picture: MapPicture) -> tuple[float, float]:
    """Latitude and east longitude of the ground with data that lies nearest to the middle of all such ground.

    The sub-spacecraft point where nothing is covered.
    """
    rows, columns = np.nonzero(picture.covered)
    if not len(rows):
        return picture.facts.sub_spacecraft_deg
    nearest = int(np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2))
    lat, lon = picture.grid.lat_lon(rows[nearest], columns[nearest])
    return (float(lat), float(lon)) if np.isfinite(lat) else picture.facts.sub_spacecraft_deg


def scale_bar(picture: MapPicture, *, most_px: float) -> tuple[float, float, str]:
    """Round length that fits.

    Parameters
    ----------
    picture : MapPicture
        Picture.
    most_px : float
        The bar may be this long, in picture pixels.

    Returns
    -------
    length_km, length_px : float
        Length on the ground, from left to right at the middle of what is shown.
    where : str
        For which part of the map it holds.
    """
    grid = picture.grid
    lat, lon = center_deg(picture)
    where = "in the plane of the disc"
    px_per_km = 1.0 / grid.resolution_km
    if grid.projection == "equirectangular":
        lat = float(np.round(lat / 5.0) * 5.0)
        px_per_km /= np.cos(np.radians(lat))
        where = f"east–west at {latitude_text(lat)} ({1 / np.cos(np.radians(lat)):.3g} × shorter north–south)"
        where = where if lat else "at the equator"
    elif grid.projection.startswith("polar"):
        x, y = (float(value) for value in grid.xy(lat, lon))
        ends = np.array(grid.lat_lon(np.array([y, y]) - 0.5, np.array([x - 1.0, x + 1.0]) - 0.5)).T
        cosine = float(direction_of(*ends[0]) @ direction_of(*ends[1]))
        px_per_km = 2.0 / (np.arccos(np.clip(cosine, -1.0, 1.0)) * grid.sphere_radius_km)
        where = "at the middle of the map"
    most_km = most_px / px_per_km
    power = 10.0 ** np.floor(np.log10(most_km))
    length = float(next(step * power for step in (5.0, 2.0, 1.0) if step * power <= most_km))
    return length, length * px_per_km, where


def draw_legend(axes: Axes, picture: MapPicture, *, px_per_in: float, notes: Sequence[str] = ()) -> None:
    """Draw scale bar, arrows, key to the lines, and notes at the right."""
    width = axes.get_xlim()[1]
    km, px, where = scale_bar(picture, most_px=1.9 * px_per_in)
    _draw_bar(axes, px / px_per_in, f"{km:g} km", where, y=_BAR_Y_IN)
    _draw_arrows(axes, picture, 2.75, y=0.5 * LEGEND_HEIGHT_IN)
    _draw_key(axes, picture, 4.25, y=_KEY_Y_IN)
    for number, note in enumerate(notes):
        y = LEGEND_HEIGHT_IN - 0.16 - 0.17 * number
        axes.text(width, y, note, ha="right", va="center", size=SMALL_PT, color=MUTED)


def draw_legend_column(axes: Axes, picture: MapPicture, *, px_per_in: float, notes: Sequence[str] = ()) -> None:
    """Draw the same as `draw_legend`, but the marks of points, from top to bottom; as much as there is room for."""
    top = float(axes.get_ylim()[1])
    km, px, where = scale_bar(picture, most_px=1.9 * px_per_in)
    y = top - 0.3
    _draw_bar(axes, px / px_per_in, f"{km:g} km", where, y=y)
    y -= 0.45
    if y > _KEY_STEP_IN:
        y -= _KEY_STEP_IN * _draw_key(axes, picture, 0.0, y=y, marks=False)
    for note in notes:
        if y > 0.0:
            axes.text(0.0, y, note, ha="left", va="center", size=SMALL_PT, color=MUTED)
        y -= 0.17
    y -= 0.35
    if y > _ARROW_IN:
        _draw_arrows(axes, picture, 0.5, y=y)


def _draw_bar(axes: Axes, length_in: float, text: str, where: str, *, y: float) -> None:
    """Bar in two halves, black and white."""
    axes.barh([y, y], [length_in / 2] * 2, 0.07, [0.0, length_in / 2], color=[INK, "white"], ec=INK, lw=0.7)
    axes.text(length_in / 2, y + 0.08, text, ha="center", va="bottom", size=TEXT_PT, color=INK)
    axes.text(0.0, y - 0.09, where, ha="left", va="top", size=SMALL_PT - 0.5, color=MUTED)


def _draw_arrows(axes: Axes, picture: MapPicture, x: float, *, y: float) -> None:
    """Arrows to north and to the Sun along the ground, at the middle of what is shown.

    On a polar map north is another way everywhere, and is told in words.
    """
    at = center_deg(picture)
    for number, (name, place) in enumerate((("N", _NORTH_POLE), ("Sun", picture.facts.subsolar_deg))):
        right, up = direction_on_picture(picture.grid, at, place)
        cx, cy = x + 0.8 * number, y
        if name == "N" and picture.grid.projection in _NORTH_ON_POLAR_MAPS:
            words = _NORTH_ON_POLAR_MAPS[picture.grid.projection]
            axes.text(cx, cy, words, ha="center", va="center", size=SMALL_PT, color=INK)
            continue
        if not np.isfinite(right):
            if name == "N" and abs(at[0]) > 89.0:
                pole = f"{'north' if at[0] > 0 else 'south'} pole\nin the middle"
                axes.text(cx, cy, pole, ha="center", va="center", size=SMALL_PT, color=INK)
            continue
        half = 0.5 * _ARROW_IN
        tail, head = (cx - half * right, cy - half * up), (cx + half * right, cy + half * up)
        arrow = {
            "arrowstyle": "-|>",
            "color": INK,
            "lw": 1.4,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 9,
        }
        drawn = axes.annotate("", head, tail, arrowprops=arrow)
        drawn.set_gid(f"arrow-{name}")
        ha = "left" if right > _ASLANT else "right" if right < -_ASLANT else "center"
        va = "bottom" if up > _ASLANT else "top" if up < -_ASLANT else "center_baseline"
        x_text, y_text = (c + 0.65 * _ARROW_IN * d for c, d in ((cx, right), (cy, up)))
        axes.text(x_text, y_text, name, ha=ha, va=va, size=TEXT_PT, color=INK)


def _draw_key(axes: Axes, picture: MapPicture, x: float, *, y: float, marks: bool = True) -> int:
    """What the lines and, if wanted, the marks mean that can be seen; how many rows that took."""
    facts, grid = picture.facts, picture.grid
    limb = limb_xy(grid)
    lines = [
        (
            "terminator",
            {"color": TERMINATOR_COLOR, "ls": (0, (5, 3)), "lw": 1.4},
            terminator_xy(grid, facts.subsolar_deg),
        ),
        ("limb", {"color": LIMB_COLOR, "lw": 1.4}, np.empty((0, 2)) if limb is None else limb),
    ]
    places = [
        ("point below the Sun", "*", SUBSOLAR_COLOR, np.array([grid.xy(*facts.subsolar_deg)])),
        ("point below Juno", "P", "white", np.array([grid.xy(*facts.sub_spacecraft_deg)])),
    ]
    rows = [(name, line) for name, line, xy in lines if _shows(picture, xy)]
    points = [(name, mark, color) for name, mark, color, xy in places if marks and _shows(picture, xy)]
    for number, (name, line) in enumerate(rows):
        at = y - _KEY_STEP_IN * number
        axes.plot([x, x + 0.28], [at, at], **line)  # type: ignore[arg-type]
        axes.text(x + 0.36, at, name, va="center", size=SMALL_PT, color=INK)
    x = x + (_MARKS_IN if rows else 0.1)
    for number, (name, mark, color) in enumerate(points):
        at = y - _KEY_STEP_IN * number
        axes.plot([x], [at], mark, ms=7, mfc=color, mec="black", mew=0.7)
        axes.text(x + 0.12, at, name, va="center", size=SMALL_PT, color=INK)
    return max(len(rows), len(points))


def _shows(picture: MapPicture, xy: np.ndarray) -> bool:
    """Whether any point of a line lies in the window."""
    left, right, bottom, top = picture.window()
    inside = (xy[:, 0] >= left) & (xy[:, 0] <= right) & (xy[:, 1] >= top) & (xy[:, 1] <= bottom)
    return bool(inside.any())
