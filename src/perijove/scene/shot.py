"""A picture's geometry: a body, the camera's poses, and the strip that each framelet is.

Everything that asks where a pixel looks, or where a place is seen, asks a `Shot`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from perijove.camera import StripCamera
from perijove.errors import InputError
from perijove.geometry.ellipsoid import (
    first_intersection_km,
    outward_normal,
    planetocentric_deg,
    surface_point_km,
)
from perijove.scene.view import Pose, View

__all__ = ["Ground", "Shot", "Sightings"]

_LONGEST_STEP = 1.5  # between frames, against the median: a wider gap is one between pictures
_PROBES = (160, 14)  # pixels along and across a strip whose rays are tried for the body
_SMALL_DISC_PX = 12.0  # radius of a disc that could slip between the probes


@dataclass(frozen=True)
class Ground:
    """Where pixels look.

    Attributes
    ----------
    point_km : array, shape (..., 3)
        Body-fixed, km; NaN where a pixel looks past the body.
    """

    point_km: np.ndarray

    @cached_property
    def lat_deg(self) -> np.ndarray:
        """Planetocentric latitude, shape (...)."""
        return planetocentric_deg(self.point_km)[0]

    @cached_property
    def lon_east_deg(self) -> np.ndarray:
        """Planetocentric longitude, positive east, -180 to 180, shape (...)."""
        return planetocentric_deg(self.point_km)[1]


@dataclass(frozen=True)
class Sightings:
    """Places and the framelets that show them; a place may show in several, or in none.

    Attributes
    ----------
    place : array of int, shape (n,)
        Index of the place that was asked for.
    framelet : array of int, shape (n,)
        Index into the file.
    xy : array, shape (n, 2)
        Pixel coordinates there: sample and line, pixel centres at halves.
    """

    place: np.ndarray
    framelet: np.ndarray
    xy: np.ndarray

    def __len__(self) -> int:
        """Number of sightings."""
        return len(self.place)


@dataclass(frozen=True, eq=False)
class Shot:
    """Geometry of one picture.

    Attributes
    ----------
    body : str
        NAIF name, upper case.
    radii_km : array, shape (3,)
        Semi-axes of the body, km.
    view : View
        Pose of each frame.
    cameras : tuple of StripCamera, length n
        Strip of each framelet, in the order of the file.
    frame_of_framelet : array of int, shape (n,)
        Pose of each framelet in the view, counted from 0.

    Raises
    ------
    InputError
        If lengths or frames do not fit, or if frames follow each other as those of one picture do not: then several
        pictures were taken for one. Each has a `Shot` of its own.
    """

    body: str
    radii_km: np.ndarray
    view: View
    cameras: tuple[StripCamera, ...]
    frame_of_framelet: np.ndarray

    def __post_init__(self) -> None:
        """Bring the fields into their types, and refuse what does not fit."""
        for name, value in (
            ("radii_km", np.asarray(self.radii_km, dtype=float)),
            ("cameras", tuple(self.cameras)),
            ("frame_of_framelet", np.asarray(self.frame_of_framelet, dtype=np.int64)),
        ):
            object.__setattr__(self, name, value)
        frames, n_frames = self.frame_of_framelet, self.view.n_frames
        if frames.shape != (len(self.cameras),):
            raise InputError(f"{len(self.cameras)} cameras and {frames.shape} frames; give one frame for each framelet")
        if len(frames) and not 0 <= frames.min() <= frames.max() < n_frames:
            raise InputError(f"frames of framelets run from {frames.min()} to {frames.max()}, the view has {n_frames}")
        steps = np.diff(self.view.times_tdb)
        if len(steps) and not 0.0 < steps.min() <= steps.max() < _LONGEST_STEP * np.median(steps):
            k = int(np.argmax(np.abs(steps - np.median(steps))))
            raise InputError(
                f"frames {k + 1} and {k + 2} are {steps[k]:.3f} s apart, most are {np.median(steps):.3f} s: these are "
                "several pictures; give each its own Shot"
            )

    def __len__(self) -> int:
        """Number of framelets."""
        return len(self.cameras)

    def pose(self, framelet: int) -> Pose:
        """Pose of a framelet."""
        return self.view.pose(int(self.frame_of_framelet[framelet]))

    def rays(self, framelet: int, xy: ArrayLike) -> np.ndarray:
        """Directions in which pixels of a framelet look.

        Parameters
        ----------
        framelet : int
        xy : array, shape (..., 2)
            Pixel coordinates; points outside the strip are allowed.

        Returns
        -------
        array, shape (..., 3)
            Unit vectors, body-fixed.
        """
        ray: np.ndarray = self.cameras[framelet].rays(xy) @ self.pose(framelet).body_to_camera
        return ray

    def ground(self, framelet: int, xy: ArrayLike) -> Ground:
        """Ground that pixels of a framelet show; parameters as for `rays`."""
        position = self.pose(framelet).position_km
        return Ground(first_intersection_km(position, self.rays(framelet, xy), radii_km=self.radii_km))

    def xy(self, framelet: int, point_km: ArrayLike) -> np.ndarray:
        """Pixel coordinates at which a framelet's camera sees points, hidden or not.

        Parameters
        ----------
        framelet : int
        point_km : array, shape (..., 3)
            Body-fixed, km.

        Returns
        -------
        array, shape (..., 2)
            May lie outside the strip; NaN more than 60 deg off the axis.
        """
        pose = self.pose(framelet)
        sight = np.asarray(point_km, dtype=float) - pose.position_km
        return self.cameras[framelet].pixels(sight @ pose.body_to_camera.T)

    def center_px(self, framelet: int) -> np.ndarray:
        """Pixel coordinates of the body's centre in a framelet, shape (2,)."""
        return self.xy(framelet, np.zeros(3))

    def pixels(self, point_km: ArrayLike, *, max_emission_deg: float = 90.0) -> Sightings:
        """Framelets and pixels that show places of the ground.

        Parameters
        ----------
        point_km : array, shape (n, 3)
            Points of the ellipsoid, body-fixed, km.
        max_emission_deg : float
            Ground seen more obliquely does not count.

        Returns
        -------
        Sightings
            In the order of the framelets.
        """
        points = np.atleast_2d(np.asarray(point_km, dtype=float))
        normal = outward_normal(points, radii_km=self.radii_km)
        least = np.cos(np.radians(max_emission_deg))
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        frame, place = -1, np.empty(0, dtype=int)
        for framelet, camera in enumerate(self.cameras):
            if frame != self.frame_of_framelet[framelet]:  # the strips of a frame look from one place
                frame = int(self.frame_of_framelet[framelet])
                sight = self.pose(framelet).position_km - points
                place = np.flatnonzero(np.einsum("ij,ij->i", sight, normal) > least * np.linalg.norm(sight, axis=-1))
            xy = self.xy(framelet, points[place])
            inside = camera.contains(xy)
            found.append((place[inside], np.full(int(inside.sum()), framelet), xy[inside]))
        if not found:
            return Sightings(np.empty(0, dtype=int), np.empty(0, dtype=int), np.empty((0, 2)))
        place, which, xy = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return Sightings(place, which, xy)

    def pixels_at(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike, *, max_emission_deg: float = 90.0) -> Sightings:
        """Framelets and pixels that show planetocentric latitudes and east longitudes; see `pixels`."""
        point = surface_point_km(lat_deg, lon_east_deg, self.radii_km)
        return self.pixels(point.reshape(-1, 3), max_emission_deg=max_emission_deg)

    @cached_property
    def in_view(self) -> np.ndarray:
        """Framelets that show the body, array of bool, shape (n,): the ray of some pixel that sees light meets it."""
        seen = np.zeros(len(self), dtype=bool)
        for index, camera in enumerate(self.cameras):
            position = self.pose(index).position_km
            radius_px = camera.focal_length_px * float(np.min(self.radii_km)) / float(np.linalg.norm(position))
            if radius_px < _SMALL_DISC_PX:
                center = self.center_px(index)
                seen[index] = bool(np.isfinite(center).all() and camera.contains(center, margin_px=-radius_px))
                continue
            x = np.linspace(*camera.lit_columns_px, _PROBES[0])
            y = np.linspace(0.5, camera.rows - 0.5, _PROBES[1])
            rays = self.rays(index, np.stack(np.meshgrid(x, y), axis=-1))
            # On the unit sphere: |o + t d|² = 1 has a root ahead.
            o, d = position / self.radii_km, rays / self.radii_km
            a, b, c = np.sum(d * d, axis=-1), d @ o, o @ o - 1.0
            seen[index] = bool(np.any((b * b - a * c > 0.0) & (b < 0.0)))
        return seen

    @property
    def middle_frame(self) -> int:
        """Frame in the middle of those that show the body; of all, where none does."""
        frames = self.frame_of_framelet[self.in_view]
        return int(np.median(frames)) if len(frames) else self.view.n_frames // 2

    def chosen(self, framelets: Collection[int] | np.ndarray) -> "Shot":
        """Return the same picture with some of its framelets: a list of indices, or a mask."""
        index = np.arange(len(self))[np.asarray(framelets)]
        return replace(
            self, cameras=tuple(self.cameras[i] for i in index), frame_of_framelet=self.frame_of_framelet[index]
        )

    def with_poses(self, view: View) -> "Shot":
        """Return the same framelets with other poses."""
        return replace(self, view=view)

    def with_cameras(self, focal_length_px: float, axis_shift_px: Mapping[str, tuple[float, float]]) -> "Shot":
        """Return the same picture through a lens of another focal length, its optical centres moved.

        Parameters
        ----------
        focal_length_px : float
            Full-resolution pixels.
        axis_shift_px : mapping
            By filter: how far its centre moves towards larger columns and rows, full-resolution pixels.
        """
        changed = {
            camera: replace(
                camera,
                focal_length_px=float(focal_length_px),
                axis_column_px=camera.axis_column_px + axis_shift_px.get(camera.name, (0.0, 0.0))[0],
                axis_row_px=camera.axis_row_px + axis_shift_px.get(camera.name, (0.0, 0.0))[1],
            )
            for camera in set(self.cameras)
        }
        return replace(self, cameras=tuple(changed[camera] for camera in self.cameras))
