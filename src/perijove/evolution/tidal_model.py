"""Laws of tidal dissipation in Jupiter and its moons: numbers, or functions of frequency and state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_RADII_KM, IO_K2_OVER_Q_LAINEY_2009
from perijove.bodies.jupiter import (
    JUPITER_K2_OVER_Q_LAINEY_2009,
    JUPITER_MOMENT_OF_INERTIA_FACTOR,
    JUPITER_ROTATION,
)
from perijove.constants import SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.evolution.averaged import MOONS, AveragedSystem

__all__ = ["LAINEY_2009", "K2OverQ", "ResonanceState", "TidalModel"]

_LARGEST_K2_OVER_Q = 1.5  # k2 of a homogeneous fluid, all of it lagging by a quarter


@dataclass(frozen=True)
class ResonanceState:
    """What a law of k2/Q may depend on.

    Attributes
    ----------
    time_s : float
        Since the start of the evolution.
    mean_motion_rad_s, eccentricity : array, shape (4,)
        Io, Europa, Ganymede, Callisto.
    jupiter_spin_rad_s : float
    temperature_k : float
        Of the interior model that runs along; NaN without one.
    """

    time_s: float
    mean_motion_rad_s: np.ndarray
    eccentricity: np.ndarray
    jupiter_spin_rad_s: float
    temperature_k: float = float("nan")


K2OverQ = float | Callable[[float, ResonanceState], float]
"""-Im k2, at least 0: a number, or a function of the tide's frequency (rad/s, positive) and of the state."""


def _checked(value: float, where: str) -> float:
    number = float(value)
    if not 0.0 <= number <= _LARGEST_K2_OVER_Q:
        raise InputError(f"{where} k2/Q = {number:g}: give a number from 0 (elastic) to {_LARGEST_K2_OVER_Q}")
    return number


def _value(law: K2OverQ, frequency: float, state: ResonanceState, where: str) -> float:
    return _checked(law(frequency, state), where) if callable(law) else law


@dataclass(frozen=True)
class TidalModel:
    """Tides in Jupiter and in its moons.

    Attributes
    ----------
    jupiter : number, function, or mapping of moon to one of these
        k2/Q of Jupiter. A number holds for all frequencies and moons; a mapping gives each moon its own, and moons
        that it leaves out raise no tide.
    moons : mapping of moon to number or function
        k2/Q of the moons, which turn synchronously; those left out are elastic.
    jupiter_spin_rad_s : float
        Now.
    jupiter_inertia_factor : float
        C / (M R²).
    radii_km : mapping
        Mean radii of the moons.

    Notes
    -----
    To second order in e and planar: no obliquity tides, no tides of one moon on another, no cross terms of the moons'
    bulges on Jupiter (of different frequency, they average out).
    """

    jupiter: K2OverQ | Mapping[str, K2OverQ] = JUPITER_K2_OVER_Q_LAINEY_2009
    moons: Mapping[str, K2OverQ] = field(default_factory=lambda: {"IO": IO_K2_OVER_Q_LAINEY_2009})
    jupiter_spin_rad_s: float = float(np.radians(JUPITER_ROTATION[1]) / SECONDS_PER_DAY)
    jupiter_inertia_factor: float = JUPITER_MOMENT_OF_INERTIA_FACTOR
    radii_km: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(dict(GALILEAN_MEAN_RADII_KM)))

    def __post_init__(self) -> None:
        """Check names and the numbers among the laws."""
        for where, given in (("Jupiter's", self.jupiter), ("a moon's", self.moons)):
            laws = dict(given) if isinstance(given, Mapping) else {MOONS[0]: given}
            unknown = set(laws) - set(MOONS)
            if unknown:
                raise InputError(f"{where} k2/Q for {', '.join(sorted(unknown))}: the moons are {', '.join(MOONS)}")
            for law in laws.values():
                if not callable(law):
                    _checked(law, where)

    def radii_5(self, system: AveragedSystem) -> np.ndarray:
        """Fifth powers of the radii of Jupiter and its moons, km⁵."""
        return np.array([system.radius_km, *(self.radii_km[name] for name in MOONS)]) ** 5

    def inertia(self, system: AveragedSystem) -> float:
        """Jupiter's moment of inertia times G, km⁵/s²."""
        return self.jupiter_inertia_factor * system.jupiter_gm_km3_s2 * system.radius_km**2

    def k2_over_q(self, state: ResonanceState, apsidal_rate_rad_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Values at this moment.

        Parameters
        ----------
        state : ResonanceState
        apsidal_rate_rad_s : float
            Of the perijoves: 2 n2 - n1 in the resonance.

        Returns
        -------
        array, shape (4, 4)
            Of Jupiter, per moon and wave (in the order of `tidal_kernel`); negative where the wave outruns the spin.
        array, shape (4,)
            Of the moons.
        """
        spin, n, g = state.jupiter_spin_rad_s, state.mean_motion_rad_s, apsidal_rate_rad_s
        waves = np.stack([2.0 * (spin - n), 2.0 * spin - 3.0 * n + g, 2.0 * spin - n - g, n - g], axis=1)
        planet, moons = np.sign(waves), np.zeros(4)
        for k, name in enumerate(MOONS):
            law = self.jupiter.get(name, 0.0) if isinstance(self.jupiter, Mapping) else self.jupiter
            if callable(law):
                planet[k] *= [_value(law, abs(float(frequency)), state, "Jupiter's") for frequency in waves[k]]
            else:
                planet[k] *= law
            moons[k] = _value(self.moons.get(name, 0.0), abs(float(waves[k, 3])), state, f"{name}'s")
        return planet, moons


LAINEY_2009 = TidalModel()
"""k2/Q of Jupiter and of Io from a century of astrometry (Lainey et al. 2009)."""
