"""Bright points above their surroundings."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from perijove.jiram.background import local_level
from perijove.jiram.point_spread import PointSpread

__all__ = ["Peaks", "find_peaks"]

_LEVEL_PX = 15  # over which the ground's light is taken for even
_SCATTER_PX = 31
_HALF = 7


@dataclass(frozen=True, eq=False)
class Peaks:
    """Points found, brightest first.

    Attributes
    ----------
    xy : array, shape (n, 2)
        Pixel coordinates, to a quarter of a pixel.
    significance : array, shape (n,)
        Light over its standard error, that of the surroundings taken where they scatter more than the detector.
    light : array, shape (n,)
        Counts, first estimate.
    """

    xy: np.ndarray
    significance: np.ndarray
    light: np.ndarray


def find_peaks(
    counts: np.ndarray,
    good: np.ndarray,
    sigma: np.ndarray,
    spread: PointSpread,
    *,
    threshold: float,
    unsure: np.ndarray | None = None,
    calm: np.ndarray | None = None,
) -> Peaks:
    """Local maxima of the picture filtered with the shape of a point.

    Parameters
    ----------
    counts, good, sigma : array, shape (rows, columns)
        Light without what is known, which pixels to use, standard errors.
    spread : PointSpread
    threshold : float
        Significance from which a maximum counts.
    unsure : array, optional
        A further standard error of the counts, which neighbouring pixels share: light that was taken away before.
    calm : array of bool, optional
        Pixels that tell the level and the scatter of their surroundings; all good ones unless given.

    Notes
    -----
    The optimal filter for one point on even ground: light = sum(k d / s²) / sum(k² / s²), with k the point. Where the
    filtered ground itself scatters by more than 1, as sunlit ground with its markings does, the significance is
    divided by that.
    """
    noise = float(np.median(sigma))
    calm = good if calm is None else good & calm
    level, scatter = local_level(counts, calm, size=_LEVEL_PX, noise=noise)
    variance = np.maximum(sigma, scatter) ** 2 if unsure is None else np.maximum(sigma, scatter) ** 2 + unsure**2
    weight = good / variance
    weight[~good] = 0.0
    parts = spread.stamps(_HALF)
    upper = np.zeros_like(counts)
    for along_x, along_y in parts:
        weighted = ndimage.correlate1d(weight * (counts - level), along_x[::-1], axis=1, mode="constant")
        upper += ndimage.correlate1d(weighted, along_y[::-1], axis=0, mode="constant")
    # The point's square, core alone: its wings hold little of it, and a sum of two products is no product.
    (core_x, core_y), (wing_x, wing_y) = parts
    lower = ndimage.correlate1d(
        ndimage.correlate1d(weight, core_x**2, axis=1, mode="constant"), core_y**2, axis=0, mode="constant"
    ) + 2.0 * ndimage.correlate1d(
        ndimage.correlate1d(weight, core_x * wing_x, axis=1, mode="constant"), core_y * wing_y, axis=0, mode="constant"
    )
    full = 1.0 / variance.max() * float((core_x**2).sum() * (core_y**2).sum())
    seen = lower > 0.05 * full
    significance = np.where(seen, upper / np.sqrt(np.where(seen, lower, 1.0)), 0.0)
    _, own = local_level(significance, seen & calm, size=_SCATTER_PX, noise=1.0)
    significance /= np.maximum(own, 1.0)
    top = (significance >= ndimage.maximum_filter(significance, size=3)) & (significance > threshold)
    rows, columns = np.nonzero(top)
    order = np.argsort(-significance[rows, columns])
    rows, columns = rows[order], columns[order]
    x = columns + 0.5 + _vertex(significance, rows, columns, 1)
    y = rows + 0.5 + _vertex(significance, rows, columns, 0)
    xy = np.stack([x, y], axis=-1)
    return Peaks(xy, significance[rows, columns], (upper / np.where(seen, lower, 1.0))[rows, columns])


def _vertex(values: np.ndarray, rows: np.ndarray, columns: np.ndarray, axis: int) -> np.ndarray:
    """Offset of a parabola's top through a maximum and its neighbours along an axis, within half a pixel."""
    padded = np.pad(values, 1, mode="edge")
    r, c = rows + 1, columns + 1
    before, after = (padded[r - 1, c], padded[r + 1, c]) if axis == 0 else (padded[r, c - 1], padded[r, c + 1])
    bend = before - 2.0 * padded[r, c] + after
    return np.clip(np.where(bend < 0.0, 0.5 * (before - after) / np.minimum(bend, -1e-9), 0.0), -0.5, 0.5)
