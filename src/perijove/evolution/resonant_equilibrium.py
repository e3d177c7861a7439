"""The equilibria of the averaged Laplace resonance, and the small oscillations about them.

Without tides and without free eccentricities the resonance stands still in a frame that turns with its angle: perijoves
of Io, Europa and Ganymede at 0, 180 and 0 degrees from it, Laplace angle 180 degrees. Such states form a family with
two numbers, n1 and n1 - 2 n2; the forced eccentricities are functions of them. The averaged motion conserves the
angular momentum and 4 Λ1 + 2 Λ2 + Λ3, so these two name the member as well, and tides move the system along the family
by changing them.
"""

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_MOTIONS_DEG_DAY
from perijove.constants import SECONDS_PER_DAY
from perijove.errors import FitError, InputError
from perijove.evolution.averaged import MOONS, AveragedSystem, averaged_state
from perijove.evolution.averaged_kernel import STATE_SIZE, energy_gradient, motion
from perijove.evolution.equilibrium_kernel import BY_ACTIONS, BY_FREQUENCIES, actions, equilibrium

__all__ = ["EquilibriumFamily", "linear_motion", "present_mean_motions"]

_GUESS = (
    0.0041,
    -0.0094,
    0.0006,
    0.0,
)  # eccentricities now, signed by direction; scaled by n1 - 2 n2 they start Newton
_STEP = 1e-6
_SHORTEST = 1e-3  # part of the way that Newton's method goes at once


def present_mean_motions() -> np.ndarray:
    """Observed mean motions of Io, Europa, Ganymede and Callisto, rad/s, shape (4,)."""
    return np.radians([GALILEAN_MEAN_MOTIONS_DEG_DAY[name] for name in MOONS]) / SECONDS_PER_DAY


class EquilibriumFamily:
    """Equilibria of one averaged system.

    Parameters
    ----------
    system : AveragedSystem
    """

    def __init__(self, system: AveragedSystem) -> None:
        self.system = system
        self.tables = system.kernel_tables()

    def at_mean_motions(self, n1: float, n2: float, n4: float) -> np.ndarray:
        """Equilibrium with given mean motions of Io, Europa and Callisto; Ganymede's follows.

        Parameters
        ----------
        n1, n2, n4 : float
            rad/s; n1 > 2 n2, as today.

        Returns
        -------
        array, shape (14,)
            State of `averaged_kernel`, turned so that 2 λ2 - λ1 = 0.

        Raises
        ------
        InputError
            If n1 <= 2 n2: the family ends at the exact commensurability.
        FitError
            If Newton's method finds no equilibrium.
        """
        if not n1 > 2.0 * n2:
            raise InputError(f"n1 = {n1:g} and n2 = {n2:g} rad/s: Io must move more than twice as fast as Europa")
        n3 = 0.5 * (3.0 * n2 - n1)
        _, mu = self.system.masses
        a_km = (mu / np.array([n1, n2, n3, n4]) ** 2) ** (1.0 / 3.0)
        now = present_mean_motions()
        nearness = (now[0] - 2.0 * now[1]) / now[0] * n1 / (n1 - 2.0 * n2)
        forced = np.array(_GUESS) * min(nearness, 5.0)
        start = averaged_state(
            self.system,
            a_km=a_km,
            e=abs(forced),
            perijove_deg=np.where(forced < 0.0, 180.0, 0.0),
            longitude_deg=np.array([0.0, 0.0, 90.0, 0.0]),
        )
        start[8:12] = 0.0
        return self._solved(start, BY_FREQUENCIES, np.array([n1, n1 - 2.0 * n2, n4]))

    def at_actions(self, wanted: np.ndarray, near: np.ndarray) -> np.ndarray:
        """Equilibrium with given actions (`equilibrium_kernel.actions`), reached from another one, in steps if need be.

        Raises
        ------
        FitError
            If the family does not reach that far.
        """
        reached, step = 0.0, 1.0
        have, state = actions(near), near
        while True:
            try:
                tried = self._solved(state, BY_ACTIONS, have + min(1.0, reached + step) * (wanted - have))
            except FitError:
                step *= 0.25
                if step < _SHORTEST:
                    raise
                continue
            reached, state = reached + step, tried
            if reached >= 1.0:
                return state

    def present(self) -> np.ndarray:
        """Equilibrium with today's mean motions."""
        n = present_mean_motions()
        return self.at_mean_motions(n[0], n[1], n[3])

    def gradient(self, state: np.ndarray) -> np.ndarray:
        """Gradient of the energy, shape (14,); the first four numbers are the mean motions in rad/s."""
        result = np.empty(STATE_SIZE)
        energy_gradient(state, *self.tables, result)
        return result

    def _solved(self, start: np.ndarray, mode: int, wanted: np.ndarray) -> np.ndarray:
        try:
            state, settled = equilibrium(start, self.tables, mode, wanted)
        except np.linalg.LinAlgError:  # a singular matrix: the family folds here
            settled = False
        if not (settled and state[4] > 0.0 > state[5] and state[6] > 0.0):  # else another family
            raise FitError("no equilibrium of the Laplace resonance was found here; start nearer to today's state")
        result: np.ndarray = state
        return result


def linear_motion(family: EquilibriumFamily, state: np.ndarray) -> np.ndarray:
    """Matrix of the motion near an equilibrium.

    Parameters
    ----------
    family : EquilibriumFamily
    state : array, shape (14,)
        One of its members.

    Returns
    -------
    array, shape (13, 13)
        Rates of Λ/Λ0 (4), Re and Im of z exp(-iθ1)/√Λ0 (8) and the Laplace angle θ2 - θ1, per unit of each, 1/s. The
        imaginary parts of its eigenvalues are the frequencies of the free Laplace libration and of the free
        eccentricities; three of them vanish, along the family.
    """
    scale = np.concatenate([state[:4], np.tile(np.sqrt(state[:4]), 2), [1.0]])
    gradient, rates = np.empty(STATE_SIZE), np.empty(STATE_SIZE)

    def turning_rates(offset: np.ndarray) -> np.ndarray:
        moved = np.concatenate([state[:12] + offset[:12] * scale[:12], [0.0, np.pi + offset[12]]])
        energy_gradient(moved, *family.tables, gradient)
        motion(gradient, rates)
        turn = rates[12]
        real = rates[4:8] + turn * moved[8:12]
        imaginary = rates[8:12] - turn * moved[4:8]
        result: np.ndarray = np.concatenate([rates[:4], real, imaginary, [rates[13] - turn]]) / scale
        return result

    steps = _STEP * np.eye(13)
    columns = [(turning_rates(step) - turning_rates(-step)) / (2.0 * _STEP) for step in steps]
    return np.stack(columns, axis=1)
