"""The averaged system: four moons about an oblate Jupiter, with the fast angles averaged away.

Of the mutual attraction are kept, to second order in the eccentricities, the terms that do not depend on the
longitudes and, for Io and Europa and for Europa and Ganymede, those near 2:1 (`disturbing_function`). Jupiter's J2, J4
and J6 act exactly in e to first order in J. Callisto acts through the secular terms.

Not modelled: inclinations (0.5 deg at most; 1e-4 of the attraction), Sun and Saturn (precession slower than the
resonance's by 1e-4), squares of the moons' masses and of J2 (1e-4 of what they correct), relativity.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.errors import InputError
from perijove.evolution.averaged_kernel import STATE_SIZE, energy_gradient
from perijove.resonance.disturbing_function import coefficient_polynomials

__all__ = [
    "AVERAGED_GALILEAN",
    "LARGEST_ECCENTRICITY",
    "MOONS",
    "AveragedSystem",
    "KernelTables",
    "averaged_state",
    "eccentricities",
]

LARGEST_ECCENTRICITY = 0.04  # up to here terms of third order stay below a few percent of those kept
MOONS = ("IO", "EUROPA", "GANYMEDE", "CALLISTO")
_RESONANT = {(0, 1): 0, (1, 2): 1}
_COMMENSURATE = (0.5 ** (2.0 / 3.0), 0.25 ** (2.0 / 3.0))  # α at 2:1 and at 4:1
_LOCKED, _WANDERING = 0.08, 0.25  # relative range of α: what a resonance holds, and what drifts apart
_GANYMEDE_CALLISTO = (3.0 / 7.0) ** (2.0 / 3.0)  # α at 7:3, where 7 n4 - 3 n3 is 0.045 deg per day

KernelTables = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class AveragedSystem:
    """Masses and figure of the averaged system.

    Attributes
    ----------
    gm_km3_s2 : tuple of float
        Io, Europa, Ganymede, Callisto; 1e-6 for one that should not pull.
    jupiter_gm_km3_s2 : float
    harmonics : tuple of float
        J2, J4, J6 of Jupiter.
    radius_km : float
        Of Jupiter, to which the harmonics refer.
    """

    gm_km3_s2: tuple[float, ...]
    jupiter_gm_km3_s2: float
    harmonics: tuple[float, ...]
    radius_km: float

    def __post_init__(self) -> None:
        """Check sizes and what the kernel divides by."""
        if len(self.gm_km3_s2) != 4 or len(self.harmonics) != 3:
            raise InputError("the averaged system has four moons and the harmonics J2, J4 and J6")
        if not np.all(np.array([*self.gm_km3_s2, self.jupiter_gm_km3_s2, self.radius_km]) > 0.0):
            raise InputError("masses and radius must be positive; give GM 1e-6 to a moon that should not pull")

    @property
    def masses(self) -> tuple[np.ndarray, np.ndarray]:
        """Reduced mass β times G, and μ = G (M + m), of each moon."""
        gm = np.array(self.gm_km3_s2)
        mu = self.jupiter_gm_km3_s2 + gm
        return self.jupiter_gm_km3_s2 * gm / mu, mu

    def kernel_tables(self) -> KernelTables:
        """Numbers for `averaged_kernel.energy_gradient`, in its order; made once per system."""
        return _kernel_tables(self)

    def energy(self, state: np.ndarray) -> float:
        """Energy of an averaged state (`averaged_state`) times G, km⁵/s⁴."""
        return float(energy_gradient(np.asarray(state, dtype=float), *self.kernel_tables(), np.empty(STATE_SIZE)))


@lru_cache(maxsize=16)
def _kernel_tables(system: AveragedSystem) -> KernelTables:
    alpha = {
        (0, 1): _COMMENSURATE[0],
        (1, 2): _COMMENSURATE[0],
        (0, 2): _COMMENSURATE[1],
        (2, 3): _GANYMEDE_CALLISTO,
        (1, 3): _COMMENSURATE[0] * _GANYMEDE_CALLISTO,
        (0, 3): _COMMENSURATE[1] * _GANYMEDE_CALLISTO,
    }
    return (
        np.array([system.jupiter_gm_km3_s2, *system.gm_km3_s2]),
        np.array(system.harmonics) * system.radius_km ** np.array([2.0, 4.0, 6.0]),
        np.array([[i, j, _RESONANT.get((i, j), -1)] for i, j in alpha]),
        np.array(list(alpha.values())),
        np.array(
            [
                coefficient_polynomials(value, half_width=_LOCKED if pair in _RESONANT else _WANDERING)
                for pair, value in alpha.items()
            ]
        ),
    )


def averaged_state(
    system: AveragedSystem, *, a_km: np.ndarray, e: np.ndarray, perijove_deg: np.ndarray, longitude_deg: np.ndarray
) -> np.ndarray:
    """Canonical state of mean elements.

    Parameters
    ----------
    system : AveragedSystem
    a_km, e, perijove_deg, longitude_deg : array, shape (4,)
        Mean semi-major axis, eccentricity, longitude of perijove and mean longitude, Io to Callisto.

    Returns
    -------
    array, shape (14,)
        As `averaged_kernel` takes it.
    """
    beta, mu = system.masses
    capital_lambda = beta * np.sqrt(mu * np.asarray(a_km))
    gamma = capital_lambda * (1.0 - np.sqrt(1.0 - np.asarray(e) ** 2))
    z = np.sqrt(2.0 * gamma) * np.exp(1j * np.radians(perijove_deg))
    longitude = np.radians(longitude_deg)
    theta = 2.0 * longitude[1:3] - longitude[:2]
    return np.concatenate([capital_lambda, z.real, z.imag, theta])


def eccentricities(state: np.ndarray) -> np.ndarray:
    """Eccentricities, shape (..., 4), of averaged states, shape (..., 14)."""
    state = np.asarray(state)
    half = 0.5 * (state[..., 4:8] ** 2 + state[..., 8:12] ** 2) / state[..., :4]
    result: np.ndarray = np.sqrt(half * (2.0 - half))
    return result


AVERAGED_GALILEAN = AveragedSystem(
    gm_km3_s2=JUPITER_AND_MOONS.gm_km3_s2,
    jupiter_gm_km3_s2=JUPITER_AND_MOONS.jupiter_gm_km3_s2,
    harmonics=JUPITER_AND_MOONS.harmonics[::2],
    radius_km=JUPITER_AND_MOONS.harmonics_radius_km,
)
"""Jupiter and its four large moons, with masses and figure as fitted to their motion."""
