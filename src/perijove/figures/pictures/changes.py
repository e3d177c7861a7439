"""Before, after, difference: two maps and what changed between them, whole or about one region."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from perijove.figures.graticule import latitude_text, longitude_text
from perijove.figures.style import (
    GRID_HALO,
    INK,
    NO_DATA,
    SMALL_PT,
    TEXT_HALO,
    TEXT_PT,
    frame,
    new_figure,
    write_footer,
    write_title,
)
from perijove.geometry.mask_outlines import mask_polygons
from perijove.geometry.projections import MapGrid

__all__ = ["ChangePicture", "change_figure"]

_WIDTH_IN = 10.0
_EDGE_IN, _GAP_IN, _TITLE_IN, _FOOT_IN = 0.55, 0.5, 1.05, 1.05
_STEPS_DEG = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
_LIMIT = 0.5
_OUTLINE = "#00c8ff"
_NOT_COMPARED = "#8a8a94"


@dataclass(frozen=True, eq=False)
class ChangePicture:
    """What is drawn, arrays on one grid.

    Attributes
    ----------
    grid : MapGrid
    before, after : array of uint8, shape (rows, columns, 4)
        For the eye, in one light and one stretch.
    contrast : array, shape (rows, columns)
        After over before less 1, mean of the colours; NaN where nothing was compared.
    not_comparable : array of bool, same shape
        Ground that both show, but that could not be compared.
    regions : sequence of array of bool, same shape
    """

    grid: MapGrid
    before: np.ndarray
    after: np.ndarray
    contrast: np.ndarray
    not_comparable: np.ndarray
    regions: Sequence[np.ndarray]


def change_figure(
    picture: ChangePicture,
    *,
    title: str,
    facts: Sequence[str],
    names: Mapping[str, str],
    source: str,
    about: int | None = None,
) -> Figure:
    """Three panels: before, after, difference.

    Parameters
    ----------
    picture : ChangePicture
    title : str
    facts : sequence of str
        Lines under it, two at most.
    names : mapping
        What is written under the panels ``before`` and ``after``.
    source : str
        At the bottom.
    about : int, optional
        Show the surroundings of this region alone, counted from 0.
    """
    rows, columns = _window(picture, about)
    high, wide = rows.stop - rows.start, columns.stop - columns.start
    stacked = wide > 1.3 * high
    across = _WIDTH_IN - 2 * _EDGE_IN if stacked else (_WIDTH_IN - 2 * _EDGE_IN - 2 * _GAP_IN) / 3
    size = across * high / wide
    if stacked and size > 3.2:
        across, size = across * 3.2 / size, 3.2
    height = _TITLE_IN + _FOOT_IN + (3 * size + 2 * _GAP_IN if stacked else size + 0.2)
    figure = new_figure(_WIDTH_IN, height)
    for number, name in enumerate(("before", "after", "difference")):
        x = _EDGE_IN + (0.0 if stacked else number * (across + _GAP_IN))
        y = height - _TITLE_IN - size - (number * (size + _GAP_IN) if stacked else 0.0)
        axes = figure.add_axes((x / _WIDTH_IN, y / height, across / _WIDTH_IN, size / height), label=name)
        axes.set_facecolor(NO_DATA)
        if name == "difference":
            bar_axes = figure.add_axes(
                (_EDGE_IN / _WIDTH_IN, 0.47 / height, 3.0 / _WIDTH_IN, 0.1 / height), label="bar"
            )
            _difference(axes, bar_axes, picture)
        else:
            axes.imshow(getattr(picture, name), extent=_extent(picture.grid), interpolation="nearest")
        _graticule(axes, picture.grid, rows, columns)
        for k, region in enumerate(picture.regions):
            _outline(axes, region, str(k + 1) if about is None else "")
        axes.set(xlim=(columns.start, columns.stop), ylim=(rows.stop, rows.start), aspect="equal")
        axes.set_title(names.get(name, "difference") if stacked else name, size=TEXT_PT, color=INK, loc="left", pad=3.0)
        frame(axes)
    figure.text(
        (_EDGE_IN + 3.3) / _WIDTH_IN,
        0.52 / height,
        "outlined: changed; dark grey: could not be compared; light grey: not in both",
        size=SMALL_PT,
        color=INK,
        va="center",
    )
    write_title(figure, title, facts, left_in=_EDGE_IN)
    if not stacked:
        source = "; ".join(names.values())
    write_footer(figure, source, left_in=_EDGE_IN)
    return figure


def _window(picture: ChangePicture, about: int | None) -> tuple[slice, slice]:
    shown = picture.regions[about] if about is not None else np.isfinite(picture.contrast)
    rows, columns = (np.flatnonzero(shown.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return slice(0, shown.shape[0]), slice(0, shown.shape[1])
    share = 0.15 if about is None else 1.0
    spare = tuple(max(12, int(share * len(each))) for each in (rows, columns))
    return (
        slice(max(rows[0] - spare[0], 0), min(rows[-1] + 1 + spare[0], shown.shape[0])),
        slice(max(columns[0] - spare[1], 0), min(columns[-1] + 1 + spare[1], shown.shape[1])),
    )


def _extent(grid: MapGrid) -> tuple[float, float, float, float]:
    return 0.0, float(grid.shape[1]), float(grid.shape[0]), 0.0


def _difference(axes: Axes, bar_axes: Axes, picture: ChangePicture) -> None:
    grey = ListedColormap([_NOT_COMPARED])
    hidden = np.where(picture.not_comparable & ~np.isfinite(picture.contrast), 1.0, np.nan)
    axes.imshow(hidden, extent=_extent(picture.grid), cmap=grey, interpolation="nearest")
    image = axes.imshow(
        100.0 * picture.contrast,
        extent=_extent(picture.grid),
        cmap="PuOr_r",
        vmin=-100.0 * _LIMIT,
        vmax=100.0 * _LIMIT,
        interpolation="nearest",
    )
    bar = axes.figure.colorbar(image, cax=bar_axes, orientation="horizontal", extend="both")
    bar.outline.set_linewidth(0.6)
    bar.ax.tick_params(labelsize=SMALL_PT, length=2, width=0.6, pad=1)
    bar.ax.set_title("change of brightness (%)", size=SMALL_PT, color=INK, pad=2, loc="left")


def _outline(axes: Axes, region: np.ndarray, name: str) -> None:
    for polygon in mask_polygons(region):
        for ring in polygon:
            axes.plot(*ring.T, color=_OUTLINE, lw=1.0, zorder=4)
    if name:
        rows, columns = np.nonzero(region)
        axes.annotate(
            name,
            (columns.max() + 1.0, rows.min()),
            xytext=(2.0, 1.0),
            textcoords="offset points",
            size=SMALL_PT,
            color="white",
            path_effects=TEXT_HALO,
            zorder=5,
            annotation_clip=True,
        )


def _graticule(axes: Axes, grid: MapGrid, rows: slice, columns: slice) -> None:
    """Meridians and parallels, with degrees at the edges where these are straight."""
    window = np.ix_(np.linspace(rows.start, rows.stop - 1, 40), np.linspace(columns.start, columns.stop - 1, 40))
    lat, _ = grid.lat_lon(*window)
    span = float(np.nanmax(lat) - np.nanmin(lat)) if np.isfinite(lat).any() else 180.0
    wide = (columns.stop - columns.start) * grid.resolution_km / np.radians(1.0) / grid.sphere_radius_km
    step = next((value for value in _STEPS_DEG if max(span, 0.5 * wide) / value <= 7.0), _STEPS_DEG[-1])
    around, upward = np.linspace(-180.0, 180.0 - 1e-9, 721), np.linspace(-90.0, 90.0, 361)
    parallels = {lat: np.stack(grid.xy(lat, around), axis=-1) for lat in np.arange(-90.0 + step, 90.0, step)}
    meridians = {lon: np.stack(grid.xy(upward, lon), axis=-1) for lon in np.arange(-180.0, 180.0, step)}
    lines = []
    for line in (*parallels.values(), *meridians.values()):
        breaks = np.flatnonzero(np.abs(np.diff(line, axis=0)).max(axis=1) > 0.5 * grid.shape[1]) + 1
        lines += np.split(line, breaks)
    collection = LineCollection(lines, colors="white", linewidths=0.5, alpha=0.5)
    collection.set(path_effects=GRID_HALO, zorder=3)
    axes.add_collection(collection, autolim=False)
    axes.set(xticks=[], yticks=[])
    if grid.projection == "equirectangular":
        x = {lon: float(line[180, 0]) for lon, line in meridians.items()}
        y = {lat: float(line[0, 1]) for lat, line in parallels.items()}
        shown_x = [lon for lon, at in x.items() if columns.start <= at <= columns.stop]
        shown_y = [lat for lat, at in y.items() if rows.start <= at <= rows.stop]
        axes.set_xticks([x[lon] for lon in shown_x], [longitude_text(lon) for lon in shown_x])
        axes.set_yticks([y[lat] for lat in shown_y], [latitude_text(lat) for lat in shown_y])
