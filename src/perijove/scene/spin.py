"""A camera on a spinning spacecraft that flies past a body: poses from a handful of parameters.

Two models share one protocol, so that one least-squares solution serves both:

- `LabelModel`: no attitude kernels. The spin axis points at the Earth but for a small tilt, the position comes from
  a built-in pass (or the label) and moves on a straight line. Start time and spin phase are one parameter here.
- `KernelModel`: trajectory and attitude from kernels, displaced by a start-time offset and a small rotation.

Each parameter carries a prior: what is known of it before the limb is looked at. Parameters that the limb cannot
tell apart (spin, interframe delay, focal length) stay in the solution with their priors, so that the errors of the
others include them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from perijove.bodies.juno import SPACECRAFT_TO_CAMERA
from perijove.geometry.rotations import from_rotation_vector, rotation_vector_deg, rotation_z
from perijove.scene.view import View

__all__ = ["KernelModel", "LabelModel", "Parameter", "PoseModel"]


@dataclass(frozen=True)
class Parameter:
    """One unknown: start value, prior standard error, and step for finite differences, all in `unit`."""

    name: str
    unit: str
    value: float
    prior_sigma: float
    step: float


class PoseModel(Protocol):
    """What the limb fit needs: a list of parameters, and poses for their values."""

    @property
    def parameters(self) -> Sequence[Parameter]:
        """Parameters in the order of the vector that `view` takes."""
        ...

    def view(self, values: np.ndarray) -> View:
        """Poses for parameter values."""
        ...


def _axis_to_z(axis: np.ndarray) -> np.ndarray:
    """Take an axis to +Z by a rotation whose +X lies in the ICRF equator (a fixed, arbitrary origin of phase)."""
    z = axis / np.linalg.norm(axis)
    x = np.cross([0.0, 0.0, 1.0], z)
    x /= np.linalg.norm(x)
    return np.array([x, np.cross(z, x), z])


@dataclass(frozen=True)
class LabelModel:
    """Poses from label geometry and the spin.

    Parameter vector: spin phase (deg) at `phase_epoch_tdb`, spin (deg/s), tilt of the spin axis about the two axes
    normal to it (deg), range scale, velocity (km/s, ICRF, three components), extra interframe delay (ms), focal length
    (px).

    Attributes
    ----------
    times_tdb : array, shape (frames,)
    icrf_to_body : array, shape (frames, 3, 3)
        Orientation of the body when the light left it.
    sun : array, shape (frames, 3)
        Body-fixed unit vectors to the Sun.
    spin_axis : array, shape (3,)
        ICRF direction of spacecraft +Z.
    position_km : array, shape (3,)
        Spacecraft from the body's centre, ICRF, at `position_epoch_tdb`.
    phase_epoch_tdb, position_epoch_tdb : float
    parameters : tuple of Parameter
    """

    times_tdb: np.ndarray
    icrf_to_body: np.ndarray
    sun: np.ndarray
    spin_axis: np.ndarray
    position_km: np.ndarray
    phase_epoch_tdb: float
    position_epoch_tdb: float
    parameters: tuple[Parameter, ...]

    def view(self, values: np.ndarray) -> View:
        """Poses for parameter values (see the class for their order)."""
        phase, spin, tilt_x, tilt_y, scale = values[:5]
        velocity, extra_ms = values[5:8], values[8]
        mean_step = (self.times_tdb[-1] - self.times_tdb[0]) / max(len(self.times_tdb) - 1, 1)
        frames_from_epoch = (self.times_tdb - self.phase_epoch_tdb) / max(mean_step, 1e-9)
        times = self.times_tdb + 1e-3 * extra_ms * frames_from_epoch
        tilt = from_rotation_vector([tilt_x, tilt_y, 0.0])
        spun = rotation_z(phase + spin * (times - self.phase_epoch_tdb))
        icrf_to_camera = SPACECRAFT_TO_CAMERA @ spun @ tilt @ _axis_to_z(self.spin_axis)
        body_to_camera = icrf_to_camera @ np.swapaxes(self.icrf_to_body, -1, -2)
        position = scale * self.position_km + np.outer(times - self.position_epoch_tdb, velocity)
        position_body = np.einsum("fij,fj->fi", self.icrf_to_body, position)
        return View(times, position_body, body_to_camera, self.sun)


@dataclass(frozen=True)
class KernelModel:
    """Poses from kernels, displaced.

    Parameter vector: start-time offset (s), rotations of the camera about its own x, y and z axes at all frames (deg),
    range scale, focal length (px).

    Attributes
    ----------
    base : View
        Poses at the nominal times.
    velocity_km_s : array, shape (frames, 3)
        Rate of `base.position_km`.
    rate_deg_s : array, shape (frames, 3)
        Angular velocity of the camera relative to the body, in camera axes.
    parameters : tuple of Parameter
    """

    base: View
    velocity_km_s: np.ndarray
    rate_deg_s: np.ndarray
    parameters: tuple[Parameter, ...]

    @classmethod
    def from_views(cls, base: View, later: View, parameters: tuple[Parameter, ...]) -> "KernelModel":
        """Build from the views at the nominal times and at slightly later ones, which give the rates."""
        dt = (later.times_tdb - base.times_tdb)[:, None]
        turn = later.body_to_camera @ np.swapaxes(base.body_to_camera, -1, -2)
        rate = rotation_vector_deg(turn) / dt
        return cls(base, (later.position_km - base.position_km) / dt, rate, parameters)

    @property
    def times_tdb(self) -> np.ndarray:
        """Nominal times, shape (frames,)."""
        return self.base.times_tdb

    def view(self, values: np.ndarray) -> View:
        """Poses for parameter values (see the class for their order)."""
        offset, scale = values[0], values[4]
        pointing = from_rotation_vector(values[1:4])
        turn = pointing @ from_rotation_vector(self.rate_deg_s * offset)
        position = scale * self.base.position_km + offset * self.velocity_km_s
        return View(self.base.times_tdb + offset, position, turn @ self.base.body_to_camera, self.base.sun)
