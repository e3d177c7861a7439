"""An Io of one temperature, whose k2/Q follows it: cycles of heat and eccentricity (Ojakangas & Stevenson 1986).

Hot rock dissipates more, and a more dissipative Io loses eccentricity, and with it the heat that kept it hot. Near
melting k2/Q goes with T to the power n and the heat that convection carries to the power m. A steady state then exists,
for the tide in Jupiter feeds a heat that does not depend on Io; but it is stable only where

    n < m + p,    p = (C T / heat) / (time in which the eccentricity settles).

Two things bound the swing: k2/Q stops falling where rock is cold, and volcanoes carry off what comes beyond melting.
"""

import math
from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import IO_MASS_KG
from perijove.bodies.io_melting import (
    IO_CONVECTION_EXPONENT_OJAKANGAS_1986,
    IO_K2_OVER_Q_EXPONENT_OJAKANGAS_1986,
    IO_MOLTEN_ROCK_SPENCER_2020,
)
from perijove.constants import SECONDS_PER_YEAR
from perijove.errors import FitError, InputError
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_model import ResonanceState, TidalModel
from perijove.evolution.tidal_rates import equilibrium_under_tides, tidal_moment

__all__ = ["CycleCriterion", "WarmIo", "cycle_criterion"]

_LEAST_SHARE = 0.2  # of k2/Q, where rock is cold: a choice, for nothing measures it
_ERUPTING_YEARS = 2e5  # how long melt stays: a choice, short against the swing; with a tenth of it heat peaks 4 % lower
_BELIEVED = (0.5, 1.2)  # temperatures over that of melting between which power laws may be asked


@dataclass(frozen=True)
class WarmIo:
    """Io as one temperature, between tidal heat, convection and volcanoes.

    Attributes
    ----------
    k2_over_q : float
        At melting.
    convected_w : float
        Heat that leaves without volcanoes at melting. What tides make beyond it erupts.
    temperature_k, melting_k : float
        At the start, and of the rock. Io's volcanoes say that it is melting now.
    k2_exponent, loss_exponent : float
        n and m.
    least_share : float
        Below this part of its value at melting k2/Q does not fall.
    heat_capacity_j_k : float
        Of Io as a whole.

    Notes
    -----
    Not modelled: temperature by depth, latent heat of what freezes and melts (its heat capacity is that of rock), and
    whatever convection does beside its power of T. All numbers but the tides are those of rock in the laboratory.
    """

    k2_over_q: float
    convected_w: float
    temperature_k: float = float(IO_MOLTEN_ROCK_SPENCER_2020.melting_temperature_k)
    melting_k: float = float(IO_MOLTEN_ROCK_SPENCER_2020.melting_temperature_k)
    k2_exponent: float = float(IO_K2_OVER_Q_EXPONENT_OJAKANGAS_1986)
    loss_exponent: float = float(IO_CONVECTION_EXPONENT_OJAKANGAS_1986)
    least_share: float = _LEAST_SHARE
    heat_capacity_j_k: float = IO_MASS_KG * IO_MOLTEN_ROCK_SPENCER_2020.heat_capacity_j_kg_k

    def __post_init__(self) -> None:
        """Check what the equations divide by."""
        positive = (self.convected_w, self.temperature_k, self.melting_k, self.heat_capacity_j_k)
        if not all(math.isfinite(each) and each > 0.0 for each in positive):
            raise InputError("an Io with a temperature needs heat flow, temperatures and heat capacity above 0")

    def _warmth(self, temperature_k: float) -> float:
        """Temperature over that of melting; a trial step that leaves what the laws describe is told to shorten."""
        warmth = temperature_k / self.melting_k
        if not _BELIEVED[0] < warmth < _BELIEVED[1]:
            raise FitError(f"Io at {temperature_k:.0f} K: the power laws hold near melting, {self.melting_k:g} K")
        return warmth

    def law(self, _frequency_rad_s: float, state: ResonanceState) -> float:
        """k2/Q at a temperature, as `TidalModel` takes it."""
        warm = self._warmth(state.temperature_k) ** self.k2_exponent
        return float(self.k2_over_q * max(warm, self.least_share))

    def convection_w(self, temperature_k: float) -> float:
        """Heat that leaves without volcanoes."""
        return float(self.convected_w * self._warmth(temperature_k) ** self.loss_exponent)

    def volcanism_w(self, temperature_k: float) -> float:
        """Heat that volcanoes carry off."""
        above_k = max(temperature_k - self.melting_k, 0.0)
        return self.heat_capacity_j_k * above_k / (_ERUPTING_YEARS * SECONDS_PER_YEAR)

    def warming_k_s(self, temperature_k: float, heat_w: float) -> float:
        """Rate of the temperature at a tidal heat."""
        lost_w = self.convection_w(temperature_k) + self.volcanism_w(temperature_k)
        return (heat_w - lost_w) / self.heat_capacity_j_k


@dataclass(frozen=True)
class CycleCriterion:
    """Whether the steady state under tides is stable.

    Attributes
    ----------
    k2_exponent, loss_exponent : float
        n and m.
    time_ratio : float
        p; NaN where the steady state is at melting, with volcanoes.
    steady_temperature_k, steady_heat_w : float
    """

    k2_exponent: float
    loss_exponent: float
    time_ratio: float
    steady_temperature_k: float
    steady_heat_w: float

    @property
    def cycles(self) -> bool:
        """True where it is not stable."""
        return self.k2_exponent > self.loss_exponent + self.time_ratio


def cycle_criterion(family: EquilibriumFamily, state: np.ndarray, tides: TidalModel, io: WarmIo) -> CycleCriterion:
    """Criterion of Ojakangas & Stevenson (1986) in the resonance of all three moons.

    Parameters
    ----------
    family : EquilibriumFamily
    state : array, shape (14,)
        A member that gives the mean motions of Io and Callisto.
    tides : TidalModel
        Jupiter's tides count; Io's k2/Q is taken from `io`.
    io : WarmIo

    Returns
    -------
    CycleCriterion

    Raises
    ------
    FitError
        If the tides have no equilibrium.
    """

    def at_rest(k2_over_q: float) -> tuple[TidalModel, np.ndarray]:
        model = TidalModel(jupiter=tides.jupiter, moons={"IO": k2_over_q}, locks=tides.locks)
        return model, equilibrium_under_tides(family, state, model)

    model, rest = at_rest(io.k2_over_q)
    heat_w = float(tidal_moment(family, rest, model).heat_w[0])  # hangs on Jupiter alone, to 1 %
    temperature_k = io.melting_k * (heat_w / io.convected_w) ** (1.0 / io.loss_exponent)
    if temperature_k >= io.melting_k:
        return CycleCriterion(io.k2_exponent, io.loss_exponent, math.nan, io.melting_k, heat_w)
    seen = ResonanceState(0.0, np.empty(4), np.empty(4), 0.0, temperature_k)
    model, rest = at_rest(io.law(0.0, seen))
    n = family.gradient(rest)[:4]
    aside = family.at_mean_motions(n[0], 0.5 * (n[0] - 1.01 * (n[0] - 2.0 * n[1])), n[3])
    moment, here = tidal_moment(family, aside, model), tidal_moment(family, rest, model)
    offset = moment.eccentricity[0] - here.eccentricity[0]
    settling_s = (
        -offset / (moment.eccentricity_rate_per_year[0] - here.eccentricity_rate_per_year[0]) * SECONDS_PER_YEAR
    )
    cooling_s = io.heat_capacity_j_k * temperature_k / heat_w
    return CycleCriterion(io.k2_exponent, io.loss_exponent, float(cooling_s / settling_s), temperature_k, heat_w)
