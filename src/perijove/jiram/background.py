"""What the detector adds: the pattern of its columns, bad pixels and hits; and how much the rest scatters."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from perijove.bodies.jiram import JIRAM
from perijove.formats.jiram import JiramFrame
from perijove.jiram.point_spread import PointSpread

__all__ = ["Cleaned", "cleaned", "columns_removed", "first_columns", "local_level", "spikes", "without_tracks"]

_MAD = 1.4826
_FEW_SKY = 24  # pixels of a column that tell its level
_SPIKE = 5.0  # standard errors above its surroundings, for a single pixel to be one
_LATERAL = 0.45  # of what a point in the middle of a pixel gives its neighbours: less did not come by the optics
_SLACK = 2.5
_CLIP = 3.0
_DARK_PERCENTILE = 25.0
_MOST_COLUMN = 5.0 * float(JIRAM.column_counts)
_TRACK_COLUMNS = 9


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A band's half, freed of what the detector adds.

    Attributes
    ----------
    counts : array, shape (rows, columns)
        Without the level of each column. Bad pixels keep what they have.
    good : array of bool, same shape
    sigma : array, same shape
        Standard error of a pixel: read-out, and the light's own.
    noise : float
        Read-out noise, counts, measured on the sky; on all dark pixels where there is no sky.
    sky_pixels : int
        On how many.
    """

    counts: np.ndarray
    good: np.ndarray
    sigma: np.ndarray
    noise: float
    sky_pixels: int


def cleaned(
    frame: JiramFrame, sky: Mapping[str, np.ndarray], spread: PointSpread, known_bad: Mapping[str, np.ndarray]
) -> dict[str, Cleaned]:
    """Both halves without column pattern, noise measured, bad pixels and hits marked.

    Parameters
    ----------
    frame : JiramFrame
    sky : mapping of str to array of bool
        By band, pixels that surely see neither Io nor Jupiter.
    spread : PointSpread
        What a point looks like: sharper things are hits.
    known_bad : mapping of str to array of bool
        By band, pixels that other frames of the pass show to be bad.
    """
    patterns = {band: _pattern(frame.counts[band], sky[band]) for band in frame.bands}
    result = {}
    for band in frame.bands:
        other = next((patterns[name] for name in frame.bands if name != band), None)
        counts = columns_removed(frame.counts[band], patterns[band], other)
        good = np.isfinite(counts) & ~known_bad[band]
        where = good & sky[band]
        enough = int(where.sum()) >= 20 * _FEW_SKY
        noise = _scatter(counts[where] if enough else _differences(counts, good))
        good &= ~spikes(np.where(good, counts, 0.0), noise, spread)
        shot = np.maximum(counts, 0.0) / float(JIRAM.electrons_per_count)
        sigma = np.sqrt(noise**2 + np.where(np.isfinite(shot), shot, 0.0))
        result[band] = Cleaned(np.where(np.isfinite(counts), counts, 0.0), good, sigma, noise, int(where.sum()))
    return result


def first_columns(frame: JiramFrame) -> dict[str, np.ndarray]:
    """Halves without column pattern, before it is known where Io is: the darker half tells the level of a column."""
    levels = {band: _low(frame.counts[band]) for band in frame.bands}
    common = np.minimum.reduce(list(levels.values()))
    if frame.background_subtracted:  # then no column stands far above the rest: what does is lit ground
        for odd in (0, 1):
            dark = float(np.percentile(common[odd::2], _DARK_PERCENTILE))
            common[odd::2] = np.where(common[odd::2] > dark + _MOST_COLUMN, dark, common[odd::2])
    return {band: np.nan_to_num(frame.counts[band] - common) for band in frame.bands}


def _low(counts: np.ndarray) -> np.ndarray:
    """Level of the dark part of each column: its median where the column is dark throughout."""
    held = np.where(np.isfinite(counts), counts, np.nanmedian(counts))
    low, middle = np.percentile(held, (20.0, 50.0), axis=0)
    spread = _scatter(_differences(counts, np.isfinite(counts)))
    return np.asarray(np.where(middle - low > 3.0 * spread, low + 0.84 * spread, middle))


def _scatter(values: np.ndarray) -> float:
    if not values.size:
        return float(JIRAM.noise_counts)
    # Counts are whole: the median of deviations is coarse, and only starts the clipped standard deviation.
    level, width = float(np.median(values)), 0.5
    width = max(float(_MAD * np.median(np.abs(values - level))), width)
    for _ in range(2):
        kept = values[np.abs(values - level) < _CLIP * width]
        level, width = float(kept.mean()), max(float(kept.std()) / 0.987, 0.5)
    return width


def _differences(counts: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Differences of pixels two lines apart over root two: scatter without slow light."""
    both = good[2:] & good[:-2]
    return np.asarray((counts[2:] - counts[:-2])[both] / np.sqrt(2.0))


def _pattern(counts: np.ndarray, sky: np.ndarray) -> np.ndarray:
    """Level of each column on the sky; NaN where too little of it shows."""
    held = np.where(sky & np.isfinite(counts), counts, np.nan)
    enough = np.isfinite(held).sum(axis=0) >= _FEW_SKY
    level = np.full(counts.shape[1], np.nan)
    if enough.any():
        level[enough] = np.nanmedian(held[:, enough], axis=0)
    return level


def columns_removed(counts: np.ndarray, own: np.ndarray, other: np.ndarray | None) -> np.ndarray:
    """Counts less the level of each column: its own sky, else the other half's, else that of its parity.

    Both halves share the pattern of columns; tracks of bright light along a column are a half's own.
    """
    level = own.copy()
    if other is not None:
        missing = ~np.isfinite(level)
        level[missing] = other[missing]
    parity = np.arange(len(level)) % 2
    for odd in (0, 1):
        these = level[parity == odd]
        typical = float(np.nanmedian(these)) if np.isfinite(these).any() else 0.0
        level[(parity == odd) & ~np.isfinite(level)] = typical
    return np.asarray(counts - level)


def without_tracks(rest: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Light without what whole columns have more than their neighbours, once the ground's is taken away.

    A bright volcano lights its column a little. Where the column has no sky, its pattern does not hold that.
    """
    held = np.where(good, rest, np.nan)
    enough = np.isfinite(held).sum(axis=0) >= _FEW_SKY
    middle = np.zeros(rest.shape[1])
    middle[enough] = np.nanmedian(held[:, enough], axis=0)
    return np.asarray(rest - (middle - ndimage.median_filter(middle, _TRACK_COLUMNS, mode="nearest")))


def spikes(counts: np.ndarray, noise: float, spread: PointSpread) -> np.ndarray:
    """Pixels that are hits or hot: their neighbours, in one direction or the other, have none of their light.

    Dark ones likewise: no light is negative.
    """
    level = ndimage.median_filter(counts, size=(5, 5), mode="nearest")
    over = counts - level
    padded = np.pad(over, 1)
    beside = np.maximum(padded[1:-1, :-2], padded[1:-1, 2:])
    above = np.maximum(padded[:-2, 1:-1], padded[2:, 1:-1])
    stamp = spread.stamp(3)
    ratio_x, ratio_y = stamp[3, 4] / stamp[3, 3], stamp[4, 3] / stamp[3, 3]
    slack = _SLACK * noise
    alone = (beside < _LATERAL * ratio_x * over - slack) | (above < _LATERAL * ratio_y * over - slack)
    faint_alone = (over > _SPIKE * noise) & (np.maximum(beside, above) < 0.1 * over)
    return np.asarray(((over > _SPIKE * noise) & alone) | faint_alone | (over < -_SPIKE * noise))


def local_level(values: np.ndarray, good: np.ndarray, *, size: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Level and scatter of the surroundings of each pixel, what stands out left away.

    Returns
    -------
    level, scatter : array, shape of values
        Clipped mean over a square of `size` pixels and standard deviation about it.
    """
    weight = good.astype(float)
    level = np.zeros_like(values)
    scatter = np.full_like(values, noise * 3.0)
    for _ in range(3):
        kept = weight * (np.abs(values - level) < _CLIP * scatter)
        total = ndimage.uniform_filter(kept, size, mode="constant")
        safe = np.where(total > 0.02, total, 1.0)
        level = np.where(total > 0.02, ndimage.uniform_filter(kept * values, size, mode="constant") / safe, level)
        square = ndimage.uniform_filter(kept * (values - level) ** 2, size, mode="constant") / safe
        # A normal distribution cut at three standard deviations keeps 0.987 of its width.
        scatter = np.where(total > 0.02, np.sqrt(np.maximum(square, (0.5 * noise) ** 2)) / 0.987, scatter)
    return level, scatter
