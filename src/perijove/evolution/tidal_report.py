"""Tides in the Laplace resonance in one record: now, at equilibrium, and over millions of years."""

from dataclasses import dataclass

import numpy as np

from perijove.constants import SECONDS_PER_DAY
from perijove.errors import FitError
from perijove.evolution.averaged import AVERAGED_GALILEAN
from perijove.evolution.history import Evolution, evolve
from perijove.evolution.resonant_equilibrium import EquilibriumFamily, linear_motion
from perijove.evolution.tidal_ensemble import Ensemble, evolve_ensemble
from perijove.evolution.tidal_estimate import K2OverQEstimate, acceleration_partials, k2_over_q_estimate
from perijove.evolution.tidal_model import TidalModel
from perijove.evolution.tidal_rates import TidalMoment, equilibrium_under_tides, tidal_moment

__all__ = ["TidalReport", "tidal_report", "with_error"]

_BEYOND_END = 3.0  # how much longer than the nominal evolution, where that ends early, the draws run


def with_error(value: float, sigma: float, digits: int, *, sign: str = "") -> str:
    """A value with its standard error, where it has one, to so many decimals."""
    error = f" ± {sigma:.{digits}f}" if np.isfinite(sigma) else ""
    return f"{value:{sign}.{digits}f}{error}"


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
    acceleration_sigma_per_year : array, shape (3,)
        From the errors of k2/Q; NaN where these were given.
    heat_sigma_w : float
        Of the heat in Io now, likewise.
    equilibrium : TidalMoment or None
        Where Io's eccentricity would stay; None where there is no such place.
    equilibrium_sigma : tuple of float
        Of Io's eccentricity there and of the heat in Io, W, likewise.
    libration_days : float
        Period of the free libration of the Laplace angle.
    evolution : Evolution
    ensemble : Ensemble or None
    """

    jupiter_k2_over_q: float
    io_k2_over_q: float
    estimate: K2OverQEstimate | None
    present: TidalMoment
    acceleration_sigma_per_year: np.ndarray
    heat_sigma_w: float
    equilibrium: TidalMoment | None
    equilibrium_sigma: tuple[float, float]
    libration_days: float
    evolution: Evolution
    ensemble: Ensemble | None

    @property
    def k2_over_q_text(self) -> str:
        """Both values in use, each with its error."""
        jupiter_sigma, io_sigma = (np.nan, np.nan) if self.estimate is None else self.estimate.sigma
        jupiter = with_error(self.jupiter_k2_over_q * 1e5, jupiter_sigma * 1e5, 3)
        return f"1e5 k2/Q of Jupiter {jupiter}, k2/Q of Io {with_error(self.io_k2_over_q, io_sigma, 4)}, held constant"

    @property
    def presumes(self) -> tuple[str, ...]:
        """What every result rests on, a clause each, the weightiest first."""
        measured = (
            "Io's rate as Lainey et al. 2009 have it; others had -0.07 (Lieske 1987) to +4.5 (Goldstein & Jacobs 1995)",
            "errors of k2/Q alone, normal; brackets hold 68 %",
        )
        return (
            "k2/Q of Jupiter and of Io constant over the whole span, and Jupiter's at every frequency",
            *(measured if self.estimate is not None else ()),
            "the moons at the resonance's equilibrium in a plane; no tides in Europa (k2/Q 0.001 is 0.02 of Io's rate)",
            "averaged theory: its eccentricities today are 0.3 % (Io, Europa) and 5 % (Ganymede) off the ephemeris",
        )

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
    estimate: str = "lainey-2009",
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
    estimate : str
        Whose k2/Q: one of `tidal_estimate.ESTIMATES`.
    jupiter_k2_over_q, io_k2_over_q : float, optional
        In place of the estimate's; where one is given, the other is the estimate's, and neither has an error.
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
        If a number is out of its range or the estimate unknown; the message names it.
    """
    family = EquilibriumFamily(AVERAGED_GALILEAN)
    state = family.present()
    measured = k2_over_q_estimate(family, state, estimate)
    given = (jupiter_k2_over_q, io_k2_over_q)
    jupiter, io = (float(mean) if own is None else own for own, mean in zip(given, measured.mean, strict=True))
    source = None if any(own is not None for own in given) else measured
    tides = TidalModel(jupiter=jupiter, moons={"IO": io})
    run = evolve(years, tides=tides, samples=samples)
    present = tidal_moment(family, state, tides)

    def at_equilibrium(k2_over_q: np.ndarray) -> TidalMoment:
        steady = TidalModel(jupiter=float(k2_over_q[0]), moons={"IO": float(k2_over_q[1])})
        return tidal_moment(family, equilibrium_under_tides(family, state, steady), steady)

    def settled(k2_over_q: np.ndarray) -> np.ndarray:
        moment = at_equilibrium(k2_over_q)
        return np.array([moment.eccentricity[0], moment.heat_w[0]])

    try:
        equilibrium = at_equilibrium(np.array([jupiter, io]))
    except FitError:
        equilibrium = None
    ensemble, rate_sigma, heat_sigma, settled_sigma = None, np.full(3, np.nan), np.nan, np.full(2, np.nan)
    if source is not None:
        partials = acceleration_partials(family, state)
        rate_sigma = np.sqrt(np.diag(partials @ source.covariance @ partials.T))
        heat_sigma = float(present.heat_w[0] * source.sigma[1] / io)
        settled_sigma = source.sigma_of(settled)
        if draws > 0:
            longest = abs(run.years[-1]) * _BEYOND_END
            span = float(np.copysign(min(abs(years), longest), years))
            ensemble = evolve_ensemble(span, source, count=draws, seed=seed)
    frequencies = np.abs(np.linalg.eigvals(linear_motion(family, state)).imag)
    return TidalReport(
        jupiter_k2_over_q=jupiter,
        io_k2_over_q=io,
        estimate=source,
        present=present,
        acceleration_sigma_per_year=rate_sigma,
        heat_sigma_w=heat_sigma,
        equilibrium=equilibrium,
        equilibrium_sigma=(float(settled_sigma[0]), float(settled_sigma[1])),
        libration_days=float(2.0 * np.pi / frequencies[frequencies > 1e-12].min() / SECONDS_PER_DAY),
        evolution=run,
        ensemble=ensemble,
    )
