"""Labels that do not collide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from perijove.figures.style import TEXT_HALO

__all__ = ["Label", "place_labels", "text_box"]

_GAP_PT = 3.0
_MARGIN_PT = 1.5
_MARKER_PT = 3.5
# Where a label may stand beside its point, best first: (x, y) in units of the gap, and alignments.
_PLACES = (
    (1.0, 0.0, "left", "center"),
    (-1.0, 0.0, "right", "center"),
    (0.7, 0.7, "left", "bottom"),
    (0.7, -0.7, "left", "top"),
    (-0.7, 0.7, "right", "bottom"),
    (-0.7, -0.7, "right", "top"),
    (0.0, 1.0, "center", "bottom"),
    (0.0, -1.0, "center", "top"),
)
_LEFT = {"left": 0.0, "center": 0.5, "right": 1.0}
_LOW = {"bottom": 0.0, "center": 0.5, "top": 1.0}


@dataclass(frozen=True)
class Label:
    """Text that belongs to a point in data coordinates, or to a symbol there with a radius in points."""

    x: float
    y: float
    text: str
    radius_pt: float = 0.0


def text_box(axes: Axes, text: str, size_pt: float) -> tuple[float, float]:
    """Width and height of a text in display pixels."""
    canvas = axes.figure.canvas
    if not isinstance(canvas, FigureCanvasAgg):
        raise TypeError(f"texts are measured on a figure made by new_figure, not on a {type(canvas).__name__}")
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    width, height, _ = renderer.get_text_width_height_descent(text, FontProperties(size=size_pt), ismath=False)
    return float(width), float(height)


def place_labels(
    axes: Axes,
    labels: Sequence[Label],
    *,
    size_pt: float,
    obstacles: Iterable[Bbox] = (),
    most: int = 30,
    color: str = "white",
    mark: bool = True,
) -> list[Annotation]:
    """Mark points and write their names beside them, as many as fit.

    Parameters
    ----------
    axes : Axes
        With its limits and position set for good.
    labels : sequence of Label
        Most important first; one that finds no free place is left out with its mark.
    size_pt : float
        Size of the letters.
    obstacles : iterable of Bbox
        Display rectangles to keep clear.
    most : int
        How many labels at most.
    color : str
        Of text and mark.
    mark : bool
        Whether to mark the points; what is marked already by an obstacle of its own needs room for the name alone.

    Returns
    -------
    list of Annotation
        Those that were written; no two overlap, and none leaves the axes.
    """
    points = axes.transData
    scale = axes.get_figure(root=True).dpi / 72.0  # type: ignore[union-attr]
    inside = axes.get_window_extent()
    taken = list(obstacles)
    written: list[Annotation] = []
    for label in labels:
        if len(written) >= most:
            break
        x, y = points.transform((label.x, label.y))
        radius = _MARKER_PT * scale
        spot = Bbox.from_extents(x - radius, y - radius, x + radius, y + radius)
        if mark and any(spot.overlaps(other) for other in taken):
            continue
        width, height = text_box(axes, label.text, size_pt)
        gap = _GAP_PT + label.radius_pt
        for dx, dy, ha, va in _PLACES:
            left = x + dx * gap * scale - _LEFT[ha] * width
            low = y + dy * gap * scale - _LOW[va] * height
            box = Bbox.from_bounds(left, low, width, height).padded(_MARGIN_PT * scale)
            if _contains(inside, box) and not any(box.overlaps(other) for other in taken):
                taken += [box, spot] if mark else [box]
                if mark:
                    axes.plot([label.x], [label.y], "o", ms=2.6, mfc=color, mec="black", mew=0.5, zorder=6)
                written.append(_write(axes, label, (dx * gap, dy * gap), (ha, va), size_pt, color))
                break
    return written


def _contains(outer: Bbox, inner: Bbox) -> bool:
    return bool(outer.x0 <= inner.x0 and inner.x1 <= outer.x1 and outer.y0 <= inner.y0 and inner.y1 <= outer.y1)


def _write(
    axes: Axes,
    label: Label,
    offset_pt: tuple[float, float],
    alignment: tuple[str, str],
    size_pt: float,
    color: str,
) -> Annotation:
    return axes.annotate(
        label.text,
        (label.x, label.y),
        xytext=offset_pt,
        textcoords="offset points",
        ha=alignment[0],
        va=alignment[1],
        size=size_pt,
        color=color,
        path_effects=TEXT_HALO,
        zorder=7,
    )
