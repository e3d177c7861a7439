"""How all figures look: sizes, colours, titles, and the ways in which quantities are shown.

Figures are made through matplotlib's objects, never through pyplot: no global state, and half the import time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import AbstractPathEffect, withStroke

from perijove import __version__
from perijove.scene.backplane_registry import BACKPLANES

__all__ = [
    "FILTER_COLORS",
    "FILTER_MARKERS",
    "GRID_HALO",
    "INK",
    "MUTED",
    "NO_DATA",
    "QUANTITIES",
    "SKY",
    "TEXT_HALO",
    "Quantity",
    "frame",
    "new_figure",
    "save_figure",
    "write_footer",
    "write_title",
]

INK = "#1a1a1a"
MUTED = "#5a5a5a"
NO_DATA = "#dcdce0"
SKY = "#000000"
TITLE_PT, TEXT_PT, SMALL_PT = 13.0, 9.0, 7.5
DPI = 150

TEXT_HALO: list[AbstractPathEffect] = [withStroke(linewidth=2.2, foreground="#000000c0")]
GRID_HALO: list[AbstractPathEffect] = [withStroke(linewidth=1.5, foreground="#00000050")]

# Okabe and Ito's colours, safe for colour-blind readers and near the filters' own; markers tell them apart in print.
FILTER_COLORS: Mapping[str, str] = {
    "RED": "#d55e00",
    "GREEN": "#009e73",
    "BLUE": "#0072b2",
    "METHANE": "#7f5f9f",
}
FILTER_MARKERS: Mapping[str, str] = {"RED": "o", "GREEN": "^", "BLUE": "s", "METHANE": "D"}


@dataclass(frozen=True)
class Quantity:
    """How a backplane is shown."""

    label: str
    colors: str
    limits: tuple[float, float] | None = None


def _backplane(name: str, colors: str, limits: tuple[float, float] | None = None) -> Quantity:
    plane = BACKPLANES[name]
    return Quantity(f"{plane.label} ({plane.unit})", colors, limits)


QUANTITIES: Mapping[str, Quantity] = {
    "latitude": _backplane("latitude", "cividis", (-90.0, 90.0)),
    "longitude_east": _backplane("longitude_east", "cividis", (-180.0, 180.0)),
    "incidence": _backplane("incidence", "cividis_r", (0.0, 120.0)),
    "emission": _backplane("emission", "viridis_r", (0.0, 90.0)),
    "phase": _backplane("phase", "viridis"),
    "resolution": _backplane("resolution", "viridis_r"),
    "ground_resolution": _backplane("ground_resolution", "viridis_r"),
    "sigma": Quantity("Standard error of I/F", "viridis"),
    "quality": Quantity("Number of quality flags", "cividis"),
}
"""Planes by their name or its start, with colour-blind-safe colours; limits None are taken from the data."""


class _ShownFigure(Figure):
    """A figure that a notebook shows though pyplot, which would tell it how, was never imported."""

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.savefig(stream, format="png", dpi=DPI)
        return stream.getvalue()


def new_figure(width_in: float, height_in: float) -> Figure:
    """Empty white figure with a canvas of its own."""
    figure = _ShownFigure(figsize=(width_in, height_in), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: Path, *, text: Mapping[str, str] | None = None) -> None:
    """Write a figure as PNG with text chunks."""
    metadata = {"Software": "Perijove", **(text or {})}
    with path.open("wb") as stream:
        figure.savefig(stream, format="png", dpi=DPI, metadata=metadata, pil_kwargs={"compress_level": 1})


def write_title(figure: Figure, title: str, lines: Sequence[str], *, left_in: float) -> None:
    """Bold title and lines of facts, flush left at the top; $ is a dollar, for names come from users."""
    width, height = figure.get_size_inches()
    figure.text(
        left_in / width, 1 - 0.16 / height, title, va="top", size=TITLE_PT, weight="bold", color=INK, parse_math=False
    )
    for number, line in enumerate(lines):
        top = 1 - (0.43 + 0.17 * number) / height
        figure.text(left_in / width, top, line, va="top", size=TEXT_PT, color=MUTED, parse_math=False)


def write_footer(figure: Figure, source: str, *, left_in: float, note: str = "") -> None:
    """Source line at the bottom left, with the version in it, and a note at the bottom right."""
    version = f"Perijove {__version__}"
    source = source if version in source else f"{version}; {source}" if source else version
    width, height = figure.get_size_inches()
    y = 0.12 / height
    figure.text(left_in / width, y, source, va="bottom", size=SMALL_PT, color=MUTED, parse_math=False)
    if note:
        figure.text(1 - 0.2 / width, y, note, va="bottom", ha="right", size=SMALL_PT, color=MUTED)


def frame(axes: Axes, *, color: str = INK) -> None:
    """Thin frame, small ticks outwards."""
    for spine in axes.spines.values():
        spine.set(linewidth=0.7, color=color)
    axes.tick_params(direction="out", length=3, width=0.7, labelsize=TEXT_PT - 0.5, colors=INK)
