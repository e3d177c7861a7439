"""``perijove fit``: orbits of the moons, and what governs them, from tables of positions."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perijove.cli.option_types import Number, Time
from perijove.cli.options import (
    from_option,
    json_option,
    out_option,
    overwrite_option,
    prior_option,
    quiet_option,
    to_option,
)
from perijove.cli.talk import steps
from perijove.errors import InputError

if TYPE_CHECKING:
    from perijove.dynamics.system import JovianSystem
    from perijove.fit.adjustment import Observations
    from perijove.fit.report import FitReport
    from perijove.formats.position_table import PositionTable

__all__ = ["command"]

_NAMES = ("fit.json", "fit-residuals.csv", "fit-residuals.png", "fit-correlation.png")


@click.command("fit")
@click.argument("tables", nargs=-1, required=True, metavar="TABLE...")
@click.option(
    "--sigma-km",
    type=Number(1e-9, 1e9),
    default=1.0,
    show_default=True,
    help="Standard error of each coordinate, where a table has no column sigma_km.",
)
@click.option("--gm", is_flag=True, help="Fit the GM of Jupiter and of the four moons.")
@click.option("--j2", is_flag=True, help="Fit J2.")
@click.option("--j4", is_flag=True, help="Fit J4.")
@click.option("--j6", is_flag=True, help="Fit J6.")
@click.option("--pole", is_flag=True, help="Fit Jupiter's pole and its rates.")
@prior_option("NAME=SIGMA", use="It is fitted, with this standard error before: gm.IO, J2, pole_ra ...")
@click.option("--every", type=click.IntRange(min=1), default=1, show_default=True, help="Take every N-th row.")
@from_option("Earlier rows are left out.")
@to_option("Later rows are left out.")
@click.option("--epoch", type=Time(), metavar="TIME", help="Of the initial states. Default: in the middle of the rows.")
@click.option("--iterations", type=click.IntRange(1, 100), default=10, show_default=True, help="At most so many.")
@out_option("JSON, residuals (CSV) and two figures.")
@overwrite_option
@json_option
@quiet_option
def command(
    tables: tuple[str, ...],
    sigma_km: float,
    gm: bool,
    j2: bool,
    j4: bool,
    j6: bool,
    pole: bool,
    priors: tuple[str, ...],
    every: int,
    start: str | None,
    end: str | None,
    epoch: str | None,
    iterations: int,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Fit the moons' initial states to tabulated positions, and with priors GM, J_n and Jupiter's pole.

    TABLE is FILE or MOON=FILE: CSV with jd_tdb,x_km,y_km,z_km[,sigma_km] or jd_tdb,x_au,y_au,z_au, from Jupiter's
    centre on the ICRF's axes. The fit starts from the built-in ephemeris; moons without a table keep its states.
    """
    from perijove.dynamics.fitted_system import JUPITER_AND_MOONS as SYSTEM
    from perijove.ephemeris.galilean import galilean_states
    from perijove.export.atomic import refuse_existing
    from perijove.export.fit_record import fit_record
    from perijove.fit.adjustment import fit_system
    from perijove.fit.observations import refuse_other_units
    from perijove.fit.priors import priors_of
    from perijove.fit.report import fit_report

    if out is not None and not overwrite:
        refuse_existing(out, _NAMES)
    groups = [name for name, wanted in (("gm", gm), ("j2", j2), ("j4", j4), ("j6", j6), ("pole", pole)) if wanted]
    known = priors_of(SYSTEM, groups, _sigmas(priors))
    span = [_time(text) for text in (start, end, epoch)]
    given = _tables(tables, SYSTEM)
    with steps("fit", quiet=quiet) as tell:
        tell("first guess")
        epoch_tdb, observations = _observations(SYSTEM, given, span, sigma_km=sigma_km, every=every)
        states = galilean_states(epoch_tdb)
        refuse_other_units(SYSTEM, observations, states)
        fit = fit_system(
            SYSTEM,
            states,
            observations,
            epoch_tdb=epoch_tdb,
            priors=known,
            free=tuple(given),
            max_iterations=iterations,
            progress=tell,
        )
        report = fit_report(fit, observations)
        record = fit_record(report)
        if out is not None:
            tell("figures")
            _write(
                report, record, out, source=", ".join(table.path.name for table in given.values()), overwrite=overwrite
            )
    if as_json:
        click.echo(json.dumps(record, indent=2, allow_nan=False))
    else:
        click.echo(_summary(report))


def _sigmas(priors: Sequence[str]) -> dict[str, float]:
    """Standard errors by parameter from NAME=SIGMA."""
    sigmas = {}
    for text in priors:
        name, _, number = text.partition("=")
        try:
            sigmas[_spelled(name.strip())] = float(number)
        except ValueError:
            raise InputError(f"--prior {text}: write NAME=SIGMA, for example gm.IO=0.004 or J2=1e-8") from None
    return sigmas


def _spelled(name: str) -> str:
    """Parameter as the library writes it: gm.io is gm.IO, j2 is J2."""
    from perijove.fit.system_parameters import HARMONICS

    kind, dot, body = name.partition(".")
    return (kind.upper() if kind.upper() in HARMONICS else kind.lower()) + dot + body.upper()


def _time(text: str | None) -> float | None:
    from perijove.ephemeris.epochs import times_tdb

    return None if text is None else float(times_tdb(text))


def _tables(arguments: Sequence[str], system: "JovianSystem") -> "dict[str, PositionTable]":
    """Tables by moon."""
    from perijove.fit.observations import body_of_table
    from perijove.formats.position_table import read_position_table

    tables: dict[str, PositionTable] = {}
    for argument in arguments:
        name, equals, file = argument.partition("=")
        if not (equals and name.upper() in system.names):
            name, file = body_of_table(Path(argument), system), argument
        if name.upper() in tables:
            raise InputError(f"{file}: a second table of {name.upper()}; give one of each moon")
        tables[name.upper()] = read_position_table(Path(file))
    return {body: tables[body] for body in system.names if body in tables}


def _observations(
    system: "JovianSystem",
    tables: "Mapping[str, PositionTable]",
    span: Sequence[float | None],
    *,
    sigma_km: float,
    every: int,
) -> "tuple[float, Observations]":
    """Epoch and positions."""
    from perijove.fit.observations import observations_of

    start, end, epoch = span
    observations = observations_of(
        system,
        tables,
        sigma_km=sigma_km,
        every=every,
        start_tdb=-math.inf if start is None else start,
        end_tdb=math.inf if end is None else end,
    )
    return float(observations.tdb[len(observations.tdb) // 2]) if epoch is None else epoch, observations


def _write(report: "FitReport", record: dict[str, object], out: Path, *, source: str, overwrite: bool) -> None:
    from perijove.export.atomic import ProductSet
    from perijove.export.fit_record import write_residuals
    from perijove.figures.moons.fit_residuals import correlation_figure, residual_figure
    from perijove.figures.style import save_figure

    line = f"Perijove; {source if len(source) < 110 else source[:106] + ' ...'}"
    with ProductSet(out, overwrite=overwrite) as products:
        text = json.dumps(record, indent=2, allow_nan=False) + "\n"
        products.path(_NAMES[0]).write_text(text, encoding="utf-8")
        write_residuals(report, products.path(_NAMES[1]))
        save_figure(residual_figure(report, source=line), products.path(_NAMES[2]))
        save_figure(correlation_figure(report, source=line), products.path(_NAMES[3]))


def _summary(report: "FitReport") -> str:
    """What a reader wants first."""
    from perijove.ephemeris.epochs import tdb_to_jd
    from perijove.export.fit_record import parameter_unit

    fit = report.fit
    lines = [f"{'':9} {'positions':>9} {'rms km':>10} {'along':>10} {'radial':>10} {'normal':>10}"]
    for n, body in enumerate(report.bodies):
        parts = " ".join(f"{value:10.4g}" for value in (report.rms_km[n], *report.component_rms_km[n]))
        lines.append(f"{body.capitalize():9} {report.counts[n]:9d} {parts}")
    scatter = report.reduced_chi2**0.5
    lines += [
        f"chi^2 {fit.chi2:.6g}, {fit.freedom} degrees of freedom; scatter {scatter:.3g} of the stated errors",
        "converged" if fit.converged else "NOT CONVERGED: give more --iterations, or a shorter span first",
        "",
        f"Epoch JD {float(tdb_to_jd(fit.epoch_tdb)):.6f} TDB; from Jupiter's centre, ICRF; ± one standard error",
    ]
    for name, value, sigma in zip(fit.names, fit.values.tolist(), fit.sigma.tolist(), strict=True):
        lines.append(f"{name:14} {value:24.15g} ± {sigma:9.2e} {parameter_unit(name)}")
    return "\n".join(lines)
