"""Where in the spin the body shows: a coarse search, made before any limb is looked for.

The picture is cut into cells of about a fifth of the disc's radius. For a trial spin phase each cell's line of sight
either meets the body, with a brightness predicted for sunlight and Jupiter's light, or the sky. The phase whose
prediction correlates best with the cells is taken: first among those at which bright cells would lie on the body, then
in ever finer steps, together with the tilt of the spin axis.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perijove.camera import Mounting
from perijove.errors import BodyNotFoundError
from perijove.geometry.rotations import angle_between_deg
from perijove.scene.shot import Shot
from perijove.scene.view import View

__all__ = ["CellPicture", "cell_size_px", "cells_of", "correlation_with_prediction", "disc_radius_px_of", "find_phase"]

_CELLS_PER_RADIUS = 5.0
_BRIGHT_SHARE = 0.3  # of the lit disc's cells lie above the level that brightness is measured by
_MAX_BRIGHT_SHARE = 0.15  # of the whole disc's
_MIN_LEVEL_SIGMAS = 8.0
_SIGMA_STRIDE = 8
_BRIGHT = 0.2  # of the upper level in the cell's colour
_JUPITER_LIGHT = 0.006  # against sunlight, at Io
_LIT_EXPONENT = 0.6  # brightness against the cosine of incidence: between Lambert (1) and a flat disc (0)


@dataclass(frozen=True)
class CellPicture:
    """A picture in cells.

    Attributes
    ----------
    brightness : array, shape (framelets, cells)
        Mean of the valid pixels over the upper level of its filter; 0 where too few are valid.
    ray : array, shape (framelets, cells, 3)
        Direction of the cell in the camera frame.
    frame : array of int, shape (framelets,)
    """

    brightness: np.ndarray
    ray: np.ndarray
    frame: np.ndarray


def disc_radius_px_of(shot: Shot) -> float:
    """Radius of the disc at its largest, pixels of the picture."""
    distance = float(np.linalg.norm(shot.view.position_km, axis=1).min())
    return shot.cameras[0].focal_length_px / shot.cameras[0].summing * float(np.max(shot.radii_km)) / distance


def phase_angle_deg(view: View) -> float:
    """Phase angle at the body's centre in mid-picture."""
    middle = view.pose(view.n_frames // 2)
    return float(angle_between_deg(middle.position_km, middle.sun))


def cell_size_px(disc_radius_px: float) -> int:
    """Side of a cell: a fifth of the disc's radius or so, a power of two from 4 to 32."""
    return int(2 ** np.clip(np.round(np.log2(max(disc_radius_px, 1.0) / _CELLS_PER_RADIUS)), 2, 5))


def cells_of(
    brightness: np.ndarray,
    sigma: np.ndarray,
    valid: np.ndarray,
    shot: Shot,
) -> CellPicture:
    """Cut framelets into cells of 4 to 32 pixels, whatever suits the disc.

    Parameters
    ----------
    brightness, sigma : array, shape (framelets, rows, columns)
        In one linear unit.
    valid : array of bool, same shape
    shot : Shot
        Its distance tells the disc's size, its Sun how much of it is lit; how the camera is turned does not matter.

    Brightness is divided by its upper level in each filter, so that colours count alike; a filter whose level is
    within eight standard errors of the sky's counts nothing. The level is that of the brighter third of the ground
    that the Sun lights, which at a phase angle of 150 deg is 7 % of the disc.
    """
    cameras, rows = shot.cameras, shot.cameras[0].rows
    disc_radius_px, phase_deg = disc_radius_px_of(shot), phase_angle_deg(shot.view)
    size = cell_size_px(disc_radius_px)
    columns = cameras[0].columns // size * size
    shape = (len(cameras), rows // size, size, columns // size, size)
    weight = valid[:, : rows // size * size, :columns].reshape(shape).sum(axis=(2, 4), dtype=float)
    value = np.where(valid, brightness, 0.0)[:, : rows // size * size, :columns].reshape(shape).sum(axis=(2, 4))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(weight > 0.3 * size * size, value / weight, np.nan)
    x = (np.arange(columns // size) + 0.5) * size
    y = (np.arange(rows // size) + 0.5) * size
    centres = np.stack(np.meshgrid(x, y), axis=-1)
    bright = min(_MAX_BRIGHT_SHARE, _BRIGHT_SHARE * 0.5 * (1.0 + float(np.cos(np.radians(phase_deg)))))
    rays_by_name = {camera.name: camera.rays(centres) for camera in cameras}
    ray = np.stack([rays_by_name[camera.name] for camera in cameras])
    for name in rays_by_name:
        same = np.array([camera.name == name for camera in cameras])
        values = mean[same][np.isfinite(mean[same])]
        rank = min(len(values), max(3, int(bright * np.pi * (disc_radius_px / size) ** 2)))
        level = float(np.partition(values, -rank)[-rank]) if rank else 0.0
        noise = float(np.median(sigma[same][:, ::_SIGMA_STRIDE, ::_SIGMA_STRIDE])) / size
        # A filter in which the body does not show has no level but noise, and would drown the others.
        mean[same] *= 1.0 / level if level > _MIN_LEVEL_SIGMAS * noise else 0.0
    n = len(cameras)
    seen = np.where(np.isfinite(mean), np.clip(mean, -1.0, 3.0), 0.0)
    return CellPicture(seen.reshape(n, -1), ray.reshape(n, -1, 3), shot.frame_of_framelet)


def correlation_with_prediction(cells: CellPicture, view: View, radii_km: np.ndarray) -> float:
    """Correlation of cells with the lit body that a view predicts; NaN where no cell lies on lit ground."""
    distance = np.linalg.norm(view.position_km, axis=1)
    axis = -np.einsum("fij,fj->fi", view.body_to_camera, view.position_km) / distance[:, None]
    reach = np.arcsin(np.clip(np.max(radii_km) / distance, 0.0, 1.0)) + 0.02
    towards = np.matmul(cells.ray, axis[cells.frame][:, :, None])[..., 0]
    framelet, cell = np.nonzero(towards > np.cos(reach[cells.frame])[:, None])
    if not len(framelet):
        return float("nan")
    frame = cells.frame[framelet]
    ray = np.einsum("nji,nj->ni", view.body_to_camera[frame], cells.ray[framelet, cell])
    o, d = view.position_km[frame] / radii_km, ray / radii_km
    a, b, c = np.sum(d * d, axis=1), np.sum(o * d, axis=1), np.sum(o * o, axis=1) - 1.0
    discriminant = b * b - a * c
    hit = (discriminant > 0.0) & (b < 0.0)
    length = np.where(hit, (-b - np.sqrt(np.maximum(discriminant, 0.0))) / a, 0.0)
    normal = (o + length[:, None] * d) / radii_km
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    by_sun = np.where(hit, np.sum(normal * view.sun[frame], axis=1), 0.0)
    by_jupiter = np.where(hit, normal[:, 0], 0.0)  # a synchronous moon's +x
    p = np.maximum(by_sun, 0.0) ** _LIT_EXPONENT + _JUPITER_LIGHT * np.maximum(by_jupiter, 0.0) ** _LIT_EXPONENT
    if not np.any(p > 0.0):
        return float("nan")
    if not np.ptp(cells.brightness) > 0.0:
        return 0.0
    n = cells.brightness.size
    seen = cells.brightness
    p_mean, s_mean = p.sum() / n, seen.mean()
    p_var = np.sum(p * p) / n - p_mean**2
    return float((np.sum(p * seen[framelet, cell]) / n - p_mean * s_mean) / np.sqrt(max(p_var, 1e-12) * seen.var()))


def _candidate_phases(
    cells: CellPicture, view: View, radii_km: np.ndarray, step_deg: float, mounting: Mounting
) -> np.ndarray:
    """Phases at which bright cells would lie on the body: most of a turn is ruled out without any rendering.

    `view` is the prediction for phase 0. A phase takes as much off the body's azimuth about the spin axis.
    """
    to_camera = mounting.to_camera()
    body = np.einsum("ij,fjk,fk->fi", to_camera.T, view.body_to_camera, -view.position_km)
    body_azimuth = np.degrees(np.arctan2(body[:, 1], body[:, 0]))
    framelet, cell = np.nonzero(cells.brightness > _BRIGHT)
    ray = cells.ray[framelet, cell] @ to_camera
    phase = (body_azimuth[cells.frame[framelet]] - np.degrees(np.arctan2(ray[:, 1], ray[:, 0]))) % 360.0
    n_bins = int(np.ceil(360.0 / step_deg))
    histogram = np.bincount(
        (phase / 360.0 * n_bins).astype(int) % n_bins, weights=cells.brightness[framelet, cell], minlength=n_bins
    )
    radius_deg = np.degrees(np.arcsin(np.max(radii_km) / np.linalg.norm(view.position_km, axis=1).min()))
    half = max(1, int(np.ceil(radius_deg / 360.0 * n_bins)))
    ring = np.concatenate([histogram[-half:], histogram, histogram[:half]])
    smooth = np.convolve(ring, np.ones(2 * half + 1), mode="valid")
    candidates: np.ndarray = (np.flatnonzero(smooth >= 0.4 * smooth.max()) + 0.5) * 360.0 / n_bins
    return candidates


def find_phase(
    cells: CellPicture,
    view_at: Callable[[float, float, float], View],
    mounting: Mounting,
    *,
    radii_km: np.ndarray,
    cell_deg: float,
) -> tuple[float, float, float, float]:
    """Spin phase and tilt at which the prediction matches best.

    Parameters
    ----------
    cells : CellPicture
    view_at : callable
        Poses for a phase, tilt about x and tilt about y, all in degrees.
    mounting : Mounting
    radii_km : array, shape (3,)
    cell_deg : float
        Size of a cell, degrees: the search ends at a fifth of it.

    Returns
    -------
    tuple
        Phase, tilt x, tilt y (degrees), and correlation there.

    Raises
    ------
    BodyNotFoundError
        If no lit ground would show at any phase, as where the spin axis is wrong, or the best correlation is too small
        to be the body.
    """
    trial = _candidate_phases(cells, view_at(0.0, 0.0, 0.0), radii_km, cell_deg, mounting)
    scores = np.array([correlation_with_prediction(cells, view_at(t, 0.0, 0.0), radii_km) for t in trial])
    if np.isnan(scores).all():
        reason = _out_of_field(cells, view_at(0.0, 0.0, 0.0), radii_km, mounting)
        raise BodyNotFoundError(f"the body does not show: {reason}")
    best = np.array([trial[int(np.nanargmax(scores))], 0.0, 0.0])
    score = float(np.nanmax(scores))
    step = 1.0 * cell_deg
    tilt_step = min(0.3, cell_deg)
    while step > 0.2 * cell_deg:
        for move in (
            *(np.array([a * step, 0.0, 0.0]) for a in (-1, 1)),
            *(np.array([0.0, a * tilt_step, 0.0]) for a in (-1, 1)),
            *(np.array([0.0, 0.0, a * tilt_step]) for a in (-1, 1)),
        ):
            trial_score = correlation_with_prediction(cells, view_at(*(best + move)), radii_km)
            if trial_score > score:
                best, score = best + move, trial_score
                break
        else:
            step, tilt_step = 0.5 * step, 0.5 * tilt_step
    if score < _detection_threshold(cells.brightness.size):
        raise BodyNotFoundError(f"the body does not show: best correlation with its predicted disc is {score:.2f}")
    return float(best[0]), float(best[1]), float(best[2]), score


def _out_of_field(cells: CellPicture, view: View, radii_km: np.ndarray, mounting: Mounting) -> str:
    """Say how far from the spin axis the body stands, and how far the camera looks."""
    to_camera = mounting.to_camera()
    towards = -np.einsum("fij,fj->fi", view.body_to_camera, view.position_km)[0] @ to_camera
    distance = np.linalg.norm(towards)
    body_deg, radius_deg = np.degrees([np.arccos(towards[2] / distance), np.arcsin(np.max(radii_km) / distance)])
    ray = cells.ray.reshape(-1, 3) @ to_camera
    field_deg = np.degrees(np.arccos(ray[:, 2] / np.linalg.norm(ray, axis=1)))
    if field_deg.min() - radius_deg < body_deg < field_deg.max() + radius_deg:
        return "none of its lit ground would show in any framelet"
    return (
        f"with the spin axis as assumed the camera never looks at it: it stands {body_deg:.0f} deg from the axis, the "
        f"field reaches from {field_deg.min():.0f} to {field_deg.max():.0f} deg; give the true axis (--spin-axis) or "
        "attitude (--kernels)"
    )


def _detection_threshold(n_cells: int) -> float:
    """Correlation that noise alone does not reach: five standard errors, and never less than 0.15."""
    return max(0.15, 5.0 / float(np.sqrt(max(n_cells, 1))))
