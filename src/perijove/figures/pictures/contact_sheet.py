"""Several products on one page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, new_figure, write_footer, write_title

__all__ = ["Thumbnail", "contact_sheet"]

_WIDTH_IN = 10.0
_EDGE_IN, _GAP_IN = 0.35, 0.15
_CAPTION_IN = 0.5


@dataclass(frozen=True)
class Thumbnail:
    """A picture with two lines under it."""

    rgba: np.ndarray
    title: str
    caption: str


def contact_sheet(thumbnails: Sequence[Thumbnail], *, title: str, facts: str, source: str, columns: int = 3) -> Figure:
    """Page of pictures of equal size, each shown whole on black.

    Parameters
    ----------
    thumbnails : sequence of Thumbnail
        In reading order; pictures of shape (rows, columns, 3 or 4), uint8.
    title, facts, source : str
        Title, one line under it, source line at the bottom.
    columns : int
        Pictures beside each other.

    Raises
    ------
    ValueError
        If there is no picture.
    """
    if not thumbnails:
        raise ValueError("a contact sheet needs at least one picture")
    columns = min(columns, len(thumbnails))
    n_rows = -(-len(thumbnails) // columns)
    width = (_WIDTH_IN - 2 * _EDGE_IN - (columns - 1) * _GAP_IN) / columns
    aspect = max(thumbnail.rgba.shape[0] / thumbnail.rgba.shape[1] for thumbnail in thumbnails)
    cell = width * min(aspect, 1.0)
    height = 0.75 + n_rows * (cell + _CAPTION_IN) + 0.3
    figure = new_figure(_WIDTH_IN, height)
    for number, thumbnail in enumerate(thumbnails):
        x = _EDGE_IN + (number % columns) * (width + _GAP_IN)
        y = height - 0.75 - (number // columns) * (cell + _CAPTION_IN) - cell
        axes = figure.add_axes((x / _WIDTH_IN, y / height, width / _WIDTH_IN, cell / height), label=thumbnail.title)
        axes.set(facecolor="black", xticks=[], yticks=[])
        rows, across = thumbnail.rgba.shape[:2]
        span = max(across, rows * width / cell)
        axes.imshow(thumbnail.rgba, extent=(-across / 2, across / 2, -rows / 2, rows / 2), interpolation="antialiased")
        axes.set(xlim=(-span / 2, span / 2), ylim=(-span * cell / width / 2, span * cell / width / 2))
        for spine in axes.spines.values():
            spine.set_visible(False)
        figure.text(
            x / _WIDTH_IN,
            (y - 0.06) / height,
            thumbnail.title,
            va="top",
            size=TEXT_PT,
            weight="bold",
            color=INK,
        )
        figure.text(x / _WIDTH_IN, (y - 0.23) / height, thumbnail.caption, va="top", size=SMALL_PT, color=MUTED)
    write_title(figure, title, [facts], left_in=_EDGE_IN)
    write_footer(figure, source, left_in=_EDGE_IN)
    return figure
