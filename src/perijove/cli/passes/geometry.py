"""``perijove geometry``: how a body looks from another, time by time."""

from pathlib import Path

import click
import numpy as np

from perijove.cli.ephemeris_choice import chosen_ephemeris, known_target
from perijove.cli.handover import AS_CSV, AS_JSON, hand_over, new_file, refuse_standing
from perijove.cli.options import (
    body_option,
    correction_option,
    csv_option,
    from_option,
    json_option,
    kernels_option,
    observer_option,
    overwrite_option,
    solution_option,
    step_option,
    table_option,
    times_arguments,
    to_option,
)
from perijove.cli.rules import noted
from perijove.cli.times import stepped_tdb, times_or_file
from perijove.ephemeris.apparent import check_correction
from perijove.errors import InputError
from perijove.export.geometry_table import geometry_text, table_csv, table_record, write_table_parquet
from perijove.passes.geometry_series import GeometrySeries, geometry_series
from perijove.timescales import Scale

__all__ = ["command"]

_EXAMPLE = "perijove geometry 2023-12-30T08:36:01 --body io"
_TABLES = (".csv", ".parquet")


@click.command("geometry")
@times_arguments
@body_option("IO, EUROPA, GANYMEDE, CALLISTO or JUPITER.", required=True)
@observer_option("JUNO", others="EARTH, SUN, a moon; others need --kernels.")
@from_option()
@to_option()
@step_option
@correction_option("LT+S")
@kernels_option()
@solution_option
@json_option
@csv_option
@table_option("all columns,", ends=_TABLES)
@overwrite_option
def command(
    times: tuple[str, ...],
    body: str,
    observer: str,
    times_file: Path | None,
    start: str | None,
    end: str | None,
    step: str | None,
    scale: Scale | None,
    correction: str,
    kernels: Path | None,
    table: Path | None,
) -> None:
    """Print range, sub-points, light and resolution of a body as another sees it.

    Give TIMEs, --times FILE, or --from, --to and --step. Juno is built in around perijoves 34 to 76.
    """
    refuse_standing(table)
    body = known_target(body)
    tdb = _times(times, times_file, (start, end, step), scale)
    source, name = chosen_ephemeris(kernels, (body,), observer, tdb)
    series = geometry_series(source, body, tdb, observer=observer, correction=check_correction(correction))
    if table is not None:
        with new_file(table) as place:
            _write(place, series, ephemeris=name)
    if table is None or noted(AS_JSON) or noted(AS_CSV):
        hand_over(
            lambda: table_record(series, ephemeris=name),
            lambda: geometry_text(series, name),
            csv=lambda: table_csv(series),
            ephemeris=name,
        )


def _write(path: Path, series: GeometrySeries, *, ephemeris: str) -> None:
    """Write all columns in the format that the name's end asks for."""
    if path.suffix.lower() == ".csv":
        path.write_text(table_csv(series), encoding="utf-8")
    else:
        write_table_parquet(path, series, ephemeris=ephemeris)


def _times(
    times: tuple[str, ...], file: Path | None, span: tuple[str | None, str | None, str | None], scale: Scale | None
) -> np.ndarray:
    """TDB of all times asked for."""
    start, end, step = span
    if start is None and end is None and step is None:
        return times_or_file(times, file, scale, example=_EXAMPLE)
    if times or file is not None:
        raise InputError("times came one by one or in a file and as a span too; choose one")
    if start is None or end is None or step is None:
        raise InputError("a span needs --from, --to and --step; give all three")
    return stepped_tdb(start, end, step, scale)
