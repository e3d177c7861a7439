"""Points of the sunlit limb as heights above the ellipsoid."""

from dataclasses import dataclass, replace

import numpy as np

from perijove.errors import FitError
from perijove.geometry.limb import PassedGround, limb_azimuth_deg, limb_degree_km, passed_ground
from perijove.geometry.rotations import unit
from perijove.junocam.control.pose_adjustment import PoseUnknowns
from perijove.junocam.limb.edges import LimbEdges, LimbProfiles, find_limb_edges, sample_limb
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.scene.shot import Shot

__all__ = ["LimbPoints", "limb_axes", "limb_points", "pixel_km_at_limb"]

_HIGHEST_KM = 18.0  # Boösaule Montes rises 17.5 km (Schenk et al. 2001, JGR 106:33201)
_MARGIN_PX = 5.0  # beyond, so that the sky beside the highest edge is seen
_REACH_PX = (8.0, 40.0)
_BESIDE_PX, _SKY_PX, _CUT_PX = (1.5, 3.0), 4.0, 0.5  # above an edge: where no light of it is left; the sky's end
_FACE = 0.15  # of the limb's brightness, right above an edge: ground, no plume
_BAD = QUALITY.unusable | QUALITY.mask("strip_edge")
_FLOOR_PX, _PER_SIGMA = 0.03, 1.5  # see `limb_points`


@dataclass(frozen=True)
class LimbPoints:
    """Edges of the sunlit limb, one for each place and framelet.

    Attributes
    ----------
    framelet : array of int, shape (n,)
    xy : array, shape (n, 2)
        Pixel coordinates in the framelet.
    time_tdb : array, shape (n,)
    azimuth_deg : array, shape (n,)
        About the disc as seen in mid-picture, from north to the right as the observer sees it (`LimbEllipse`).
    foot_km : array, shape (n, 3)
        Ground below, body-fixed.
    height_km : array, shape (n,)
        Of the edge above the ellipsoid.
    edge_sigma_km : array, shape (n,)
        Standard error by what the edge's profile does not know: noise, patches of albedo.
    pose_km : array, shape (n, p)
        Derivatives of the heights by pose parameters of unit covariance: ``pose_km @ pose_km.T`` is the covariance by
        the poses, focal length and optical centres.
    pose_place_km : array, shape (n, 2, p)
        Derivatives of the ground below by the same parameters: along the limb towards larger azimuths, and away from
        the observer.
    pixel_km : array, shape (n,)
        Size of a pixel there, across the limb.
    degree_km : float
        Length of a degree of azimuth along the limb.
    """

    framelet: np.ndarray
    xy: np.ndarray
    time_tdb: np.ndarray
    azimuth_deg: np.ndarray
    foot_km: np.ndarray
    height_km: np.ndarray
    edge_sigma_km: np.ndarray
    pose_km: np.ndarray
    pose_place_km: np.ndarray
    pixel_km: np.ndarray
    degree_km: float

    def __len__(self) -> int:
        """Number of points."""
        return len(self.framelet)


def pixel_km_at_limb(shot: Shot) -> float:
    """Size of a pixel at the limb's distance in mid-picture, on the optical axis, km."""
    position, camera = shot.view.position_km[shot.middle_frame], shot.cameras[0]
    away = np.sqrt(max(float(position @ position) - float(np.mean(shot.radii_km)) ** 2, 0.0))
    return float(away) * camera.summing / camera.focal_length_px


def limb_points(image: CalibratedImage, location: Location) -> LimbPoints:
    """Measure the sunlit limb of a located picture, as far up as mountains stand.

    Parameters
    ----------
    image : CalibratedImage
    location : Location

    Raises
    ------
    FitError
        Where no sunlit limb shows.

    Notes
    -----
    Edges are told as for the poses (`junocam.limb.edges`), with the same blur, on lines long enough for a mountain of
    18 km. What shows at the limb is the highest of all ground along the sight: ground at the distance x before or
    behind the limb's plane shows x²/2R lower than it stands, 0.7 km for 50 km.

    The edge's error is sqrt(0.03² + (1.5 s)²) px with s the standard error by the profile's residuals: patches of
    albedo bend a profile and move its edge, so that one tells the other. Factor and floor were measured on nine
    simulated pictures from 1,500 to 3,000 km above the ground; `benchmarks/limb_heights.py` checks them on others.
    """
    shot = location.shot
    pixel_km = pixel_km_at_limb(shot)
    reach = float(np.clip(np.ceil(_HIGHEST_KM / pixel_km + _MARGIN_PX), *_REACH_PX))
    valid = np.isfinite(image.radiance_factor) & ((image.quality & _BAD) == 0)
    profiles = sample_limb(image.radiance_factor, valid, shot, reach_px=reach, night_side=False)
    edges = _outermost(profiles, find_limb_edges(profiles, psf_sigma_px=location.psf_sigma_px), location.psf_sigma_px)
    if not len(edges):
        raise FitError(f"{image.raw.product_id}: no sunlit limb of {location.orientation.body.name.title()} shows")
    passed = _passed(shot, edges)
    scale = _pixel_km(shot, edges)
    middle = shot.view.position_km[shot.middle_frame]
    by_poses, foot_by_poses = _by_poses(location, edges)
    axes = limb_axes(passed.foot_km, middle)
    return LimbPoints(
        framelet=edges.framelet,
        xy=edges.xy,
        time_tdb=shot.view.times_tdb[shot.frame_of_framelet[edges.framelet]],
        azimuth_deg=limb_azimuth_deg(passed.foot_km, middle, radii_km=shot.radii_km),
        foot_km=passed.foot_km,
        height_km=passed.height_km,
        edge_sigma_km=scale * np.hypot(_FLOOR_PX, _PER_SIGMA * edges.sigma_px),
        pose_km=by_poses,
        pose_place_km=np.einsum("nij,njp->nip", axes, foot_by_poses),
        pixel_km=scale,
        degree_km=limb_degree_km(middle, radii_km=shot.radii_km),
    )


def _outermost(profiles: LimbProfiles, edges: LimbEdges, psf_sigma_px: float) -> LimbEdges:
    """Edges, some moved out: a steep face before brighter plains has one at its foot, and the limb is its top."""
    line = _lines_of(profiles, edges)
    s, value, weight = profiles.s, profiles.value[line], profiles.weight[line]
    above = s - edges.offset_px[:, None]
    beside = weight * ((above > _BESIDE_PX[0]) & (above < _BESIDE_PX[1]))
    sky = weight * (s > s[-1] - _SKY_PX)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = (beside * value).sum(axis=1) / beside.sum(axis=1) - (sky * value).sum(axis=1) / sky.sum(axis=1)
        doubtful = np.flatnonzero(excess > _FACE * edges.amplitude)
    if not len(doubtful):
        return edges
    chosen = profiles.chosen(line[doubtful])
    outside = s > edges.offset_px[doubtful, None] + _CUT_PX
    again = find_limb_edges(replace(chosen, weight=chosen.weight * outside), psf_sigma_px=psf_sigma_px)
    own = doubtful[_lines_of(chosen, again)] if len(again) else np.empty(0, dtype=int)
    higher = again.offset_px > edges.offset_px[own] + _BESIDE_PX[0]
    kept = np.ones(len(edges), dtype=bool)
    kept[own[higher]] = False
    parts = (edges.chosen(kept), again.chosen(higher))
    fields = {name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(edges)}
    return LimbEdges(**fields)


def _lines_of(profiles: LimbProfiles, edges: LimbEdges) -> np.ndarray:
    """Line on which each edge was found."""
    result = np.empty(len(edges), dtype=int)
    for framelet in np.unique(edges.framelet).tolist():
        mine, here = np.flatnonzero(edges.framelet == framelet), np.flatnonzero(profiles.framelet == framelet)
        at = profiles.xy[here] + edges.offset_px[mine, None, None] * profiles.normal[here]
        result[mine] = here[np.argmin(np.sum((at - edges.xy[mine, None]) ** 2, axis=2), axis=1)]
    return result


def _passed(shot: Shot, edges: LimbEdges, moved_px: np.ndarray | float = 0.0) -> PassedGround:
    """Height and ground of each edge under the poses of a shot."""
    height, foot = np.empty(len(edges)), np.empty((len(edges), 3))
    for framelet in np.unique(edges.framelet).tolist():
        here = edges.framelet == framelet
        rays = shot.rays(framelet, edges.xy[here] + moved_px)
        height[here], foot[here] = passed_ground(shot.pose(framelet).position_km, rays, radii_km=shot.radii_km)
    return PassedGround(height, foot)


def _pixel_km(shot: Shot, edges: LimbEdges) -> np.ndarray:
    """Change of height per pixel across the limb."""
    slopes = [_passed(shot, edges, step).height_km - _passed(shot, edges, -step).height_km for step in 0.5 * np.eye(2)]
    scale: np.ndarray = np.hypot(slopes[0], slopes[1])
    return scale


def _by_poses(location: Location, edges: LimbEdges) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of heights and of the ground below by the pose parameters, in units of their standard errors."""
    unknowns = PoseUnknowns(location, location.shot.middle_frame)

    def passed(z: np.ndarray) -> np.ndarray:
        found = _passed(unknowns.shot(z), edges)
        return np.concatenate([found.height_km[:, None], found.foot_km], axis=1)

    slopes = unknowns.derivatives(passed, np.zeros(len(unknowns.root)))
    return slopes[:, 0], slopes[:, 1:]


def limb_axes(foot_km: np.ndarray, position_km: np.ndarray) -> np.ndarray:
    """Horizontal unit vectors at limb points, as rows: along the limb towards larger azimuths, away from the observer.

    Parameters
    ----------
    foot_km : array, shape (..., 3)
        Body-fixed.
    position_km : array, shape (3,)

    Returns
    -------
    array, shape (..., 2, 3)
    """
    up = unit(foot_km)
    sight = foot_km - position_km
    away = unit(sight - np.sum(sight * up, axis=-1, keepdims=True) * up)
    axes: np.ndarray = np.stack([np.cross(away, up), away], axis=-2)
    return axes
