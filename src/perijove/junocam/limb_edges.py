"""The limb in the picture: where, across the predicted limb, brightness falls to the sky.

Along each line that crosses the predicted limb at a right angle, brightness is modelled as sky, plus a disc that is
linear in depth, cut off at an edge and blurred by a Gaussian point-spread function:

    I(s) = sky + A Phi(-u / sigma) + B sigma E(-u / sigma),   u = s - s0,   E(z) = z Phi(z) + phi(z)

with s the distance from the predicted limb in pixels, positive outwards. The slope term B matters: the edge is
wanted, and not the point of half the brightness seen well inside the disc, which on a disc that brightens or
darkens inwards lies up to a pixel off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from perijove.camera import StripCamera
from perijove.geometry.limb import limb_ellipse
from perijove.scene.view import View

__all__ = ["LimbEdges", "find_limb_edges"]

_STEP_PX = 0.5  # spacing of samples across the limb
_SUNLIT_GROUP = 3  # neighbouring lines, one pixel apart, averaged into one profile
_NIGHT_GROUP = 9  # the Jupiter-lit limb is a hundred times fainter
_GRID_STEP_PX = 0.5  # spacing of trial edges
_COLUMN_RANGE = (24.0, 1630.0)  # photoactive columns less one pixel, full resolution
_MIN_SUNLIT_COSINE = 0.12  # below, the terminator is too near for a linear profile
_NOISE_CORRELATION = 3.5  # samples are half a pixel apart and interpolated: so many share one pixel's noise
_MIN_SIGNAL_TO_NOISE = 6.0
_MAX_SIGMA_PX = 0.5
_SQRT_2PI = 2.5066282746310002


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
        Brightness of the disc at the edge above the sky.
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


def _profile_model(u: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Blurred step and blurred ramp at distances u from the edge."""
    z = -u / sigma
    step = ndtr(z)
    ramp = sigma * (z * step + np.exp(-0.5 * z * z) / _SQRT_2PI)
    return step, ramp


def _linear_fit(s: np.ndarray, profile: np.ndarray, weight: np.ndarray, edge: np.ndarray, sigma: float) -> tuple:
    """Best sky, step and ramp for given edges; all profiles at once. Returns (coefficients, residuals, cost)."""
    step, ramp = _profile_model(s[None, :] - edge[:, None], sigma)
    design = np.stack([np.ones_like(step), step, ramp], axis=-1)
    weighted = design * weight[..., None]
    normal = np.swapaxes(weighted, -1, -2) @ design + 1e-9 * np.eye(3)
    right = np.einsum("nsk,ns->nk", weighted, profile)
    coefficients = np.linalg.solve(normal, right[..., None])[..., 0]
    residual = profile - np.einsum("nsk,nk->ns", design, coefficients)
    return coefficients, residual, np.sum(weight * residual**2, axis=1)


def _fit_profiles(s: np.ndarray, profile: np.ndarray, weight: np.ndarray, sigma: float) -> tuple:
    """Edge, its standard error, and amplitude of each profile, robustly.

    Returns arrays of shape (n,): edge_px, sigma_px, amplitude, signal_to_noise.
    """
    limit = s[-1] - 3.0
    grid = np.arange(-limit, limit + 1e-9, _GRID_STEP_PX)
    weight = weight.copy()
    edge = np.zeros(len(profile))
    for robust_pass in range(2):
        costs = np.stack([_linear_fit(s, profile, weight, np.full(len(profile), g), sigma)[2] for g in grid])
        best = np.clip(np.argmin(costs, axis=0), 1, len(grid) - 2)
        index = np.arange(len(profile))
        low, mid, high = costs[best - 1, index], costs[best, index], costs[best + 1, index]
        curvature = np.maximum(low - 2 * mid + high, 1e-30)
        edge = grid[best] + np.clip(0.5 * _GRID_STEP_PX * (low - high) / curvature, -_GRID_STEP_PX, _GRID_STEP_PX)
        h = 0.1
        for _ in range(2):
            low, mid, high = (_linear_fit(s, profile, weight, edge + d, sigma)[2] for d in (-h, 0.0, h))
            curvature = np.maximum(low - 2 * mid + high, 1e-30)
            edge = edge + np.clip(0.5 * h * (low - high) / curvature, -h, h)
        coefficients, residual, _ = _linear_fit(s, profile, weight, edge, sigma)
        scatter = np.sqrt(np.sum(weight * residual**2, axis=1) / np.maximum(weight.sum(axis=1) - 4.0, 1.0))
        if robust_pass == 0:
            weight = weight / (1.0 + (residual / (3.0 * scatter[:, None] + 1e-12)) ** 2)
    second = curvature / h**2
    sigma_px = scatter * np.sqrt(2.0 * _NOISE_CORRELATION / second)
    amplitude = coefficients[:, 1]
    signal_to_noise = amplitude / (scatter * np.sqrt(_NOISE_CORRELATION / len(s)) * 2.0 + 1e-12)
    return edge, sigma_px, amplitude, signal_to_noise


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


def _crossing_lines(
    camera: StripCamera, position_km: np.ndarray, body_to_camera: np.ndarray, sun: np.ndarray, radii_km: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predicted limb in a strip, about one pixel apart: pixel coordinates, outward normals, cosine of incidence."""
    distance = np.linalg.norm(position_km)
    radius_px = camera.focal_length_px / camera.summing * float(np.max(radii_km)) / distance
    count = int(np.clip(2.0 * np.pi * radius_px, 48, 20000))
    azimuth_deg = np.linspace(0.0, 360.0, count, endpoint=False)
    points = limb_ellipse(position_km, radii_km=radii_km).points_km(azimuth_deg)
    xy = camera.pixels((points - position_km) @ body_to_camera.T)
    tangent = np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    outward = xy - camera.pixels(-(body_to_camera @ position_km)[None, :])
    # Far off axis the centre of a huge disc has no pixel: there the turn of the curve decides the side.
    sign = np.sign(np.sum(normal * outward, axis=1))
    turn = np.sign(np.nansum(tangent[:, 0] * np.roll(tangent[:, 1], -1) - tangent[:, 1] * np.roll(tangent[:, 0], -1)))
    normal *= np.where(np.isfinite(sign), sign, turn)[:, None]
    surface_normal = points / radii_km**2
    surface_normal /= np.linalg.norm(surface_normal, axis=1, keepdims=True)
    return xy, normal, surface_normal @ sun


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
        xy, normal, cosine = _crossing_lines(
            camera, view.position_km[k], view.body_to_camera[k], view.sun[k], radii_km
        )
        first, last = ((c - camera.first_column_px) / camera.summing for c in _COLUMN_RANGE)
        with np.errstate(invalid="ignore"):
            here = (xy[:, 0] > first) & (xy[:, 0] < last) & (xy[:, 1] > 0.0) & (xy[:, 1] < camera.rows)
        centre = camera.pixels(-(view.body_to_camera[k] @ view.position_km[k])[None, :])[0]
        sides = [(cosine > _MIN_SUNLIT_COSINE, _SUNLIT_GROUP, True)]
        if night_side:
            sides.append((cosine < -_MIN_SUNLIT_COSINE, _NIGHT_GROUP, False))
        for side, group, sunlit in sides:
            members = _groups(np.flatnonzero(here & side), group)
            if not len(members):
                continue
            at = xy[members][:, :, None, :] + s[None, None, :, None] * normal[members][:, :, None, :]
            value, weight = _bilinear(brightness[index], valid[index], at[..., 0], at[..., 1])
            total = weight.sum(axis=1)
            profile = (value * weight).sum(axis=1) / np.maximum(total, 1.0)
            inner = (total[:, s < -1.0] > 0).sum(axis=1) >= reach_px - 1.0
            outer = (total[:, s > 1.0] > 0).sum(axis=1) >= reach_px - 1.0
            usable = inner & outer
            if not usable.any():
                continue
            middle = members[usable, group // 2]
            edge, sigma, amplitude, snr = _fit_profiles(s, profile[usable], total[usable] / group, psf_sigma_px)
            clear = (snr > _MIN_SIGNAL_TO_NOISE) & (np.abs(edge) < reach_px - 3.0) & (amplitude > 0)
            clear &= sigma < _MAX_SIGMA_PX * max(1.0, reach_px / 8.0)
            edge_xy = xy[middle] + edge[:, None] * normal[middle]
            spoke = np.where(np.isfinite(centre), edge_xy - centre, normal[middle])
            azimuth = np.degrees(np.arctan2(spoke[:, 1], spoke[:, 0]))
            of_framelet, lit = np.full(len(edge), index), np.full(len(edge), sunlit)
            columns = (of_framelet, edge_xy, sigma, edge, azimuth, lit, amplitude)
            found.append(tuple(column[clear] for column in columns))
    if not found:
        empty = np.empty(0)
        return LimbEdges(empty.astype(int), np.empty((0, 2)), empty, empty, empty, empty.astype(bool), empty)
    return LimbEdges(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
