"""Where the camera was and how it was turned, frame by frame."""

from dataclasses import dataclass

import numpy as np

__all__ = ["View"]


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
