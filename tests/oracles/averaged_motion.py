"""The averaged equations in full, librations and free eccentricities in them; `evolution.history` is adiabatic."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from tests.oracles.averaged_motion_kernel import ROW_SIZE, SPIN, integrate_averaged

from perijove.constants import SECONDS_PER_YEAR
from perijove.errors import FitError, InputError
from perijove.evolution.averaged import AVERAGED_GALILEAN, AveragedSystem, eccentricities
from perijove.evolution.averaged_kernel import STATE_SIZE
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_model import ResonanceState, TidalModel


@dataclass(frozen=True)
class AveragedMotion:
    """Averaged states over time.

    Attributes
    ----------
    years : array, shape (n,)
    states : array, shape (n, 14)
        As in `averaged_kernel`.
    energy : array, shape (n,)
        Of the orbits, times G, km⁵/s⁴.
    spin_momentum, spin_energy : array, shape (n,)
        What Jupiter's rotation gained, times G.
    jupiter_heat : array, shape (n,)
    heat : array, shape (n, 4)
        Dissipated in Jupiter and in each moon since the start, times G, km⁵/s⁴.
    """

    years: np.ndarray
    states: np.ndarray
    energy: np.ndarray
    spin_momentum: np.ndarray
    spin_energy: np.ndarray
    jupiter_heat: np.ndarray
    heat: np.ndarray

    @property
    def laplace_angle_deg(self) -> np.ndarray:
        """λ1 - 3 λ2 + 2 λ3, degrees, 0 to 360."""
        result: np.ndarray = np.degrees(self.states[:, 13] - self.states[:, 12]) % 360.0
        return result

    @property
    def eccentricity(self) -> np.ndarray:
        """Eccentricities, shape (n, 4)."""
        return eccentricities(self.states)


def averaged_motion(
    state: np.ndarray,
    years: ArrayLike,
    *,
    tides: TidalModel | None = None,
    system: AveragedSystem = AVERAGED_GALILEAN,
    tolerance: float = 1e-12,
) -> AveragedMotion:
    """Integrate the averaged equations.

    Parameters
    ----------
    state : array, shape (14,)
        Start, from `averaged_state` or an `EquilibriumFamily`.
    years : array, shape (n,)
        Times of the result, Julian years; the first belongs to `state`, and they run one way.
    tides : TidalModel, optional
        Its laws are taken at the start and kept.
    system : AveragedSystem
    tolerance : float
        Error of a step: relative for Λ, absolute for the eccentricities and angles. Below 1e-12 rounding wins.

    Returns
    -------
    AveragedMotion

    Raises
    ------
    InputError
        If the times do not run one way.
    FitError
        If the tolerance cannot be met.

    Notes
    -----
    A thousand years take about half a second: the resonance turns once in 487 days.
    """
    times = np.atleast_1d(np.asarray(years, dtype=float)) * SECONDS_PER_YEAR
    steps = np.diff(times)
    if len(times) < 2 or not ((steps > 0.0).all() or (steps < 0.0).all()):
        raise InputError("the times of an averaged motion must be two or more and run one way")
    family = EquilibriumFamily(system)
    model = TidalModel(jupiter=0.0, moons={}) if tides is None else tides
    gradient = family.gradient(state)
    seen = ResonanceState(0.0, gradient[:4], eccentricities(state), model.jupiter_spin_rad_s)
    laws = model.k2_over_q(seen, 2.0 * gradient[1] - gradient[0])
    inertia, spin = model.inertia(system), model.jupiter_spin_rad_s
    row = np.zeros(ROW_SIZE)
    row[:STATE_SIZE] = state
    rows, reached = integrate_averaged(
        row, times, family.tables, (model.radii_5(system), inertia, spin, *laws), tolerance
    )
    if reached < len(times):
        year = times[reached - 1] / SECONDS_PER_YEAR
        raise FitError(f"a tolerance of {tolerance:g} cannot be met after year {year:g}; give a larger one")
    gained = rows[:, SPIN]
    return AveragedMotion(
        years=times / SECONDS_PER_YEAR,
        states=rows[:, :STATE_SIZE],
        energy=np.array([system.energy(each) for each in rows[:, :STATE_SIZE]]),
        spin_momentum=gained,
        spin_energy=gained * (spin + 0.5 * gained / inertia),
        jupiter_heat=rows[:, SPIN + 1],
        heat=rows[:, SPIN + 2 :],
    )
