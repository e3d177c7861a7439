"""What a framelet shows without light: dark level, its slope over the strip, column structure and hot pixels.

The background of a framelet is the sum of four parts. The *level* comes from the framelet's own dark columns. The
*shape*, smooth over the strip, and the *column structure* come from the sky: the strip is cut into blocks of
16 x 16 pixels, and in each block those framelets of the same filter count as sky whose mean, above their own dark
level, agrees with the lowest. So a body that fills most framelets, or faint light on its night side, does not pass
for background; where a block never sees the sky the shape is filled from its neighbours, or from nothing but the
dark columns, and said to be uncertain. *Hot pixels* are what stands out at the same place in most sky framelets.

Single pixels other than hot ones are not given a background of their own: their fixed pattern, 0.16 to 0.35 DN rms
on pictures of perijoves 43, 44 and 68, is smaller than the error of a mean over a dozen framelets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt, median_filter

from perijove.bodies.juno import JUNOCAM
from perijove.junocam.instrument import imaging_columns

__all__ = ["Background", "estimate_background", "theoretical_scatter_dn"]

_BLOCK = 16
_MAX_SHAPE_DN = 5.0  # sky above dark columns: 0.1 to 2.5 DN measured; more than this is light
_MIN_TOLERANCE_DN = 0.3  # how far above the lowest framelet a block may be and still be sky
_PATTERN_DN = 0.25  # fixed pattern of single pixels, left in the background; see the module's text
_CLIPPED_DN = 0.4  # error of the mean where the counts are cut off at zero
_BLIND_SHAPE_DN = (1.0, 1.0)  # shape and its error where no sky was seen in the whole filter
_STRAY_DN = 1.0  # dark columns of one filter agree to 0.4 DN from framelet to framelet; more is light
_DARK_SHARE = 1.0 / 3.0  # of the framelets that are taken for dark
_HOT_DN = 6.0  # smallest excess of a hot pixel: four times the scatter of one framelet


@dataclass(frozen=True)
class Background:
    """Background of all framelets of a picture.

    Attributes
    ----------
    level_dn : array, shape (framelets,)
        Part that is the framelet's own.
    pattern_dn : mapping
        Part that framelets of a filter share, by filter: array, shape (rows, columns).
    sigma_dn : mapping
        Standard error of the background, by filter: array, shape (rows, columns).
    scatter_dn : mapping
        Standard deviation of single pixels about the background, by filter: read noise, dark current's shot noise
        and rounding together.
    hot : mapping
        Hot pixels, by filter: boolean array, shape (rows, columns).
    seen : mapping
        Where the sky was seen in at least one framelet, by filter: boolean array, shape (rows, columns).
    sky_fraction : mapping
        Part of a filter's blocks, over all its framelets, that showed sky.
    stray : array of bool, shape (framelets,)
        Where light fell on the dark columns, and the level is that of the filter's darkest framelets.
    """

    filters: tuple[str, ...]
    level_dn: np.ndarray
    pattern_dn: Mapping[str, np.ndarray]
    sigma_dn: Mapping[str, np.ndarray]
    scatter_dn: Mapping[str, float]
    hot: Mapping[str, np.ndarray]
    seen: Mapping[str, np.ndarray]
    sky_fraction: Mapping[str, float]
    stray: np.ndarray

    def framelet(self, index: int) -> np.ndarray:
        """Background of one framelet: array, shape (rows, columns), DN."""
        background: np.ndarray = self.pattern_dn[self.filters[index]] + self.level_dn[index]
        return background


@dataclass(frozen=True)
class _Blocks:
    """Sums over blocks of pixels no brighter than sky can be, framelet by framelet."""

    mean: np.ndarray  # (framelets, block rows, block columns), above the dark level; NaN where too few pixels
    variance: np.ndarray
    zeros: float  # part of the pixels that read zero
    number: int  # blocks of a framelet that lie in imaging columns


@dataclass(frozen=True)
class _FilterBackground:
    """What `Background` holds, for one filter; levels by framelet."""

    levels: np.ndarray
    stray: np.ndarray
    pattern: np.ndarray
    sigma: np.ndarray
    scatter: float
    hot: np.ndarray
    seen: np.ndarray
    sky_fraction: float


def theoretical_scatter_dn(level_dn: float) -> float:
    """Scatter that read noise, shot noise of a level and rounding give together, DN."""
    read = JUNOCAM.read_noise_e / JUNOCAM.gain_e_per_dn
    return float(np.sqrt(read**2 + max(level_dn, 0.0) / JUNOCAM.gain_e_per_dn + 1.0 / 12.0))


def estimate_background(dn: np.ndarray, filters: Sequence[str], *, summing: int = 1) -> Background:
    """Background of each framelet of a picture.

    Parameters
    ----------
    dn : array, shape (framelets, rows, columns), float32
        Decompanded counts.
    filters : sequence of str
        Filter of each framelet.
    summing : int
        1, or 2 for summed pixels.

    Returns
    -------
    Background
    """
    levels, stray = np.empty(len(filters), dtype=np.float32), np.empty(len(filters), dtype=np.bool_)
    parts = {}
    for name in dict.fromkeys(filters):
        chosen = [index for index, other in enumerate(filters) if other == name]
        parts[name] = _one_filter([dn[index] for index in chosen], summing)
        levels[chosen], stray[chosen] = parts[name].levels, parts[name].stray
    return Background(
        filters=tuple(filters),
        level_dn=levels,
        pattern_dn={name: part.pattern for name, part in parts.items()},
        sigma_dn={name: part.sigma for name, part in parts.items()},
        scatter_dn={name: part.scatter for name, part in parts.items()},
        hot={name: part.hot for name, part in parts.items()},
        seen={name: part.seen for name, part in parts.items()},
        sky_fraction={name: part.sky_fraction for name, part in parts.items()},
        stray=stray,
    )


def _one_filter(framelets: list[np.ndarray], summing: int) -> _FilterBackground:
    """Background of the framelets of one filter."""
    shape = framelets[0].shape
    active = imaging_columns(shape[1], summing=summing)
    levels, scatter, stray = _dark_levels(framelets, summing)
    blocks = _block_sums(framelets, levels, scatter, active)
    sky, offsets = _sky_blocks(blocks, scatter)
    if sky.any():
        scatter = float(np.sqrt(np.median(blocks.variance[sky])))
    levels = levels + offsets.astype(np.float32)
    smooth, seen = _shape(blocks.mean - offsets[:, None, None], sky, shape)
    column, hot_dn = _structure(framelets, levels, smooth, sky, scatter)
    pattern = smooth + column + hot_dn
    count = _upsampled(np.maximum(sky.sum(axis=0), 1).astype(np.float32), shape)
    variance = _PATTERN_DN**2 + scatter**2 / (count * _BLOCK * shape[0] / 4.0)
    if blocks.zeros > 0.1:  # the dark level lies at the bottom of the code table
        variance = variance + _CLIPPED_DN**2
    blind = _BLIND_SHAPE_DN[1] if not sky.any() else 0.5
    variance = np.where(seen, variance, variance + blind**2)
    variance = np.where(hot_dn > 0.0, variance + (0.1 * hot_dn) ** 2, variance)
    return _FilterBackground(
        levels=levels,
        stray=stray,
        pattern=pattern.astype(np.float32),
        sigma=np.sqrt(variance).astype(np.float32),
        scatter=max(scatter, theoretical_scatter_dn(float(np.median(levels))) / summing),
        hot=hot_dn > 0.0,
        seen=seen,
        sky_fraction=float(sky.sum() / (len(framelets) * blocks.number)),
    )


def _dark_levels(framelets: list[np.ndarray], summing: int) -> tuple[np.ndarray, float, np.ndarray]:
    """Mean of each framelet's dark columns, the scatter of single dark pixels, and where light fell on them.

    Light only adds. So the darkest third of the framelets tell the level, and one whose columns read a count more has
    light there (a bright body beside the field, straylight): its level is theirs.
    """
    first = -(-JUNOCAM.first_dark_reference_column // summing)
    last = JUNOCAM.dark_columns // summing
    dark = np.stack([framelet[:, first:last].ravel() for framelet in framelets])
    middle = np.median(dark, axis=1, keepdims=True)
    width = 1.4826 * np.median(np.abs(dark - middle))
    bound = np.maximum(5.0 * width, 4.0)  # counts are whole numbers: their median deviation may be 0 or 1
    dark = np.where(np.abs(dark - middle) <= bound, dark, np.nan)
    levels = np.nanmean(dark, axis=1).astype(np.float32)
    darkest = np.sort(levels)[: max(1, int(np.ceil(_DARK_SHARE * len(levels))))]
    usual = np.median(darkest)
    stray = levels > usual + _STRAY_DN
    scatter = float(np.sqrt(np.nanmean(np.nanvar(dark[~stray], axis=1))))
    return np.where(stray, usual, levels).astype(np.float32), scatter, stray


def _block_sums(framelets: list[np.ndarray], levels: np.ndarray, scatter: float, active: slice) -> _Blocks:
    """Mean and variance of the pixels of each block that are no brighter than sky can be."""
    rows, columns = framelets[0].shape
    padded = -(-columns // _BLOCK) * _BLOCK
    weight = np.zeros((rows, padded), dtype=np.float32)
    residual = np.zeros((rows, padded), dtype=np.float32)
    size = _block_sum(np.ones((rows, padded), dtype=np.float32))
    total = np.zeros((rows, padded), dtype=np.float32)
    total[:, active] = 1.0
    usable = _block_sum(total) >= 0.4 * size
    bound = _MAX_SHAPE_DN + 5.0 * max(scatter, theoretical_scatter_dn(float(levels.mean())))
    means, variances, zeros, pixels = [], [], 0, 0
    for framelet, level in zip(framelets, levels, strict=True):
        part = framelet[:, active] - level
        faint = part <= bound
        zeros += int(np.count_nonzero(framelet[:, active] == 0.0))
        pixels += part.size
        weight[:, active] = faint
        residual[:, active] = part * faint
        count = _block_sum(weight)
        mean = _block_sum(residual) / np.maximum(count, 1.0)
        variance = _block_sum(residual * residual) / np.maximum(count, 1.0) - mean**2
        enough = usable & (count >= 0.8 * _block_sum(total))
        means.append(np.where(enough, mean, np.nan))
        variances.append(variance)
    return _Blocks(np.stack(means), np.stack(variances), zeros / max(pixels, 1), int(usable.sum()))


def _block_sum(plane: np.ndarray) -> np.ndarray:
    rows, columns = plane.shape
    cut = plane.reshape(rows // _BLOCK, _BLOCK, columns)
    by_rows = cut.sum(axis=1)
    summed: np.ndarray = by_rows.reshape(rows // _BLOCK, columns // _BLOCK, _BLOCK).sum(axis=2)
    return summed


def _sky_blocks(blocks: _Blocks, scatter: float) -> tuple[np.ndarray, np.ndarray]:
    """Which blocks of which framelets show sky, and how far each framelet's sky departs from the others'."""
    offsets = np.zeros(len(blocks.mean))
    tolerance = max(_MIN_TOLERANCE_DN, 4.0 * scatter / _BLOCK)
    sky = np.zeros(blocks.mean.shape, dtype=bool)
    for _ in range(3):
        mean = np.where(np.isfinite(blocks.mean), blocks.mean - offsets[:, None, None], np.inf)
        order = min(1, len(mean) - 1)  # the second lowest: the lowest of many is low by chance
        lowest = np.partition(mean, order, axis=0)[order]
        lowest = np.where(np.isfinite(lowest), lowest, mean.min(axis=0))
        sky = (mean <= lowest + tolerance) & (mean <= _MAX_SHAPE_DN)
        count = sky.sum(axis=0)
        shape = np.where(sky, mean, 0.0).sum(axis=0) / np.maximum(count, 1)
        trusted = sky & (count >= 2)
        enough = trusted.sum(axis=(1, 2)) >= 20
        departures = np.where(trusted, mean - shape, np.nan)
        if enough.any():
            shifts = np.nanmedian(departures[enough].reshape(enough.sum(), -1), axis=1)
            offsets[enough] += shifts - np.median(shifts)
    return sky, offsets


def _shape(mean: np.ndarray, sky: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Smooth background above the dark level at each pixel, and where it rests on sky."""
    count = sky.sum(axis=0)
    if not count.any():
        return np.full(shape, _BLIND_SHAPE_DN[0], dtype=np.float32), np.zeros(shape, dtype=bool)
    grid = np.where(sky, mean, 0.0).sum(axis=0) / np.maximum(count, 1)
    known = count > 0
    nearest = distance_transform_edt(~known, sampling=(2.0, 1.0), return_distances=False, return_indices=True)
    grid = median_filter(grid[tuple(nearest)], size=(3, 3), mode="nearest")
    seen = np.repeat(np.repeat(known, _BLOCK, axis=0), _BLOCK, axis=1)[: shape[0], : shape[1]]
    return _upsampled(grid.astype(np.float32), shape), seen


def _upsampled(grid: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Bilinear interpolation from the centres of blocks to pixels."""
    for axis, size in enumerate(shape):
        blocks = grid.shape[axis]
        position = np.clip((np.arange(size) + 0.5) / _BLOCK - 0.5, 0.0, blocks - 1.0)
        low = np.minimum(position.astype(int), max(blocks - 2, 0))
        part = np.expand_dims((position - low).astype(np.float32), 1 - axis)
        grid = grid.take(low, axis) * (1.0 - part) + grid.take(np.minimum(low + 1, blocks - 1), axis) * part
    return grid


def _structure(
    framelets: list[np.ndarray], levels: np.ndarray, smooth: np.ndarray, sky: np.ndarray, scatter: float
) -> tuple[np.ndarray, np.ndarray]:
    """Column structure, and excess of hot pixels, 0 elsewhere; arrays of shape (rows, columns)."""
    rows, columns = smooth.shape
    total = np.zeros((rows, columns), dtype=np.float32)
    count = np.zeros((rows, columns), dtype=np.float32)
    bound = 8.0 * scatter
    masks = np.repeat(np.repeat(sky, _BLOCK, axis=1), _BLOCK, axis=2)[:, :rows, :columns]
    for framelet, level, mask in zip(framelets, levels, masks, strict=True):
        residual = framelet - (smooth + level)
        np.minimum(residual, bound, out=residual)
        residual *= mask
        total += residual
        count += mask
    mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    column = _columns(mean, scatter / np.sqrt(max(float(np.median(count)), 1.0)))
    hot = np.zeros((rows, columns), dtype=np.float32)
    where = np.nonzero((np.nan_to_num(mean) - column > 0.5 * _HOT_DN) & (count >= 3))
    if where[0].size:
        stack = np.stack([framelet[where] - level for framelet, level in zip(framelets, levels, strict=True)])
        stack = np.where(masks[:, where[0], where[1]], stack - (smooth[where] + column[where]), np.nan)
        excess = np.nanmedian(stack, axis=0)
        hot[where] = np.where(excess > max(_HOT_DN, 4.0 * scatter), excess, 0.0)
    return column, hot


def _columns(mean: np.ndarray, sigma: float) -> np.ndarray:
    """Structure of columns, shape (rows, columns), from the framelets' mean residual (NaN where no sky was seen).

    Each column has one value, and where a stretch of 16 rows departs from it significantly (columns behind a trap
    begin somewhere in the strip) that stretch its own.
    """
    rows, columns = mean.shape
    whole = _median_where_seen(mean)
    parts = _median_where_seen(np.swapaxes(mean.reshape(rows // _BLOCK, _BLOCK, columns), 0, 1))
    known = np.isfinite(mean).sum(axis=0) >= _BLOCK
    whole = np.where(known, np.nan_to_num(whole), 0.0)
    departs = np.abs(parts - whole) > 5.0 * 1.25 * sigma / np.sqrt(_BLOCK)
    parts = np.where(departs, parts, whole)
    return np.repeat(parts, _BLOCK, axis=0).astype(np.float32)


def _median_where_seen(values: np.ndarray) -> np.ndarray:
    """Median along the first axis of what is finite, NaN where nothing is.

    numpy warns of columns without any sky, and warnings cannot be silenced here: kernels are compiled in another thread
    meanwhile, and filters of warnings belong to the whole process.
    """
    seen = np.isfinite(values).any(axis=0)
    median: np.ndarray = np.nanmedian(np.where(seen, values, 0.0), axis=0)
    return np.where(seen, median, np.nan)
