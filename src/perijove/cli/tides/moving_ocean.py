"""The ocean of ``perijove tides --ocean``: what is asked of it, and its figures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from perijove.bodies.galilean import IO_HEAT_FLOW_VEEDER_1994_W, IO_K2_OVER_Q_LAINEY_2009, IO_RE_K2_PARK_2025
from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020
from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.ocean.drag import viscous_drag_per_s
from perijove.ocean.flow import OceanTide, ocean_tide, ocean_tides
from perijove.ocean.layer import ocean_layer
from perijove.ocean.turbulence import reynolds_number

__all__ = ["asked_viscosity_pa_s", "magma_report", "moving_ocean", "write_ocean_figure", "write_ocean_map"]

_SWEPT_KM = np.geomspace(0.05, 50.0, 181)
_SWEPT_PA_S = np.geomspace(1.0, 1e10, 101)
_SWEPT_DEGREES = 64
_LAT_DEG, _LON_DEG = np.linspace(-90.0, 90.0, 91), np.linspace(-180.0, 180.0, 181)


def asked_viscosity_pa_s(drag_per_s: float | None, magma_viscosity_pa_s: float | None, *, ocean: bool) -> float | None:
    """Viscosity of the magma, by default that of Io's; None where a drag is given or there is no ocean.

    Raises
    ------
    InputError
        If both are given, or one without an ocean.
    """
    if not ocean and (drag_per_s, magma_viscosity_pa_s) != (None, None):
        raise InputError("--drag, --magma-viscosity: belong to an ocean that moves; give --ocean too")
    if None not in (drag_per_s, magma_viscosity_pa_s):
        raise InputError("--drag, --magma-viscosity: both are given; the one stands for the other, give one")
    if ocean and drag_per_s is None and magma_viscosity_pa_s is None:
        return IO_MOLTEN_ROCK_SPENCER_2020.magma_viscosity_pa_s
    return magma_viscosity_pa_s


def magma_report(tide: OceanTide, magma_viscosity_pa_s: float | None) -> dict[str, float | None]:
    """Viscosity and Reynolds number of the magma; None where a drag stands for them."""
    reynolds = None if magma_viscosity_pa_s is None else reynolds_number(tide, magma_viscosity_pa_s)
    return {"magma_viscosity_pa_s": magma_viscosity_pa_s, "reynolds_number": reynolds}


def moving_ocean(interior: Interior, drag_per_s: float | None, magma_viscosity_pa_s: float | None) -> OceanTide:
    """Tide of the uppermost liquid layer, with the drag of viscous magma where no drag is given."""
    if magma_viscosity_pa_s is None:
        return ocean_tide(interior, drag_per_s=drag_per_s or 0.0)
    layer = ocean_layer(interior)
    drag = viscous_drag_per_s(
        magma_viscosity_pa_s,
        density_kg_m3=layer.density_kg_m3,
        thickness_km=layer.thickness_km,
        frequency_rad_s=interior.orbit.angular_frequency_rad_s,
    )
    return ocean_tide(interior, drag_per_s=complex(drag))


def _fact_line(ocean: Mapping[str, Any]) -> str:
    """One line for people."""
    re, im = ocean["k2"]
    drag, viscosity = ocean["drag_per_s"][0], ocean["magma_viscosity_pa_s"]
    held = f"drag {drag:.3g} /s" if viscosity is None else f"magma of {viscosity:g} Pa s"
    return (
        f"{ocean['thickness_km']:.4g} km of liquid under {ocean['roof_depth_km']:.4g} km, {held}: "
        f"k2 = {re:.4f} {'−' if im < 0.0 else '+'} {abs(im):.3g} i, {1e-12 * ocean['power_w']:.3g} TW in the ocean"
    )


def write_ocean_map(path: Path, tide: OceanTide, *, interior: Interior, report: Mapping[str, Any], source: str) -> None:
    """Draw the heat flow of the ocean alone."""
    from perijove.figures.interiors.tidal_heating import HeatFlowMap, heat_flow_figure
    from perijove.figures.style import save_figure

    flux = tide.flux_w_m2
    extremes = (flux.extremum(largest=True), flux.extremum(largest=False))
    name = f"{tide.ocean.name}, {tide.ocean.thickness_km:.4g} km"
    drawn = HeatFlowMap(name, _LAT_DEG, _LON_DEG, flux.on_grid(_LAT_DEG, _LON_DEG), flux.mean, extremes)
    title = f"Heat of the moving ocean: {interior.name}"
    save_figure(heat_flow_figure([drawn], title=title, facts=_fact_line(report), source=source), path)


def write_ocean_figure(
    path: Path, tide: OceanTide, *, interior: Interior, report: Mapping[str, Any], source: str
) -> None:
    """Draw heat and Love number over thickness and viscosity."""
    from perijove.figures.interiors.ocean_tides import Observed, OceanSweep, ocean_tide_figure
    from perijove.figures.style import save_figure

    layer = ocean_layer(interior, tide.ocean.name, degree=_SWEPT_DEGREES)
    frequency = interior.orbit.angular_frequency_rad_s
    drag = viscous_drag_per_s(
        _SWEPT_PA_S, density_kg_m3=layer.density_kg_m3, thickness_km=_SWEPT_KM[:, None], frequency_rad_s=frequency
    )
    k2, power = ocean_tides(layer, thickness_km=_SWEPT_KM[:, None], drag_per_s=drag)
    viscosity = report["magma_viscosity_pa_s"]
    chosen = None if viscosity is None else (layer.thickness_km, viscosity)
    sweep = OceanSweep(_SWEPT_KM, _SWEPT_PA_S, k2, power, layer.static_k2, chosen)
    observed = Observed(
        IO_RE_K2_PARK_2025.measured,
        IO_K2_OVER_Q_LAINEY_2009.measured,
        IO_HEAT_FLOW_VEEDER_1994_W.measured,
        "Re k₂: Park et al. 2025; k₂/Q: Lainey et al. 2009; heat: Veeder et al. 1994",
    )
    title = f"Tides in a magma ocean: {interior.name}"
    save_figure(ocean_tide_figure(sweep, observed, title=title, facts=_fact_line(report), source=source), path)
