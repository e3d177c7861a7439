"""Newton's method for the equilibria of the Laplace resonance, compiled.

Unknowns are Λ of the four moons and their eccentricity vectors along the direction θ1 = 2 λ2 - λ1, with θ2 = θ1 + 180
degrees. Five conditions make an equilibrium: n1 - 3 n2 + 2 n3 = 0, and each ellipse turns as θ1 does. Three more pick
one of its family.
"""

import numpy as np

from perijove.compiled import njit
from perijove.evolution.averaged_kernel import STATE_SIZE, THETA, X, energy_gradient

__all__ = ["BY_ACTIONS", "BY_FREQUENCIES", "actions", "equilibrium"]

BY_FREQUENCIES = 0  # wanted: n1, n1 - 2 n2, n4
BY_ACTIONS = 1  # wanted: angular momentum, 4 Λ1 + 2 Λ2 + Λ3, Λ4
_STEP = 1e-6  # of finite differences, relative to the unknown's scale
_TOLERANCE = 3e-14
_MOST_STEPS = 30


@njit()
def actions(state):  # type: ignore[no-untyped-def]
    """Angular momentum, 4 Λ1 + 2 Λ2 + Λ3 and Λ4: what the averaged motion conserves beside its energy."""
    momentum = 0.0
    for k in range(4):
        momentum += state[k] - 0.5 * (state[X + k] ** 2 + state[X + 4 + k] ** 2)
    return np.array([momentum, 4.0 * state[0] + 2.0 * state[1] + state[2], state[3]])


@njit()
def _residual(state, tables, mode, wanted, scale, gradient, out):  # type: ignore[no-untyped-def]
    energy_gradient(state, *tables, gradient)
    turn = 2.0 * gradient[1] - gradient[0]
    n1 = gradient[0]
    out[0] = (gradient[0] - 3.0 * gradient[1] + 2.0 * gradient[2]) / n1
    for k in range(4):
        out[1 + k] = (gradient[X + k] + turn * state[X + k]) / (n1 * scale[4 + k])
    if mode == BY_FREQUENCIES:
        out[5] = (gradient[0] - wanted[0]) / n1
        out[6] = (-turn - wanted[1]) / n1
        out[7] = (gradient[3] - wanted[2]) / n1
    else:
        have = actions(state)
        for k in range(3):
            out[5 + k] = (have[k] - wanted[k]) / wanted[k]


@njit()
def equilibrium(start, tables, mode, wanted):  # type: ignore[no-untyped-def]
    """Equilibrium near a state that has θ1 = 0, θ2 = π and Im z = 0; and whether Newton's steps settled."""
    state = start.copy()
    scale = np.empty(8)
    for k in range(4):
        scale[k] = start[k]
        scale[4 + k] = np.sqrt(start[k])
    gradient = np.empty(STATE_SIZE)
    here = np.empty(8)
    ahead = np.empty(8)
    behind = np.empty(8)
    jacobian = np.empty((8, 8))
    for step in range(_MOST_STEPS):
        _residual(state, tables, mode, wanted, scale, gradient, here)
        # Jacobian, (8, 8), by central differences in units of each unknown's scale.
        for k in range(8):
            kept = state[k]
            state[k] = kept + _STEP * scale[k]
            _residual(state, tables, mode, wanted, scale, gradient, ahead)
            state[k] = kept - _STEP * scale[k]
            _residual(state, tables, mode, wanted, scale, gradient, behind)
            state[k] = kept
            for row in range(8):
                jacobian[row, k] = (ahead[row] - behind[row]) / (2.0 * _STEP)
        if not (np.isfinite(jacobian).all() and np.isfinite(here).all()):
            return state, False
        change = np.linalg.solve(jacobian, here)
        largest = 0.0
        for k in range(8):
            state[k] -= change[k] * scale[k]
            largest = max(largest, abs(change[k]))
        if not np.isfinite(largest):
            return state, False
        if largest < _TOLERANCE or (step > 4 and largest < 1e-11):
            state[THETA] = 0.0
            state[THETA + 1] = np.pi
            return state, True
    return state, False
