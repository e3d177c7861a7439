"""How heat leaves the interior: temperature, melt, magma and rock, heat flow, through crust and mantle."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from perijove.constants import M_PER_KM
from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.heat.transport import CM_YEAR_PER_M_S, HeatTransport

__all__ = ["heat_transport_figure"]

_SIZE_IN = (10.0, 7.4)
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.085, 0.985, 0.84, 0.1
_SHOWN_CRUSTS = 1.6  # the upper row reaches so many thicknesses of the crust down
_CRUST_FILL = "#eceae6"
_WARM, _MELT, _MAGMA, _ROCK, _FLOW, _PIPES = "#d55e00", "#cc79a7", "#d55e00", "#0072b2", "#009e73", "#e69f00"


def heat_transport_figure(transport: HeatTransport, *, title: str, facts: list[str], source: str) -> Figure:
    """Four profiles along one radius, the crust enlarged above the whole mantle.

    Parameters
    ----------
    transport : HeatTransport
    title : str
    facts : list of str
        Lines under the title.
    source : str
        Line at the bottom.
    """
    figure = new_figure(*_SIZE_IN)
    grid = figure.add_gridspec(
        2, 4, left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM, wspace=0.1, hspace=0.16, height_ratios=(1.0, 1.25)
    )
    rows = [[figure.add_subplot(grid[i, j], label=f"panel {i}{j}") for j in range(4)] for i in range(2)]
    depth = transport.heating.surface_km - transport.radius_km
    deepest = float(depth.max())
    shown = (min(_SHOWN_CRUSTS * max(transport.crust_km, transport.heating.surface_km - transport.extraction_base_km),
                 deepest), deepest)  # fmt: skip
    for row, bottom, label in zip(rows, shown, ("Depth (km), crust", "Depth (km), mantle"), strict=True):
        inside = depth <= bottom
        for draw, axes in zip((_temperature, _melt, _motion, _heat), row, strict=True):
            draw(axes, transport, np.where(inside, depth, np.nan))
            _dress(axes, transport, bottom)
        row[0].set_ylabel(label, size=TEXT_PT, color=INK)
        for axes in row[1:]:
            axes.tick_params(labelleft=False)
    names = ("Temperature (K)", "Melt (% of volume)", "Flux (cm/year)", "Heat flow (W/m²)")
    for axes, name in zip(rows[1], names, strict=True):
        axes.set_xlabel(name, size=TEXT_PT, color=INK)
    for axes in rows[0][2:]:
        axes.legend(
            loc="lower center", bbox_to_anchor=(0.5, 0.99), ncols=2, fontsize=SMALL_PT, frameon=False, handlelength=1.8,
            columnspacing=1.0, handletextpad=0.5, borderpad=0.2,
        )  # fmt: skip
    write_title(figure, title, facts, left_in=0.35)
    write_footer(figure, source, left_in=0.35, note="grey: crust; dashed: too cold to take up magma above")
    return figure


def _dress(axes: Axes, transport: HeatTransport, bottom: float) -> None:
    """Depths, the crust, and where intrusion stops."""
    axes.set_ylim(bottom, 0.0)
    axes.axhspan(0.0, transport.crust_km, color=_CRUST_FILL, lw=0.0, zorder=0)
    axes.axhline(transport.cold_crust_km, color=MUTED, lw=0.6, ls=(0, (4, 3)), zorder=1)
    axes.grid(visible=True, axis="x", lw=0.4, color="#d0d0d0")
    axes.set_axisbelow(True)
    frame(axes)


def _temperature(axes: Axes, transport: HeatTransport, depth: np.ndarray) -> None:
    axes.plot(transport.temperature_k, depth, color=_WARM, lw=1.6)
    axes.set_xlim(0.0, 1.1 * float(transport.temperature_k.max()))


def _melt(axes: Axes, transport: HeatTransport, depth: np.ndarray) -> None:
    axes.plot(100.0 * transport.melt_fraction, depth, color=_MELT, lw=1.6)
    axes.set_xlim(0.0, max(1.1 * 100.0 * transport.largest_melt_fraction, 0.1))


def _motion(axes: Axes, transport: HeatTransport, depth: np.ndarray) -> None:
    for values, color, style, label in (
        (transport.seeping_m_s, _MAGMA, "-", "seeping magma"),
        (transport.piped_m_s, _PIPES, "--", "piped magma"),
        (transport.rock_m_s, _ROCK, "-", "rock"),
    ):
        axes.plot(values * CM_YEAR_PER_M_S, depth, color=color, ls=style, lw=1.6, label=label)
    axes.axvline(0.0, color=INK, lw=0.5)


def _heat(axes: Axes, transport: HeatTransport, depth: np.ndarray) -> None:
    radius_m = transport.radius_km * M_PER_KM
    total = transport.heating.integral(radius_m) / radius_m**2
    axes.plot(total, depth, color=INK, lw=1.6, label="all")
    axes.plot(transport.conducted_w_m2, depth, color=_FLOW, ls="--", lw=1.6, label="conducted")
    axes.set_xlim(0.0, 1.15 * float(total.max()))
