"""Whether a fit is to be believed: held against its priors, its residuals, and the whole picture.

A least-squares fit always ends somewhere. It is no location where points scatter by a pixel, or where the picture is
dark on ground that should be lit; and its errors are not to be trusted where it ends far outside of what was known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from perijove.errors import FitError
from perijove.junocam.limb.fit import LimbSolution
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.scene.backplanes import framelet_backplanes, framelet_ground_km
from perijove.scene.shot import Shot
from perijove.scene.spin import LabelModel, PoseModel

__all__ = ["LIMITS", "Limits", "Verdict", "verdict_on"]

_BAD = QUALITY.unusable | QUALITY.mask("strip_edge")
_STRIDE, _STRIDE_OF_RADIUS = 4, 0.02  # pixels looked at: every fourth, or more of a small disc
_LIT_INCIDENCE_DEG, _LIT_EMISSION_DEG = 80.0, 80.0
_BRIGHT_SHARE, _DARK_SHARE = 0.2, 0.1  # of the usual brightness of lit ground
_BRIGHT_SIGMAS, _DARK_SIGMAS = 3.0, 5.0
_SKY_FROM_PX, _SKY_FROM_RADII, _SKY_TO_RADII = 4.0, 0.2, 2.0
_MIN_PIXELS = 30
_MIN_COLOR_POINTS = 6


@dataclass(frozen=True)
class Limits:
    """Beyond the first of a pair a fit is doubtful, beyond the second it is refused.

    Attributes
    ----------
    pull : float
        Standard errors of a prior; there is no second.
    tilt_deg : float
        Of the spin axis from where it was taken to point; there is no second.
    color_px : float
        By which the limb of one colour lies off that of all, in place or size; there is no second.
    points : int
        Limb points; there is no second but that of the fit itself.
    rms_px : tuple of float
        Of the residuals.
    lit_share, dark_share : tuple of float
        Share of ground that should be lit and is bright, of sky that should be dark and is.
    """

    pull: float = 4.0
    tilt_deg: float = 1.2
    color_px: float = 0.3
    points: int = 20
    rms_px: tuple[float, float] = (0.5, 1.0)
    lit_share: tuple[float, float] = (0.97, 0.8)
    dark_share: tuple[float, float] = (0.97, 0.8)


LIMITS = Limits()
"""On 19 real and blindly simulated pictures that were located 0.11 to 0.65 px rms, 0.995 and 0.999 were found."""


@dataclass(frozen=True)
class Verdict:
    """What speaks for and against a fit.

    Attributes
    ----------
    pulls : mapping of str to float
        Fitted less prior value of each parameter, in standard errors of the prior.
    color_px : mapping of str to float
        By filter: mean residual of its limb points, positive where its limb stands outside that of all colours.
    points : int
        Limb points kept.
    rms_px : float
        Of their residuals.
    lit_share : float
        Of the pixels that should show sunlit ground, those that are bright; NaN where there are hardly any.
    dark_share : float
        Of the pixels about the disc that should show sky, those that are dark; NaN where there are hardly any.
    doubts : tuple of str
        A sentence for each limit that is passed.
    """

    pulls: Mapping[str, float]
    color_px: Mapping[str, float]
    points: int
    rms_px: float
    lit_share: float
    dark_share: float
    doubts: tuple[str, ...]


def verdict_on(
    image: CalibratedImage, shot: Shot, solution: LimbSolution, model: PoseModel, *, limits: Limits = LIMITS
) -> Verdict:
    """Hold a fit against priors, residuals and picture.

    Parameters
    ----------
    image : CalibratedImage
    shot : Shot
        With the fitted poses.
    solution : LimbSolution
    model : PoseModel
        That was fitted.
    limits : Limits

    Raises
    ------
    FitError
        If the fit locates nothing.
    """
    lit, dark = _shares(image, shot)
    points, rms = int(solution.kept.sum()), solution.rms_px
    if rms > limits.rms_px[1]:
        raise FitError(
            f"{points} limb points lie {rms:.1f} px rms off the best fit, more than {limits.rms_px[1]:g}: what was "
            f"taken for the limb is something else{_hint(model)}"
        )
    for share, limit, what in (
        (lit, limits.lit_share[1], "of what should be sunlit ground is bright"),
        (dark, limits.dark_share[1], "of what should be sky about the disc is dark"),
    ):
        if share < limit:
            raise FitError(f"only {share:.0%} {what}: the body is not where the fit puts it{_hint(model)}")
    colors = _color_px(shot, solution)
    doubts = [*_pulled(solution, model, limits), *_apart(colors, solution, limits)]
    if points < limits.points:
        doubts.append(f"The poses rest on {points} limb points only.")
    if rms > limits.rms_px[0]:
        doubts.append(f"The limb lies {rms:.2f} px rms off the fit: it is no sharp edge, or the poses are wrong.")
    if lit < limits.lit_share[0]:
        doubts.append(f"Only {lit:.1%} of what should be sunlit ground is bright.")
    if dark < limits.dark_share[0]:
        doubts.append(f"Only {dark:.1%} of what should be sky about the disc is dark.")
    return Verdict(solution.pulls, colors, points, rms, lit, dark, tuple(doubts))


def _hint(model: PoseModel) -> str:
    return (
        "; give the true spin axis (`spin_axis_deg`) or attitude (`kernels`)" if isinstance(model, LabelModel) else ""
    )


def _color_px(shot: Shot, solution: LimbSolution) -> dict[str, float]:
    """Mean residual of the points kept, by filter; filters with fewer than six are left out."""
    filters = np.array([camera.name for camera in shot.cameras])[solution.edges.framelet]
    here = {name: solution.kept & (filters == name) for name in dict.fromkeys(camera.name for camera in shot.cameras)}
    return {
        name: float(np.mean(solution.residual_px[points]))
        for name, points in here.items()
        if np.count_nonzero(points) >= _MIN_COLOR_POINTS
    }


def _apart(colors: Mapping[str, float], solution: LimbSolution, limits: Limits) -> list[str]:
    """Sentences on colours whose limb is another than that of the rest."""
    sentences = []
    values = solution.parameters.named(solution.values)
    for name, size in colors.items():
        x, y = (values.get(f"{name.lower()}_{side}_px", 0.0) for side in "xy")
        if np.hypot(x, y) > limits.color_px:
            sentences.append(
                f"The limb of {name} lies {np.hypot(x, y):.2f} px beside that of the other colours: their edges do not "
                "match by as much."
            )
        if abs(size) > limits.color_px:
            sentences.append(
                f"The limb of {name} stands {abs(size):.2f} px {'outside' if size > 0.0 else 'inside'} that of all "
                "colours: edges have a coloured seam of that width."
            )
    return sentences


def _pulled(solution: LimbSolution, model: PoseModel, limits: Limits) -> list[str]:
    """Sentences on parameters far outside their priors; both tilts of the spin axis share one."""
    sentences = []
    if isinstance(model, LabelModel) and (tilt := model.tilt_deg(solution.values)) > limits.tilt_deg:
        ra, dec = model.axis_ra_dec_deg(solution.values)
        sentences.append(
            f"The spin axis comes out {tilt:.1f} deg away from where it was taken to point, at RA {ra:.2f} and Dec "
            f"{dec:.2f} deg; the turn about the line of sight rests on it. Give the true axis (`spin_axis_deg`) or "
            "attitude (`kernels`)."
        )
    for name, pull in solution.pulls.items():
        if abs(pull) > limits.pull and not name.startswith("axis_tilt") and not name.endswith(("_x_px", "_y_px")):
            prior, value = solution.parameters[name], solution[name][0]
            sentences.append(
                f"{name} comes out {abs(pull):.1f} standard errors from what was known of it ({value:.6g} against "
                f"{prior.value:.6g} ± {prior.prior_sigma:.2g} {prior.unit}): the errors are too small."
            )
    return sentences


def _shares(image: CalibratedImage, shot: Shot) -> tuple[float, float]:
    """Share of lit ground that is bright, and of the sky about the disc that is dark.

    Ground of the median albedo would have the brightness a cos i; bright is what has a fifth of that.
    """
    ground, sky = [], []
    for index in np.flatnonzero(shot.in_view).tolist():
        camera, distance = shot.cameras[index], float(np.linalg.norm(shot.pose(index).position_km))
        radius_px = camera.focal_length_px / camera.summing * float(np.mean(shot.radii_km)) / distance
        stride = int(np.clip(_STRIDE_OF_RADIUS * radius_px, 1, _STRIDE))
        lattice = (index, slice(None, None, stride), slice(None, None, stride))
        value, sigma = image.radiance_factor[lattice], image.sigma[lattice]
        good = ((image.quality[lattice] & _BAD) == 0) & np.isfinite(value)
        planes = framelet_backplanes(shot, index, stride=stride)
        with np.errstate(invalid="ignore"):
            lit = good & (planes["incidence"] < _LIT_INCIDENCE_DEG) & (planes["emission"] < _LIT_EMISSION_DEG)
        ground.append(np.stack([value[lit], sigma[lit], np.cos(np.radians(planes["incidence"][lit]))]))
        # Sky is what misses a body larger by a few pixels, and near is what meets one of twice the size.
        larger = 1.0 + min(_SKY_FROM_PX / radius_px, _SKY_FROM_RADII)
        beyond = good.copy()
        for scale, misses in ((larger, True), (_SKY_TO_RADII, False)):
            if distance > scale * float(np.max(shot.radii_km)):  # seen from within it is everywhere
                swollen = replace(shot, radii_km=scale * shot.radii_km)
                beyond &= np.isnan(framelet_ground_km(swollen, index, stride=stride)[0]) == misses
            elif misses:
                beyond[:] = False
        sky.append(np.stack([value[beyond], sigma[beyond]]))
    if not ground:
        return np.nan, np.nan
    (bright, bright_sigma, cosine), (dim, dim_sigma) = (np.concatenate(parts, axis=1) for parts in (ground, sky))
    if len(bright) < _MIN_PIXELS:
        return np.nan, np.nan
    albedo, level = float(np.median(bright / cosine)), float(np.median(bright))
    lit_share = float(np.mean(bright > np.maximum(_BRIGHT_SHARE * albedo * cosine, _BRIGHT_SIGMAS * bright_sigma)))
    if len(dim) < _MIN_PIXELS:
        return lit_share, np.nan
    return lit_share, float(np.mean(np.abs(dim) < np.maximum(_DARK_SHARE * level, _DARK_SIGMAS * dim_sigma)))
