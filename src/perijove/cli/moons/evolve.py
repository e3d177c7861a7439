"""``perijove evolve``: what tides do to the Laplace resonance over millions of years."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from perijove.cli.option_types import Number
from perijove.cli.options import json_option, out_option, overwrite_option, quiet_option, seed_option, years_option
from perijove.cli.talk import steps

if TYPE_CHECKING:
    from perijove.evolution.tidal_report import TidalReport

__all__ = ["command"]

_FIGURE, _TABLE = "tidal_evolution.png", "tidal_evolution.csv"
_LONGEST_YEARS = 4.6e9


def _summary(report: "TidalReport") -> str:
    """What a reader wants first."""
    now, run = report.present, report.evolution
    rows = [
        f"k2/Q of Jupiter {report.jupiter_k2_over_q:.4g}, of Io {report.io_k2_over_q:.4g}",
        "              a (km)  eccentricity  dn/dt/n (1e-10 per year)   with k2/Q as printed",
    ]
    for k, name in enumerate(("Io", "Europa", "Ganymede")):
        rate, error = now.acceleration_per_year[k] * 1e10, report.acceleration_sigma_per_year[k] * 1e10
        shown = f"{rate:+.2f}" + (f" ± {error:.2f}" if np.isfinite(error) else "")
        printed = report.as_printed.acceleration_per_year[k] * 1e10
        rows.append(f"{name:9} {now.a_km[k]:10.0f}  {now.eccentricity[k]:12.5f}  {shown:>24}   {printed:+20.2f}")
    rows.append(f"heat in Io {now.heat_w[0] / 1e12:.1f} TW; free libration {report.libration_days:.0f} days")
    if report.equilibrium is None:
        rows.append("no equilibrium: Io's eccentricity does not settle")
    else:
        there = report.equilibrium
        rows.append(f"at equilibrium: eccentricity {there.eccentricity[0]:.5f}, {there.heat_w[0] / 1e12:.1f} TW")
    end = f"{run.years[-1] / 1e6:+.4g} million years: Io's eccentricity {run.eccentricity[-1, 0]:.5f}, "
    rows.append(end + f"heat {run.heat_w[-1, 0] / 1e12:.3g} TW" + (f"; {run.ended_by}" if run.ended_by else ""))
    rows.append(f"budgets close to {report.energy_closure:.0e} (energy), {report.momentum_closure:.0e} (momentum)")
    return "\n".join(rows)


@click.command("evolve")
@years_option(0.0, _LONGEST_YEARS, default=1e8)
@click.option("--backwards", is_flag=True, help="Into the past.")
@click.option("--jupiter-k2-over-q", type=Number(0.0, 1.5), help="k2/Q of Jupiter; without both: Lainey et al. 2009.")
@click.option("--io-k2-over-q", type=Number(0.0, 1.5), help="k2/Q of Io.")
@click.option(
    "--draws",
    type=click.IntRange(0, 1000),
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
    jupiter_k2_over_q: float | None,
    io_k2_over_q: float | None,
    draws: int,
    seed: int,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Evolve the Laplace resonance of Io, Europa and Ganymede under tides."""
    from perijove.errors import InputError
    from perijove.evolution.tidal_report import tidal_report
    from perijove.export.atomic import ProductSet, refuse_existing
    from perijove.export.tidal_record import tidal_record, write_tidal_table

    if draws == 1:
        raise InputError("--draws 1: errors need at least two draws; 0 leaves them out")
    if out is not None and not overwrite:
        refuse_existing(out, (_FIGURE, _TABLE))
    with steps("evolve", quiet=quiet) as tell:
        tell("integrating")
        report = tidal_report(
            -years if backwards else years,
            jupiter_k2_over_q=jupiter_k2_over_q,
            io_k2_over_q=io_k2_over_q,
            draws=draws,
            seed=seed,
        )
        if out is not None:
            tell("drawing")
            from perijove.figures.moons.tidal_evolution import tidal_evolution_figure
            from perijove.figures.style import save_figure

            with ProductSet(out, overwrite=overwrite) as products:
                write_tidal_table(report, products.path(_TABLE))
                save_figure(tidal_evolution_figure(report), products.path(_FIGURE))
    if as_json:
        click.echo(json.dumps(tidal_record(report), indent=2))
    else:
        click.echo(_summary(report))
