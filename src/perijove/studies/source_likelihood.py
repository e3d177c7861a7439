"""How likely a set of volcanoes is under a pattern of heat flow: a Poisson process on the sphere."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from perijove.studies.source_patterns import COMPLETE, Completeness, Pattern, turned, zonal_mean
from perijove.tides.surface_harmonics import SurfaceHarmonics, harmonic_basis

__all__ = ["Estimate", "MixtureFit", "PatternFit", "ShiftFit", "fit_mixture", "fit_pattern", "fit_shift", "log_ratio"]

_HALF = 0.5  # loss of log-likelihood at one standard error
_BELOW_ONE = 1.0 - 1e-12
_STEP_DEG = 2.5
_PERIOD_DEG = 180.0  # of the patterns of a synchronous moon, in longitude
_ROUNDS, _REPEATS = 400, 100


@dataclass(frozen=True)
class Estimate:
    """A best value with the interval in which the log-likelihood is within 1/2 of the best."""

    best: float
    low: float
    high: float

    @property
    def sigma(self) -> float:
        """Half of the interval, one standard error where the likelihood is normal."""
        return 0.5 * (self.high - self.low)


@dataclass(frozen=True)
class PatternFit:
    """Sources under a pattern, against sources without any.

    Attributes
    ----------
    alone : float
        Logarithm of the likelihood ratio of the pattern alone to a uniform density; negative speaks against it.
    share : Estimate
        Share of the sources that follow the pattern, the rest being uniform; 0 to 1.
    gain : float
        Logarithm of the likelihood ratio at the best share; 0 or more.
    """

    alone: float
    share: Estimate
    gain: float


@dataclass(frozen=True)
class ShiftFit:
    """A pattern that may be turned in longitude.

    Attributes
    ----------
    east_deg : array, shape (n,)
        Shifts tried, over one period.
    gain, share : array, shape (n,)
        Best share for each and its log-likelihood ratio to uniform.
    shift : Estimate
        Best shift, deg east; where nothing is known of it, the whole period.
    best : PatternFit
        At that shift.
    """

    east_deg: np.ndarray
    gain: np.ndarray
    share: np.ndarray
    shift: Estimate
    best: PatternFit


@dataclass(frozen=True)
class MixtureFit:
    """Several patterns and a uniform part at once.

    Attributes
    ----------
    names : tuple of str
        ``uniform`` first.
    weights, sigma : array, shape (n,)
        Shares of the sources, and their errors by resampling the sources.
    gain : float
        Logarithm of the likelihood ratio to a uniform density.
    """

    names: tuple[str, ...]
    weights: np.ndarray
    sigma: np.ndarray
    gain: float


def _relative_density(
    turns: Sequence[SurfaceHarmonics], lat_deg: np.ndarray, lon_east_deg: np.ndarray, seen: Completeness | None
) -> np.ndarray:
    """Density at places over that of a uniform set as the same survey sees it, for turns of one pattern; (turns, n)."""
    basis = harmonic_basis(turns[0].degree, lat_deg, lon_east_deg)
    density: np.ndarray = np.tensordot(np.stack([one.coefficients for one in turns]), basis, axes=3)
    if seen is None:
        return np.asarray(density / zonal_mean(turns[0], lat_deg))
    return density * (seen.mean_share / seen.mean(turns[0]))


def _best_share(density: np.ndarray) -> float:
    """Maximum of sum ln(1 + a (density - 1)) for a within 0 and 1: concave, so its slope has one root."""
    excess = density - 1.0

    def slope(share: float) -> float:
        return float(np.sum(excess / (1.0 + share * excess)))

    if slope(0.0) <= 0.0:
        return 0.0
    top = 1.0 if density.min() > 0.0 else _BELOW_ONE
    return 1.0 if slope(top) >= 0.0 else float(brentq(slope, 0.0, top, xtol=1e-10))


def log_ratio(density: np.ndarray, share: float) -> float:
    """Log-likelihood of a share of a pattern over that of a uniform set, from relative densities at the sources.

    Notes
    -----
    The number of sources is taken as given. Sources are taken as independent; where they cluster, log-ratios are too
    large, and where they keep their distance too small: see `source_significance`.
    """
    with np.errstate(divide="ignore"):
        return float(np.sum(np.log1p(share * (density - 1.0))))


def _fit(density: np.ndarray) -> PatternFit:
    best = _best_share(density)
    top = log_ratio(density, best)

    def loss(share: float) -> float:
        return top - _HALF - log_ratio(density, share)

    low = 0.0 if loss(0.0) <= 0.0 else float(brentq(loss, 0.0, best))
    top_share = 1.0 if density.min() > 0.0 else _BELOW_ONE  # where the pattern is zero, it is impossible alone
    high = 1.0 if loss(top_share) <= 0.0 else float(brentq(loss, best, top_share))
    return PatternFit(log_ratio(density, 1.0), Estimate(best, low, high), top)


def fit_pattern(
    pattern: Pattern, lat_deg: np.ndarray, lon_east_deg: np.ndarray, *, seen: Completeness | None = COMPLETE
) -> PatternFit:
    """Share of the sources that follows a pattern.

    Parameters
    ----------
    pattern : Pattern
    lat_deg, lon_east_deg : array, shape (n,)
    seen : Completeness or None
        None takes the latitudes as given and compares longitudes along each parallel alone: right whatever the survey
        sees of each latitude, and blind to differences between equator and poles.

    Returns
    -------
    PatternFit
    """
    return _fit(_relative_density([pattern.relative], lat_deg, lon_east_deg, seen)[0])


def fit_shift(
    pattern: Pattern, lat_deg: np.ndarray, lon_east_deg: np.ndarray, *, seen: Completeness | None = COMPLETE
) -> ShiftFit:
    """Share and shift in longitude of a pattern at once; parameters as for `fit_pattern`."""
    east = np.arange(-0.5 * _PERIOD_DEG, 0.5 * _PERIOD_DEG, _STEP_DEG)
    densities = _relative_density([turned(pattern.relative, shift) for shift in east], lat_deg, lon_east_deg, seen)
    share = np.array([_best_share(density) for density in densities])
    gain = np.array([log_ratio(density, best) for density, best in zip(densities, share, strict=True)])
    top = int(np.argmax(gain))
    inside = gain >= gain[top] - _HALF
    low, high = _run(inside, top)
    interval = Estimate(float(east[top]), float(east[top] - low * _STEP_DEG), float(east[top] + high * _STEP_DEG))
    return ShiftFit(east, gain, share, interval, _fit(densities[top]))


def _run(inside: np.ndarray, top: int) -> tuple[int, int]:
    """How many steps down and up from the best one stays inside, around the period."""
    if inside.all():
        return len(inside) // 2, len(inside) // 2
    down = next(step for step in range(len(inside)) if not inside[(top - step - 1) % len(inside)])
    up = next(step for step in range(len(inside)) if not inside[(top + step + 1) % len(inside)])
    return down, up


def fit_mixture(
    patterns: Sequence[Pattern],
    lat_deg: np.ndarray,
    lon_east_deg: np.ndarray,
    *,
    seen: Completeness | None = COMPLETE,
    rng: np.random.Generator,
) -> MixtureFit:
    """Shares of several patterns and of a uniform part, by expectation and maximisation.

    Parameters
    ----------
    patterns : sequence of Pattern
    lat_deg, lon_east_deg, seen
        As for `fit_pattern`.
    rng : Generator
        For the errors: sources are drawn again from themselves, with replacement.

    Returns
    -------
    MixtureFit
    """
    columns = [_relative_density([pattern.relative], lat_deg, lon_east_deg, seen)[0] for pattern in patterns]
    density = np.stack([np.ones(len(lat_deg)), *columns])
    weights = _shares(density, np.ones((1, len(lat_deg))))[0]
    counts = rng.multinomial(len(lat_deg), np.full(len(lat_deg), 1.0 / len(lat_deg)), size=_REPEATS)
    spread = np.std(_shares(density, counts.astype(float)), axis=0, ddof=1)
    names = ("uniform", *(pattern.name for pattern in patterns))
    return MixtureFit(names, weights, spread, float(np.sum(np.log(weights @ density))))


def _shares(density: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Best shares of components for each row of counts of the sources; shape (rows, components)."""
    shares = np.full((len(counts), len(density)), 1.0 / len(density))
    total = counts.sum(axis=1, keepdims=True)
    for _ in range(_ROUNDS):
        shares *= (counts / (shares @ density)) @ density.T / total
    return shares
