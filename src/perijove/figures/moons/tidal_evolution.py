"""How tides carry the Laplace resonance: Io's eccentricity and heat, distance from resonance, orbits."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from perijove.bodies.galilean import IO_HEAT_FLOW_VEEDER_1994_W
from perijove.constants import SECONDS_PER_DAY
from perijove.evolution.tidal_report import TidalReport, with_error
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title

__all__ = ["tidal_evolution_figure"]

_SIZE_IN = (9.0, 8.6)
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.09, 0.975, 0.875, 0.085
_MOONS = (("Io", "#d55e00", "-"), ("Europa", "#0072b2", "--"), ("Ganymede", "#009e73", "-."))
_OBSERVED = "#7f7f7f"
_TW = 1e12
_BELOW = 0.1  # of the least eccentricity: room for the legend


def tidal_evolution_figure(report: TidalReport, *, source: str = "") -> Figure:
    """Four panels against time from now.

    Parameters
    ----------
    report : TidalReport
    source : str
        Line at the bottom; program, version and method if not given.
    """
    figure = new_figure(*_SIZE_IN)
    grid = figure.add_gridspec(2, 2, left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM, wspace=0.24, hspace=0.24)
    panels = [figure.add_subplot(grid[k // 2, k % 2]) for k in range(4)]
    years = report.evolution.years
    million = years / 1e6
    _draw_eccentricity(panels[0], report, million)
    _draw_heat(panels[1], report, million)
    _draw_nearness(panels[2], report, million)
    _draw_orbits(panels[3], report, million)
    for axes in panels:
        axes.set_xlim(min(million[0], million[-1]), max(million[0], million[-1]))
        axes.set_xlabel("Time from now (million years)", size=TEXT_PT, color=INK)
        axes.grid(visible=True, lw=0.4, color="#d8d8d8")
        axes.set_axisbelow(True)
        frame(axes)
    write_title(figure, _title(report), _facts(report), left_in=0.35)
    when = "from now" if years[-1] > 0.0 else "ago"
    note = f"ended {abs(million[-1]):.1f} million years {when}: {report.evolution.ended_by}"
    source = source or "averaged Laplace resonance"
    write_footer(figure, source, left_in=0.35, note=note if report.evolution.ended_by else "")
    return figure


def _title(report: TidalReport) -> str:
    direction = "future" if report.evolution.years[-1] > 0.0 else "past"
    return f"Tides in the Laplace resonance: the {direction}"


def _facts(report: TidalReport) -> list[str]:
    """Three lines under the title: k2/Q, where it comes from, and what it means today."""
    rates = report.present.acceleration_per_year[:3] * 1e10
    third = ", ".join(f"{rate:+.2f}" for rate in rates).replace("-", "−")
    third = f"now: dn/dt/n of Io, Europa, Ganymede ({third}) × 10⁻¹⁰ per year"
    heat = with_error(report.present.heat_w[0] / _TW, report.heat_sigma_w / _TW, 0)
    source = "k2/Q given" if report.estimate is None else report.estimate.source
    return [report.k2_over_q_text, source, f"{third}; heat in Io {heat} TW"]


def _draw_band(axes: Axes, report: TidalReport, name: str, *, scale: float = 1.0) -> None:
    if report.ensemble is None:
        return
    low, middle, high = report.ensemble.band(name) / scale
    million = report.ensemble.years / 1e6
    shown = np.isfinite(middle)
    label = f"68 % of {len(report.ensemble.k2_over_q)} draws, until one ends"
    axes.fill_between(million[shown], low[shown], high[shown], color=_MOONS[0][1], alpha=0.2, lw=0, label=label)


def _draw_eccentricity(axes: Axes, report: TidalReport, million: np.ndarray) -> None:
    _draw_band(axes, report, "eccentricity")
    for k, (name, color, dash) in enumerate(_MOONS):
        axes.plot(million, report.evolution.eccentricity[:, k], color=color, ls=dash, lw=1.6, label=name)
    if report.equilibrium is not None:
        level = report.equilibrium.eccentricity[0]
        axes.axhline(level, color=_MOONS[0][1], lw=0.9, ls=":", label=f"Io, equilibrium {level:.5f}")
    axes.set_yscale("log")
    axes.set_ylim(bottom=_BELOW * report.evolution.eccentricity[:, :3].min())
    axes.set_ylabel("Forced eccentricity", size=TEXT_PT, color=INK)
    _write_legend(axes, place="lower right")


def _draw_heat(axes: Axes, report: TidalReport, million: np.ndarray) -> None:
    observed, sigma = (value / _TW for value in IO_HEAT_FLOW_VEEDER_1994_W.measured)
    axes.axhspan(
        observed - sigma,
        observed + sigma,
        color=_OBSERVED,
        alpha=0.22,
        lw=0,
        label="observed heat flow (Veeder et al. 1994)",
    )
    _draw_band(axes, report, "heat_w", scale=_TW)
    heat = report.evolution.heat_w[:, 0] / _TW
    axes.plot(million, heat, color=_MOONS[0][1], lw=1.6, label="Io, tidal heat")
    if report.equilibrium is not None:
        level = report.equilibrium.heat_w[0] / _TW
        axes.axhline(level, color=_MOONS[0][1], lw=0.9, ls=":", label=f"equilibrium now {level:.0f} TW")
    if heat.max() > 5.0 * (observed + sigma):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(0.0, 1.5 * max(heat.max(), observed + sigma))  # room for the legend above what was observed
    axes.set_ylabel("Power dissipated in Io (TW)", size=TEXT_PT, color=INK)
    _write_legend(axes, place="upper right")


def _draw_nearness(axes: Axes, report: TidalReport, million: np.ndarray) -> None:
    motion = np.degrees(report.evolution.mean_motion_rad_s) * SECONDS_PER_DAY
    axes.plot(million, motion[:, 0] - 2.0 * motion[:, 1], color=INK, lw=1.6)
    axes.set_ylim(bottom=0.0)
    axes.set_ylabel(r"$n_1 - 2\,n_2 = n_2 - 2\,n_3$ (deg/day)", size=TEXT_PT, color=INK)
    axes.text(0.03, 0.05, "0: exact 4:2:1", transform=axes.transAxes, size=SMALL_PT, color=MUTED)


def _draw_orbits(axes: Axes, report: TidalReport, million: np.ndarray) -> None:
    for k, (name, color, dash) in enumerate(_MOONS):
        a = report.evolution.a_km[:, k]
        axes.plot(million, 100.0 * (a / a[0] - 1.0), color=color, ls=dash, lw=1.6, label=name)
    axes.axhline(0.0, color=INK, lw=0.6, zorder=0)
    axes.set_ylabel("Change of semi-major axis (%)", size=TEXT_PT, color=INK)
    _write_legend(axes)


def _write_legend(axes: Axes, *, place: Literal["best", "upper right", "lower right"] = "best") -> None:
    axes.legend(fontsize=SMALL_PT, frameon=False, loc=place, handlelength=2.2)
