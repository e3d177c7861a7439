"""Integration of the averaged equations with tides, compiled: extrapolated midpoint rule of order 14, step adapted."""

import numpy as np

from perijove.compiled import njit
from perijove.constants import SECONDS_PER_DAY
from perijove.evolution.averaged_kernel import STATE_SIZE, THETA, energy_gradient, motion
from perijove.evolution.tidal_kernel import tidal_rates

SPIN = STATE_SIZE  # what the planet's spin angular momentum gained; then its heat and that of the four moons
ROW_SIZE = STATE_SIZE + 6
_COLUMNS = 7
_SHORTEST = 1e-12  # step, relative to the whole span


@njit()
def _derivative(row, tables, tide, gradient, tidal, heat, out):  # type: ignore[no-untyped-def]
    radii_5, inertia, spin, planet_k2_over_q, moon_k2_over_q = tide
    energy_gradient(row, *tables, gradient)
    motion(gradient, out)
    turning = spin + row[SPIN] / inertia
    torque = tidal_rates(row, gradient, tables[0], radii_5, turning, planet_k2_over_q, moon_k2_over_q, tidal, heat)
    for k in range(THETA):
        out[k] += tidal[k]
    out[SPIN] = torque
    out[SPIN + 1] = heat[0].sum()
    out[SPIN + 2 :] = heat[1]


@njit()
def integrate_averaged(row, times, tables, tide, tolerance):  # type: ignore[no-untyped-def]
    """Rows of the state at all times, which run one way; the second result tells how far it came."""
    n = len(times)
    rows = np.empty((n, ROW_SIZE))
    rows[0] = row
    y = row.copy()
    gradient, tidal = np.empty(STATE_SIZE), np.empty(STATE_SIZE)
    heat = np.empty((2, 4))
    first, slope = np.empty(ROW_SIZE), np.empty(ROW_SIZE)
    before, now = np.empty(ROW_SIZE), np.empty(ROW_SIZE)
    table = np.empty((_COLUMNS, ROW_SIZE))
    scale = np.ones(STATE_SIZE)
    for k in range(4):
        scale[k] = y[k]
        scale[4 + k] = scale[8 + k] = np.sqrt(y[k])
    span = times[-1] - times[0]
    step = np.copysign(10.0 * SECONDS_PER_DAY, span)
    t = times[0]
    for out in range(1, n):
        while (times[out] - t) * span > 0.0:
            last = abs(step) >= abs(times[out] - t)
            h = times[out] - t if last else step
            _derivative(y, tables, tide, gradient, tidal, heat, first)
            error = 0.0
            for column in range(_COLUMNS):
                count = 2 * (column + 1)
                sub = h / count
                before[:] = y
                now[:] = y + sub * first
                for _ in range(count - 1):
                    _derivative(now, tables, tide, gradient, tidal, heat, slope)
                    for k in range(ROW_SIZE):
                        ahead = before[k] + 2.0 * sub * slope[k]
                        before[k] = now[k]
                        now[k] = ahead
                _derivative(now, tables, tide, gradient, tidal, heat, slope)
                table[column] = 0.5 * (now + before + sub * slope)
                for j in range(column - 1, -1, -1):  # Aitken and Neville in the squared number of substeps
                    factor = 1.0 / ((count / (2.0 * (j + 1))) ** 2 - 1.0)
                    table[j] = table[j + 1] + (table[j + 1] - table[j]) * factor
                    if column == _COLUMNS - 1 and j == 0:
                        for k in range(STATE_SIZE):
                            error = max(error, abs(table[0, k] - table[1, k]) / scale[k])
            if not np.isfinite(error):
                error = 1e6 * tolerance
            factor = min(2.0, max(0.2, 0.9 * (tolerance / max(error, 1e-30)) ** (1.0 / 13.0)))
            if error <= tolerance:
                y[:] = table[0]
                for k in range(THETA, STATE_SIZE):  # large angles would round worse than the tolerance
                    y[k] %= 2.0 * np.pi
                t = times[out] if last else t + h
                if not last:
                    step *= factor
            else:
                step = h * factor
                if abs(step) < _SHORTEST * abs(span):
                    return rows, out
        rows[out] = y
    return rows, n
