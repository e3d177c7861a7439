"""Is there a shallow ocean of magma? Odds against a mostly solid mantle, and Re k2 by thickness of the melt."""

import math
from dataclasses import dataclass

import numpy as np

from perijove.interior.families import named_family
from perijove.studies.interior_inference import Evidence, Tell, inferred
from perijove.studies.interior_likelihood import Likelihood
from perijove.studies.interior_priors import PriorChoice
from perijove.tides.love import love_numbers

__all__ = ["MeltLayerCurve", "Odds", "melt_layer_curves", "odds_of"]

_RUNS, _LIVE = 2, 300
_ROOFS_KM = (30.0, 50.0, 100.0, 300.0, 500.0)
_MELT_FRACTIONS = (0.2, 0.3, 0.32)
_THICKNESS_KM = np.geomspace(1.0, 500.0, 80)


@dataclass(frozen=True)
class Odds:
    """Shallow magma ocean against mostly solid mantle, for equal odds beforehand.

    Attributes
    ----------
    choice : PriorChoice
    solid, ocean : Evidence
    """

    choice: PriorChoice
    solid: Evidence
    ocean: Evidence

    @property
    def log_odds(self) -> float:
        """Natural logarithm of the odds of the ocean."""
        return self.ocean.log - self.solid.log

    @property
    def sigma(self) -> float:
        """Its standard error, from the sampling."""
        return math.hypot(self.ocean.sigma, self.solid.sigma)


def odds_of(
    choice: PriorChoice, likelihood: Likelihood, *, live: int = _LIVE, seed: int = 0, tell: Tell = lambda _: None
) -> Odds:
    """Odds under one choice of priors, by two nested samplings of each hypothesis with so many live points."""
    solid, ocean = (
        inferred(hypothesis, likelihood, samples=1, live=live, runs=_RUNS, seed=seed, tell=tell).evidence
        for hypothesis in choice.hypotheses
    )
    return Odds(choice, solid, ocean)


@dataclass(frozen=True)
class MeltLayerCurve:
    """Re k2 of a family by the thickness of its melt layer.

    Attributes
    ----------
    label : str
    family : str
        Key of `FAMILIES`.
    thickness_km, re_k2 : array, shape (n,)
        NaN where the layer does not fit.
    """

    label: str
    family: str
    thickness_km: np.ndarray
    re_k2: np.ndarray


def melt_layer_curves() -> tuple[MeltLayerCurve, ...]:
    """Oceans by the depth of their roof, and partially molten shells under the lid by their melt fraction.

    All else is as the families have it by default. Oceans are static: the figure says nothing of very thin ones that
    could not flow fast enough.
    """
    ocean, molten = named_family("magma-ocean"), named_family("partially-molten")
    curves = []
    for roof_km in _ROOFS_KM:
        oceans = ocean.members({"ocean_thickness_km": _THICKNESS_KM, "ocean_depth_km": roof_km})
        k2 = love_numbers(oceans).k
        curves.append(MeltLayerCurve(f"roof at {roof_km:g} km", ocean.name, _THICKNESS_KM, k2.real))
    for melt in _MELT_FRACTIONS:
        shells = molten.members({"asthenosphere_thickness_km": _THICKNESS_KM, "melt_fraction": melt})
        k2 = love_numbers(shells).k
        curves.append(MeltLayerCurve(f"{melt:.0%} melt", molten.name, _THICKNESS_KM, k2.real))
    return tuple(curves)
