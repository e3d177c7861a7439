"""How a camera sits on its spacecraft: a fixed rotation, and a mirror that may turn its view against the spin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.errors import InputError
from perijove.geometry.rotations import from_rotation_vector, unit

__all__ = ["Mirror", "Mounting"]

_ORTHONORMAL = 1e-9


@dataclass(frozen=True)
class Mirror:
    """A mirror that turns the camera's view about an axis of the spacecraft while a frame is exposed.

    Attributes
    ----------
    axis : tuple of float
        In spacecraft axes, any length but zero.
    rate_deg_s : float
        Right-handed about the axis. Minus the spacecraft's spin holds the view still.
    """

    axis: tuple[float, float, float]
    rate_deg_s: float

    def turn(self, seconds: ArrayLike) -> np.ndarray:
        """Spacecraft to turned axes, shape (..., 3, 3), some seconds after the mirror left its rest."""
        angle = self.rate_deg_s * np.asarray(seconds, dtype=float)
        return from_rotation_vector(angle[..., None] * unit(self.axis))


@dataclass(frozen=True, eq=False)
class Mounting:
    """A camera on its spacecraft.

    Attributes
    ----------
    spacecraft, frame : str
        NAIF names of the spacecraft and of the camera's frame.
    spacecraft_to_camera : array, shape (3, 3)
        Rotation, mirror at rest. Camera +Z is the boresight, +X along increasing columns, +Y along increasing rows.
    mirror : Mirror or None
        None where the camera looks straight out.
    """

    spacecraft: str
    frame: str
    spacecraft_to_camera: np.ndarray
    mirror: Mirror | None = None

    def __post_init__(self) -> None:
        """Refuse what is no rotation."""
        matrix = np.asarray(self.spacecraft_to_camera, dtype=float)
        off = np.abs(matrix @ matrix.T - np.eye(3)).max() if matrix.shape == (3, 3) else np.inf
        if not off < _ORTHONORMAL or np.linalg.det(matrix) < 0.0:
            raise InputError(f"mounting of {self.frame}: spacecraft_to_camera is no rotation")

    def to_camera(self, seconds: ArrayLike = 0.0) -> np.ndarray:
        """Rotation from spacecraft to camera axes.

        Parameters
        ----------
        seconds : array, shape (...)
            Since the mirror left its rest.

        Returns
        -------
        array, shape (..., 3, 3)
            The same at all times without a mirror.
        """
        if self.mirror is None:
            return np.broadcast_to(self.spacecraft_to_camera, (*np.shape(seconds), 3, 3))
        turned: np.ndarray = self.spacecraft_to_camera @ self.mirror.turn(seconds)
        return turned
