"""A map or view on its axes: picture, graticule, limb, terminator, names, degrees at the edge."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.transforms import Bbox

from perijove.figures.graticule import (
    Graticule,
    graticule,
    latitude_text,
    limb_xy,
    longitude_text,
    terminator_xy,
)
from perijove.figures.labels import Label, place_labels, text_box
from perijove.figures.picture import Feature, MapPicture
from perijove.figures.style import GRID_HALO, INK, NO_DATA, SKY, TEXT_HALO, frame
from perijove.geometry.rotations import direction_of

__all__ = [
    "LIMB_COLOR",
    "SUBSOLAR_COLOR",
    "TERMINATOR_COLOR",
    "draw_graticule",
    "draw_map",
    "show_picture",
    "write_degrees_on_lines",
]

TERMINATOR_COLOR = "#56b4e9"
LIMB_COLOR = "#e69f00"
SUBSOLAR_COLOR = "#f0e442"
_FEATURE_PT, _DEGREE_PT = 7.5, 7.0
_EDGE_GAP_PT = 4.0
_SMALL_TEXT_HALO: list[AbstractPathEffect] = [withStroke(linewidth=1.2, foreground="#000000a0")]
_HOLE = "#77777f"  # between the sky and lit ground
_ALMOST_WHOLE = 0.8  # of a parallel
_WITHIN_EDGE = 0.05  # of the width
_DARK = 40  # of 255; noise of an unlit night side stays below


def show_picture(axes: Axes, picture: MapPicture, values: np.ndarray | None = None, **options: object) -> None:
    """Draw the picture (or `values` on its grid) on empty axes, cut to the window worth showing."""
    left, right, bottom, top = picture.window()
    rows = slice(max(0, int(top)), int(np.ceil(bottom)))
    columns = slice(max(0, int(left)), int(np.ceil(right)))
    shown = (picture.rgba if values is None else values)[rows, columns]
    step = max(1, int(shown.shape[1] / axes.get_window_extent().width))
    shown = shown[: shown.shape[0] // step * step, : shown.shape[1] // step * step]
    extent = (columns.start, columns.start + shown.shape[1], rows.start + shown.shape[0], rows.start)
    axes.set_facecolor(SKY if picture.grid.projection == "perspective" else NO_DATA)
    limb = limb_xy(picture.grid) if picture.grid.projection == "perspective" else None
    if limb is not None:  # ground without data shall not look like sky
        axes.fill(*limb[np.isfinite(limb).all(axis=1)].T, color=_HOLE, lw=0.0, zorder=-1)
    smooth = values is None and shown.shape[1] > axes.get_window_extent().width
    shown = _thinned(shown, step) if values is None else shown[step // 2 :: step, step // 2 :: step]
    axes.imshow(shown, extent=extent, interpolation="antialiased" if smooth else "nearest", **options)  # type: ignore[arg-type]
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    frame(axes)


def _thinned(rgba: np.ndarray, step: int) -> np.ndarray:
    """Means over blocks of `step` pixels: what the figure cannot show need not go through its resampling.

    Colours count by their alpha, so that the edge of the data does not darken.
    """
    if step == 1:
        return rgba
    rows, columns, channels = rgba.shape
    blocks = rgba.reshape(rows // step, step, columns // step, step, channels)
    total = np.zeros((rows // step, columns // step, channels), dtype=np.uint32)
    for i in range(step):
        for j in range(step):
            block = blocks[:, i, :, j]
            total[..., :3] += np.where(block[..., 3:] > 0, block[..., :3], 0)
            total[..., 3] += block[..., 3] > 0
    covered = total[..., 3]
    thinned = np.empty(total.shape, dtype=np.uint8)
    thinned[..., :3] = total[..., :3] // np.maximum(covered, 1)[..., None]
    thinned[..., 3] = covered * 255 // step**2
    return thinned


def draw_graticule(axes: Axes, lines: Graticule, *, alpha: float = 0.55, halo: bool = True) -> None:
    """Draw meridians and parallels."""
    for name, family in (("parallels", lines.parallels), ("meridians", lines.meridians)):
        collection = LineCollection(list(family.values()), colors="white", linewidths=0.6, alpha=alpha, label=name)
        collection.set(path_effects=GRID_HALO if halo else None, zorder=3)
        axes.add_collection(collection, autolim=False)


def draw_map(
    axes: Axes, picture: MapPicture, *, features: Sequence[Feature] = (), most_features: int = 24
) -> Graticule:
    """Draw picture, graticule with degrees, limb, terminator, sub-solar and sub-spacecraft point, and names.

    Names are written where the picture has data and there is light, most important first, as many as do not collide.

    Returns
    -------
    Graticule
        As drawn.
    """
    show_picture(axes, picture)
    lines = graticule(picture)
    draw_graticule(axes, lines)
    limb = limb_xy(picture.grid)
    if limb is not None:
        axes.plot(*limb.T, color=LIMB_COLOR, lw=0.9, zorder=4, label="limb")
    terminator = terminator_xy(picture.grid, picture.facts.subsolar_deg)
    axes.plot(*terminator.T, color=TERMINATOR_COLOR, lw=1.0, ls=(0, (5, 3)), zorder=4, label="terminator")
    taken = _mark_points(axes, picture)
    taken += _write_degrees(axes, picture, lines, taken)
    names = _visible(picture, features)
    place_labels(axes, names, size_pt=_FEATURE_PT, obstacles=taken, most=most_features)
    return lines


def _visible(picture: MapPicture, features: Sequence[Feature]) -> list[Label]:
    """Features on ground that is covered and lit, most important first."""
    covered = picture.covered
    labels = []
    for feature in sorted(features, key=lambda feature: (feature.rank, -feature.diameter_km)):
        x, y = (float(value) for value in picture.grid.xy(feature.lat_deg, feature.lon_east_deg))
        inside = 0.0 <= x < covered.shape[1] and 0.0 <= y < covered.shape[0]
        if inside and covered[int(y), int(x)] and _is_lit(picture, feature, int(y), int(x)):
            labels.append(Label(x, y, feature.name))
    return labels


def _is_lit(picture: MapPicture, feature: Feature, row: int, column: int) -> bool:
    """Whether there is light on a feature: the Sun's, or enough of Jupiter's that it shows."""
    sun = direction_of(*picture.facts.subsolar_deg)
    if sun @ direction_of(feature.lat_deg, feature.lon_east_deg) > 0.0:
        return True
    reach = max(2, picture.grid.shape[1] // 100)
    rows, columns = (slice(max(0, k - reach), k + reach + 1) for k in (row, column))
    return bool(np.median(picture.rgba[rows, columns, :3].max(axis=-1)) > _DARK)


def _mark_points(axes: Axes, picture: MapPicture) -> list[Bbox]:
    """Mark the sub-solar and the sub-spacecraft point where they are seen; return the room they take."""
    taken = []
    scale = axes.get_figure(root=True).dpi / 72.0  # type: ignore[union-attr]
    for place, mark, color in (
        (picture.facts.subsolar_deg, "*", SUBSOLAR_COLOR),
        (picture.facts.sub_spacecraft_deg, "P", "white"),
    ):
        x, y = (float(value) for value in picture.grid.xy(*place))
        if _within(axes, x, y):
            axes.plot([x], [y], mark, ms=9, mfc=color, mec="black", mew=0.7, zorder=5)
            px, py = axes.transData.transform((x, y))
            taken.append(Bbox.from_extents(px, py, px, py).padded(6.0 * scale))
    return taken


def _within(axes: Axes, x: float, y: float) -> bool:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return left <= x <= right and top <= y <= bottom


def _write_degrees(axes: Axes, picture: MapPicture, lines: Graticule, taken: Sequence[Bbox]) -> list[Bbox]:
    """Write the degrees of the graticule, at the edge or on the lines; return the room taken inside."""
    if picture.grid.projection == "equirectangular":
        _edge_degrees(axes, lines, picture.grid.center_lon_east_deg)
        return []
    axes.set(xticks=[], yticks=[])
    if picture.grid.projection.startswith("polar"):
        _exit_degrees(axes, lines)
        return _inline(axes, lines.parallels, latitude_text, _diagonal(axes), taken)
    return write_degrees_on_lines(axes, picture, lines, taken=taken)


def write_degrees_on_lines(
    axes: Axes, picture: MapPicture, lines: Graticule, *, taken: Sequence[Bbox] = (), size_pt: float = _DEGREE_PT
) -> list[Bbox]:
    """Write the degrees of both families of lines on the lines themselves; return the room they take."""
    middle = np.array([0.5 * sum(axes.get_xlim()), 0.5 * sum(axes.get_ylim())])
    if picture.grid.projection.startswith("polar"):
        along, across = _diagonal(axes), _outermost(axes, lines.parallels)
    elif picture.grid.projection == "equirectangular":
        along, across = _along_edges(axes)
    else:
        along, across = _nearest(lines.meridians, middle), _nearest(lines.parallels, middle)
    written = _inline(axes, lines.parallels, latitude_text, along, taken, size_pt=size_pt)
    return written + _inline(axes, lines.meridians, longitude_text, across, [*taken, *written], size_pt=size_pt)


def _diagonal(axes: Axes) -> np.ndarray:
    """Points from the middle to the lower right corner: on a polar map no meridian's end is labelled there."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    middle = np.array([0.5 * (left + right), 0.5 * (bottom + top)])
    return middle + np.outer(np.linspace(0.0, 1.0, 400), np.array([right, bottom]) - middle)


def _along_edges(axes: Axes) -> tuple[np.ndarray, np.ndarray]:
    """Points within the left edge, and points within the lower one."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    at, part = _WITHIN_EDGE * abs(right - left), np.linspace(0.0, 1.0, 400)
    along = np.stack([np.full(400, left + at), bottom + part * (top - bottom)], axis=-1)
    across = np.stack([left + part * (right - left), np.full(400, bottom - 0.5 * at)], axis=-1)
    return along, across


def _nearest(family: dict[float, np.ndarray], middle: np.ndarray) -> np.ndarray:
    """Points of the line that passes nearest to the middle."""
    distance = {value: np.nanmin(np.append(np.hypot(*(line - middle).T), np.inf)) for value, line in family.items()}
    line = family[min(distance, key=lambda value: distance[value])]
    seen: np.ndarray = line[np.isfinite(line).all(axis=1)]
    return seen


def _outermost(axes: Axes, parallels: dict[float, np.ndarray]) -> np.ndarray:
    """Points of the widest parallel of a polar map that is seen almost whole; of none where there is none."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    best = np.empty((0, 2))
    for line in parallels.values():
        x, y = line.T
        inside = (x > left) & (x < right) & (y > top) & (y < bottom)
        if inside.mean() > _ALMOST_WHOLE and np.ptp(x) > (np.ptp(best[:, 0]) if len(best) else 0.0):
            best = line[inside]
    return best


def _edge_degrees(axes: Axes, lines: Graticule, center_lon_deg: float) -> None:
    """Ticks of an equirectangular map: latitude left, east longitude below, west longitude above."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    lat = {float(line[0, 1]): value for value, line in lines.parallels.items() if top <= line[0, 1] <= bottom}
    lon = {float(line[0, 0]): value for value, line in lines.meridians.items() if left <= line[0, 0] <= right}
    axes.set_yticks(list(lat), [f"{value:g}".replace("-", "−") for value in lat.values()])
    east = [180.0 if value == -180.0 and center_lon_deg else value for value in lon.values()]
    axes.set_xticks(list(lon), [f"{value:g}".replace("-", "−") for value in east])
    axes.set_xlabel("East longitude (deg)", size=_DEGREE_PT + 1.5, color=INK, labelpad=2)
    axes.set_ylabel("Latitude (deg)", size=_DEGREE_PT + 1.5, color=INK, labelpad=2)
    above = axes.secondary_xaxis("top")
    above.set_xticks(list(lon), [f"{-value % 360.0:g}" for value in lon.values()])
    above.set_xlabel("West longitude (deg)", size=_DEGREE_PT + 1.5, color=INK, labelpad=4)
    above.tick_params(direction="out", length=3, width=0.7, labelsize=_DEGREE_PT + 1.5, colors=INK)
    above.spines["top"].set_linewidth(0.7)


def _round_first(family: Iterable[float]) -> list[float]:
    """Multiples of 90 and 30 deg before others, so that these keep their labels where not all fit."""
    return sorted(family, key=lambda value: next(k for k, s in enumerate((90, 30, 1)) if value % s == 0))


def _exit_degrees(axes: Axes, lines: Graticule) -> None:
    """Write longitudes outside the frame, where the meridians leave it."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    taken: list[Bbox] = []
    scale = axes.get_figure(root=True).dpi / 72.0  # type: ignore[union-attr]
    for lon in _round_first(lines.meridians):
        line = lines.meridians[lon]
        inside = (line[:, 0] >= left) & (line[:, 0] <= right) & (line[:, 1] >= top) & (line[:, 1] <= bottom)
        for k in np.flatnonzero(inside[:-1] != inside[1:]):
            x, y = line[k if inside[k] else k + 1]
            edge = int(np.argmin([abs(x - left), abs(x - right), abs(y - bottom), abs(y - top)]))
            dx, dy = ((-1, 0), (1, 0), (0, -1), (0, 1))[edge]
            px, py = axes.transData.transform((x, y))
            width, height = text_box(axes, longitude_text(lon), _DEGREE_PT + 1.5)
            gap = _EDGE_GAP_PT * scale
            box = Bbox.from_bounds(
                px + dx * gap + 0.5 * (dx - 1) * width, py + dy * gap + 0.5 * (dy - 1) * height, width, height
            ).padded(_EDGE_GAP_PT)
            if any(box.overlaps(other) for other in taken):
                continue
            taken.append(box)
            axes.annotate(
                longitude_text(lon),
                (x, y),
                xytext=(_EDGE_GAP_PT * dx, _EDGE_GAP_PT * dy),
                textcoords="offset points",
                ha=("right", "left", "center", "center")[edge],
                va=("center", "center", "top", "bottom")[edge],
                size=_DEGREE_PT + 1.5,
                color=INK,
            )


def _inline(
    axes: Axes,
    family: dict[float, np.ndarray],
    name: Callable[[float], str],
    spine: np.ndarray,
    taken: Sequence[Bbox],
    *,
    size_pt: float = _DEGREE_PT,
) -> list[Bbox]:
    """Write degrees on lines, where they come nearest to the points of `spine`."""
    inside = axes.get_window_extent()
    boxes: list[Bbox] = []
    for value in _round_first(family):
        line = family[value]
        seen = line[np.isfinite(line).all(axis=1)]
        if not len(seen) or not len(spine):
            continue
        gap = np.hypot(seen[:, None, 0] - spine[None, :, 0], seen[:, None, 1] - spine[None, :, 1]).min(axis=1)
        nearest = int(np.argmin(gap))
        x, y = float(seen[nearest, 0]), float(seen[nearest, 1])
        width, height = text_box(axes, name(value), size_pt)
        px, py = axes.transData.transform((x, y))
        box = Bbox.from_bounds(px - width / 2, py - height / 2, width, height).padded(2.0)
        if (
            gap[nearest] > 0.02 * abs(axes.get_xlim()[1] - axes.get_xlim()[0])
            or box.x0 < inside.x0
            or box.x1 > inside.x1
            or box.y0 < inside.y0
            or box.y1 > inside.y1
            or any(box.overlaps(b) for b in [*taken, *boxes])
        ):
            continue
        boxes.append(box)
        axes.text(
            x,
            y,
            name(value),
            ha="center",
            va="center",
            size=size_pt,
            color="#e8e8e8",
            path_effects=TEXT_HALO if size_pt >= _DEGREE_PT else _SMALL_TEXT_HALO,
            zorder=6,
        )
    return boxes
