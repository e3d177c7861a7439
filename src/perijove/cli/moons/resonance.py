"""``perijove resonance``: the Laplace resonance as numbers with errors, and as figures."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from perijove.cli.handover import as_json, hand_over, new_figure, new_files, refuse_standing
from perijove.cli.options import (
    from_option,
    json_option,
    out_option,
    overwrite_option,
    plot_option,
    quiet_option,
    years_option,
)
from perijove.cli.talk import steps

if TYPE_CHECKING:
    import numpy as np

    from perijove.resonance.measured import ResonanceReport
    from perijove.resonance.removal import RemovalOutcome

__all__ = ["command"]

_NAMES = (
    "resonance.json",
    "resonance-geometry.png",
    "resonance-laplace-angle.png",
    "resonance-spectrum.png",
    "resonance-eccentricities.png",
    "resonance-removals.png",
)
_REMOVAL_TDB = 0.0  # the shortened systems start from the moons as they were at J2000
_SOURCE = "built-in ephemeris of the Galilean moons (fitted to JPL jup365)"


@click.command("resonance")
@years_option(12.0, None, use="Default: all that the ephemeris has.")
@from_option("Default: the years lie about J2000.")
@json_option
@plot_option("the Laplace angle.")
@out_option("five figures and the JSON.")
@overwrite_option
@quiet_option
def command(
    years: float | None,
    start: str | None,
    plot: Path | None,
    out: Path | None,
) -> None:
    """Measure the Laplace resonance of Io, Europa and Ganymede on the built-in ephemeris.

    Mean motions, the Laplace angle and what it is made of, free and forced eccentricities and inclinations, each with
    its standard error; and what becomes of them without the resonance, without Europa, or without Jupiter's oblateness.
    """
    from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
    from perijove.ephemeris.epochs import times_tdb
    from perijove.ephemeris.galilean import galilean_states
    from perijove.ephemeris.solutions import SOLUTIONS
    from perijove.export.resonance_record import resonance_record, resonance_text
    from perijove.figures.moons.resonance_series import laplace_angle_figure
    from perijove.resonance.measured import built_in_span, resonance_report
    from perijove.resonance.removal import resonance_without

    start_tdb, years = built_in_span(None if start is None else float(times_tdb(start)), years)
    refuse_standing(plot)
    refuse_standing(out, _NAMES)
    with steps("Laplace resonance") as tell:
        tell("frequency analysis")
        report = resonance_report(galilean_states, start_tdb=start_tdb, years=years)
        tell("taking parts away")
        removals = resonance_without(JUPITER_AND_MOONS, galilean_states(_REMOVAL_TDB), start_tdb=_REMOVAL_TDB)
        record = resonance_record(report, removals)
        places = SOLUTIONS["jup365"].title
        if plot is not None:
            tell("figure")
            new_figure(plot, laplace_angle_figure(report, source=_SOURCE))
        if out is not None:
            tell("figures")
            _write(report, removals, as_json(record, ephemeris=places), out, galilean_states)
    hand_over(record, resonance_text(report, removals), ephemeris=places)


def _write(
    report: "ResonanceReport",
    removals: "Sequence[RemovalOutcome]",
    text: str,
    out: Path,
    states: "Callable[[np.ndarray], np.ndarray]",
) -> None:
    """Figures and JSON, all or none."""
    from perijove.constants import SECONDS_PER_YEAR
    from perijove.figures.moons.eccentricity_vectors import eccentricity_vectors
    from perijove.figures.moons.resonance_geometry import resonance_geometry
    from perijove.figures.moons.resonance_removals import resonance_removals
    from perijove.figures.moons.resonance_series import laplace_angle_figure, laplace_spectrum_figure
    from perijove.figures.style import save_figure
    from perijove.resonance.conjunctions import first_conjunctions

    middle = report.start_tdb + 0.5 * report.years * SECONDS_PER_YEAR
    figures = (
        resonance_geometry(first_conjunctions(states, middle), source=_SOURCE),
        laplace_angle_figure(report, source=_SOURCE),
        laplace_spectrum_figure(report, source=_SOURCE),
        eccentricity_vectors(report, source=_SOURCE),
        resonance_removals(removals, source=_SOURCE),
    )
    with new_files(out) as products:
        products.path(_NAMES[0]).write_text(text, encoding="utf-8")
        for name, figure in zip(_NAMES[1:], figures, strict=True):
            save_figure(figure, products.path(name))
