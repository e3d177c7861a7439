"""``perijove sweep``: Love numbers and heat over grids of interiors."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from perijove.cli.handover import hand_over, new_figure, new_file, refuse_standing
from perijove.cli.options import (
    degree_option,
    frequency_option,
    json_option,
    overwrite_option,
    plot_option,
    quiet_option,
    scheduler_option,
    table_option,
    threads_option,
)
from perijove.cli.rules import typed_command
from perijove.cli.talk import steps
from perijove.errors import InputError

if TYPE_CHECKING:
    from perijove.tides.sweep import Axis, Sweep, SweepTable

__all__ = ["command"]

_TABLES = (".csv", ".npz")


@click.command("sweep")
@click.argument("model")
@click.option(
    "--vary",
    "axes",
    multiple=True,
    required=True,
    metavar="AXIS",
    help="Such as layer.2.viscosity_pa_s=1e10:1e20:log:200, melt_fraction=0:0.3:40 of a family, "
    "orbit.eccentricity=0.002,0.004; once per axis.",
)
@frequency_option
@degree_option
@table_option("all interiors,", ends=_TABLES)
@plot_option("Love number and heat over one or two axes.")
@threads_option
@scheduler_option
@json_option
@overwrite_option
@quiet_option
def command(
    model: str,
    axes: tuple[str, ...],
    frequency: float | None,
    degree: int,
    table: Path | None,
    plot: Path | None,
    threads: int,
    scheduler: str | None,
) -> None:
    """Love numbers and heat over a grid of interiors.

    MODEL is a TOML file, the name of a published interior, or a family: partially-molten, magma-ocean.
    """
    from perijove.export.interiors.sweep import sweep_lines, sweep_record
    from perijove.tides.sweep import axis_from_text, swept

    refuse_standing(table)
    refuse_standing(plot)
    given = [axis_from_text(text) for text in axes]
    sweep = _sweep(model, given, frequency, degree)
    if plot is not None and (len(given) > 2 or degree != 2):
        raise InputError(f"--plot {plot}: shows one or two axes of degree 2, not {len(given)} of degree {degree}")
    with steps("sweep") as tell:
        tell(f"{len(sweep)} interiors")
        done = swept(
            sweep, threads=threads, scheduler=scheduler, tell=lambda share: tell(f"{len(sweep)} interiors, {share:.0%}")
        )
        _write(done, table, plot)
    hand_over(sweep_record(done), "\n".join(sweep_lines(done)))


def _sweep(model: str, axes: "list[Axis]", frequency: float | None, degree: int) -> "Sweep":
    """Sweep of a family, a published interior or one from a file."""
    from perijove.cli.tides.interior_argument import interior_argument
    from perijove.interior.families import FAMILIES
    from perijove.tides.sweep import Sweep

    of = model if model in FAMILIES else interior_argument(model, others=tuple(FAMILIES))
    return Sweep.of(of, axes, frequency_rad_s=frequency, degree=degree)


def _write(table: "SweepTable", out: Path | None, plot: Path | None) -> None:
    """Table and figure, each whole or not at all."""
    if out is not None:
        from perijove.export.interiors.sweep import write_sweep_arrays, write_sweep_table

        with new_file(out) as place:
            if out.suffix.lower() == ".npz":
                write_sweep_arrays(table, place, command=typed_command())
            else:
                write_sweep_table(table, place)
    if plot is not None:
        from perijove.figures.interiors.sweep import sweep_figure

        new_figure(plot, sweep_figure(table))
