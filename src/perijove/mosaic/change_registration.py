"""How two maps lie on each other, place by place: matched patches, and a smooth field through them with its error."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from perijove.geometry.projections import MapGrid
from perijove.geometry.rotations import direction_of
from perijove.junocam.control.patch_matching import match_patches

__all__ = ["Registration", "registration", "sharpness_px2"]

_PATCH_PX, _SPACING_PX, _REACH_PX = 24, 16, 6
_LEAST_SHARE = 0.55
_LENGTH_KM = 700.0  # over which errors of pose, and the relief that a limb fit cannot tell from it, stay alike
_LEAST_AMPLITUDE_PX = 0.3
_FLOOR_PX = 0.05  # what a match may be off by whatever its own error says
_LOCAL_PX = 0.1  # from framelet to framelet, and over relief: nothing smooth
_OUTLIER_SIGMAS = 3.5
_ROUNDS = 4
_MOST_PATCHES = 900
_SPARSE_PX = 12
_FEWEST = 4
_AGREEING = 0.25  # of the patches compared: fewer agree by chance, of maps of other ground


@dataclass(frozen=True, eq=False)
class Registration:
    """Shift of the second map against the first, pixels of the common grid.

    Attributes
    ----------
    x_px, y_px : array, shape (rows, columns)
        By how much a feature lies farther right and down in the second map than in the first.
    x_sigma_px, y_sigma_px : array, same shape
        Standard errors: small where patches settle the shift, as large as shifts are where none does.
    patches, compared : int
        Patches whose shift was used, and all that were compared.
    rms_px : float
        Of the patches used against the field, both axes together; NaN without any.
    """

    x_px: np.ndarray
    y_px: np.ndarray
    x_sigma_px: np.ndarray
    y_sigma_px: np.ndarray
    patches: int
    compared: int
    rms_px: float

    @property
    def settled(self) -> bool:
        """Whether there were enough patches to tell a shift at all."""
        return _are_enough(self.patches, self.compared)


def registration(first: np.ndarray, second: np.ndarray, clear: np.ndarray, grid: MapGrid) -> Registration:
    """Local shifts between two maps of one grid and one sharpness.

    Parameters
    ----------
    first, second : array, shape (rows, columns)
        Brightness, any linear unit.
    clear : array of bool, same shape
        Ground lit and seen steeply enough in both.
    grid : MapGrid

    Notes
    -----
    Patches are matched by least squares (`perijove.junocam.control.patch_matching`), which frees gain and
    offset of each.
    Through their shifts goes a Gaussian process: constant mean, correlation exp(-d² / 2 L²) with L = 700 km on the
    ground, amplitude from the shifts themselves. Its own variance is the stated error. Outliers, a patch that holds a
    change among them, are left out.
    """
    places, xy, sigma, compared = _matched(first, second, clear)
    nothing, wide = np.zeros(grid.shape), np.full(grid.shape, 0.5)
    if not _are_enough(len(places), compared):
        return Registration(nothing, nothing, wide, wide, len(places), compared, float("nan"))
    if len(places) > _MOST_PATCHES:
        keep = np.argsort(sigma.sum(axis=1))[:_MOST_PATCHES]
        places, xy, sigma = places[keep], xy[keep], sigma[keep]
    at = direction_of(*grid.lat_lon(places[:, 0], places[:, 1])) * grid.sphere_radius_km
    variance = np.hypot(sigma, _FLOOR_PX) ** 2
    used = np.ones(len(places), dtype=bool)
    for _ in range(_ROUNDS):
        fields = [_Field(at[used], xy[used, k], variance[used, k]) for k in range(2)]
        left = np.stack([xy[:, k] - fields[k].at(at)[0] for k in range(2)], axis=1)
        scatter = 1.4826 * np.median(np.abs(left[used] / np.sqrt(variance[used])))
        limit = _OUTLIER_SIGMAS * max(float(scatter), 1.0)
        now = np.all(np.abs(left) < limit * np.sqrt(variance), axis=1)
        if now.sum() < _FEWEST or np.array_equal(now, used):
            break
        used = now
    if not _are_enough(int(used.sum()), compared):
        return Registration(nothing, nothing, wide, wide, int(used.sum()), compared, float("nan"))
    inflated = variance * max(float(scatter), 1.0) ** 2
    fields = [_Field(at[used], xy[used, k], inflated[used, k]) for k in range(2)]
    left = np.stack([xy[used, k] - fields[k].at(at[used])[0] for k in range(2)], axis=1)
    (x, x_sigma), (y, y_sigma) = (_spread(field, grid) for field in fields)
    rms = float(np.sqrt(np.mean(np.sum(left**2, axis=1))))
    return Registration(x, y, x_sigma, y_sigma, int(used.sum()), compared, rms)


def _are_enough(patches: int, compared: int) -> bool:
    return patches >= max(_FEWEST, _AGREEING * min(compared, _MOST_PATCHES))


def _matched(
    first: np.ndarray, second: np.ndarray, clear: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Middles of the patches that were found (row, column), shifts of the second map and their errors; all compared."""
    known = clear & np.isfinite(first) & np.isfinite(second) & (first > 0.0) & (second > 0.0)
    side, reach = _PATCH_PX, _REACH_PX
    share = ndimage.uniform_filter(known.astype(np.float32), side, mode="constant")
    corners = [
        (i, j)
        for i in range(reach, first.shape[0] - side - reach, _SPACING_PX)
        for j in range(reach, first.shape[1] - side - reach, _SPACING_PX)
        if share[i + side // 2, j + side // 2] > _LEAST_SHARE
    ]
    if not corners:
        return np.empty((0, 2)), np.empty((0, 2)), np.empty((0, 2)), 0
    observed = np.stack([first[i : i + side, j : j + side] for i, j in corners])
    mask = np.stack([known[i : i + side, j : j + side] for i, j in corners])
    ground = np.where(np.isfinite(second) & clear, np.maximum(second, 0.0), 0.0)
    predicted = np.stack([ground[i - reach : i + side + reach, j - reach : j + side + reach] for i, j in corners])
    found = match_patches(np.where(mask, observed, 0.0), mask, predicted)
    middles = np.array(corners, dtype=float) + 0.5 * (side - 1)
    return middles[found.found], -found.xy[found.found], found.sigma[found.found], int(found.compared.sum())


class _Field:
    """A Gaussian process on the ground through one component of the shifts."""

    def __init__(self, at_km: np.ndarray, shift: np.ndarray, variance: np.ndarray) -> None:
        self._at = at_km
        weight = 1.0 / (variance + _LEAST_AMPLITUDE_PX**2)
        self._mean = float(np.sum(weight * shift) / np.sum(weight))
        self._amplitude = max(float(np.var(shift)), _LEAST_AMPLITUDE_PX**2)
        covariance = self._covariance(at_km, at_km) + np.diag(variance)
        self._inverse = np.linalg.inv(covariance)
        self._weights = self._inverse @ (shift - self._mean)

    def _covariance(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        square = np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1)[None, :] - 2.0 * a @ b.T
        result: np.ndarray = self._amplitude * np.exp(-0.5 * square / _LENGTH_KM**2)
        return result

    def at(self, at_km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Shift and its standard error at places, shape (n,)."""
        across = self._covariance(at_km, self._at)
        variance = self._amplitude - np.sum((across @ self._inverse) * across, axis=1)
        return self._mean + across @ self._weights, np.sqrt(np.maximum(variance, _FLOOR_PX**2))


def _spread(field: _Field, grid: MapGrid) -> tuple[np.ndarray, np.ndarray]:
    """Field on every pixel of a grid, from every twelfth; where the map shows no ground, that of the nearest pixel."""
    axes = [np.linspace(0.0, n - 1.0, max(2, -(-n // _SPARSE_PX))) for n in grid.shape]
    lat, lon = grid.lat_lon(axes[0][:, None], axes[1][None, :])
    ground = np.isfinite(lat)
    values = np.full((2, *lat.shape), np.nan)
    values[:, ground] = field.at(direction_of(lat[ground], lon[ground]) * grid.sphere_radius_km)
    nearest = ndimage.distance_transform_edt(~ground, return_distances=False, return_indices=True)
    zoom = [np.arange(n) * (len(axis) - 1) / max(n - 1, 1) for n, axis in zip(grid.shape, axes, strict=True)]
    where = np.meshgrid(*zoom, indexing="ij")
    x, sigma = (ndimage.map_coordinates(plane[tuple(nearest)], where, order=1, mode="nearest") for plane in values)
    return x, np.hypot(sigma, _LOCAL_PX)


def sharpness_px2(first: np.ndarray, second: np.ndarray, clear: np.ndarray, smooth: np.ndarray) -> float:
    """By how much wider a point's image is in the first map than in the second: difference of variances, pixels².

    Parameters
    ----------
    first, second : array, shape (rows, columns)
        Logarithms of brightness, on each other.
    clear : array of bool, same shape
    smooth : array, same shape
        Mean of both, in which noise is small.

    Notes
    -----
    A Gaussian of variance s² adds s² / 2 times the Laplacian. The slope of the difference over the Laplacian is found
    by Tukey's biweight, so that what changed does not count.
    """
    with np.errstate(invalid="ignore"):
        bend = np.gradient(np.gradient(smooth, axis=0), axis=0) + np.gradient(np.gradient(smooth, axis=1), axis=1)
        left = second - first
        use = clear & np.isfinite(bend) & np.isfinite(left)
    if np.count_nonzero(use) < _PATCH_PX**2:
        return 0.0
    b, d = bend[use], left[use]
    slope = offset = 0.0
    for _ in range(8):
        rest = d - offset - slope * b
        scale = 1.4826 * np.median(np.abs(rest)) + 1e-9
        weight = np.maximum(1.0 - (rest / (4.0 * scale)) ** 2, 0.0) ** 2
        mean_b, mean_d = np.average(b, weights=weight), np.average(d, weights=weight)
        slope = float(np.sum(weight * (b - mean_b) * (d - mean_d)) / np.sum(weight * (b - mean_b) ** 2))
        offset = float(mean_d - slope * mean_b)
    return -2.0 * slope
