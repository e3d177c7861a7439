"""What tides do to the Laplace resonance at one moment: accelerations, heat, equilibrium eccentricity."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, SECONDS_PER_YEAR
from perijove.errors import FitError
from perijove.evolution.averaged import LARGEST_ECCENTRICITY, MOONS, eccentricities
from perijove.evolution.averaged_kernel import STATE_SIZE, X
from perijove.evolution.equilibrium_kernel import actions
from perijove.evolution.resonant_equilibrium import EquilibriumFamily, linear_motion
from perijove.evolution.tidal_kernel import tidal_rates
from perijove.evolution.tidal_model import ResonanceState, TidalModel

__all__ = [
    "WATTS_PER_KM5_S5",
    "TidalMoment",
    "TidalRates",
    "equilibrium_under_tides",
    "rates_at",
    "tidal_moment",
]

WATTS_PER_KM5_S5 = 1e15 / GRAVITATIONAL_CONSTANT_M3_KG_S2  # energies here are times G
_DRIFT = 2e-7  # relative change of what is conserved over half of the difference that gives the accelerations
_SCAN = np.geomspace(0.2, 50.0, 30)  # of n1 - 2 n2 over today's, in search of an equilibrium


@dataclass(frozen=True)
class TidalRates:
    """Tides at an equilibrium, before the resonance shares them out; all times G, in km and s.

    Attributes
    ----------
    state : array, shape (14,)
        Rates of the averaged state by tides alone.
    actions : array, shape (3,)
        Rates of the angular momentum, of 4 Λ1 + 2 Λ2 + Λ3 and of Λ4.
    torque : float
        On Jupiter's spin.
    jupiter_heat, heat : array, shape (4,)
        Power dissipated in Jupiter by each moon's tide, and in each moon.
    jupiter_k2_over_q, k2_over_q : array, shape (4,)
        Of Jupiter at each moon's semidiurnal tide, and of each moon.
    """

    state: np.ndarray
    actions: np.ndarray
    torque: float
    jupiter_heat: np.ndarray
    heat: np.ndarray
    jupiter_k2_over_q: np.ndarray
    k2_over_q: np.ndarray


def rates_at(
    family: EquilibriumFamily,
    state: np.ndarray,
    tides: TidalModel,
    *,
    spin_rad_s: float | None = None,
    time_s: float = 0.0,
    temperature_k: float = float("nan"),
) -> TidalRates:
    """Tidal rates at an equilibrium; Jupiter's spin is the model's own where none is given.

    k2/Q that a lock would take is used even where the lock would break; see `TidalRates.jupiter_k2_over_q`.
    """
    spin = tides.jupiter_spin_rad_s if spin_rad_s is None else spin_rad_s
    gradient = family.gradient(state)
    seen = ResonanceState(time_s, gradient[:4], eccentricities(state), spin, temperature_k)
    planet, moons = tides.k2_over_q(seen, 2.0 * gradient[1] - gradient[0])
    radii_5 = tides.radii_5(family.system)

    def made(planet: np.ndarray, moons: np.ndarray) -> TidalRates:
        rates, heat = np.empty(STATE_SIZE), np.empty((2, 4))
        torque = tidal_rates(state, gradient, family.tables[0], radii_5, spin, planet, moons, rates, heat)
        by_lambda, growth_of_gamma = rates[:4], state[X:12] * rates[X:12]
        of_actions = np.array([by_lambda.sum() - growth_of_gamma.sum(), by_lambda[:3] @ [4.0, 2.0, 1.0], by_lambda[3]])
        return TidalRates(rates, of_actions, float(torque), heat[0], heat[1], planet[:, 0], moons)

    if not tides.locks:
        return made(planet, moons)
    # Rates are linear in k2/Q: what the tidal frequencies do without the locked tides, and with each of them alone.
    held = [MOONS.index(lock.moon) for lock in tides.locks]
    planet[held, 0] = 0.0
    inertia = tides.inertia(family.system)
    free = _frequency_rates(family, state, made(planet, moons), inertia)[held]
    by_lock = np.empty((len(held), len(held)))
    for column, k in enumerate(held):
        alone = np.zeros((4, 4))
        alone[k, 0] = 1.0
        by_lock[:, column] = _frequency_rates(family, state, made(alone, np.zeros(4)), inertia)[held]
    wanted = (spin - gradient[held]) / (SECONDS_PER_YEAR * np.array([lock.years for lock in tides.locks]))
    planet[held, 0] = np.linalg.solve(by_lock, wanted - free)
    return made(planet, moons)


def _frequency_rates(family: EquilibriumFamily, state: np.ndarray, rates: TidalRates, inertia: float) -> np.ndarray:
    """Rates of spin - n of the four moons, rad/s², along the family."""
    ahead, behind, step_s = _neighbours(family, state, rates)
    motion = (family.gradient(ahead)[:4] - family.gradient(behind)[:4]) / (2.0 * step_s)
    result: np.ndarray = rates.torque / inertia - motion
    return result


@dataclass(frozen=True)
class TidalMoment:
    """The resonance under tides at one moment; arrays are Io, Europa, Ganymede, Callisto.

    Attributes
    ----------
    mean_motion_rad_s, eccentricity, a_km : array, shape (4,)
    acceleration_per_year : array, shape (4,)
        (dn/dt)/n.
    eccentricity_rate_per_year : array, shape (4,)
        de/dt, absolute.
    heat_w : array, shape (4,)
        Dissipated in each moon.
    jupiter_heat_w : array, shape (4,)
        Dissipated in Jupiter by the tide of each moon.
    orbital_power_w, spin_power_w : float
        Growth of the orbits' energy and of Jupiter's rotational energy; with all heat they add to zero.
    laplace_shift_deg : float
        Laplace angle minus 180 degrees, as the tides push it.
    """

    mean_motion_rad_s: np.ndarray
    eccentricity: np.ndarray
    a_km: np.ndarray
    acceleration_per_year: np.ndarray
    eccentricity_rate_per_year: np.ndarray
    heat_w: np.ndarray
    jupiter_heat_w: np.ndarray
    orbital_power_w: float
    spin_power_w: float
    laplace_shift_deg: float


def tidal_moment(family: EquilibriumFamily, state: np.ndarray, tides: TidalModel) -> TidalMoment:
    """Rates of the resonance at an equilibrium.

    Parameters
    ----------
    family : EquilibriumFamily
    state : array, shape (14,)
        One of its members.
    tides : TidalModel
        Functions among its laws see time 0 and no temperature.

    Returns
    -------
    TidalMoment
    """
    gradient = family.gradient(state)
    rates = rates_at(family, state, tides)
    ahead, behind, step_s = _neighbours(family, state, rates)
    n_ahead, n_behind = family.gradient(ahead)[:4], family.gradient(behind)[:4]
    years = 2.0 * step_s / SECONDS_PER_YEAR
    beta, mu = family.system.masses
    drift = (ahead - behind) / (2.0 * step_s)
    return TidalMoment(
        mean_motion_rad_s=gradient[:4].copy(),
        eccentricity=eccentricities(state),
        a_km=(state[:4] / beta) ** 2 / mu,
        acceleration_per_year=(n_ahead - n_behind) / (gradient[:4] * years),
        eccentricity_rate_per_year=(eccentricities(ahead) - eccentricities(behind)) / years,
        heat_w=rates.heat * WATTS_PER_KM5_S5,
        jupiter_heat_w=rates.jupiter_heat * WATTS_PER_KM5_S5,
        orbital_power_w=float(gradient @ drift) * WATTS_PER_KM5_S5,
        spin_power_w=rates.torque * tides.jupiter_spin_rad_s * WATTS_PER_KM5_S5,
        laplace_shift_deg=_laplace_shift_deg(family, state, drift - rates.state),
    )


def _neighbours(
    family: EquilibriumFamily, state: np.ndarray, rates: TidalRates
) -> tuple[np.ndarray, np.ndarray, float]:
    """Where tides will have led and came from, and the time to either, s."""
    have = actions(state)
    fastest = float(np.abs(rates.actions / have).max())
    step_s = _DRIFT / fastest if fastest > 0.0 else SECONDS_PER_YEAR
    change = step_s * rates.actions
    return family.at_actions(have + change, state), family.at_actions(have - change, state), step_s


def _laplace_shift_deg(family: EquilibriumFamily, state: np.ndarray, unbalanced: np.ndarray) -> float:
    """Offset of the Laplace angle at which the moons pass on what the tides do not do themselves."""
    scale = np.concatenate([state[:4], np.tile(np.sqrt(state[:4]), 2)])
    wanted = np.append(unbalanced[:12] / scale, 0.0)
    shift = np.linalg.lstsq(linear_motion(family, state), wanted, rcond=1e-10)[0]
    return float(np.degrees(shift[12]))


def equilibrium_under_tides(family: EquilibriumFamily, state: np.ndarray, tides: TidalModel) -> np.ndarray:
    """Member of the family at which tides no longer change Io's eccentricity.

    Parameters
    ----------
    family : EquilibriumFamily
    state : array, shape (14,)
        A member that gives the mean motions of Io and Callisto.
    tides : TidalModel

    Returns
    -------
    array, shape (14,)

    Raises
    ------
    FitError
        If there is none with eccentricities that the averaged system can describe, as without any tide in Io.
    """
    n = family.gradient(state)[:4]
    distance = n[0] - 2.0 * n[1]

    def member(factor: float) -> np.ndarray:
        return family.at_mean_motions(n[0], 0.5 * (n[0] - factor * distance), n[3])

    def growth(factor: float) -> float:
        here = member(factor)
        ahead, behind, _ = _neighbours(family, here, rates_at(family, here, tides))
        return float(eccentricities(ahead)[0] - eccentricities(behind)[0])

    values = [growth(factor) for factor in _SCAN]
    for low, high, before, after in zip(_SCAN[:-1], _SCAN[1:], values[:-1], values[1:], strict=True):
        if before < 0.0 <= after:  # nearer the resonance e falls, farther off it grows: stable
            found = member(float(brentq(growth, low, high, xtol=1e-10)))
            if eccentricities(found).max() <= LARGEST_ECCENTRICITY:
                return found
    raise FitError(
        f"no equilibrium with eccentricities up to {LARGEST_ECCENTRICITY:g}; it needs tides in Io as well as in Jupiter"
    )
