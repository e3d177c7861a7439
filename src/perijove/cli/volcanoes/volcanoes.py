"""``perijove volcanoes``: what is known of Io's hot spots, by name, by place, and by what a pass saw."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from perijove.cli.handover import hand_over
from perijove.cli.option_types import Number, Perijove
from perijove.cli.options import csv_option, json_option, kernels_option, quiet_option, solution_option
from perijove.cli.rules import needs, not_with, only_one_of
from perijove.cli.talk import steps
from perijove.cli.volcanoes.heat import budget, changes, fit
from perijove.errors import InputError

__all__ = ["command"]

_MANY = 3
_FARTHEST_KM = 1e5  # as for coverage


class _ByName(click.Group):
    """A group whose first word may be a volcano: then, and where only options stand, it shows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``show`` in front of what is no subcommand."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.command("volcanoes", cls=_ByName)
def command() -> None:
    """Io's hot spots in one catalogue: perijove volcanoes NAME shows one; build makes the catalogue."""


for _each in (budget, changes, fit):
    command.add_command(_each)


@command.command("show", short_help="Sources by name, place or pass; may be left out.")
@click.argument("name", required=False)
@click.option("--near", type=(Number(-90.0, 90.0), Number(-360.0, 360.0)), metavar="LAT LON", help="Place, deg east.")
@click.option(
    "--within",
    "within_km",
    type=Number(0.0, 5800.0, min_open=True),
    default=300.0,
    show_default=True,
    metavar="KM",
    help="With --near: how far.",
)
@click.option("--in-view", type=Perijove(), metavar="PERIJOVE", help="Only what Juno could see on this pass.")
@click.option("--geojson", "as_geojson", is_flag=True, help="Print the sources as GeoJSON points.")
@kernels_option("For --in-view, in place of the built-in ephemeris.")
@solution_option
@json_option
@csv_option
@quiet_option
@only_one_of("--geojson", "--json", "--csv")
@needs("--within", "--near", why="it is the distance from there")
@needs("--kernels", "--in-view", why="they say where Juno was")
@not_with("--near", "NAME", why="a name has its place")
def show(
    name: str | None,
    near: tuple[float, float] | None,
    within_km: float,
    in_view: int | None,
    as_geojson: bool,
    kernels: Path | None,
) -> None:
    """Show sources of a NAME or identifier, near a place, or in view on a pass; without any, all of them.

    Powers, areas and temperatures are those of Davies et al. (2024). With up to three sources, what was measured at
    them follows. In view is geometry: where instruments looked is not considered. Where there is no catalogue yet, it
    is built first.
    """
    from perijove.archive.volcano_tables import catalogue_at_hand
    from perijove.export.volcanoes.sources import (
        observation_lines,
        source_lines,
        source_record,
        sources_csv,
        sources_geojson,
    )

    places = None
    with steps("volcanoes") as tell, catalogue_at_hand(tell) as catalogue:
        rows = catalogue.sources(name, near=near, within_km=within_km)
        if name is not None and not rows:
            raise InputError(f"{name!r}: no source of that name{_like(name, catalogue)}; give a place with --near")
        if in_view is not None:
            rows, places = _in_view(rows, in_view, kernels, tell)
        measured = {row["source_id"]: catalogue.observations([row["source_id"]]) for row in rows[:_MANY]}
    if as_geojson:
        click.echo(sources_geojson(rows).removesuffix("\n"))
        return
    few = len(rows) <= _MANY
    lines = source_lines(rows)
    if few:
        for row in rows:
            lines += [f"{row['source_id']}:", *observation_lines(measured[row["source_id"]])]
    records = [{**source_record(row), **({"observations": measured[row["source_id"]]} if few else {})} for row in rows]
    hand_over({"sources": records}, "\n".join(lines), csv=lambda: sources_csv(rows), ephemeris=places)


def _like(name: str, catalogue: Any) -> str:  # noqa: ANN401  # VolcanoCatalogue, loaded late
    from difflib import get_close_matches

    known = [str(row["alias"]) for row in catalogue.rows("SELECT DISTINCT alias FROM alias ORDER BY alias")]
    close = get_close_matches(name, known, n=3)
    return f" (perhaps {', '.join(close)})" if close else ""


def _in_view(
    rows: list[dict[str, Any]], perijove: int, kernels: Path | None, tell: Callable[[str], None]
) -> tuple[list[dict[str, Any]], str]:
    from perijove.cli.passes.pass_argument import named_pass
    from perijove.passes.coverage import pass_window
    from perijove.studies.volcanoes_in_view import sources_in_view

    tell(f"PJ{perijove}")
    found = named_pass(perijove, "IO", kernels)
    window = pass_window(
        found.source,
        "IO",
        found.approach.tdb,
        max_altitude_km=_FARTHEST_KM,
        reach_s=found.reach_tdb,
        name=found.name,
    )
    return sources_in_view(rows, [window]), found.source_name


@command.command("build", short_help="Make the catalogue out of the published tables.")
@click.option(
    "--tables",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder with the tables. Default: those of the data set io-volcanoes.",
)
@json_option
@quiet_option
def build(tables: Path | None) -> None:
    """Read the published tables, join their entries into sources, and write the catalogue into the user's cache.

    Rows that contradict themselves are listed; with --json also every match that may be wrong.
    """
    from perijove.archive.volcano_tables import catalogue_path, volcano_tables
    from perijove.export.answer import SOFTWARE
    from perijove.export.volcanoes.sources import build_lines
    from perijove.volcanoes.database import VolcanoCatalogue, build_catalogue

    with steps("volcanoes") as tell:
        files, geology = volcano_tables(tables)
        tell("reading and joining")
        target = catalogue_path()
        sources, read = build_catalogue(files, target, geology=geology, software=SOFTWARE)
        with VolcanoCatalogue.open(target) as catalogue:
            doubtful = catalogue.doubtful()
            doubts = catalogue.rows("SELECT * FROM row_doubt")
    joined = [one for source in sources for one in source.entries]
    record: dict[str, Any] = {
        "catalogue": str(target),
        "sources": len(sources),
        "observations": sum(len(table.readings) for table in read.values()),
        "tables": {
            name: {
                "entries": len(table.entries),
                "matches": dict(Counter(one.match.method for one in joined if one.entry.table == name)),
                "doubtful": sum(row["source_table"] == name for row in doubtful),
            }
            for name, table in read.items()
        },
        "row_doubts": doubts,
        "doubtful_matches": doubtful,
    }
    hand_over(record, "\n".join(build_lines(record)))
