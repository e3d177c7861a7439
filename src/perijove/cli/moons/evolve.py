"""``perijove evolve``: what tides do to the Laplace resonance over millions of years."""

from pathlib import Path

import click

from perijove.cli.handover import hand_over, new_files, refuse_standing
from perijove.cli.option_types import Number, Whole
from perijove.cli.options import json_option, out_option, overwrite_option, quiet_option, seed_option, years_option
from perijove.cli.rules import given, needs
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
    "--jupiter-exponent",
    type=Number(-10.0, 10.0),
    default=0.0,
    show_default=True,
    help="Jupiter's k2/Q goes with this power of the tide's frequency, equal at Io's; 1 is a constant time lag.",
)
@click.option(
    "--lock",
    type=click.Choice(["io", "europa", "ganymede", "callisto"], case_sensitive=False),
    help="Moon whose tide keeps in step with an oscillation of Jupiter (Fuller et al. 2016), whatever k2/Q that takes.",
)
@click.option(
    "--lock-gyr",
    type=Number(0.0, 1e6, min_open=True),
    default=20.0,
    show_default=True,
    help="Time in which the oscillation's frequency grows, 1e9 years.",
)
@needs("--lock-gyr", "--lock", why="it says how fast the lock moves")
@click.option(
    "--feedback",
    type=Number(0.0, 1e4, min_open=True),
    metavar="TW",
    help="Io's k2/Q follows its temperature (Ojakangas & Stevenson 1986); heat that at melting leaves by convection.",
)
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
    jupiter_exponent: float,
    lock: str | None,
    lock_gyr: float,
    feedback: float | None,
    draws: int,
    seed: int,
    out: Path | None,
) -> None:
    """Evolve the Laplace resonance of Io, Europa and Ganymede under tides."""
    from perijove.errors import InputError
    from perijove.evolution.tidal_laws import TidalLaws
    from perijove.evolution.tidal_model import ResonanceLock
    from perijove.evolution.tidal_report import tidal_report
    from perijove.export.tidal_record import tidal_record, tidal_text, write_tidal_table

    if draws == 1:
        raise InputError("--draws 1: errors need at least two draws; 0 leaves them out")
    if jupiter_k2_over_q is not None and io_k2_over_q is not None and given("--estimate"):
        raise InputError("--estimate: both k2/Q were given, and nothing is left to take from it; leave one out")
    laws = TidalLaws(
        jupiter_exponent=jupiter_exponent,
        lock=None if lock is None else ResonanceLock(lock.upper(), lock_gyr * 1e9),
        feedback_w=None if feedback is None else feedback * 1e12,
    )
    refuse_standing(out, (_FIGURE, _TABLE))
    with steps("evolve") as tell:
        tell("integrating")
        report = tidal_report(
            -years if backwards else years,
            estimate=estimate,
            jupiter_k2_over_q=jupiter_k2_over_q,
            io_k2_over_q=io_k2_over_q,
            laws=laws,
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
