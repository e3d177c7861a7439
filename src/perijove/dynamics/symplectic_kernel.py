"""Symplectic steps of order 8, compiled.

A symmetric composition of 17 leapfrogs (Kahan & Li 1997, Mathematics of Computation 66, 1089; as s17odr8 in Hairer,
Lubich & Wanner 2006, Geometric Numerical Integration, V.3.2). For forces that depend on places alone. The relative
coordinates make no difference: their kinetic energy has a constant mass matrix.
"""

import numpy as np

from perijove.compiled import njit
from perijove.dynamics.force_kernel import ForceTable, acceleration, surroundings

__all__ = ["symplectic_steps"]

_compiled = njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
_exact = njit(nogil=True, error_model="numpy")  # compensated sums must not be rearranged

_HALF = (
    0.13020248308889008087881763,
    0.56116298177510838456196441,
    -0.38947496264484728640807860,
    0.15884190655515560089621075,
    -0.39590389413323757733623154,
    0.18453964097831570709183254,
    0.25837438768632204729397911,
    0.29501172360931029887096624,
)
_LEAPS = np.array([*_HALF, 1.0 - 2.0 * sum(_HALF), *_HALF[::-1]])
_DRIFTS = np.array([0.5 * _LEAPS[0], *(0.5 * (_LEAPS[1:] + _LEAPS[:-1])), 0.5 * _LEAPS[-1]])


@_exact
def _add(values: np.ndarray, lost: np.ndarray, increments: np.ndarray) -> None:
    """Add what a step has brought, with compensated sums."""
    for i in range(values.size):
        step = increments[i] - lost[i]
        new = values[i] + step
        lost[i] = (new - values[i]) - step
        values[i] = new


@_compiled
def symplectic_steps(
    x: np.ndarray, v: np.ndarray, lost: np.ndarray, table: ForceTable, start: float, h: float, every: int,
    out: np.ndarray,
) -> None:  # fmt: skip
    """Take equal steps, and keep every so many-th state.

    Parameters
    ----------
    x, v : array, shape (3 n,)
        km and km/s; changed in place.
    lost : array, shape (2, 3 n)
        By how much rounding has made the sums too large; zeros at the start.
    table : ForceTable
    start : float
        TDB seconds past J2000 of the first state.
    h : float
        Step, s.
    every : int
        Steps between the states that are kept.
    out : array, shape (m, 2, 3 n)
        Receives the states.
    """
    jupiter, zonals, bodies, external_gm = table.jupiter, table.zonals, table.bodies, table.external_gm
    moving = external_gm.size > 0
    size = x.size
    a, around = np.empty(size), np.empty((external_gm.size + 1, 3))
    at, dx, dv = np.empty(size), np.empty(size), np.empty(size)
    lost_x, lost_v = lost[0], lost[1]
    surroundings(start, table, around)
    for m in range(out.shape[0]):
        for k in range(every):
            t = start + (m * every + k) * h
            dx[:] = 0.0
            dv[:] = 0.0
            for leap in range(_LEAPS.size):
                drift, kick = _DRIFTS[leap] * h, _LEAPS[leap] * h
                for i in range(size):
                    dx[i] += drift * (v[i] + dv[i])
                    at[i] = x[i] + dx[i]
                t += drift
                if moving:
                    surroundings(t, table, around)
                acceleration(at, v, around, jupiter, zonals, bodies, external_gm, a)
                for i in range(size):
                    dv[i] += kick * a[i]
            for i in range(size):
                dx[i] += _DRIFTS[_LEAPS.size] * h * (v[i] + dv[i])
            _add(x, lost_x, dx)
            _add(v, lost_v, dv)
        out[m, 0], out[m, 1] = x, v
