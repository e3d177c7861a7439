"""Where in the spin the body shows: a coarse search, made before any limb is looked for.

The picture is cut into cells of about a fifth of the disc's radius. For a trial spin phase each cell's line of sight
either meets the body, with a brightness predicted for sunlight and Jupiter's light, or the sky. The phase whose
prediction correlates best with the cells is taken: first among those at which bright cells would lie on the body, then
in ever finer steps, together with the tilt of the spin axis.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.ndimage import uniform_filter1d

from perijove.camera import Mounting
from perijove.errors import BodyNotFoundError
from perijove.geometry.rotations import angle_between_deg
from perijove.scene.shot import Shot
from perijove.scene.view import View

__all__ = [
    "TILT_REACH_DEG",
    "CellPicture",
    "SpinningCamera",
    "cell_size_px",
    "cells_of",
    "correlation_with_prediction",
    "disc_radius_px_of",
    "find_phase",
]

_CELLS_PER_RADIUS = 5.0
_BRIGHT_SHARE = 0.3  # of the lit disc's cells lie above the level that brightness is measured by
_MAX_BRIGHT_SHARE = 0.15  # of the whole disc's
_MIN_LEVEL_SIGMAS = 8.0
_SIGMA_STRIDE = 8
_BRIGHT = 0.2  # of the upper level in the cell's colour
_JUPITER_LIGHT = 0.006  # against sunlight, at Io
_LIT_EXPONENT = 0.6  # brightness against the cosine of incidence: between Lambert (1) and a flat disc (0)
_CANDIDATE_SHARE = 0.4  # of the most votes
_MOST_CANDIDATES = 150  # with a tilt
TILT_REACH_DEG = 12.0  # the Sun's greatest distance from the Earth, seen from Jupiter
_TILT_STEP_DEG = 0.3
_PLAIN_SCORE = 0.6  # of a body that shows where it is expected
_CLEARLY_BETTER = 0.05
_BINS_OF_RADIUS = 0.5


class SpinningCamera(Protocol):
    """What the search turns: a pose model with a spin phase and a spin axis that may lean."""

    @property
    def mounting(self) -> Mounting:
        """Of the camera."""
        ...

    def turned(self, phase_deg: float, tilt_x_deg: float, tilt_y_deg: float) -> View:
        """Poses with the rest as the priors have it."""
        ...

    def tilt_away_deg(self, lean_deg: float) -> tuple[float, float]:
        """Tilt about x and y that takes the spin axis away from the body by an angle."""
        ...


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


def _candidates(
    cells: CellPicture, view: View, radii_km: np.ndarray, mounting: Mounting, *, step_deg: float, reach_deg: float
) -> np.ndarray:
    """Turns at which bright cells would lie on the body: most are ruled out without any rendering.

    Parameters
    ----------
    cells : CellPicture
    view : View
        Prediction for phase 0 without tilt.
    radii_km : array, shape (3,)
    mounting : Mounting
    step_deg : float
        Size of a bin.
    reach_deg : float
        Largest tilt on either side.

    Returns
    -------
    array, shape (n, 2)
        Spin phase, and by how much the spin axis leans away from the body, degrees.

    Notes
    -----
    About the spin axis a phase takes as much off the body's azimuth, and a lean adds to its distance from the axis. So
    each bright cell votes for one phase and one lean that would put the body's centre there; votes are added up over
    a square as wide as the disc.
    """
    to_camera = mounting.to_camera()
    body = np.einsum("ij,fjk,fk->fi", to_camera.T, view.body_to_camera, -view.position_km)
    framelet, cell = np.nonzero(cells.brightness > _BRIGHT)
    ray = cells.ray[framelet, cell] @ to_camera
    (body_away, body_azimuth), (away, azimuth) = (_polar_deg(direction) for direction in (body, ray))
    frame = cells.frame[framelet]
    phase, lean = (body_azimuth[frame] - azimuth) % 360.0, away - body_away[frame]
    n_phases, n_leans = int(np.ceil(360.0 / step_deg)), 2 * int(np.ceil(reach_deg / step_deg)) + 1
    row = (phase / 360.0 * n_phases).astype(int) % n_phases
    # Without reach every cell votes, wherever across the scan it lies.
    column = np.round(lean / step_deg).astype(int) + n_leans // 2 if reach_deg > 0.0 else np.zeros(len(row), dtype=int)
    near = (column >= 0) & (column < n_leans)
    votes = np.zeros((n_phases, n_leans))
    np.add.at(votes, (row[near], column[near]), cells.brightness[framelet, cell][near])
    radius_deg = np.degrees(np.arcsin(np.max(radii_km) / np.linalg.norm(view.position_km, axis=1).min()))
    size = 2 * max(1, int(np.ceil(radius_deg / 360.0 * n_phases))) + 1
    smooth = uniform_filter1d(uniform_filter1d(votes, size, axis=0, mode="wrap"), size, axis=1, mode="constant")
    enough = _CANDIDATE_SHARE * smooth.max()
    if reach_deg > 0.0 and smooth.size > _MOST_CANDIDATES:  # in a picture of noise all are much alike
        enough = max(enough, np.partition(smooth, -_MOST_CANDIDATES, axis=None)[-_MOST_CANDIDATES])
    rows, columns = np.nonzero(smooth >= enough)
    return np.stack([(rows + 0.5) * 360.0 / n_phases, (columns - n_leans // 2) * step_deg], axis=-1)


def _polar_deg(direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Angle from +Z and azimuth about it, degrees."""
    x, y, z = np.moveaxis(direction, -1, 0)
    return np.degrees(np.arctan2(np.hypot(x, y), z)), np.degrees(np.arctan2(y, x))


@dataclass(frozen=True)
class _Search:
    """Correlation of the cells with the prediction, as a function of spin phase and tilt."""

    cells: CellPicture
    model: SpinningCamera
    radii_km: np.ndarray
    cell_deg: float

    def score(self, at: np.ndarray) -> float:
        """Correlation for phase, tilt about x and tilt about y; NaN where no lit ground would show."""
        return correlation_with_prediction(self.cells, self.model.turned(*at.tolist()), self.radii_km)

    def best(self, candidates: np.ndarray) -> tuple[np.ndarray, float]:
        """Candidate of the highest correlation, climbed from to the top; NaN where none shows lit ground."""
        starts = [np.array([phase, *self.model.tilt_away_deg(lean)]) for phase, lean in candidates.tolist()]
        scores = np.array([self.score(start) for start in starts])
        if np.isnan(scores).all():
            return np.full(3, np.nan), np.nan
        first = int(np.nanargmax(scores))
        return self.climbed(starts[first], float(scores[first]))

    def climbed(self, best: np.ndarray, score: float) -> tuple[np.ndarray, float]:
        """Top of the correlation near a start, in ever finer steps down to a fifth of a cell."""
        steps = np.array([self.cell_deg, *[min(_TILT_STEP_DEG, self.cell_deg)] * 2])
        while steps[0] > 0.2 * self.cell_deg:
            for move in np.concatenate([np.stack([-row, row]) for row in np.diag(steps)]):
                trial = self.score(best + move)
                if trial > score:
                    best, score = best + move, trial
                    break
            else:
                steps = 0.5 * steps
        return best, score


def find_phase(
    cells: CellPicture, model: SpinningCamera, *, radii_km: np.ndarray, cell_deg: float
) -> tuple[float, float, float, float]:
    """Spin phase and tilt at which the prediction matches best.

    Parameters
    ----------
    cells : CellPicture
    model : LabelModel or the like
        Poses for a phase and a tilt of the spin axis.
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

    Notes
    -----
    The axis is first taken where it is expected, and only where the body does not show plainly there, anywhere within
    twelve degrees. Of a tilt, this search finds the part that carries the body across the scan; the other turns it
    about the line of sight, which cells hardly show.
    """
    search, view = _Search(cells, model, radii_km, cell_deg), model.turned(0.0, 0.0, 0.0)

    def candidates(step_deg: float, reach_deg: float) -> np.ndarray:
        return _candidates(cells, view, radii_km, model.mounting, step_deg=step_deg, reach_deg=reach_deg)

    best, score = search.best(candidates(cell_deg, 0.0))
    if not score > _PLAIN_SCORE:
        radius_deg = float(np.degrees(np.arcsin(np.max(radii_km) / np.linalg.norm(view.position_km, axis=1).min())))
        tilted = search.best(candidates(max(cell_deg, _BINS_OF_RADIUS * radius_deg), TILT_REACH_DEG))
        if not tilted[1] < score + _CLEARLY_BETTER:
            best, score = tilted
    if np.isnan(score):
        raise BodyNotFoundError(f"the body does not show: {_out_of_field(cells, view, radii_km, model.mounting)}")
    if score < _detection_threshold(cells.brightness.size):
        raise BodyNotFoundError(
            f"the body does not show: best correlation with its predicted disc is {score:.2f}, with the spin axis "
            f"up to {TILT_REACH_DEG:.0f} deg from where it is taken to point; give the true axis (`spin_axis_deg`) or "
            "attitude (`kernels`)"
        )
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
        f"field reaches from {field_deg.min():.0f} to {field_deg.max():.0f} deg; give the true axis "
        "(`spin_axis_deg`) or attitude (`kernels`)"
    )


def _detection_threshold(n_cells: int) -> float:
    """Correlation that noise alone does not reach: five standard errors, and never less than 0.15."""
    return max(0.15, 5.0 / float(np.sqrt(max(n_cells, 1))))
