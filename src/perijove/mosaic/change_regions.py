"""Regions of change: outlined where half of their contrast is left, each with its size, place and contrast."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from perijove.geometry.projections import MapGrid
from perijove.geometry.rotations import direction_of
from perijove.mosaic.change_detection import Scale, Significance
from perijove.mosaic.change_grid import pixel_area_km2
from perijove.mosaic.change_registration import Registration

__all__ = ["Region", "regions_of"]

_REACH_PX = 6  # how far beyond what was detected an outline may lie
_ROUNDS = 4
_LEAST_RADIUS = 2.5  # of a region, standard deviations of a point's image: smaller ones are edges that do not match
_JOINED = 0.3  # share of a region that another may cover before they are one


@dataclass(frozen=True, eq=False)
class Region:
    """Ground that changed.

    Attributes
    ----------
    mask : array of bool, shape (rows, columns)
        Of the common grid.
    lat_deg, lon_east_deg : float
        Centre of its area.
    center_sigma_km : float
        Standard error of the centre in each direction, registration and outline; not that of the maps' places.
    area_km2, area_sigma_km2 : float
    contrast, contrast_sigma : tuple of float
        After over before less 1, and its standard error, by band; median of the inner part.
    significance : float
        Largest within it; positive where it became brighter.
    is_cut : bool
        Whether it reaches ground that could not be compared: it may be larger.
    """

    mask: np.ndarray
    lat_deg: float
    lon_east_deg: float
    center_sigma_km: float
    area_km2: float
    area_sigma_km2: float
    contrast: tuple[float, ...]
    contrast_sigma: tuple[float, ...]
    significance: float
    is_cut: bool


def regions_of(
    signs: np.ndarray,
    scales: Sequence[Scale],
    found: Significance,
    shifted: Registration,
    blur_km: np.ndarray,
    grid: MapGrid,
    *,
    least_contrast: float,
) -> list[Region]:
    """Regions, the most significant first; none narrower than five standard deviations of a point's image.

    Parameters
    ----------
    signs : array of int, shape (rows, columns)
        As `perijove.mosaic.change_detection.detected` gives it.
    scales, found, shifted, blur_km, grid
        Of the comparison.
    least_contrast : float
        That a region must have in some colour, even if its contrast is overstated by its error.

    Notes
    -----
    What was detected under a kernel is wider than what changed. So an outline is drawn in the unsmoothed difference,
    mean of the colours by their errors, where it has half of the region's own contrast: there the edge of a plain patch
    lies whatever the blur, as long as the patch is some pixels wide.
    """
    pixel = scales[0]
    weight = 1.0 / np.nanmedian(found.sigmas[0], axis=(1, 2)) ** 2
    with np.errstate(invalid="ignore"):
        mean = np.expm1(np.tensordot(weight, pixel.difference, 1) / weight.sum())
    known = np.isfinite(mean)
    claimed = np.zeros(grid.shape, dtype=bool)
    regions = []
    seeds = []
    for sign in (1, -1):
        labels, count = ndimage.label(signs == sign, structure=np.ones((3, 3)))
        peaks = ndimage.maximum(np.nan_to_num(sign * found.kernel), labels, np.arange(1, count + 1))
        seeds += (
            [(float(peak), sign, labels, k) for k, peak in enumerate(np.atleast_1d(peaks), start=1)] if count else []
        )
    for _, sign, labels, k in sorted(seeds, key=lambda seed: -seed[0]):
        mask = _outlined(labels == k, sign * mean, known)
        if not mask.any() or np.mean(claimed[mask]) > _JOINED:
            continue
        mask &= ~claimed
        region = _measured(
            mask,
            labels == k,
            sign=sign,
            scales=scales,
            found=found,
            shifted=shifted,
            blur_km=blur_km,
            grid=grid,
            known=known,
        )
        least = _LEAST_RADIUS * float(np.nanmedian(blur_km[mask]))
        if region.area_km2 < np.pi * least**2 or not _is_clear(region, least_contrast):
            continue
        claimed |= mask
        regions.append(region)
    return regions


def _is_clear(region: Region, least_contrast: float) -> bool:
    """Whether a region has so much contrast in some colour even if that is overstated by its error."""
    return bool(np.max(np.abs(region.contrast) - np.array(region.contrast_sigma)) > least_contrast)


def _outlined(seed: np.ndarray, contrast: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Ground about a seed with more than half of its contrast."""
    box = tuple(
        slice(max(part.start - _REACH_PX, 0), part.stop + _REACH_PX)
        for part in ndimage.find_objects(seed.astype(np.int8))[0]
    )
    inside = ndimage.binary_dilation(seed[box], iterations=_REACH_PX) & known[box]
    part, start = np.where(inside, contrast[box], -np.inf), seed[box] & known[box]
    if not start.any():
        return np.zeros_like(seed)
    level = float(np.percentile(part[start], 80.0))
    mask = start
    for _ in range(_ROUNDS):
        labels, _ = ndimage.label(part > 0.5 * level)
        kept = np.unique(labels[start & (labels > 0)])
        if not kept.size:
            break
        sizes = np.bincount(labels[start], minlength=labels.max() + 1)[kept]
        mask = ndimage.binary_fill_holes(labels == kept[np.argmax(sizes)]) & known[box]
        core = ndimage.binary_erosion(mask, iterations=2)
        level = float(np.median(part[core if core.any() else mask]))
    result = np.zeros_like(seed)
    result[box] = mask
    return result


def _measured(
    mask: np.ndarray,
    seed: np.ndarray,
    *,
    sign: int,
    scales: Sequence[Scale],
    found: Significance,
    shifted: Registration,
    blur_km: np.ndarray,
    grid: MapGrid,
    known: np.ndarray,
) -> Region:
    rows, columns = np.nonzero(mask)
    area = np.broadcast_to(pixel_area_km2(grid), grid.shape)[mask]
    total = float(area.sum())
    middle = np.sum(area[:, None] * direction_of(*grid.lat_lon(rows, columns)), axis=0)
    lat = float(np.degrees(np.arctan2(middle[2], np.hypot(*middle[:2]))))
    lon = float(np.degrees(np.arctan2(middle[1], middle[0])))
    core = ndimage.binary_erosion(mask, iterations=2)
    core = core if core.any() else mask
    contrast = np.expm1(np.nanmedian(scales[0].difference[:, core], axis=1))
    # The kernel that just fits into the region tells how well its mean is known.
    radius = float(np.sqrt(total / np.pi))
    fits = max(k for k, scale in enumerate(scales) if scale.kernel_km <= 0.5 * radius or k == 0)
    error = (1.0 + contrast) * np.nanmedian(found.sigmas[fits][:, mask], axis=1)
    # Along the outline the contrast falls within 2.5 standard deviations of a point's image.
    blur = float(np.nanmedian(blur_km[mask]))
    share = float(np.nanmedian(found.sigmas[0][:, mask])) / max(float(np.abs(np.log1p(contrast)).max()), 1e-6)
    edge = 2.5 * blur * min(share, 1.0)
    around = 2.0 * np.pi * radius
    independent = max(around / (4.0 * blur), 1.0)
    outline = edge / np.sqrt(independent)
    shift = grid.resolution_km * float(
        np.hypot(np.median(shifted.x_sigma_px[mask]), np.median(shifted.y_sigma_px[mask]))
    )
    border = ndimage.binary_dilation(mask, iterations=2) & ~known
    return Region(
        mask=mask,
        lat_deg=lat,
        lon_east_deg=lon,
        center_sigma_km=float(np.hypot(shift / np.sqrt(2.0), outline)),
        area_km2=total,
        area_sigma_km2=around * float(np.hypot(outline, 0.25 * grid.resolution_km / np.sqrt(independent))),
        contrast=tuple(contrast.tolist()),
        contrast_sigma=tuple(error.tolist()),
        significance=float(sign * np.nanmax(sign * found.kernel[seed])),
        is_cut=bool(border.any()),
    )
