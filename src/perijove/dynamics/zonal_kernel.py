"""The field of a planet that is symmetric about its pole, to any degree: the one place that knows its formulas.

With the potential GM/r [1 - sum of J_n (R/r)^n P_n(s)], s the sine of latitude, the pull is

    GM/r² [radial u - polar p],    radial = -1 + sum of J_n (R/r)^n [(n + 1) P_n + s P'_n],
                                   polar = sum of J_n (R/r)^n P'_n,

with u outward and p along the pole.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from perijove.compiled import njit

__all__ = ["LARGEST_DEGREE", "equatorial_field", "zonal_pull", "zonal_sums", "zonals_of"]

LARGEST_DEGREE = 30


def zonal_sums(s: Any, ratio: Any, zonals: np.ndarray) -> tuple[Any, Any]:  # numbers or arrays
    """`radial` and `polar` of the module's first lines.

    Parameters
    ----------
    s, ratio : float or array, shape (...)
        Sine of latitude, and R/r.
    zonals : array, shape (degree + 1,)
        J_n at index n, not normalised; 0 and 1 are not read.

    Returns
    -------
    radial, polar : float or array, shape (...)
    """
    before, now = 1.0, s  # Legendre polynomials, and their derivatives
    slope_before, slope = 0.0, 1.0
    power = ratio
    radial, polar = -1.0, 0.0
    for n in range(2, zonals.size):
        before, now = now, ((2 * n - 1) * s * now - (n - 1) * before) / n
        slope_before, slope = slope, slope_before + (2 * n - 1) * before
        power = power * ratio
        weight = zonals[n] * power
        radial = radial + weight * ((n + 1) * now + s * slope)
        polar = polar + weight * slope
    return radial, polar


# Copied into its callers, as `perijove.dynamics.force_kernel` says.
zonal_pull = njit(inline="always", nogil=True, error_model="numpy", fastmath={"contract", "nsz"})(zonal_sums)
"""`zonal_sums` for other kernels."""


def zonals_of(harmonics: ArrayLike) -> np.ndarray:
    """J2, J3, ... as `zonal_sums` takes them, without zeros at the end."""
    values = np.trim_zeros(np.asarray(harmonics, dtype=float), "b")
    return np.concatenate([np.zeros(2), values])


def equatorial_field(harmonics: ArrayLike, radius_km: float) -> np.ndarray:
    """Squares of the frequencies of near-circular orbits in the equator, as series in 1/a².

    Parameters
    ----------
    harmonics : array
        J2, J3, J4 ..., not normalised. Odd ones do nothing: their pull in the equator is along the pole.
    radius_km : float
        To which they belong.

    Returns
    -------
    array, shape (5, terms)
        Coefficients of 1, a⁻², a⁻⁴ ... in units of GM/a³: of mean motion n, radial kappa, vertical nu, and of eta and
        chi, of which the next order in eccentricity and inclination is made.

    Notes
    -----
    n² = (1/r) dV/dr, kappa² = r⁻³ d(r⁴ n²)/dr, nu² from the field's slope across the equator, eta² and chi² from the
    next derivatives (Borderies-Rappaport & Longaretti 1994, Icarus 107, 129): each multiplies the term of degree d by a
    polynomial in d.
    """
    zonals = zonals_of(harmonics)
    zonals[0] = -1.0  # the planet's mass itself
    degree = np.arange(0, zonals.size, 2)
    at_equator = np.array([np.polynomial.legendre.Legendre.basis(d)(0.0) for d in degree])
    mean = -(degree + 1.0) * at_equator * zonals[degree] * radius_km**degree
    factors = np.array(
        [
            np.ones(degree.size),
            1.0 - degree,
            degree + 1.0,
            -(degree + 6.0) * (degree - 1.0) / 6.0,
            (degree + 1.0) * (degree + 3.0) / 3.0,
        ]
    )
    return np.asarray(mean * factors)
