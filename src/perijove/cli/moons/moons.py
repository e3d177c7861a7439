"""``perijove moons``: where the Galilean moons are."""

from pathlib import Path

import click
import numpy as np

from perijove.cli.ephemeris_choice import built_in, only_kernels
from perijove.cli.handover import hand_over
from perijove.cli.options import (
    body_option,
    correction_option,
    csv_option,
    json_option,
    kernels_option,
    observer_option,
    solution_option,
    times_arguments,
)
from perijove.cli.times import times_or_file
from perijove.ephemeris.frames import FRAMES, frame_name
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.source import Ephemeris
from perijove.ephemeris.state_table import state_table
from perijove.export.state_table import states_csv, states_record, states_text
from perijove.timescales import Scale

__all__ = ["command"]


@click.command("moons")
@times_arguments
@body_option("Default: the four moons.", many=True)
@observer_option("JUPITER")
@correction_option("NONE")
@click.option("--frame", default="ICRF", show_default=True, help=f"{', '.join(FRAMES)}; with kernels also theirs.")
@kernels_option()
@solution_option
@json_option
@csv_option
def command(
    times: tuple[str, ...],
    times_file: Path | None,
    scale: Scale | None,
    bodies: tuple[str, ...],
    observer: str,
    correction: str,
    frame: str,
    kernels: Path | None,
) -> None:
    """Print where the Galilean moons are and how fast they move.

    TIME is 2024-12-27T01:18:13, 2024-362T01:18:13 or JD2460671.55432. Without kernels the moons are known from 1930 to
    2070, and so are the SUN, the EARTH and JUPITER; the standard error of each position is printed with it, and what of
    it is our difference from JPL's solution.
    """
    tdb = times_or_file(times, times_file, scale, example="perijove moons 2024-12-27T01:18:13")
    source, name = _source(kernels, observer, tdb)
    table = state_table(
        source,
        bodies or MOONS,
        tdb,
        observer=observer,
        correction=correction,
        frame=frame.upper() if kernels else frame_name(frame),
    )
    hand_over(
        lambda: states_record(table),
        lambda: states_text(table, name),
        csv=lambda: states_csv(table),
        ephemeris=name,
    )


def _source(kernels: Path | None, observer: str, tdb: np.ndarray) -> tuple[Ephemeris, str]:
    """Ephemeris to ask, and its name."""
    if kernels is None:
        return built_in(observer.upper(), tdb)
    name = only_kernels()
    from perijove.ephemeris.spice.kernels import Kernels
    from perijove.ephemeris.spice.source import kernel_ephemeris

    return kernel_ephemeris(Kernels(kernels)), name
