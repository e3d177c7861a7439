"""What changed on the ground between two maps: significance, regions, and what could not be compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import ndimage

from perijove.errors import InputError
from perijove.geometry.projections import MapGrid
from perijove.mosaic.change_detection import (
    Significance,
    detected,
    looks,
    scales_of,
    significance,
    threshold_of,
)
from perijove.mosaic.change_grid import Sampled, blurred, common_grid, pixel_area_km2, sampled, shared_blur_km
from perijove.mosaic.change_light import Light, light_of, log_ratio
from perijove.mosaic.change_regions import Region, regions_of
from perijove.mosaic.change_registration import Registration, registration, sharpness_px2
from perijove.mosaic.ground_map import GroundMap

__all__ = ["STATES", "ChangeOptions", "Changes", "changes_between"]

STATES = ("no data", "no change", "changed", "not comparable")
"""What is said of each pixel, by its number in `Changes.state`."""

_ROUNDS = 3
_SHARPENING_ROUNDS = 2
_LEAST_COVERED = 0.7  # of what the best colour shows
_SPARE_PX = 3  # about what changed, that is not taken for quiet ground either


@dataclass(frozen=True)
class ChangeOptions:
    """What counts as comparable, and as a change.

    Attributes
    ----------
    resolution_km : float or None
        Of the comparison; None takes what the coarser map can show.
    max_incidence_deg, max_emission_deg : float
        Ground lit or seen more obliquely in either map is not compared: shadows and relief rule it.
    max_phase_difference_deg : float
        Nor is ground whose phase angles differ by more.
    false_rate : float
        False detections per comparison that the threshold allows, were errors normal.
    least_contrast : float
        Changes of less, relative, are not reported: photometry is not known better.
    level_km : float
        Standard deviation of the Gaussian that tells large scales, which are taken out, from changes. A change of this
        radius loses a tenth to a third of its contrast, a larger one more.
    """

    resolution_km: float | None = None
    max_incidence_deg: float = 75.0
    max_emission_deg: float = 68.0
    max_phase_difference_deg: float = 60.0
    false_rate: float = 0.01
    least_contrast: float = 0.1
    level_km: float = 300.0

    def __post_init__(self) -> None:
        """Reject what makes no sense."""
        if not 0.0 < self.false_rate < 1.0:
            raise InputError(f"a rate of {self.false_rate:g} false detections is not between 0 and 1")
        if not 0.0 <= self.least_contrast < 1.0:
            raise InputError(f"a least contrast of {self.least_contrast:g} is not between 0 and 1")


@dataclass(frozen=True, eq=False)
class Changes:
    """A comparison of two maps.

    Attributes
    ----------
    before, after : GroundMap
    options : ChangeOptions
    grid : MapGrid
        Common to all arrays, shape (rows, columns).
    bands : tuple of str
        Colours compared.
    images : tuple of Sampled
        Both maps on the grid, the second moved onto the first.
    blur_km : array
        Standard deviation of a point's image, shared.
    registration : Registration
    sharper_km2 : float
        By how much the variance of a point's image was still wider in the first map than in the second, once both
        should have been equal; blurred away.
    light : Light
    difference : array, shape (bands, rows, columns)
        ln(after / before), light taken out; NaN where it was not compared.
    significance : Significance
    state : array of uint8
        Index into `STATES`.
    detectable : array
        Relative contrast of a patch as wide as the smallest kernel that would have been detected, in the
        most sensitive colour.
    threshold : float
        Significance from which a change is one.
    looks : float
        Independent looks that the threshold stands for.
    regions : list of Region
    """

    before: GroundMap
    after: GroundMap
    options: ChangeOptions
    grid: MapGrid
    bands: tuple[str, ...]
    images: tuple[Sampled, Sampled]
    blur_km: np.ndarray
    registration: Registration
    sharper_km2: float
    light: Light
    difference: np.ndarray
    significance: Significance
    state: np.ndarray
    detectable: np.ndarray
    threshold: float
    looks: float
    regions: list[Region] = field(default_factory=list)

    def area_km2(self, state: str) -> float:
        """Ground of a state, one of `STATES`."""
        here = self.state == STATES.index(state)
        return float(np.sum(np.broadcast_to(pixel_area_km2(self.grid), self.grid.shape)[here]))


def changes_between(
    before: GroundMap,
    after: GroundMap,
    options: ChangeOptions | None = None,
    *,
    progress: Callable[[str], None] | None = None,
) -> Changes:
    """Compare two maps.

    Parameters
    ----------
    before, after : GroundMap
        The first gives the places: the second is moved onto it.
    options : ChangeOptions, optional
    progress : callable, optional
        Told the name of each step.

    Raises
    ------
    InputError
        Where they share no colour, no ground, or none that can be compared.

    Notes
    -----
    In three rounds light and spread are measured on ground that the round before did not find changed. Not modelled:
    shadows and shading of relief, which limits on the angles keep small and the measured spread includes; clouds of
    plumes; thermal light. What changes as a whole (more than about `level_km` wide) is taken for light.
    """
    options, tell = options or ChangeOptions(), progress or (lambda _: None)
    tell("common grid")
    before, after = _same_bands(before, after)
    grid = common_grid(before, after, resolution_km=options.resolution_km)
    blur = shared_blur_km(before, after, grid)
    one, two = sampled(before, grid, blur), sampled(after, grid, blur)
    kept = _well_covered(one, two, options)
    before, after = _with_bands(before, kept), _with_bands(after, kept)
    bands, one, two = before.bands, _of(one, kept), _of(two, kept)
    seen, usable = _usable(one, two, options)
    if not usable.any():
        raise InputError(
            f"{before.name} and {after.name} share ground, but none that is lit and seen within "
            f"{options.max_incidence_deg:g} and {options.max_emission_deg:g} deg in both; nothing can be compared"
        )
    tell("registration")
    middle = bands.index("GREEN") if "GREEN" in bands else 0
    shifted = registration(one.values[middle], two.values[middle], usable, grid)
    if shifted.settled:
        two = sampled(after, grid, blur, shift_px=(shifted.x_px, shifted.y_px))
        seen, usable = _usable(one, two, options)
    one, two, sharper = _equally_sharp(one, two, usable, grid, middle)
    tell("light and significance")
    ratio = np.stack([log_ratio(a, b) for a, b in zip(one.values, two.values, strict=True)])
    difficulty = _difficulty(one, two, grid)
    quiet = usable
    for number in range(_ROUNDS):
        light = light_of(
            one,
            two,
            quiet,
            grid,
            level_km=options.level_km,
            are_normal=(before.is_normal, after.is_normal),
            base_map=before.is_base_map or after.is_base_map,
        )
        difference = np.where(usable, ratio - light.model - light.level, np.nan)
        scales = scales_of(difference, one, two, shifted=shifted, blur_km=blur, grid=grid, usable=usable)
        found = significance(scales, difficulty, quiet, tails=number > 0)
        count = looks(scales, blur, grid, usable)
        threshold = threshold_of(count, options.false_rate)
        signs = detected(found, threshold, options.least_contrast)
        quiet = usable & ~ndimage.binary_dilation(signs != 0, iterations=_SPARE_PX)
    tell("regions")
    regions = regions_of(signs, scales, found, shifted, blur, grid, least_contrast=options.least_contrast)
    compared = usable & np.isfinite(found.kernel)
    state = np.where(compared, 1, np.where(seen, 3, 0)).astype(np.uint8)
    for region in regions:
        state[region.mask] = 2
    with np.errstate(invalid="ignore"):
        best = np.where(compared, found.sigmas[1], np.inf).min(axis=0)
    detectable = np.where(compared, np.maximum(np.expm1(threshold * best), options.least_contrast), np.nan)
    return Changes(
        before=before,
        after=after,
        options=options,
        grid=grid,
        bands=bands,
        images=(one, two),
        blur_km=blur,
        registration=shifted,
        sharper_km2=sharper,
        light=light,
        difference=difference,
        significance=found,
        state=state,
        detectable=detectable,
        threshold=threshold,
        looks=count,
        regions=regions,
    )


def _equally_sharp(
    one: Sampled, two: Sampled, usable: np.ndarray, grid: MapGrid, band: int
) -> tuple[Sampled, Sampled, float]:
    """Both with what is left of a difference in sharpness blurred away; by how much the second was wider, km².

    What a product says of its sharpness is that of its limb, and of single framelets.
    """
    total = 0.0
    for _ in range(_SHARPENING_ROUNDS):
        first, second = (_log(each.values[band]) for each in (one, two))
        smooth = blurred(np.stack([first, second]), grid, grid.resolution_km).mean(axis=0)
        wider = sharpness_px2(first, second, usable, smooth) * grid.resolution_km**2
        one, two = (_wider(one, -wider, grid), two) if wider < 0.0 else (one, _wider(two, wider, grid))
        total += wider
    return one, two, -total


def _wider(one: Sampled, square_km2: float, grid: MapGrid) -> Sampled:
    sigma = float(np.sqrt(square_km2))
    return replace(one, values=np.stack([blurred(band[None], grid, sigma)[0] for band in one.values]))


def _log(values: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(values > 0.0, np.log(np.where(values > 0.0, values, 1.0)), np.nan)


def _same_bands(before: GroundMap, after: GroundMap) -> tuple[GroundMap, GroundMap]:
    """Both maps with the colours that both have; a grey map is compared with the mean of the other's."""

    def grey(one: GroundMap) -> GroundMap:
        values = one.values.mean(axis=0, keepdims=True)
        sigma = np.sqrt(np.mean(one.sigma**2, axis=0, keepdims=True))
        return replace(one, bands=("GREY",), values=values, sigma=sigma)

    if before.bands != after.bands and "GREY" in (*before.bands, *after.bands):
        before, after = grey(before), grey(after)
    common = tuple(band for band in before.bands if band in after.bands)
    if not common:
        raise InputError(
            f"{before.name} has {', '.join(before.bands)}, {after.name} {', '.join(after.bands)}: no colour in common"
        )

    def chosen(one: GroundMap) -> GroundMap:
        return _with_bands(one, [one.bands.index(band) for band in common])

    return chosen(before), chosen(after)


def _with_bands(one: GroundMap, kept: Sequence[int]) -> GroundMap:
    return replace(one, bands=tuple(one.bands[k] for k in kept), values=one.values[kept], sigma=one.sigma[kept])


def _of(one: Sampled, kept: Sequence[int]) -> Sampled:
    return replace(one, values=one.values[kept], noise=one.noise[kept])


def _well_covered(one: Sampled, two: Sampled, options: ChangeOptions) -> list[int]:
    """Bands that show most of the ground that any shows: one that is saturated would take the others' ground away."""
    shares = [np.count_nonzero(_usable(_of(one, [k]), _of(two, [k]), options)[1]) for k in range(len(one.values))]
    return [k for k, share in enumerate(shares) if share >= _LEAST_COVERED * max(shares)]


def _usable(one: Sampled, two: Sampled, options: ChangeOptions) -> tuple[np.ndarray, np.ndarray]:
    """Ground that both maps show, and that which can be compared, arrays of bool."""
    seen = np.isfinite(one.pixel_km) & np.isfinite(two.pixel_km)
    usable = seen & np.isfinite(one.values).all(axis=0) & np.isfinite(two.values).all(axis=0)
    usable &= (one.values > 0.0).all(axis=0) & (two.values > 0.0).all(axis=0)
    with np.errstate(invalid="ignore"):
        for each in (one, two):
            if each.incidence_deg is not None:
                usable &= each.incidence_deg < options.max_incidence_deg
            if each.emission_deg is not None:
                usable &= each.emission_deg < options.max_emission_deg
        if one.phase_deg is not None and two.phase_deg is not None:
            usable &= np.abs(one.phase_deg - two.phase_deg) < options.max_phase_difference_deg
    return seen, usable


def _difficulty(one: Sampled, two: Sampled, grid: MapGrid) -> np.ndarray:
    """Largest of all angles of incidence and emission, deg."""
    planes = [np.zeros(grid.shape)]
    planes += [plane for each in (one, two) for plane in (each.incidence_deg, each.emission_deg) if plane is not None]
    largest: np.ndarray = np.maximum.reduce(planes)
    return largest
