"""Two maps on one grid, equally sharp: the sharper is blurred to the other's image of a point."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import ndimage

from perijove.errors import InputError
from perijove.geometry.grids import equirectangular_grid, polar_grid
from perijove.geometry.projections import MapGrid
from perijove.mosaic.ground_map import GroundMap

__all__ = ["Sampled", "blurred", "coarse_level", "common_grid", "pixel_area_km2", "sampled", "shared_blur_km"]

_POLAR_LAT_DEG = 60.0
_SPARSE = 300  # pixels along a side on which common ground is looked for
_PIXELS_PER_CAMERA_PIXEL = 1.5
_MOST_PIXELS = 6_000_000
_FINER = 1.4  # pixels of a map that was averaged, per pixel of the common grid
_LEAST_BLUR_PX = 0.6
_LEVELS = 5  # of blur, between which what varies over a map is interpolated
_ROW_STEP = 1.1  # factor of stretch within which rows are filtered alike
_LEAST_SHARE = 0.5  # of a kernel's weight that must lie on known ground
_MARGIN_DEG = 1.0


@dataclass(frozen=True, eq=False)
class Sampled:
    """A map on the common grid, arrays of shape (rows, columns) but for the first two, (bands, rows, columns).

    Attributes
    ----------
    values, noise : array
        Brightness, and its relative standard error.
    incidence_deg, emission_deg, phase_deg : array or None
    pixel_km, blur_km : array
        Of the camera, and of a point's image before anything was blurred.
    """

    values: np.ndarray
    noise: np.ndarray
    incidence_deg: np.ndarray | None
    emission_deg: np.ndarray | None
    phase_deg: np.ndarray | None
    pixel_km: np.ndarray
    blur_km: np.ndarray


def common_grid(first: GroundMap, second: GroundMap, *, resolution_km: float | None = None) -> MapGrid:
    """Grid of the ground that two maps share, at the resolution of the coarser.

    Parameters
    ----------
    first, second : GroundMap
    resolution_km : float, optional
        Size of a pixel; by default two thirds of a camera pixel of the coarser map, and no finer than its grid.

    Raises
    ------
    InputError
        Where they share no ground.

    Notes
    -----
    Equirectangular, or polar where the middle of the common ground lies beyond 60 deg of latitude and all of it beyond
    30.
    """
    rows, columns = (np.unique(np.linspace(0, n - 1, min(n, _SPARSE)).astype(int)) for n in first.grid.shape)
    lat, lon = first.grid.lat_lon(rows[:, None], columns[None, :])
    known = np.isfinite(first.values[0][np.ix_(rows, columns)])
    x, y = second.grid.xy(lat, lon)
    inside = np.isfinite(x) & (x >= 0) & (y >= 0) & (x < second.grid.shape[1]) & (y < second.grid.shape[0])
    at = np.where(inside, y, 0).astype(int), np.where(inside, x, 0).astype(int)
    common = known & inside & np.isfinite(second.values[0][at])
    if not common.any():
        raise InputError(f"{first.name} and {second.name} show no ground in common; there is nothing to compare")
    lat, lon = lat[common], lon[common]
    step = resolution_km or max(_native_km(first), _native_km(second))
    south, north = max(float(lat.min()) - _MARGIN_DEG, -90.0), min(float(lat.max()) + _MARGIN_DEG, 90.0)
    radius = first.grid.sphere_radius_km
    middle = float(np.median(lat))
    if abs(middle) > _POLAR_LAT_DEG and min(abs(south), abs(north)) > 30.0 and south * north > 0.0:
        pole = "north" if middle > 0.0 else "south"
        limit = south if middle > 0.0 else -north
        grid = polar_grid(pole, step, limit_lat_deg=limit, sphere_radius_km=radius)
    else:
        west, east = _bounds_deg(lon)
        grid = equirectangular_grid(
            (south, north),
            (west, east),
            step,
            center_lon_east_deg=float((0.5 * (west + east) + 180.0) % 360.0 - 180.0),
            sphere_radius_km=radius,
        )
    if grid.shape[0] * grid.shape[1] > _MOST_PIXELS:
        if resolution_km is not None:
            raise InputError(
                f"a comparison of {grid.shape[1]} x {grid.shape[0]} pixels at {step:g} km is more than "
                f"{_MOST_PIXELS / 1e6:g} million; give a coarser `resolution_km`"
            )
        finer = float(np.sqrt(grid.shape[0] * grid.shape[1] / _MOST_PIXELS))
        return common_grid(first, second, resolution_km=step * finer * 1.02)
    return grid


def _native_km(one: GroundMap) -> float:
    with np.errstate(invalid="ignore"):
        known = one.pixel_km[np.isfinite(one.values[0]) & np.isfinite(one.pixel_km)]
    camera = float(np.median(known)) / _PIXELS_PER_CAMERA_PIXEL if known.size else 0.0
    return max(camera, one.grid.resolution_km)


def _bounds_deg(lon: np.ndarray) -> tuple[float, float]:
    """West and east ends of longitudes, with a margin, across their widest gap; west is -180 to 180."""
    ordered = np.unique(np.round(lon % 360.0, 2))
    gaps = np.diff(np.append(ordered, ordered[0] + 360.0))
    widest = int(np.argmax(gaps))
    if gaps[widest] < 3.0 * _MARGIN_DEG:
        return -180.0, 180.0
    west = ordered[(widest + 1) % len(ordered)] - _MARGIN_DEG
    width = 360.0 - gaps[widest] + 2.0 * _MARGIN_DEG
    west = (west + 180.0) % 360.0 - 180.0
    return float(west), float(west + width)


def _stretch(grid: MapGrid) -> np.ndarray:
    """Pixels across per pixel down that a circle on the ground has in a map, by row."""
    rows = np.arange(grid.shape[0])
    if grid.projection != "equirectangular":
        return np.ones(len(rows))
    lat = np.degrees((grid.y_top_km - (rows + 0.5) * grid.resolution_km) / grid.sphere_radius_km)
    stretch: np.ndarray = 1.0 / np.maximum(np.cos(np.radians(np.minimum(np.abs(lat), 89.0))), 0.02)
    return stretch


def pixel_area_km2(grid: MapGrid) -> np.ndarray:
    """Ground that a pixel shows, shape (rows, 1) or (rows, columns), on the map's sphere."""
    lat = grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :])[0]
    square, lat = grid.resolution_km**2, np.where(np.isfinite(lat), lat, 90.0)
    if grid.projection == "equirectangular":
        area: np.ndarray = square * np.cos(np.radians(lat))
    else:
        area = square * (0.5 + 0.5 * np.abs(np.sin(np.radians(lat)))) ** 2
    return area


def blurred(planes: np.ndarray, grid: MapGrid, sigma_km: float, *, known: np.ndarray | None = None) -> np.ndarray:
    """Planes convolved with a Gaussian on the ground, over known ground alone.

    Parameters
    ----------
    planes : array, shape (n, rows, columns)
        NaN where nothing is known.
    grid : MapGrid
    sigma_km : float
        Of the Gaussian; circles on the ground are followed from row to row in an equirectangular map.
    known : array of bool, shape (rows, columns), optional
        What may be used; by default where all planes are finite.

    Returns
    -------
    array, same shape
        NaN where less than half of the Gaussian lies on known ground.
    """
    known = np.isfinite(planes).all(axis=0) if known is None else known
    filled = np.concatenate([np.where(known, planes, 0.0), known[None].astype(planes.dtype)])
    sums = _filtered(filled, grid, sigma_km)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: np.ndarray = np.where(sums[-1] > _LEAST_SHARE, sums[:-1] / sums[-1], np.nan)
    return result


def coarse_level(plane: np.ndarray, grid: MapGrid, sigma_km: float) -> np.ndarray:
    """A plane convolved with a wide Gaussian, computed on as coarse a grid as it allows; 0 where it does not reach.

    Parameters
    ----------
    plane : array, shape (rows, columns)
        NaN where nothing is known; a square counts by how much of it is known.
    grid : MapGrid
    sigma_km : float
        Of the Gaussian, many pixels.
    """
    step = max(1, int(0.25 * sigma_km / grid.resolution_km))
    rows, columns = (-(-n // step) for n in grid.shape)
    spare = ((0, rows * step - grid.shape[0]), (0, columns * step - grid.shape[1]))
    known = np.isfinite(plane)
    sums, counts = (
        np.pad(each, spare).reshape(rows, step, columns, step).sum(axis=(1, 3))
        for each in (np.where(known, plane, 0.0), known.astype(float))
    )
    small = replace(grid, shape=(rows, columns), resolution_km=grid.resolution_km * step)
    wide, share = _filtered(np.stack([sums, counts]), small, sigma_km)
    level = np.where(share > 1e-3 * step**2, wide / np.maximum(share, 1e-9), 0.0)
    where = np.meshgrid(*((np.arange(n) + 0.5) / step - 0.5 for n in grid.shape), indexing="ij")
    result: np.ndarray = ndimage.map_coordinates(level, where, order=1, mode="nearest")
    return result


def _filtered(planes: np.ndarray, grid: MapGrid, sigma_km: float) -> np.ndarray:
    sigma = sigma_km / grid.resolution_km
    if sigma < 0.05:
        return planes
    around = 2.0 * np.pi * grid.sphere_radius_km - grid.shape[1] * grid.resolution_km < 0.5 * grid.resolution_km
    mode = "wrap" if around and grid.projection == "equirectangular" else "constant"
    result: np.ndarray = ndimage.gaussian_filter1d(planes, sigma, axis=-2, mode="constant", truncate=3.5)
    groups = np.floor(np.log(_stretch(grid)) / np.log(_ROW_STEP)).astype(int)
    edges = np.flatnonzero(np.diff(groups)) + 1
    for part in np.split(np.arange(len(groups)), edges):
        across = sigma * _ROW_STEP ** (groups[part[0]] + 0.5) if groups[part[0]] else sigma
        rows = slice(part[0], part[-1] + 1)
        result[:, rows] = ndimage.gaussian_filter1d(
            result[:, rows], min(across, 0.2 * grid.shape[1]), axis=-1, mode=mode, truncate=3.5
        )
    return result


def _blurred_by(planes: np.ndarray, grid: MapGrid, sigma_km: np.ndarray) -> np.ndarray:
    """Planes convolved with a Gaussian whose width varies over the map."""
    known = np.isfinite(planes).all(axis=0)
    wanted = np.where(np.isfinite(sigma_km) & known, sigma_km, 0.0)
    used = wanted[known]
    if not used.size or used.max() < 0.05 * grid.resolution_km:
        return planes
    squares = np.linspace(0.0, float(np.percentile(used, 99.5)) ** 2, _LEVELS)
    result = np.array(planes)
    below = planes
    place = np.minimum(wanted**2, squares[-1])
    for low, high in pairwise(squares.tolist()):
        above = blurred(planes, grid, float(np.sqrt(high)), known=known)
        share = (place - low) / (high - low)
        here = (share > 0.0) & (share <= 1.0)
        mixed = (1.0 - share) * below + share * above
        result = np.where(here, np.where(np.isfinite(mixed), mixed, np.nan), result)
        below = above
    return np.where(known, result, np.nan)


def _at(plane: np.ndarray, x: np.ndarray, y: np.ndarray, *, smooth: bool = False) -> np.ndarray:
    """Plane at pixel coordinates, of the nearest pixel or `smooth`; NaN where that is unknown or off the map."""
    known = np.isfinite(plane)
    where = [
        np.nan_to_num(y, nan=-9.0) - 0.5,
        np.nan_to_num(x, nan=-9.0) - 0.5,
    ]  # off the map, which is answered by NaN
    if not smooth:
        filled = np.where(known, plane, np.nan)
        nearby: np.ndarray = ndimage.map_coordinates(filled, where, order=0, mode="constant", cval=np.nan)
        return nearby.astype(np.float32)
    if not known.any():
        return np.full(x.shape, np.nan, dtype=np.float32)
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    value = ndimage.map_coordinates(plane[tuple(nearest)], where, order=3, mode="nearest")
    share = ndimage.map_coordinates(known.astype(np.float32), where, order=1, mode="constant", cval=0.0)
    return np.where(share > 0.99, value, np.nan).astype(np.float32)


def shared_blur_km(first: GroundMap, second: GroundMap, grid: MapGrid) -> np.ndarray:
    """Standard deviation of a point's image that both maps can have, shape of the grid; NaN off either."""
    lat, lon = grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :])
    one, other = (_at(each.blur_km, *each.grid.xy(lat, lon)) for each in (first, second))
    wider: np.ndarray = np.maximum(np.maximum(one, other), _LEAST_BLUR_PX * grid.resolution_km)
    return wider


def sampled(
    one: GroundMap,
    grid: MapGrid,
    blur_km: np.ndarray,
    *,
    shift_px: tuple[np.ndarray, np.ndarray] | None = None,
) -> Sampled:
    """A map on the common grid, blurred to a shared sharpness.

    Parameters
    ----------
    one : GroundMap
    grid : MapGrid
        Of the comparison.
    blur_km : array, shape of the grid
        Standard deviation of a point's image that is wanted (`shared_blur_km`).
    shift_px : tuple of array, optional
        By how much a feature lies farther right and down in this map than it should, pixels of the common grid.
    """
    rows, columns = np.meshgrid(*(np.arange(n, dtype=float) for n in grid.shape), indexing="ij")
    if shift_px is not None:
        rows, columns = rows + shift_px[1], columns + shift_px[0]
    # A much finer map is averaged over squares first; what that blurs need not be blurred again.
    step = max(1, int(grid.resolution_km / _FINER / one.grid.resolution_km))
    x, y = (coordinate / step for coordinate in one.grid.xy(*grid.lat_lon(rows, columns)))

    def plane(array: np.ndarray | None, *, smooth: bool = True) -> np.ndarray | None:
        return None if array is None else _at(_averaged(array, step), x, y, smooth=smooth)

    with np.errstate(invalid="ignore", divide="ignore"):
        relative = one.sigma / np.abs(one.values)
    own = _at(_averaged(one.blur_km, step), x, y)
    with np.errstate(invalid="ignore"):
        square = blur_km**2 - own**2 - (step**2 - 1) * one.grid.resolution_km**2 / 12.0
        more = np.sqrt(np.maximum(square, 0.0))
    # Each band by itself: where one is saturated the others are not.
    bands = [_at(_averaged(band, step), x, y, smooth=True) for band in one.values]
    return Sampled(
        values=np.stack([_blurred_by(band[None], grid, more)[0] for band in bands]),
        noise=np.stack([_at(_averaged(band, step), x, y) for band in relative]),
        incidence_deg=plane(one.incidence_deg),
        emission_deg=plane(one.emission_deg),
        phase_deg=plane(one.phase_deg),
        pixel_km=_at(_averaged(one.pixel_km, step), x, y),
        blur_km=own,
    )


def _averaged(plane: np.ndarray, step: int) -> np.ndarray:
    """Means over squares of so many pixels; NaN where one of them is."""
    if step == 1:
        return plane
    rows, columns = (n // step for n in plane.shape)
    mean: np.ndarray = plane[: rows * step, : columns * step].reshape(rows, step, columns, step).mean(axis=(1, 3))
    return mean
