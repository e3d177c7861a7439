"""What errors of k2/Q do to the evolution: evolutions of random draws."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from perijove.errors import FitError, InputError
from perijove.evolution.history import Interior, evolve
from perijove.evolution.tidal_estimate import K2OverQEstimate
from perijove.evolution.tidal_model import TidalModel

__all__ = ["Ensemble", "evolve_ensemble"]

_TOLERANCE = 1e-6  # of each evolution; the draws differ by 1e-2


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
        Where each one ended; infinite, with the sign of the span, where it ran to the end, 0 where it could not begin.
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

    @property
    def end_band(self) -> np.ndarray:
        """16th, 50th and 84th percentile of where the evolutions end, years, by distance; infinite beyond the span."""
        order = np.sort(np.abs(self.ended_years))
        result: np.ndarray = np.copysign(
            np.percentile(order, (16.0, 50.0, 84.0), method="inverted_cdf"), self.years[-1]
        )
        return result


def _constant(k2_over_q: np.ndarray) -> tuple[TidalModel, Interior | None]:
    jupiter, io = k2_over_q
    return TidalModel(jupiter=float(jupiter), moons={"IO": float(io)}), None


def evolve_ensemble(
    years: float,
    estimate: K2OverQEstimate,
    *,
    laws: Callable[[np.ndarray], tuple[TidalModel, Interior | None]] = _constant,
    count: int = 40,
    samples: int = 41,
    seed: int = 0,
) -> Ensemble:
    """Evolve random draws of k2/Q.

    Parameters
    ----------
    years : float
        As `evolve` takes it.
    estimate : K2OverQEstimate
    laws : callable
        Tides, and an interior that runs along, of a pair of k2/Q; constant k2/Q if not given.
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
    for k, pair in enumerate(draws):
        try:
            tides, interior = laws(pair)
            run = evolve(years, tides=tides, interior=interior, samples=samples, tolerance=_TOLERANCE)
        except InputError:  # a lock that these k2/Q do not hold now
            ended[k] = 0.0
            continue
        except FitError as error:
            raise FitError(f"draw {k} (k2/Q {pair[0]:.3g} and {pair[1]:.3g}): {error}") from error
        reached = np.abs(common) <= np.abs(run.years[-1])
        motion = run.mean_motion_rad_s
        quantities = np.stack([run.eccentricity[:, 0], run.heat_w[:, 0], 1.0 - 2.0 * motion[:, 1] / motion[:, 0]])
        order = slice(None, None, 1 if years > 0.0 else -1)
        rows[:, k, reached] = CubicSpline(run.years[order], quantities[:, order], axis=1)(common[reached])
        ended[k] = run.years[-1] if run.ended_by else np.copysign(np.inf, years)
    return Ensemble(common, draws, rows[0], rows[1], rows[2], ended)
