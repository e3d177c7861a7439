"""From framelets to a map: the inverse projection.

Every map pixel is a point of the triaxial body. It is carried into each framelet that sees it with that frame's
own pose, the framelet is sampled there (Catmull-Rom cubic), and all samples of a band are averaged with weights
that fall smoothly to zero at the strips' edges, so that no seam shows. Pixels that the mask calls bad have no
weight. Several pictures of one body may be blended: their values mix, their geometry does not.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from perijove.camera import StripCamera
from perijove.errors import InputError
from perijove.geometry.projections import MapGrid
from perijove.scene import culling_kernel as culling
from perijove.scene import mapping_kernel as kernel
from perijove.scene.backplane_registry import MAP_BACKPLANES
from perijove.scene.shot import Shot

__all__ = ["FrameletPixels", "MapOptions", "MapResult", "Projector", "project_to_map"]

_KINDS = {
    "equirectangular": culling.EQUIRECTANGULAR,
    "polar_north": culling.STEREOGRAPHIC,
    "polar_south": culling.STEREOGRAPHIC,
    "orthographic": culling.ORTHOGRAPHIC,
    "perspective": culling.PERSPECTIVE,
}
_STRIP_OUTLINE = 65  # points per side; between them a strip's undistorted outline bends by less than 0.1 px
_OUTLINE_MARGIN_PX = 1.0
_EDGE_SEARCH_PX = 64  # unusable columns and rows are looked for this far from a strip's edges
_TINY_PX = 1e-6  # keeps the four columns about a place within the strip
Outline = tuple[float, float, float, float]


@dataclass(frozen=True)
class FrameletPixels:
    """What the framelets of a picture show.

    Attributes
    ----------
    values, sigma : array, shape (n, rows, columns), float32
        Values and their random standard errors. Pixels where either is not finite, or sigma not positive, count as bad.
    quality : array, shape (n, rows, columns), uint16
        Flags.
    band_of_framelet : array of int, shape (n,)
        Band that each framelet contributes to, counted from 0; negative to leave it out.
    """

    values: np.ndarray
    sigma: np.ndarray
    quality: np.ndarray
    band_of_framelet: np.ndarray


@dataclass(frozen=True)
class MapOptions:
    """How framelets become a map.

    Attributes
    ----------
    interpolation : str
        ``cubic`` (Catmull-Rom; bilinear over what is good where a bad pixel is among the sixteen) or ``linear``.
    edge_px : float
        Full-resolution pixels over which weights fall to zero at strip edges. Framelets overlap by 13 to 16 rows.
    max_emission_deg : float
        Ground seen more obliquely is left out.
    backplanes : bool
        Whether to compute them.
    threads : int
        Threads to share the work; 0 takes the machine's processors, at most 4.
    """

    interpolation: str = "cubic"
    edge_px: float = 8.0
    max_emission_deg: float = 85.0
    backplanes: bool = True
    threads: int = 0


@dataclass(frozen=True)
class MapResult:
    """A map of several bands with its errors, flags and geometry.

    Attributes
    ----------
    grid : MapGrid
        Where the pixels lie.
    values : array, shape (bands, rows, columns), float32
        Means of what framelets show, NaN where no framelet of that band sees the ground. Each counts with
        (edge taper) (cos(emission) - cos(max_emission_deg)) / range² / sigma².
    sigma : array, shape (bands, rows, columns), float32
        Random standard error, carried through interpolation and blending as if raw pixels erred independently. Errors
        of neighbouring map pixels are correlated where the map is finer than the picture; that is not described.
    quality : array, shape (bands, rows, columns), uint16
        Union of the flags of the raw pixels next to each sampled place, of bad ones too.
    backplanes : mapping of str to array, shape (rows, columns), float32
        By the names in `scene.backplane_registry.MAP_BACKPLANES`; NaN where no band has data. They hold for the camera
        position at the weighted mean frame of what was blended, over all bands; of several pictures, for the one that
        counts most there, never for a pose between two. Empty if not asked for.
    covered : int
        Ground points that at least one band sees.
    shot : array, shape (rows, columns), int16, or None
        Which of several pictures the backplanes hold for, counted from 0; -1 where there is none. None for one picture.
    """

    grid: MapGrid
    values: np.ndarray
    sigma: np.ndarray
    quality: np.ndarray
    backplanes: Mapping[str, np.ndarray]
    covered: int
    shot: np.ndarray | None = None


def _frozen(array: ArrayLike, dtype: DTypeLike) -> np.ndarray:
    """A contiguous read-only view: whatever the caller holds, the kernel meets one type and is compiled once."""
    view = np.ascontiguousarray(array, dtype=dtype).view()
    view.setflags(write=False)
    return view


def _packed_grid(grid: MapGrid) -> np.ndarray:
    position = np.zeros(3) if grid.position_km is None else np.array(grid.position_km)
    head = [
        _KINDS[grid.projection],
        grid.x_left_km,
        grid.y_top_km,
        grid.resolution_km,
        grid.sphere_radius_km,
        np.radians(grid.center_lon_east_deg),
    ]
    return np.concatenate([head, grid.axes.ravel(), [np.linalg.norm(position)], position])


def _packed_poses(shot: Shot) -> np.ndarray:
    view, radii_km = shot.view, shot.radii_km
    offset = -np.einsum("fij,fj->fi", view.body_to_camera, view.position_km)
    return np.concatenate(
        [
            view.body_to_camera.reshape(-1, 9),
            offset,
            view.position_km / radii_km**2,
            view.position_km,
            view.sun,
        ],
        axis=1,
    )


def _outline(camera: StripCamera) -> Outline:
    """Smallest and largest undistorted offset from the axis along both axes within a strip, px, with a margin."""
    s = np.linspace(0.0, 1.0, _STRIP_OUTLINE)
    zero, one = np.zeros_like(s), np.ones_like(s)
    unit = np.concatenate([np.stack(side, axis=-1) for side in ((s, zero), (s, one), (zero, s), (one, s))])
    # Undistorted offsets are extreme where one coordinate is on the axis, too.
    axis = (camera.axis_column_px - camera.first_column_px) / camera.summing, camera.axis_row_px / camera.summing
    size = np.array([camera.columns, camera.rows])
    xy = np.concatenate([unit * size, [[np.clip(axis[0], 0, size[0]), 0.0]], [[np.clip(axis[0], 0, size[0]), size[1]]]])
    uv = camera.undistorted_px(xy)
    low, high = uv.min(axis=0) - _OUTLINE_MARGIN_PX, uv.max(axis=0) + _OUTLINE_MARGIN_PX
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _packed_lenses(
    cameras: Sequence[StripCamera], outlines: Mapping[StripCamera, Outline], pixels: np.ndarray, used: np.ndarray
) -> np.ndarray:
    lenses = np.zeros((len(cameras), culling.LENS_SIZE))
    for k, camera in enumerate(cameras):
        if not used[k]:
            continue
        u0, u1, v0, v1 = outlines[camera]
        lenses[k] = (
            camera.focal_length_px,
            (camera.axis_column_px - camera.first_column_px) / camera.summing - 0.5,
            camera.axis_row_px / camera.summing - 0.5,
            camera.k1,
            camera.k2,
            1.0 / camera.summing,
            max(abs(u0), abs(u1)) ** 2 + max(abs(v0), abs(v1)) ** 2,
            *_usable_window(pixels[k].reshape(camera.rows, camera.columns)),
        )
    return lenses


def _usable_window(pixels: np.ndarray) -> tuple[float, float, float, float]:
    """First and last column and row of a strip that may be sampled.

    Columns and rows near the edges that are bad (NaN) from end to end do not count, and the cubic needs one
    neighbour more.
    """
    rows, columns = pixels.shape
    across, down = min(_EDGE_SEARCH_PX, columns // 2), min(_EDGE_SEARCH_PX, rows // 2)
    left, right = _blind(pixels[:, :across].T), columns - _blind(pixels[:, ::-1][:, :across].T)
    top, bottom = _blind(pixels[:down]), rows - _blind(pixels[::-1][:down])
    last_column, last_row = columns - 2 - _TINY_PX, rows - 2 - _TINY_PX
    return max(left, 1.0), min(right - 1.0, last_column), max(top, 1.0), min(bottom - 1.0, last_row)


def _blind(lines: np.ndarray) -> int:
    """How many lines in turn, from the first on, are NaN from end to end."""
    seen = ~np.isnan(lines).all(axis=1)
    return int(seen.argmax()) if seen.any() else len(seen)


def _packed_cones(
    cameras: Sequence[StripCamera], outlines: Mapping[StripCamera, Outline], frames: np.ndarray, poses: np.ndarray
) -> np.ndarray:
    """Half-spaces that bound what each framelet sees, (framelets, sides, 4); see `culling_kernel`."""
    focal = np.array([camera.focal_length_px for camera in cameras])
    u0, u1, v0, v1 = np.array([outlines[camera] for camera in cameras]).T
    pose = poses[frames]
    right, down, ahead = (np.concatenate([pose[:, 3 * m : 3 * m + 3], pose[:, 9 + m, None]], axis=1) for m in range(3))
    horizon = np.concatenate([pose[:, 12:15], np.full((len(pose), 1), -1.0)], axis=1)
    f, *edges = (size[:, None] for size in (focal, u0, u1, v0, v1))
    left, last, top, bottom = edges
    sides = [
        horizon,
        ahead,
        f * right - left * ahead,
        last * ahead - f * right,
        f * down - top * ahead,
        bottom * ahead - f * down,
    ]
    cones = np.stack(sides, axis=1)
    result: np.ndarray = cones / np.linalg.norm(cones[..., :3], axis=-1, keepdims=True)
    return result


def _checked(shots: Sequence[Shot], pixels: Sequence[FrameletPixels], options: MapOptions) -> None:
    """Refuse what does not fit together."""
    if not shots or len(shots) != len(pixels):
        raise InputError(f"{len(shots)} shots and pixels of {len(pixels)}; give each picture both")
    if len({shot.body for shot in shots}) > 1 or any((shot.radii_km != shots[0].radii_km).any() for shot in shots):
        raise InputError(f"shots of {', '.join(sorted({shot.body for shot in shots}))}; a map shows one body")
    strips = {(camera.rows, camera.columns, camera.summing) for shot in shots for camera in shot.cameras}
    if len(strips) != 1:
        raise InputError(f"strips of {len(strips)} sizes; map each size by itself")
    (rows, columns, _), *_ = strips
    for shot, given in zip(shots, pixels, strict=True):
        n = len(shot)
        arrays, bands = (given.values, given.sigma, given.quality), given.band_of_framelet
        if any(array.shape != (n, rows, columns) for array in arrays) or np.shape(bands) != (n,):
            came = ", ".join(str(np.shape(array)) for array in (*arrays, bands))
            raise InputError(
                f"values, sigma and quality must be {(n, rows, columns)}, as the cameras say, bands ({n},), not {came}"
            )
    if max(int(np.max(given.band_of_framelet)) for given in pixels) < 0:
        raise InputError("no framelet belongs to a band")
    if options.interpolation not in ("cubic", "linear"):
        raise InputError(f"interpolation {options.interpolation!r} is neither cubic nor linear")


def project_to_map(
    shots: Shot | Sequence[Shot],
    pixels: FrameletPixels | Sequence[FrameletPixels],
    grid: MapGrid,
    *,
    bad_bits: int,
    options: MapOptions | None = None,
    progress: Callable[[float], None] | None = None,
) -> MapResult:
    """Blend all framelets of a picture, or of several, into a map.

    Parameters
    ----------
    shots, pixels, bad_bits, options
        As `Projector` takes them.
    grid : MapGrid
        Pixels of the map.
    progress : callable or None
        Called from the calling thread with the fraction done.

    Raises
    ------
    InputError
        If shapes, bodies or options do not fit.

    Notes
    -----
    The place of every map pixel in a framelet is computed, not interpolated between pixels, and good to 1e-4 px. The
    map is sampled at pixel centres: one coarser than the picture is not averaged over its pixels. Relief is not
    modelled; at an emission angle e a height h shifts ground by h tan e.

    Ctrl-C stops the work between rows of tiles.
    """
    return Projector(shots, pixels, bad_bits=bad_bits, options=options).onto(grid, progress=progress)


class Projector:
    """Framelets made ready once, to be projected onto as many grids as one likes, such as the tiles of a large map.

    Parameters
    ----------
    shots : Shot or sequence of Shot
        Of one body, all strips of one size.
    pixels : FrameletPixels or sequence of FrameletPixels
        Of each.
    bad_bits : int
        Flags that make a pixel unusable.
    options : MapOptions or None
        Defaults if None.

    Raises
    ------
    InputError
        If shapes, bodies or options do not fit.
    """

    def __init__(
        self,
        shots: Shot | Sequence[Shot],
        pixels: FrameletPixels | Sequence[FrameletPixels],
        *,
        bad_bits: int,
        options: MapOptions | None = None,
    ) -> None:
        options = options or MapOptions()
        several = not isinstance(shots, Shot)
        shots = [shots] if isinstance(shots, Shot) else list(shots)
        given = [pixels] if isinstance(pixels, FrameletPixels) else list(pixels)
        _checked(shots, given, options)
        cameras = [camera for shot in shots for camera in shot.cameras]
        bands = np.concatenate([np.asarray(one.band_of_framelet, dtype=np.int64) for one in given])
        first_frame = np.cumsum([0, *(shot.view.n_frames for shot in shots)])
        frames = np.concatenate([shot.frame_of_framelet + at for shot, at in zip(shots, first_frame, strict=False)])
        seen, noise, marks = (
            _frozen(_stacked([getattr(one, name) for one in given]), dtype).reshape(len(cameras), -1)
            for name, dtype in (("values", np.float32), ("sigma", np.float32), ("quality", np.uint16))
        )
        usable = np.empty(seen.shape, np.float32)

        def mask(k: int) -> int:
            if bands[k] >= 0:
                kernel.mask_bad(seen[k], noise[k], marks[k], np.uint16(bad_bits), usable[k])
            return 0

        _shared(mask, range(len(cameras)), options.threads, None)
        usable = _frozen(usable, np.float32)
        poses = np.concatenate([_packed_poses(shot) for shot in shots])
        outlines = {camera: _outline(camera) for camera in set(cameras)}
        summing = cameras[0].summing
        self.bands, self._several, self._options = int(bands.max()) + 1, several, options
        self._seeing, self._cones = bands >= 0, _packed_cones(cameras, outlines, frames, poses)
        self._radii_km = shots[0].radii_km
        self._arguments = (
            _frozen(self._radii_km, float),
            _frozen(poses, float),
            _frozen(_packed_lenses(cameras, outlines, usable, self._seeing), float),
            _frozen(self._cones, float),
            _frozen(frames, np.int64),
            _frozen(bands, np.int64),
            _frozen(first_frame, np.int64),
            usable,
            noise,
            marks,
            cameras[0].columns,
            options.interpolation == "cubic",
            summing / options.edge_px,
            float(np.cos(np.radians(options.max_emission_deg))),
            _frozen([summing / shot.cameras[0].focal_length_px for shot in shots], float),
        )

    def may_see(self, center_km: ArrayLike, radius_km: float) -> np.ndarray:
        """Which framelets may see any ground within a ball, array of bool; never wrongly False."""
        height = self._cones[..., :3] @ np.asarray(center_km, dtype=float) + self._cones[..., 3]
        result: np.ndarray = self._seeing & (height.min(axis=-1) + radius_km > 0.0)
        return result

    def onto(self, grid: MapGrid, *, progress: Callable[[float], None] | None = None) -> MapResult:
        """Map on a grid; see `project_to_map`."""
        rows, columns = grid.shape
        values, errors = (np.zeros((self.bands, rows, columns), np.float32) for _ in range(2))
        flags = np.zeros((self.bands, rows, columns), np.uint16)
        planes = np.zeros((kernel.PLANES if self._options.backplanes else 0, rows, columns), np.float32)
        look = np.full((rows, columns) if self._several else (0, 0), -1, np.int16)
        arguments = (_frozen(_packed_grid(grid), float), *self._arguments, values, errors, flags, planes, look)

        def work(first: int) -> int:
            return int(kernel.project_rows(first, min(first + culling.TILE_ROWS, rows), *arguments))

        covered = _shared(work, range(0, rows, culling.TILE_ROWS), self._options.threads, progress)
        backplanes = {plane.name: planes[index] for index, plane in enumerate(MAP_BACKPLANES) if len(planes)}
        return MapResult(grid, values, errors, flags, backplanes, covered, look if self._several else None)


def _stacked(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """One array of all framelets; that of a single picture is not copied."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _shared(
    work: Callable[[int], int], items: Sequence[int], threads: int, progress: Callable[[float], None] | None
) -> int:
    """Sum of the work over the items, done by a few threads; an interrupt drops what has not begun."""
    total, done = 0, 0
    with ThreadPoolExecutor(threads or min(4, os.cpu_count() or 1)) as pool:
        pending: set[Future[int]] = {pool.submit(work, item) for item in items}
        try:
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                total += sum(future.result() for future in finished)
                done += len(finished)
                if progress is not None:
                    progress(done / len(items))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return total
