"""How residuals of limb points hang together: along the limb, and between colours.

Relief and patches of albedo shift neighbouring points alike, and do so in every framelet that shows that part of the
limb. What framelets share at an azimuth is told from pairs of points in different framelets; what neighbours in one
framelet share beyond that is its own (noise of the same pixels, a haze that looks different in each colour).
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Scatter", "scatter_of"]

_CLIP = 4.0  # standard errors
_MOST_LAGS = 120
_FARTHEST_DEG = 90.0
_LEAST_LEFT = 0.25  # of the patches, by the fit
_CHANCE = 2.0  # standard errors of a correlation of independent points


@dataclass(frozen=True)
class Scatter:
    """Correlation of the residuals of limb points.

    Attributes
    ----------
    relief_px : float
        Standard deviation of what all framelets share at an azimuth; 0 where it cannot be told from chance.
    patch_deg : float
        Azimuth over which it holds.
    own_length : float
        Points of one framelet that count as one by what they share beyond it; at least 1.
    own_share : float
        Of the variance of the residuals, that which is not shared.
    """

    relief_px: float
    patch_deg: float
    own_length: float
    own_share: float


def scatter_of(
    residual_px: np.ndarray,
    sigma_px: np.ndarray,
    framelet: np.ndarray,
    azimuth_deg: np.ndarray,
    *,
    fitted: float = 0.0,
) -> Scatter:
    """Estimate the correlation of residuals.

    Parameters
    ----------
    residual_px, sigma_px : array, shape (n,)
        Residuals, and the standard errors at which they are clipped, four of them.
    framelet : array of int, shape (n,)
    azimuth_deg : array, shape (n,)
        About the disc's centre.
    fitted : float
        How many parameters the residuals have determined. Of m patches of relief they take so many for their own, and
        what is left is too small by (m - fitted) / m.

    Notes
    -----
    Points are put on a grid of azimuth as fine as they stand in a framelet. Sums of products of all pairs at a lag come
    from Fourier transforms of the sums in each cell: those within framelets, and the rest. Correlations count up to the
    first lag at which they are within two standard errors of none.
    """
    step = _spacing_deg(framelet, azimuth_deg)
    n = max(8, int(np.ceil(360.0 / step)))
    cell = (np.mod(azimuth_deg, 360.0) / 360.0 * n).astype(int) % n
    value = np.clip(residual_px, -_CLIP * sigma_px, _CLIP * sigma_px)
    variance = float(np.mean(value**2))
    if not variance > 0.0:
        return Scatter(0.0, 360.0 / n, 1.0, 1.0)
    _, row = np.unique(framelet, return_inverse=True)
    sums, counts = (np.zeros((row.max() + 1, n)) for _ in range(2))
    np.add.at(sums, (row, cell), value)
    np.add.at(counts, (row, cell), 1.0)
    lags = int(min(_MOST_LAGS, _FARTHEST_DEG / 360.0 * n)) + 1

    def pairs(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sums over cells of products at each lag: within rows, and between different rows."""
        power = np.abs(np.fft.rfft(table, axis=1)) ** 2
        total = np.abs(np.fft.rfft(table.sum(axis=0))) ** 2
        within = np.fft.irfft(power.sum(axis=0), n)[:lags]
        return within, np.fft.irfft(total, n)[:lags] - within

    (own_sum, shared_sum), (own_count, shared_count) = pairs(sums), pairs(counts)
    shared = np.where(shared_count > 0.5, shared_sum / np.maximum(shared_count, 0.5), 0.0)
    chance = _CHANCE * variance / np.sqrt(np.maximum(shared_count, 1.0))
    until = _first(shared < chance)
    shared[until:] = 0.0
    relief = min(float(shared[0]), variance)
    patch = 1.0 + 2.0 * float(np.sum(shared[1:])) / relief if relief > 0.0 else 1.0
    own_variance = variance - relief
    patches = np.count_nonzero(np.bincount((cell / patch).astype(int)))
    relief *= patches / max(patches - fitted, _LEAST_LEFT * patches)
    if not own_variance > 1e-9 * variance:
        return Scatter(np.sqrt(relief), 360.0 / n * patch, 1.0, 0.0)
    rho = (own_sum / np.maximum(own_count, 0.5) - shared) / own_variance
    rho[0] = 1.0
    until = _first((rho < _CHANCE / np.sqrt(np.maximum(own_count, 1.0))) | (own_count < 0.5))
    length = max(1.0, 1.0 + 2.0 * float(np.sum(rho[1:until])))
    return Scatter(float(np.sqrt(relief)), 360.0 / n * patch, length, own_variance / variance)


def _first(flags: np.ndarray) -> int:
    """Index of the first that holds; the length where none does."""
    return int(np.argmax(flags)) if flags.any() else len(flags)


def _spacing_deg(framelet: np.ndarray, azimuth_deg: np.ndarray) -> float:
    """Median distance of neighbouring points of a framelet."""
    order = np.lexsort((azimuth_deg, framelet))
    gaps = np.diff(azimuth_deg[order])[np.diff(framelet[order]) == 0]
    gaps = gaps[gaps > 1e-6]
    return float(np.clip(np.median(gaps), 0.02, 10.0)) if len(gaps) else 1.0
