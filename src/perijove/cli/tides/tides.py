"""``perijove tides``: Love numbers and tidal heating of an interior."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020
from perijove.cli.handover import as_json, hand_over, new_file, new_files
from perijove.cli.option_types import NewFile, Number
from perijove.cli.options import (
    degree_option,
    frequency_option,
    json_option,
    out_option,
    overwrite_option,
    quiet_option,
)
from perijove.cli.rules import needs, only_one_of
from perijove.cli.talk import steps
from perijove.export.atomic import ProductSet

if TYPE_CHECKING:
    from perijove.studies.body_tides import BodyTides

__all__ = ["command"]

_MAP_KINDS = (".csv", ".png", ".tif")


@click.command("tides")
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
@needs("--drag", "--ocean", why="it holds the ocean that moves")
@needs("--magma-viscosity", "--ocean", why="it is that of the ocean that moves")
@only_one_of("--drag", "--magma-viscosity")
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
) -> None:
    """Love numbers and tidal heating of a layered interior.

    MODEL is a TOML file, or a published interior: steinke-2020-a, steinke-2020-b or five-layer. Liquids are at rest in
    them, but for the ocean where it is asked for; it comes as the object `ocean` of the JSON, beside the answers for
    the liquid at rest.
    """
    from perijove.cli.tides.interior_argument import interior_argument
    from perijove.export.interiors.tides import tides_lines, tides_record
    from perijove.studies.body_tides import body_tides

    interior = interior_argument(model)
    if frequency is not None:
        orbit = dataclasses.replace(interior.orbit, angular_frequency_rad_s=frequency)
        interior = dataclasses.replace(interior, orbit=orbit)
    tides = body_tides(interior, degree=degree, ocean=ocean, drag_per_s=drag, magma_viscosity_pa_s=magma_viscosity)
    record = tides_record(tides)
    with steps("tides") as tell:
        if map_path is not None:
            tell("map")
            with new_file(map_path) as place:
                _write_map(place, tides, record)
        if out is not None:
            tell("figures")
            with new_files(out) as products:
                products.path("tides.json").write_text(as_json(record), encoding="utf-8")
                for kind in _MAP_KINDS:
                    _write_map(products.path(f"heat-flow{kind}"), tides, record)
                _draw(products, tides, record)
    hand_over(record, "\n".join(tides_lines(record)))


def _write_map(path: Path, tides: "BodyTides", record: dict[str, object]) -> None:
    """Write the heat-flow map in the format that the name's end asks for."""
    from perijove.export.interiors.heat_flow import write_flux_geotiff, write_flux_table
    from perijove.export.interiors.tides import tides_fact_line
    from perijove.figures.interiors.tidal_heating import HeatFlowMap, heat_flow_figure
    from perijove.figures.style import save_figure

    name, flux, facts = tides.interior.name, tides.heating.flux_w_m2, tides_fact_line(record)
    if path.suffix.lower() == ".csv":
        write_flux_table(path, flux)
    elif path.suffix.lower() == ".tif":
        write_flux_geotiff(path, flux, name=name, facts=facts)
    else:
        title = f"Tidal heat flow: {name}"
        drawn = HeatFlowMap.of(name, flux)
        save_figure(heat_flow_figure([drawn], title=title, facts=facts, source=tides.interior.source), path)


def _draw(products: ProductSet, tides: "BodyTides", record: dict[str, object]) -> None:
    """The figure of the interior, and those of an ocean that moves."""
    from perijove.export.interiors.tides import ocean_fact_line, tides_fact_line
    from perijove.figures.interiors.ocean_tides import OBSERVED_OF_IO, ocean_tide_figure
    from perijove.figures.interiors.tidal_heating import HeatFlowMap, InteriorProfile, heat_flow_figure, interior_figure
    from perijove.figures.style import save_figure
    from perijove.ocean.sweep import ocean_sweep

    name, source = tides.interior.name, tides.interior.source
    profile, facts = InteriorProfile.of(tides.heating), tides_fact_line(record)
    figure = interior_figure(profile, title=f"Interior: {name}", facts=facts, source=source)
    save_figure(figure, products.path("interior.png"))
    if tides.ocean is not None:
        layer, facts = tides.ocean.ocean, ocean_fact_line(record)
        drawn = HeatFlowMap.of(f"{layer.name}, {layer.thickness_km:.4g} km", tides.ocean.flux_w_m2)
        figure = heat_flow_figure([drawn], title=f"Heat of the moving ocean: {name}", facts=facts, source=source)
        save_figure(figure, products.path("ocean-heat-flow.png"))
        sweep = ocean_sweep(tides.interior, layer.name, magma_viscosity_pa_s=tides.magma_viscosity_pa_s)
        title = f"Tides in a magma ocean: {name}"
        figure = ocean_tide_figure(sweep, OBSERVED_OF_IO, title=title, facts=facts, source=source)
        save_figure(figure, products.path("ocean-tides.png"))
