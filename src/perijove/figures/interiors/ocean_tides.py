"""Tides in a magma ocean: heat by thickness and viscosity, and the Love number that would tell of it."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import AbstractPathEffect, withStroke

from perijove.bodies.galilean import IO_HEAT_FLOW_VEEDER_1994_W, IO_K2_OVER_Q_LAINEY_2009, IO_RE_K2_PARK_2025
from perijove.figures.style import (
    INK,
    MUTED,
    SMALL_PT,
    TEXT_PT,
    frame,
    new_figure,
    write_footer,
    write_title,
)
from perijove.ocean.sweep import OceanSweep

__all__ = ["OBSERVED_OF_IO", "Observed", "ocean_tide_figure"]

_WIDTH_IN, _HEIGHT_IN, _EDGE_IN = 11.6, 6.3, 0.35
_LOW_IN, _TALL_IN = 0.8, 4.45
_CURVES = ("#0072b2", "#009e73", "#d55e00", "#7f5f9f")
_STYLES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
_SHOWN_DECADES = 6  # of power, below the largest
_SEEN = "#f0c419"
_HALO: list[AbstractPathEffect] = [withStroke(linewidth=2.0, foreground="#ffffffc0")]


@dataclass(frozen=True)
class Observed:
    """What is measured, each as value and standard error: Re k2, -Im k2, heat flow in W; with their sources."""

    re_k2: tuple[float, float]
    minus_im_k2: tuple[float, float]
    heat_w: tuple[float, float]
    source: str


OBSERVED_OF_IO = Observed(
    IO_RE_K2_PARK_2025.measured,
    IO_K2_OVER_Q_LAINEY_2009.measured,
    IO_HEAT_FLOW_VEEDER_1994_W.measured,
    "Re k₂: Park et al. 2025; k₂/Q: Lainey et al. 2009; heat: Veeder et al. 1994",
)


def ocean_tide_figure(sweep: OceanSweep, observed: Observed, *, title: str, facts: str, source: str) -> Figure:
    """Heat of the ocean over thickness and viscosity, and both parts of k2 over thickness.

    Parameters
    ----------
    sweep : OceanSweep
    observed : Observed
        Drawn as bands of one and two standard errors.
    title, facts, source : str
        Title, one line of facts under it, source line at the bottom.
    """
    figure = new_figure(_WIDTH_IN, _HEIGHT_IN)

    def panel(left: float, low: float, width: float, tall: float, label: str) -> Axes:
        place = (left / _WIDTH_IN, low / _HEIGHT_IN, width / _WIDTH_IN, tall / _HEIGHT_IN)
        return figure.add_axes(place, label=label)

    power = panel(0.85, _LOW_IN, 4.4, _TALL_IN, "power")
    _draw_power(power, panel(5.36, _LOW_IN, 0.15, _TALL_IN, "bar"), sweep, observed)
    half = 0.5 * (_TALL_IN - 0.15)
    real = panel(7.05, _LOW_IN + half + 0.15, 4.2, half, "real")
    lag = panel(7.05, _LOW_IN, 4.2, half, "lag")
    _draw_love(real, lag, sweep, observed)
    write_title(figure, title, [facts], left_in=_EDGE_IN)
    write_footer(figure, source, left_in=_EDGE_IN, note=observed.source)
    return figure


def _draw_power(axes: Axes, bar: Axes, sweep: OceanSweep, observed: Observed) -> None:
    """Colours by decade of power, the observed heat, and where Re k2 agrees."""
    decades = np.log10(np.maximum(sweep.power_w.T, np.finfo(float).tiny))
    top = float(np.ceil(decades.max()))
    shown = np.clip(decades, top - _SHOWN_DECADES, None)
    image = axes.contourf(
        sweep.thickness_km, sweep.viscosity_pa_s, shown, np.linspace(top - _SHOWN_DECADES, top, 49), cmap="cividis"
    )
    where = (sweep.thickness_km, sweep.viscosity_pa_s)
    heat, error = observed.heat_w
    axes.contourf(
        *where, sweep.power_w.T, [heat - error, heat + error], colors=["#ffffff"], alpha=0.45
    )  # a band as wide as the error
    axes.contour(*where, sweep.power_w.T, [heat], colors="white", linewidths=1.8)
    middle, sigma = observed.re_k2
    bounds = [middle - 2.0 * sigma, middle + 2.0 * sigma]
    if np.any((sweep.k2.real > bounds[0]) & (sweep.k2.real < bounds[1])):
        band = axes.contourf(*where, sweep.k2.real.T, bounds, colors="none", hatches=["////"])
        band.set(edgecolor="#00000066", linewidth=0.0)
        axes.contour(*where, sweep.k2.real.T, bounds, colors="black", linewidths=0.9, linestyles="--")
    if sweep.chosen is not None:
        axes.plot(*sweep.chosen, marker="o", ms=7, mfc=_SEEN, mec=INK, mew=1.0, ls="none", zorder=5)
    axes.set(xscale="log", yscale="log")
    axes.set_xlabel("Thickness of the ocean (km)", size=TEXT_PT, color=INK)
    axes.set_ylabel("Viscosity of the magma (Pa s)", size=TEXT_PT, color=INK)
    frame(axes)
    handles = [
        Line2D([], [], color="white", lw=1.8),
        Patch(fc="#ffffff00", ec=INK, hatch="////", lw=0.9, ls="--"),
        Line2D([], [], marker="o", ms=6, mfc=_SEEN, mec=INK, ls="none"),
    ]
    labels = [f"observed heat of Io, {1e-12 * heat:.0f} TW", "Re k₂ within 2 σ of Juno's", "this model"]
    shown_count = 2 if sweep.chosen is None else 3
    legend = axes.legend(
        handles[:shown_count],
        labels[:shown_count],
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        fontsize=SMALL_PT,
        ncols=3,
        frameon=True,
        facecolor="#b9b9b9",
        edgecolor="none",
        handletextpad=0.5,
        columnspacing=1.0,
        borderaxespad=0.25,
    )
    legend.set_zorder(6)
    colors = axes.figure.colorbar(image, cax=bar, ticks=np.arange(top - _SHOWN_DECADES, top + 0.5))
    colors.outline.set_linewidth(0.6)
    bar.set_yticklabels([rf"$10^{{{int(tick)}}}$" for tick in np.arange(top - _SHOWN_DECADES, top + 0.5)])
    frame(bar)
    bar.set_ylabel("Heat of the ocean (W)", size=TEXT_PT, color=INK)


def _draw_love(real: Axes, lag: Axes, sweep: OceanSweep, observed: Observed) -> None:
    """Re k2 and -Im k2 for a few viscosities, what a liquid at rest would have, and the measured bands."""
    count = min(len(_CURVES), len(sweep.viscosity_pa_s))
    drawn = np.linspace(0, len(sweep.viscosity_pa_s) - 1, count + 2).round().astype(int)[1:-1]
    for axes, values, rest, (middle, sigma) in (
        (real, sweep.k2.real, sweep.static_k2.real, observed.re_k2),
        (lag, -sweep.k2.imag, -sweep.static_k2.imag, observed.minus_im_k2),
    ):
        for wide, strength in ((2.0, 0.25), (1.0, 0.45)):
            axes.axhspan(middle - wide * sigma, middle + wide * sigma, color=_SEEN, alpha=strength, lw=0.0)
        for index, color, style in zip(drawn, _CURVES, _STYLES, strict=False):
            axes.plot(sweep.thickness_km, values[:, index], color=color, ls=style, lw=1.5)
        axes.axhline(rest, color=INK, lw=1.0, ls=(0, (1, 2)))
        axes.set(xscale="log", xlim=(sweep.thickness_km[0], sweep.thickness_km[-1]))
        frame(axes)
    rest = sweep.static_k2.real
    real.set_ylim(-0.5 * max(rest, 0.5), 2.2 * max(rest, 0.5))
    lag.set_yscale("log")
    lag.set_ylim(1e-5, 10.0)
    real.tick_params(labelbottom=False)
    real.set_ylabel("Re k₂", size=TEXT_PT, color=INK)
    lag.set_ylabel("−Im k₂", size=TEXT_PT, color=INK)
    lag.set_xlabel("Thickness of the ocean (km)", size=TEXT_PT, color=INK)
    for axes, text in ((real, "Juno, 1 and 2 σ"), (lag, "observed k₂/Q")):
        low, high = axes.get_ylim()
        middle = observed.re_k2[0] if axes is real else observed.minus_im_k2[0]
        height = (middle - low) / (high - low) if axes is real else np.log(middle / low) / np.log(high / low)
        axes.text(
            0.985,
            height,
            text,
            transform=axes.transAxes,
            size=SMALL_PT,
            color=INK,
            ha="right",
            va="center",
            path_effects=_HALO,
        )
    handles = [Line2D([], [], color=color, ls=style, lw=1.5) for color, style in zip(_CURVES, _STYLES, strict=True)]
    names = [f"{_power_of_ten(sweep.viscosity_pa_s[index])} Pa s" for index in drawn]
    real.legend(
        [*handles[:count], Line2D([], [], color=INK, lw=1.0, ls=(0, (1, 2)))],
        [*names, "liquid at rest"],
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        fontsize=SMALL_PT,
        ncols=5,
        frameon=False,
        handlelength=2.4,
        handletextpad=0.4,
        columnspacing=0.9,
        borderaxespad=0.1,
    )
    real.axhline(0.0, color=MUTED, lw=0.5)


def _power_of_ten(value: float) -> str:
    """Number as a power of ten, with a factor where it is none."""
    exponent = int(np.floor(np.log10(value) + 1e-9))
    factor = value / 10.0**exponent
    return rf"$10^{{{exponent}}}$" if abs(factor - 1.0) < 0.005 else rf"${factor:.2g}\times10^{{{exponent}}}$"
