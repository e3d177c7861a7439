"""Where the camera was and how it was turned, frame by frame."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from perijove.geometry.rotations import from_rotation_vector, rotation_vector_deg, unit

__all__ = ["Pose", "View"]


class Pose(NamedTuple):
    """Camera at one time in the body-fixed frame; the fields are those of `View`, for that time."""

    time_tdb: float
    position_km: np.ndarray
    body_to_camera: np.ndarray
    sun: np.ndarray


@dataclass(frozen=True)
class View:
    """Pose of the camera in the body-fixed frame at each frame of a picture.

    All quantities are apparent: positions are those of the body at the time when the light left it, and directions
    include stellar aberration where the source of the attitude does not absorb it.

    Attributes
    ----------
    times_tdb : array, shape (frames,)
        Mid-exposure, TDB seconds past J2000.
    position_km : array, shape (frames, 3)
        Camera relative to the body's centre, body-fixed frame, km.
    body_to_camera : array, shape (frames, 3, 3)
        Rotations: ``body_to_camera[k] @ v_body`` is in the camera frame (+X columns, +Y rows, +Z boresight).
    sun : array, shape (frames, 3)
        Unit vector from the body to the Sun, body-fixed frame.
    """

    times_tdb: np.ndarray
    position_km: np.ndarray
    body_to_camera: np.ndarray
    sun: np.ndarray

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.times_tdb)

    def pose(self, frame: int) -> Pose:
        """Pose of a frame, counted from 0."""
        return Pose(float(self.times_tdb[frame]), self.position_km[frame], self.body_to_camera[frame], self.sun[frame])

    def pose_at(self, tdb: float) -> Pose:
        """Pose between frames, smooth in time but for kinks at the frames.

        Parameters
        ----------
        tdb : float
            Beyond the first and the last frame their neighbours' motion goes on.

        Notes
        -----
        Position and Sun go straight from frame to frame, the camera turns about one axis: for a steady spin and
        straight motion both are exact.
        """
        if self.n_frames == 1:
            return self.pose(0)
        k = int(np.clip(np.searchsorted(self.times_tdb, tdb) - 1, 0, self.n_frames - 2))
        before, after = self.pose(k), self.pose(k + 1)
        part = (tdb - before.time_tdb) / (after.time_tdb - before.time_tdb)
        turn = rotation_vector_deg(after.body_to_camera @ before.body_to_camera.T)
        return Pose(
            float(tdb),
            before.position_km + part * (after.position_km - before.position_km),
            from_rotation_vector(part * turn) @ before.body_to_camera,
            unit(before.sun + part * (after.sun - before.sun)),
        )
