"""A camera on a spinning spacecraft that flies past a body: poses from a handful of parameters.

Two models share one protocol, so that one least-squares solution serves both:

- `LabelModel`: no attitude kernels. The spin axis points at the Earth but for a small tilt, the position comes from
  a built-in pass (or the label) and moves on a straight line. Start time and spin phase are one parameter here.
- `KernelModel`: trajectory and attitude from kernels, displaced by a start-time offset and a small rotation.

Each parameter carries a prior: what is known of it before the limb is looked at. Parameters that the limb cannot
tell apart (spin, interframe delay, focal length) stay in the solution with their priors, so that the errors of the
others include them.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from perijove.camera import Mounting
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.rotations import from_rotation_vector, rotation_vector_deg, rotation_z
from perijove.scene.parameters import ParameterSet
from perijove.scene.view import View

__all__ = ["KernelModel", "LabelModel", "PoseModel", "axis_to_z", "sight_axes"]


class PoseModel(Protocol):
    """What the limb fit needs: parameters, and poses for their values."""

    @property
    def parameters(self) -> ParameterSet:
        """Unknowns, those of the camera with them; one is ``focal_length_px``."""
        ...

    def view(self, values: np.ndarray) -> View:
        """Poses for parameter values."""
        ...


def axis_to_z(axis: np.ndarray) -> np.ndarray:
    """Take an axis to +Z by a rotation whose +X lies in the ICRF equator (a fixed, arbitrary origin of phase)."""
    z = axis / np.linalg.norm(axis)
    across = np.hypot(z[0], z[1])
    x, y = -z[1] / across, z[0] / across
    return np.array([[x, y, 0.0], [-z[2] * y, z[2] * x, across], z])


def sight_axes(position_km: np.ndarray) -> np.ndarray:
    """Unit vectors, one a row: along a position, and two across it."""
    sight = position_km / np.linalg.norm(position_km)
    across = np.cross(sight, np.eye(3)[np.argmin(np.abs(sight))])
    across /= np.linalg.norm(across)
    return np.stack([sight, across, np.cross(sight, across)])


def _displacement_km(values: dict[str, float], axes: np.ndarray) -> np.ndarray:
    """Vector of the parameters ``position_1_km`` to ``position_3_km`` along axes, one a row."""
    off: np.ndarray = np.array([values[f"position_{k}_km"] for k in (1, 2, 3)]) @ axes
    return off


@dataclass(frozen=True)
class LabelModel:
    """Poses from label geometry and the spin.

    Parameters by name: ``spin_phase_deg`` at `phase_epoch_tdb`; ``spin_deg_s``; ``axis_tilt_x_deg`` and
    ``axis_tilt_y_deg``, tilt of the spin axis about the two axes normal to it; ``position_1_km``, ``position_2_km`` and
    ``position_3_km``, by how much the spacecraft is off its expected place along `position_axes`; ``velocity_x_km_s``,
    ``velocity_y_km_s`` and ``velocity_z_km_s``, ICRF; ``extra_delay_ms`` from frame to frame. Those of the camera
    (`limb.fit.camera_of`) do not turn or move it.

    Attributes
    ----------
    mounting : Mounting
    times_tdb : array, shape (frames,)
    icrf_to_body : array, shape (frames, 3, 3)
        Orientation of the body when the light left it.
    sun : array, shape (frames, 3)
        Body-fixed unit vectors to the Sun.
    spin_axis : array, shape (3,)
        ICRF direction of spacecraft +Z.
    position_km : array, shape (3,)
        Spacecraft from the body's centre, ICRF, at `position_epoch_tdb`.
    position_axes : array, shape (3, 3)
        Unit vectors, ICRF, one a row: the directions along which errors of the position are independent.
    phase_epoch_tdb, position_epoch_tdb : float
    parameters : ParameterSet
    """

    mounting: Mounting
    times_tdb: np.ndarray
    icrf_to_body: np.ndarray
    sun: np.ndarray
    spin_axis: np.ndarray
    position_km: np.ndarray
    position_axes: np.ndarray
    phase_epoch_tdb: float
    position_epoch_tdb: float
    parameters: ParameterSet

    def view(self, values: np.ndarray) -> View:
        """Poses for parameter values (see the class for their names)."""
        p = self.parameters.named(values)
        mean_step = (self.times_tdb[-1] - self.times_tdb[0]) / max(len(self.times_tdb) - 1, 1)
        frames_from_epoch = (self.times_tdb - self.phase_epoch_tdb) / max(mean_step, 1e-9)
        times = self.times_tdb + 1e-3 * p["extra_delay_ms"] * frames_from_epoch
        tilt = from_rotation_vector([p["axis_tilt_x_deg"], p["axis_tilt_y_deg"], 0.0])
        spun = rotation_z(p["spin_phase_deg"] + p["spin_deg_s"] * (times - self.phase_epoch_tdb))
        icrf_to_camera = self.mounting.spacecraft_to_camera @ spun @ tilt @ axis_to_z(self.spin_axis)
        body_to_camera = icrf_to_camera @ np.swapaxes(self.icrf_to_body, -1, -2)
        velocity = [p[f"velocity_{axis}_km_s"] for axis in "xyz"]
        place = self.position_km + _displacement_km(p, self.position_axes)
        position = place + np.outer(times - self.position_epoch_tdb, velocity)
        position_body = np.einsum("fij,fj->fi", self.icrf_to_body, position)
        return View(times, position_body, body_to_camera, self.sun)

    def turned(self, phase_deg: float, tilt_x_deg: float, tilt_y_deg: float) -> View:
        """Poses for a spin phase and a tilt of the axis, the rest as the priors have it."""
        changes = {"spin_phase_deg": phase_deg, "axis_tilt_x_deg": tilt_x_deg, "axis_tilt_y_deg": tilt_y_deg}
        return self.view(self.parameters.vector(**changes))

    def tilt_away_deg(self, lean_deg: float) -> tuple[float, float]:
        """Tilt about x and y that takes the spin axis away from the body by an angle, to first order."""
        x, y, _ = axis_to_z(self.spin_axis) @ -self.position_km
        length = float(np.hypot(x, y))
        return float(lean_deg * y / length), float(-lean_deg * x / length)

    def tilt_deg(self, values: np.ndarray) -> float:
        """How far parameter values lean the spin axis from where it is taken to point."""
        p = self.parameters.named(values)
        return float(np.hypot(p["axis_tilt_x_deg"], p["axis_tilt_y_deg"]))

    def axis_ra_dec_deg(self, values: np.ndarray) -> tuple[float, float]:
        """Right ascension and declination, ICRF, at which parameter values point the spin axis."""
        p = self.parameters.named(values)
        tilt = from_rotation_vector([p["axis_tilt_x_deg"], p["axis_tilt_y_deg"], 0.0])
        dec, ra = planetocentric_deg((tilt @ axis_to_z(self.spin_axis))[2])
        return float(ra) % 360.0, float(dec)


@dataclass(frozen=True)
class KernelModel:
    """Poses from kernels, displaced.

    Parameters by name: ``start_offset_s``; ``pointing_x_deg``, ``pointing_y_deg`` and ``pointing_z_deg``, rotations of
    the camera about its own axes at all frames; ``position_1_km``, ``position_2_km`` and ``position_3_km``, by how much
    the spacecraft is off along `position_axes`.

    Attributes
    ----------
    base : View
        Poses at the nominal times.
    velocity_km_s : array, shape (frames, 3)
        Rate of `base.position_km`.
    rate_deg_s : array, shape (frames, 3)
        Angular velocity of the camera relative to the body, in camera axes.
    position_axes : array, shape (3, 3)
        Unit vectors, body-fixed, one a row: towards the spacecraft at mid-picture, and two across.
    parameters : ParameterSet
    """

    base: View
    velocity_km_s: np.ndarray
    rate_deg_s: np.ndarray
    position_axes: np.ndarray
    parameters: ParameterSet

    @classmethod
    def from_views(cls, base: View, later: View, parameters: ParameterSet) -> "KernelModel":
        """Build from the views at the nominal times and at slightly later ones, which give the rates."""
        dt = (later.times_tdb - base.times_tdb)[:, None]
        turn = later.body_to_camera @ np.swapaxes(base.body_to_camera, -1, -2)
        rate = rotation_vector_deg(turn) / dt
        axes = sight_axes(base.position_km[base.n_frames // 2])
        return cls(base, (later.position_km - base.position_km) / dt, rate, axes, parameters)

    @property
    def times_tdb(self) -> np.ndarray:
        """Nominal times, shape (frames,)."""
        return self.base.times_tdb

    def view(self, values: np.ndarray) -> View:
        """Poses for parameter values (see the class for their names)."""
        p = self.parameters.named(values)
        offset = p["start_offset_s"]
        pointing = from_rotation_vector([p[f"pointing_{axis}_deg"] for axis in "xyz"])
        turn = pointing @ from_rotation_vector(self.rate_deg_s * offset)
        place = self.base.position_km + _displacement_km(p, self.position_axes)
        position = place + offset * self.velocity_km_s
        return View(self.base.times_tdb + offset, position, turn @ self.base.body_to_camera, self.base.sun)
