"""Ground control: poses refined by where the ground of a base map is seen in the picture.

The limb of a nearly round body tells where its centre is, and hardly how it is turned, nor how fast Juno passes. Many
small patches of the framelets are found on the base map as the camera would see it, and one least-squares solution of
all that is poorly known, with the limb's covariance as its prior, explains where they lie.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import gammainccinv

from perijove.formats.base_map import BaseMap
from perijove.junocam.control.base_map_view import BaseMapView
from perijove.junocam.control.patch_matching import match_patches
from perijove.junocam.control.patches import SIDE_OF_RADIUS, SMALLEST_SIDE_PX, Patches, Strips, lit_patches
from perijove.junocam.control.pose_adjustment import Adjustment, PoseUnknowns, adjusted
from perijove.junocam.control.registration import Shift
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.scene.shot import Shot

__all__ = ["GroundControl", "base_map_control"]

_MAX_PATCHES = 72
_MAX_STEP = 8
_MAX_REACH = 10  # patch pixels that are searched on each side
_MIN_REACH = 3
_REACH_SIGMAS = 3.0
_SYSTEMATIC_PX = 0.04  # patch pixels: interpolation, blur of the prediction
_MIN_PATCHES = 6
_MIN_AGREEING = 0.5  # of the patches on lit ground; unrelated ground gives a sixth
_MAX_SCATTER = 5.0  # of the patches, in their own errors; 1.0 in all simulated pictures
_SURPRISE = 1e-4  # a solution that the priors make less likely than that is taken for a mismatch
_FINEST_ROUNDS = 2


@dataclass(frozen=True)
class GroundControl:
    """Poses against a base map.

    Attributes
    ----------
    location : Location
        With the refined poses and their covariance; as it came where the base map settles nothing.
    settled : bool
        Whether enough patches agree with each other and with what was known.
    turn_deg : array, shape (3,)
        Rotation vector of the body at mid-picture, body-fixed, from the poses before to the refined ones, degrees.
    roll_deg, roll_sigma_deg : float
        Its part about the line of sight, right-handed, and the standard error of the roll after the refinement; 0 and
        NaN where it is not settled.
    tiles, tiles_found, tiles_compared : int
        Patches that agree with the solution, that were found on the base map, and that lay on lit ground at all.
    rms_px : float
        Of the residuals of those that agree, in x and y together, framelet pixels; NaN where none does.
    correlation : float
        Median over the patches that agree.
    shift : Shift
        Of the finished map against the base map, map pixels; NaN until it is measured.
    """

    location: Location
    settled: bool = False
    turn_deg: np.ndarray = field(default_factory=lambda: np.zeros(3))
    roll_deg: float = 0.0
    roll_sigma_deg: float = np.nan
    tiles: int = 0
    tiles_found: int = 0
    tiles_compared: int = 0
    rms_px: float = np.nan
    correlation: float = np.nan
    shift: Shift = field(default_factory=lambda: Shift(np.nan, np.nan, np.nan, 0))


class _Control:
    """One picture, one base map: rounds from coarse to fine."""

    def __init__(self, image: CalibratedImage, location: Location, base_map: BaseMap) -> None:
        self.strips, self.location = Strips.of(image, location.in_view), location
        radii = location.shot.radii_km
        self.map_view = BaseMapView(base_map, radii)
        self.frame = location.shot.middle_frame
        self.unknowns = PoseUnknowns(location, self.frame)
        seen = location.frame_of_framelet[location.in_view]
        distance = float(np.min(np.linalg.norm(location.view.position_km[seen], axis=1)))
        camera = location.cameras[0]
        focal = camera.focal_length_px / camera.summing
        self.radius_px = focal * float(np.mean(radii)) / distance
        ground_pixel_km = max(distance - float(np.mean(radii)), 1.0) / focal
        self.finest = 1
        while 2 * self.finest * ground_pixel_km < self.map_view.pixel_km and self.finest < _MAX_STEP:
            self.finest *= 2

    def patches(self, shot: Shot, step: int) -> Patches | None:
        """Lit and steeply seen patches of all framelets; None where there are none."""
        return lit_patches(shot, self.strips.framelet, radius_px=self.radius_px, step=step, most=_MAX_PATCHES)

    def slopes(self, patches: Patches, z: np.ndarray) -> np.ndarray:
        """Derivatives of the patches' places in the picture by z, shape (n, 2, p), framelet pixels."""
        framelets = np.unique(patches.grid.framelet).tolist()

        def places(at: np.ndarray) -> np.ndarray:
            shot = self.unknowns.shot(at)
            xy = np.empty((len(patches.grid), 2))
            for index in framelets:
                here = patches.grid.framelet == index
                xy[here] = shot.xy(index, patches.ground_km[here])
            return xy

        return self.unknowns.derivatives(places, z)

    def fix(self) -> "_Fix | None":
        """Solution of the last round, after rounds from coarse patches to fine ones; None where nothing is found."""
        z, covariance = np.zeros(self.unknowns.root.shape[1]), np.eye(self.unknowns.root.shape[1])
        fix: _Fix | None = None
        for step in self.steps(z, covariance):
            fix = self.round(z, covariance, step)
            if fix is not None:
                z, covariance = fix.solution.z, fix.solution.covariance
        return fix

    def steps(self, z: np.ndarray, covariance: np.ndarray) -> list[int]:
        """Framelet pixels per patch pixel, round by round."""
        step, steps = self.finest, [self.finest] * _FINEST_ROUNDS
        patches = self.patches(self.unknowns.shot(z), step)
        if patches is None:
            return []
        wide = self.reach_px(self.slopes(patches, z), covariance)
        while (
            step < _MAX_STEP and wide > _MAX_REACH * step and SIDE_OF_RADIUS * self.radius_px > SMALLEST_SIDE_PX * step
        ):
            step *= 2
            steps.insert(0, step)
        return steps

    def reach_px(self, slopes: np.ndarray, covariance: np.ndarray) -> float:
        """How far off the patches may be, framelet pixels."""
        variance = np.einsum("ncp,pq,ncq->nc", slopes, covariance, slopes).max(axis=1)
        return _REACH_SIGMAS * float(np.sqrt(np.nanquantile(variance, 0.9))) + self.finest

    def round(self, z: np.ndarray, covariance: np.ndarray, step: int) -> "_Fix | None":
        """Find patches about where z puts them, and solve; None with too few."""
        shot = self.unknowns.shot(z)
        patches = self.patches(shot, step)
        if patches is None:
            return None
        slopes = self.slopes(patches, z)
        reach = int(np.ceil(self.reach_px(slopes, covariance) / step))
        observed, good = self.strips.averaged(patches.grid)
        predicted = self.map_view.predicted(
            patches.grid,
            shot,
            psf_sigma_px=self.location.psf_sigma_px,
            margin=int(np.clip(reach, _MIN_REACH, _MAX_REACH)),
        )
        shifts = match_patches(observed, good, predicted)
        found = shifts.found & np.isfinite(slopes).all(axis=(1, 2))
        if np.count_nonzero(found) < _MIN_PATCHES:
            return None
        sigma = step * np.sqrt(patches.overlap) * np.hypot(shifts.sigma[found], _SYSTEMATIC_PX)
        solution = adjusted(slopes[found], step * shifts.xy[found], sigma, z)
        return _Fix(solution, shifts.correlation[found], int(shifts.compared.sum()))


@dataclass(frozen=True)
class _Fix:
    """Solution of a round, the correlation of the patches found, and how many were compared."""

    solution: Adjustment
    correlation: np.ndarray
    compared: int


def base_map_control(image: CalibratedImage, location: Location, base_map: BaseMap) -> GroundControl:
    """Refine poses by the ground of a base map.

    Parameters
    ----------
    image : CalibratedImage
    location : Location
        Poses fitted to the limb, with their covariance.
    base_map : BaseMap

    Returns
    -------
    GroundControl
        Not settled, and with the location as it came, where fewer than six patches agree, or fewer than half of those
        on lit ground, where they scatter by five times their errors, or where the priors make the solution less likely
        than 1e-4: then the ground is another than the map's.

    Notes
    -----
    Rounds go from patches averaged over up to 8 by 8 pixels, as far as the covariance wants a wide search, to full
    resolution or the map's own, whichever is coarser. Each predicts the patches anew from the poses found so far.
    """
    nothing = GroundControl(location)
    if not location.in_view.any():
        return nothing
    control = _Control(image, location, base_map)
    fix = control.fix()
    if fix is None:
        return nothing
    agreeing = int(fix.solution.agreeing.sum())
    tried = replace(nothing, tiles_found=len(fix.solution.agreeing), tiles_compared=fix.compared)
    z, residual = fix.solution.z, fix.solution.residual[fix.solution.agreeing]
    # Quantile of chi-squared; scipy.stats, which has it by name, takes half a second to load.
    likely = float(z @ z) < 2.0 * gammainccinv(0.5 * len(z), _SURPRISE)
    enough = agreeing >= max(_MIN_PATCHES, _MIN_AGREEING * fix.compared)
    if not (enough and likely and fix.solution.scatter < _MAX_SCATTER):
        return tried
    sight = -location.view.position_km[control.frame] / np.linalg.norm(location.view.position_km[control.frame])
    turn, sigma_deg = control.unknowns.turn_deg(z, fix.solution.covariance)
    return replace(
        tried,
        location=control.unknowns.located(z, fix.solution.covariance, base_map.source.name),
        settled=True,
        turn_deg=turn,
        roll_deg=float(turn @ sight),
        roll_sigma_deg=sigma_deg,
        tiles=agreeing,
        rms_px=float(np.sqrt(np.mean(np.sum(residual**2, axis=1)))),
        correlation=float(np.median(fix.correlation[fix.solution.agreeing])),
    )
