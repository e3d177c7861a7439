"""``perijove encounter``: one pass of Juno by a moon, with table, figures and files."""

from pathlib import Path

import click

from perijove.cli.ephemeris_choice import known_target
from perijove.cli.handover import as_json, hand_over, new_files, refuse_standing
from perijove.cli.option_types import Number
from perijove.cli.options import (
    basemap_options,
    body_option,
    json_option,
    kernels_option,
    out_option,
    overwrite_option,
    perijove_choice,
    quiet_option,
    solution_option,
)
from perijove.cli.passes.pass_argument import named_pass
from perijove.cli.rules import typed_command
from perijove.cli.talk import steps
from perijove.constants import SECONDS_PER_HOUR
from perijove.errors import InputError
from perijove.export.answer import provenance
from perijove.export.encounter_record import encounter_geojson, encounter_record, encounter_text
from perijove.passes.encounter import Encounter, encounter

__all__ = ["command"]


@click.command("encounter")
@perijove_choice("perijove encounter PJ57")
@body_option("IO, EUROPA, GANYMEDE or CALLISTO.", default="IO")
@click.option("--hours", type=Number(0.01, 12.0), default=0.5, show_default=True, help="Reach of the files.")
@out_option("JSON, CSV, GeoJSON and figures.")
@basemap_options("Under the ground track.")
@kernels_option()
@solution_option
@json_option
@overwrite_option
@quiet_option
def command(
    perijove: int,
    body: str,
    hours: float,
    out: Path | None,
    basemap: Path | None,
    basemap_left_lon: float,
    kernels: Path | None,
) -> None:
    """Print what Juno's pass by a moon was like at PERIJOVE, such as PJ57 or 57.

    With --out also write the geometry along the pass, the ground track, and figures.
    """
    moon = known_target(body)
    if moon == "JUPITER":
        raise InputError("--body JUPITER: a perijove is no encounter with a moon; see perijove passes")
    named = named_pass(perijove, moon, kernels)
    found = encounter(
        named.source, named.approach, named.at_perijove, known_tdb=named.reach_tdb, reach_s=hours * SECONDS_PER_HOUR
    )
    record = encounter_record(found, named.source_name)
    if out is not None:
        text = as_json(record, ephemeris=named.source_name)
        _write(found, text, named.source_name, out, basemap=basemap, left_lon=basemap_left_lon)
    hand_over(record, encounter_text(found, named.source_name), ephemeris=named.source_name)


def _write(found: Encounter, text: str, source: str, out: Path, *, basemap: Path | None, left_lon: float) -> None:
    """JSON, table, ground track and figures, all or none."""
    from perijove.export.geojson import write_geojson
    from perijove.export.geometry_table import table_csv
    from perijove.figures.named_places import named_places
    from perijove.figures.passes.ground_track import draw_ground_track
    from perijove.figures.passes.timeline import draw_timeline
    from perijove.figures.style import save_figure
    from perijove.formats.base_map import read_base_map

    names = [f"{found.stem}{end}" for end in (".json", ".csv", ".geojson", "-timeline.png", "-track.png")]
    refuse_standing(out, names)
    base_map = read_base_map(basemap, left_lon_east_deg=left_lon) if basemap is not None else None
    with steps(found.stem) as tell, new_files(out) as products:
        json_path, csv_path, geojson_path, timeline_path, track_path = map(products.path, names)
        tell("geometry")
        series = found.series()
        json_path.write_text(text, encoding="utf-8")
        csv_path.write_text(table_csv(series), encoding="utf-8")
        layer = encounter_geojson(found, series)
        write_geojson(geojson_path, layer | {"provenance": provenance(command=typed_command(), ephemeris=source)})
        tell("timeline")
        save_figure(draw_timeline(series, found.approach, source=source), timeline_path)
        tell("ground track")
        features = named_places(found.approach.moon)
        figure = draw_ground_track(series, found.approach, base_map=base_map, features=features, source=source)
        save_figure(figure, track_path)
