"""How well the limb was found: framelets with the fitted limb, and residuals around the disc."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.figures.picture import LimbFramelet, marked
from perijove.figures.style import (
    FILTER_COLORS,
    FILTER_MARKERS,
    INK,
    MUTED,
    SMALL_PT,
    TEXT_PT,
    frame,
    new_figure,
    write_footer,
    write_title,
)

__all__ = ["limb_figure"]

_WIDTH_IN = 10.0
_EDGE_IN, _GAP_IN, _LEFT_IN = 0.35, 0.18, 0.75
_ACROSS, _FEWEST_ACROSS = 6, 2
_LOWEST_IN = 0.6  # strips are pictured no lower than this, unless they are wider than half the page
_FAR_OFF = 3.0  # standard deviations; points used beyond it are ringed
_RESIDUALS_IN = 2.6
_MARGIN_PX = 12.0
_PERCENTILES = (1.0, 99.7)


def limb_figure(
    framelets: Sequence[LimbFramelet], *, title: str, facts: str, source: str, most_framelets: int = 12
) -> Figure:
    """Framelets with the fitted limb above, residuals against azimuth below.

    Parameters
    ----------
    framelets : sequence of LimbFramelet
        Those that see the limb. Where there are more than `most_framelets`, evenly chosen ones are pictured; the
        residuals of all are plotted.
    title, facts, source : str
        Title, one line of facts under it, source line at the bottom.
    most_framelets : int
        How many framelets to picture.

    Raises
    ------
    ValueError
        If there is no framelet.
    """
    if not framelets:
        raise ValueError("a limb figure needs at least one framelet that sees the limb")
    chosen = np.unique(np.linspace(0, len(framelets) - 1, min(len(framelets), most_framelets)).round().astype(int))
    pictured = [framelets[k] for k in chosen]
    window = _common_window(pictured)
    across = _across(len(pictured), window[1] / window[0])
    n_rows = -(-len(pictured) // across)
    cell = (_WIDTH_IN - 2 * _EDGE_IN - (across - 1) * _GAP_IN) / across
    size = (window[1] / window[0]) * cell
    height = 0.78 + n_rows * (size + 0.3) + 0.2 + _RESIDUALS_IN + 0.78
    figure = new_figure(_WIDTH_IN, height)
    for number, framelet in enumerate(pictured):
        x = _EDGE_IN + (number % across) * (cell + _GAP_IN)
        y = height - 0.78 - 0.18 - (number // across) * (size + 0.3) - size
        axes = figure.add_axes(
            (x / _WIDTH_IN, y / height, cell / _WIDTH_IN, size / height), label=f"framelet {framelet.index}"
        )
        _draw_framelet(axes, framelet, window)
    plot_width = _WIDTH_IN - _LEFT_IN - 2.1
    axes = figure.add_axes(
        (_LEFT_IN / _WIDTH_IN, 0.78 / height, plot_width / _WIDTH_IN, _RESIDUALS_IN / height),
        label="residuals",
    )
    _draw_residuals(axes, framelets)
    write_title(figure, marked(title, source), [facts], left_in=_EDGE_IN)
    shown = "" if len(pictured) == len(framelets) else f"{len(pictured)} of {len(framelets)} framelets pictured"
    write_footer(figure, source, left_in=_EDGE_IN, note=shown)
    return figure


def _across(count: int, aspect: float) -> int:
    """How many pictures stand beside each other, given their height over width."""
    most = min(_ACROSS, count)
    for across in range(most, min(_FEWEST_ACROSS, count), -1):
        if aspect * (_WIDTH_IN - 2 * _EDGE_IN - (across - 1) * _GAP_IN) / across >= _LOWEST_IN:
            return across
    return min(_FEWEST_ACROSS, count)


def _rms_text(rms_px: float) -> str:
    """Such as ``0.21 px``; in words where the fit used no point."""
    return f"{rms_px:.2f} px" if np.isfinite(rms_px) else "no point used"


def _common_window(framelets: Sequence[LimbFramelet]) -> tuple[float, float]:
    """Width and height in pixels of the cut-out that shows the limb in each framelet."""
    spans = []
    for framelet in framelets:
        rows, columns = framelet.values.shape
        xy = _limb_inside(framelet)
        span = np.ptp(xy, axis=0) + 2 * _MARGIN_PX if len(xy) else np.array([columns, rows], dtype=float)
        spans.append(np.minimum(span, [columns, rows]))
    width, height = np.max(spans, axis=0)
    return float(width), float(max(height, 0.25 * width)) if width <= 4 * framelets[0].values.shape[0] else float(
        height
    )


def _limb_inside(framelet: LimbFramelet) -> np.ndarray:
    """Fitted limb points that lie in the strip."""
    rows, columns = framelet.values.shape
    x, y = framelet.limb_xy[:, 0], framelet.limb_xy[:, 1]
    inside = (x >= 0) & (x <= columns) & (y >= 0) & (y <= rows)
    result: np.ndarray = framelet.limb_xy[inside]
    return result


def _draw_framelet(axes: Axes, framelet: LimbFramelet, window: tuple[float, float]) -> None:
    rows, columns = framelet.values.shape
    xy = _limb_inside(framelet)
    middle = 0.5 * (xy.min(axis=0) + xy.max(axis=0)) if len(xy) else np.array([columns / 2, rows / 2])
    left = float(np.clip(middle[0] - window[0] / 2, 0.0, max(0.0, columns - window[0])))
    top = float(np.clip(middle[1] - window[1] / 2, 0.0, max(0.0, rows - window[1])))
    cut = framelet.values[int(top) : int(top + window[1]) + 1, int(left) : int(left + window[0]) + 1]
    low, high = np.nanpercentile(cut, _PERCENTILES)
    axes.imshow(
        framelet.values,
        extent=(0, columns, rows, 0),
        cmap="gray",
        vmin=low,
        vmax=max(high, low + 1e-9),
        interpolation="nearest",
    )
    axes.set_facecolor("#404048")
    axes.plot(*framelet.limb_xy.T, color="#e69f00", lw=0.9)
    kept = framelet.used
    axes.plot(*framelet.points_xy[kept].T, ".", ms=2.2, color="#56b4e9")
    axes.plot(*framelet.points_xy[~kept].T, "x", ms=3.0, mew=0.7, color="#cc79a7")
    axes.set(xlim=(left, left + window[0]), ylim=(top + window[1], top), aspect="equal", xticks=[], yticks=[])
    frame(axes)
    color = FILTER_COLORS.get(framelet.filter_name, INK)
    axes.set_title(
        f"{framelet.index}  {framelet.filter_name}  {'rms ' * bool(kept.any())}{_rms_text(framelet.rms_px)}",
        size=TEXT_PT - 1,
        color=color,
        pad=3,
        loc="left",
    )


def _draw_residuals(axes: Axes, framelets: Sequence[LimbFramelet]) -> None:
    """Residuals against azimuth.

    What was left out is drawn hollow and, beyond the frame, at its edge; what was used though far off has a ring.
    """
    kept = np.concatenate([framelet.residual_px[framelet.used] for framelet in framelets])
    reach = 1.15 * float(np.max(np.abs(kept))) if kept.size else 1.0
    reach = max(reach, 0.3)
    single = 0.17 * len(framelets) <= _RESIDUALS_IN - 0.8
    rms = float(np.sqrt(np.mean(kept**2))) if kept.size else float("nan")
    named: set[str] = set()
    for framelet in framelets:
        color, marker = (
            FILTER_COLORS.get(framelet.filter_name, INK),
            FILTER_MARKERS.get(framelet.filter_name, "."),
        )
        azimuth, residual, used = framelet.azimuth_deg % 360.0, framelet.residual_px, framelet.used
        label = f"{framelet.index} {framelet.filter_name}: {_rms_text(framelet.rms_px)}"
        label += f", {int(used.sum())} points" if used.any() else ""
        if not single:
            label = _filter_label(framelets, framelet.filter_name) if framelet.filter_name not in named else ""
            named.add(framelet.filter_name)
        axes.plot(azimuth[used], residual[used], marker, ms=2.6, color=color, alpha=0.8, mew=0, label=label)
        far = used & (np.abs(residual) > _FAR_OFF * rms)
        axes.plot(azimuth[far], residual[far], "o", ms=7.0, mfc="none", mec=INK, mew=0.6)
        left_out = residual[~used].clip(-0.97 * reach, 0.97 * reach)
        axes.plot(azimuth[~used], left_out, marker, ms=3.0, mfc="none", mec=color, mew=0.5, alpha=0.6)
    axes.axhline(0.0, color=INK, lw=0.7, zorder=0)
    if kept.size:
        axes.axhspan(-rms, rms, color="#000000", alpha=0.06, lw=0, zorder=0)
    axes.set(xlim=(0, 360), ylim=(-reach, reach), xticks=range(0, 361, 45))
    axes.set_xlabel("Azimuth around the disc (deg)", size=TEXT_PT, color=INK)
    axes.set_ylabel("Measured − fitted, outwards (px)", size=TEXT_PT, color=INK)
    axes.grid(visible=True, lw=0.4, color="#d0d0d0")
    axes.set_axisbelow(True)
    frame(axes)
    options = {"fontsize": SMALL_PT, "frameon": False, "markerscale": 2.0, "handletextpad": 0.2}
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), **options)
    key = ("number: framelet", "band: ± 1 rms", f"ringed: used, beyond {_FAR_OFF:g} rms", "hollow, ×: left out")
    text = "\n".join((f"all: {_rms_text(rms)}, {kept.size} points", *key))
    axes.text(1.025, 0.0, text, transform=axes.transAxes, size=SMALL_PT, color=MUTED, va="bottom")


def _filter_label(framelets: Sequence[LimbFramelet], filter_name: str) -> str:
    """Legend of all framelets of one filter."""
    mine = [framelet for framelet in framelets if framelet.filter_name == filter_name]
    kept = np.concatenate([framelet.residual_px[framelet.used] for framelet in mine])
    rms = float(np.sqrt(np.mean(kept**2))) if kept.size else float("nan")
    return f"{filter_name}: {_rms_text(rms)}, {len(mine)} framelets"
