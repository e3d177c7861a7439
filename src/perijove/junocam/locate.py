"""Locate the body in a picture: find it, measure its limb, fit the poses."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import BodyFacts
from perijove.bodies.juno import JUNOCAM
from perijove.camera import StripCamera
from perijove.errors import BodyNotFoundError, FitError
from perijove.junocam.instrument import strip_camera
from perijove.junocam.limb.detection import (
    CellPicture,
    cell_size_px,
    cells_of,
    correlation_with_prediction,
    disc_radius_px_of,
    find_phase,
)
from perijove.junocam.limb.edges import LimbEdges, LimbProfiles, find_limb_edges, sample_limb
from perijove.junocam.limb.fit import LimbSolution, camera_of, fit_limb
from perijove.junocam.limb.verdict import Verdict, verdict_on
from perijove.junocam.orientation import Orientation, with_axis_as_found
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.scene.shot import Shot, Sightings
from perijove.scene.spin import KernelModel, LabelModel
from perijove.scene.view import View

__all__ = ["Location", "locate", "shot_of"]

_BAD = QUALITY.unusable | QUALITY.mask("strip_edge")
_PSF_TRIALS_PX = (0.4, 0.55, 0.75, 1.0, 1.35, 1.8)
_MIN_KERNEL_SCORE = 0.1
_FEW_POINTS = 20
_MIN_PSF_POINTS = 6
_PSF_LINES = 300
_FIRST_LINES = 200  # enough for a fit to start from; the last two rounds take all
_USUAL_PSF_PX = 0.9
_FIRST_REACH_PX = (28.0, 16.0)
_FINAL_REACH_PX = 8.0
_FINAL_ROUNDS = 2


@dataclass(frozen=True, repr=False)
class Location:
    """Where the body is in a picture.

    Attributes
    ----------
    orientation : Orientation
        What was known before.
    orientation_model : LabelModel or KernelModel
        The model that was fitted: as known before, its spin phase counted from the crossing of the body.
    solution : LimbSolution
    shot : Shot
        The picture's geometry, with fitted poses and focal length.
    psf_sigma_px : float
        Blur of the limb, Gaussian.
    detection_correlation : float
        Of the picture in cells with the predicted sunlit disc.
    verdict : Verdict
        Of the limb fit, before any base map: what speaks for and against it.
    """

    orientation: Orientation
    orientation_model: LabelModel | KernelModel
    solution: LimbSolution
    shot: Shot
    psf_sigma_px: float
    detection_correlation: float
    verdict: Verdict

    @property
    def view(self) -> View:
        """Fitted poses."""
        return self.shot.view

    @property
    def cameras(self) -> tuple[StripCamera, ...]:
        """Strip of each framelet."""
        return self.shot.cameras

    @property
    def frame_of_framelet(self) -> np.ndarray:
        """Pose of each framelet in the view, counted from 0."""
        return self.shot.frame_of_framelet

    def lonlat(self, framelet: int, x_px: ArrayLike, y_px: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """East longitude and planetocentric latitude that pixels of a framelet show, deg; NaN past the body."""
        ground = self.shot.ground(framelet, np.stack(np.broadcast_arrays(x_px, y_px), axis=-1).astype(float))
        return ground.lon_east_deg, ground.lat_deg

    def pixels(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> Sightings:
        """Framelets and pixels that show places; see `scene.shot.Shot.pixels_at`."""
        return self.shot.pixels_at(lat_deg, lon_east_deg)

    @property
    def in_view(self) -> np.ndarray:
        """Framelets that see the body, array of bool."""
        return self.shot.in_view

    def __repr__(self) -> str:
        """Body, framelets, how well the limb fits, and each fitted parameter with its standard error."""
        solution = self.solution
        fitted = zip(solution.parameters, solution.values, solution.sigmas, strict=True)
        return (
            f"<Location of {self.orientation.body.name}: {int(self.in_view.sum())} of {len(self.in_view)} framelets "
            f"see it, limb {solution.rms_px:.2f} px rms over {int(solution.kept.sum())} points; "
            + ", ".join(f"{p.name} {_with_error(value, sigma)} {p.unit}" for p, value, sigma in fitted)
            + ">"
        )


def _with_error(value: float, sigma: float) -> str:
    """Such as ``1486.1 ± 1.7``: a number to the second digit of its error."""
    decimals = max(0, 1 - int(np.floor(np.log10(sigma)))) if 0.0 < sigma < np.inf else 6
    return f"{value:.{decimals}f} ± {sigma:.{decimals}f}"


def shot_of(image: CalibratedImage, body: BodyFacts, view: View) -> Shot:
    """Geometry of a picture under poses, with the flight focal length."""
    raw = image.raw
    by_filter = {
        name: strip_camera(
            name,
            summing=raw.summing,
            axis_row_px=raw.methane_axis_row_px if name == "METHANE" else None,
            focal_length_px=JUNOCAM.flight_focal_length_px,
        )
        for name in dict.fromkeys(raw.filters)
    }
    cameras = tuple(by_filter[name] for name in raw.filters)
    return Shot(body.name, body.radii_km, view, cameras, np.array(raw.frames) - 1)


def _found_phase(cells: CellPicture, shot: Shot, model: LabelModel) -> tuple[LabelModel, np.ndarray, float]:
    """Search the spin phase.

    Returns
    -------
    model : LabelModel
        Its phase counted from where the body is seen.
    values : array, shape (p,)
        Phase and tilt as found, the rest as the priors have it.
    score : float
        Correlation of the picture with its prediction.
    """
    parameters = model.parameters
    camera = shot.cameras[0]
    cell_px = cell_size_px(disc_radius_px_of(shot)) * camera.summing

    cell_deg = float(np.degrees(cell_px / camera.focal_length_px))
    phase, tilt_x, tilt_y, score = find_phase(cells, model, radii_km=shot.radii_km, cell_deg=cell_deg)
    seen = shot.with_poses(model.turned(phase, tilt_x, tilt_y)).in_view
    if not seen.any():
        raise BodyNotFoundError("it does not cross any framelet")
    epoch = float(np.mean(model.times_tdb[shot.frame_of_framelet[seen]]))
    phase += parameters["spin_deg_s"].value * (epoch - model.phase_epoch_tdb)
    found = replace(model, phase_epoch_tdb=epoch, parameters=parameters.starting_at(spin_phase_deg=phase))
    return found, found.parameters.vector(axis_tilt_x_deg=tilt_x, axis_tilt_y_deg=tilt_y), score


def locate(image: CalibratedImage, known: Orientation, *, progress: Callable[[str], None] | None = None) -> Location:
    """Find the body, measure its limb and fit the poses.

    Parameters
    ----------
    image : CalibratedImage
    known : Orientation
        From `label_orientation` or `kernel_orientation`.
    progress : callable, optional
        Told the name of each step.

    Returns
    -------
    Location

    Raises
    ------
    BodyNotFoundError
        The body does not show.
    FitError
        Too little limb shows, or what was fitted is not the limb (`limb.verdict`).
    """
    try:
        return _located(image, known, progress or _silent)
    except (BodyNotFoundError, FitError) as error:
        raise type(error)(f"{image.raw.product_id}: {known.body.name}: {error}") from None


def _located(image: CalibratedImage, known: Orientation, tell: Callable[[str], None]) -> Location:
    valid = np.isfinite(image.radiance_factor) & ((image.quality & _BAD) == 0)
    night_side = known.body.name == "IO"  # lit by Jupiter
    model = known.model
    shot = shot_of(image, known.body, model.view(model.parameters.values))
    tell("finding the body")
    cells = cells_of(image.radiance_factor, image.sigma, valid, shot)
    if isinstance(model, LabelModel):
        model, values, score = _found_phase(cells, shot, model)
    else:
        values, score = model.parameters.values, _kernel_score(cells, shot)
    tell("measuring the limb")

    def profiles_for(at: np.ndarray, reach: float, *, night: bool) -> LimbProfiles:
        posed = shot.with_poses(model.view(at))
        return sample_limb(image.radiance_factor, valid, posed, reach_px=reach, night_side=night)

    def first_edges(profiles: LimbProfiles) -> LimbEdges:
        return find_limb_edges(replace(profiles, smear_px=0.0), psf_sigma_px=_USUAL_PSF_PX)  # wide enough all around

    for reach in _FIRST_REACH_PX:
        edges = first_edges(profiles_for(values, reach, night=False).thinned(_FIRST_LINES))
        if len(edges) < _FEW_POINTS:
            edges = first_edges(profiles_for(values, reach, night=night_side))
        values = fit_limb(model, edges, shot, start=values, iterations=5).values
    if isinstance(model, LabelModel):
        model = with_axis_as_found(model, values)
    tell("fitting the poses")
    for round_ in range(_FINAL_ROUNDS):
        profiles = profiles_for(values, _FINAL_REACH_PX, night=night_side)
        if round_ == 0:
            psf = _best_psf(profiles)
        edges = find_limb_edges(profiles, psf_sigma_px=psf)
        solution = fit_limb(model, edges, shot, start=values)
        values = solution.values
    fitted = camera_of(shot.with_poses(model.view(values)), model.parameters.named(values))
    return Location(known, model, solution, fitted, psf, score, verdict_on(image, fitted, solution, model))


def _silent(step: str) -> None:
    """Progress that nobody watches."""


def _kernel_score(cells: CellPicture, shot: Shot) -> float:
    """Correlation with the disc that kernels predict."""
    score = correlation_with_prediction(cells, shot.view, shot.radii_km)
    if np.isnan(score):
        raise BodyNotFoundError("it shows no lit ground in any framelet by the kernels")
    if score < _MIN_KERNEL_SCORE:
        raise BodyNotFoundError(f"it does not show where the kernels put it (correlation {score:.2f})")
    return score


def _best_psf(profiles: LimbProfiles) -> float:
    """Blur at which the edges are sharpest defined: the smallest median standard error, between trials by a parabola.

    Sunlit edges count, where there are any; a few hundred of them tell enough.
    """
    lit = profiles.sunlit if np.count_nonzero(profiles.sunlit) > _FEW_POINTS else np.ones(len(profiles), dtype=bool)
    sample = profiles.chosen(lit).thinned(_PSF_LINES)
    trials = [find_limb_edges(sample, psf_sigma_px=s).sigma_px for s in _PSF_TRIALS_PX]
    most = max(len(t) for t in trials)
    if most < _MIN_PSF_POINTS:
        return _USUAL_PSF_PX
    # A blur far off leaves hardly a clear edge; those that are left are the sharpest and tell nothing.
    medians = np.array([np.log(np.median(t)) if 2 * len(t) >= most else np.inf for t in trials])
    at = np.log(_PSF_TRIALS_PX)
    best = int(np.argmin(medians))
    i = int(np.clip(best, 1, len(at) - 2))
    if not np.isfinite(medians[i - 1 : i + 2]).all():
        return float(np.exp(at[best]))
    curve = np.polyfit(at[i - 1 : i + 2], medians[i - 1 : i + 2], 2)
    vertex = -0.5 * curve[1] / curve[0] if curve[0] > 0.0 else at[best]
    return float(np.exp(np.clip(vertex, at[0], at[-1])))
