"""Small pieces of framelets in which ground can be found again: which there are, and what they show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from perijove.geometry.ellipsoid import outward_normal
from perijove.junocam.control.base_map_view import PatchGrid
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.scene.shot import Shot

__all__ = [
    "MAX_EMISSION_DEG",
    "MAX_INCIDENCE_DEG",
    "SIDE_OF_RADIUS",
    "SMALLEST_SIDE_PX",
    "Patches",
    "Strips",
    "lit_patches",
    "seen_well",
]

_BAD = QUALITY.unusable | QUALITY.mask("strip_edge")
SMALLEST_SIDE_PX, _LARGEST_SIDE_PX = 24, 56  # of a patch; the larger one in patch pixels
SIDE_OF_RADIUS = 0.45
"""Side of a patch against the radius of the body."""
_STRIP_MARGIN_PX = 4
MAX_INCIDENCE_DEG = 78.0
"""At a patch's centre."""
MAX_EMISSION_DEG = 72.0
"""At a patch's centre."""
_DENSITY = 2  # patches that share a column where all are taken


@dataclass(frozen=True)
class Strips:
    """Framelets of a picture, without what is not needed of it.

    Attributes
    ----------
    framelet : array of int, shape (n,)
        Which they are.
    value : array, shape (n, rows, columns), float32
        Radiance factor; 0 where it is no number.
    good : array of bool, same shape
        Pixels that can be trusted.
    """

    framelet: np.ndarray
    value: np.ndarray
    good: np.ndarray

    @classmethod
    def of(cls, image: CalibratedImage, framelets: np.ndarray) -> "Strips":
        """Some framelets of a picture: indices, or a mask."""
        framelet = np.arange(image.raw.n_framelets)[np.asarray(framelets)]
        value = image.radiance_factor[framelet]
        good = ((image.quality[framelet] & _BAD) == 0) & np.isfinite(value)
        return cls(framelet, np.where(np.isfinite(value), value, np.float32(0.0)), good)

    def of_framelet(self, framelet: int) -> tuple[np.ndarray, np.ndarray]:
        """Value and good pixels of one, by its index in the file."""
        k = int(np.searchsorted(self.framelet, framelet))
        return self.value[k], self.good[k]

    def averaged(self, grid: PatchGrid) -> tuple[np.ndarray, np.ndarray]:
        """Picture averaged over the patches' pixels, and where at least half of what is averaged is good."""
        step, height, width = grid.step, grid.rows * grid.step, grid.columns * grid.step
        value = np.empty((len(grid), height, width))
        good = np.empty(value.shape, dtype=bool)
        for n, (index, (x, y)) in enumerate(zip(grid.framelet, grid.corner, strict=True)):
            whole, trusted = self.of_framelet(int(index))
            box = (slice(y, y + height), slice(x, x + width))
            value[n], good[n] = whole[box], trusted[box]
        shape = (len(grid), grid.rows, step, grid.columns, step)
        share = good.reshape(shape).mean(axis=(2, 4))
        mean = np.where(good, value, 0.0).reshape(shape).mean(axis=(2, 4)) / np.maximum(share, 1e-9)
        return mean, share >= 0.5


@dataclass(frozen=True)
class Patches:
    """Patches with their ground points, body-fixed, under the poses with which they were chosen.

    `overlap` tells how many patches share a pixel.
    """

    grid: PatchGrid
    ground_km: np.ndarray
    overlap: float

    def __len__(self) -> int:
        """Number of patches."""
        return len(self.grid)

    def chosen(self, which: np.ndarray) -> "Patches":
        """Return some of them."""
        grid = replace(self.grid, framelet=self.grid.framelet[which], corner=self.grid.corner[which])
        return Patches(grid, self.ground_km[which], self.overlap)


def lit_patches(
    shot: Shot, framelets: Sequence[int] | np.ndarray, *, radius_px: float, step: int, most: int
) -> Patches | None:
    """Lit and steeply seen patches, evenly picked from framelets; None where there are none.

    Parameters
    ----------
    shot : Shot
    framelets : sequence of int
        From which they may come.
    radius_px : float
        Of the body; patches are smaller on a small disc.
    step : int
        Framelet pixels per patch pixel.
    most : int
        Patches, at most.
    """
    camera = shot.cameras[0]
    wanted = np.clip(SIDE_OF_RADIUS * radius_px, SMALLEST_SIDE_PX, _LARGEST_SIDE_PX * step)
    usable = camera.rows - 2 * _STRIP_MARGIN_PX
    columns = int(wanted) // step
    rows = min(columns, usable // step)
    spacing = max(columns // _DENSITY, 1) * step
    across = np.arange(0, camera.columns - columns * step, spacing)
    count = max(1, usable // (rows * step))
    down = np.linspace(_STRIP_MARGIN_PX, camera.rows - _STRIP_MARGIN_PX - rows * step, count) // step * step
    corner = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2).astype(int)
    framelet, corners, ground = [], [], []
    for index in np.asarray(framelets).tolist():
        place = shot.ground(index, corner + 0.5 * step * np.array([columns, rows])).point_km
        good = seen_well(shot, index, place)
        framelet.append(np.full(int(good.sum()), index))
        corners.append(corner[good])
        ground.append(place[good])
    every = np.concatenate(framelet) if framelet else np.empty(0, dtype=int)
    if not len(every):
        return None
    pick = np.unique(np.linspace(0, len(every) - 1, most).round().astype(int))
    grid = PatchGrid(every[pick], np.concatenate(corners)[pick], rows, columns, step)
    return Patches(grid, np.concatenate(ground)[pick], max(1.0, _DENSITY * len(pick) / len(every)))


def seen_well(shot: Shot, framelet: int, ground_km: np.ndarray) -> np.ndarray:
    """Whether ground is lit, and seen steeply enough, in a framelet: array of bool, shape (...); False for NaN."""
    pose = shot.pose(framelet)
    normal, sight = outward_normal(ground_km, radii_km=shot.radii_km), pose.position_km - ground_km
    with np.errstate(invalid="ignore"):
        lit = normal @ pose.sun > np.cos(np.radians(MAX_INCIDENCE_DEG))
        cosine = np.sum(normal * sight, axis=-1) / np.linalg.norm(sight, axis=-1)
        well: np.ndarray = lit & (cosine > np.cos(np.radians(MAX_EMISSION_DEG)))
    return well
