"""Tides as rates of the averaged state, compiled.

Each tide is a sum of waves. A wave with argument p λ - q ϖ - 2 (planet's rotation), or without the rotation, takes from
the orbit in proportion to p, q and 2: so Hamilton's equations turn one number per wave into rates of Λ, Γ and spin,
whose angular momentum and energy balance exactly.
"""

import numpy as np

from perijove.compiled import njit
from perijove.evolution.averaged_kernel import X, Y

__all__ = ["tidal_rates"]


@njit()
def tidal_rates(state, gradient, gm, radii_5, spin, planet_k2_over_q, moon_k2_over_q, rates, heat):  # type: ignore[no-untyped-def]
    """Rates of Λ and z by tides, to second order in e; returns the torque of all moons' tides on the planet.

    `radii_5` are fifth powers, planet first. `planet_k2_over_q` has a row per moon and a column per wave, of frequency
    2 spin - 2 n, 2 spin - 3 n + g, 2 spin - n - g and n - g, where g is that of the perijove; it counts positive where
    the wave lags. `rates` is shaped like the state. `heat` (2, 4) receives the power dissipated in the planet by each
    moon's tide, and in each moon. Everything is times G.
    """
    torque = 0.0
    rates[:] = 0.0
    planet = gm[0]
    for k in range(4):
        m = gm[k + 1]
        lam = state[k]
        beta = planet * m / (planet + m)
        n = gradient[k]
        a = np.sqrt(lam / (beta * n))  # mean distance; oblateness makes the mean osculating a 0.06 % larger for Io
        e2 = (state[X + k] ** 2 + state[Y + k] ** 2) / lam
        e2_apsis = -(state[X + k] * gradient[X + k] + state[Y + k] * gradient[Y + k]) / lam  # e² dϖ/dt
        # Strengths k2/Q x G m² R⁵ / a⁶ of the waves in the planet, to second order in e, and of the tide in the moon.
        wave = 0.75 * m * m * radii_5[0] / a**6
        semidiurnal = wave * planet_k2_over_q[k, 0] * (1.0 - 5.0 * e2)
        inner = wave * planet_k2_over_q[k, 1] * 12.25
        outer = wave * planet_k2_over_q[k, 2] * 0.25
        radial = wave * planet_k2_over_q[k, 3] * 1.5
        damping = 10.5 * planet * planet * radii_5[k + 1] / a**6 * moon_k2_over_q[k]
        # Hamilton's equations: a wave p lambda - q pericentre takes p from Lambda's rate and q from Gamma's.
        by_lambda = 2.0 * semidiurnal + (3.0 * inner + outer - radial - damping) * e2
        by_gamma_over_e2 = inner - outer - radial - damping
        torque -= 2.0 * (semidiurnal + (inner + outer) * e2)
        rates[k] = by_lambda
        growth = by_gamma_over_e2 / lam
        rates[X + k] = growth * state[X + k]
        rates[Y + k] = growth * state[Y + k]
        heat[0, k] = (
            semidiurnal * 2.0 * (spin - n)
            + inner * (e2 * (2.0 * spin - 3.0 * n) + e2_apsis)
            + outer * (e2 * (2.0 * spin - n) - e2_apsis)
            + radial * (e2 * n - e2_apsis)
        )
        heat[1, k] = damping * (e2 * n - e2_apsis)
    return torque
