"""How well pictures of the same ground lie on each other: sub-pixel shifts by phase correlation."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import fft, ndimage

from perijove.formats.base_map import BaseMap
from perijove.physics.photometry import normal_reflectance
from perijove.scene.mapping import MapResult

__all__ = ["Shift", "base_map_shift", "clear_ground", "color_shifts", "phase_shift"]

_MAX_INCIDENCE_DEG = 78.0
_MAX_EMISSION_DEG = 65.0
_COMPARED_PIXELS = 300_000  # a larger map is averaged down

_DETAIL_PX = 8.0  # structures larger than this are shading, and are taken out
_MIN_PIXELS = 400
_SEARCH_PX = 6.0
_FREQUENCY_SIGMA = 0.12  # cycles per pixel: above it the optics leave mostly noise
_FINER_PX = (0.1, 0.01)
_MAX_ROUNDS = 8
_CONVERGED_PX = 0.005
_EDGE_PX = 3
_THREADS = 2


@dataclass(frozen=True)
class Shift:
    """Displacement of one picture against another.

    Attributes
    ----------
    x_px, y_px : float
        By how much a feature lies farther right and down in the first picture than in the second; NaN if there is too
        little common ground.
    correlation : float
        Of the two pictures' detail after the shift, -1 to 1.
    pixels : int
        Common ground.
    """

    x_px: float
    y_px: float
    correlation: float
    pixels: int


def clear_ground(result: MapResult) -> np.ndarray:
    """Ground lit and seen steeply enough to compare, array of bool of the map's shape; a band may lack it."""
    planes = result.backplanes
    with np.errstate(invalid="ignore"):
        clear: np.ndarray = (planes["incidence"] < _MAX_INCIDENCE_DEG) & (planes["emission"] < _MAX_EMISSION_DEG)
    return clear


class _Window:
    """Common ground: takes shading out of a picture and tapers what is left to zero at the edge."""

    def __init__(self, mask: np.ndarray) -> None:
        self._mask = mask
        self._level = np.maximum(ndimage.gaussian_filter(mask.astype(float), _DETAIL_PX, truncate=3.0), 1e-6)
        self._taper = np.clip(ndimage.distance_transform_edt(mask) / (2.0 * _EDGE_PX), 0.0, 1.0)

    def detail(self, picture: np.ndarray) -> np.ndarray:
        """Relative brightness less its local mean, tapered."""
        inside = np.where(self._mask, picture, 0.0)
        smooth = ndimage.gaussian_filter(inside, _DETAIL_PX, truncate=3.0) / self._level
        relative = np.where(self._mask & (smooth > 0.0), picture / np.where(smooth > 0.0, smooth, 1.0) - 1.0, 0.0)
        detail: np.ndarray = np.clip(relative, -1.0, 1.0) * self._taper
        return detail


def phase_shift(first: np.ndarray, second: np.ndarray, mask: np.ndarray) -> Shift:
    """Shift between two pictures by band-limited phase correlation.

    Parameters
    ----------
    first, second : array, shape (rows, columns)
        Any linear unit.
    mask : array of bool, same shape
        Common ground; both must be finite there.

    Returns
    -------
    Shift
        Shifts up to 6 px are looked for.

    Notes
    -----
    The cross-power spectrum keeps phases only, under a Gaussian of 0.12 cycles per pixel; its peak is refined on a
    grid of 1/100 px by evaluating the transform there directly. The window is the same in both pictures and draws
    the peak towards zero (by 30 % on a small disc), so the second picture is moved by what was found and compared
    again until nothing is left.
    """
    mask = ndimage.binary_erosion(mask & np.isfinite(first) & np.isfinite(second), iterations=_EDGE_PX)
    count = int(np.count_nonzero(mask))
    if count < _MIN_PIXELS:
        return Shift(np.nan, np.nan, np.nan, count)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    spare = int(_SEARCH_PX) + _EDGE_PX  # what moves in from beyond the common ground
    box = (
        slice(max(rows[0] - spare, 0), rows[-1] + 1 + spare),
        slice(max(columns[0] - spare, 0), columns[-1] + 1 + spare),
    )
    mask = mask[box]
    window = _Window(mask)
    correlation_with = _PhaseCorrelation(a := window.detail(first[box]))
    spline = ndimage.spline_filter(np.where(np.isfinite(second[box]), second[box], 0.0), order=3)
    y = x = 0.0
    for _ in range(_MAX_ROUNDS):
        moved = window.detail(ndimage.shift(spline, (y, x), order=3, mode="nearest", prefilter=False))
        dy, dx = correlation_with.peak(moved)
        y, x = y + dy, x + dx
        if np.hypot(dy, dx) < _CONVERGED_PX or np.hypot(y, x) > _SEARCH_PX:
            break
    common = ndimage.binary_erosion(mask, iterations=_EDGE_PX)
    correlation = float(np.corrcoef(a[common], moved[common])[0, 1]) if common.sum() > _MIN_PIXELS // 4 else np.nan
    return Shift(float(x), float(y), correlation, count)


class _PhaseCorrelation:
    """Band-limited phase correlation of pictures with one of the same shape, by the half spectra of real pictures."""

    def __init__(self, picture: np.ndarray) -> None:
        self._shape = [fft.next_fast_len(n + 16, real=True) for n in picture.shape]
        self._spectrum = fft.rfft2(picture, self._shape)
        self._fy, self._fx = fft.fftfreq(self._shape[0]), fft.rfftfreq(self._shape[1])
        self._band = np.exp(-0.5 * (self._fx**2 + self._fy[:, None] ** 2) / _FREQUENCY_SIGMA**2)
        self._twice = np.full(len(self._fx), 2.0)  # the other half is the conjugate of this one
        self._twice[0] = 1.0
        if self._shape[1] % 2 == 0:
            self._twice[-1] = 1.0

    def peak(self, other: np.ndarray) -> tuple[float, float]:
        """Where the correlation with another picture peaks: (down, right)."""
        cross = self._spectrum * np.conj(fft.rfft2(other, self._shape))
        size = np.abs(cross)
        spectrum = self._band * cross / np.maximum(size, 1e-12 * size.max())
        reach = int(_SEARCH_PX)
        surface = fft.irfft2(spectrum, self._shape)
        window = np.roll(surface, (reach, reach), axis=(0, 1))[: 2 * reach + 1, : 2 * reach + 1]
        top = np.unravel_index(np.argmax(window), window.shape)
        y, x = float(top[0] - reach), float(top[1] - reach)
        weighted = spectrum * self._twice
        for step in _FINER_PX:
            trial = np.arange(-10, 11) * step
            rows_phase = np.exp(2j * np.pi * np.outer(y + trial, self._fy))
            columns_phase = np.exp(2j * np.pi * np.outer(self._fx, x + trial))
            fine = np.real(rows_phase @ weighted @ columns_phase)
            best = np.unravel_index(np.argmax(fine), fine.shape)
            y, x = y + trial[best[0]], x + trial[best[1]]
        return y, x


def color_shifts(bands: np.ndarray, names: tuple[str, ...], mask: np.ndarray) -> dict[str, Shift]:
    """Shifts between all pairs of colours, by name such as ``GREEN-RED``."""
    pairs = list(combinations(range(len(names)), 2))
    with ThreadPoolExecutor(_THREADS) as pool:  # transforms and filters let the other thread run
        shifts = pool.map(lambda pair: phase_shift(bands[pair[0]], bands[pair[1]], mask), pairs)
        return {f"{names[i]}-{names[j]}": shift for (i, j), shift in zip(pairs, shifts, strict=True)}


def base_map_shift(result: MapResult, channel: int, base_map: BaseMap) -> Shift:
    """Shift of a map against a base map, as a whole.

    Parameters
    ----------
    result : MapResult
        Radiance factor, not corrected for photometry.
    channel : int
        Band to compare.
    base_map : BaseMap
        Its channels are averaged.

    Returns
    -------
    Shift
        Map pixels. A map finer than the base map, or of more than 300,000 pixels, is averaged over squares before.
    """
    rows, columns = result.grid.shape
    coarser = 2.0 * np.pi * result.grid.sphere_radius_km / base_map.values.shape[1] / result.grid.resolution_km
    factor = max(int(np.ceil(np.sqrt(rows * columns / _COMPARED_PIXELS))), int(coarser), 1)
    planes = result.backplanes
    clear = clear_ground(result) & np.isfinite(result.values[channel])
    flat = normal_reflectance(result.values[channel], "lommel_seeliger", planes["incidence"], planes["emission"])[0]
    n, m = rows // factor, columns // factor

    def averaged(array: np.ndarray) -> np.ndarray:
        mean: np.ndarray = array[: n * factor, : m * factor].reshape(n, factor, m, factor).mean(axis=(1, 3))
        return mean

    share = averaged(clear.astype(float))
    mask = share > 0.5
    flat = averaged(np.where(clear, flat, 0.0)) / np.maximum(share, 1e-9)
    offset = 0.5 * (factor - 1)
    lat, lon = result.grid.lat_lon(factor * np.arange(n)[:, None] + offset, factor * np.arange(m)[None, :] + offset)
    reference = base_map.sample(np.where(mask, lat, np.nan), lon).mean(axis=-1)
    shift = phase_shift(np.where(mask, flat, 0.0), np.where(mask, reference, 0.0), mask)
    return Shift(factor * shift.x_px, factor * shift.y_px, shift.correlation, factor**2 * shift.pixels)
