"""Area, temperature and power of a hot spot from its radiation in a few bands, with what the bands leave open.

Model: k surfaces of areas A and shapes m, whose intensities add: I(band) = sum of A m(band; q), where q is the
temperature of a black body, or the age of the oldest lava of a flow. A enters linearly. So all q of a grid are taken in
turn; for each the areas have a normal distribution that is known in closed form, and of it equal draws are taken. Their
weights (likelihood, and priors uniform in the logarithms of A and q) make a posterior without a search for a best fit,
which also shows where there is none: with two bands one temperature is determined, two are not.

Powers are of Lambert surfaces (sigma T⁴ A of all components, into the hemisphere); an intensity that was corrected for
foreshortening has the area as seen from above. Ground colder than about 200 K does not show at 5 um: its power is
missing from every fit, and for Io's paterae that can be most of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perijove.bodies.infrared_bands import InfraredBand
from perijove.constants import SECONDS_PER_DAY, STEFAN_BOLTZMANN_W_M2_K4
from perijove.errors import InputError
from perijove.physics.planck import mean_spectral_radiance
from perijove.volcanoes.cooling_lava import lava_temperature_k, steady_flow_spectrum

__all__ = ["COLDEST_K", "HOTTEST_K", "Estimate", "SpectrumFit", "fit_black_bodies", "fit_cooling_flow"]

COLDEST_K, HOTTEST_K = 200.0, 1900.0
"""Temperatures considered: what is colder does not show in these bands, and no lava is known to be hotter."""
_GRID = {1: 480, 2: 56}
_DRAWS = {1: 48, 2: 40}
_AGES_S = (10.0, 1e9)
_PERCENT = (15.865, 50.0, 84.135, 2.275, 97.725)
_OPEN = 2.0  # ratio of the ends of a 68 per cent range beyond which a quantity counts as open
_EDGE_SHARE = 0.05
_W_PER_GW, _M2_PER_KM2 = 1e9, 1e6


@dataclass(frozen=True)
class Estimate:
    """A quantity by its posterior: median, and the ranges that hold 68 and 95 per cent."""

    median: float
    low: float
    high: float
    low_95: float
    high_95: float

    @property
    def is_open(self) -> bool:
        """Whether the data leave it open: the ends of the 68 per cent range differ by a factor of two and more."""
        return self.high > _OPEN * self.low


@dataclass(frozen=True)
class SpectrumFit:
    """What a spectrum says.

    Attributes
    ----------
    model : str
        ``1 black body``, ``2 black bodies`` or ``cooling flow``.
    bands : tuple of InfraredBand
    intensity, sigma : array, shape (n,)
        What was fitted, GW um-1 sr-1.
    fitted : array, shape (n,)
        Posterior mean of the model, the same unit.
    parameters : dict of str to Estimate
        ``temperature_k`` and ``area_km2`` (``temperature_1_k`` ... where there are two, the colder first), or
        ``oldest_days``, ``area_km2`` and ``growth_m2_s``; and ``power_gw``.
    correlation : float
        Of the logarithms of area and temperature (of the first component): near -1 they trade against each other.
    chi2 : float
        Least of all grid points.
    log_evidence : float
        Of models fitted to the same data the difference of two is the logarithm of their odds, with these priors.
    doubts : tuple of str
        What the data leave open, in sentences.
    """

    model: str
    bands: tuple[InfraredBand, ...]
    intensity: np.ndarray
    sigma: np.ndarray
    fitted: np.ndarray
    parameters: dict[str, Estimate]
    correlation: float
    chi2: float
    log_evidence: float
    doubts: tuple[str, ...]


def fit_black_bodies(
    bands: Sequence[InfraredBand], intensity: np.ndarray, sigma: np.ndarray, *, components: int = 1
) -> SpectrumFit:
    """Fit one or two black bodies.

    Parameters
    ----------
    bands : sequence of InfraredBand
        One or more; two components need four.
    intensity, sigma : array, shape (n,)
        Mean spectral intensity in each band and its standard error, GW um-1 sr-1, without the factor pi.
    components : int
        1 or 2.

    Returns
    -------
    SpectrumFit

    Raises
    ------
    InputError
        If shapes, errors or the number of bands do not allow it.
    """
    data = _checked(bands, intensity, sigma, needed={1: 1, 2: 4}.get(components, 0))
    if components not in _GRID:
        raise InputError(f"components {components}: give 1 or 2")
    grid = np.geomspace(COLDEST_K, HOTTEST_K, _GRID[components])
    shapes = np.stack([mean_spectral_radiance(band.low_um, band.high_um, grid) for band in bands])
    index = np.arange(grid.size)
    chosen = [index] if components == 1 else list(np.triu_indices(grid.size, 1))
    design = np.stack([shapes[:, each].T for each in chosen], axis=-1) * _M2_PER_KM2 / _W_PER_GW
    warm = np.stack([grid[each] for each in chosen], axis=-1)
    draws = _posterior(design, *data, count=_DRAWS[components])
    area, weight = draws.amplitude, draws.weight
    power = STEFAN_BOLTZMANN_W_M2_K4 * np.sum(area * warm[draws.point] ** 4, axis=-1) * _M2_PER_KM2 / _W_PER_GW
    parameters = {}
    for number in range(components):
        which = f"_{number + 1}" if components > 1 else ""
        parameters[f"temperature{which}_k"] = _estimate(warm[draws.point, number], weight)
        parameters[f"area{which}_km2"] = _estimate(area[:, number], weight)
    parameters["power_gw"] = _estimate(power, weight)
    name = f"{components} black bod{'y' if components == 1 else 'ies'}"
    logs = np.log(warm[draws.point, 0]), np.log(area[:, 0])
    return _made(name, bands, data, design, draws, parameters, logs=logs, edge=(COLDEST_K, HOTTEST_K), warm=warm)


def fit_cooling_flow(bands: Sequence[InfraredBand], intensity: np.ndarray, sigma: np.ndarray) -> SpectrumFit:
    """Fit a lava flow that grew steadily: its area and the age of its oldest lava.

    Parameters
    ----------
    bands, intensity, sigma
        As for `fit_black_bodies`; two bands or more.

    Returns
    -------
    SpectrumFit
        `cooling_lava` says what the model leaves out.

    Raises
    ------
    InputError
        As for `fit_black_bodies`.
    """
    data = _checked(bands, intensity, sigma, needed=2)
    ages = np.geomspace(*_AGES_S, _GRID[1])
    shapes = np.stack([steady_flow_spectrum(band.low_um, band.high_um, ages) for band in bands])
    design = shapes.T[..., None] * _M2_PER_KM2 / _W_PER_GW
    draws = _posterior(design, *data, count=_DRAWS[1])
    area, weight, oldest = draws.amplitude[:, 0], draws.weight, ages[draws.point]
    # Mean of T⁴ over ages: in their fourth root, as the spectrum.
    root = (np.arange(200) + 0.5) / 200.0
    fourth = np.mean(lava_temperature_k(ages[:, None] * root**4) ** 4 * 4.0 * root**3, axis=1)
    power = STEFAN_BOLTZMANN_W_M2_K4 * area * fourth[draws.point] * _M2_PER_KM2 / _W_PER_GW
    parameters = {
        "oldest_days": _estimate(oldest / SECONDS_PER_DAY, weight),
        "area_km2": _estimate(area, weight),
        "growth_m2_s": _estimate(area * _M2_PER_KM2 / oldest, weight),
        "power_gw": _estimate(power, weight),
    }
    logs = np.log(oldest), np.log(area)
    return _made("cooling flow", bands, data, design, draws, parameters, logs=logs, edge=_AGES_S, warm=ages[:, None])


@dataclass(frozen=True)
class _Draws:
    """Draws of the posterior: grid point, areas, weight; and what belongs to all."""

    point: np.ndarray
    amplitude: np.ndarray
    weight: np.ndarray
    chi2: float
    log_evidence: float


def _checked(
    bands: Sequence[InfraredBand], intensity: np.ndarray, sigma: np.ndarray, *, needed: int
) -> tuple[np.ndarray, np.ndarray]:
    value, error = np.asarray(intensity, dtype=float), np.asarray(sigma, dtype=float)
    if value.shape != (len(bands),) or error.shape != value.shape:
        raise InputError(f"{len(bands)} bands, {value.size} intensities, {error.size} errors: give as many of each")
    if len(bands) < needed:
        raise InputError(
            f"{len(bands)} bands: this model has more unknowns than that determines; give {needed} or more"
        )
    if not (np.isfinite(value).all() and np.isfinite(error).all() and (error > 0.0).all()):
        raise InputError("intensity and sigma must be finite, and every sigma above 0")
    return value, error


def _posterior(design: np.ndarray, value: np.ndarray, sigma: np.ndarray, *, count: int) -> _Draws:
    """Draws for a design of shape (points, bands, components)."""
    scaled, target = design / sigma[:, None], value / sigma
    normal = np.einsum("pbi,pbj->pij", scaled, scaled)
    # Areas span decades, so unit scale first: the inverse is then as good as the shapes differ.
    unit = 1.0 / np.sqrt(np.einsum("pii->pi", normal))
    matrix = normal * unit[:, :, None] * unit[:, None, :]
    components = matrix.shape[-1]
    matrix += 1e-9 * np.eye(components)
    covariance = np.linalg.inv(matrix)
    best = np.einsum("pij,pj->pi", covariance, np.einsum("pbi,b->pi", scaled, target) * unit)
    chi2 = np.sum((target - np.einsum("pbi,pi->pb", scaled, best * unit)) ** 2, axis=1)
    lower = np.linalg.cholesky(covariance)
    noise = np.random.default_rng(0).standard_normal((count, components))
    drawn = best[:, None, :] + np.einsum("pij,nj->pni", lower, noise)
    good = (drawn > 0.0).all(axis=-1)
    amplitude = np.where(drawn > 0.0, drawn, 1.0) * unit[:, None, :]
    # Likelihood integrated over the areas, times the prior 1/A of each draw.
    log_weight = -0.5 * chi2[:, None] + np.log(np.einsum("pii->pi", lower)).sum(axis=1)[:, None]
    log_weight = log_weight - np.log(np.where(good[..., None], drawn, 1.0)).sum(axis=-1)
    log_weight = np.where(good, log_weight, -np.inf)
    top = log_weight.max()
    if not np.isfinite(top):
        raise InputError("no surface of positive area is anywhere near these intensities; are they negative?")
    weight = np.exp(log_weight - top)
    point, number = np.nonzero(weight > 1e-9)
    return _Draws(
        point,
        amplitude[point, number],
        weight[point, number] / weight.sum(),
        float(chi2.min()),
        float(top + np.log(weight.mean())),
    )


def _estimate(values: np.ndarray, weight: np.ndarray) -> Estimate:
    order = np.argsort(values)
    below = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    low, middle, high, low_95, high_95 = np.interp(np.array(_PERCENT) / 100.0, below, values[order])
    return Estimate(float(middle), float(low), float(high), float(low_95), float(high_95))


def _made(
    model: str,
    bands: Sequence[InfraredBand],
    data: tuple[np.ndarray, np.ndarray],
    design: np.ndarray,
    draws: _Draws,
    parameters: dict[str, Estimate],
    *,
    logs: tuple[np.ndarray, np.ndarray],
    edge: tuple[float, float],
    warm: np.ndarray,
) -> SpectrumFit:
    fitted = np.einsum("n,nbi,ni->b", draws.weight, design[draws.point], draws.amplitude)
    centred = [each - draws.weight @ each for each in logs]
    spread = [float(np.sqrt(draws.weight @ each**2)) for each in centred]
    correlation = float(draws.weight @ (centred[0] * centred[1])) / (spread[0] * spread[1]) if all(spread) else 0.0
    doubts = [
        f"{name} is open: {one.low:.3g} to {one.high:.3g} with 68 %" for name, one in parameters.items() if one.is_open
    ]
    ends = draws.weight @ ((warm[draws.point] <= edge[0] * 1.02) | (warm[draws.point] >= edge[1] / 1.02))
    if (ends > _EDGE_SHARE).any():
        doubts.append(f"the limits of what is considered ({edge[0]:g} to {edge[1]:g}) take part in the answer")
    return SpectrumFit(
        model, tuple(bands), *data, fitted, parameters, correlation, draws.chi2, draws.log_evidence, tuple(doubts)
    )
