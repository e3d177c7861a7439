"""What errors of k2/Q do to the evolution: estimates of k2/Q, and evolutions of random draws.

At a given state the accelerations are linear in k2/Q. So measured accelerations and k2/Q of Jupiter and Io, each with
its error, combine to a Gaussian estimate in closed form.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from perijove.bodies.galilean import GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR, IO_K2_OVER_Q_LAINEY_2009
from perijove.bodies.jupiter import JUPITER_K2_OVER_Q_LAINEY_2009
from perijove.errors import FitError, InputError
from perijove.evolution.averaged import MOONS
from perijove.evolution.history import evolve
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_model import TidalModel
from perijove.evolution.tidal_rates import tidal_moment
from perijove.facts import Fact

__all__ = ["Ensemble", "K2OverQEstimate", "acceleration_partials", "evolve_ensemble", "lainey_estimate"]

_TOLERANCE = 1e-6  # of each evolution; the draws differ by 1e-2
_UNIT = (float(JUPITER_K2_OVER_Q_LAINEY_2009), float(IO_K2_OVER_Q_LAINEY_2009))


@dataclass(frozen=True)
class K2OverQEstimate:
    """k2/Q of Jupiter and of Io, in this order, with their covariance.

    Attributes
    ----------
    mean : array, shape (2,)
    covariance : array, shape (2, 2)
    """

    mean: np.ndarray
    covariance: np.ndarray

    @property
    def sigma(self) -> np.ndarray:
        """Standard errors, shape (2,)."""
        result: np.ndarray = np.sqrt(np.diag(self.covariance))
        return result

    def draws(self, count: int, *, seed: int = 0) -> np.ndarray:
        """Random pairs of k2/Q, shape (count, 2); none negative."""
        generator = np.random.default_rng(seed)
        found = np.empty((0, 2))
        while len(found) < count:
            more = generator.multivariate_normal(self.mean, self.covariance, size=count)
            found = np.vstack([found, more[(more > 0.0).all(axis=1)]])
        return found[:count]


def acceleration_partials(family: EquilibriumFamily, state: np.ndarray) -> np.ndarray:
    """Change of (dn/dt)/n with k2/Q.

    Returns
    -------
    array, shape (3, 2)
        Io, Europa and Ganymede, per year, by k2/Q of Jupiter and of Io; exact, as both act linearly.
    """
    by_jupiter = tidal_moment(family, state, TidalModel(jupiter=_UNIT[0], moons={})).acceleration_per_year
    by_io = tidal_moment(family, state, TidalModel(jupiter=0.0, moons={"IO": _UNIT[1]})).acceleration_per_year
    return np.stack([by_jupiter[:3] / _UNIT[0], by_io[:3] / _UNIT[1]], axis=1)


def lainey_estimate(
    family: EquilibriumFamily,
    state: np.ndarray,
    *,
    accelerations: Mapping[str, Fact] = GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR,
) -> K2OverQEstimate:
    """k2/Q of Lainey et al. (2009) together with the accelerations of the same work.

    Parameters
    ----------
    family : EquilibriumFamily
    state : array, shape (14,)
        Today's member.
    accelerations : mapping of moon to Fact
        (dn/dt)/n per year; empty for k2/Q alone.

    Returns
    -------
    K2OverQEstimate

    Notes
    -----
    k2/Q of Jupiter and Io come from one fit, and are correlated: Io's orbit holds their difference to a few percent of
    either. The correlation was not published; the accelerations bring it back.
    """
    given = np.array([JUPITER_K2_OVER_Q_LAINEY_2009.measured, IO_K2_OVER_Q_LAINEY_2009.measured])
    information = np.diag(given[:, 1] ** -2.0)
    pull = information @ given[:, 0]
    partials = acceleration_partials(family, state)
    for name, acceleration in accelerations.items():
        value, sigma = acceleration.measured
        row = partials[MOONS.index(name)]
        information = information + np.outer(row, row) / sigma**2
        pull = pull + row * value / sigma**2
    scale = np.array(_UNIT)
    covariance = np.linalg.inv(information * np.outer(scale, scale)) * np.outer(scale, scale)
    return K2OverQEstimate(covariance @ pull, covariance)


@dataclass(frozen=True)
class Ensemble:
    """Evolutions of random draws at common times; NaN where one has ended.

    Attributes
    ----------
    years : array, shape (n,)
    k2_over_q : array, shape (count, 2)
        Of Jupiter and Io.
    eccentricity, heat_w : array, shape (count, n)
        Io's eccentricity and heat.
    nearness : array, shape (count, n)
        (n1 - 2 n2) / n1.
    ended_years : array, shape (count,)
        Where each one ended.
    """

    years: np.ndarray
    k2_over_q: np.ndarray
    eccentricity: np.ndarray
    heat_w: np.ndarray
    nearness: np.ndarray
    ended_years: np.ndarray

    def band(self, name: str) -> np.ndarray:
        """16th, 50th and 84th percentile of a quantity, shape (3, n); NaN from where the first draw has ended."""
        result: np.ndarray = np.percentile(getattr(self, name), (16.0, 50.0, 84.0), axis=0)
        return result


def evolve_ensemble(
    years: float, estimate: K2OverQEstimate, *, count: int = 40, samples: int = 41, seed: int = 0
) -> Ensemble:
    """Evolve random draws of k2/Q.

    Parameters
    ----------
    years : float
        As `evolve` takes it.
    estimate : K2OverQEstimate
    count, samples, seed : int
        Number of draws, times per evolution, and the seed of the draws.

    Returns
    -------
    Ensemble

    Raises
    ------
    InputError
        If `count` is less than two.
    """
    if count < 2:
        raise InputError(f"{count} draws: an ensemble needs at least two")
    draws = estimate.draws(count, seed=seed)
    rows = np.full((3, count, samples), np.nan)
    ended, common = np.empty(count), np.linspace(0.0, years, samples)
    for k, (jupiter, io) in enumerate(draws):
        try:
            tides = TidalModel(jupiter=float(jupiter), moons={"IO": float(io)})
            run = evolve(years, tides=tides, samples=samples, tolerance=_TOLERANCE)
        except FitError as error:
            raise FitError(f"draw {k} (k2/Q {jupiter:.3g} and {io:.3g}): {error}") from error
        reached = np.abs(common) <= np.abs(run.years[-1])
        motion = run.mean_motion_rad_s
        quantities = np.stack([run.eccentricity[:, 0], run.heat_w[:, 0], 1.0 - 2.0 * motion[:, 1] / motion[:, 0]])
        order = slice(None, None, 1 if years > 0.0 else -1)
        rows[:, k, reached] = CubicSpline(run.years[order], quantities[:, order], axis=1)(common[reached])
        ended[k] = run.years[-1]
    return Ensemble(common, draws, rows[0], rows[1], rows[2], ended)
