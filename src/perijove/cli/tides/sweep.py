"""``perijove sweep``: Love numbers and heat over grids of interiors."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

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
from perijove.export.atomic import ProductSet, refuse_existing

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
    as_json: bool,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Love numbers and heat over a grid of interiors.

    MODEL is a TOML file, the name of a published interior, or a family: partially-molten, magma-ocean.
    """
    from perijove.export.answer import answer_json
    from perijove.export.interiors.sweep import sweep_lines, sweep_record
    from perijove.tides.sweep import axis_from_text, swept

    _refuse_standing(table, plot, overwrite=overwrite)
    given = [axis_from_text(text) for text in axes]
    sweep = _sweep(model, given, frequency, degree)
    if plot is not None and (len(given) > 2 or degree != 2):
        raise InputError(f"--plot {plot}: shows one or two axes of degree 2, not {len(given)} of degree {degree}")
    with steps("sweep", quiet=quiet) as tell:
        tell(f"{len(sweep)} interiors")
        done = swept(
            sweep, threads=threads, scheduler=scheduler, tell=lambda share: tell(f"{len(sweep)} interiors, {share:.0%}")
        )
        _write(done, table, plot, overwrite=overwrite)
    if as_json:
        click.echo(answer_json(sweep_record(done), command=typed_command()), nl=False)
    else:
        click.echo("\n".join(sweep_lines(done)))


def _sweep(model: str, axes: "list[Axis]", frequency: float | None, degree: int) -> "Sweep":
    """Sweep of a family, a published interior or one from a file."""
    from perijove.cli.tides.interior_argument import interior_argument
    from perijove.interior.families import FAMILIES
    from perijove.tides.sweep import Sweep

    of = model if model in FAMILIES else interior_argument(model, others=tuple(FAMILIES))
    return Sweep.of(of, axes, frequency_rad_s=frequency, degree=degree)


def _refuse_standing(table: Path | None, plot: Path | None, *, overwrite: bool) -> None:
    """Refuse files that stand there, before the work."""
    if not overwrite:
        for path in (table, plot):
            if path is not None:
                refuse_existing(path.parent, [path.name])


def _write(table: "SweepTable", out: Path | None, plot: Path | None, *, overwrite: bool) -> None:
    """Table and figure, each whole or not at all."""
    if out is not None:
        from perijove.export.interiors.sweep import write_sweep_arrays, write_sweep_table

        with ProductSet(out.parent, overwrite=overwrite) as products:
            if out.suffix.lower() == ".npz":
                write_sweep_arrays(table, products.path(out.name), command=typed_command())
            else:
                write_sweep_table(table, products.path(out.name))
    if plot is not None:
        from perijove.figures.interiors.sweep import sweep_figure
        from perijove.figures.style import save_figure

        with ProductSet(plot.parent, overwrite=overwrite) as products:
            save_figure(sweep_figure(table), products.path(plot.name))
