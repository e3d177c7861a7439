"""How fast magma freezes into Io's crust, as far as volcanoes and the thickness of the crust tell."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri
from scipy.stats import norm, qmc

from perijove.bodies.io_interior import IO_RESOLVED_VOLCANIC_POWER_W
from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020
from perijove.constants import M_PER_KM, SECONDS_PER_YEAR
from perijove.errors import FitError, InputError, PrecisionError
from perijove.heat.crust import Plumbing, crust_in_balance
from perijove.studies.interior_priors import HYPOTHESES, Prior
from perijove.tides.radial_heating import RadialHeating

__all__ = ["PER_MYR", "PRESUMES", "PRIORS", "IntrusionPosterior", "intrusion_posterior"]

PER_MYR = 1.0 / (1e6 * SECONDS_PER_YEAR)
"""A rate of once per million years, 1/s."""

PRIORS = (
    Prior("intrusion_rate_per_s", 3.0 * PER_MYR, 300.0 * PER_MYR, log=True),
    Prior("intrusion_stop_k", 825.0, 1095.0),  # Spencer et al. 2020
    Prior("melting_temperature_k", 1400.0, 1700.0),
    Prior("conductivity_w_m_k", 3.0, 4.0),
)
"""What is held possible beforehand; the power is Gauss's with its own error."""

_LEAST = 0.01  # of the likelihood, whose largest is 1: else no draw agrees with the volcanoes
_CRUST = next(p for p in HYPOTHESES["mostly-solid-mantle"].priors if p.name == "lithosphere_thickness_km")

PRESUMES = (
    f"presumes a crust of {_CRUST.low:g} to {_CRUST.high:g} km, as the interiors that are held against the tides have "
    "it; lava that brings up at least what the resolved volcanoes radiate; a steady state, alike in all directions"
)
"""What the rate rests on, in words."""


@dataclass(frozen=True)
class IntrusionPosterior:
    """Draws from the prior of the intrusion rate, with weights.

    Attributes
    ----------
    rate_per_s, crust_km, erupted_w : array, shape (n,)
        Crust and lava are NaN where no crust that is thin enough carries the heat off.
    weight : array, shape (n,)
        They sum to 1.
    """

    rate_per_s: np.ndarray
    crust_km: np.ndarray
    erupted_w: np.ndarray
    weight: np.ndarray

    @property
    def effective_draws(self) -> float:
        """Draws of equal weight that these are worth (Kish)."""
        return float(1.0 / np.sum(self.weight**2))

    def quantiles(self, values: np.ndarray, levels: tuple[float, ...] = (0.05, 0.5, 0.95)) -> list[float]:
        """Quantiles of one of the arrays under the posterior."""
        order = np.argsort(values)
        order = order[self.weight[order] > 0.0]
        share = np.cumsum(self.weight[order]) - 0.5 * self.weight[order]
        return [float(value) for value in np.interp(levels, share, values[order])]


def intrusion_posterior(
    heating: RadialHeating,
    *,
    power_sigma_w: float,
    draws: int = 128,
    seed: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> IntrusionPosterior:
    """Which intrusion rates leave a crust that is neither too thin nor too thick, and volcanoes that are hot enough.

    Parameters
    ----------
    heating : RadialHeating
        With the power that is lost.
    power_sigma_w : float
        Standard error of that power.
    draws : int
        From the priors, each a crust: a fifth of a second.
    seed : int
    tell : callable
        Told how far it has come; may raise to end the run.

    Returns
    -------
    IntrusionPosterior

    Raises
    ------
    InputError
        If there are fewer than 8 draws, or the standard error is not below a third of the power.
    FitError
        If no draw agrees with what is known.

    Notes
    -----
    The likelihood is 0 for a crust beyond the bounds of `PRESUMES`, and elsewhere the probability that the resolved
    volcanoes radiate no more than the lava brings: known within their error, they are a lower bound. There is no other
    measure of the rate. Nothing forbids a crust of hundreds of kilometres but that bound.
    """
    if draws < 8:
        raise InputError(f"draws {draws}: give 8 or more")
    if not 0.0 < power_sigma_w < heating.power_w / 3.0:
        raise InputError(f"power_sigma_w {power_sigma_w:g}: not above 0 and below a third of {heating.power_w:g} W")
    sequence = qmc.Sobol(len(PRIORS) + 1, rng=np.random.default_rng(seed))
    points = sequence.random_base2(math.ceil(math.log2(draws)))[:draws]
    given = {prior.name: prior.value(points[:, k]) for k, prior in enumerate(PRIORS)}
    power_w = heating.power_w + power_sigma_w * ndtri(np.clip(points[:, -1], 1e-3, 1.0 - 1e-3))
    found = np.full((2, draws), np.nan)
    for k in range(draws):
        if k % 16 == 0:
            tell(f"intrusion: crust {k} of {draws}")
        row = {name: float(values[k]) for name, values in given.items()}
        found[:, k] = _crust(heating.with_power(float(power_w[k])), row)
    crust_km, erupted_w = found
    value, sigma = IO_RESOLVED_VOLCANIC_POWER_W.measured
    fits = (crust_km >= _CRUST.low) & (crust_km <= _CRUST.high)
    weight = np.where(fits, norm.cdf((erupted_w - value) / sigma), 0.0)
    if not weight.max() > _LEAST:
        raise FitError(f"{heating.name}: none of {draws} crusts agrees with what is known of Io's; ask for more draws")
    return IntrusionPosterior(given["intrusion_rate_per_s"], crust_km, erupted_w, weight / weight.sum())


def _crust(heating: RadialHeating, row: dict[str, float]) -> tuple[float, float]:
    """Thickness (km) of a crust in balance and the heat that erupts (W); NaN where there is none."""
    law = {name: row[name] for name in ("melting_temperature_k", "conductivity_w_m_k")}
    rock = replace(IO_MOLTEN_ROCK_SPENCER_2020, **law)
    plumbing = Plumbing(intrusion_rate_per_s=row["intrusion_rate_per_s"], intrusion_stop_k=row["intrusion_stop_k"])
    try:
        crust = crust_in_balance(heating, rock, plumbing, thickest_km=_CRUST.high)
    except PrecisionError:
        return math.nan, math.nan
    surface_m, warmth_k = heating.surface_km * M_PER_KM, rock.melting_temperature_k - rock.surface_temperature_k
    lava_m_s = float(crust.at(np.array([surface_m]))[0][0])
    erupted_w_m2 = rock.density_kg_m3 * lava_m_s * (rock.latent_heat_j_kg + rock.heat_capacity_j_kg_k * warmth_k)
    return (surface_m - crust.base_m) / M_PER_KM, 4.0 * math.pi * surface_m**2 * erupted_w_m2
