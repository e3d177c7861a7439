"""Spectra with what was fitted to them, and light curves in panels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.studies.source_variability import LightCurve
from perijove.volcanoes.spectrum_fit import SpectrumFit

__all__ = ["draw_light_curves", "draw_spectrum_fits"]

_COLORS, _MARKS = ("#0072b2", "#d55e00", "#009e73", "#7f5f9f"), ("s", "o", "^", "D")
_COLUMNS, _PANEL_IN = 3, (2.75, 1.5)


def draw_spectrum_fits(fits: Sequence[SpectrumFit], *, title: str, facts: Sequence[str], source: str = "") -> Figure:
    """Readings of one time with one or more models fitted to them, and what remains below.

    Parameters
    ----------
    fits : sequence of SpectrumFit
        To the same data.
    title : str
    facts : sequence of str
        Lines under the title.
    source : str
    """
    figure = new_figure(7.2, 5.6 + 0.17 * len(facts))
    axes = figure.add_axes((0.12, 0.31, 0.84, 0.52), label="spectrum")
    rest = figure.add_axes((0.12, 0.11, 0.84, 0.18), label="residuals", sharex=axes)
    first = fits[0]
    center = np.array([float(band.center_um) for band in first.bands])
    half = np.array([0.5 * band.width_um for band in first.bands])
    look: dict[str, Any] = {"fmt": "o", "ms": 4.5, "color": INK, "lw": 1.0, "capsize": 2.0, "zorder": 5}
    axes.errorbar(center, first.intensity, yerr=first.sigma, xerr=half, label="measured", **look)
    order = np.argsort(center)
    shift = 0.012 * (np.arange(len(fits)) - 0.5 * (len(fits) - 1))
    for number, one in enumerate(fits):
        color, mark = _COLORS[number % 4], _MARKS[number % 4]
        axes.plot(
            center[order], one.fitted[order], color=color, marker=mark, ms=4, lw=1.2, mfc="none", label=_words(one)
        )
        rest.plot(
            center + shift[number], (one.intensity - one.fitted) / one.sigma, mark, color=color, ms=4.5, mfc="none"
        )
    axes.set_yscale("log")
    _label_decades(axes)
    low, high = (first.intensity - first.sigma).min(), (first.intensity + first.sigma).max()
    axes.set_ylim(0.5 * max(low, 0.1 * first.intensity.min()), 1.6 * high)
    axes.set_ylabel("Intensity (GW µm⁻¹ sr⁻¹)", size=TEXT_PT, color=INK)
    axes.legend(fontsize=SMALL_PT, frameon=False, loc="best")
    axes.tick_params(labelbottom=False)
    rest.axhline(0.0, color=MUTED, lw=0.7)
    most = max(3.0, *(float(np.abs((one.intensity - one.fitted) / one.sigma).max()) for one in fits))
    rest.set_ylim(-1.25 * most, 1.25 * most)
    rest.set_xlabel("Wavelength (µm)", size=TEXT_PT, color=INK)
    rest.set_ylabel("left, sigma", size=TEXT_PT, color=INK)
    for each in (axes, rest):
        each.grid(visible=True, lw=0.4, color="#d8d8d8")
        each.set_axisbelow(True)
        frame(each)
    write_title(figure, title, list(facts), left_in=0.3)
    write_footer(figure, source, left_in=0.3)
    return figure


def _label_decades(axes: Axes) -> None:
    """Numbers at 1, 2 and 5 of each decade."""
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _words(fit: SpectrumFit) -> str:
    """Model with its temperatures or age."""
    told = []
    for name, one in fit.parameters.items():
        unit = {"k": "K", "days": "days old at most"}.get(name.rsplit("_", maxsplit=1)[-1])
        if unit:
            told.append(f"{_plain(one.median)} {unit} ({_plain(one.low)} to {_plain(one.high)})")
    return f"{fit.model}: {', '.join(told)}"


def _plain(value: float) -> str:
    """Three digits without an exponent."""
    return f"{float(f'{value:.3g}'):,.10g}"


def draw_light_curves(curves: Sequence[LightCurve], *, title: str, facts: Sequence[str], source: str = "") -> Figure:
    """Light curves in panels, three beside each other.

    Parameters
    ----------
    curves : sequence of LightCurve
        In the order in which they are shown.
    title : str
    facts : sequence of str
        Lines under the title.
    source : str

    Returns
    -------
    Figure
        Power on a logarithmic scale; the dashed line is the constant against which a source is held.
    """
    rows = -(-len(curves) // _COLUMNS)
    gap, top, foot = (0.62, 0.62), 0.75 + 0.17 * len(facts), 0.55
    width = 0.35 + _COLUMNS * (_PANEL_IN[0] + gap[0]) + 0.1
    height = top + rows * _PANEL_IN[1] + (rows - 1) * gap[1] + foot
    figure = new_figure(width, height)
    for number, one in enumerate(curves):
        row, column = divmod(number, _COLUMNS)
        left = 0.35 + gap[0] * (column + 0.45) + column * _PANEL_IN[0]
        bottom = height - top - (row + 1) * _PANEL_IN[1] - row * gap[1]
        place = (left / width, bottom / height, _PANEL_IN[0] / width, _PANEL_IN[1] / height)
        _draw_curve(figure.add_axes(place, label=f"{one.source_id} {one.band}"), one)
    write_title(figure, title, list(facts), left_in=0.35)
    write_footer(figure, source, left_in=0.35)
    return figure


def _draw_curve(axes: Axes, one: LightCurve) -> None:
    dated = not one.when[0].startswith("PJ")
    when = np.array(one.when, dtype="datetime64[D]") if dated else np.arange(len(one.when))
    axes.errorbar(when, one.value, yerr=one.sigma, fmt="o", ms=2.8, lw=0.8, color=_COLORS[0])
    axes.axhline(one.mean, color=MUTED, lw=0.8, ls="--")
    axes.set_yscale("log")
    low = 0.6 * float(np.maximum(one.value - one.sigma, 0.5 * one.value).min())
    axes.set_ylim(low, 1.7 * float((one.value + one.sigma).max()))
    _label_decades(axes)
    if dated:
        locator = AutoDateLocator(minticks=3, maxticks=6)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    else:
        axes.set_xticks(range(len(one.when)), one.when)
        axes.set_xlim(-0.5, len(one.when) - 0.5)
    name = one.name or one.source_id
    axes.set_title(f"{name}, {one.band}: x {one.ratio:.1f}", size=SMALL_PT + 0.5, color=INK, loc="left", pad=3)
    axes.set_ylabel(one.unit.replace("um", "µm"), size=SMALL_PT, color=INK, labelpad=1)
    axes.grid(visible=True, lw=0.4, color="#d8d8d8")
    axes.set_axisbelow(True)
    frame(axes)
    axes.tick_params(labelsize=SMALL_PT - 0.5)
