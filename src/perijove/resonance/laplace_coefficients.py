"""Laplace coefficients and their derivatives, by quadrature."""

from functools import lru_cache

import numpy as np

from perijove.errors import InputError

__all__ = ["laplace_coefficient"]

_ROUNDING = 1e-17


def laplace_coefficient(s: float, j: int, alpha: float, *, derivative: int = 0) -> float:
    """Laplace coefficient b_s^(j)(α), or dᵏb/dαᵏ.

    Parameters
    ----------
    s : float
        Half-integer index: 1/2 for the inverse distance.
    j : int
        Order of the cosine; the sign does not matter.
    alpha : float
        Ratio of the semi-major axes, 0 <= α < 1.
    derivative : int
        How many times to differentiate with respect to α.

    Returns
    -------
    float
        (1/π) ∫ cos jψ (1 - 2 α cos ψ + α²)^(-s) dψ over a full turn, to about 1e-15 of its size.

    Raises
    ------
    InputError
        If α is not in [0, 1).

    Notes
    -----
    The integrand is periodic and analytic, so equal steps converge like α^N: no table and no series is needed.
    Derivatives follow Murray & Dermott (1999), equation 6.70.
    """
    if not 0.0 <= alpha < 1.0:
        raise InputError(f"alpha = {alpha}: a ratio of semi-major axes lies in [0, 1)")
    return _coefficient(s, abs(j), alpha, derivative)


@lru_cache(maxsize=4096)  # derivatives ask for the same coefficients again and again
def _coefficient(s: float, j: int, alpha: float, derivative: int) -> float:
    if derivative > 0:
        below = derivative - 1
        terms = [
            _coefficient(s + 1.0, abs(j - 1), alpha, below),
            _coefficient(s + 1.0, j + 1, alpha, below),
            -2.0 * alpha * _coefficient(s + 1.0, j, alpha, below),
        ]
        if below > 0:  # the factor alpha is differentiated too
            terms.append(-2.0 * below * _coefficient(s + 1.0, j, alpha, below - 1))
        return s * sum(terms)
    count = 64 if alpha < 0.3 else int(np.log(_ROUNDING) / np.log(alpha)) + 64
    psi = 2.0 * np.pi * np.arange(count) / count
    return float(2.0 * np.mean(np.cos(j * psi) * (1.0 - 2.0 * alpha * np.cos(psi) + alpha * alpha) ** -s))
