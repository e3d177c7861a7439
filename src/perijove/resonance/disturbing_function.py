"""The averaged attraction of two moons on each other: coefficients near the 2:1 resonance, to second order in e.

With α = a/a' and mean longitudes λ, λ', the potential energy of a pair, averaged over everything that is fast, is
-(G m m'/a') times the sum of

======= ==================================== =========================
term    argument                             order
======= ==================================== =========================
f1      1                                    0, secular
f2      e² + e'²                             2, secular
f10     e e' cos(ϖ' - ϖ)                     2, secular
f27     e cos(2λ' - λ - ϖ)                   1, resonant
f31     e' cos(2λ' - λ - ϖ')                 1, resonant
f45     e² cos(4λ' - 2λ - 2ϖ)                2, resonant
f49     e e' cos(4λ' - 2λ - ϖ - ϖ')          2, resonant
f53     e'² cos(4λ' - 2λ - 2ϖ')              2, resonant
======= ==================================== =========================

in the notation of Murray & Dermott (1999), appendix B. The indirect part belongs to f31 alone.
"""

import numpy as np

from perijove.resonance.laplace_coefficients import laplace_coefficient

__all__ = ["TERMS", "coefficient_polynomials", "pair_coefficients"]

TERMS = ("f1", "f2", "f10", "f27", "f31", "f45", "f49", "f53")
_DEGREE = 9


def pair_coefficients(alpha: float) -> np.ndarray:
    """Coefficients f of a pair of moons.

    Parameters
    ----------
    alpha : float
        Ratio of the semi-major axes, inner to outer.

    Returns
    -------
    array, shape (8,)
        In the order of `TERMS`.

    Notes
    -----
    The indirect term is written as -2α, its value where the inner moon moves twice as fast as the outer one; away
    from there it differs by the relative distance from the resonance (0.4 % for Io and Europa).
    """

    def b(j: int) -> tuple[float, float, float]:
        """b_{1/2}^(j), α Db and α² D²b."""
        return (
            laplace_coefficient(0.5, j, alpha),
            alpha * laplace_coefficient(0.5, j, alpha, derivative=1),
            alpha**2 * laplace_coefficient(0.5, j, alpha, derivative=2),
        )

    (b0, d0, dd0), (b1, d1, dd1), (b2, d2, dd2) = b(0), b(1), b(2)
    (b3, d3, dd3), (b4, d4, dd4) = b(3), b(4)
    return np.array(
        [
            0.5 * b0,
            0.125 * (2.0 * d0 + dd0),
            0.25 * (2.0 * b1 - 2.0 * d1 - dd1),
            -0.5 * (4.0 * b2 + d2),
            0.5 * (3.0 * b1 + d1) - 2.0 * alpha,
            0.125 * (44.0 * b4 + 14.0 * d4 + dd4),
            -0.25 * (42.0 * b3 + 14.0 * d3 + dd3),
            0.125 * (38.0 * b2 + 14.0 * d2 + dd2),
        ]
    )


def coefficient_polynomials(alpha: float, *, half_width: float) -> np.ndarray:
    """Coefficients f as polynomials of α about a middle value, for fast evaluation.

    Parameters
    ----------
    alpha : float
        Middle of the interval.
    half_width : float
        How far it reaches to either side, relative to the middle.

    Returns
    -------
    array, shape (8, 10)
        Row by row the coefficients of (α - middle)^0, ^1, ...; relative error at most 2e-10 within
        0.08 of the 2:1 resonance, and 5e-6 within 0.25 of the moons' other ratios.
    """
    nodes = np.cos(np.pi * (np.arange(_DEGREE + 1) + 0.5) / (_DEGREE + 1))
    step = half_width * alpha
    values = np.array([pair_coefficients(alpha + step * node) for node in nodes])
    scaled = np.linalg.solve(np.vander(nodes, increasing=True), values)
    polynomials: np.ndarray = scaled.T / step ** np.arange(_DEGREE + 1)
    return polynomials
