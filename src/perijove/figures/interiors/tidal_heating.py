"""Tidal heating: maps of the heat flow, and the interior with what is heated in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Wedge
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.ticker import LogLocator, NullFormatter

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
from perijove.tides.heating import TidalHeating, heating_w_m3
from perijove.tides.surface_harmonics import SurfaceHarmonics

__all__ = ["DrawnLayer", "HeatFlowMap", "HeatSources", "InteriorProfile", "heat_flow_figure", "interior_figure"]

_WIDTH_IN, _EDGE_IN, _LEFT_IN = 10.0, 0.35, 0.75
_MAP_IN = 7.9
_HEAT_COLORS = "inferno"
_LIQUID, _SOLID = "#e69f00", ("#8c7f70", "#b5a895", "#9c9084", "#c6bba9")
_HEAT_INK, _VISCOSITY_INK, _RIGIDITY_INK = "#d55e00", "#0072b2", "#009e73"
_HALO: list[AbstractPathEffect] = [withStroke(linewidth=1.4, foreground="#000000b0")]
_LARGEST_MARK_PT2 = 260.0
_RADII_PER_LAYER = 120
_MARKED_POWERS_GW = (10.0, 1000.0, 10000.0)


@dataclass(frozen=True)
class HeatFlowMap:
    """Heat flow on a grid of the whole body.

    Attributes
    ----------
    name : str
        Of the interior.
    lat_deg : array, shape (rows,)
    lon_east_deg : array, shape (columns,)
        -180 to 180, ends included.
    flux_w_m2 : array, shape (rows, columns)
    mean_w_m2 : float
    extremes : tuple of (float, float, float)
        Largest and smallest value (W/m²), each with latitude and east longitude.
    """

    name: str
    lat_deg: np.ndarray
    lon_east_deg: np.ndarray
    flux_w_m2: np.ndarray
    mean_w_m2: float
    extremes: tuple[tuple[float, float, float], tuple[float, float, float]]

    @classmethod
    def of(cls, name: str, flux_w_m2: SurfaceHarmonics) -> Self:
        """Map of a heat flow."""
        lat, lon = np.linspace(-90.0, 90.0, 91), np.linspace(-180.0, 180.0, 181)
        extremes = (flux_w_m2.extremum(largest=True), flux_w_m2.extremum(largest=False))
        return cls(name, lat, lon, flux_w_m2.on_grid(lat, lon), flux_w_m2.mean, extremes)


@dataclass(frozen=True)
class HeatSources:
    """Volcanoes to draw on a map: position and power, arrays of one shape (n,)."""

    lat_deg: np.ndarray
    lon_east_deg: np.ndarray
    power_gw: np.ndarray
    source: str


@dataclass(frozen=True)
class DrawnLayer:
    """A layer of an interior; viscosity and rigidity are NaN where there is none."""

    name: str
    is_liquid: bool
    outer_radius_km: float
    viscosity_pa_s: float
    shear_modulus_pa: float
    power_w: float


@dataclass(frozen=True)
class InteriorProfile:
    """An interior and its heating along the radius.

    Attributes
    ----------
    layers : tuple of DrawnLayer
        From the centre.
    radius_km, heating_w_m3 : array, shape (n,)
        Mean over each sphere; NaN separates layers.
    """

    layers: tuple[DrawnLayer, ...]
    radius_km: np.ndarray
    heating_w_m3: np.ndarray

    @classmethod
    def of(cls, heating: TidalHeating) -> Self:
        """Profile of a body that the tide heats."""
        interior, powers = heating.interior, heating.layer_power_w
        layers = tuple(
            DrawnLayer(
                layer.name,
                layer.is_liquid,
                layer.outer_radius_km,
                layer.viscosity_pa_s or np.nan,
                layer.shear_modulus_pa or np.nan,
                float(power),
            )
            for layer, power in zip(interior.layers, powers, strict=True)
        )
        steps_km = np.diff(interior.bounds_km)[:, None] * np.arange(1, _RADII_PER_LAYER + 1) / _RADII_PER_LAYER
        radii = interior.bounds_km[:-1, None] + steps_km
        heat = heating_w_m3(interior, np.minimum(radii.ravel(), interior.radius_km)).reshape(radii.shape)
        gap = np.full((len(layers), 1), np.nan)
        return cls(layers, np.hstack([radii, gap]).ravel(), np.hstack([heat, gap]).ravel())


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def heat_flow_figure(
    maps: Sequence[HeatFlowMap],
    *,
    title: str,
    facts: str,
    source: str,
    volcanoes: HeatSources | None = None,
) -> Figure:
    """Maps of the heat flow below each other, in one colour scale.

    Parameters
    ----------
    maps : sequence of HeatFlowMap
        One or more.
    title, facts, source : str
        Title, one line of facts under it, source line at the bottom.
    volcanoes : HeatSources or None
        Drawn on each map, by area proportional to the square root of power.

    Raises
    ------
    ValueError
        If there is no map.
    """
    if not maps:
        raise ValueError("a heat-flow figure needs at least one map")
    each = 0.5 * _MAP_IN
    height = 1.0 + len(maps) * (each + 0.62) + 0.2
    figure = new_figure(_WIDTH_IN, height)
    high = max(float(one.flux_w_m2.max()) for one in maps)
    for number, one in enumerate(maps):
        bottom = height - 1.0 - each - number * (each + 0.62)
        axes = figure.add_axes(
            (_LEFT_IN / _WIDTH_IN, bottom / height, _MAP_IN / _WIDTH_IN, each / height), label=f"map {number}"
        )
        bar = figure.add_axes(
            ((_LEFT_IN + _MAP_IN + 0.2) / _WIDTH_IN, bottom / height, 0.16 / _WIDTH_IN, each / height),
            label=f"bar {number}",
        )
        _draw_flux(axes, bar, one, high)
        if volcanoes is not None:
            _draw_volcanoes(axes, volcanoes, legend=number == 0)
    axes.set_xlabel("East longitude (deg); 0 faces Jupiter", size=TEXT_PT, color=INK)  # under the last map
    write_title(figure, title, [facts], left_in=_EDGE_IN)
    note = "" if volcanoes is None else f"volcanoes: {volcanoes.source}"
    write_footer(figure, source, left_in=_EDGE_IN, note=note)
    return figure


def _draw_flux(axes: Axes, bar: Axes, one: HeatFlowMap, high: float) -> None:
    """Draw one map: colours, contours in W/m², extremes, degrees."""
    step_lat, step_lon = np.diff(one.lat_deg[:2])[0], np.diff(one.lon_east_deg[:2])[0]
    extent = (-180.0 - step_lon / 2, 180.0 + step_lon / 2, -90.0 - abs(step_lat) / 2, 90.0 + abs(step_lat) / 2)
    image = axes.imshow(
        one.flux_w_m2 if step_lat > 0.0 else one.flux_w_m2[::-1],
        extent=extent,
        origin="lower",
        cmap=_HEAT_COLORS,
        vmin=0.0,
        vmax=high,
        interpolation="bilinear",
    )
    levels = _levels(high)
    if np.ptp(one.flux_w_m2) > 0.02 * high:
        lines = axes.contour(
            one.lon_east_deg, one.lat_deg, one.flux_w_m2, levels, colors="white", linewidths=0.8, alpha=0.75
        )
        labels = axes.clabel(lines, fmt=_number, fontsize=SMALL_PT)
        for label in labels:
            label.set(path_effects=_HALO)
    for (value, lat, lon), mark in zip(one.extremes, ("▲", "▼"), strict=True):
        inward = np.clip(lat, -84.0, 84.0)
        axes.text(
            lon,
            inward,
            f"{mark} {value:.2f}",
            size=SMALL_PT,
            color="white",
            ha="center",
            va="center",
            path_effects=_HALO,
            zorder=5,
        )
    axes.set(xlim=(-180, 180), ylim=(-90, 90), aspect="equal", xticks=range(-180, 181, 30), yticks=range(-90, 91, 30))
    axes.set_xticklabels([_number(lon) for lon in range(-180, 181, 30)])
    axes.set_yticklabels([_number(lat) for lat in range(-90, 91, 30)])
    axes.grid(visible=True, lw=0.5, color="white", alpha=0.35)
    axes.set_ylabel("Latitude (deg)", size=TEXT_PT, color=INK)
    frame(axes)
    (top, _, _), (low, _, _) = one.extremes
    mean = one.mean_w_m2
    ratios = f"   max {top / mean:.2f}, min {low / mean:.2f} of the mean" if mean > 0.0 else ""
    axes.set_title(
        f"{one.name}: mean {mean:.3g} W/m²{ratios}", size=TEXT_PT + 0.5, color=INK, loc="left", pad=5, parse_math=False
    )
    colors = axes.figure.colorbar(image, cax=bar)
    colors.outline.set_linewidth(0.6)
    frame(bar)
    bar.set_ylabel("Heat flow (W/m²)", size=TEXT_PT, color=INK)


def _power(power_w: float) -> str:
    """Power in the unit that suits it."""
    scale, unit = (1e-12, "TW") if power_w >= 1e11 else (1e-9, "GW")
    return f"{scale * power_w:.3g} {unit}"


def _percent(share: float) -> str:
    """Share, not finer than makes sense."""
    return f"{100.0 * share:.3g} %" if share >= 1e-4 else "under 0.01 %"


def _levels(high: float) -> np.ndarray:
    """About eight round steps up to a value."""
    raw = high / 8.0 if high > 0.0 else 1.0
    scale = 10.0 ** np.floor(np.log10(raw))
    step = next(scale * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if scale * factor >= raw)
    levels: np.ndarray = np.arange(1, 9) * step
    return levels


def _draw_volcanoes(axes: Axes, volcanoes: HeatSources, *, legend: bool) -> None:
    """Circles by the square root of power: one volcano outshines the least by 10⁵."""
    scale = _LARGEST_MARK_PT2 / np.sqrt(_MARKED_POWERS_GW[-1])

    def circles(lon: np.ndarray | list[float], lat: np.ndarray | list[float], power_gw: np.ndarray) -> PathCollection:
        sizes = scale * np.sqrt(power_gw)
        return axes.scatter(lon, lat, s=sizes, facecolors="#ffffff90", edgecolors="#000000", linewidths=0.5, zorder=4)

    circles(volcanoes.lon_east_deg, volcanoes.lat_deg, volcanoes.power_gw)
    if not legend:
        return
    marks = [circles([], [], np.array(power)) for power in _MARKED_POWERS_GW]
    axes.legend(
        marks,
        [f"{power:,.0f} GW" for power in _MARKED_POWERS_GW],
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=len(marks),
        fontsize=SMALL_PT,
        frameon=False,
        borderpad=0.1,
        handletextpad=0.3,
        columnspacing=1.2,
    )


def interior_figure(profile: InteriorProfile, *, title: str, facts: str, source: str) -> Figure:
    """Slice of an interior, its viscosity and rigidity, and its heating, all along one radius.

    Parameters
    ----------
    profile : InteriorProfile
    title, facts, source : str
        As for `heat_flow_figure`.
    """
    height, plot = 7.0, 5.3
    figure = new_figure(_WIDTH_IN, height)
    surface = profile.layers[-1].outer_radius_km

    def panel(left: float, width: float, label: str) -> Axes:
        return figure.add_axes((left / _WIDTH_IN, 0.75 / height, width / _WIDTH_IN, plot / height), label=label)

    _draw_slice(panel(_LEFT_IN, 2.5, "slice"), profile)
    matter = panel(5.1, 2.0, "matter")
    _draw_matter(matter, profile)
    heat = panel(7.65, 2.0, "heating")
    good = np.isfinite(profile.heating_w_m3) & (profile.heating_w_m3 > 0.0)
    heat.plot(np.where(good, profile.heating_w_m3, np.nan), profile.radius_km, color=_HEAT_INK, lw=1.6)
    if good.any():
        heat.set_xscale("log")
        top = float(profile.heating_w_m3[good].max())
        low = max(float(profile.heating_w_m3[good].min()), 1e-8 * top)
        heat.set_xlim(10.0 ** np.floor(np.log10(low)), 10.0 ** np.ceil(np.log10(top)))
        _decades(heat)
    heat.set_xlabel("Heating (W/m³)", size=TEXT_PT, color=INK)
    for axes in (matter, heat):
        axes.set(ylim=(0.0, surface))
        axes.tick_params(labelleft=False)
        axes.grid(visible=True, axis="x", lw=0.4, color="#d0d0d0")
        axes.set_axisbelow(True)
        for layer in profile.layers[:-1]:
            axes.axhline(layer.outer_radius_km, color=MUTED, lw=0.5, ls=(0, (2, 2)))
        frame(axes)
        axes.tick_params(labelleft=False)
    write_title(figure, title, [facts], left_in=_EDGE_IN)
    write_footer(figure, source, left_in=_EDGE_IN)
    return figure


def _draw_slice(axes: Axes, profile: InteriorProfile) -> None:
    """A sector about the vertical, to scale, with names and heat beside it."""
    surface = profile.layers[-1].outer_radius_km
    for number, (layer, (low, high)) in enumerate(zip(profile.layers, _spans(profile), strict=True)):
        color = _LIQUID if layer.is_liquid else _SOLID[number % len(_SOLID)]
        axes.add_patch(Wedge((0.0, 0.0), high, 68.0, 112.0, width=high - low, fc=color, ec=INK, lw=0.6))
    half = surface * np.sin(np.radians(22.0))
    axes.set(xlim=(-half, half), ylim=(0.0, surface), xticks=[])
    axes.set_ylabel("Distance from the centre (km)", size=TEXT_PT, color=INK)
    count = len(profile.layers)
    between = "\n" if count < 10 else ", "
    total = sum(layer.power_w for layer in profile.layers)
    places = _spread([0.5 * (low + high) for low, high in _spans(profile)], min(0.1, 0.95 / count) * surface, surface)
    for layer, (low, high), place in zip(profile.layers, _spans(profile), places, strict=True):
        share = "no heat" if layer.power_w <= 0.0 else f"{_power(layer.power_w)}, {_percent(layer.power_w / total)}"
        state = " (liquid)" if layer.is_liquid else ""
        middle = 0.5 * (low + high)
        axes.annotate(
            between.join((f"{layer.name}{state}", f"{low:.0f} to {high:.0f} km", share)),
            (middle * np.sin(np.radians(22.0)), middle * np.cos(np.radians(22.0))),
            xytext=(1.2 * half, place),
            size=SMALL_PT,
            color=INK,
            va="center",
            parse_math=False,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "lw": 0.5,
                "color": MUTED,
                "shrinkA": 1.0,
                "shrinkB": 0.0,
                "relpos": (0.0, 0.5),
            },
        )
    frame(axes)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)


def _spans(profile: InteriorProfile) -> list[tuple[float, float]]:
    """Inner and outer radius of each layer."""
    outer = [layer.outer_radius_km for layer in profile.layers]
    return list(zip([0.0, *outer[:-1]], outer, strict=True))


def _spread(places: Sequence[float], gap: float, top: float) -> list[float]:
    """Move labels down as far as needed to keep a gap, from the uppermost on."""
    moved: list[float] = []
    limit = top - 0.4 * gap
    for place in reversed(places):
        moved.append(min(place, limit))
        limit = moved[-1] - gap
    return moved[::-1]


def _decades(axes: Axes) -> None:
    """Name a few powers of ten only, so that they do not run into each other."""
    axes.xaxis.set_major_locator(LogLocator(numticks=5))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _draw_matter(axes: Axes, profile: InteriorProfile) -> None:
    """Viscosity and rigidity as steps, each with its own scale."""
    above = axes.twiny()
    columns = ([layer.viscosity_pa_s for layer in profile.layers], [layer.shear_modulus_pa for layer in profile.layers])
    for here, values, color, style, label in (
        (axes, columns[0], _VISCOSITY_INK, "-", "Viscosity (Pa s), full line"),
        (above, columns[1], _RIGIDITY_INK, (0, (1.5, 1.0)), "Rigidity (Pa), dashed"),
    ):
        for (low, high), value in zip(_spans(profile), values, strict=True):
            here.plot([value, value], [low, high], color=color, lw=2.2, ls=style, solid_capstyle="butt")
        known = [value for value in values if np.isfinite(value) and value > 0.0]
        here.set_xscale("log")
        if known:
            here.set_xlim(0.1 * min(known), 10.0 * max(known))
            _decades(here)
        here.set_xlabel(label, size=TEXT_PT, color=color)
    frame(above)
    axes.tick_params(axis="x", labelcolor=_VISCOSITY_INK)
    above.tick_params(axis="x", labelcolor=_RIGIDITY_INK)
