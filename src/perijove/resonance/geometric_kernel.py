"""Compiled loops between states and geometric elements; formulas and sources stand in `geometric_elements`."""

import numpy as np

from perijove.compiled import njit

__all__ = ["elements_of_states", "states_of_elements"]

_MOST_ITERATIONS = 40
_CONVERGED = 2e-15  # relative step of the semi-major axis
_SETTLED = 1e-10
_LARGEST = 0.3  # eccentricity; a theory of second order has nothing to say beyond

_compiled = njit(nogil=True, error_model="numpy")


@_compiled
def _frequencies(a, gm, field):  # type: ignore[no-untyped-def]
    """Squares of n, kappa, nu, eta and chi, by `perijove.dynamics.zonal_kernel.equatorial_field`."""
    n2 = kappa2 = nu2 = eta2 = chi2 = 0.0
    power = gm / a**3
    for k in range(field.shape[1]):
        n2 += field[0, k] * power
        kappa2 += field[1, k] * power
        nu2 += field[2, k] * power
        eta2 += field[3, k] * power
        chi2 += field[4, k] * power
        power /= a * a
    return n2, kappa2, nu2, eta2, chi2


@_compiled
def _second_order(squares, a, e_cos, e_sin, i_cos, i_sin):  # type: ignore[no-untyped-def]
    """What second order in e and I adds to radius, longitude, height and their rates.

    Equations 2 to 7 of Renner & Sicardy 2006, written in e times cosine and sine of the anomaly and in I (radians)
    times those of the distance from the node, so that no angle has to be computed. The last term of the height's rate
    has the sign that differentiating the height gives.
    """
    # The paper's alpha1 is (2 nu + kappa) / 3, its alpha2 2 nu - kappa, their product alpha²; tilt = chi² / alpha².
    n2, kappa2, nu2, eta2, chi2 = squares
    n, kappa, nu = np.sqrt(n2), np.sqrt(kappa2), np.sqrt(nu2)
    sharp, bend = eta2 / kappa2, chi2 / kappa2
    tilt = 3.0 * chi2 / (4.0 * nu2 - kappa2)
    near, far = 1.5 * chi2 / (kappa * (2.0 * nu + kappa)), 1.5 * chi2 / (kappa * (2.0 * nu - kappa))
    half_squeeze = 0.5 * kappa2 / n2
    e2, i2 = e_cos * e_cos + e_sin * e_sin, i_cos * i_cos + i_sin * i_sin
    e2_cos, e2_sin = e_cos * e_cos - e_sin * e_sin, 2.0 * e_cos * e_sin  # e^2 times those of twice the anomaly
    i2_cos, i2_sin = i_cos * i_cos - i_sin * i_sin, 2.0 * i_cos * i_sin
    ss, cc, sc, cs = i_sin * e_sin, i_cos * e_cos, i_sin * e_cos, i_cos * e_sin
    return (
        a * ((1.5 * sharp - 1.0) * e2 - 0.5 * sharp * e2_cos + (0.75 * bend - 1.0) * i2 + 0.25 * tilt * i2_cos),
        n * ((0.75 + 0.5 * sharp) / kappa * e2_sin - 0.25 * tilt / nu * i2_sin),
        a * (near * (sc + cs) - far * (sc - cs)),
        a * (kappa * sharp * e2_sin - 0.5 * nu * tilt * i2_sin),
        n
        * (
            (3.5 - 3.0 * sharp - half_squeeze) * e2
            + (1.5 + sharp) * e2_cos
            + (2.0 - half_squeeze - 1.5 * bend) * i2
            - 0.5 * tilt * i2_cos
        ),
        a * ((nu + kappa) * near * (cc - ss) - (nu - kappa) * far * (cc + ss)),
    )


@_compiled
def elements_of_states(states, gm, field, out):  # type: ignore[no-untyped-def]
    """Rows of a (km), mean longitude (rad), e and I (rad) times cosine and sine of pericentre and node."""
    for row in range(states.shape[0]):
        x, y, height, x_dot, y_dot, height_rate = states[row]
        distance = np.hypot(x, y)
        longitude = np.arctan2(y, x)
        distance_rate = (x * x_dot + y * y_dot) / distance
        longitude_rate = (x * y_dot - y * x_dot) / distance**2
        # Fixed point: the state less what second order adds gives a, e and I of first order, and these the second.
        second = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        a, change = distance, np.inf
        e_cos = e_sin = i_cos = i_sin = mean = 0.0
        for _ in range(_MOST_ITERATIONS):
            squares = _frequencies(a, gm[row], field)
            n, kappa, nu = np.sqrt(squares[0]), np.sqrt(squares[1]), np.sqrt(squares[2])
            # Newton's steps, with the derivatives of a Kepler orbit: e cos from the angular rate n (1 + 2 c + 5/2 c^2),
            # then a from the distance a (1 - c), where c itself grows with a because n falls.
            steep = 2.0 + 5.0 * e_cos
            e_cos += ((longitude_rate - second[4]) / n - 1.0 - 2.0 * e_cos) / steep
            growth = 1.5 * (1.0 + 2.0 * e_cos + 2.5 * e_cos * e_cos) / steep
            new = a - (a * (1.0 - e_cos) - distance + second[0]) / (1.0 - e_cos - growth)
            e_sin = (distance_rate - second[3]) / (new * kappa)
            i_sin, i_cos = (height - second[2]) / new, (height_rate - second[5]) / (new * nu)
            mean = longitude - second[1] - 2.0 * n / kappa * e_sin
            change = abs(new / a - 1.0)
            second = _second_order(squares, new, e_cos, e_sin, i_cos, i_sin)
            a = new
            if not change > _CONVERGED:
                break
        if not (change < _SETTLED and e_cos * e_cos + e_sin * e_sin < _LARGEST**2):
            out[row] = np.nan
            continue
        c, s = np.cos(mean), np.sin(mean)
        out[row, 0], out[row, 1] = a, mean
        # exp(i pericentre) = exp(i mean) / exp(i anomaly), and so for the node
        out[row, 2], out[row, 3] = c * e_cos + s * e_sin, s * e_cos - c * e_sin
        out[row, 4], out[row, 5] = c * i_cos + s * i_sin, s * i_cos - c * i_sin


@_compiled
def states_of_elements(elements, gm, field, out):  # type: ignore[no-untyped-def]
    """States of rows as `elements_of_states` writes them."""
    for row in range(elements.shape[0]):
        a, mean, k, h, q, p = elements[row]
        c, s = np.cos(mean), np.sin(mean)
        e_cos, e_sin = c * k + s * h, s * k - c * h
        i_cos, i_sin = c * q + s * p, s * q - c * p
        squares = _frequencies(a, gm[row], field)
        n, kappa, nu = np.sqrt(squares[0]), np.sqrt(squares[1]), np.sqrt(squares[2])
        second = _second_order(squares, a, e_cos, e_sin, i_cos, i_sin)
        distance = a * (1.0 - e_cos) + second[0]
        longitude = mean + 2.0 * n / kappa * e_sin + second[1]
        distance_rate = a * kappa * e_sin + second[3]
        longitude_rate = n * (1.0 + 2.0 * e_cos) + second[4]
        c, s = np.cos(longitude), np.sin(longitude)
        out[row, 0], out[row, 1], out[row, 2] = distance * c, distance * s, a * i_sin + second[2]
        out[row, 3] = distance_rate * c - distance * longitude_rate * s
        out[row, 4] = distance_rate * s + distance * longitude_rate * c
        out[row, 5] = a * nu * i_cos + second[5]
