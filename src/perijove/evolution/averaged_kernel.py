"""The averaged Hamiltonian and its gradient, compiled.

A state is a row of 14 numbers: Λ of the four moons, Re z and Im z of the four, θ1 = 2 λ2 - λ1 and θ2 = 2 λ3 - λ2, with
Λ = β √(μ a), z = √(2Γ) exp(iϖ) and Γ = Λ (1 - √(1 - e²)). Masses stand as G times mass, so that energies
(km⁵/s⁴) and momenta (km⁵/s³) carry a factor G.
"""

import numpy as np

from perijove.compiled import njit

__all__ = ["STATE_SIZE", "THETA", "X", "Y", "energy_gradient", "motion"]

STATE_SIZE = 14
X, Y, THETA = 4, 8, 12  # where each group starts; Λ comes first


@njit()
def energy_gradient(state, gm, oblate, pairs, middles, polynomials, gradient):  # type: ignore[no-untyped-def]
    """Energy of an averaged state; its gradient goes to `gradient`.

    `gm` holds planet and moons, `oblate` the numbers J_2n R^2n for n = 1, 2, 3. Row p of `pairs` names inner moon,
    outer moon and the resonant angle that they share (-1 without), `middles[p]` and `polynomials[p]` its coefficients.
    """
    planet = gm[0]
    total = 0.0
    gradient[:] = 0.0
    a = np.empty(4)
    xr = np.empty(4)
    xi = np.empty(4)
    by_xr = np.zeros(4)
    by_xi = np.zeros(4)
    # Each moon alone: Kepler's energy -beta mu / 2a, then what the planet's oblateness adds.
    for k in range(4):
        m = gm[k + 1]
        beta = planet * m / (planet + m)
        mu = planet + m
        lam = state[k]
        a[k] = lam * lam / (beta * beta * mu)
        root = 1.0 / np.sqrt(lam)
        xr[k] = state[X + k] * root
        xi[k] = state[Y + k] * root
        kepler = -beta * mu / (2.0 * a[k])
        total += kepler
        gradient[k] += -2.0 * kepler / lam
        # The planet's oblateness, exact in e: the means of r^-3, r^-5 and r^-7.
        half = 0.5 * (xr[k] * xr[k] + xi[k] * xi[k])  # Γ / Λ
        q = 1.0 - half  # sqrt(1 - e²)
        e2 = 1.0 - q * q
        inv = 1.0 / (a[k] * a[k])
        t2 = -0.5 * oblate[0] * inv * q**-3
        t4 = 0.375 * oblate[1] * inv**2 * (1.0 + 1.5 * e2) * q**-7
        t6 = -0.3125 * oblate[2] * inv**3 * (1.0 + 5.0 * e2 + 1.875 * e2 * e2) * q**-11
        scale = planet * m / a[k]
        total += scale * (t2 + t4 + t6)
        gradient[k] += scale * (-6.0 * t2 - 10.0 * t4 - 14.0 * t6) / lam
        by_q = (
            -3.0 * t2 / q
            - 7.0 * t4 / q
            - 11.0 * t6 / q
            - 2.0 * q * 0.375 * oblate[1] * inv**2 * 1.5 * q**-7
            + 2.0 * q * 0.3125 * oblate[2] * inv**3 * (5.0 + 3.75 * e2) * q**-11
        )
        by_xr[k] -= scale * by_q * xr[k]
        by_xi[k] -= scale * by_q * xi[k]
    # Pairs: -(G m m'/a') times the series of `disturbing_function`, its coefficients polynomials of a/a'.
    f = np.empty(8)
    df = np.empty(8)
    for p in range(pairs.shape[0]):
        i, j, angle = pairs[p, 0], pairs[p, 1], pairs[p, 2]
        scale = -gm[i + 1] * gm[j + 1] / a[j]
        alpha = a[i] / a[j]
        off = alpha - middles[p]
        for t in range(8 if angle >= 0 else 3):
            value = 0.0
            slope = 0.0
            for n in range(polynomials.shape[2] - 1, -1, -1):
                slope = slope * off + value
                value = value * off + polynomials[p, t, n]
            f[t] = value
            df[t] = slope
        ir, ii, jr, ji = xr[i], xi[i], xr[j], xi[j]
        squares = ir * ir + ii * ii + jr * jr + ji * ji
        product = ir * jr + ii * ji
        bracket = f[0] + f[1] * squares + f[2] * product
        slope = df[0] + df[1] * squares + df[2] * product
        d_ir = 2.0 * f[1] * ir + f[2] * jr
        d_ii = 2.0 * f[1] * ii + f[2] * ji
        d_jr = 2.0 * f[1] * jr + f[2] * ir
        d_ji = 2.0 * f[1] * ji + f[2] * ii
        # Terms with the resonant angle: x turned by it, x exp(-i theta) = e exp(i (pericentre - theta)).
        if angle >= 0:
            theta = state[THETA + angle]
            c, s = np.cos(theta), np.sin(theta)
            c2, s2 = c * c - s * s, 2.0 * s * c
            cos_i = ir * c + ii * s
            cos_j = jr * c + ji * s
            cos_ii = (ir * ir - ii * ii) * c2 + 2.0 * ir * ii * s2
            cos_ij = (ir * jr - ii * ji) * c2 + (ir * ji + ii * jr) * s2
            cos_jj = (jr * jr - ji * ji) * c2 + 2.0 * jr * ji * s2
            bracket += f[3] * cos_i + f[4] * cos_j + f[5] * cos_ii + f[6] * cos_ij + f[7] * cos_jj
            slope += df[3] * cos_i + df[4] * cos_j + df[5] * cos_ii + df[6] * cos_ij + df[7] * cos_jj
            d_ir += f[3] * c + 2.0 * f[5] * (ir * c2 + ii * s2) + f[6] * (jr * c2 + ji * s2)
            d_ii += f[3] * s + 2.0 * f[5] * (ir * s2 - ii * c2) + f[6] * (jr * s2 - ji * c2)
            d_jr += f[4] * c + 2.0 * f[7] * (jr * c2 + ji * s2) + f[6] * (ir * c2 + ii * s2)
            d_ji += f[4] * s + 2.0 * f[7] * (jr * s2 - ji * c2) + f[6] * (ir * s2 - ii * c2)
            gradient[THETA + angle] += scale * (
                f[3] * (ii * c - ir * s)
                + f[4] * (ji * c - jr * s)
                + 2.0 * f[5] * (2.0 * ir * ii * c2 - (ir * ir - ii * ii) * s2)
                + 2.0 * f[6] * ((ir * ji + ii * jr) * c2 - (ir * jr - ii * ji) * s2)
                + 2.0 * f[7] * (2.0 * jr * ji * c2 - (jr * jr - ji * ji) * s2)
            )
        # By Lambda, through a = Lambda² / (beta² mu), and by both moons' x.
        total += scale * bracket
        gradient[i] += 2.0 * scale * alpha * slope / state[i]
        gradient[j] -= 2.0 * scale * (bracket + alpha * slope) / state[j]
        by_xr[i] += scale * d_ir
        by_xi[i] += scale * d_ii
        by_xr[j] += scale * d_jr
        by_xi[j] += scale * d_ji
    for k in range(4):  # from x = z / sqrt(Λ) to z
        root = 1.0 / np.sqrt(state[k])
        gradient[X + k] = by_xr[k] * root
        gradient[Y + k] = by_xi[k] * root
        gradient[k] -= 0.5 * (by_xr[k] * xr[k] + by_xi[k] * xi[k]) / state[k]
    return total


@njit()
def motion(gradient, rates):  # type: ignore[no-untyped-def]
    """Hamilton's equations: the gradient of the energy to the rates of the state."""
    rates[0] = gradient[12]
    rates[1] = gradient[13] - 2.0 * gradient[12]
    rates[2] = -2.0 * gradient[13]
    rates[3] = 0.0
    for k in range(4):  # dz/dt = -2i dH/dz*
        rates[X + k] = gradient[Y + k]
        rates[Y + k] = -gradient[X + k]
    rates[12] = 2.0 * gradient[1] - gradient[0]
    rates[13] = 2.0 * gradient[2] - gradient[1]
