"""From the codes of a raw picture to radiance factors with standard errors and quality flags.

Values are never smoothed or replaced: a pixel that cannot be trusted keeps its value and gets a flag.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.juno import JUNOCAM
from perijove.errors import LabelError
from perijove.formats.image import RawImage
from perijove.junocam.instrument import imaging_columns
from perijove.junocam.radiometry.background import Background, estimate_background
from perijove.junocam.radiometry.counts import Counts, code_tables, counts_of, missing_pixels
from perijove.junocam.radiometry.flatfield import dark_strips, flat_strips
from perijove.junocam.radiometry.hits import find_hits
from perijove.junocam.radiometry.quality import QUALITY
from perijove.junocam.radiometry.radiance_factor import Scale, fall_off_error, radiance_factor_scale

__all__ = ["CalibratedImage", "calibrate"]

_THREADS = 2
_EDGE_PX = 2  # rows 126 and 127 of RED read 1.6 and 2.3 % high, columns 23 and 24 lose 10 to 15 and 7 to 12 %
_FALL_OFF_WORTH_A_WORD = 0.05
_HOT_SHARE = 0.4  # hits at one place in this part of a filter's framelets, and in 3 at least, are a hot pixel

_Strips = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class CalibratedImage:
    """A picture in physical units.

    Attributes
    ----------
    raw : RawImage
        The picture it came from.
    radiance_factor : array, shape (framelets, rows, columns), float32
        I/F: pi L over the solar irradiance at the target's distance from the Sun, in the band; a white Lambert
        surface under an overhead Sun has 1. Pixels that cannot be trusted keep their value and have a flag; NaN
        stands only where a flat field has no value.
    sigma : array, same shape, float32
        Random standard error of a single pixel: photons, reading, companding step, background. Not in it: `scale`.
    quality : array, same shape, uint16
        Flags of `perijove.junocam.radiometry.quality`.
    dn : array, same shape, float32
        Decompanded counts above the background, without flat field.
    background : Background
        What was subtracted.
    scale : Scale
        I/F of one DN, and the errors that all pixels of a filter, and filters among each other, share.
    solar_distance_km : float
        Distance of the target from the Sun.
    flat_filters, dark_filters : tuple of str
        Filters to which a flat field and a dark frame were really applied.
    warnings : tuple of str
        Sentences for the user.
    """

    raw: RawImage
    radiance_factor: np.ndarray
    sigma: np.ndarray
    quality: np.ndarray
    dn: np.ndarray
    background: Background
    scale: Scale
    solar_distance_km: float
    flat_filters: tuple[str, ...] = ()
    dark_filters: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.radiance_factor, self.sigma, self.quality, self.dn):
            array.setflags(write=False)

    @property
    def scale_sigma(self) -> dict[str, float]:
        """Relative error by filter that all its pixels share: response, throughput, Sun, flat field."""
        return self.scale.sigma

    @property
    def background_dn(self) -> np.ndarray:
        """Background of every framelet: array, shape (framelets, rows, columns), DN; made anew at each call."""
        return np.stack([self.background.framelet(index) for index in range(self.raw.n_framelets)])

    @property
    def usable(self) -> np.ndarray:
        """Where the value measures the scene: boolean array, shape (framelets, rows, columns)."""
        return QUALITY.usable(self.quality)


def calibrate(
    raw: RawImage,
    *,
    solar_distance_km: float | None = None,
    flat: ArrayLike | None = None,
    dark: ArrayLike | None = None,
) -> CalibratedImage:
    """Radiance factor, standard error and quality of each pixel of a picture.

    Parameters
    ----------
    raw : RawImage
        EDR (codes) or RDR (radiance factor x 10,000; background and throughput loss are still in it and are taken
        out here, so that both levels agree).
    solar_distance_km : float, optional
        Distance of the target from the Sun; the label's unless given.
    flat : array, shape (384, 1648), optional
        Response of the detector to an even scene, strips in the order BLUE, GREEN, RED.
    dark : array, shape (384, 1648), optional
        Counts without light, DN, in the same order. What remains is still taken from the picture itself.

    Returns
    -------
    CalibratedImage

    Raises
    ------
    LabelError
        Where neither label nor caller tell the distance from the Sun.
    InputError
        Where the flat or dark has the wrong shape, or the throughput on this orbit cannot be known.

    Notes
    -----
    Variance = scatter of the sky (or read noise, dark current and rounding, whichever is larger) + counts / gain
    + (step^2 - 1) / 12 + background error^2. Not modelled: scattered light and ghosts of a bright body (a few DN
    beside Jupiter), response pattern of single pixels without a flat field (about 1 %), blooming of saturated pixels.
    """
    distance_km = _solar_distance_km(raw, solar_distance_km)
    flats, darks, warnings = _detector_strips(raw, flat, dark)
    filters = tuple(dict.fromkeys(raw.filters))
    scaled = partial(
        radiance_factor_scale,
        filters,
        exposure_s=raw.exposure_s,
        solar_distance_km=distance_km,
        orbit=raw.orbit,
        flat=tuple(flats),
    )
    scale = scaled()
    counts = counts_of(raw, scale.archive_per_dn)
    for index, name in enumerate(raw.filters):
        if name in darks:
            counts.dn[index] -= np.nan_to_num(darks[name])  # no number there: flagged missing
    background = estimate_background(counts.dn, raw.filters, summing=raw.summing)
    result = _measured(raw, counts, background, scale, flats)
    lit = {name: [index for index, other in enumerate(raw.filters) if other == name] for name in filters}
    scale = scaled(
        fall_off={name: fall_off_error(result[3][chosen], summing=raw.summing) for name, chosen in lit.items()}
    )
    quality = result[2]
    for index, name in enumerate(raw.filters):
        for strips in (flats, darks):
            if name in strips:
                quality[index] |= np.isnan(strips[name]) * QUALITY.mask("missing")
    lost = missing_pixels(raw, background)
    if lost is not None:
        quality |= lost * QUALITY.mask("missing")
    _recurring_hits_are_hot(quality, raw.filters)
    return CalibratedImage(
        raw,
        *result,
        background=background,
        scale=scale,
        solar_distance_km=distance_km,
        flat_filters=tuple(name for name in filters if name in flats),
        dark_filters=tuple(name for name in filters if name in darks),
        warnings=(*warnings, *_warnings(raw, background, scale, quality), *_fall_off_warnings(scale, flats)),
    )


def _fall_off_errors(raw: RawImage, dn: np.ndarray) -> dict[str, float]:
    """What the fall-off in the strip amounts to where light fell, by filter."""
    framelets = {name: [k for k, other in enumerate(raw.filters) if other == name] for name in set(raw.filters)}
    return {name: fall_off_error(dn[chosen, ::8], summing=raw.summing) for name, chosen in framelets.items()}


def _solar_distance_km(raw: RawImage, given_km: float | None) -> float:
    """Distance that the caller or else the label gives."""
    label_km = raw.geometry.solar_distance_km if raw.geometry else None
    distance_km = label_km if given_km is None else given_km
    if distance_km is None:
        raise LabelError(
            f"{raw.product_id}: SOLAR_DISTANCE is missing and I/F needs it; give the target's distance from the Sun"
        )
    return float(distance_km)


def _detector_strips(
    raw: RawImage, flat: ArrayLike | None, dark: ArrayLike | None
) -> tuple[_Strips, _Strips, list[str]]:
    """Flat field and dark frame by filter, empty where there are none, and what the user should know of it."""
    makers: tuple[tuple[str, ArrayLike | None, Callable[[ArrayLike], _Strips]], ...] = (
        ("flat field", flat, flat_strips),
        ("dark frame", dark, dark_strips),
    )
    result: list[_Strips] = []
    warnings = []
    for name, frame, maker in makers:
        strips = {} if frame is None else maker(frame)
        if strips and raw.codes.shape[1:] != (JUNOCAM.strip_rows, JUNOCAM.columns):
            warnings.append(f"The {name} was not applied: it has full resolution and the picture is summed.")
            strips = {}
        without = [other for other in dict.fromkeys(raw.filters) if strips and other not in strips]
        if without:
            warnings.append(f"The {name} has no strip for {', '.join(without)}.")
        result.append(strips)
    return result[0], result[1], warnings


def _measured(
    raw: RawImage,
    counts: Counts,
    background: Background,
    scale: Scale,
    flats: _Strips,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Radiance factor, standard error, flags and counts above the background, framelet by framelet."""
    dn = counts.dn
    sigma = np.empty(dn.shape, dtype=np.float32)
    factor = np.empty(dn.shape, dtype=np.float32)
    quality = np.empty(dn.shape, dtype=np.uint16)
    tables = code_tables(counts, raw.filters, background)
    common = {name: _common_flags(raw, name, scale, background) for name in scale.filters}
    active = imaging_columns(dn.shape[2], summing=raw.summing)
    floor = {name: _dark_variance(background, name) for name in scale.filters}

    def measure(index: int) -> None:
        name = raw.filters[index]
        dn[index] -= background.framelet(index)
        steps = tables[name].step_variance[counts.codes[index]]
        _standard_error_dn(dn[index], floor[name], steps, raw.summing, out=sigma[index])
        quality[index] = tables[name].flags[counts.codes[index]] | common[name]
        if background.stray[index]:
            quality[index][:, active] |= QUALITY.mask("uncertain_background")
        struck = find_hits(dn[index][:, active], sigma[index][:, active])
        quality[index][:, active] |= struck * QUALITY.mask("hit")
        per_dn: np.ndarray = np.float32(scale.per_dn[name]) / flats.get(name, np.ones(1, dtype=np.float32))
        np.multiply(dn[index], per_dn, out=factor[index])
        sigma[index] *= per_dn

    with ThreadPoolExecutor(_THREADS) as pool:  # numpy lets the other thread run for most of the time
        list(pool.map(measure, range(len(raw.filters))))
    return factor, sigma, quality, dn


def _dark_variance(background: Background, name: str) -> np.ndarray:
    """Variance that does not depend on the light: array, shape (rows, columns), DN^2."""
    variance: np.ndarray = background.sigma_dn[name] ** 2 + np.float32(background.scatter_dn[name] ** 2)
    return variance


def _standard_error_dn(dn: np.ndarray, floor: np.ndarray, steps: np.ndarray, summing: int, *, out: np.ndarray) -> None:
    """Standard error of each pixel of a framelet, DN, from its light and the variances without light and of steps."""
    np.maximum(dn, 0.0, out=out)
    out *= np.float32(1.0 / (JUNOCAM.gain_e_per_dn * summing**2))
    out += floor
    out += steps
    np.sqrt(out, out=out)


def _common_flags(raw: RawImage, name: str, scale: Scale, background: Background) -> np.ndarray:
    """Flags that all framelets of a filter share: array, shape (rows, columns)."""
    _, rows, columns = raw.codes.shape
    flags = np.zeros((rows, columns), dtype=np.uint16)
    active = imaging_columns(columns, summing=raw.summing)
    dark = np.ones(columns, dtype=np.bool_)
    dark[active] = False
    flags[:, dark] |= QUALITY.mask("dark_column")
    edge = np.zeros((rows, columns), dtype=np.bool_)
    edge[:_EDGE_PX] = edge[-_EDGE_PX:] = True
    edge[:, : active.start + _EDGE_PX] = edge[:, active.stop - _EDGE_PX :] = True
    flags |= (edge & ~dark) * QUALITY.mask("strip_edge")
    flags |= background.hot[name] * QUALITY.mask("hot")
    flags |= ~(background.seen[name] | dark) * QUALITY.mask("uncertain_background")
    if scale.extrapolated:
        flags |= QUALITY.mask("extrapolated_throughput")
    return flags


def _recurring_hits_are_hot(quality: np.ndarray, filters: tuple[str, ...]) -> None:
    """What is struck at the same place again and again, where no sky shows it, is a hot pixel."""
    hit, hot = QUALITY.mask("hit"), QUALITY.mask("hot")
    for name in dict.fromkeys(filters):
        chosen = [index for index, other in enumerate(filters) if other == name]
        times = np.zeros(quality.shape[1:], dtype=np.uint16)
        for index in chosen:
            times += (quality[index] & hit) != 0
        rows, columns = np.nonzero(times >= max(3, int(np.ceil(_HOT_SHARE * len(chosen)))))
        for index in chosen:
            quality[index, rows, columns] = (quality[index, rows, columns] & ~hit) | hot


def _fall_off_warnings(scale: Scale, flats: _Strips) -> list[str]:
    """That light falls off towards the ends of the strips, where it did and no flat field takes it out."""
    error, name = max((np.sqrt(scale.parts["flat"][k, k]), name) for k, name in enumerate(scale.filters))
    if name in flats or error < _FALL_OFF_WORTH_A_WORD:
        return []
    share = f"{100.0 * error:.0f} % rms ({name})"
    return [f"No flat field: where light fell, I/F may be off by {share}, as response falls towards a strip's ends."]


def _warnings(raw: RawImage, background: Background, scale: Scale, quality: np.ndarray) -> list[str]:
    """What the user should know."""
    sentences = []
    blind = [name for name, part in background.sky_fraction.items() if part == 0.0]
    if blind:
        names = ", ".join(blind)
        sentences.append(f"No sky was seen in {names}: the background comes from the dark columns alone.")
    stray = int(np.count_nonzero(background.stray))
    if stray:
        sentences.append(
            f"Light fell on the masked columns of {stray} of {len(background.stray)} framelets (a bright body beside "
            "the field, or stray light): their dark level is that of the darkest framelets of their filter."
        )
    if raw.orbit is None:
        sentences.append("The label has no orbit: throughput loss is not corrected, I/F may be low by half.")
    elif scale.extrapolated:
        worst = max(scale.filters, key=lambda name: scale.sigma[name])
        sentences.append(
            f"Orbit {raw.orbit} lies after orbit {JUNOCAM.throughput_fit_last_orbit}, the last of the throughput "
            f"fit: I/F has a common error of up to {100.0 * scale.sigma[worst]:.0f} % ({worst})."
        )
    lost = int(np.count_nonzero(quality & QUALITY.mask("missing")))
    if lost:
        sentences.append(f"{lost} pixels are missing: lost in transmission or without flat or dark.")
    return sentences
