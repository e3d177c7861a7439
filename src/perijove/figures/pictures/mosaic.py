"""A mosaic at a glance: the map, how often and how sharply its ground was seen, and which picture counts most."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from perijove.figures.drawing import MosaicDrawing
from perijove.figures.graticule import graticule
from perijove.figures.picture import marked
from perijove.figures.pictures.mapaxes import draw_graticule, show_picture, write_degrees_on_lines
from perijove.figures.style import (
    INK,
    NO_DATA,
    QUANTITIES,
    SMALL_PT,
    TEXT_PT,
    frame,
    new_figure,
    write_footer,
    write_title,
)

__all__ = ["mosaic_figure"]

_WIDTH_IN = 10.0
_EDGE_IN, _GAP_IN, _BAR_IN, _BELOW_IN, _TITLE_IN = 0.35, 0.35, 0.11, 0.66, 0.8
# Paul Tol's muted scheme: eleven colours that all eyes can tell apart; pictures beyond them begin again.
_APART = (
    "#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499", "#6699cc",
    "#661100",
)  # fmt: skip
_MOST_TICKS = 15


def mosaic_figure(drawing: MosaicDrawing) -> Figure:
    """Four maps: the mosaic in colour, number of looks, ground resolution, and the picture that counts most."""
    picture = drawing.picture
    left, right, bottom, top = picture.window()
    width = (_WIDTH_IN - 2 * _EDGE_IN - _GAP_IN) / 2
    height = width * (bottom - top) / (right - left)
    total = _TITLE_IN + 2 * (height + _BELOW_IN) + 0.3
    figure, lines = new_figure(_WIDTH_IN, total), graticule(picture)
    for number, name in enumerate(("", "looks", "ground_resolution", "best_picture")):
        x = _EDGE_IN + (number % 2) * (width + _GAP_IN)
        y = total - _TITLE_IN - (number // 2) * (height + _BELOW_IN) - height
        axes = figure.add_axes((x / _WIDTH_IN, y / total, width / _WIDTH_IN, height / total), label=name or "map")
        if name:
            bar = figure.add_axes(
                (x / _WIDTH_IN, (y - 0.08 - _BAR_IN) / total, width / _WIDTH_IN, _BAR_IN / total), label=f"bar {name}"
            )
            _panel(axes, bar, drawing, name)
        else:
            show_picture(axes, picture)
            axes.set_xlabel(f"Mosaic; graticule every {lines.step_deg:g}°", size=TEXT_PT, color=INK, labelpad=5)
        draw_graticule(axes, lines, alpha=0.5, halo=False)
        axes.set(xticks=[], yticks=[])
        write_degrees_on_lines(axes, picture, lines, size_pt=SMALL_PT - 1.5)
    write_title(figure, marked(drawing.title, picture.facts.source), [drawing.facts], left_in=_EDGE_IN)
    write_footer(figure, picture.facts.source, left_in=_EDGE_IN)
    return figure


def _panel(axes: Axes, bar: Axes, drawing: MosaicDrawing, name: str) -> None:
    """One plane and its colour bar."""
    plane = drawing.planes[name]
    known = plane[np.isfinite(plane)]
    count = drawing.pictures if name == "best_picture" else max(1, int(known.max(initial=1.0)))
    norm: Normalize
    colors: str | Colormap
    if name == "ground_resolution":
        low, high = (float(v) for v in np.percentile(known, (1.0, 99.0))) if known.size else (1.0, 2.0)
        norm, colors, label = LogNorm(low, max(high, 1.01 * low)), QUANTITIES[name].colors, QUANTITIES[name].label
    elif name == "looks":
        norm, colors, label = BoundaryNorm(np.arange(0.5, count + 1.0), 256), "cividis", "Pictures that show the ground"
    else:
        norm = BoundaryNorm(np.arange(0.5, count + 1.0), count)
        colors, label = ListedColormap(np.resize(_APART, count).tolist()), "Picture that counts most, by number"
    show_picture(axes, drawing.picture, plane, cmap=colors, norm=norm)
    axes.set_facecolor(NO_DATA)
    colors_bar = axes.figure.colorbar(axes.images[0], cax=bar, orientation="horizontal")
    colors_bar.outline.set_linewidth(0.6)
    if name == "ground_resolution":
        bar.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        bar.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        bar.xaxis.set_minor_formatter(NullFormatter())
    else:
        colors_bar.set_ticks([float(k) for k in range(1, count + 1, -(-count // _MOST_TICKS))])
        bar.minorticks_off()
    frame(bar)
    bar.tick_params(labelsize=SMALL_PT, length=2.5, pad=1.5)
    bar.set_xlabel(label, size=TEXT_PT, color=INK, labelpad=1.5)
