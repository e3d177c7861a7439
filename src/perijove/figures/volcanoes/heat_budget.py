"""The heat budget in four panels, and the map of power density."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from perijove.figures.style import INK, MUTED, SMALL_PT, TEXT_PT, frame, new_figure, write_footer, write_title
from perijove.studies.heat_budget import Group, HeatBudget, power_density

__all__ = ["draw_heat_budget", "draw_power_density"]

_WIDTH_IN, _HEIGHT_IN = 10.5, 7.6
_PANELS = ((0.075, 0.55, 0.40, 0.32), (0.60, 0.55, 0.375, 0.32), (0.13, 0.09, 0.345, 0.33), (0.60, 0.09, 0.375, 0.33))
_NAMED = 10
_COLOR, _SECOND = "#0072b2", "#d55e00"
_W_PER_TW = 1e12


def draw_heat_budget(budget: HeatBudget, *, source: str = "") -> Figure:
    """Cumulative power, flux by latitude, power by unit of the map, and Io beside the Earth."""
    figure = new_figure(_WIDTH_IN, _HEIGHT_IN)
    panels = [figure.add_axes(place, label=str(number)) for number, place in enumerate(_PANELS)]
    _draw_cumulative(panels[0], budget)
    _draw_latitudes(panels[1], budget)
    _draw_groups(panels[2], budget.units)
    _draw_worlds(panels[3], budget)
    total, share = budget.total, budget.resolved_share
    radiated = f"{total.power_gw / 1e3:.1f} ± {total.sigma_gw / 1e3:.1f} TW"
    whole = f"{budget.heat_flow_w / _W_PER_TW:.0f} ± {budget.heat_flow_sigma_w / _W_PER_TW:.0f} TW"
    part = f"{share:.0%} ± {budget.resolved_share_sigma:.0%} of Io's {whole}"
    facts = [f"{total.sources} sources radiate {radiated}, {part}; errors by the scatter of single measurements"]
    write_title(figure, "Heat that Io's volcanoes radiate", facts, left_in=0.35)
    write_footer(figure, source, left_in=0.35)
    return figure


def _dress(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, size=TEXT_PT + 0.5, color=INK, loc="left")
    axes.set_xlabel(x, size=TEXT_PT, color=INK)
    axes.set_ylabel(y, size=TEXT_PT, color=INK)
    axes.grid(visible=True, lw=0.4, color="#d8d8d8")
    axes.set_axisbelow(True)
    frame(axes)


def _draw_cumulative(axes: Axes, budget: HeatBudget) -> None:
    share = 100.0 * budget.cumulative_share
    rank = np.arange(1, share.size + 1)
    axes.plot(rank, share, color=_COLOR, lw=1.6)
    axes.set(xscale="log", xlim=(0.9, 1.05 * share.size), ylim=(0, 104))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.plot(rank[:_NAMED], share[:_NAMED], "o", ms=4, color=_SECOND)
    listed = [f"{one.name}  {100.0 * one.power_gw / budget.total.power_gw:.1f} %" for one in budget.sources[:_NAMED]]
    axes.text(
        0.97, 0.05, "\n".join(listed), transform=axes.transAxes, size=SMALL_PT, color=INK, ha="right", parse_math=False
    )
    ten = 100.0 * budget.strongest_share(10)
    axes.plot([10, 10, 0.9], [0, ten, ten], color=MUTED, lw=0.8, ls="--")
    axes.annotate(
        f"ten strongest: {ten:.0f} %",
        (0.95, ten),
        xytext=(2, 3),
        textcoords="offset points",
        size=SMALL_PT,
        color=MUTED,
        va="bottom",
    )
    _dress(axes, "Few make most", "number of sources, the strongest first", "share of their power (%)")


def _draw_latitudes(axes: Axes, budget: HeatBudget) -> None:
    bands = budget.latitudes[:-1]
    flux = np.array([one.flux_w_m2 for one in bands], dtype=float)
    sigma = flux * np.array([one.sigma_gw / one.power_gw if one.sources else 0.0 for one in bands])
    places = np.arange(len(bands))
    axes.barh(places, flux, xerr=sigma, color=_COLOR, height=0.75, error_kw={"lw": 0.9, "capsize": 2.0})
    axes.set_yticks(places, [one.name.replace(" deg", "").replace("-", "−") for one in bands])
    for place, one, end in zip(places.tolist(), bands, flux + sigma, strict=True):
        axes.text(
            end + 0.03, place, f"{one.power_gw / 1e3:.1f} TW, {one.sources}", size=SMALL_PT, color=INK, va="center"
        )
    whole = float(budget.total.flux_w_m2 or 0.0)
    axes.axvline(whole, color=MUTED, lw=0.9, ls="--")
    axes.annotate(
        "mean", (whole, 5.45), xytext=(3, 0), textcoords="offset points", size=SMALL_PT, color=MUTED, va="center"
    )
    axes.set(ylim=(-0.6, 5.7), xlim=(0, 1.3 * float((flux + sigma).max())))
    _dress(axes, "By latitude", "radiated power over the area (W/m²); beside bars: power, sources", "latitude (deg)")


def _draw_groups(axes: Axes, groups: tuple[Group, ...]) -> None:
    shown = groups[::-1]
    places = np.arange(len(shown))
    power = np.array([one.power_gw / 1e3 for one in shown])
    sigma = np.array([one.sigma_gw / 1e3 for one in shown])
    axes.barh(places, power, xerr=sigma, color=_COLOR, height=0.7, error_kw={"lw": 0.9, "capsize": 2.0})
    axes.set_yticks(places, [one.name for one in shown])
    right = 1.22 * float((power + sigma).max())
    for place, one in zip(places.tolist(), shown, strict=True):
        at = (one.power_gw + one.sigma_gw) / 1e3
        words = f"{one.share:.0%}, {one.sources}" if one.share >= 0.005 else f"{one.share:.1%}, {one.sources}"
        axes.text(at + 0.012 * right, place, words, size=SMALL_PT, color=INK, va="center")
    axes.set(xlim=(0, right))
    _dress(axes, "By unit of the geologic map", "radiated power (TW); beside bars: share, sources", "")


def _draw_worlds(axes: Axes, budget: HeatBudget) -> None:
    """Total power as bars, with the flux written beside them."""
    rows = (
        ("Earth", budget.earth_power_w, budget.earth_power_sigma_w, budget.earth_flux_w_m2, "#8fb8d8"),
        ("Io", budget.heat_flow_w, budget.heat_flow_sigma_w, budget.io_flux_w_m2, _COLOR),
    )
    for place, (_, power, sigma, flux, color) in enumerate(rows):
        axes.barh(place, power / _W_PER_TW, xerr=sigma / _W_PER_TW, color=color, height=0.55, error_kw={"capsize": 2.5})
        at = (power + sigma) / _W_PER_TW
        axes.text(at + 3, place, f"{power / _W_PER_TW:.0f} TW\n{flux:.2g} W/m²", size=TEXT_PT, color=INK, va="center")
    resolved = budget.total.power_gw / 1e3
    axes.barh(1, resolved, color=_SECOND, height=0.55)
    axes.text(2, 1, f"resolved volcanoes\n{resolved:.1f} TW", size=SMALL_PT, color="white", va="center")
    axes.set_yticks([0, 1], [name for name, *_ in rows])
    axes.set(ylim=(-0.55, 1.55), xlim=(0, 160))
    ratio = budget.io_flux_w_m2 / budget.earth_flux_w_m2
    _dress(axes, f"Io and the Earth: {ratio:.0f} times as much per area", "heat flow (TW)", "")


def draw_power_density(budget: HeatBudget, *, width_deg: float = 10.0, source: str = "") -> Figure:
    """Radiated power per area, smoothed, with the ten strongest sources."""
    figure = new_figure(10.0, 6.3)
    axes = figure.add_axes((0.072, 0.18, 0.9, 0.9 * 10.0 / 6.3 / 2.0), label="map")
    lat, lon = np.arange(-89.0, 90.0, 2.0), np.arange(-179.0, 180.0, 2.0)
    density = power_density(budget.sources, lat[:, None], lon, width_deg=width_deg)
    low, high = 0.05, float(density.max())
    shown = axes.imshow(
        density,
        extent=(-180, 180, -90, 90),
        origin="lower",
        cmap="inferno",
        norm=LogNorm(low, high),
        interpolation="bilinear",
    )
    axes.contour(lon, lat, density, [float(budget.io_flux_w_m2)], colors="white", linewidths=0.8)
    for one in budget.sources[:10]:
        axes.plot(one.lon_east_deg, one.lat_deg, "o", ms=3, mfc="white", mec="black", mew=0.5)
    axes.set(xlim=(-180, 180), ylim=(-90, 90), aspect="equal")
    axes.xaxis.set_major_locator(MultipleLocator(30))
    axes.yaxis.set_major_locator(MultipleLocator(30))
    axes.set_xlabel("East longitude (deg)", size=TEXT_PT, color=INK, labelpad=1)
    axes.set_ylabel("Latitude (deg)", size=TEXT_PT, color=INK, labelpad=1)
    frame(axes)
    bar = figure.add_axes((0.072, 0.095, 0.9, 0.02), label="bar")
    figure.colorbar(shown, cax=bar, orientation="horizontal", extend="min")
    bar.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    bar.tick_params(labelsize=SMALL_PT, length=2.5, pad=1.5)
    bar.set_xlabel("Radiated power per area (W/m²)", size=TEXT_PT, color=INK, labelpad=1)
    line = f"white line: {budget.io_flux_w_m2:.1f} W/m², the mean of Io's whole heat flow"
    facts = [f"smoothed by {width_deg:g} deg; {line}; dots: the ten strongest"]
    write_title(figure, "Where Io's volcanoes radiate", facts, left_in=0.35)
    write_footer(figure, source, left_in=0.35)
    return figure
