"""A close pass that needs no data: a spinning camera on a straight line past Io, with a smooth scene."""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.bodies.juno import FILTERS, JUNOCAM, SPACECRAFT_TO_CAMERA
from perijove.camera import StripCamera
from perijove.geometry.rotations import rotation_z, unit
from perijove.scene.backplanes import framelet_ground_km
from perijove.scene.mapping import FrameletPixels
from perijove.scene.shot import Shot
from perijove.scene.view import View

__all__ = ["ORDER", "Pass", "close_pass", "paint", "strip"]

ORDER = ("BLUE", "GREEN", "RED")
_FRAME_STEP_S = 0.372
_SPEED_KM_S = 30.0


def strip(name: str) -> StripCamera:
    """JunoCam's strip of a filter, full resolution."""
    j, f = JUNOCAM, FILTERS[name]
    return StripCamera(name, j.columns, j.strip_rows, j.focal_length_px, j.axis_column_px, f.axis_row_px, j.k1, j.k2)


@dataclass(frozen=True)
class Pass:
    """Poses and framelets of one synthetic picture."""

    shot: Shot
    bands: np.ndarray

    @property
    def view(self) -> View:
        """Poses."""
        return self.shot.view


def close_pass(n_frames: int = 28, range_km: float = 3323.0, spin_deg_s: float = 11.9) -> Pass:
    """Frames of a pass; the spin axis lies along the track's normal, the body crosses RED, GREEN, BLUE."""
    times = (np.arange(n_frames) - 0.5 * (n_frames - 1)) * _FRAME_STEP_S
    nearest = range_km * unit([0.35, 0.45, 0.82])
    along = unit(np.cross(nearest, [0.3, -0.8, 0.1]))
    position = nearest + times[:, None] * _SPEED_KM_S * along
    # Spacecraft +Z (spin axis) across the line of sight; at t = 0 the boresight looks at the body.
    axis = unit(np.cross(np.cross(nearest, along), nearest) + 0.05 * nearest)
    boresight = SPACECRAFT_TO_CAMERA[2]
    to_body = unit(-nearest - axis * (axis @ -nearest))
    inertial_to_axis = np.stack([to_body, np.cross(axis, to_body), axis])
    # Camera rows grow against the spin, so RED (axis at row -152, looking ahead) meets the body first.
    phase0 = np.degrees(-np.arctan2(boresight[1], boresight[0]))
    body_to_camera = SPACECRAFT_TO_CAMERA @ rotation_z(phase0 + spin_deg_s * times) @ inertial_to_axis
    sun = np.broadcast_to(unit(nearest / range_km + 0.9 * along), position.shape)
    view = View(times, position, body_to_camera, np.array(sun))
    cameras = [strip(name) for _ in range(n_frames) for name in ORDER]
    shot = Shot("IO", IO_RADII_THOMAS_1998_KM, view, tuple(cameras), np.repeat(np.arange(n_frames), 3))
    return Pass(shot, np.tile(np.arange(3), n_frames))


def scene(point: np.ndarray, band: int) -> np.ndarray:
    """Smooth brightness on the body from planes x, y, z: harmonics of about 300 km, a different one per band."""
    x, y, z = point / IO_RADII_THOMAS_1998_KM[0]
    return 0.5 + 0.1 * np.sin(20.0 * x + band) * np.cos(17.0 * y) + 0.1 * np.sin(23.0 * z - 0.5 * band) + 0.05 * x


def paint(picture: Pass) -> FrameletPixels:
    """Radiance, standard error and quality as the scene looks at exact pixel centres; sky is 0."""
    n, camera = len(picture.shot), picture.shot.cameras[0]
    radiance = np.zeros((n, camera.rows, camera.columns), np.float32)
    for k, band in enumerate(picture.bands):
        point = framelet_ground_km(picture.shot, k)
        if np.isfinite(point[0]).any():
            radiance[k] = np.nan_to_num(scene(point, int(band)))
    return FrameletPixels(radiance, np.full_like(radiance, 0.01), np.zeros(radiance.shape, np.uint16), picture.bands)
