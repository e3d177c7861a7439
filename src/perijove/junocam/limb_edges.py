"""The limb in the picture: where, across the predicted limb, brightness falls to the sky.

Along lines that cross the predicted limb at right angles the picture is sampled, neighbouring lines are averaged, and
the edge is found by `limb_profiles`. The sunlit side is used, and the side that Jupiter lights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perijove.camera import StripCamera
from perijove.geometry.limb import limb_ellipse
from perijove.junocam.limb_profiles import fit_profiles, limb_templates
from perijove.scene.view import View

__all__ = ["LimbEdges", "find_limb_edges"]

_STEP_PX = 0.5  # spacing of samples across the limb
_SUNLIT_GROUP = 3  # neighbouring lines, one pixel apart, averaged into one profile
_NIGHT_GROUP = 9  # the Jupiter-lit limb is a hundred times fainter
_COLUMN_RANGE = (24.0, 1630.0)  # photoactive columns less one pixel, full resolution
_MIN_COSINE = 0.12  # below, the terminator is too near
_DARK_COSINE = -0.08  # the Sun is so far below the horizon where Jupiter's light is looked for
_MIN_SIGNAL_TO_NOISE = 6.0
_MAX_SIGMA_PX = 0.5
_TO_JUPITER = np.array([1.0, 0.0, 0.0])  # of a synchronous moon, to 0.5 deg


@dataclass(frozen=True)
class LimbEdges:
    """Measured limb points.

    Attributes
    ----------
    framelet : array of int, shape (n,)
        Index into the file.
    xy : array, shape (n, 2)
        Pixel coordinates of the edge in its framelet.
    sigma_px : array, shape (n,)
        Standard error across the limb, from the residuals of the profile.
    offset_px : array, shape (n,)
        Distance of the edge from the predicted limb, positive outwards.
    azimuth_deg : array, shape (n,)
        Angle about the disc centre in the picture, from +x towards +y.
    sunlit : array of bool, shape (n,)
        False where Jupiter lights the limb.
    amplitude : array, shape (n,)
        Brightness of the disc two pixels inside the edge, above the sky.
    """

    framelet: np.ndarray
    xy: np.ndarray
    sigma_px: np.ndarray
    offset_px: np.ndarray
    azimuth_deg: np.ndarray
    sunlit: np.ndarray
    amplitude: np.ndarray

    def __len__(self) -> int:
        """Number of points."""
        return len(self.framelet)

    def chosen(self, keep: np.ndarray) -> "LimbEdges":
        """Return the points where `keep` holds."""
        return LimbEdges(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def _bilinear(image: np.ndarray, valid: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Interpolate at pixel coordinates; weight 0 where any of the four pixels is invalid or outside."""
    fx, fy = x - 0.5, y - 0.5
    j, i = np.floor(fx).astype(int), np.floor(fy).astype(int)
    rows, columns = image.shape
    inside = (j >= 0) & (i >= 0) & (j < columns - 1) & (i < rows - 1)
    j, i = np.where(inside, j, 0), np.where(inside, i, 0)
    dx, dy = fx - j, fy - i
    value = (1 - dy) * ((1 - dx) * image[i, j] + dx * image[i, j + 1]) + dy * (
        (1 - dx) * image[i + 1, j] + dx * image[i + 1, j + 1]
    )
    good = inside & valid[i, j] & valid[i, j + 1] & valid[i + 1, j] & valid[i + 1, j + 1]
    return np.where(good, value, 0.0), good.astype(float)


@dataclass(frozen=True)
class _Lines:
    """Lines across the predicted limb of one framelet, about one pixel apart: where, whither, and how it is lit."""

    xy: np.ndarray
    normal: np.ndarray
    surface_normal: np.ndarray
    to_observer: np.ndarray
    radius_px: float


def _crossing_lines(
    camera: StripCamera, position_km: np.ndarray, body_to_camera: np.ndarray, radii_km: np.ndarray
) -> _Lines:
    """Lines all around the limb; pixel coordinates are NaN where the camera does not look."""
    distance = float(np.linalg.norm(position_km))
    focal = camera.focal_length_px / camera.summing
    sine = min(float(np.mean(radii_km)) / distance, 0.999)
    radius_px = focal * sine / np.sqrt(1.0 - sine * sine)
    count = int(np.clip(2.0 * np.pi * focal * sine, 48, 20000))
    azimuth_deg = np.linspace(0.0, 360.0, count, endpoint=False)
    points = limb_ellipse(position_km, radii_km=radii_km).points_km(azimuth_deg)
    xy = camera.pixels((points - position_km) @ body_to_camera.T)
    tangent = np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    surface_normal = points / radii_km**2
    surface_normal /= np.linalg.norm(surface_normal, axis=1, keepdims=True)
    outward = camera.pixels((points + 1e-4 * distance * surface_normal - position_km) @ body_to_camera.T) - xy
    normal *= np.sign(np.sum(normal * outward, axis=1))[:, None]
    to_observer = position_km - points
    to_observer /= np.linalg.norm(to_observer, axis=1, keepdims=True)
    return _Lines(xy, normal, surface_normal, to_observer, radius_px)


def _groups(lines: np.ndarray, size: int) -> np.ndarray:
    """Cut runs of consecutive numbers into groups of `size`, shape (groups, size); what is left over is dropped."""
    if len(lines) < size:
        return np.empty((0, size), dtype=int)
    runs = np.split(lines, np.flatnonzero(np.diff(lines) != 1) + 1)
    return np.concatenate([run[: len(run) // size * size].reshape(-1, size) for run in runs])


def find_limb_edges(
    brightness: np.ndarray,
    valid: np.ndarray,
    cameras: Sequence[StripCamera],
    frame_of_framelet: np.ndarray,
    view: View,
    *,
    radii_km: np.ndarray,
    psf_sigma_px: float,
    reach_px: float = 8.0,
    night_side: bool = True,
) -> LimbEdges:
    """Limb points in all framelets.

    Parameters
    ----------
    brightness : array, shape (framelets, rows, columns)
        Calibrated brightness, any linear unit.
    valid : array of bool, same shape
        False for pixels that must not count.
    cameras : sequence of StripCamera
        One per framelet.
    frame_of_framelet : array of int, shape (framelets,)
        Index of each framelet's pose in `view`.
    view : View
        Predicted poses; edges are looked for within `reach_px` - 3 of the limb that they predict.
    radii_km : array, shape (3,)
    psf_sigma_px : float
        Gaussian point-spread function.
    reach_px : float
        Half length of the lines across the limb.
    night_side : bool
        Also use the limb away from the Sun, where Jupiter lights it.

    Returns
    -------
    LimbEdges
        Only points with a clear edge: amplitude six times its noise.
    """
    s = np.arange(-reach_px, reach_px + 1e-9, _STEP_PX)
    found: list[tuple[np.ndarray, ...]] = []
    for index, camera in enumerate(cameras):
        k = int(frame_of_framelet[index])
        position, rotation = view.position_km[k], view.body_to_camera[k]
        lines = _crossing_lines(camera, position, rotation, radii_km)
        xy = lines.xy
        first, last = ((c - camera.first_column_px) / camera.summing for c in _COLUMN_RANGE)
        with np.errstate(invalid="ignore"):
            here = (xy[:, 0] > first) & (xy[:, 0] < last) & (xy[:, 1] > 0.0) & (xy[:, 1] < camera.rows)
        if not here.any():
            continue
        centre = camera.pixels(-(rotation @ position)[None, :])[0]
        by_sun = lines.surface_normal @ view.sun[k]
        sides = [(by_sun > _MIN_COSINE, _SUNLIT_GROUP, view.sun[k], True)]
        if night_side:
            lit = (by_sun < _DARK_COSINE) & (lines.surface_normal @ _TO_JUPITER > _MIN_COSINE)
            sides.append((lit, _NIGHT_GROUP, _TO_JUPITER, False))
        for side, group, source, sunlit in sides:
            members = _groups(np.flatnonzero(here & side), group)
            if not len(members):
                continue
            at = xy[members][:, :, None, :] + s[None, None, :, None] * lines.normal[members][:, :, None, :]
            value, weight = _bilinear(brightness[index], valid[index], at[..., 0], at[..., 1])
            total = weight.sum(axis=1)
            inner = (total[:, s < -1.0] > 0).sum(axis=1) >= reach_px - 1.0
            outer = (total[:, s > 1.0] > 0).sum(axis=1) >= reach_px - 1.0
            usable = inner & outer
            if not usable.any():
                continue
            total = total[usable]
            profile = (value * weight).sum(axis=1)[usable] / np.maximum(total, 1.0)
            middle = members[usable, group // 2]
            templates = limb_templates(
                lines.surface_normal[middle] @ source,
                lines.to_observer[middle] @ source,
                lines.radius_px,
                camera.focal_length_px / camera.summing,
                sigma_px=psf_sigma_px,
                depth_px=2.0 * reach_px,
            )
            edge, sigma, amplitude, snr = fit_profiles(
                s, profile, total / group, templates, reach_px=reach_px - 3.0
            )
            clear = (snr > _MIN_SIGNAL_TO_NOISE) & (np.abs(edge) < reach_px - 3.0) & (amplitude > 0)
            clear &= sigma < _MAX_SIGMA_PX * max(1.0, reach_px / 8.0)
            edge_xy = xy[middle] + edge[:, None] * lines.normal[middle]
            spoke = np.where(np.isfinite(centre), edge_xy - centre, lines.normal[middle])
            azimuth = np.degrees(np.arctan2(spoke[:, 1], spoke[:, 0]))
            of_framelet, of_sun = np.full(len(edge), index), np.full(len(edge), sunlit)
            columns = (of_framelet, edge_xy, sigma, edge, azimuth, of_sun, amplitude)
            found.append(tuple(column[clear] for column in columns))
    if not found:
        empty = np.empty(0)
        return LimbEdges(empty.astype(int), np.empty((0, 2)), empty, empty, empty, empty.astype(bool), empty)
    return LimbEdges(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
