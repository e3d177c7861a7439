"""Residuals of a fit against time, how they spread, and how its parameters hang together."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.constants import SECONDS_PER_YEAR
from perijove.figures.moons.moon_style import MOON_COLORS
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.fit.report import DIRECTIONS, FitReport

__all__ = ["correlation_figure", "residual_figure"]

_WIDTH_IN, _LEFT_IN, _RIGHT_IN, _SPREAD_IN, _GAP_IN = 10.0, 0.85, 0.3, 2.1, 0.75
_ROW_IN, _ROW_GAP_IN, _TOP_IN, _BOTTOM_IN = 1.45, 0.42, 1.0, 0.85
_STYLES = (("o", "#0072b2"), ("^", "#d55e00"), ("s", "#009e73"))  # Okabe and Ito's colours
_REACH_SIGMAS = 5.0
_CELL_IN, _LABEL_IN = 0.24, 1.1


def residual_figure(report: FitReport, *, source: str) -> Figure:
    """Residuals of each body in three directions, and their spread in units of their standard errors.

    Parameters
    ----------
    report : FitReport
    source : str
        Source line at the bottom.
    """
    rows = len(report.bodies)
    height = _TOP_IN + rows * (_ROW_IN + _ROW_GAP_IN) + _BOTTOM_IN - _ROW_GAP_IN
    figure = new_figure(_WIDTH_IN, height)
    wide = _WIDTH_IN - _LEFT_IN - _RIGHT_IN - _SPREAD_IN - _GAP_IN
    years = 2000.0 + report.tdb / SECONDS_PER_YEAR
    for n, body in enumerate(report.bodies):
        bottom = height - _TOP_IN - n * (_ROW_IN + _ROW_GAP_IN) - _ROW_IN
        left = figure.add_axes((_LEFT_IN / _WIDTH_IN, bottom / height, wide / _WIDTH_IN, _ROW_IN / height))
        x = _LEFT_IN + wide + _GAP_IN
        right = figure.add_axes((x / _WIDTH_IN, bottom / height, _SPREAD_IN / _WIDTH_IN, _ROW_IN / height))
        _series(left, years, report.residual_km[:, n])
        _spread(right, report.normalised[:, n])
        name = f"{body.capitalize()}: {report.counts[n]} positions, rms {_digits(report.rms_km[n])} km"
        parts = ", ".join(
            f"{direction} {_digits(rms)}" for direction, rms in zip(DIRECTIONS, report.component_rms_km[n], strict=True)
        )
        color = MOON_COLORS.get(body, INK)
        left.set_title(name, size=TEXT_PT, color=color, weight="bold", loc="left", pad=3)
        left.set_title(parts, size=SMALL_PT, color=MUTED, loc="right", pad=3)
        for axes in (left, right):
            axes.tick_params(labelbottom=n == rows - 1)
    figure.axes[-2].set_xlabel("Year", size=TEXT_PT, color=INK)
    figure.axes[-1].set_xlabel("Residual / standard error", size=TEXT_PT, color=INK)
    figure.legend(
        figure.axes[0].lines[: len(DIRECTIONS)],
        DIRECTIONS,
        loc="upper right",
        bbox_to_anchor=(1.0 - 0.25 / _WIDTH_IN, 1.0 - 0.1 / height),
        ncols=3,
        fontsize=TEXT_PT - 0.5,
        frameon=False,
        markerscale=2.2,
    )
    fit = report.fit
    scatter = f"scatter {np.sqrt(report.reduced_chi2):.3g} of the stated errors"
    facts = f"χ² {fit.chi2:.5g} with {fit.freedom} degrees of freedom; {scatter}"
    facts += "" if fit.converged else "; NOT CONVERGED"
    write_title(figure, "Residuals: observed less computed", [facts], left_in=0.3)
    write_footer(figure, source, left_in=0.3, note="curve: normal distribution of the stated errors")
    return figure


def _digits(value: float) -> str:
    return f"{value:.3g}" if value < 1000.0 else f"{value:.0f}"


def _series(axes: Axes, years: np.ndarray, residual_km: np.ndarray) -> None:
    for k, (marker, color) in enumerate(_STYLES):
        seen = np.isfinite(residual_km[:, k])
        axes.plot(
            years[seen], residual_km[seen, k], marker, ms=2.0, color=color, alpha=0.75, mew=0, rasterized=True, zorder=2
        )
    axes.axhline(0.0, lw=0.6, color=INK, zorder=1)
    reach = 1.15 * max(float(np.nanmax(np.abs(residual_km))), 1e-9)
    axes.set_ylim(-reach, reach)
    axes.margins(x=0.01)
    axes.locator_params(axis="y", nbins=5)
    axes.locator_params(axis="x", nbins=8)
    axes.ticklabel_format(axis="x", useOffset=False)
    axes.set_ylabel("km", size=TEXT_PT, color=INK)
    frame(axes)


def _spread(axes: Axes, normalised: np.ndarray) -> None:
    """Histogram of the residuals in each direction beside the curve that they should follow."""
    values = normalised[np.isfinite(normalised[:, 0])]
    edges = np.linspace(-_REACH_SIGMAS, _REACH_SIGMAS, 31)
    for k, (_, color) in enumerate(_STYLES):
        inside = np.clip(values[:, k], edges[0], edges[-1])  # outliers pile up at the ends, where they are seen
        axes.hist(inside, edges.tolist(), density=True, histtype="step", lw=1.1, color=color)
    curve = np.linspace(edges[0], edges[-1], 201)
    axes.plot(curve, np.exp(-0.5 * curve**2) / np.sqrt(2.0 * np.pi), lw=0.9, ls="--", color=INK)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0.0, None)
    axes.set_yticks([])
    axes.set_ylabel("share", size=TEXT_PT, color=INK)
    frame(axes)


def correlation_figure(report: FitReport, *, source: str) -> Figure:
    """Correlation of all fitted parameters as a matrix.

    Parameters
    ----------
    report : FitReport
    source : str
        Source line at the bottom.
    """
    names, matrix = report.fit.names, report.fit.correlation
    side = max(_CELL_IN * len(names), 3.0)
    width, height = _LABEL_IN + side + 1.0, 0.85 + side + _LABEL_IN + 0.35
    figure = new_figure(width, height)
    bottom = (_LABEL_IN + 0.35) / height
    axes = figure.add_axes((_LABEL_IN / width, bottom, side / width, side / height))
    image = axes.imshow(matrix, cmap="RdBu_r", vmin=-1.0, vmax=1.0, interpolation="nearest", aspect="auto")
    places = np.arange(len(names))
    axes.set_xticks(places, names, rotation=90, size=SMALL_PT)
    axes.set_yticks(places, names, size=SMALL_PT)
    bodies = [name.partition(".")[2] for name in names]
    for k in range(1, len(names)):
        if bodies[k] != bodies[k - 1]:
            axes.axhline(k - 0.5, lw=0.5, color=MUTED)
            axes.axvline(k - 0.5, lw=0.5, color=MUTED)
    frame(axes)
    axes.tick_params(labelsize=SMALL_PT)
    bar = figure.add_axes(((_LABEL_IN + side + 0.15) / width, bottom, 0.15 / width, side / height))
    figure.colorbar(image, cax=bar, ticks=[-1.0, -0.5, 0.0, 0.5, 1.0])
    frame(bar)
    bar.set_ylabel("Correlation coefficient", size=TEXT_PT, color=INK)
    write_title(figure, "Correlation of the parameters", [], left_in=0.3)
    write_footer(figure, source, left_in=0.3)
    return figure
