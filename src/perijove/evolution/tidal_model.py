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

__all__ = ["LAINEY_2009", "K2OverQ", "ResonanceLock", "ResonanceState", "TidalModel", "power_of_frequency"]

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


def power_of_frequency(
    k2_over_q: float, exponent: float, *, at_rad_s: float
) -> Callable[[float, ResonanceState], float]:
    """k2/Q that goes with a power of the tide's frequency.

    Parameters
    ----------
    k2_over_q : float
        At one frequency.
    exponent : float
        0: constant; 1: a constant time lag (Darwin, Mignard); about -0.3: a rock far below its peak (Andrade).
    at_rad_s : float
        That frequency, as the moon's tide has it: 2 (spin - n).
    """

    def law(frequency_rad_s: float, _state: ResonanceState) -> float:
        return float(k2_over_q * (frequency_rad_s / at_rad_s) ** exponent)

    return law


@dataclass(frozen=True)
class ResonanceLock:
    """A moon whose tide keeps in step with an oscillation of Jupiter (Fuller, Luan & Quataert 2016).

    As Jupiter cools, the frequency w of the oscillation rises in Jupiter's turning frame: dw/dt = w / t. The nearer
    the moon's tide, 2 (spin - n), comes to it, the larger is k2/Q; so the moon settles where it is pushed outwards just
    as fast as the oscillation goes, and k2/Q follows from the push that this takes:

        d(spin - n)/dt = (spin - n) / t.

    Attributes
    ----------
    moon : str
    years : float
        t. Fuller et al. expect about the age of the Solar System; it is not measured.
    largest_k2_over_q : float
        On top of the resonance; where the lock would take more, or less than nothing, it breaks.

    Notes
    -----
    For a moon alone this is their (da/dt)/a = 2/3 [(spin - n) / (n t) - (dspin/dt) / n], and with Goldreich & Soter
    (1966) k2/Q = (da/dt)/a / [3 (m/M) (R/a)^5 n]. Not modelled: whether there is such an oscillation, how a moon was
    caught, and the width of the resonance (taken as narrow against the tide's frequency).
    """

    moon: str
    years: float
    largest_k2_over_q: float = _LARGEST_K2_OVER_Q

    def __post_init__(self) -> None:
        """Check the moon and the numbers."""
        if self.moon not in MOONS:
            raise InputError(f"lock of {self.moon}: the moons are {', '.join(MOONS)}")
        if not (np.isfinite(self.years) and self.years != 0.0 and self.largest_k2_over_q > 0.0):
            raise InputError(f"lock of {self.moon}: give a time that is finite and not 0, and a largest k2/Q above 0")


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
    locks : tuple of ResonanceLock
        Moons whose semidiurnal tide in Jupiter has, in place of the above, the k2/Q that their lock takes.

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

    locks: tuple[ResonanceLock, ...] = ()

    def __post_init__(self) -> None:
        """Check names and the numbers among the laws."""
        if len({lock.moon for lock in self.locks}) < len(self.locks):
            raise InputError("a moon can be locked to one oscillation only")
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
