"""Where the ratio of two maps departs from 1 by more than its errors, at several sizes, and the regions that do."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import stats

from perijove.geometry.projections import MapGrid
from perijove.mosaic.change_grid import Sampled, blurred, pixel_area_km2
from perijove.mosaic.change_registration import Registration

__all__ = ["Scale", "Significance", "detected", "kernels_km", "looks", "scales_of", "significance", "threshold_of"]

_LARGEST_KERNEL_KM = 60.0
_PSF_SIGMA = 0.1  # relative, of a point's image in either map
_BINS = 8
_FEWEST = 200  # pixels in a bin of a spread
_TAILS = ((0.99, 2.5758), (0.999, 3.2905))  # quantiles of |z| and where a normal distribution has them


@dataclass(frozen=True, eq=False)
class Scale:
    """The difference seen through one kernel; arrays of shape (bands, rows, columns).

    Attributes
    ----------
    kernel_km : float
        Standard deviation of the Gaussian; 0 for single pixels.
    difference : array
        ln(after / before), light taken out, averaged under the kernel.
    formal : array
        Its variance by noise, registration and sharpness.
    """

    kernel_km: float
    difference: np.ndarray
    formal: np.ndarray


@dataclass(frozen=True, eq=False)
class Significance:
    """How far the difference lies from 0, in its own errors.

    Attributes
    ----------
    pixel, kernel : array, shape (rows, columns)
        Of single pixels, and the largest over all kernels, of the colour that departs most; positive where the ground
        became brighter, NaN where it was not compared.
    contrast : array, shape (rows, columns)
        Natural logarithm of after over before under that kernel, in that colour.
    sigmas : list of array, shape (bands, rows, columns)
        Standard error of the difference under each kernel.
    """

    pixel: np.ndarray
    kernel: np.ndarray
    contrast: np.ndarray
    sigmas: list[np.ndarray]


def kernels_km(grid: MapGrid) -> list[float]:
    """Standard deviations of the detection kernels: single pixels, then 1, 2, 4 ... pixels up to 60 km."""
    sizes = [0.0]
    size = grid.resolution_km
    while size <= _LARGEST_KERNEL_KM or len(sizes) < 3:
        sizes.append(size)
        size *= 2.0
    return sizes


def scales_of(
    difference: np.ndarray,
    before: Sampled,
    after: Sampled,
    *,
    shifted: Registration,
    blur_km: np.ndarray,
    grid: MapGrid,
    usable: np.ndarray,
) -> list[Scale]:
    """The difference under each kernel, with its formal variance.

    Parameters
    ----------
    difference : array, shape (bands, rows, columns)
        ln(after / before), light taken out.
    before, after : Sampled
    shifted : Registration
    blur_km : array, shape (rows, columns)
        Shared image of a point.
    grid : MapGrid
    usable : array of bool, shape (rows, columns)

    Notes
    -----
    Noise is taken to be independent from camera pixel to camera pixel. An error of registration moves brightness along
    its gradient, and does not average out under a kernel. One of sharpness goes with the second derivatives: a tenth of
    a point's image, and what foreshortening makes it longer than wide, which no round blur makes equal.
    """
    known = usable & np.isfinite(difference).all(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        brightness = np.where(before.values > 0.0, np.log(np.where(before.values > 0.0, before.values, 1.0)), np.nan)
    step = grid.resolution_km
    unequal = np.hypot(_PSF_SIGMA * blur_km**2, np.hypot(*(_oblong_km2(one) for one in (before, after))))
    result = []
    for kernel in kernels_km(grid):
        smooth = blurred(np.concatenate([difference, brightness]), grid, kernel, known=known)
        mean, ground = smooth[: len(difference)], smooth[len(difference) :]
        down, right = np.gradient(ground, axis=(1, 2))
        bend = np.sqrt(
            np.gradient(down, axis=1) ** 2 + np.gradient(right, axis=2) ** 2 + 2.0 * np.gradient(down, axis=2) ** 2
        )
        width = kernel**2 + blur_km**2
        variance = np.zeros_like(mean)
        for one in (before, after):
            pixels = np.minimum(1.0, one.pixel_km**2 / (4.0 * np.pi * np.maximum(width - one.blur_km**2, 1e-6)))
            variance += one.noise**2 * pixels
        variance += (right * shifted.x_sigma_px) ** 2 + (down * shifted.y_sigma_px) ** 2
        variance += (unequal / step**2 * bend) ** 2
        result.append(Scale(kernel, mean, variance))
    return result


def _oblong_km2(one: Sampled) -> np.ndarray:
    """Half of what foreshortening adds to the variance of a point's image along one axis; half of that as one sigma."""
    if one.emission_deg is None:
        return np.zeros(one.blur_km.shape)
    cosine = np.maximum(np.cos(np.radians(one.emission_deg)), 0.1)
    oblong: np.ndarray = 0.25 * one.blur_km**2 * (1.0 / cosine - 1.0)
    return oblong


def significance(scales: Sequence[Scale], difficulty: np.ndarray, quiet: np.ndarray, *, tails: bool) -> Significance:
    """Differences over their errors, what no formal error knows included.

    Parameters
    ----------
    scales : sequence of Scale
    difficulty : array, shape (rows, columns)
        What the errors grow with: the largest of all angles of incidence and emission, deg.
    quiet : array of bool, same shape
        Ground that is not known to have changed.
    tails : bool
        Whether the spread also has to explain the outer percent and thousandth of the quiet ground.

    Notes
    -----
    Relief, photometry and what processing leaves are measured, not modelled: in eight bins of difficulty the variance
    is raised by what the spread of the quiet ground has above the formal one.
    """
    best = contrast = pixel = None
    sigmas = []
    for scale in scales:
        sigma = np.stack(
            [_raised(d, f, difficulty, quiet, tails=tails) for d, f in zip(scale.difference, scale.formal, strict=True)]
        )
        sigmas.append(sigma)
        with np.errstate(invalid="ignore"):
            z = scale.difference / sigma
        band = np.argmax(np.abs(np.nan_to_num(z)), axis=0)[None]
        z, d = np.take_along_axis(z, band, 0)[0], np.take_along_axis(scale.difference, band, 0)[0]
        if best is None or contrast is None:
            best, contrast, pixel = z, d, z
            continue
        more = np.abs(np.nan_to_num(z)) > np.abs(np.nan_to_num(best))
        best, contrast = np.where(more, z, best), np.where(more, d, contrast)
    assert best is not None
    assert pixel is not None
    assert contrast is not None
    return Significance(pixel, best, contrast, sigmas)


def _raised(
    difference: np.ndarray, formal: np.ndarray, difficulty: np.ndarray, quiet: np.ndarray, *, tails: bool
) -> np.ndarray:
    """Standard error: formal variance, and what the spread of quiet ground has above it, by difficulty."""
    use = quiet & np.isfinite(difference) & np.isfinite(formal)
    if np.count_nonzero(use) < _FEWEST:
        plain: np.ndarray = np.sqrt(formal + (np.nanvar(difference) if np.isfinite(difference).any() else 0.0))
        return plain
    d, f, h = difference[use], formal[use], difficulty[use]
    edges = np.quantile(h, np.linspace(0.0, 1.0, min(_BINS, max(1, len(d) // _FEWEST)) + 1))
    middles, excess = [], []
    for low, high in pairwise(edges.tolist()):
        here = (h >= low) & (h <= high)
        middles.append(float(np.median(h[here])))
        excess.append(_excess(d[here], f[here], tails=tails))
    raised: np.ndarray = np.sqrt(formal + np.interp(difficulty, middles, np.maximum.accumulate(excess)))
    return raised


def _excess(d: np.ndarray, f: np.ndarray, *, tails: bool) -> float:
    """Variance to add to the formal one so that what is left is as wide as a standard normal."""
    size = np.abs(d)
    limits = [(0.5, 0.6745), *(_TAILS if tails else ())]
    added = 0.0
    for share, wanted in limits:
        if (1.0 - share) * len(d) < 5.0:
            continue
        low, high = 0.0, float(size.max()) ** 2 + 1e-12
        for _ in range(30):  # the share beyond falls as variance is added
            middle = 0.5 * (low + high)
            if np.mean(size > wanted * np.sqrt(f + middle)) > 1.0 - share:
                low = middle
            else:
                high = middle
        added = max(added, high)
    return added


def looks(scales: Sequence[Scale], blur_km: np.ndarray, grid: MapGrid, known: np.ndarray) -> float:
    """How many independent looks a comparison takes: kernels that fit on the ground, by size and colour."""
    area = float(np.sum(np.broadcast_to(pixel_area_km2(grid), grid.shape)[known]))
    blur = float(np.nanmedian(blur_km[known])) if known.any() else grid.resolution_km
    bands = len(scales[0].difference)
    return sum(bands * area / (4.0 * np.pi * (scale.kernel_km**2 + blur**2)) for scale in scales)


def threshold_of(count: float, false_rate: float) -> float:
    """Significance beyond which normal errors alone give `false_rate` detections in so many independent looks."""
    return float(stats.norm.isf(0.5 * min(false_rate / max(count, 1.0), 1.0)))


def detected(found: Significance, threshold: float, least_contrast: float) -> np.ndarray:
    """Sign of the change where it is significant and of some contrast, 0 elsewhere; array of int8."""
    with np.errstate(invalid="ignore"):
        here = (np.abs(found.kernel) > threshold) & (np.abs(np.expm1(found.contrast)) > least_contrast)
    signs: np.ndarray = np.where(here, np.sign(found.kernel), 0).astype(np.int8)
    return signs
