"""Backplanes side by side: small maps with colour bars and units."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.figures.graticule import Graticule, graticule
from perijove.figures.picture import MapPicture, marked
from perijove.figures.pictures.legend import draw_legend_column
from perijove.figures.pictures.mapaxes import TERMINATOR_COLOR, draw_graticule, show_picture, write_degrees_on_lines
from perijove.figures.pictures.quicklook import fact_lines, no_data_notes
from perijove.figures.style import (
    INK,
    NO_DATA,
    QUANTITIES,
    SMALL_PT,
    TEXT_PT,
    Quantity,
    frame,
    new_figure,
    write_footer,
    write_title,
)

__all__ = ["backplane_panels"]

_WIDTH_IN = 10.0
_EDGE_IN, _GAP_IN = 0.35, 0.3
_BAR_IN, _BELOW_IN = 0.1, 0.62
_NARROW_LABELS = 0.05
_MOST_SHOWN_PX = 600
_TITLE_IN = 0.97
_DEGREE_PT = 5.5


def backplane_panels(picture: MapPicture, planes: Mapping[str, np.ndarray], *, columns: int = 3) -> Figure:
    """Figure with the colour picture and its backplanes.

    Parameters
    ----------
    picture : MapPicture
        Shown first.
    planes : mapping
        Arrays of the picture's shape, NaN for no data, by name. The name, or its start, chooses colours and label
        (`QUANTITIES`); the rest, as in ``sigma_red``, is written beside it.
    columns : int
        Panels beside each other.

    Returns
    -------
    Figure
        Incidence has the terminator drawn in; what the lines mean stands in the last cell, where it is free.
    """
    for name, plane in planes.items():
        if plane.shape != picture.grid.shape:
            raise ValueError(f"backplane {name} of shape {plane.shape} does not lie on a grid of {picture.grid.shape}")
    left, right, bottom, top = picture.window()
    width = (_WIDTH_IN - 2 * _EDGE_IN - (columns - 1) * _GAP_IN) / columns
    height = width * (bottom - top) / (right - left)
    n_rows = -(-(len(planes) + 1) // columns)
    total = _TITLE_IN + n_rows * (height + _BELOW_IN) + 0.3
    figure = new_figure(_WIDTH_IN, total)
    lines = graticule(picture)
    for number, name in enumerate(["", *planes]):
        x = _EDGE_IN + (number % columns) * (width + _GAP_IN)
        y = total - _TITLE_IN - (number // columns) * (height + _BELOW_IN) - height
        axes = figure.add_axes((x / _WIDTH_IN, y / total, width / _WIDTH_IN, height / total), label=name or "picture")
        if name:
            bar = figure.add_axes(
                (x / _WIDTH_IN, (y - 0.07 - _BAR_IN) / total, width / _WIDTH_IN, _BAR_IN / total),
                label=f"bar {name}",
            )
            _panel(axes, bar, picture, name, planes[name], lines)
        else:
            show_picture(axes, picture)
            draw_graticule(axes, lines, alpha=0.5, halo=False)
            axes.set_xlabel(f"Picture; graticule every {lines.step_deg:g}°", size=TEXT_PT, color=INK, labelpad=5)
        axes.set(xticks=[], yticks=[])
        write_degrees_on_lines(axes, picture, lines, size_pt=_DEGREE_PT)
    free = n_rows * columns - len(planes) - 1
    if free:
        x, y = _EDGE_IN + (columns - free) * (width + _GAP_IN), 0.3
        room = height + _BELOW_IN
        cell = figure.add_axes((x / _WIDTH_IN, y / total, width / _WIDTH_IN, room / total), label="legend")
        cell.set(xlim=(0.0, width), ylim=(0.0, room))
        cell.set_axis_off()
        notes = [f"graticule every {lines.step_deg:g}°", *no_data_notes()]
        draw_legend_column(cell, picture, px_per_in=(right - left) / width, notes=notes)
    facts = picture.facts
    title = marked(f"{facts.target}   {facts.product_id}   backplanes", facts.source)
    write_title(figure, title, fact_lines(picture), left_in=_EDGE_IN)
    write_footer(figure, picture.facts.source, left_in=_EDGE_IN)
    return figure


def _panel(axes: Axes, bar: Axes, picture: MapPicture, name: str, plane: np.ndarray, lines: Graticule) -> None:
    """Draw one backplane and its colour bar."""
    kind, _, rest = (name, "", "") if name in QUANTITIES else name.partition("_")
    quantity = QUANTITIES.get(kind, Quantity(name, "viridis"))
    low, high = quantity.limits or _limits(plane)
    show_picture(axes, picture, plane, cmap=quantity.colors, vmin=low, vmax=high)
    axes.set_facecolor(NO_DATA)
    draw_graticule(axes, lines, alpha=0.5, halo=False)
    image = axes.images[0]
    if kind == "incidence" and (plane < 90.0).any() and (plane > 90.0).any():
        step = max(1, plane.shape[0] // _MOST_SHOWN_PX)
        rows, columns = (np.arange(0, size, step) for size in plane.shape)
        axes.contour(
            columns + 0.5,
            rows + 0.5,
            plane[::step, ::step],
            [90.0],
            colors=TERMINATOR_COLOR,
            linestyles="dashed",
            linewidths=1.0,
        )
    colors = axes.figure.colorbar(image, cax=bar, orientation="horizontal", extend=_ends(plane, low, high))
    colors.outline.set_linewidth(0.6)
    if high < _NARROW_LABELS:
        bar.locator_params(axis="x", nbins=5)  # labels such as 0.00125 would run into each other
    frame(bar)
    bar.tick_params(labelsize=SMALL_PT, length=2.5, pad=1.5)
    bar.set_xlabel(quantity.label + (f", {rest.upper()}" if rest else ""), size=TEXT_PT, color=INK, labelpad=1.5)


def _limits(plane: np.ndarray) -> tuple[float, float]:
    """Range of the middle 98 %, so that a few odd pixels do not flatten the rest."""
    good = plane[np.isfinite(plane)]
    if not good.size:
        return 0.0, 1.0
    low, high = (float(value) for value in np.percentile(good[:: max(1, good.size // 200_000)], (1.0, 99.0)))
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _ends(plane: np.ndarray, low: float, high: float) -> str:
    """Pointed ends of the colour bar where values lie beyond it."""
    below, above = bool((plane < low).any()), bool((plane > high).any())
    return "both" if below and above else "min" if below else "max" if above else "neither"
