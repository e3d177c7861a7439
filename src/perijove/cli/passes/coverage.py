"""``perijove coverage``: what Juno's passes show of Io, and how well."""

from pathlib import Path

import click

from perijove.cli.ephemeris_choice import known_target
from perijove.cli.handover import as_json, hand_over, new_files, refuse_standing
from perijove.cli.option_types import Number
from perijove.cli.options import (
    body_option,
    json_option,
    kernels_option,
    max_altitude_option,
    out_option,
    overwrite_option,
    perijove_choice,
    quiet_option,
    solution_option,
)
from perijove.cli.passes.pass_argument import NamedPass, named_pass
from perijove.cli.rules import typed_command
from perijove.cli.talk import steps
from perijove.errors import InputError
from perijove.export.answer import SOFTWARE, provenance
from perijove.export.coverage import (
    coverage_features,
    coverage_lines,
    coverage_record,
    write_coverage_geotiff,
    write_looks_table,
)
from perijove.export.geojson import feature_collection, write_geojson
from perijove.passes.coverage import LIGHTS, Coverage, coverage, pass_window
from perijove.passes.feature_looks import FeatureLook, feature_looks

__all__ = ["command"]


@click.command("coverage")
@perijove_choice("perijove coverage PJ57 PJ58", many=True)
@body_option("IO, EUROPA, GANYMEDE or CALLISTO.", default="IO")
@click.option(
    "--cell",
    type=Number(0.05, 30.0),
    default=1.0,
    show_default=True,
    metavar="DEG",
    help="Size of the map's cells, deg.",
)
@max_altitude_option("Looks from further off are left out.", default=100_000.0)
@click.option(
    "--max-emission", type=Number(0.0, 90.0, min_open=True), default=85.0, show_default=True, help="Of ground, deg."
)
@click.option("--light", type=click.Choice(list(LIGHTS)), default="any", show_default=True, help="Ground that counts.")
@out_option("map (PNG, GeoTIFF), areas (GeoJSON), volcanoes (CSV), JSON.")
@kernels_option()
@solution_option
@json_option
@overwrite_option
@quiet_option
def command(
    perijoves: tuple[int, ...],
    body: str,
    cell: float,
    max_altitude: float,
    max_emission: float,
    light: str,
    out: Path | None,
    kernels: Path | None,
) -> None:
    """Map how well Juno's passes PERIJOVE... (such as PJ57 PJ58) show Io, and list the volcanoes in view.

    What counts is geometry: ground above Juno's horizon. Where instruments looked is not considered.
    """
    moon = known_target(body)
    if moon == "JUPITER":
        raise InputError("--body JUPITER: it has no ground; give a moon")
    with steps("coverage") as tell:
        found: list[NamedPass] = []
        for number in perijoves:
            tell(f"PJ{number}")
            found.append(named_pass(number, moon, kernels))
        names = _names(found, moon)
        refuse_standing(out, names.values())
        windows = [
            pass_window(
                one.source,
                moon,
                one.approach.tdb,
                max_altitude_km=max_altitude,
                reach_s=one.reach_tdb,
                name=one.name,
            )
            for one in found
        ]
        tell("map")
        mapped = coverage(windows, step_deg=cell, light=light, max_emission_deg=max_emission)
        looks = feature_looks(windows, light=light, max_emission_deg=max_emission) if moon == "IO" else []
        source = found[0].source_name
        record = coverage_record(mapped, looks, max_altitude_km=max_altitude, ephemeris=source)
        if out is not None:
            tell("writing")
            _write(out, names, mapped, looks, as_json(record, ephemeris=source), source=source)
    hand_over(record, "\n".join(coverage_lines(record)), ephemeris=source)


def _names(found: list[NamedPass], moon: str) -> dict[str, str]:
    """Names of the files by role."""
    passes = "-".join(one.name.lower() for one in found[:3]) + (
        "" if len(found) <= 3 else f"-and-{len(found) - 3}-more"
    )
    stem = f"{moon.lower()}-coverage-{passes}"
    return {
        "figure": f"{stem}.png",
        "map": f"{stem}.tif",
        "shapes": f"{stem}.geojson",
        "table": f"{stem}-volcanoes.csv",
        "json": f"{stem}.json",
    }


def _write(
    out: Path,
    names: dict[str, str],
    mapped: Coverage,
    looks: list[FeatureLook],
    text: str,
    *,
    source: str,
) -> None:
    """All files, or none."""
    from perijove.figures.named_places import named_places
    from perijove.figures.passes.coverage_map import draw_coverage
    from perijove.figures.style import save_figure

    with new_files(out) as products:
        products.path(names["json"]).write_text(text, encoding="utf-8")
        write_looks_table(products.path(names["table"]), looks)
        stem, body = Path(names["map"]).stem, mapped.windows[0].vantage.body
        layer = feature_collection(coverage_features(mapped, looks), name=stem, body=body)
        layer["provenance"] = provenance(command=typed_command(), ephemeris=source)
        write_geojson(products.path(names["shapes"]), layer)
        write_coverage_geotiff(products.path(names["map"]), mapped, tags={"TIFFTAG_SOFTWARE": f"{SOFTWARE}, {source}"})
        figure = draw_coverage(mapped, features=named_places(body), source=source)
        save_figure(figure, products.path(names["figure"]))
