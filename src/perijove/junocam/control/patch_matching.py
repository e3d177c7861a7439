"""Least-squares matching: where small pieces of a picture lie on a picture predicted from a map.

Whole pixels come from normalised cross-correlation over a search window, fractions from Gauss-Newton steps on the
brightness itself (Gruen 1985, S. Afr. J. Photogramm. Remote Sens. Cartogr. 14:175), which gives each piece its own
standard error: sharp ground settles a shift, an even plain does not.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

__all__ = ["PatchShifts", "match_patches"]

_DETAIL_SHARE = 0.25  # of a patch's side: larger structures are shading, and are taken out
_STEPS = 3
_MAX_STEP_PX = 0.7
_BLUR_AREA_PX = 6.0  # pixels that share one independent brightness, under the blur of optics and of resampling
_CORRELATION_IN_NOISE = 4.0  # standard errors of the correlation of unrelated ground
_MIN_CORRELATION = 0.2
_MIN_SHARE = 0.5
_EDGE_PX = 2  # interpolation near the end of the ground means nothing


@dataclass(frozen=True)
class PatchShifts:
    """Displacements of patches against what was predicted.

    Attributes
    ----------
    xy : array, shape (n, 2)
        By how much a feature lies farther right and down in the picture than predicted, patch pixels.
    sigma : array, shape (n, 2)
        Standard errors of both.
    correlation : array, shape (n,)
        At the best shift; -1 where nothing was compared.
    compared : array of bool, shape (n,)
        Whether half of the patch is good, and ground.
    found : array of bool, shape (n,)
        Whether the correlation stands above that of unrelated ground, away from the end of the search.
    """

    xy: np.ndarray
    sigma: np.ndarray
    correlation: np.ndarray
    compared: np.ndarray
    found: np.ndarray


def _detail(pictures: np.ndarray, mask: np.ndarray, sigma_px: float) -> np.ndarray:
    """Relative brightness less its local mean, 0 outside the mask."""
    sigmas = (0.0, sigma_px, sigma_px)
    inside = np.where(mask, pictures, 0.0)
    level = ndimage.gaussian_filter(inside, sigmas, mode="constant", truncate=2.5)
    share = ndimage.gaussian_filter(mask.astype(float), sigmas, mode="constant", truncate=2.5)
    known = mask & (level > 0.0)
    relative = inside * share / np.where(known, level, 1.0) - 1.0
    detail: np.ndarray = np.where(known, np.clip(relative, -1.0, 1.0), 0.0)
    return detail


def _correlations(patch: np.ndarray, mask: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Normalised correlation of a patch with every place of a window, over the patch's mask."""
    places = np.lib.stride_tricks.sliding_window_view(window, patch.shape)
    weight = mask.astype(float)
    count = weight.sum()
    mean = np.tensordot(places, weight, 2) / count
    spread = np.tensordot(np.lib.stride_tricks.sliding_window_view(window**2, patch.shape), weight, 2) / count - mean**2
    own = np.where(mask, patch - patch[mask].mean(), 0.0)
    product = np.tensordot(places, own, 2) / count
    correlation: np.ndarray = product / np.sqrt(np.maximum(spread * np.sum(own**2) / count, 1e-30))
    return correlation


def _refined(
    patch: np.ndarray, mask: np.ndarray, window: np.ndarray, at: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, float]:
    """Best place in a window to a fraction of a pixel (right, down), its standard errors, and the correlation."""
    rows, columns = patch.shape
    i, j = np.meshgrid(np.arange(rows, dtype=float), np.arange(columns, dtype=float), indexing="ij")
    y, x = float(at[0]), float(at[1])
    value = patch[mask]
    slopes = np.stack([(i[mask] / rows - 0.5), (j[mask] / columns - 0.5)], axis=1)
    for step in range(_STEPS):
        moved = ndimage.map_coordinates(window, [i + y, j + x], order=3, mode="nearest", prefilter=False)
        down, right = np.gradient(moved)
        here = moved[mask]
        # The picture is the prediction, moved, times a gain and plus an offset that vary across the patch.
        shading = np.concatenate([np.stack([here, np.ones(len(here))], axis=1), slopes, here[:, None] * slopes], axis=1)
        design = np.concatenate([np.stack([right[mask], down[mask]], axis=1), shading], axis=1)
        normal = design.T @ design
        scale = 1.0 / np.sqrt(np.diag(normal) + 1e-12 * np.trace(normal))
        inverse = np.linalg.inv(normal * np.outer(scale, scale) + 1e-9 * np.eye(len(scale))) * np.outer(scale, scale)
        fitted = inverse @ (design.T @ value)
        gain = max(float(fitted[2]), 1e-3)
        residual = value - design @ fitted
        if step < _STEPS - 1:
            dx, dy = np.clip(fitted[:2] / gain, -_MAX_STEP_PX, _MAX_STEP_PX)
            x, y = x + float(dx), y + float(dy)
    sigma = np.sqrt(float(np.mean(residual**2)) * _BLUR_AREA_PX * np.diag(inverse)[:2]) / gain
    left = value - shading[:, 1:4] @ np.linalg.lstsq(shading[:, 1:4], value, rcond=None)[0]
    detail = here - shading[:, 1:4] @ np.linalg.lstsq(shading[:, 1:4], here, rcond=None)[0]
    correlation = float(left @ detail / np.sqrt(max((left @ left) * (detail @ detail), 1e-30)))
    return np.array([x, y]), sigma, correlation


def match_patches(observed: np.ndarray, mask: np.ndarray, predicted: np.ndarray) -> PatchShifts:
    """Shifts of patches against their predictions.

    Parameters
    ----------
    observed : array, shape (n, rows, columns)
        Brightness, any linear unit.
    mask : array of bool, same shape
        What may be compared.
    predicted : array, shape (n, rows + 2 s, columns + 2 s)
        Predicted brightness, blurred like the picture; s pixels wider on each side, which is how far is searched. Zero
        where there is no ground.

    Returns
    -------
    PatchShifts

    Notes
    -----
    Whole pixels are found in detail finer than a quarter of the patch. After that gain and offset are free in each
    patch, and vary linearly across it, so that neither photometry nor the base map's own processing matters at first
    order. The standard errors take one in six pixels for independent.
    """
    n, rows, columns = observed.shape
    reach = (predicted.shape[1] - rows) // 2
    scale = _DETAIL_SHARE * min(rows, columns)
    ground = predicted > 0.0
    own, other = _detail(observed, mask, scale), _detail(predicted, ground, scale)
    level = np.maximum(np.sum(predicted, axis=(1, 2)) / np.maximum(np.sum(ground, axis=(1, 2)), 1), 1e-12)
    filled = np.where(ground, predicted, level[:, None, None])
    xy, sigma = np.zeros((n, 2)), np.full((n, 2), np.inf)
    correlation = np.full(n, -1.0)
    compared, found = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    middle = (slice(None), slice(reach, reach + rows), slice(reach, reach + columns))
    share = np.mean(mask & ground[middle], axis=(1, 2))
    for k in range(n):
        if share[k] < _MIN_SHARE or not own[k].any() or not other[k].any():
            continue
        compared[k] = True
        surface = _correlations(own[k], mask[k], other[k])
        y, x = (int(v) for v in np.unravel_index(np.argmax(surface), surface.shape))
        if not (0 < y < 2 * reach and 0 < x < 2 * reach):
            continue
        inner = ndimage.binary_erosion(ground[k], iterations=_EDGE_PX, border_value=1)
        common = mask[k] & inner[y : y + rows, x : x + columns]
        count = int(np.count_nonzero(common))
        if count < _MIN_SHARE * rows * columns:
            continue
        spline = ndimage.spline_filter(filled[k] / level[k], order=3)
        place, sigma[k], correlation[k] = _refined(observed[k], common, spline, (y, x))
        xy[k] = reach - place
        noise = _CORRELATION_IN_NOISE * np.sqrt(_BLUR_AREA_PX / count)
        near = bool(np.all(np.abs(place - [x, y]) < 1.0))
        found[k] = near and correlation[k] > max(_MIN_CORRELATION, noise)
    return PatchShifts(xy, sigma, correlation, compared, found)
