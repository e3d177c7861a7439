"""Tides in the Laplace resonance in one record: now, at equilibrium, and over millions of years."""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import IO_K2_OVER_Q_LAINEY_2009
from perijove.bodies.jupiter import JUPITER_K2_OVER_Q_LAINEY_2009
from perijove.constants import SECONDS_PER_DAY
from perijove.errors import FitError
from perijove.evolution.averaged import AVERAGED_GALILEAN
from perijove.evolution.history import Evolution, evolve
from perijove.evolution.resonant_equilibrium import EquilibriumFamily, linear_motion
from perijove.evolution.tidal_ensemble import (
    Ensemble,
    K2OverQEstimate,
    acceleration_partials,
    evolve_ensemble,
    lainey_estimate,
)
from perijove.evolution.tidal_model import LAINEY_2009, TidalModel
from perijove.evolution.tidal_rates import TidalMoment, equilibrium_under_tides, tidal_moment

__all__ = ["TidalReport", "tidal_report"]

_BEYOND_END = 1.25  # how much longer than the nominal evolution, where that ends early, the draws run


@dataclass(frozen=True)
class TidalReport:
    """What tides do to the three inner moons.

    Attributes
    ----------
    jupiter_k2_over_q, io_k2_over_q : float
        In use.
    estimate : K2OverQEstimate or None
        Where they come from; None where they were given.
    present : TidalMoment
    as_printed : TidalMoment
        With k2/Q just as Lainey et al. (2009) print them, 1.102e-5 and 0.015.
    acceleration_sigma_per_year : array, shape (3,)
        From the errors of k2/Q; NaN where these were given.
    equilibrium : TidalMoment or None
        Where Io's eccentricity would stay; None where there is no such place.
    libration_days : float
        Period of the free libration of the Laplace angle.
    evolution : Evolution
    ensemble : Ensemble or None
    """

    jupiter_k2_over_q: float
    io_k2_over_q: float
    estimate: K2OverQEstimate | None
    present: TidalMoment
    as_printed: TidalMoment
    acceleration_sigma_per_year: np.ndarray
    equilibrium: TidalMoment | None
    libration_days: float
    evolution: Evolution
    ensemble: Ensemble | None

    @property
    def energy_closure(self) -> float:
        """Largest gap of the energy budget over the evolution, relative to the heat.

        Rounding of the orbits' energy alone makes 1e-6 after a year and falls like the inverse of the span.
        """
        run = self.evolution
        gap = run.orbital_energy_j + run.spin_energy_j + run.heat_j
        return float(np.abs(gap).max() / np.abs(run.heat_j).max()) if run.heat_j.any() else 0.0

    @property
    def momentum_closure(self) -> float:
        """Largest gap of the angular momentum over the evolution, relative to what was exchanged."""
        run = self.evolution
        exchanged = np.abs(run.spin_momentum).max()
        return float(np.abs(run.orbital_momentum + run.spin_momentum).max() / exchanged) if exchanged else 0.0


def tidal_report(
    years: float = 1e8,
    *,
    jupiter_k2_over_q: float | None = None,
    io_k2_over_q: float | None = None,
    draws: int = 40,
    seed: int = 0,
    samples: int = 201,
) -> TidalReport:
    """Tides in the Laplace resonance, now and over millions of years.

    Parameters
    ----------
    years : float
        Length of the evolution; negative for the past.
    jupiter_k2_over_q, io_k2_over_q : float, optional
        Where neither is given, the estimate from k2/Q and accelerations of Lainey et al. (2009) together; where one is,
        the other is as printed there.
    draws : int
        How many evolutions show the errors of k2/Q; 0 for none. Given values have no errors.
    seed : int
        Of the draws.
    samples : int
        Times in the evolution.

    Returns
    -------
    TidalReport

    Raises
    ------
    InputError
        If a number is out of its range; the message names it.
    """
    family = EquilibriumFamily(AVERAGED_GALILEAN)
    state = family.present()
    estimate, sigma = None, np.full(3, np.nan)
    if jupiter_k2_over_q is None and io_k2_over_q is None:
        estimate = lainey_estimate(family, state)
        jupiter, io = (float(value) for value in estimate.mean)
        partials = acceleration_partials(family, state)
        sigma = np.sqrt(np.diag(partials @ estimate.covariance @ partials.T))
    else:
        jupiter = JUPITER_K2_OVER_Q_LAINEY_2009 if jupiter_k2_over_q is None else jupiter_k2_over_q
        io = IO_K2_OVER_Q_LAINEY_2009 if io_k2_over_q is None else io_k2_over_q
    tides = TidalModel(jupiter=jupiter, moons={"IO": io})
    run = evolve(years, tides=tides, samples=samples)
    try:
        equilibrium = tidal_moment(family, equilibrium_under_tides(family, state, tides), tides)
    except FitError:
        equilibrium = None
    ensemble = None
    if estimate is not None and draws > 0:
        longest = abs(run.years[-1]) * _BEYOND_END
        span = float(np.copysign(min(abs(years), longest), years))
        ensemble = evolve_ensemble(span, estimate, count=draws, seed=seed)
    frequencies = np.abs(np.linalg.eigvals(linear_motion(family, state)).imag)
    return TidalReport(
        jupiter_k2_over_q=jupiter,
        io_k2_over_q=io,
        estimate=estimate,
        present=tidal_moment(family, state, tides),
        as_printed=tidal_moment(family, state, LAINEY_2009),
        acceleration_sigma_per_year=sigma,
        equilibrium=equilibrium,
        libration_days=float(2.0 * np.pi / frequencies[frequencies > 1e-12].min() / SECONDS_PER_DAY),
        evolution=run,
        ensemble=ensemble,
    )
