"""``perijove coverage``: what Juno's passes show of Io, and how well."""

import json
from pathlib import Path
from typing import Any

import click

from perijove import __version__
from perijove.cli.ephemeris_choice import known_target
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
from perijove.cli.talk import steps
from perijove.errors import InputError
from perijove.export.atomic import ProductSet, refuse_existing
from perijove.export.coverage import (
    coverage_features,
    coverage_record,
    look_record,
    write_coverage_geotiff,
    write_looks_table,
)
from perijove.export.geojson import feature_collection, write_geojson
from perijove.passes.coverage import LIGHTS, Coverage, coverage, pass_window
from perijove.passes.feature_looks import FeatureLook, feature_looks

__all__ = ["command"]

_SHOWN = 15


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
    as_json: bool,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Map how well Juno's passes PERIJOVE... (such as PJ57 PJ58) show Io, and list the volcanoes in view.

    What counts is geometry: ground above Juno's horizon. Where instruments looked is not considered.
    """
    moon = known_target(body)
    if moon == "JUPITER":
        raise InputError("--body JUPITER: it has no ground; give a moon")
    with steps("coverage", quiet=quiet) as tell:
        found: list[NamedPass] = []
        for number in perijoves:
            tell(f"PJ{number}")
            found.append(named_pass(number, moon, kernels))
        names = _names(found, moon)
        if out is not None and not overwrite:
            refuse_existing(out, names.values())
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
        record: dict[str, Any] = {
            **coverage_record(mapped),
            "max_altitude_km": max_altitude,
            "ephemeris": found[0].source_name,
            "volcanoes": [look_record(look) for look in looks],
        }
        if out is not None:
            tell("writing")
            _write(out, names, mapped, looks, record, overwrite=overwrite)
    if as_json:
        click.echo(json.dumps(record, indent=1, allow_nan=False))
    else:
        click.echo("\n".join(_lines(record, looks)))


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
    record: dict[str, Any],
    *,
    overwrite: bool,
) -> None:
    """All files, or none."""
    from perijove.figures.named_places import named_places
    from perijove.figures.passes.coverage_map import draw_coverage
    from perijove.figures.style import save_figure

    source = f"Perijove {__version__}, {record['ephemeris']}"
    with ProductSet(out, overwrite=overwrite) as products:
        products.path(names["json"]).write_text(json.dumps(record, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        write_looks_table(products.path(names["table"]), looks)
        shapes = feature_collection(
            coverage_features(mapped, looks), name=Path(names["map"]).stem, body=str(record["body"])
        )
        write_geojson(products.path(names["shapes"]), shapes)
        write_coverage_geotiff(products.path(names["map"]), mapped, tags={"TIFFTAG_SOFTWARE": source})
        figure = draw_coverage(mapped, features=named_places(str(record["body"])), source=source)
        save_figure(figure, products.path(names["figure"]))


def _lines(record: dict[str, Any], looks: list[FeatureLook]) -> list[str]:
    """For people."""
    head = (
        f"{record['body'].capitalize()}: {100.0 * record['seen_fraction']:.1f} % of the surface in view, light: "
        f"{record['light']}, emission below {record['max_emission_deg']:g} deg; {record['ephemeris']}"
    )
    lines = [
        head,
        "",
        f"{'pass':6s} {'from UTC':21s} {'closest UTC':21s} {'to UTC':21s} {'sharpest look':>13s}",
    ]
    for one in record["passes"]:
        times = " ".join(f"{one[name]:21s}" for name in ("start_utc", "closest_approach_utc", "end_utc"))
        lines.append(f"{one['perijove']:6s} {times} {100.0 * one['sharpest_look_fraction']:11.1f} %")
    if not looks:
        return lines
    lines += ["", f"{len(looks)} looks at named paterae and eruptive centres; the sharpest of each pass:"]
    for one in record["passes"]:
        mine = [row for row in record["volcanoes"] if row["perijove"] == one["perijove"]]
        lines += ["", f"{one['perijove']:22s} {'time UTC':21s} {'km':>8s} {'JunoCam':>8s} {'em':>5s} {'inc':>6s} light"]
        lines += [
            f"{row['name'][:22]:22s} {row['time_utc']:21s} {row['range_km']:8.0f} {row['junocam_km_per_px']:8.2f} "
            f"{row['emission_deg']:5.1f} {row['incidence_deg']:6.1f} {row['light']}"
            for row in mine[:_SHOWN]
        ]
        if len(mine) > _SHOWN:
            lines.append(f"and {len(mine) - _SHOWN} more; --json and --out have all")
    return lines
