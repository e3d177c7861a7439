"""Sweeps: Love number and heat along one number of an interior, or as maps over two."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from perijove.bodies.galilean import IO_K2_OVER_Q_LAINEY_2009, IO_RE_K2_PARK_2025
from perijove.constants import SECONDS_PER_HOUR
from perijove.errors import InputError
from perijove.figures.style import INK, NO_DATA, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.tides.sweep import Axis, SweepTable

__all__ = ["sweep_figure"]

_LEFT_IN = 0.75
_LINE = "#0072b2"
_BAND = "#d55e00"
_UNITS = (("_pa_s", "Pa s"), ("_pa", "Pa"), ("_kg_m3", "kg/m³"), ("_km", "km"), ("_rad_s", "rad/s"))


def _label(axis: Axis) -> str:
    """Words and unit from the name of an axis."""
    field = axis.name.rpartition(".")[2]
    unit = next((unit for suffix, unit in _UNITS if field.endswith(suffix)), "")
    words = field.removesuffix(next((suffix for suffix, _ in _UNITS if field.endswith(suffix)), ""))
    place = axis.name.split(".")[1] if axis.name.startswith("layer.") else ""
    where = f" of layer {place}" if place.isdecimal() else f" of the {place}" if place else ""
    return f"{words.replace('_', ' ').capitalize()}{where}" + (f" ({unit})" if unit else "")


def sweep_figure(table: SweepTable, *, source: str = "") -> Figure:
    """Re k2 and minus Im k2 of a sweep over one or two numbers, with what is measured of Io.

    Raises
    ------
    InputError
        If the sweep has more than two axes, or is not of degree 2.
    """
    axes = table.sweep.axes
    if len(axes) > 2 or table.sweep.degree != 2:
        raise InputError(
            f"figure of a sweep: {len(axes)} axes of degree {table.sweep.degree}; give one or two, degree 2"
        )
    return _lines(table, source) if len(axes) == 1 else _maps(table, source)


def _titled(figure: Figure, table: SweepTable, source: str) -> None:
    lost = len(table.sweep) - table.solved
    facts = f"{len(table.sweep)} interiors" + (f"; grey: {lost} that cannot be" if lost else "")
    if not any(axis.name.startswith("orbit.angular") for axis in table.sweep.axes):
        facts += f"; period {2.0 * np.pi / table.sweep.orbit.angular_frequency_rad_s / SECONDS_PER_HOUR:.4g} h"
    write_title(figure, f"Tidal response: {table.sweep.name}", [facts], left_in=_LEFT_IN)
    write_footer(figure, source, left_in=_LEFT_IN)


def _measured(name: str) -> tuple[tuple[float, float], str]:
    if name == "k2_re":
        return IO_RE_K2_PARK_2025.measured, "Park et al. 2025, 1σ"
    return IO_K2_OVER_Q_LAINEY_2009.measured, "Lainey et al. 2009, 1σ"


def _lines(table: SweepTable, source: str) -> Figure:
    """Two panels, one under the other."""
    figure = new_figure(7.6, 6.4)
    grid = figure.add_gridspec(2, 1, left=0.12, right=0.97, top=0.88, bottom=0.12, hspace=0.1)
    axis = table.sweep.axes[0]
    values, upper = np.array(axis.values), None
    for k, (name, sign, label) in enumerate((("k2_re", 1.0, r"Re $k_2$"), ("k2_im", -1.0, r"$-$Im $k_2$"))):
        panel = figure.add_subplot(grid[k], sharex=upper)
        upper = panel
        (value, sigma), who = _measured(name)
        panel.axhspan(value - sigma, value + sigma, color=_BAND, alpha=0.25, lw=0, label=who)
        shown = sign * table.columns[name]
        marker = "o" if len(values) < 30 else ""
        panel.plot(values, shown, color=_LINE, lw=1.6, marker=marker, ms=3)
        if axis.log:
            panel.set_xscale("log")
        if name == "k2_im" and np.nanmax(shown) > 0.0:
            panel.set_yscale("log")
        _finish(panel, label)
        panel.legend(fontsize=SMALL_PT, frameon=False, loc="best")
        if k == 0:
            panel.tick_params(labelbottom=False)
        else:
            panel.set_xlabel(_label(axis), size=TEXT_PT, color=INK)
    _titled(figure, table, source)
    return figure


def _finish(panel: Axes, label: str) -> None:
    panel.set_ylabel(label, size=TEXT_PT, color=INK)
    panel.grid(visible=True, lw=0.4, color="#d8d8d8")
    panel.set_axisbelow(True)
    frame(panel)


def _maps(table: SweepTable, source: str) -> Figure:
    """Two maps side by side."""
    figure = new_figure(11.0, 5.2)
    grid = figure.add_gridspec(1, 2, left=0.075, right=0.93, top=0.85, bottom=0.13, wspace=0.24)
    down, across = table.sweep.axes
    for k, (name, sign, label) in enumerate((("k2_re", 1.0, r"Re $k_2$"), ("k2_im", -1.0, r"$-$Im $k_2$"))):
        panel = figure.add_subplot(grid[k])
        shown = sign * table.grid(name)
        positive = shown[shown > 0.0]
        log = name == "k2_im" and positive.size > 0
        norm: Normalize = LogNorm(max(positive.min(), 1e-6 * positive.max()), positive.max()) if log else Normalize()
        panel.set_facecolor(NO_DATA)
        mesh = panel.pcolormesh(
            across.values, down.values, shown, shading="nearest", cmap="viridis", norm=norm, rasterized=True
        )
        bar = figure.colorbar(mesh, ax=panel, pad=0.02, fraction=0.05)
        bar.set_label(label, size=TEXT_PT, color=INK)
        bar.ax.tick_params(labelsize=SMALL_PT)
        (value, sigma), who = _measured(name)
        levels = [value - sigma, value, value + sigma]
        if min(shown.shape) > 1 and np.nanmin(shown) < levels[-1] and np.nanmax(shown) > levels[0]:
            panel.contour(
                across.values,
                down.values,
                shown,
                levels=levels,
                colors="white",
                linewidths=(0.9, 1.6, 0.9),
                linestyles=("--", "-", "--"),
            )
            panel.set_title(f"White: {who.replace(', 1σ', ', with 1σ')}", size=SMALL_PT, color=INK)
        if across.log:
            panel.set_xscale("log")
        if down.log:
            panel.set_yscale("log")
        panel.set_xlabel(_label(across), size=TEXT_PT, color=INK)
        panel.set_ylabel(_label(down), size=TEXT_PT, color=INK)
        frame(panel)
    _titled(figure, table, source)
    return figure
