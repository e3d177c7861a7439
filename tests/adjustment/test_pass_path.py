"""Authority: law. Derivatives of two-body paths against differences of such paths."""

import numpy as np
from scipy.integrate import solve_ivp

from perijove.adjustment.pass_path import transitions
from perijove.bodies.galilean import IO_GM_JUP365_KM3_S2

GM = float(IO_GM_JUP365_KM3_S2)
START = np.array([3400.0, -200.0, 100.0, -0.5, 25.0, 16.0])  # near closest approach, 30 km/s
TIMES_S = np.array([-900.0, -300.0, -90.0, 0.0, 60.0, 150.0, 600.0])


def path(start: np.ndarray) -> np.ndarray:
    def slope(_: float, state: np.ndarray) -> np.ndarray:
        return np.concatenate([state[3:], -GM * state[:3] / np.linalg.norm(state[:3]) ** 3])

    states = np.empty((len(TIMES_S), 6))
    for side in (np.flatnonzero(TIMES_S >= 0.0), np.flatnonzero(TIMES_S < 0.0)[::-1]):
        span = (0.0, TIMES_S[side[-1]])
        states[side] = solve_ivp(slope, span, start, "DOP853", TIMES_S[side], rtol=1e-12, atol=1e-9).y.T
    return states


def test_transitions_are_differences_of_paths() -> None:
    """To 1 % of how gravity bends a displacement: between the given times the path is taken for a cubic."""
    found = transitions(TIMES_S, path(START), epoch_s=0.0, gm_km3_s2=GM)
    steps = np.array([1.0, 1.0, 1.0, 1e-3, 1e-3, 1e-3])
    true = np.stack([(path(START + s) - path(START - s)) / (2.0 * s.sum()) for s in np.diag(steps)], axis=-1)
    straight = np.broadcast_to(np.eye(6), true.shape).copy()
    straight[:, :3, 3:] = TIMES_S[:, None, None] * np.eye(3)
    bent = np.abs(true - straight)[:, :3].max()
    assert bent > 1e-3
    assert np.abs(found - true)[:, :3].max() < 0.1 * bent


def test_one_picture_has_no_path() -> None:
    np.testing.assert_array_equal(transitions(np.zeros(1), START[None], epoch_s=0.0, gm_km3_s2=GM), np.eye(6)[None])
