"""``perijove passes``: Juno's perijoves and how near it came to the moons."""

from collections.abc import Sequence
from pathlib import Path

import click

from perijove.cli.ephemeris_choice import chosen_ephemeris, known_target
from perijove.cli.handover import hand_over, new_figure, refuse_standing
from perijove.cli.option_types import Whole
from perijove.cli.options import (
    body_option,
    csv_option,
    json_option,
    kernels_option,
    max_altitude_option,
    overwrite_option,
    plot_option,
    solution_option,
)
from perijove.cli.talk import steps
from perijove.constants import SECONDS_PER_DAY
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.export.encounter_record import approaches_of, listed_records, pass_records
from perijove.export.pass_list import pass_csv, pass_text
from perijove.passes.encounter_geometry import geometry_at
from perijove.passes.encounters import Pass, passes
from perijove.passes.mission_table import listed_perijoves
from perijove.passes.windows import known_windows
from perijove.timescales import tdb_to_utc, utc_to_tdb

__all__ = ["command"]

_JUNO = "JUNO"
_ALL_TDB = (-1e10, 1e10)


@click.command("passes")
@click.option("--year", type=Whole(1990, 2070), help="Only perijoves of this year (UTC).")
@body_option("a moon. Default: IO.", many=True)
@max_altitude_option("Passes further off are left out.")
@kernels_option()
@solution_option
@plot_option("altitude at each perijove.")
@overwrite_option
@json_option
@csv_option
def command(
    year: int | None,
    bodies: tuple[str, ...],
    max_altitude: float | None,
    kernels: Path | None,
    plot: Path | None,
) -> None:
    """List Juno's perijoves with its closest approach to Io, or to other moons."""
    moons = tuple(dict.fromkeys(map(known_target, bodies or ("IO",))))
    if "JUPITER" in moons:
        raise InputError("--body JUPITER: every perijove is there already; give a moon")
    if plot is not None:
        _check_figure(plot, moons)
    source, name = chosen_ephemeris(kernels, moons, _JUNO)
    span = _span(year)
    with steps("passes"):
        found = passes(source, *_known(source, span, kernels), moons=moons)
    if max_altitude is not None:
        found = tuple(one for each in found if (one := _below(each, max_altitude)).at_moons)
    if plot is not None:
        _draw(found, moons[0], plot, source=name)
    records = pass_records(found, geometry_at(source, approaches_of(found)))
    if kernels is None and max_altitude is None:
        have = {record["perijove"] for record in records}
        records += listed_records([one for one in listed_perijoves(*span) if one.perijove not in have])
        records.sort(key=lambda record: float(record["jd_tdb"]))
    hand_over({"passes": records}, pass_text(records, name), csv=lambda: pass_csv(records), ephemeris=name)


def _check_figure(out: Path, moons: Sequence[str]) -> None:
    """Refuse what cannot be drawn before any work is done."""
    if len(moons) > 1:
        raise InputError(f"--plot draws one moon, but {', '.join(moons)} were given; give one --body")
    refuse_standing(out)


def _draw(found: Sequence[Pass], moon: str, out: Path, *, source: str) -> None:
    from perijove.figures.passes.perijove_list import draw_perijove_list

    if not any(one.at(moon) for one in found):
        raise InputError(f"--plot {out}: no pass by {moon} is left to draw; ask for more years or a larger altitude")
    new_figure(out, draw_perijove_list(found, moon=moon, source=source))


def _span(year: int | None) -> tuple[float, float]:
    """From when to when, TDB; without a year always."""
    if year is None:
        return _ALL_TDB
    start, end = (float(utc_to_tdb(f"{y:04d}-01-01T00:00:00")) for y in (year, year + 1))
    return start, end


def _known(source: Ephemeris, span: tuple[float, float], kernels: Path | None) -> tuple[float, float]:
    """Part of a span in which passes can be looked for; an instant where only the mission's table knows of some."""
    try:
        windows = known_windows(source, _JUNO, *span)
    except InputError as error:
        year = tdb_to_utc(span[0] + SECONDS_PER_DAY)[:4]
        if kernels is not None:
            raise InputError(f"--year {year}: no pass of Juno is known to these kernels") from error
        if not listed_perijoves(*span):
            raise InputError(
                f"--year {year}: no pass of Juno is known; the mission's table has 2016 to 2026"
            ) from error
        return ARCS[0].start_tdb, ARCS[0].start_tdb + 1.0
    return (windows[0][0], windows[-1][1]) if span == _ALL_TDB else span


def _below(one: Pass, altitude_km: float) -> Pass:
    near = tuple(approach for approach in one.at_moons if approach.altitude_km <= altitude_km)
    return Pass(one.perijove, one.at_jupiter, near)
