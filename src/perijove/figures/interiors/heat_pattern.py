"""Predicted heat flow and volcanoes: maps, likelihoods, and the power of harmonics."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.studies.heat_pattern import PatternResult, PatternStudy
from perijove.studies.source_likelihood import log_ratio

__all__ = ["heat_pattern_figure"]

_WIDTH_IN, _EDGE_IN = 10.0, 0.35
_MAP_IN, _CURVES_IN, _LINE_IN = (4.1, 2.05), 2.3, 0.17
_COLORS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00")
_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))
_HEAT = "cividis"
_LARGEST_PT2, _POWERS_GW = 130.0, (10.0, 1000.0, 10000.0)
_SHARES = np.linspace(0.0, 1.0, 101)
_LOWEST_GAIN = -12.0
_LAT_DEG, _LON_DEG = np.linspace(-90.0, 90.0, 91), np.linspace(-180.0, 180.0, 181)


def heat_pattern_figure(study: PatternStudy, *, title: str, facts: tuple[str, ...], source: str = "") -> Figure:
    """Maps of the patterns with the sources on them, and three curves below.

    Parameters
    ----------
    study : PatternStudy
        Any number of patterns; maps stand two by two.
    title : str
    facts : tuple of str
        Lines under the title.
    source : str
        Line at the bottom.
    """
    rows = -(-len(study.results) // 2)
    top = 0.62 + _LINE_IN * len(facts) + 0.22
    height = top + rows * (_MAP_IN[1] + 0.62) + _CURVES_IN + 1.1
    figure = new_figure(_WIDTH_IN, height)
    high = max(float(one.pattern.relative.on_grid(_LAT_DEG, _LON_DEG).max()) for one in study.results)
    for number, one in enumerate(study.results):
        left = 0.62 + (number % 2) * (_MAP_IN[0] + 0.22)
        bottom = height - top - _MAP_IN[1] - (number // 2) * (_MAP_IN[1] + 0.62)
        axes = figure.add_axes(
            (left / _WIDTH_IN, bottom / height, _MAP_IN[0] / _WIDTH_IN, _MAP_IN[1] / height), label=f"map {number}"
        )
        _draw_map(axes, one, study, high)
        if number % 2:
            axes.tick_params(labelleft=False)
        else:
            axes.set_ylabel("Latitude (deg)", size=TEXT_PT, color=INK)
        axes.set_xlabel("East longitude (deg)", size=TEXT_PT, color=INK)
    beside = (0.62 + min(len(study.results), 2) * (_MAP_IN[0] + 0.22)) / _WIDTH_IN
    bar = figure.add_axes(
        (beside, (height - top - _MAP_IN[1]) / height, 0.12 / _WIDTH_IN, _MAP_IN[1] / height), label="bar"
    )
    figure.colorbar(axes.images[0], cax=bar)
    frame(bar)
    bar.set_ylabel("Heat flow over its mean", size=TEXT_PT, color=INK)
    draws = (_draw_shares, _draw_shifts, _draw_power)
    for number, draw in enumerate(draws):
        left = 0.62 + number * 3.26
        axes = figure.add_axes(
            (left / _WIDTH_IN, 0.75 / height, 2.5 / _WIDTH_IN, _CURVES_IN / height), label=f"curve {number}"
        )
        draw(axes, study)
        axes.grid(visible=True, lw=0.4, color="#d8d8d8")
        axes.set_axisbelow(True)
        frame(axes)
    write_title(figure, title, facts, left_in=_EDGE_IN)
    write_footer(figure, source, left_in=_EDGE_IN, note=study.sources.citation)
    return figure


def _draw_map(axes: Axes, one: PatternResult, study: PatternStudy, high: float) -> None:
    """Pattern in colours, sources as circles whose area goes with the square root of power."""
    axes.imshow(
        one.pattern.relative.on_grid(_LAT_DEG, _LON_DEG),
        extent=(-181.0, 181.0, -91.0, 91.0),
        origin="lower",
        cmap=_HEAT,
        vmin=0.0,
        vmax=high,
        interpolation="bilinear",
    )
    scale = _LARGEST_PT2 / np.sqrt(_POWERS_GW[-1])
    sources = study.sources
    look: dict[str, Any] = {"facecolors": "#ffffffa0", "edgecolors": "#000000", "linewidths": 0.4}
    axes.scatter(sources.lon_east_deg, sources.lat_deg, s=scale * np.sqrt(sources.power_gw), zorder=4, **look)
    axes.set(xlim=(-180, 180), ylim=(-90, 90), aspect="equal", xticks=range(-120, 121, 60), yticks=range(-90, 91, 30))
    axes.grid(visible=True, lw=0.4, color="white", alpha=0.4)
    frame(axes)
    axes.set_title(one.pattern.name, size=TEXT_PT + 0.5, color=INK, loc="left", pad=5, parse_math=False)
    if one is not study.results[0]:
        return
    marks = [axes.scatter([], [], s=scale * np.sqrt(power), **look) for power in _POWERS_GW]
    axes.legend(
        marks,
        [f"{power:,.0f} GW" for power in _POWERS_GW],
        loc="lower right",
        bbox_to_anchor=(1.01, 0.985),
        ncols=len(marks),
        fontsize=SMALL_PT,
        frameon=False,
        borderpad=0.1,
        handletextpad=0.2,
        columnspacing=0.8,
    )


def _draw_shares(axes: Axes, study: PatternStudy) -> None:
    """Log-likelihood ratio to a uniform density by the share of the sources that follows a pattern."""
    sources = study.sources
    lowest = -1.0
    for number, one in enumerate(study.results):
        level = study.seen.mean(one.pattern.relative) / study.seen.mean_share
        density = one.pattern.relative.at(sources.lat_deg, sources.lon_east_deg) / level
        gain = np.array([log_ratio(density, share) for share in _SHARES])
        lowest = min(lowest, float(gain.min()))
        axes.plot(_SHARES, gain, color=_COLORS[number % 5], ls=_STYLES[number % 5], lw=1.6, label=one.pattern.name)
    axes.axhline(0.0, color=MUTED, lw=0.7)
    axes.set(xlim=(0.0, 1.0), ylim=(max(1.1 * lowest, _LOWEST_GAIN), 3.0))
    axes.set_xlabel("Share of sources that follow the pattern", size=TEXT_PT, color=INK)
    axes.set_ylabel("ln likelihood ratio to uniform", size=TEXT_PT, color=INK, labelpad=2)
    legend = axes.legend(fontsize=SMALL_PT, loc="lower left", frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _draw_shifts(axes: Axes, study: PatternStudy) -> None:
    """The same at the best share, by shift in longitude."""
    for number, one in enumerate(study.results):
        east, gain = one.shifted.east_deg, one.shifted.gain
        east, gain = np.append(east, east[0] + 180.0), np.append(gain, gain[0])  # a whole period
        axes.plot(east, gain, color=_COLORS[number % 5], ls=_STYLES[number % 5], lw=1.6)
    axes.axhline(0.0, color=MUTED, lw=0.7)
    axes.set(xlim=(-90, 90), xticks=range(-90, 91, 30))
    axes.set_ylim(-0.1, max(3.0, 1.15 * max(float(one.shifted.gain.max()) for one in study.results)))
    axes.set_xlabel("Shift of the pattern to the east (deg)", size=TEXT_PT, color=INK)
    axes.set_ylabel("at the best share", size=TEXT_PT, color=INK, labelpad=2)


def _draw_power(axes: Axes, study: PatternStudy) -> None:
    """Power of harmonics over that of isotropic sets, with the probability of as much by chance."""
    powers = (study.number_power, study.heat_power)
    ratios = [power.power[1:] / power.expected[1:] for power in powers]
    degrees = np.arange(1, len(powers[0].power))
    looks = ((-0.09, "o", _COLORS[0], "number of sources"), (0.09, "s", _COLORS[1], "radiated power"))
    for number, (offset, marker, color, label) in enumerate(looks):
        axes.plot(degrees + offset, ratios[number], marker, color=color, ms=5.0, label=label)
        higher = ratios[number] >= ratios[1 - number]
        for degree, value, odds, above in zip(degrees, ratios[number], powers[number].chance[1:], higher, strict=True):
            axes.annotate(
                f"{odds:.2f}",
                (degree + offset, value),
                xytext=(0.0, 4.5 if above else -4.5),
                textcoords="offset points",
                size=SMALL_PT - 1.0,
                color=color,
                ha="center",
                va="bottom" if above else "top",
            )
    axes.axhline(1.0, color=MUTED, lw=0.7)
    axes.set(xlim=(0.4, degrees[-1] + 0.6), ylim=(0.0, max(2.2, 1.35 * float(np.max(ratios)))))
    axes.set_xlabel("Degree; numbers: probability by chance", size=TEXT_PT, color=INK)
    axes.set_ylabel("Power over that of isotropic sets", size=TEXT_PT, color=INK, labelpad=2)
    axes.legend(fontsize=SMALL_PT, loc="upper right", frameon=False)
