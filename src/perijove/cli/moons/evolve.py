"""``perijove evolve``: what tides do to the Laplace resonance over millions of years."""

from pathlib import Path

import click

from perijove.cli.handover import hand_over, new_files, refuse_standing
from perijove.cli.option_types import Number, Whole
from perijove.cli.options import json_option, out_option, overwrite_option, quiet_option, seed_option, years_option
from perijove.cli.talk import steps

__all__ = ["command"]

_FIGURE, _TABLE = "tidal_evolution.png", "tidal_evolution.csv"
_LONGEST_YEARS = 4.6e9


@click.command("evolve")
@years_option(0.0, _LONGEST_YEARS, default=1e8)
@click.option("--backwards", is_flag=True, help="Into the past.")
@click.option(
    "--estimate",
    type=click.Choice(["lainey-2009", "juno-2025"]),
    default="lainey-2009",
    show_default=True,
    help="Whose k2/Q: of Jupiter from astrometry, or of Io from Juno; the other from the rate of Io's orbit.",
)
@click.option("--jupiter-k2-over-q", type=Number(0.0, 1.5), help="k2/Q of Jupiter in place of the estimate's.")
@click.option("--io-k2-over-q", type=Number(0.0, 1.5), help="k2/Q of Io in place of the estimate's.")
@click.option(
    "--draws",
    type=Whole(0, 1000),
    default=40,
    show_default=True,
    help="Evolutions that show the errors of k2/Q; 0 for none.",
)
@seed_option
@out_option("figure (PNG) and table (CSV).")
@overwrite_option
@json_option
@quiet_option
def command(
    years: float,
    backwards: bool,
    estimate: str,
    jupiter_k2_over_q: float | None,
    io_k2_over_q: float | None,
    draws: int,
    seed: int,
    out: Path | None,
) -> None:
    """Evolve the Laplace resonance of Io, Europa and Ganymede under tides."""
    from perijove.errors import InputError
    from perijove.evolution.tidal_report import tidal_report
    from perijove.export.tidal_record import tidal_record, tidal_text, write_tidal_table

    if draws == 1:
        raise InputError("--draws 1: errors need at least two draws; 0 leaves them out")
    refuse_standing(out, (_FIGURE, _TABLE))
    with steps("evolve") as tell:
        tell("integrating")
        report = tidal_report(
            -years if backwards else years,
            estimate=estimate,
            jupiter_k2_over_q=jupiter_k2_over_q,
            io_k2_over_q=io_k2_over_q,
            draws=draws,
            seed=seed,
        )
        if out is not None:
            tell("drawing")
            from perijove.figures.moons.tidal_evolution import tidal_evolution_figure
            from perijove.figures.style import save_figure

            with new_files(out) as products:
                write_tidal_table(report, products.path(_TABLE))
                save_figure(tidal_evolution_figure(report), products.path(_FIGURE))
    hand_over(tidal_record(report), tidal_text(report))
