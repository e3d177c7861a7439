"""``perijove fit``: orbits of the moons, and what governs them, from tables of positions."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perijove.cli.handover import as_json, hand_over, new_files, refuse_standing
from perijove.cli.option_types import Number, Time, Whole
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
@click.option("--every", type=Whole(min=1), default=1, show_default=True, help="Take every N-th row.")
@from_option("Earlier rows are left out.")
@to_option("Later rows are left out.")
@click.option("--epoch", type=Time(), metavar="TIME", help="Of the initial states. Default: in the middle of the rows.")
@click.option("--iterations", type=Whole(1, 100), default=10, show_default=True, help="At most so many.")
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
) -> None:
    """Fit the moons' initial states to tabulated positions, and with priors GM, J_n and Jupiter's pole.

    TABLE is FILE or MOON=FILE: CSV with jd_tdb,x_km,y_km,z_km[,sigma_km] or jd_tdb,x_au,y_au,z_au, from Jupiter's
    centre on the ICRF's axes. The fit starts from the built-in ephemeris; moons without a table keep its states.
    """
    from perijove.dynamics.fitted_system import JUPITER_AND_MOONS as SYSTEM
    from perijove.ephemeris.solutions import SOLUTIONS
    from perijove.export.fit_record import fit_record, fit_text
    from perijove.fit.from_tables import fit_tables
    from perijove.fit.priors import priors_of

    refuse_standing(out, _NAMES)
    groups = [name for name, wanted in (("gm", gm), ("j2", j2), ("j4", j4), ("j6", j6), ("pole", pole)) if wanted]
    known = priors_of(SYSTEM, groups, _sigmas(priors))
    first, last, epoch_tdb = (_time(text) for text in (start, end, epoch))
    given = _tables(tables, SYSTEM)
    with steps("fit") as tell:
        tell("first guess")
        report = fit_tables(
            given,
            priors=known,
            sigma_km=sigma_km,
            every=every,
            span_tdb=(-math.inf if first is None else first, math.inf if last is None else last),
            epoch_tdb=epoch_tdb,
            max_iterations=iterations,
            progress=tell,
        )
        start_from = f"{SOLUTIONS['jup365'].title} (first guess, and moons without a table)"
        record = fit_record(report)
        if out is not None:
            tell("figures")
            source = ", ".join(table.path.name for table in given.values())
            _write(report, as_json(record, ephemeris=start_from), out, source=source)
    hand_over(record, fit_text(report), ephemeris=start_from)


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


def _write(report: "FitReport", text: str, out: Path, *, source: str) -> None:
    from perijove.export.fit_record import write_residuals
    from perijove.figures.moons.fit_residuals import correlation_figure, residual_figure
    from perijove.figures.style import save_figure

    line = source if len(source) < 110 else f"{source[:106]} ..."
    with new_files(out) as products:
        products.path(_NAMES[0]).write_text(text, encoding="utf-8")
        write_residuals(report, products.path(_NAMES[1]))
        save_figure(residual_figure(report, source=line), products.path(_NAMES[2]))
        save_figure(correlation_figure(report, source=line), products.path(_NAMES[3]))
