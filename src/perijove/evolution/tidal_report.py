"""Tides in the Laplace resonance in one record: now, at equilibrium, and over millions of years."""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import IO_ACCELERATIONS_BEFORE_2009_PER_YEAR
from perijove.constants import SECONDS_PER_DAY
from perijove.errors import FitError, InputError
from perijove.evolution.averaged import AVERAGED_GALILEAN
from perijove.evolution.history import Evolution, evolve
from perijove.evolution.resonant_equilibrium import EquilibriumFamily, linear_motion
from perijove.evolution.tidal_ensemble import Ensemble, evolve_ensemble
from perijove.evolution.tidal_estimate import K2OverQEstimate, k2_over_q_estimate
from perijove.evolution.tidal_laws import TidalLaws
from perijove.evolution.tidal_model import TidalModel
from perijove.evolution.tidal_rates import TidalMoment, equilibrium_under_tides, tidal_moment
from perijove.evolution.warm_io import CycleCriterion, WarmIo, cycle_criterion

__all__ = ["TidalReport", "tidal_report", "with_error"]

_TOLERANCE, _LOOSE = 1e-11, 1e-8  # of an evolution; with a temperature whose laws have corners
_BEYOND_END = 3.0  # how much longer than the nominal evolution, where that ends early, the draws run


def with_error(value: float, sigma: float, digits: int, *, sign: str = "") -> str:
    """A value with its standard error to so many decimals, where it has one that these show."""
    error = f" ± {sigma:.{digits}f}" if np.isfinite(sigma) and sigma >= 0.5 * 10.0**-digits else ""
    return f"{value:{sign}.{digits}f}{error}"


def _before_2009() -> str:
    """The least and the greatest of Io's rates as others had it, with who."""
    ends = (
        choose(IO_ACCELERATIONS_BEFORE_2009_PER_YEAR.items(), key=lambda one: float(one[1])) for choose in (min, max)
    )
    return " to ".join(f"{float(rate) * 1e10:+.2f} ({author})" for author, rate in ends)


@dataclass(frozen=True)
class TidalReport:
    """What tides do to the three inner moons.

    Attributes
    ----------
    jupiter_k2_over_q, io_k2_over_q : float
        In use.
    estimate : K2OverQEstimate or None
        Where they come from; None where they were given.
    laws : TidalLaws
        What k2/Q depends on.
    present : TidalMoment
    acceleration_sigma_per_year : array, shape (3,)
        From the errors of k2/Q; NaN where these were given.
    heat_sigma_w : float
        Of the heat in Io now, likewise.
    equilibrium : TidalMoment or None
        Where Io's eccentricity would stay; None where there is no such place.
    equilibrium_sigma : tuple of float
        Of Io's eccentricity there and of the heat in Io, W, likewise.
    criterion : CycleCriterion or None
        Whether a warm Io swings; None where k2/Q does not follow its temperature.
    libration_days : float
        Period of the free libration of the Laplace angle.
    evolution : Evolution
    ensemble : Ensemble or None
    """

    jupiter_k2_over_q: float
    io_k2_over_q: float
    estimate: K2OverQEstimate | None
    laws: TidalLaws
    present: TidalMoment
    acceleration_sigma_per_year: np.ndarray
    heat_sigma_w: float
    equilibrium: TidalMoment | None
    equilibrium_sigma: tuple[float, float]
    criterion: CycleCriterion | None
    libration_days: float
    evolution: Evolution
    ensemble: Ensemble | None

    @property
    def k2_over_q_text(self) -> str:
        """Both values in use, each with its error."""
        jupiter_sigma, io_sigma = (np.nan, np.nan) if self.estimate is None else self.estimate.sigma
        jupiter = with_error(self.jupiter_k2_over_q * 1e5, jupiter_sigma * 1e5, 3)
        io = with_error(self.io_k2_over_q, io_sigma, 4)
        return f"1e5 k2/Q of Jupiter {jupiter}, k2/Q of Io {io}; {self.laws.in_short}"

    @property
    def presumes(self) -> tuple[str, ...]:
        """What every result rests on, a clause each, the weightiest first."""
        measured = (
            f"Io's rate as Lainey et al. 2009 have it; others had {_before_2009()}, 1e-10 per year",
            "errors of k2/Q alone, normal; brackets hold 68 %",
        )
        return (
            *self.laws.presumes,
            *(measured if self.estimate is not None else ()),
            "the moons at the resonance's equilibrium in a plane; no tides in Europa (k2/Q 0.001 is 0.02 of Io's rate)",
            "averaged theory: today a is 2 km, e 0.3 % (Io, Europa) and 5 % (Ganymede) off the ephemeris",
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
    laws: TidalLaws | None = None,
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
    laws : TidalLaws, optional
        What k2/Q depends on; constant if not given.
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
    laws = TidalLaws() if laws is None else laws
    if laws.feedback_w is not None and years < 0.0:
        raise InputError("Io's temperature cannot be followed into the past: what differs now was the same then")
    family = EquilibriumFamily(AVERAGED_GALILEAN)
    state = family.present()
    measured = k2_over_q_estimate(family, state, estimate, jupiter_exponent=laws.jupiter_exponent)
    given = (jupiter_k2_over_q, io_k2_over_q)
    pair = np.array([mean if own is None else own for own, mean in zip(given, measured.mean, strict=True)], dtype=float)
    source = None if any(own is not None for own in given) else measured

    def made(k2_over_q: np.ndarray) -> tuple[TidalModel, WarmIo | None]:
        return laws.made(family, state, k2_over_q)

    def now(k2_over_q: np.ndarray) -> TidalMoment:
        return tidal_moment(family, state, laws.steady(family, state, k2_over_q))

    def at_rest(k2_over_q: np.ndarray) -> TidalMoment:
        steady = laws.steady(family, state, k2_over_q)
        return tidal_moment(family, equilibrium_under_tides(family, state, steady), steady)

    tides, interior = made(pair)
    run = evolve(
        years, tides=tides, interior=interior, samples=samples, tolerance=_TOLERANCE if interior is None else _LOOSE
    )
    try:
        equilibrium = at_rest(pair)
    except FitError:
        equilibrium = None

    def figures(k2_over_q: np.ndarray) -> np.ndarray:
        moment = now(k2_over_q)
        rest = (np.nan, np.nan)
        if equilibrium is not None:
            there = at_rest(k2_over_q)
            rest = (there.eccentricity[0], there.heat_w[0])
        return np.array([*moment.acceleration_per_year[:3], moment.heat_w[0], *rest])

    sigma = np.full(6, np.nan) if source is None else source.sigma_of(figures)
    ensemble = None
    if source is not None and draws > 0:
        longest = abs(run.years[-1]) * _BEYOND_END
        span = float(np.copysign(min(abs(years), longest), years))
        ensemble = evolve_ensemble(span, source, laws=made, count=draws, seed=seed)
    frequencies = np.abs(np.linalg.eigvals(linear_motion(family, state)).imag)
    return TidalReport(
        jupiter_k2_over_q=float(pair[0]),
        io_k2_over_q=float(pair[1]),
        estimate=source,
        laws=laws,
        present=now(pair),
        acceleration_sigma_per_year=sigma[:3],
        heat_sigma_w=float(sigma[3]),
        equilibrium=equilibrium,
        equilibrium_sigma=(float(sigma[4]), float(sigma[5])),
        criterion=None if interior is None else cycle_criterion(family, state, tides, interior),
        libration_days=float(2.0 * np.pi / frequencies[frequencies > 1e-12].min() / SECONDS_PER_DAY),
        evolution=run,
        ensemble=ensemble,
    )
