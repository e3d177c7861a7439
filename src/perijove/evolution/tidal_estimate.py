"""k2/Q of Jupiter and of Io as they were measured, by name, with the correlation that a common fit leaves.

At a given state the accelerations are linear in both k2/Q. Io's was measured to a hundredth of what either tide alone
would make, so the pair lies on a line, whoever measured its place on that line:

    A k2/Q(Jupiter) + B k2/Q(Io) = (dn/dt)/n of Io.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import ndtri

from perijove.bodies.galilean import (
    GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR,
    IO_K2_OVER_Q_LAINEY_2009,
    IO_Q_PARK_2025,
    IO_RE_K2_PARK_2025,
)
from perijove.bodies.jupiter import JUPITER_K2_OVER_Q_LAINEY_2009
from perijove.errors import InputError
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_model import LAINEY_2009, K2OverQ, TidalModel, power_of_frequency
from perijove.evolution.tidal_rates import tidal_moment

__all__ = ["ESTIMATES", "K2OverQEstimate", "acceleration_partials", "jupiter_law", "k2_over_q_estimate"]

_UNIT = (float(JUPITER_K2_OVER_Q_LAINEY_2009), float(IO_K2_OVER_Q_LAINEY_2009))
_JUPITER, _IO = 0, 1


@dataclass(frozen=True)
class K2OverQEstimate:
    """k2/Q of Jupiter and of Io, in this order, with their covariance.

    Attributes
    ----------
    mean : array, shape (2,)
    covariance : array, shape (2, 2)
    source : str
        Where they come from, as a clause.
    """

    mean: np.ndarray
    covariance: np.ndarray
    source: str = "given"

    @property
    def sigma(self) -> np.ndarray:
        """Standard errors, shape (2,)."""
        result: np.ndarray = np.sqrt(np.diag(self.covariance))
        return result

    @property
    def axes(self) -> np.ndarray:
        """One standard error along each principal axis, shape (2, 2), one a row; both k2/Q count in relative terms."""
        scale = np.outer(self.mean, self.mean)
        size, direction = np.linalg.eigh(self.covariance / scale)
        result: np.ndarray = (direction * np.sqrt(np.maximum(size, 0.0))).T * self.mean
        return result[::-1]

    def sigma_of(self, quantity: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Standard errors of what follows from the pair, to first order, over half of each axis."""
        halves = [quantity(self.mean + 0.5 * axis) - quantity(self.mean - 0.5 * axis) for axis in self.axes]
        result: np.ndarray = np.sqrt(np.sum(np.square(halves), axis=0))
        return result

    def draws(self, count: int, *, seed: int = 0) -> np.ndarray:
        """Random pairs of k2/Q, shape (count, 2), none negative.

        They are evenly spread in probability along each axis (Latin hypercube), which makes the percentiles of forty
        draws as good as those of some hundred independent ones.
        """
        generator = np.random.default_rng(seed)
        found = np.empty((0, 2))
        while len(found) < count:
            strata = generator.permuted(np.tile(np.arange(count), (2, 1)), axis=1).T
            more = self.mean + ndtri((strata + generator.random((count, 2))) / count) @ self.axes
            found = np.vstack([found, more[(more > 0.0).all(axis=1)]])
        return found[:count]


def jupiter_law(family: EquilibriumFamily, state: np.ndarray, k2_over_q: float, exponent: float) -> K2OverQ:
    """k2/Q of Jupiter at Io's tide of today, and a power of frequency at all others."""
    if exponent == 0.0:
        return k2_over_q
    at_rad_s = 2.0 * (LAINEY_2009.jupiter_spin_rad_s - float(family.gradient(state)[0]))
    return power_of_frequency(k2_over_q, exponent, at_rad_s=at_rad_s)


def acceleration_partials(family: EquilibriumFamily, state: np.ndarray, *, jupiter_exponent: float = 0.0) -> np.ndarray:
    """Change of (dn/dt)/n with k2/Q, that of Jupiter at Io's tide and a power of frequency at the other moons'.

    Returns
    -------
    array, shape (3, 2)
        Io, Europa and Ganymede, per year, by k2/Q of Jupiter and of Io; exact, as both act linearly.
    """
    law = jupiter_law(family, state, _UNIT[0], jupiter_exponent)
    by_jupiter = tidal_moment(family, state, TidalModel(jupiter=law, moons={})).acceleration_per_year
    by_io = tidal_moment(family, state, TidalModel(jupiter=0.0, moons={"IO": _UNIT[1]})).acceleration_per_year
    return np.stack([by_jupiter[:3] / _UNIT[0], by_io[:3] / _UNIT[1]], axis=1)


def _on_line(of_io: np.ndarray, known: int, measured: tuple[float, float], source: str) -> K2OverQEstimate:
    """The pair with Io's measured acceleration, from one of both; `of_io` are the partials of that acceleration."""
    rate, rate_sigma = GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR["IO"].measured
    value, sigma = measured
    other = 1 - known
    mean, along, across = np.empty(2), np.empty(2), np.zeros(2)
    mean[known], along[known] = value, sigma
    mean[other], along[other] = (rate - of_io[known] * value) / of_io[other], -of_io[known] / of_io[other] * sigma
    across[other] = rate_sigma / of_io[other]
    return K2OverQEstimate(mean, np.outer(along, along) + np.outer(across, across), source)


def _lainey_2009(of_io: np.ndarray) -> K2OverQEstimate:
    source = "k2/Q of Jupiter and the rate of Io of one fit, Lainey et al. 2009; k2/Q of Io from both"
    return _on_line(of_io, _JUPITER, JUPITER_K2_OVER_Q_LAINEY_2009.measured, source)


def _juno_2025(of_io: np.ndarray) -> K2OverQEstimate:
    (k2, k2_sigma), (q, q_sigma) = IO_RE_K2_PARK_2025.measured, IO_Q_PARK_2025.measured
    value = k2 / q
    source = (
        "Re k2 and Q of Io from Juno, Park et al. 2025; k2/Q of Jupiter from them and Io's rate, Lainey et al. 2009"
    )
    return _on_line(of_io, _IO, (value, value * float(np.hypot(k2_sigma / k2, q_sigma / q))), source)


ESTIMATES: Mapping[str, Callable[[np.ndarray], K2OverQEstimate]] = MappingProxyType(
    {"lainey-2009": _lainey_2009, "juno-2025": _juno_2025}
)
"""By name; each takes the partials of Io's acceleration, the first row of `acceleration_partials`."""


def k2_over_q_estimate(
    family: EquilibriumFamily, state: np.ndarray, name: str = "lainey-2009", *, jupiter_exponent: float = 0.0
) -> K2OverQEstimate:
    """k2/Q of Jupiter and Io as measured.

    Parameters
    ----------
    family : EquilibriumFamily
    state : array, shape (14,)
        Today's member.
    name : str
        One of `ESTIMATES`.
    jupiter_exponent : float
        With which power of frequency Jupiter's k2/Q goes; the estimate's is that at Io's tide.

    Returns
    -------
    K2OverQEstimate

    Raises
    ------
    InputError
        If the name is unknown.

    Notes
    -----
    ``lainey-2009``: k2/Q of Jupiter, k2/Q of Io and the three accelerations of Lainey et al. (2009) are one fit to one
    set of observations, not five measurements. Moving Jupiter's printed error along the line that keeps Io's
    acceleration makes ± 0.09 and ± 0.28e-10 per year for Europa and Ganymede, where 0.10 and 0.27 are printed, and
    ± 0.0026 for Io, where 0.003 is. To combine the five as if independent makes all errors 1.9 times too small.

    ``juno-2025``: -Im k2 = Re k2 / Q of Park et al. (2025), with both errors taken as independent, which gives the
    ± 0.0054 that they print for Im k2. Jupiter's k2/Q is what then keeps Io's acceleration of 2009.

    Io's acceleration itself is disputed by more than its error: between -0.074 ± 0.087 (Lieske 1987) and 4.54 ± 0.95
    (Goldstein & Jacobs 1995), 1e-10 per year, in work from eclipses and mutual events.
    """
    if name not in ESTIMATES:
        raise InputError(f"{name!r}: no estimate of k2/Q has this name; there are {', '.join(ESTIMATES)}")
    return ESTIMATES[name](acceleration_partials(family, state, jupiter_exponent=jupiter_exponent)[0])
