"""Gauss-Radau integration of order 15 with dense output, compiled.

Everhart 1985, "An efficient integrator that uses Gauss-Radau spacings", in Dynamics of Comets, 185; prediction,
compensated sums and step control after Rein & Spiegel 2015, MNRAS 446, 1424. Within a step the acceleration is a
polynomial in s = (t - t0) / h,

    a(s) = a0 + b1 s + ... + b7 s^7,

fixed by its values at eight Radau nodes. Its double integral is the position, so that the path between the steps is
known as well as at them.
"""

from typing import NamedTuple

import numpy as np

from perijove.compiled import njit
from perijove.dynamics.force_kernel import ForceTable, acceleration, surroundings

__all__ = ["DEGREE", "evaluate", "radau_steps", "start", "states_within"]

_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
_exact = njit(nogil=True, error_model="numpy")  # compensated sums must not be rearranged

DEGREE = 9  # of positions within a step, in s
_ORDERS = 7  # coefficients b, and nodes without the first
_MAX_ROUNDS = 12
_CONVERGED = 2e-13  # what is left to correct in b7, relative to the acceleration; it counts 1/72 in the position
_GROWTH = 4.0  # a step is at most so many times longer than the one before
_SHORTEST_S = 0.01  # below it the noise of positions rules the step control
_SHRINK = 0.25  # a step that should have been shorter than this is taken again


class StepState(NamedTuple):
    """What one call of `radau_steps` leaves to the next; vectors of n bodies laid end to end, (3 n,)."""

    x: np.ndarray  # km
    v: np.ndarray  # km/s
    lost_x: np.ndarray  # by how much rounding has made the sums too large
    lost_v: np.ndarray
    b: np.ndarray  # (3 n, 7) of the step before
    predicted: np.ndarray  # (3 n, 7) what had been expected of it
    clock: np.ndarray  # (4,): time, rounding of its sum, the step to come, the step before (0: none)


def start(states: np.ndarray, tdb: float, step_s: float) -> StepState:
    """State before the first step, from (n, 6); `step_s` is negative for a path into the past."""
    size = 3 * len(states)
    return StepState(
        np.ascontiguousarray(states[:, :3], dtype=float).ravel().copy(),
        np.ascontiguousarray(states[:, 3:], dtype=float).ravel().copy(),
        np.zeros(size),
        np.zeros(size),
        np.zeros((size, _ORDERS)),
        np.zeros((size, _ORDERS)),
        np.array([tdb, 0.0, step_s, 0.0]),
    )


def _radau_nodes() -> np.ndarray:
    """Nodes of the left Gauss-Radau rule with 8 points on 0..1, without the first, which is 0."""
    polynomial = np.polynomial.legendre.Legendre.basis(_ORDERS) + np.polynomial.legendre.Legendre.basis(_ORDERS + 1)
    nodes = np.sort(polynomial.roots().real)[1:]
    for _ in range(3):  # from 1e-15 to the last bit
        nodes = nodes - polynomial(nodes) / polynomial.deriv()(nodes)
    result: np.ndarray = 0.5 * (1.0 + nodes)
    return result


def _products_in_powers(nodes: np.ndarray) -> np.ndarray:
    """Coefficients c[k, j] of s (s - s1) ... (s - s_k) = sum over j of c[k, j] s^(j + 1)."""
    c = np.zeros((_ORDERS, _ORDERS))
    product = np.array([1.0])
    for k in range(_ORDERS):
        c[k, : k + 1] = product
        product = np.convolve(product, [-nodes[k], 1.0])  # lowest power first
    return c


_NODES = _radau_nodes()
_PRODUCTS = _products_in_powers(_NODES)
_PASCAL = np.array([[float(np.prod([(j - i) / (i + 1.0) for i in range(k)])) for k in range(9)] for j in range(9)])
_ORDER = np.arange(_ORDERS)
_V_WEIGHTS = 1.0 / (_ORDER + 2.0)
_X_WEIGHTS = 1.0 / ((_ORDER + 2.0) * (_ORDER + 3.0))
_A_AT_NODES = _NODES[:, None] ** (_ORDER + 1.0)
_V_AT_NODES = _NODES[:, None] ** (_ORDER + 2.0) * _V_WEIGHTS
_X_AT_NODES = _NODES[:, None] ** (_ORDER + 3.0) * _X_WEIGHTS
_PER_PRODUCT = np.array([1.0 / (s * np.prod(s - _NODES[:k])) for k, s in enumerate(_NODES)])


@_compiled
def _copy(source: np.ndarray, target: np.ndarray) -> None:
    """Copy coefficients. Numba takes five seconds to compile a copy by slices, with all that could go wrong in one."""
    for i in range(target.shape[0]):
        for k in range(_ORDERS):
            target[i, k] = source[i, k]


@_compiled
def _predict(b: np.ndarray, predicted: np.ndarray, q: float) -> None:
    """Turn the coefficients of the last step into those of a next one, q times as long."""
    for i in range(b.shape[0]):
        power = 1.0
        for k in range(_ORDERS):
            power *= q
            total = 0.0
            for j in range(k, _ORDERS):
                total += _PASCAL[j + 1, k + 1] * b[i, j]
            missed = b[i, k] - predicted[i, k]  # is likely missed again
            predicted[i, k] = power * total
            b[i, k] = power * (total + missed)


@_compiled
def _solve(
    x0: np.ndarray,
    v0: np.ndarray,
    a0: np.ndarray,
    b: np.ndarray,
    h: float,
    around: np.ndarray,
    jupiter: np.ndarray,
    zonals: np.ndarray,
    bodies: np.ndarray,
    external_gm: np.ndarray,
    work: np.ndarray,
) -> None:
    """Iterate the coefficients of a step until they agree with the forces.

    The polynomial through the first nodes gets, with each further one, a term s (s - s1) ... (s - s_n-1) whose weight
    is what the force there differs from the polynomial; that changes nothing at the nodes before.
    """
    size = x0.size
    x, v, a, expected, change = work[0], work[1], work[2], work[3], work[4]
    now = np.empty((around.shape[1], 3))
    last = 0.0
    for round_ in range(_MAX_ROUNDS):
        for node in range(_ORDERS):
            s = _NODES[node]
            # Jupiter's pole and the external bodies at the node, (m + 1, 3): the quadratic of `_quadratic`.
            for k in range(now.shape[0]):
                for axis in range(3):
                    now[k, axis] = around[0, k, axis] + s * (around[1, k, axis] + s * around[2, k, axis])
            # The path there that the coefficients so far stand for: a(s), and its first and second integral.
            for i in range(size):
                velocity, position, force = s * a0[i], 0.5 * s * s * a0[i], a0[i]
                for k in range(_ORDERS):
                    velocity += _V_AT_NODES[node, k] * b[i, k]
                    position += _X_AT_NODES[node, k] * b[i, k]
                    force += _A_AT_NODES[node, k] * b[i, k]
                v[i] = v0[i] + h * velocity
                x[i] = x0[i] + h * (s * v0[i] + h * position)
                expected[i] = force
            acceleration(x, v, now, jupiter, zonals, bodies, external_gm, a)
            # What the force misses goes into this node's product s (s - s1) ..., written in powers of s.
            for i in range(size):
                delta = (a[i] - expected[i]) * _PER_PRODUCT[node]
                change[i] = delta
                for k in range(_ORDERS):
                    b[i, k] += _PRODUCTS[node, k] * delta
        size_of_change = _largest_ratio(change, a)
        # Corrections fall by one factor from round to round; what is still to come must not matter.
        if round_ > 0 and (size_of_change**2 < _CONVERGED * last or (round_ > 2 and size_of_change >= last)):
            break
        last = size_of_change


@_compiled
def _largest_ratio(part: np.ndarray, whole: np.ndarray) -> float:
    """Largest ratio over the bodies, of the largest components."""
    worst = 0.0
    for i in range(0, part.size, 3):
        most = max(abs(part[i]), abs(part[i + 1]), abs(part[i + 2]))
        worst = max(worst, most / max(abs(whole[i]), abs(whole[i + 1]), abs(whole[i + 2])))
    return worst


@_exact
def _advance(state: StepState, h: float, a0: np.ndarray) -> None:
    """Go to the end of the step, with compensated sums."""
    x, v, lost_x, lost_v, b, clock = state.x, state.v, state.lost_x, state.lost_v, state.b, state.clock
    for i in range(a0.size):
        velocity, position = 0.0, 0.0
        for k in range(_ORDERS - 1, -1, -1):  # the smallest first
            velocity += _V_WEIGHTS[k] * b[i, k]
            position += _X_WEIGHTS[k] * b[i, k]
        old = x[i]
        step = h * (h * (0.5 * a0[i] + position) - lost_v[i]) - lost_x[i] + h * v[i]
        new = old + step
        lost_x[i] = (new - old) - step
        x[i] = new
        old = v[i]
        step = h * (a0[i] + velocity) - lost_v[i]
        new = old + step
        lost_v[i] = (new - old) - step
        v[i] = new
    old = clock[0]
    step = h - clock[1]
    new = old + step
    clock[1] = (new - old) - step
    clock[0] = new
    clock[3] = h


@_compiled
def _quadratic(t: float, h: float, table: ForceTable, around: np.ndarray) -> None:
    """Polynomial in s for the surroundings, which hardly turn during a step; `around[0]` holds their start."""
    surroundings(t + 0.5 * h, table, around[1])
    surroundings(t + h, table, around[2])
    for k in range(around.shape[1]):
        for axis in range(3):
            begin, middle, end = around[0, k, axis], around[1, k, axis], around[2, k, axis]
            around[1, k, axis] = 4.0 * middle - 3.0 * begin - end
            around[2, k, axis] = 2.0 * (begin + end) - 4.0 * middle


@_compiled
def radau_steps(
    state: StepState, table: ForceTable, end: float, tolerance: float, begins: np.ndarray, paths: np.ndarray
) -> int:
    """Take steps until the end, or until the output is full.

    Parameters
    ----------
    state : StepState
        Changed in place.
    end : float
        TDB; the last step is cut to meet it.
    tolerance : float
        Of the step control; 0 keeps the step.
    begins : array, shape (capacity, 2)
        Receives when each step begins, and its length.
    paths : array, shape (capacity, 10, 3 n)
        Receives the coefficients of positions in s, km.

    Returns
    -------
    int
        Steps taken.
    """
    x0, v0, b, predicted = state.x, state.v, state.b, state.predicted
    jupiter, zonals, bodies, external_gm = table.jupiter, table.zonals, table.bodies, table.external_gm
    size = x0.size
    a0, work = np.empty(size), np.empty((5, size))
    around = np.empty((3, external_gm.size + 1, 3))
    clock = state.clock
    count = 0
    while count < paths.shape[0] and clock[0] != end:
        # How long: as the step control wished, but not beyond the end, and no sliver left for another step.
        left = (end - clock[0]) + clock[1]
        h = clock[2]
        if abs(h) >= abs(left) * (1.0 - 1e-9):
            h = left
        surroundings(clock[0], table, around[0])
        acceleration(x0, v0, around[0], jupiter, zonals, bodies, external_gm, a0)
        # The step, taken again where it should have been much shorter: then without a prediction.
        while True:
            _quadratic(clock[0], h, table, around)
            if clock[3] != 0.0:
                _predict(b, predicted, h / clock[3])
            _solve(x0, v0, a0, b, h, around, jupiter, zonals, bodies, external_gm, work)
            if tolerance == 0.0:
                break
            # The last coefficient over the acceleration grows with the seventh power of the step.
            worst = _largest_ratio(b[:, _ORDERS - 1], a0)
            wanted = h * min((tolerance / max(worst, 1e-300)) ** (1.0 / _ORDERS), _GROWTH)
            if abs(wanted) >= _SHRINK * abs(h) or abs(h) < _SHORTEST_S:
                clock[2] = np.copysign(max(abs(wanted), _SHORTEST_S), h)
                break
            h, clock[3] = wanted, 0.0
            _copy(np.zeros((size, _ORDERS)), b)
        if clock[3] == 0.0:
            _copy(b, predicted)  # nothing had been expected
        # Dense output: positions in powers of s, (10, 3 n).
        begins[count, 0], begins[count, 1] = clock[0], h
        path = paths[count]
        for i in range(size):
            path[0, i] = x0[i]
            path[1, i] = h * v0[i]
            path[2, i] = 0.5 * h * h * a0[i]
        for k in range(_ORDERS):
            for i in range(size):
                path[k + 3, i] = h * h * _X_WEIGHTS[k] * b[i, k]
        _advance(state, h, a0)
        count += 1
    return count


@_compiled
def states_within(path: np.ndarray, s: float, h: float, out: np.ndarray) -> None:
    """Positions and velocities, (n, 6), at s of a step of length h whose coefficients are given, (10, 3 n)."""
    for i in range(out.shape[0]):
        for axis in range(3):
            at = 3 * i + axis
            position, slope = path[DEGREE, at], 0.0
            for j in range(DEGREE - 1, -1, -1):
                slope = slope * s + position
                position = position * s + path[j, at]
            out[i, axis] = position
            out[i, axis + 3] = slope / h


@_compiled
def evaluate(begins: np.ndarray, paths: np.ndarray, tdb: np.ndarray, out: np.ndarray) -> None:
    """States on a path with dense output.

    Parameters
    ----------
    begins : array, shape (steps, 2)
        Ascending or descending, with the lengths.
    paths : array, shape (steps, 10, 3 n)
    tdb : array, shape (m,)
        Within the steps.
    out : array, shape (m, n, 6)
        km, km/s.
    """
    steps = paths.shape[0]
    sign = np.sign(begins[0, 1])
    per_second = steps / (begins[steps - 1, 0] + begins[steps - 1, 1] - begins[0, 0])
    for m in range(tdb.size):
        k = min(max(int((tdb[m] - begins[0, 0]) * per_second), 0), steps - 1)
        past = (tdb[m] - begins[k, 0]) * sign
        if (past < 0.0 and k > 0) or (past > abs(begins[k, 1]) and k < steps - 1):  # steps differ: bisection
            low, high = 0, steps
            while high - low > 1:
                k = (low + high) // 2
                if (tdb[m] - begins[k, 0]) * sign >= 0.0:
                    low = k
                else:
                    high = k
            k = low
        states_within(paths[k], (tdb[m] - begins[k, 0]) / begins[k, 1], begins[k, 1], out[m])
