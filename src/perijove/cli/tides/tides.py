"""``perijove tides``: Love numbers and tidal heating of an interior."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from perijove import __version__
from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020
from perijove.cli.option_types import NewFile, Number
from perijove.cli.options import (
    degree_option,
    frequency_option,
    json_option,
    out_option,
    overwrite_option,
    quiet_option,
)
from perijove.cli.talk import steps
from perijove.constants import SECONDS_PER_HOUR
from perijove.export.atomic import ProductSet

if TYPE_CHECKING:
    from perijove.interior.body import Interior
    from perijove.ocean.flow import OceanTide
    from perijove.tides.heating import TidalHeating

__all__ = ["command"]

_MODELS = ("steinke-2020-a", "steinke-2020-b", "five-layer")  # for --help, which loads no model
_LAT_DEG, _LON_DEG = np.linspace(-90.0, 90.0, 91), np.linspace(-180.0, 180.0, 181)
_GEOTIFF_KM = 20.0
_MAP_KINDS = (".csv", ".png", ".tif")
_RADII_PER_LAYER = 120
_NARROW, _WIDE = 26, 32  # columns for names
_SOURCE = f"Perijove {__version__}"


def _write_map(path: Path, heating: "TidalHeating", facts: str) -> None:
    """Write the heat-flow map in the format that the name's end asks for."""
    flux = heating.flux_w_m2
    match path.suffix.lower():
        case ".csv":
            from perijove.export.heat_flow import write_flux_table

            write_flux_table(path, _LAT_DEG, _LON_DEG[:-1], flux.on_grid(_LAT_DEG, _LON_DEG[:-1]))
        case ".tif":
            from perijove.export.heat_flow import write_flux_geotiff
            from perijove.geometry.grids import global_equirectangular

            grid = global_equirectangular(_GEOTIFF_KM)
            lat, lon = grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :])
            tags = {"TIFFTAG_SOFTWARE": _SOURCE, "TIFFTAG_IMAGEDESCRIPTION": f"{heating.interior.name}: {facts}"}
            write_flux_geotiff(path, grid, flux.on_grid(lat[:, 0], lon[0]), tags=tags)
        case _:
            from perijove.figures.interiors.tidal_heating import HeatFlowMap, heat_flow_figure
            from perijove.figures.style import save_figure

            name = heating.interior.name
            extremes = (flux.extremum(largest=True), flux.extremum(largest=False))
            drawn = HeatFlowMap(name, _LAT_DEG, _LON_DEG, flux.on_grid(_LAT_DEG, _LON_DEG), flux.mean, extremes)
            title, source = f"Tidal heat flow: {name}", _footer(heating.interior)
            save_figure(heat_flow_figure([drawn], title=title, facts=facts, source=source), path)


def _write_interior_figure(path: Path, heating: "TidalHeating", facts: str) -> None:
    """Draw slice and profiles."""
    from perijove.figures.interiors.tidal_heating import DrawnLayer, InteriorProfile, interior_figure
    from perijove.figures.style import save_figure
    from perijove.tides.heating import heating_w_m3

    interior = heating.interior
    layers = tuple(
        DrawnLayer(
            layer.name,
            layer.is_liquid,
            layer.outer_radius_km,
            layer.viscosity_pa_s or np.nan,
            layer.shear_modulus_pa or np.nan,
            float(power),
        )
        for layer, power in zip(interior.layers, heating.layer_power_w, strict=True)
    )
    steps_km = np.diff(interior.bounds_km)[:, None] * np.arange(1, _RADII_PER_LAYER + 1) / _RADII_PER_LAYER
    radii = interior.bounds_km[:-1, None] + steps_km
    heat = heating_w_m3(interior, np.minimum(radii.ravel(), interior.radius_km)).reshape(radii.shape)
    gap = np.full((len(layers), 1), np.nan)
    profile = InteriorProfile(layers, np.hstack([radii, gap]).ravel(), np.hstack([heat, gap]).ravel())
    figure = interior_figure(profile, title=f"Interior: {interior.name}", facts=facts, source=_footer(interior))
    save_figure(figure, path)


def _footer(interior: "Interior") -> str:
    return f"{_SOURCE}; {interior.source}" if interior.source else _SOURCE


def _fact_line(report: Mapping[str, Any]) -> str:
    re, im = report["k2"]
    q = "no dissipation" if report["q"] is None else f"Q = {report['q']:.3g}"
    return (
        f"k2 = {re:.4f} {'−' if im < 0.0 else '+'} {abs(im):.3g} i, {q}; {1e-12 * report['power_w']:.3g} TW, "
        f"e = {report['eccentricity']:g}, "
        f"period {2.0 * np.pi / report['angular_frequency_rad_s'] / SECONDS_PER_HOUR:.4g} h"
    )


def _printed(report: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Lines for people."""
    for key, value in report.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and "value" not in value:
            yield from _printed(value, f"{name} ")
            continue
        if isinstance(value, dict):
            ratio = "-" if value["value"] is None else f"{value['value']:.4f}"
            shown = f"{ratio} at {value['lat_deg']:.2f} deg north, {value['lon_east_deg']:.2f} deg east"
        elif isinstance(value, list) and _is_complex(key):
            shown = f"{value[0]:.8g} {value[1]:+.8g} i"
        elif isinstance(value, list):
            shown = ", ".join(item if isinstance(item, str) else f"{item:.5g}" for item in value)
        else:
            shown = "-" if value in (None, "") else f"{value:.8g}" if isinstance(value, float) else str(value)
        yield f"{name:{_WIDE if prefix else _NARROW}} {shown}"


def _is_complex(key: str) -> bool:
    """Whether a list under this key is a real and an imaginary part."""
    return key[1:].isdigit() or key.lstrip("-").isdigit() or key in ("k2_static", "drag_per_s")


@contextmanager
def _one_file(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Where to write one file that appears whole or not at all."""
    with ProductSet(path.parent, overwrite=overwrite) as products:
        yield products.path(path.name)


@click.command("tides", epilog=f"Published interiors: {', '.join(_MODELS)}.")
@click.argument("model")
@frequency_option
@degree_option
@click.option("--ocean", is_flag=True, help="Also let the uppermost liquid layer under rock move, as a magma ocean.")
@click.option("--drag", type=Number(1e-15, 1e15), help="Its drag, 1/s, in place of that of viscous magma.")
@click.option(
    "--magma-viscosity",
    type=Number(1e-6, 1e18),
    help=f"Of the ocean, Pa s.  [default: {IO_MOLTEN_ROCK_SPENCER_2020.magma_viscosity_pa_s:g}]",
)
@click.option(
    "--map", "map_path", type=NewFile(_MAP_KINDS), metavar="FILE", help="Heat-flow map to write: .csv, .png or .tif."
)
@out_option("JSON, map, table and figures.")
@json_option
@overwrite_option
@quiet_option
def command(
    model: str,
    frequency: float | None,
    degree: int,
    ocean: bool,
    drag: float | None,
    magma_viscosity: float | None,
    map_path: Path | None,
    out: Path | None,
    as_json: bool,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Love numbers and tidal heating of a layered interior.

    MODEL is a TOML file, or the name of a published interior. Liquids are at rest in them, but for the ocean where it
    is asked for; it comes as the object `ocean` of the JSON, beside the answers for the liquid at rest.
    """
    from perijove.cli.tides.interior_argument import interior_argument
    from perijove.cli.tides.moving_ocean import asked_viscosity_pa_s, magma_report, moving_ocean
    from perijove.export.tidal_summary import body_report, heating_report, love_report, ocean_report
    from perijove.tides.heating import tidal_heating
    from perijove.tides.love import love_numbers

    viscosity = asked_viscosity_pa_s(drag, magma_viscosity, ocean=ocean)
    interior = interior_argument(model)
    if frequency is not None:
        orbit = dataclasses.replace(interior.orbit, angular_frequency_rad_s=frequency)
        interior = dataclasses.replace(interior, orbit=orbit)
    heating = tidal_heating(interior)
    report = {**body_report(interior), **love_report(heating.love, 2), **heating_report(heating)}
    if degree != 2:
        report |= love_report(love_numbers(interior, interior.orbit.angular_frequency_rad_s, degree=degree), degree)
    tide = None
    if ocean:
        tide = moving_ocean(interior, drag, viscosity)
        report["ocean"] = {**magma_report(tide, viscosity), **ocean_report(tide)}
    text = json.dumps(report, indent=2, allow_nan=False)
    facts = _fact_line(report)
    with steps("tides", quiet=quiet) as tell:
        if map_path is not None:
            tell("map")
            with _one_file(map_path, overwrite=overwrite) as path:
                _write_map(path, heating, facts)
        if out is not None:
            tell("figures")
            _write_all(out, heating, facts, text, tide, report.get("ocean", {}), overwrite=overwrite)
    if as_json:
        click.echo(text)
    else:
        for line in _printed(report):
            click.echo(line)


def _write_all(
    out: Path,
    heating: "TidalHeating",
    facts: str,
    text: str,
    tide: "OceanTide | None",
    ocean: Mapping[str, Any],
    *,
    overwrite: bool,
) -> None:
    """JSON, map as figure, table and GeoTIFF, the figure of the interior, and those of an ocean that moves."""
    from perijove.cli.tides.moving_ocean import write_ocean_figure, write_ocean_map

    with ProductSet(out, overwrite=overwrite) as products:
        products.path("tides.json").write_text(text + "\n", encoding="utf-8")
        for kind in _MAP_KINDS:
            _write_map(products.path(f"heat-flow{kind}"), heating, facts)
        _write_interior_figure(products.path("interior.png"), heating, facts)
        if tide is not None:
            body, source = heating.interior, _footer(heating.interior)
            write_ocean_map(products.path("ocean-heat-flow.png"), tide, interior=body, report=ocean, source=source)
            write_ocean_figure(products.path("ocean-tides.png"), tide, interior=body, report=ocean, source=source)
