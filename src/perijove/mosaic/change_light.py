"""Light taken out of the ratio of two maps: a photometric law for each, and what is left on large scales.

All is fitted to ground that did not change, robustly and for each colour: albedo cancels in the ratio, so no law has
to know it.
"""

from dataclasses import dataclass

import numpy as np

from perijove.geometry.projections import MapGrid
from perijove.mosaic.change_grid import Sampled, blurred, coarse_level

__all__ = ["Light", "light_of", "log_ratio"]

_MINNAERT_K, _MINNAERT_SIGMA = 0.7, 0.25
_CONTRAST_SIGMA, _BASE_MAP_CONTRAST_SIGMA = 0.15, 1.0  # of the exponent between both brightnesses
_SAMPLES = 40_000
_ROUNDS = 8
_TUKEY = 4.0
_LEAST_COSINE = 0.02


@dataclass(frozen=True, eq=False)
class Light:
    """What was taken out of the logarithm of after over before.

    Attributes
    ----------
    model : array, shape (bands, rows, columns)
        Of the law, natural logarithm; NaN where nothing can be compared.
    level : array, same shape
        What is left on scales of `level_km` and more: calibration, flat field, levelling.
    level_km : float
        Standard deviation of the Gaussian that tells large scales from deposits.
    parameters : list of dict
        By band: ``offset``, ``k_before``, ``k_after`` (Minnaert's), ``contrast`` (exponent of after against before,
        less 1) and their standard errors ``..._sigma``, and ``scatter``, what is left of a pixel (robust,
        natural logarithm).
    """

    model: np.ndarray
    level: np.ndarray
    level_km: float
    parameters: list[dict[str, float]]


def log_ratio(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Natural logarithm of after over before, NaN where either is not positive."""
    with np.errstate(invalid="ignore", divide="ignore"):
        good = (before > 0.0) & (after > 0.0)
        return np.where(good, np.log(np.where(good, after, 1.0) / np.where(good, before, 1.0)), np.nan)


def light_of(
    before: Sampled,
    after: Sampled,
    clear: np.ndarray,
    grid: MapGrid,
    *,
    level_km: float,
    are_normal: tuple[bool, bool],
    base_map: bool,
) -> Light:
    """Light between two maps.

    Parameters
    ----------
    before, after : Sampled
    clear : array of bool, shape (rows, columns)
        Ground that can be compared and is not known to have changed.
    grid : MapGrid
    level_km : float
        Of the Gaussian that takes large scales out.
    are_normal : tuple of bool
        Whether a law was divided out of the first map, and of the second.
    base_map : bool
        Whether one of the maps is of unknown contrast.

    Notes
    -----
    ln(after / before) = offset + k_a ln mu0_a + (k_a - 1) ln mu_a - k_b ln mu0_b - (k_b - 1) ln mu_b + g ln R, with
    Minnaert's law (1941, ApJ 93:403) for each map, priors k = 0.7 +- 0.25, and g for ground whose brightness changes
    with phase angle by its albedo, or for a base map's contrast; R is the smoothed geometric mean of both, so that
    noise and deposits do not enter both sides. Tukey's biweight leaves out what changed.
    """
    models, levels, parameters = [], [], []
    for band in range(len(before.values)):
        difference = log_ratio(before.values[band], after.values[band])
        design, fixed, prior, sigma = _design(before, after, band, grid, are_normal=are_normal, base_map=base_map)
        fitted, covariance, scatter = _fitted(difference - fixed, design, prior, sigma, clear)
        model = fixed + np.tensordot(fitted, design, 1)
        left = np.where(clear, difference - model, np.nan)
        # Tukey's limit again: what changed must not be taken for a level before it is known to have changed.
        quiet = np.where(np.abs(left) < _TUKEY * scatter, left, np.nan)
        models.append(model)
        levels.append(coarse_level(quiet, grid, level_km))
        errors = np.sqrt(np.diag(covariance))
        names = ("offset", "k_after", "k_before", "contrast")
        found = dict(zip(names, fitted.tolist(), strict=True))
        found |= {f"{name}_sigma": float(error) for name, error in zip(names, errors, strict=True)}
        parameters.append(found | {"scatter": scatter})
    return Light(np.stack(models), np.stack(levels), level_km, parameters)


def _design(
    before: Sampled, after: Sampled, band: int, grid: MapGrid, *, are_normal: tuple[bool, bool], base_map: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Terms of the logarithm, shape (4, rows, columns), what has no parameter, and prior and its error of each term."""
    terms, fixed = [np.ones(grid.shape)], np.zeros(grid.shape)
    for one, sign, normal in ((after, 1.0, are_normal[1]), (before, -1.0, are_normal[0])):
        if normal or one.incidence_deg is None or one.emission_deg is None:
            terms.append(np.zeros(grid.shape))
            continue
        mu0, mu = (np.maximum(np.cos(np.radians(a)), _LEAST_COSINE) for a in (one.incidence_deg, one.emission_deg))
        terms.append(sign * np.log(mu0 * mu))
        fixed = fixed - sign * np.log(mu)
    smooth = blurred(np.stack([_log(before.values[band]), _log(after.values[band])]), grid, 3.0 * grid.resolution_km)
    mean = 0.5 * smooth.sum(axis=0)
    terms.append(mean - np.nanmedian(mean))
    contrast = _BASE_MAP_CONTRAST_SIGMA if base_map else _CONTRAST_SIGMA
    prior = np.array([0.0, _MINNAERT_K, _MINNAERT_K, 0.0])
    return np.stack(terms), fixed, prior, np.array([10.0, _MINNAERT_SIGMA, _MINNAERT_SIGMA, contrast])


def _log(values: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(values > 0.0, np.log(np.where(values > 0.0, values, 1.0)), np.nan)


def _fitted(
    difference: np.ndarray, design: np.ndarray, prior: np.ndarray, prior_sigma: np.ndarray, clear: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Robust least squares under a prior: parameters, covariance, and the scatter of what is left."""
    use = clear & np.isfinite(difference) & np.isfinite(design).all(axis=0)
    index = np.flatnonzero(use)
    index = index[:: max(1, len(index) // _SAMPLES)]
    a, b = design.reshape(len(design), -1)[:, index].T, difference.ravel()[index]
    fitted = np.array(prior)
    fitted[0] = np.median(b - a[:, 1:] @ prior[1:]) if len(b) else 0.0
    scatter, normal = 1.0, np.diag(1.0 / prior_sigma**2)
    for _ in range(_ROUNDS if len(b) else 0):
        left = b - a @ fitted
        scatter = max(1.4826 * float(np.median(np.abs(left))), 1e-4)
        weight = np.maximum(1.0 - (left / (_TUKEY * scatter)) ** 2, 0.0) ** 2
        # One pixel in a hundred counts as independent: what the law misses is as large as whole landscapes.
        normal = (a.T * weight) @ a / (100.0 * scatter**2) + np.diag(1.0 / prior_sigma**2)
        pull = (a.T * weight) @ b / (100.0 * scatter**2) + prior / prior_sigma**2
        fitted = np.linalg.solve(normal, pull)
    return fitted, np.linalg.inv(normal), scatter
