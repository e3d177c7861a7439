"""``perijove pattern``: which heating pattern Io's volcanoes follow."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perijove.cli.handover import as_json, hand_over, new_files, refuse_standing
from perijove.cli.option_types import Number, Whole
from perijove.cli.options import json_option, out_option, overwrite_option, quiet_option, seed_option
from perijove.cli.talk import steps

if TYPE_CHECKING:
    from perijove.studies.heat_pattern import PatternStudy

__all__ = ["command"]

_TABLE = Path("volcanoes", "io_thermal_sources_davies2024.csv")
_FIGURE, _JSON = "heat-pattern.png", "heat-pattern.json"


def _sources_path(given: Path | None) -> Path:
    """The table that is named, or the one in the folder of data."""
    from perijove.errors import InputError

    if given is not None:
        return given
    folder = os.environ.get("PERIJOVE_DATA")
    if not folder:
        raise InputError(
            "no table of volcanoes: give --sources FILE, or a folder with volcanoes/io_thermal_sources_davies2024.csv "
            "as PERIJOVE_DATA; it is table A1 of doi:10.3847/PSJ/ad4346"
        )
    return Path(folder) / _TABLE


@click.command("pattern")
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--sources", type=click.Path(path_type=Path), help="CSV table of thermal sources (Davies et al. 2024).")
@click.option(
    "--polar-completeness",
    type=Number(0.0, 10.0, min_open=True),
    default=1.0,
    show_default=True,
    help="Share of sources seen beyond 60 deg latitude, against the rest.",
)
@click.option("--trials", type=Whole(1, 100_000), default=500, show_default=True, help="Random sets per probability.")
@seed_option
@json_option
@out_option("figure and JSON.")
@overwrite_option
@quiet_option
def command(
    models: tuple[str, ...],
    sources: Path | None,
    polar_completeness: float,
    trials: int,
    seed: int,
    out: Path | None,
) -> None:
    """Which heating pattern Io's volcanoes follow.

    Each MODEL is a TOML file, or the name of a published interior, as for `perijove tides`.
    """
    from perijove.cli.tides.interior_argument import interior_argument
    from perijove.export.interiors.pattern import pattern_record
    from perijove.studies.heat_pattern import compare_with_sources
    from perijove.studies.source_patterns import Completeness, heating_pattern
    from perijove.volcanoes.catalogue import read_thermal_sources

    refuse_standing(out, (_JSON, _FIGURE))
    table = read_thermal_sources(_sources_path(sources))
    with steps("pattern") as tell:
        tell("heating")
        patterns = [heating_pattern(interior_argument(model)) for model in models]
        seen = Completeness(polar_share=polar_completeness)
        study = compare_with_sources(patterns, table, seen=seen, trials=trials, seed=seed, tell=tell)
        report = pattern_record(study)
        if out is not None:
            tell("figure")
            _write(out, study, as_json(report))
    hand_over(report, "\n".join(report["verdict"]))


def _write(out: Path, study: "PatternStudy", text: str) -> None:
    """Figure and JSON."""
    from perijove.figures.interiors.heat_pattern import heat_pattern_figure
    from perijove.figures.style import save_figure
    from perijove.studies.heat_pattern import verdict

    figure = heat_pattern_figure(
        study,
        title="Tidal heat and volcanoes",
        facts=(
            f"{len(study.sources)} sources, {1e-12 * study.sources.total_power_w:.1f} TW; {study.trials} random sets",
            *verdict(study),
        ),
    )
    with new_files(out) as products:
        products.path(_JSON).write_text(text, encoding="utf-8")
        save_figure(figure, products.path(_FIGURE))
