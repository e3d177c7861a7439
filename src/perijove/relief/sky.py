"""Brightness above the limb, framelets and colours put together on a grid of azimuth and height."""

from dataclasses import dataclass

import numpy as np

from perijove.geometry.limb import limb_azimuth_deg, limb_degree_km, limb_ellipse, passed_ground
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.relief.limb_points import pixel_km_at_limb
from perijove.scene.shot import Shot

__all__ = ["Sky", "sky_above_limb"]

_TOP_KM = 700.0  # plumes reach 400 km; above, the sky tells what stray light does
_CELL_DEG = 1.0
_LEAST_STEP_KM = 10.0
_LEAST_PIXELS = 4
_HIT_SIGMAS = 5.0
_FIRST_PX, _FIRST_KM = 2.5, 20.0  # above the limb, out of reach of the optics' blur and of mountains
_BAD = QUALITY.unusable | QUALITY.mask("strip_edge")


@dataclass(frozen=True)
class Sky:
    """Mean radiance factor of the sky near the limb, all colours with their weights.

    Attributes
    ----------
    azimuth_deg : array, shape (m,)
        Middle of each column, as in `LimbHeights`.
    height_km : array, shape (k,)
        Middle of each row, above the ellipsoid.
    value, sigma : array, shape (m, k)
        NaN where fewer than four pixels see it. The error is that of noise alone.
    count : array of int, shape (m, k)
    limb_brightness : array, shape (m,)
        Radiance factor of the disc some pixels inside the limb; NaN where it was not seen.
    degree_km : float
        Length of a degree of azimuth along the limb.
    """

    azimuth_deg: np.ndarray
    height_km: np.ndarray
    value: np.ndarray
    sigma: np.ndarray
    count: np.ndarray
    limb_brightness: np.ndarray
    degree_km: float


def sky_above_limb(image: CalibratedImage, location: Location) -> Sky:
    """Average the picture above the limb.

    Parameters
    ----------
    image : CalibratedImage
    location : Location

    Notes
    -----
    Cells are 1 deg of azimuth wide and 10 km high, or two pixels where these are larger. What stands lower than 2.5
    pixels or 20 km, where mountains may rise, is left out. Pixels that lie five standard errors above their cell's mean
    are hits and left out. Colours are averaged with their noise as weight: a plume that shines in blue alone loses by
    that.
    """
    shot = location.shot
    pixel_km = pixel_km_at_limb(shot)
    step = max(_LEAST_STEP_KM, 2.0 * pixel_km)
    rows = max(8, round(min(_TOP_KM, 40 * step) / step))
    middle = shot.view.position_km[shot.middle_frame]
    degree_km = limb_degree_km(middle, radii_km=shot.radii_km)
    columns = round(360.0 / max(_CELL_DEG, 2.0 * pixel_km / degree_km))
    found = [
        _pixels(image, shot, int(k), middle, -4.0 * pixel_km, rows * step)
        for k in np.flatnonzero(_near(shot, pixel_km))
    ]
    azimuth, height, value, sigma = (np.concatenate([f[i] for f in found]) for i in range(4))
    column = np.minimum((azimuth / 360.0 * columns).astype(int), columns - 1)
    above = height > max(_FIRST_PX * pixel_km, _FIRST_KM)
    cell = column * rows + np.clip((height / step).astype(int), 0, rows - 1)
    mean, error, count = _means(cell[above], value[above], sigma[above], columns * rows)
    inside = (height < -2.0 * pixel_km) & (height > -4.0 * pixel_km)
    total, number = (np.bincount(column[inside], w, columns) for w in (value[inside], np.ones(int(inside.sum()))))
    with np.errstate(invalid="ignore", divide="ignore"):
        brightness = np.where(number > 0, total / number, np.nan)
    shape = (columns, rows)
    return Sky(
        azimuth_deg=(np.arange(columns) + 0.5) * 360.0 / columns,
        height_km=(np.arange(rows) + 0.5) * step,
        value=mean.reshape(shape),
        sigma=error.reshape(shape),
        count=count.reshape(shape),
        limb_brightness=brightness,
        degree_km=degree_km,
    )


def _near(shot: Shot, pixel_km: float) -> np.ndarray:
    """Framelets that can see sky within the highest height."""
    seen = np.zeros(len(shot), dtype=bool)
    margin = -2.0 * _TOP_KM / pixel_km
    for k, camera in enumerate(shot.cameras):
        limb = limb_ellipse(shot.pose(k).position_km, radii_km=shot.radii_km).points_km(np.arange(0.0, 360.0, 2.0))
        with np.errstate(invalid="ignore"):
            seen[k] = bool(camera.contains(shot.xy(k, limb), margin_px=margin).any())
    return seen


def _pixels(
    image: CalibratedImage, shot: Shot, framelet: int, position_km: np.ndarray, low_km: float, high_km: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Azimuth, height, radiance factor and its error of a framelet's good pixels within a range of heights."""
    value, sigma = image.radiance_factor[framelet], image.sigma[framelet]
    good = np.isfinite(value) & ((image.quality[framelet] & _BAD) == 0)
    first, last = shot.cameras[framelet].lit_columns_px
    good[:, : int(np.ceil(first))] = False
    good[:, int(last) :] = False
    i, j = np.nonzero(good)
    rays = shot.rays(framelet, np.stack([j + 0.5, i + 0.5], axis=-1))
    passed = passed_ground(shot.pose(framelet).position_km, rays, radii_km=shot.radii_km)
    with np.errstate(invalid="ignore"):
        here = (passed.height_km > low_km) & (passed.height_km < high_km)
    azimuth = limb_azimuth_deg(passed.foot_km[here], position_km, radii_km=shot.radii_km)
    return azimuth, passed.height_km[here], value[i[here], j[here]], sigma[i[here], j[here]]


def _means(
    cell: np.ndarray, value: np.ndarray, sigma: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted mean of each cell, its error and how many pixels made it; hits left out."""
    kept = np.ones(len(cell), dtype=bool)
    mean = np.zeros(size)
    for _ in range(3):
        weight = kept / sigma.astype(float) ** 2
        total, norm = np.bincount(cell, weight * value, size), np.bincount(cell, weight, size)
        mean = total / np.maximum(norm, 1e-300)
        kept = value - mean[cell] < _HIT_SIGMAS * sigma
    weight = kept / sigma.astype(float) ** 2
    total, norm, count = (np.bincount(cell, w, size) for w in (weight * value, weight, kept.astype(float)))
    enough = count >= _LEAST_PIXELS
    with np.errstate(invalid="ignore", divide="ignore"):
        return (
            np.where(enough, total / norm, np.nan),
            np.where(enough, 1.0 / np.sqrt(norm), np.nan),
            count.astype(int),
        )
