"""Locate the body in a picture: find it, measure its limb, fit the poses."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from perijove.bodies.juno import JUNOCAM
from perijove.camera import StripCamera
from perijove.errors import BodyNotFoundError
from perijove.junocam.instrument import strip_camera
from perijove.junocam.limb.detection import (
    body_in_view,
    cell_size_px,
    cells_of,
    correlation_with_prediction,
    find_phase,
)
from perijove.junocam.limb.edges import LimbProfiles, find_limb_edges, sample_limb
from perijove.junocam.limb.fit import LimbSolution, fit_limb
from perijove.junocam.orientation import Orientation
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.scene.spin import KernelModel, LabelModel
from perijove.scene.view import View

__all__ = ["Location", "cameras_of", "locate"]

_BAD = QUALITY.unusable | QUALITY.mask("strip_edge")
_PSF_TRIALS_PX = (0.4, 0.55, 0.75, 1.0, 1.35, 1.8)
_FEW_POINTS = 20
_MIN_PSF_POINTS = 6
_PSF_LINES = 300
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
    cameras : tuple of StripCamera
        One per framelet, with the fitted focal length.
    frame_of_framelet : array of int
        0-based.
    in_view : array of bool
        Framelets that see the body.
    psf_sigma_px : float
        Blur of the limb, Gaussian.
    detection_correlation : float
        Of the picture in cells with the predicted sunlit disc.
    """

    orientation: Orientation
    orientation_model: LabelModel | KernelModel
    solution: LimbSolution
    cameras: tuple[StripCamera, ...]
    frame_of_framelet: np.ndarray
    in_view: np.ndarray
    psf_sigma_px: float
    detection_correlation: float

    @property
    def view(self) -> View:
        """Fitted poses."""
        return self.solution.view

    def __repr__(self) -> str:
        """Body, framelets, how well the limb fits, and each fitted parameter with its standard error."""
        solution = self.solution
        fitted = zip(solution.names, solution.values, solution.sigmas, solution.units, strict=True)
        return (
            f"<Location of {self.orientation.body.name}: {int(self.in_view.sum())} of {len(self.in_view)} framelets "
            f"see it, limb {solution.rms_px:.2f} px rms over {int(solution.kept.sum())} points; "
            + ", ".join(f"{name} {value:.8g} ± {sigma:.2g} {unit}" for name, value, sigma, unit in fitted)
            + ">"
        )


def cameras_of(image: CalibratedImage, focal_length_px: float | None = None) -> tuple[StripCamera, ...]:
    """One camera per framelet, with the flight focal length unless another is given."""
    raw = image.raw
    by_filter = {
        name: strip_camera(
            name,
            summing=raw.summing,
            axis_row_px=raw.methane_axis_row_px if name == "METHANE" else None,
            focal_length_px=JUNOCAM.flight_focal_length_px if focal_length_px is None else focal_length_px,
        )
        for name in dict.fromkeys(raw.filters)
    }
    return tuple(by_filter[name] for name in raw.filters)


def _found_phase(
    image: CalibratedImage, valid: np.ndarray, cameras: tuple[StripCamera, ...], frames: np.ndarray, known: Orientation
) -> tuple[LabelModel, float]:
    """Search the spin phase; return the model with phase, and its epoch moved to where the body is seen."""
    model = known.model
    assert isinstance(model, LabelModel)
    radii = known.body.radii_km
    start = np.array([p.value for p in model.parameters])
    distance = float(np.linalg.norm(model.position_km))
    radius_px = cameras[0].focal_length_px / cameras[0].summing * float(np.max(radii)) / distance
    cells = cells_of(
        image.radiance_factor,
        image.sigma,
        valid,
        cameras,
        frames,
        disc_radius_px=radius_px,
        phase_deg=_phase_deg(model.view(start)),
    )
    cell_deg = float(np.degrees(cell_size_px(radius_px) * cameras[0].summing / cameras[0].focal_length_px))

    def view_at(phase: float, tilt_x: float, tilt_y: float) -> View:
        values = start.copy()
        values[0], values[2], values[3] = phase, tilt_x, tilt_y
        return model.view(values)

    try:
        phase, tilt_x, tilt_y, score = find_phase(cells, view_at, radii_km=radii, cell_deg=cell_deg)
    except BodyNotFoundError as error:
        raise BodyNotFoundError(f"{image.raw.product_id}: {known.body.name}: {error}") from None
    seen = body_in_view(view_at(phase, tilt_x, tilt_y), cameras, frames, radii)
    if not seen.any():
        raise BodyNotFoundError(f"{image.raw.product_id}: {known.body.name} does not cross any framelet")
    epoch = float(np.mean(model.times_tdb[frames[seen]]))
    phase += start[1] * (epoch - model.phase_epoch_tdb)
    values = (phase, *start[1:2], tilt_x, tilt_y, *start[4:])
    parameters = tuple(replace(p, value=float(v)) for p, v in zip(model.parameters, values, strict=True))
    return replace(model, phase_epoch_tdb=epoch, parameters=parameters), score


def _with_priors_of(model: LabelModel, known: LabelModel) -> tuple[LabelModel, np.ndarray]:
    """Return the known priors at the model's phase epoch, and the model's values as a start for the fit."""
    start = np.array([p.value for p in model.parameters])
    parameters = (model.parameters[0], *known.parameters[1:])
    return replace(model, parameters=parameters), start


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
        Too little limb shows.
    """
    tell = progress or _silent
    cameras = cameras_of(image)
    frames = np.array(image.raw.frames) - 1
    valid = np.isfinite(image.radiance_factor) & ((image.quality & _BAD) == 0)
    radii = known.body.radii_km
    night_side = known.body.name == "IO"  # lit by Jupiter
    model: LabelModel | KernelModel
    tell("finding the body")
    if isinstance(known.model, LabelModel):
        searched, score = _found_phase(image, valid, cameras, frames, known)
        model, values = _with_priors_of(searched, known.model)
    else:
        model = known.model
        values = np.array([p.value for p in model.parameters])
        score = _kernel_score(image, valid, cameras, frames, known)
    tell("measuring the limb")

    def profiles_for(at: np.ndarray, reach: float, *, night: bool) -> LimbProfiles:
        return sample_limb(
            image.radiance_factor,
            valid,
            cameras,
            frames,
            model.view(at),
            radii_km=radii,
            reach_px=reach,
            night_side=night,
        )

    for reach in _FIRST_REACH_PX:
        edges = find_limb_edges(profiles_for(values, reach, night=False), psf_sigma_px=_USUAL_PSF_PX)
        if len(edges) < _FEW_POINTS:
            edges = find_limb_edges(profiles_for(values, reach, night=night_side), psf_sigma_px=_USUAL_PSF_PX)
        values = fit_limb(model, edges, cameras, frames, radii_km=radii, start=values, iterations=5).values
    tell("fitting the poses")
    for round_ in range(_FINAL_ROUNDS):
        profiles = profiles_for(values, _FINAL_REACH_PX, night=night_side)
        if round_ == 0:
            psf = _best_psf(profiles)
        edges = find_limb_edges(profiles, psf_sigma_px=psf)
        solution = fit_limb(model, edges, cameras, frames, radii_km=radii, start=values)
        values = solution.values
    fitted = cameras_of(image, solution["focal_length_px"][0])
    seen = body_in_view(solution.view, fitted, frames, radii)
    return Location(known, model, solution, fitted, frames, seen, psf, score)


def _silent(step: str) -> None:
    """Progress that nobody watches."""


def _kernel_score(
    image: CalibratedImage, valid: np.ndarray, cameras: tuple[StripCamera, ...], frames: np.ndarray, known: Orientation
) -> float:
    """Correlation with the disc that kernels predict."""
    assert isinstance(known.model, KernelModel)
    view = known.model.base
    distance = float(np.min(np.linalg.norm(view.position_km, axis=1)))
    radius_px = cameras[0].focal_length_px / cameras[0].summing * float(np.max(known.body.radii_km)) / distance
    cells = cells_of(
        image.radiance_factor,
        image.sigma,
        valid,
        cameras,
        frames,
        disc_radius_px=radius_px,
        phase_deg=_phase_deg(view),
    )
    score = correlation_with_prediction(cells, view, known.body.radii_km)
    if np.isnan(score):
        raise BodyNotFoundError(
            f"{image.raw.product_id}: {known.body.name} shows no lit ground in any framelet by the kernels"
        )
    if score < 0.1:
        raise BodyNotFoundError(
            f"{image.raw.product_id}: {known.body.name} does not show where the kernels put it "
            f"(correlation {score:.2f})"
        )
    return score


def _phase_deg(view: View) -> float:
    """Phase angle at the body's centre in mid-picture."""
    middle = view.n_frames // 2
    position = view.position_km[middle]
    cosine = position @ np.broadcast_to(view.sun, view.position_km.shape)[middle] / np.linalg.norm(position)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _best_psf(profiles: LimbProfiles) -> float:
    """Blur at which the edges are sharpest defined: the smallest median standard error, between trials by a parabola.

    Sunlit edges count, where there are any; a few hundred of them tell enough.
    """
    lit = profiles.sunlit if np.count_nonzero(profiles.sunlit) > _FEW_POINTS else np.ones(len(profiles), dtype=bool)
    chosen = np.flatnonzero(lit)
    chosen = chosen[:: max(1, len(chosen) // _PSF_LINES)]
    sample = profiles.chosen(chosen)
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
