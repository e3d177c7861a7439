"""The built-in system, fitted to tables of the moons' positions: what ``perijove fit`` does, in one call."""

from collections.abc import Callable, Mapping

import numpy as np

from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.system import JovianSystem
from perijove.ephemeris.galilean import galilean_states
from perijove.fit.adjustment import Prior, fit_system
from perijove.fit.observations import observations_of, refuse_other_units
from perijove.fit.report import FitReport, fit_report
from perijove.formats.position_table import PositionTable

__all__ = ["fit_tables"]


def fit_tables(
    tables: Mapping[str, PositionTable],
    *,
    system: JovianSystem = JUPITER_AND_MOONS,
    priors: Mapping[str, Prior] | None = None,
    sigma_km: float = 1.0,
    every: int = 1,
    span_tdb: tuple[float, float] = (-np.inf, np.inf),
    epoch_tdb: float | None = None,
    max_iterations: int = 10,
    progress: Callable[[str], None] = lambda _: None,
) -> FitReport:
    """Initial states of the moons, and what governs them, from tables of positions.

    Parameters
    ----------
    tables : mapping of PositionTable
        By moon; from Jupiter's centre, ICRF axes. Moons without one keep the states of the built-in ephemeris, from
        which the others start.
    system : JovianSystem
        Of Io, Europa, Ganymede and Callisto, in this order.
    priors : mapping of Prior, optional
        Further parameters to fit, see `perijove.fit.adjustment.fit_system` and `perijove.fit.priors`.
    sigma_km : float
        Standard error of each coordinate where a table does not say.
    every : int
        1 takes all rows, 2 every second one of each table, and so on.
    span_tdb : (float, float)
        Rows outside are left out.
    epoch_tdb : float, optional
        Of the initial states; the middle one of the times if not given.
    max_iterations : int
    progress : callable
        Is told the state of things.

    Raises
    ------
    InputError
        Where a moon or parameter is unknown, a number makes no sense, too few rows are left, or positions are in other
        units.
    FitError
        Where the positions are too few, or leave a combination of parameters open.
    """
    observations = observations_of(
        system, tables, sigma_km=sigma_km, every=every, start_tdb=span_tdb[0], end_tdb=span_tdb[1]
    )
    middle = float(observations.tdb[len(observations.tdb) // 2])
    epoch = middle if epoch_tdb is None else epoch_tdb
    states = galilean_states(epoch)
    refuse_other_units(system, observations, states)
    fit = fit_system(
        system,
        states,
        observations,
        epoch_tdb=epoch,
        priors=priors,
        free=tuple(name for name in system.names if name in tables),
        max_iterations=max_iterations,
        progress=progress,
    )
    return fit_report(fit, observations)
