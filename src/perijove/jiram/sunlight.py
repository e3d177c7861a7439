"""Sunlit ground and the light that Jupiter sheds on the night side: predicted, fitted, and taken away."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from perijove.jiram.background import Cleaned
from perijove.jiram.point_spread import PointSpread
from perijove.scene.backplanes import framelet_backplanes
from perijove.scene.shot import Shot

__all__ = ["GroundLight", "blurred", "fitted_ground", "planes_of"]

_ROUNDS = 3
_CLIP = 3.0
_MIN_PIXELS = 60
_HIGH_SUN = 0.6  # cosine of incidence


@dataclass(frozen=True, eq=False)
class GroundLight:
    """Light of the ground in a band's half.

    Attributes
    ----------
    counts : array, shape (rows, columns)
        Fitted; 0 on the sky.
    sunlight : float or None
        Counts of sunlit ground over cos(incidence), by least squares; None where too little of it shows.
    night : float or None
        Counts of the night side: Jupiter's light and warm ground.
    relative_scatter : float
        Of sunlit ground about the fit: how far its own markings and unknown photometry go.
    """

    counts: np.ndarray
    sunlight: float | None
    night: float | None
    relative_scatter: float


def planes_of(shot: Shot) -> Mapping[str, np.ndarray]:
    """Geometry of a band pixel by pixel; see `framelet_backplanes`."""
    return framelet_backplanes(shot, 0)


def blurred(picture: np.ndarray, spread: PointSpread) -> np.ndarray:
    """Convolve a picture of ground, sampled at pixel centres, with what the optics and the smear do."""
    out = np.zeros_like(picture)
    for along_x, along_y in spread.stamps(9):
        out += ndimage.correlate1d(ndimage.correlate1d(picture, along_x, axis=1), along_y, axis=0)
    return out


def fitted_ground(cleaned: Cleaned, planes: Mapping[str, np.ndarray], spread: PointSpread) -> GroundLight:
    """Fit the light of the ground: a cubic in cos(incidence) where the Sun shines, a level where it does not.

    Parameters
    ----------
    cleaned : Cleaned
    planes : mapping
        From `planes_of`.
    spread : PointSpread

    Notes
    -----
    Not modelled: markings of the ground (`relative_scatter`), and how the law of scattering depends on emission and
    phase, which over one frame is a slow change and goes into the local level of `photometry`.
    """
    emission, incidence = planes["emission"], planes["incidence"]
    on = np.isfinite(emission)
    if not on.any():
        return GroundLight(np.zeros_like(cleaned.counts), None, None, 0.0)
    mu0 = np.where(on, np.cos(np.radians(np.minimum(incidence, 90.0))), 0.0)
    mu = np.where(on, np.cos(np.radians(emission)), 0.0)
    terms = [on.astype(float), mu0]
    if mu0.max() > _HIGH_SUN:  # under a low Sun the rest cannot be told apart
        terms += [mu0**2, mu0**3, mu0 * mu]
    design = np.stack([blurred(np.where(on, term, 0.0), spread) for term in terms], axis=-1)
    lit = on & (mu0 > 0.0)
    if np.count_nonzero(lit & cleaned.good) < _MIN_PIXELS:
        design = design[..., :1]
    use = cleaned.good & (design[..., 0] > 0.02)
    if np.count_nonzero(use) < _MIN_PIXELS:
        return GroundLight(np.zeros_like(cleaned.counts), None, None, 0.0)
    counts = cleaned.counts
    weight = 1.0 / np.hypot(cleaned.sigma, 0.1 * np.maximum(counts, 0.0))
    model = np.zeros_like(counts)
    for _ in range(_ROUNDS):
        a = design[use] * weight[use][:, None]
        solution = np.linalg.lstsq(a, counts[use] * weight[use], rcond=None)[0]
        model = design @ solution
        rest = counts - model
        weight = 1.0 / np.hypot(cleaned.sigma, 0.1 * np.maximum(model, 0.0))
        scaled = rest * weight
        level = float(np.median(scaled[use]))
        width = max(1.4826 * float(np.median(np.abs(scaled[use] - level))), 0.3)
        use = cleaned.good & (design[..., 0] > 0.02) & (np.abs(scaled - level) < _CLIP * width)
    if design.shape[-1] == 1:
        return GroundLight(model, None, float(solution[0]), 0.0)
    bright = use & (mu0 > 0.3)
    scatter = float(np.std((counts - model)[bright] / model[bright])) if np.count_nonzero(bright) > _MIN_PIXELS else 0.2
    lit &= use
    sunlight = float(np.sum((counts[lit] - solution[0]) * mu0[lit]) / np.sum(mu0[lit] ** 2)) if lit.any() else 0.0
    sunlight = max(sunlight, 0.0)
    return GroundLight(model, sunlight, float(solution[0]), scatter)
