"""What k2/Q may depend on, by a few numbers: the choices of `perijove evolve`."""

from dataclasses import dataclass

import numpy as np

from perijove.errors import InputError
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_estimate import jupiter_law
from perijove.evolution.tidal_model import ResonanceLock, TidalModel
from perijove.evolution.warm_io import WarmIo

__all__ = ["TidalLaws"]

_STEEPEST = 10.0  # exponent of frequency; the moons' tides in Jupiter lie within a factor of 1.3


@dataclass(frozen=True)
class TidalLaws:
    """Laws for k2/Q of Jupiter and Io; as it stands, both are constant.

    Attributes
    ----------
    jupiter_exponent : float
        Jupiter's k2/Q goes with this power of the tide's frequency (`tidal_model.power_of_frequency`).
    lock : ResonanceLock or None
        A moon that keeps in step with an oscillation of Jupiter.
    feedback_w : float or None
        Io's k2/Q follows its temperature (`warm_io.WarmIo`), and this is the heat that convection carries at melting.
    """

    jupiter_exponent: float = 0.0
    lock: ResonanceLock | None = None
    feedback_w: float | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not abs(self.jupiter_exponent) <= _STEEPEST:
            raise InputError(f"exponent of frequency {self.jupiter_exponent:g}: give -{_STEEPEST:g} to {_STEEPEST:g}")

    def steady(self, family: EquilibriumFamily, state: np.ndarray, k2_over_q: np.ndarray) -> TidalModel:
        """The tides of a pair of k2/Q, with Io as warm as now."""
        jupiter = jupiter_law(family, state, float(k2_over_q[0]), self.jupiter_exponent)
        locks = () if self.lock is None else (self.lock,)
        return TidalModel(jupiter=jupiter, moons={"IO": float(k2_over_q[1])}, locks=locks)

    def made(
        self, family: EquilibriumFamily, state: np.ndarray, k2_over_q: np.ndarray
    ) -> tuple[TidalModel, WarmIo | None]:
        """The tides of a pair of k2/Q, and the Io that they warm."""
        tides = self.steady(family, state, k2_over_q)
        if self.feedback_w is None:
            return tides, None
        io = WarmIo(float(k2_over_q[1]), self.feedback_w)
        return TidalModel(jupiter=tides.jupiter, moons={"IO": io.law}, locks=tides.locks), io

    @property
    def in_short(self) -> str:
        """In a few words."""
        words = []
        if self.jupiter_exponent:
            words.append(f"Jupiter's as frequency^{self.jupiter_exponent:g}")
        if self.lock is not None:
            words.append(f"{self.lock.moon.capitalize()} locked, t = {self.lock.years / 1e9:g} Gyr")
        if self.feedback_w is not None:
            words.append("Io's follows its temperature")
        return "; ".join(words) if words else "held constant"

    @property
    def presumes(self) -> tuple[str, ...]:
        """What each law takes for granted, a clause each."""
        jupiter = (
            "Jupiter's at every frequency"
            if not self.jupiter_exponent
            else f"Jupiter's as the power {self.jupiter_exponent:g} of frequency, which no measurement tells"
        )
        held = "k2/Q of Jupiter and of Io" if self.feedback_w is None else "k2/Q of Jupiter"
        words = [f"{held} constant over the whole span, and {jupiter}"]
        if self.lock is not None:
            words.append(
                f"{self.lock.moon.capitalize()} locked, in place of that, to an oscillation of Jupiter that nobody has "
                f"seen, whose frequency grows in {self.lock.years / 1e9:g} Gyr, taken as exact (Fuller et al. 2016)"
            )
        if self.feedback_w is not None:
            words.append(
                f"Io of one temperature, melting now; {self.feedback_w / 1e12:g} TW of its heat leave by convection, "
                "with T^10, the rest by volcanoes; k2/Q goes with T^25 (laboratory: 20 to 30) down to a fifth "
                "(Ojakangas & Stevenson 1986)"
            )
        return tuple(words)
