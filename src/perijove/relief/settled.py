"""Poses that mountains do not pull: fitted once more without the limb that stands out."""

from dataclasses import dataclass, replace

import numpy as np

from perijove.geometry.limb import limb_azimuth_deg, passed_ground
from perijove.junocam.limb.edges import LimbEdges
from perijove.junocam.limb.fit import LimbSolution, camera_of, fit_limb
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.relief.heights import LimbHeights, limb_heights
from perijove.relief.limb_points import limb_points
from perijove.relief.mountains import Rise, rises

__all__ = ["MeasuredLimb", "measured_limb"]

_BESIDE_PLACES = 2.0  # left out on both sides of a rise
_MOST_LEFT_OUT = 0.5  # of the edges; beyond, what stands out is the limb itself


@dataclass(frozen=True)
class MeasuredLimb:
    """A picture's limb.

    Attributes
    ----------
    location : Location
        With the poses that heights are counted from.
    heights : LimbHeights
    rises : tuple of Rise
    left_out : float
        Part of the limb's edges that the last fit of the poses left out as standing above the limb.
    """

    location: Location
    heights: LimbHeights
    rises: tuple[Rise, ...]
    left_out: float


def measured_limb(image: CalibratedImage, location: Location, *, refit: bool = True) -> MeasuredLimb:
    """Heights along the limb, and what rises above it.

    Parameters
    ----------
    image : CalibratedImage
    location : Location
    refit : bool
        Fit the poses again from their solution, and once more without the edges of what rises. False for poses that
        come from more than this picture's limb.

    Raises
    ------
    FitError
        Where no sunlit limb shows.
    """
    if not refit:
        return _measured(image, location, 0.0)
    edges = location.solution.edges
    # A fit that started far off may have settled with mountains in it; from its own solution it tells them.
    first = _measured(image, _refitted(location, edges), 0.0)
    keep = ~_on_rises(first.location, first.heights, first.rises, edges)
    left_out = 1.0 - float(np.mean(keep))
    if left_out == 0.0 or left_out > _MOST_LEFT_OUT:
        return first
    return _measured(image, _refitted(first.location, edges.chosen(keep)), left_out)


def _measured(image: CalibratedImage, location: Location, left_out: float) -> MeasuredLimb:
    shot, heights = location.shot, limb_heights(limb_points(image, location))
    position = shot.view.position_km[shot.middle_frame]
    found = rises(heights, position_km=position, radii_km=shot.radii_km)
    return MeasuredLimb(location, heights, tuple(found), left_out)


def _refitted(location: Location, edges: LimbEdges) -> Location:
    """Location by other edges, starting from its solution."""
    model, before = location.orientation_model, location.solution.values
    solution: LimbSolution = fit_limb(model, edges, location.shot, start=before)
    named = model.parameters.named
    shot = camera_of(
        location.shot.with_poses(model.view(solution.values)), named(solution.values), before=named(before)
    )
    return replace(location, solution=solution, shot=shot)


def _on_rises(location: Location, heights: LimbHeights, found: tuple[Rise, ...], edges: LimbEdges) -> np.ndarray:
    """Which edges lie on rises or right beside them."""
    shot = location.shot
    middle = shot.view.position_km[shot.middle_frame]
    azimuth = np.empty(len(edges))
    for framelet in np.unique(edges.framelet).tolist():
        here = edges.framelet == framelet
        rays = shot.rays(framelet, edges.xy[here])
        foot = passed_ground(shot.pose(framelet).position_km, rays, radii_km=shot.radii_km).foot_km
        azimuth[here] = limb_azimuth_deg(foot, middle, radii_km=shot.radii_km)
    result = np.zeros(len(edges), dtype=bool)
    margin = _BESIDE_PLACES * heights.place_deg
    for rise in found:
        start = heights.azimuth_deg[rise.first] - margin
        span = (heights.azimuth_deg[rise.last] + margin - start) % 360.0
        result |= (azimuth - start) % 360.0 <= span
    return result
