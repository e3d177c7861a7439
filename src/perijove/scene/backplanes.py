"""Geometry of pictures pixel by pixel: where raw pixels look, and under which angles."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from perijove.camera import StripCamera
from perijove.errors import BodyNotFoundError, InputError
from perijove.geometry.ellipsoid import outward_normal, surface_point_km
from perijove.scene.backplane_kernel import angle_planes, ground_points
from perijove.scene.backplane_registry import FRAMELET_BACKPLANES
from perijove.scene.view import View

__all__ = ["framelet_backplanes", "framelet_ground_km", "seen_bounds_deg"]


@lru_cache(maxsize=8)
def _strip_table(camera: StripCamera, stride: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Undistorted offsets (2, n) of the pixel centres of a strip: they depend on the lens alone."""
    rows, columns = np.arange(0, camera.rows, stride), np.arange(0, camera.columns, stride)
    x, y = np.meshgrid(columns + 0.5, rows + 0.5)
    table = np.ascontiguousarray(camera.undistorted_px(np.stack([x, y], axis=-1)).reshape(-1, 2).T)
    table.setflags(write=False)
    return table, x.shape


def framelet_ground_km(
    view: View, camera: StripCamera, frame: int, radii_km: ArrayLike, *, stride: int = 1
) -> np.ndarray:
    """Ground points at the pixel centres of a framelet.

    Parameters
    ----------
    view : View
        Pose of each frame.
    camera : StripCamera
        The strip.
    frame : int
        Index in the view, counted from 0.
    radii_km : array, shape (3,)
        Semi-axes of the body, km.
    stride : int
        Take every `stride`-th pixel of every `stride`-th row, from pixel (0, 0).

    Returns
    -------
    array, shape (3, rows, columns)
        Body-fixed x, y, z planes, km; NaN where the pixel looks past the body.
    """
    if not 0 <= frame < view.n_frames:
        raise InputError(f"frame {frame} (counted from 0) is not in the view of {view.n_frames} frames")
    table, shape = _strip_table(camera, stride)
    out = np.empty((3, table.shape[1]))
    ground_points(
        table,
        float(camera.focal_length_px),
        np.array(view.position_km[frame], dtype=float),
        np.array(view.body_to_camera[frame], dtype=float, order="C"),
        np.array(radii_km, dtype=float),
        out,
    )
    return out.reshape(3, *shape)


def framelet_backplanes(
    view: View, camera: StripCamera, frame: int, radii_km: ArrayLike, *, stride: int = 1
) -> Mapping[str, np.ndarray]:
    """Geometry at the pixel centres of a framelet.

    Parameters
    ----------
    view, camera, frame, radii_km, stride
        As in `framelet_ground_km`.

    Returns
    -------
    mapping of str to array, shape (rows, columns), float64
        By the names in `FRAMELET_BACKPLANES`; NaN where the pixel looks past the body.
    """
    points = framelet_ground_km(view, camera, frame, radii_km, stride=stride)
    out = np.empty((len(FRAMELET_BACKPLANES), *points.shape[1:]))
    angle_planes(
        points.reshape(3, -1),
        np.array(view.position_km[frame], dtype=float),
        np.array(np.broadcast_to(view.sun, view.position_km.shape)[frame], dtype=float),
        np.array(radii_km, dtype=float),
        camera.summing / camera.focal_length_px,
        out.reshape(len(out), -1),
    )
    return {plane.name: out[index] for index, plane in enumerate(FRAMELET_BACKPLANES)}


def seen_bounds_deg(
    view: View,
    cameras: Sequence[StripCamera],
    frame_of_framelet: ArrayLike,
    radii_km: ArrayLike,
    *,
    max_emission_deg: float = 85.0,
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Latitudes and longitudes that a picture covers.

    Parameters
    ----------
    view : View
        Pose of each frame.
    cameras : sequence of StripCamera, length n
        Camera of each framelet.
    frame_of_framelet : array of int, shape (n,)
        Counted from 0.
    radii_km : array, shape (3,)
        Semi-axes of the body, km.
    max_emission_deg : float
        Ground seen more obliquely does not count.

    Returns
    -------
    lat_bounds_deg, lon_bounds_deg : tuples of float
        South and north, west and east (which may exceed 180), as `geometry.grids.equirectangular_grid` wants them;
        rounded outwards to whole degrees and one more.

    Raises
    ------
    BodyNotFoundError
        If no framelet sees the ground.
    """
    radii = np.asarray(radii_km, dtype=float)
    lat, lon = (a.ravel() for a in np.meshgrid(np.arange(-89.5, 90.0), np.arange(-179.5, 180.0), indexing="ij"))
    point = surface_point_km(lat, lon, radii)
    normal = outward_normal(point, radii_km=radii)
    seen = np.zeros(len(lat), dtype=bool)
    frames = np.asarray(frame_of_framelet)
    for frame in np.unique(frames):
        sight = view.position_km[frame] - point
        ahead = np.sum(sight * normal, axis=-1) > np.cos(np.radians(max_emission_deg)) * np.linalg.norm(sight, axis=-1)
        ahead &= ~seen
        direction = -sight[ahead] @ view.body_to_camera[frame].T
        for camera in {cameras[int(k)] for k in np.flatnonzero(frames == frame)}:
            seen[np.flatnonzero(ahead)[camera.contains(camera.pixels(direction))]] = True
    if not seen.any():
        raise BodyNotFoundError("no framelet sees the body's surface; check pointing and times")
    south, north = max(-90.0, lat[seen].min() - 1.5), min(90.0, lat[seen].max() + 1.5)
    columns = np.unique(lon[seen])
    gaps = np.diff(columns, append=columns[0] + 360.0)
    widest = int(np.argmax(gaps))
    if gaps[widest] <= 3.0 or north == 90.0 or south == -90.0:
        return (float(south), float(north)), (-180.0, 180.0)
    west = float(columns[(widest + 1) % len(columns)] - 1.5)
    east = float(columns[widest] + 1.5)
    west = west + 360.0 if west < -180.0 else west
    return (float(south), float(north)), (west, east if east > west else east + 360.0)
