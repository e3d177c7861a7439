"""Whether what volcanoes show could be chance: harmonics, ranks, and sets of volcanoes that follow no pattern.

Two kinds of chance are tried. *Isotropic* sets are drawn one by one from a uniform density, as the survey would see
them. *Rotated* sets are the real one turned as a whole, anyhow: their volcanoes cluster and keep their distance as the
real ones do, and strong ones stay beside the weak ones that they stand beside, but no pattern can survive.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.spatial.transform import Rotation
from scipy.stats import rankdata

from perijove.studies.source_patterns import Completeness, Pattern, turned
from perijove.tides.surface_harmonics import harmonic_basis

__all__ = [
    "CELLS_BY_BELT",
    "DegreePower",
    "cell_means",
    "cell_sums",
    "chance",
    "degree_power",
    "isotropic_sets",
    "largest_gains",
    "rank_correlation",
    "rotated_sets",
    "source_harmonics",
    "trial_values",
    "weighted_relative_flux",
]

CELLS_BY_BELT = (4, 12, 16, 16, 12, 4)
"""Cells of equal area from the south up: belts bounded by latitudes -61.0, -30, 0, 30 and 61.0 deg."""

_SHIFTS_DEG = np.arange(-90.0, 90.0, 10.0)
_SHARES = np.linspace(0.0, 1.0, 21)
_AT_ONCE = 64  # sets, to bound memory
_POINTS = 8  # per side of a cell


def chance(observed: float, trials: np.ndarray) -> float:
    """Probability of at least so large a value, from trials; never 0, for the observed set counts as one."""
    return float((1 + np.count_nonzero(trials >= observed)) / (1 + len(trials)))


def source_harmonics(
    lat_deg: np.ndarray, lon_east_deg: np.ndarray, degree: int, *, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Harmonics of the density of sources over its mean, and their standard errors.

    Parameters
    ----------
    lat_deg, lon_east_deg : array, shape (n,)
    degree : int
    weights : array, shape (n,), or None
        Powers; None counts each source once.

    Returns
    -------
    coefficients, sigma : array, shape (2, degree + 1, degree + 1)
        As in `harmonic_basis`. The errors are those of a weighted mean over independent sources.
    """
    basis = harmonic_basis(degree, lat_deg, lon_east_deg)
    share = np.full(len(lat_deg), 1.0 / len(lat_deg)) if weights is None else weights / weights.sum()
    mean = basis @ share
    spread = np.sqrt((basis - mean[..., None]) ** 2 @ share**2)
    return mean, spread


@dataclass(frozen=True)
class DegreePower:
    """Power of the density of sources by degree of spherical harmonics.

    Attributes
    ----------
    power : array, shape (degree + 1,)
        Sum of squared coefficients; the density's mean is 1.
    expected : array, shape (degree + 1,)
        Mean over isotropic sets: what few sources give by chance.
    chance : array, shape (degree + 1,)
        Share of isotropic sets with at least the power; 1 at degree 0.
    """

    power: np.ndarray
    expected: np.ndarray
    chance: np.ndarray


def degree_power(
    lat_deg: np.ndarray,
    lon_east_deg: np.ndarray,
    degree: int,
    *,
    seen: Completeness,
    trials: int,
    rng: np.random.Generator,
    weights: np.ndarray | None = None,
) -> DegreePower:
    """Power by degree against isotropic sets with the same weights.

    Parameters
    ----------
    lat_deg, lon_east_deg : array, shape (n,)
    degree : int
    seen : Completeness
    trials : int
    rng : Generator
    weights : array, shape (n,), or None
        Powers; None counts each source once.

    Returns
    -------
    DegreePower

    Notes
    -----
    In a complete survey, n / (2 l + 1) times the power of degree l has the expectation 1 in isotropic sets.
    """

    def powers(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        share = np.full(lat.shape[-1], 1.0 / lat.shape[-1]) if weights is None else weights / weights.sum()
        return np.asarray(np.sum((harmonic_basis(degree, lat, lon) @ share) ** 2, axis=(0, 2)))

    observed = powers(lat_deg, lon_east_deg)
    sets = isotropic_sets(len(lat_deg), trials, seen=seen, rng=rng)
    drawn = np.concatenate([powers(lat, lon).T for lat, lon in sets])  # (trials, degree + 1)
    odds = [1.0, *(chance(observed[n], drawn[:, n]) for n in range(1, degree + 1))]
    return DegreePower(observed, drawn.mean(axis=0), np.array(odds))


def _batches(trials: int) -> Iterator[int]:
    while trials > 0:
        yield min(trials, _AT_ONCE)
        trials -= _AT_ONCE


def isotropic_sets(
    count: int, trials: int, *, seen: Completeness, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Sets of `count` sources without a pattern, in batches of latitudes and longitudes, shape (sets, count)."""
    for size in _batches(trials):
        lat, lon = seen.draw(size * count, rng)
        yield lat.reshape(size, count), lon.reshape(size, count)


def rotated_sets(
    lat_deg: np.ndarray, lon_east_deg: np.ndarray, trials: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The set of sources turned at random, in batches of latitudes and longitudes, shape (sets, n)."""
    north, east = np.radians(lat_deg), np.radians(lon_east_deg)
    places = np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    for count in _batches(trials):
        x, y, z = np.moveaxis(Rotation.random(count, random_state=rng).as_matrix() @ places, 1, 0)
        yield np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def largest_gains(
    pattern: Pattern, sets: Iterable[tuple[np.ndarray, np.ndarray]], *, seen: Completeness
) -> tuple[np.ndarray, np.ndarray]:
    """What fits of a pattern gain over a uniform density, set by set.

    Parameters
    ----------
    pattern : Pattern
    sets : iterable of (array, array)
        Batches of latitudes and longitudes, shape (sets, n).
    seen : Completeness

    Returns
    -------
    unshifted, shifted : array, shape (all sets,)
        Largest log-likelihood ratio over the share (steps of 1/20), and over share and shift (steps of 10 deg).
    """
    level = seen.mean(pattern.relative) / seen.mean_share
    turns = np.stack([turned(pattern.relative, shift).coefficients for shift in _SHIFTS_DEG])
    best: list[np.ndarray] = []
    for lat, lon in sets:
        density = np.tensordot(turns, harmonic_basis(pattern.relative.degree, lat, lon), axes=3) / level
        gains = np.zeros(density.shape[:2])
        for share in _SHARES[1:]:
            with np.errstate(divide="ignore"):  # a pattern of zero at a source
                np.maximum(gains, np.log1p(share * (density - 1.0)).sum(axis=-1), out=gains)
        best.append(gains)
    joined = np.concatenate(best, axis=1)
    return joined[int(np.flatnonzero(_SHIFTS_DEG == 0.0)[0])], joined.max(axis=0)


def weighted_relative_flux(
    pattern: Pattern, lat_deg: np.ndarray, lon_east_deg: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Mean of a pattern at the sources, weighted by their power: 1 for powers that do not care; shape (...)."""
    mean: np.ndarray = pattern.relative.at(lat_deg, lon_east_deg) @ (weights / weights.sum())
    return mean


@cache
def _cell_edges() -> tuple[np.ndarray, np.ndarray]:
    """Sines of latitude that bound the belts, and the number of the first cell of each."""
    counts = np.array(CELLS_BY_BELT)
    return -1.0 + 2.0 * np.concatenate([[0], np.cumsum(counts)]) / counts.sum(), np.cumsum(counts) - counts


def _cell_of(lat_deg: np.ndarray, lon_east_deg: np.ndarray) -> np.ndarray:
    """Number of the cell that holds each place."""
    edges, first = _cell_edges()
    counts = np.array(CELLS_BY_BELT)
    belt = np.clip(np.searchsorted(edges, np.sin(np.radians(lat_deg)), side="right") - 1, 0, len(counts) - 1)
    column = np.floor((lon_east_deg + 180.0) % 360.0 / 360.0 * counts[belt]).astype(int)
    cell: np.ndarray = first[belt] + np.minimum(column, counts[belt] - 1)
    return cell


def cell_sums(lat_deg: np.ndarray, lon_east_deg: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Number of sources, or sum of their weights, in each of 64 cells of equal area; shape (64,)."""
    sums: np.ndarray = np.bincount(_cell_of(lat_deg, lon_east_deg), weights=weights, minlength=sum(CELLS_BY_BELT))
    return sums.astype(float)


def cell_means(pattern: Pattern) -> np.ndarray:
    """Mean of a pattern over each of the 64 cells, to 1e-9, so that those which symmetry makes equal rank equal."""
    edges, _ = _cell_edges()
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    means = []
    for belt, count in enumerate(CELLS_BY_BELT):
        low, high = edges[belt : belt + 2]
        lat = np.degrees(np.arcsin(0.5 * (high + low) + 0.5 * (high - low) * nodes))
        width = 360.0 / count
        lon = -180.0 + width * (np.arange(count)[:, None] + 0.5 + 0.5 * nodes)
        values = pattern.relative.at(lat[:, None, None], lon[None])
        means.append(np.einsum("i,ijk,k->j", weights, values, weights) / 4.0)
    return np.round(np.concatenate(means), 9)


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's coefficient; ties share their mean rank. NaN where one of the two does not vary."""
    a, b = (rankdata(values) - 0.5 * (len(values) + 1) for values in (first, second))
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm > 0.0 else float("nan")


def trial_values(
    sets: Iterable[tuple[np.ndarray, np.ndarray]], statistic: Callable[[np.ndarray, np.ndarray], float]
) -> np.ndarray:
    """A statistic of each set of a stream of batches, shape (trials,)."""
    return np.array([statistic(lat, lon) for batch in sets for lat, lon in zip(*batch, strict=True)])
