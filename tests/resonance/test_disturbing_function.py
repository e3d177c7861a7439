"""Laplace coefficients and the averaged attraction near 2:1.

Authority: published (the 2:1 coefficients of Batygin & Morbidelli 2013, to half of the last digit), independent
(hypergeometric function; quadrature of the true attraction of two ellipses) and law (recurrence, limits).
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp2f1, poch

from perijove.errors import InputError
from perijove.resonance.disturbing_function import TERMS, coefficient_polynomials, pair_coefficients
from perijove.resonance.laplace_coefficients import laplace_coefficient

TWO_TO_ONE = 0.5 ** (2.0 / 3.0)


@given(st.floats(0.0, 0.9), st.integers(0, 8), st.sampled_from([0.5, 1.5, 2.5]))
def test_coefficients_are_hypergeometric(alpha: float, j: int, s: float) -> None:
    expected = 2.0 * poch(s, j) / poch(1.0, j) * alpha**j * hyp2f1(s, s + j, j + 1, alpha**2)
    largest = laplace_coefficient(s, 0, alpha)
    assert laplace_coefficient(s, j, alpha) == pytest.approx(expected, abs=2e-13 * largest)
    assert laplace_coefficient(s, -j, alpha) == laplace_coefficient(s, j, alpha)


@pytest.mark.parametrize("derivative", [1, 2, 3])
def test_derivatives_are_slopes(derivative: int) -> None:
    step = 1e-5
    below = [laplace_coefficient(0.5, 2, 0.6 + d, derivative=derivative - 1) for d in (-step, step)]
    slope = (below[1] - below[0]) / (2.0 * step)
    assert laplace_coefficient(0.5, 2, 0.6, derivative=derivative) == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize("alpha", [-0.1, 1.0, 1.5, float("nan")])
def test_alpha_outside_is_refused(alpha: float) -> None:
    with pytest.raises(InputError, match=r"lies in \[0, 1\)"):
        laplace_coefficient(0.5, 0, alpha)


def test_published_coefficients_at_two_to_one() -> None:
    f = dict(zip(TERMS, pair_coefficients(TWO_TO_ONE), strict=True))
    assert f["f27"] == pytest.approx(-1.19049, abs=5e-6)
    assert f["f31"] == pytest.approx(0.42839, abs=5e-6)


def test_polynomials_follow_the_coefficients() -> None:
    polynomials = coefficient_polynomials(TWO_TO_ONE, half_width=0.08)
    for offset in (-0.08, -0.03, 0.001, 0.05, 0.08):
        powers = (offset * TWO_TO_ONE) ** np.arange(polynomials.shape[1])
        exact = pair_coefficients(TWO_TO_ONE * (1.0 + offset))
        np.testing.assert_allclose(polynomials @ powers, exact, rtol=2e-10)


@pytest.mark.parametrize("alpha", [0.225, 0.358, 0.397, 0.568])
def test_wide_polynomials_serve_secular_terms(alpha: float) -> None:
    polynomials = coefficient_polynomials(alpha, half_width=0.25)[:3]
    for offset in (-0.25, -0.1, 0.1, 0.25):
        powers = (offset * alpha) ** np.arange(polynomials.shape[1])
        np.testing.assert_allclose(polynomials @ powers, pair_coefficients(alpha * (1.0 + offset))[:3], rtol=5e-6)


def place(a: float, e: float, perijove: float, longitude: np.ndarray) -> np.ndarray:
    """Position on an ellipse as a complex number, by Kepler's equation."""
    anomaly = longitude - perijove
    eccentric = anomaly.copy()
    for _ in range(20):
        eccentric = anomaly + e * np.sin(eccentric)
    return np.asarray(a * np.exp(1j * perijove) * (np.cos(eccentric) - e + 1j * np.sqrt(1 - e * e) * np.sin(eccentric)))


def gap(e: float, e_outer: float, perijoves: tuple[float, float], theta: float) -> float:
    """Series minus the mean of a'/|r - r'| at fixed 2 λ' - λ."""
    outer = 2.0 * np.pi * np.arange(4096) / 4096
    distance = abs(place(TWO_TO_ONE, e, perijoves[0], 2.0 * outer - theta) - place(1.0, e_outer, perijoves[1], outer))
    f = dict(zip(TERMS, pair_coefficients(TWO_TO_ONE), strict=True))
    f["f31"] += 2.0 * TWO_TO_ONE  # without the indirect part
    x, y = e * np.exp(-1j * perijoves[0]), e_outer * np.exp(-1j * perijoves[1])
    turn = np.exp(1j * theta)
    series = (
        f["f1"]
        + f["f2"] * (e**2 + e_outer**2)
        + f["f10"] * (x * y.conjugate()).real
        + ((f["f27"] * x + f["f31"] * y) * turn).real
        + ((f["f45"] * x**2 + f["f49"] * x * y + f["f53"] * y**2) * turn**2).real
    )
    return float(series - np.mean(1.0 / distance))


@pytest.mark.parametrize(
    ("e", "e_outer", "perijoves", "theta"),
    [(0.01, 0.0, (0.3, 0.0), 0.7), (0.0, 0.01, (0.0, 2.1), 4.0), (0.008, 0.012, (1.0, 3.5), 2.5)],
)
def test_series_averages_the_true_attraction(
    e: float, e_outer: float, perijoves: tuple[float, float], theta: float
) -> None:
    """What is left out is of third order: at half the eccentricities an eighth."""
    whole, half = gap(e, e_outer, perijoves, theta), gap(e / 2.0, e_outer / 2.0, perijoves, theta)
    assert abs(whole) < 1e-4
    assert whole / half == pytest.approx(8.0, rel=0.05)


def test_indirect_part_is_the_momenta_s_product() -> None:
    """Mean of (r · r'') a'² / μ' with r'' = -μ' r'/r'^3, at the resonance: the inner moon feels -2 α e' cos θ'."""
    outer = 2.0 * np.pi * np.arange(4096) / 4096
    e_outer, perijove, theta = 0.01, 2.1, 4.0
    r_outer = place(1.0, e_outer, perijove, outer)
    r = place(TWO_TO_ONE, 0.0, 0.0, 2.0 * outer - theta)
    indirect = -np.mean((r * r_outer.conjugate()).real / abs(r_outer) ** 3)
    assert indirect == pytest.approx(-2.0 * TWO_TO_ONE * e_outer * np.cos(theta - perijove), abs=1e-5)
