"""A joint adjustment at a glance: where the ties lie, and what they and the limbs leave."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove import __version__
from perijove.adjustment.adjust import Adjusted
from perijove.figures.picture import marked
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, new_figure, write_footer, write_title
from perijove.geometry.ellipsoid import planetocentric_deg

__all__ = ["ControlDrawing", "control_drawing", "control_figure"]

_WIDTH_IN, _HEIGHT_IN = 10.0, 8.2
_LEFT, _WIDE = 0.065, 0.87
_PUT_OUT = "#cc3311"


@dataclass(frozen=True)
class ControlDrawing:
    """What is drawn.

    Attributes
    ----------
    pictures : sequence of str
        Products, in the order of their numbers.
    lat_deg, lon_east_deg : array, shape (n,)
        Of the ties.
    picture : array of int, shape (n,)
        In which each was measured.
    residual_px : array, shape (n, 2)
    kept : array of bool, shape (n,)
    limb_rms_px : sequence of float
        Of each picture.
    title, facts, source : str
    """

    pictures: Sequence[str]
    lat_deg: np.ndarray
    lon_east_deg: np.ndarray
    picture: np.ndarray
    residual_px: np.ndarray
    kept: np.ndarray
    limb_rms_px: Sequence[float]
    title: str
    facts: str
    source: str


def control_drawing(adjusted: Adjusted) -> ControlDrawing:
    """Drawing of an adjustment."""
    lat, lon = planetocentric_deg(adjusted.ties.ground_km)
    solution = adjusted.solution
    passes = list(dict.fromkeys(picture.pass_name for picture in adjusted.pictures))
    source = f"Image data: NASA/JPL-Caltech/SwRI/MSSS; processed with Perijove {__version__}"
    if any(picture.simulated for picture in adjusted.pictures):
        source = f"SIMULATED; processed with Perijove {__version__}"
    kept = int(solution.tie_kept.sum())
    groups = len(adjusted.groups)
    return ControlDrawing(
        pictures=[picture.product_id for picture in adjusted.pictures],
        lat_deg=lat,
        lon_east_deg=lon,
        picture=adjusted.ties.picture,
        residual_px=solution.tie_residual_px,
        kept=solution.tie_kept,
        limb_rms_px=[location.solution.rms_px for location in adjusted.locations],
        title=f"{len(adjusted.pictures)} pictures of {', '.join(passes)} adjusted together",
        facts=f"{kept} ties kept of {len(solution.tie_kept)}; {groups} group{'s' if groups > 1 else ''} of pictures",
        source=source,
    )


def control_figure(drawing: ControlDrawing) -> Figure:
    """Ties on a map, coloured by what they leave; residuals in x and y; and by picture, of limb and ties."""
    figure = new_figure(_WIDTH_IN, _HEIGHT_IN)
    _map(figure, drawing)
    _scatter(figure.add_axes((_LEFT, 0.1, 0.26, 0.3)), drawing)
    _by_picture(figure.add_axes((0.55, 0.1, 0.385, 0.3)), drawing)
    write_title(figure, marked(drawing.title, drawing.source), [drawing.facts], left_in=_LEFT * _WIDTH_IN)
    write_footer(figure, drawing.source, left_in=_LEFT * _WIDTH_IN)
    return figure


def _plain(axes: Axes, across: str, up: str) -> None:
    axes.set_xlabel(across, size=TEXT_PT, color=INK)
    axes.set_ylabel(up, size=TEXT_PT, color=INK)
    axes.tick_params(labelsize=SMALL_PT, colors=MUTED)
    for spine in axes.spines.values():
        spine.set_color(MUTED)
    axes.grid(visible=True, color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)


def _map(figure: Figure, drawing: ControlDrawing) -> None:
    axes = figure.add_axes((_LEFT, 0.475, _WIDE - 0.06, 0.405))
    _plain(axes, "East longitude, deg", "Latitude, deg")
    axes.set(xlim=(-180.0, 180.0), ylim=(-90.0, 90.0), xticks=range(-180, 181, 30), yticks=range(-90, 91, 30))
    kept, size = drawing.kept, np.hypot(*drawing.residual_px.T)
    most = float(np.quantile(size[kept], 0.98)) if kept.any() else 1.0
    shown = axes.scatter(
        drawing.lon_east_deg[kept],
        drawing.lat_deg[kept],
        c=size[kept],
        s=13,
        cmap="viridis",
        vmin=0.0,
        vmax=max(most, 1e-3),
        linewidths=0.0,
        label="kept",
    )
    if not kept.all():
        out = ~kept
        places = drawing.lon_east_deg[out], drawing.lat_deg[out]
        axes.scatter(places[0], places[1], s=22, marker="x", color=_PUT_OUT, linewidths=1.0, label="put out")
        axes.legend(loc="lower left", fontsize=SMALL_PT, frameon=True)
    bar = figure.colorbar(shown, cax=figure.add_axes((_LEFT + _WIDE - 0.045, 0.475, 0.014, 0.405)))
    bar.set_label("Left by a tie, px of the coarser picture", size=TEXT_PT, color=INK)
    bar.ax.tick_params(labelsize=SMALL_PT, colors=MUTED)


def _scatter(axes: Axes, drawing: ControlDrawing) -> None:
    """Residuals of ties in x and y."""
    _plain(axes, "Residual along rows, px", "Residual across rows, px")
    off = drawing.residual_px[drawing.kept]
    most = 1.15 * float(np.abs(off).max(initial=0.05))
    axes.scatter(off[:, 0], off[:, 1], s=6, color="#0077bb", alpha=0.5, linewidths=0.0)
    axes.axhline(0.0, color=MUTED, linewidth=0.7)
    axes.axvline(0.0, color=MUTED, linewidth=0.7)
    axes.set(xlim=(-most, most), ylim=(-most, most), aspect="equal")
    axes.locator_params(nbins=5)


def _by_picture(axes: Axes, drawing: ControlDrawing) -> None:
    """Root mean square of limb and ties, picture by picture."""
    count = len(drawing.pictures)
    ties = [
        float(np.sqrt(np.mean(np.sum(drawing.residual_px[mine] ** 2, axis=1)))) if mine.any() else 0.0
        for mine in (drawing.kept & (drawing.picture == k) for k in range(count))
    ]
    _plain(axes, "Root mean square, px", "")
    rows = np.arange(count)
    axes.barh(rows - 0.2, drawing.limb_rms_px, 0.38, color="#bbbbbb", label="limb")
    axes.barh(rows + 0.2, ties, 0.38, color="#0077bb", label="ties in its pixels")
    axes.set(yticks=rows, ylim=(count - 0.4, -0.6))
    axes.set_yticklabels([name.removeprefix("JNCE_") for name in drawing.pictures], size=SMALL_PT)
    axes.legend(loc="lower right", fontsize=SMALL_PT, frameon=True)
