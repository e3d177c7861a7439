"""The field of an oblate planet, to any degree.

Authority: law (the pull is the gradient of the potential, written with scipy's Legendre polynomials; frequencies of
orbits are its derivatives), independent (numpy's derivatives of these polynomials).
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import eval_legendre

from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_ZONALS_DURANTE_2020
from perijove.dynamics.integration import integrate
from perijove.dynamics.system import JovianSystem
from perijove.dynamics.zonal_kernel import LARGEST_DEGREE, equatorial_field, zonal_sums, zonals_of
from perijove.errors import InputError
from perijove.fit.system_parameters import system_parameter, with_parameter


@given(st.floats(-1.0, 1.0), st.integers(2, LARGEST_DEGREE))
def test_sums_are_slopes_of_legendre_polynomials(s: float, degree: int) -> None:
    """(n + 1) P_n + s P'_n = P'_n+1; to 1e-12 of the largest slope, n² / 2, which the recurrence loses in 30 steps."""
    zonals = np.zeros(degree + 1)
    zonals[degree] = 1.0
    up, here = (np.polynomial.legendre.Legendre.basis(n).deriv()(s) for n in (degree + 1, degree))
    radial, polar = zonal_sums(s, 1.0, zonals)
    assert (radial + 1.0, polar) == pytest.approx((up, here), abs=1e-12 * degree**2)


@given(st.floats(0.0, 2.0 * np.pi), st.floats(-0.999, 0.999), st.floats(1.05, 8.0))
def test_pull_is_the_gradient_of_the_potential(lon: float, s: float, distance: float) -> None:
    """Central differences of order 4; all degrees that Juno found at Jupiter."""
    zonals = zonals_of(JUPITER_ZONALS_DURANTE_2020)
    pole = np.array([0.0, 0.0, 1.0])

    def potential(place: np.ndarray) -> float:
        r = np.linalg.norm(place)
        terms = [zonals[n] * r**-n * eval_legendre(n, place @ pole / r) for n in range(2, zonals.size)]
        return float((1.0 - sum(terms)) / r)

    place = distance * np.array([np.cos(lon) * np.sqrt(1 - s * s), np.sin(lon) * np.sqrt(1 - s * s), s])
    radial, polar = zonal_sums(s, 1.0 / distance, zonals)
    pull = (radial * place / distance - polar * pole) / distance**2
    step = 1e-3
    for axis in range(3):
        way = step * np.eye(3)[axis]
        near, far = (potential(place + k * way) - potential(place - k * way) for k in (1, 2))
        assert pull[axis] == pytest.approx((8.0 * near - far) / (12.0 * step), abs=1e-11)


def test_arrays_are_places_one_by_one() -> None:
    zonals = zonals_of(JUPITER_ZONALS_DURANTE_2020)
    s, ratio = np.linspace(-1.0, 1.0, 7), np.linspace(0.2, 1.0, 7)
    together = np.array(zonal_sums(s, ratio, zonals))
    alone = np.array([zonal_sums(*pair, zonals) for pair in zip(s, ratio, strict=True)]).T
    assert together == pytest.approx(alone, rel=1e-15)


def test_frequencies_of_orbits_are_derivatives_in_the_equator() -> None:
    """n² r = pull, kappa² = r⁻³ d(r⁴ n²)/dr, nu² = slope across the equator, of a planet with J2 to J10."""
    field = equatorial_field(JUPITER_ZONALS_DURANTE_2020, 1.0)
    zonals = zonals_of(JUPITER_ZONALS_DURANTE_2020)
    r, step = 1.7, 1e-4

    def n2(r: float) -> float:
        return float(-zonal_sums(0.0, 1.0 / r, zonals)[0] / r**3)

    def across(height: float) -> float:
        away = np.hypot(r, height)
        radial, polar = zonal_sums(height / away, 1.0 / away, zonals)
        return float((radial * height / away - polar) / away**2)

    squares = field @ r ** (-2.0 * np.arange(field.shape[1])) / r**3
    assert squares[0] == pytest.approx(n2(r), rel=1e-14)
    slope = (n2(r + step) * (r + step) ** 4 - n2(r - step) * (r - step) ** 4) / (2.0 * step)
    assert squares[1] == pytest.approx(slope / r**3, rel=1e-7)
    assert squares[2] == pytest.approx((across(-step) - across(step)) / (2.0 * step), rel=1e-7)


def test_a_round_planet_is_a_point() -> None:
    assert zonals_of(()).tolist() == [0.0, 0.0]
    assert zonals_of((0.0, 0.0)).tolist() == [0.0, 0.0]
    assert equatorial_field((), 7e4)[:, 0] == pytest.approx([1.0, 1.0, 1.0, 1.0, 1.0])


def test_any_degree_moves_a_moon() -> None:
    """J5, J8 and J10 count, and can be named in a fit."""
    system = JovianSystem(("A",), (0.0,), JUPITER_GM_KM3_S2, harmonics=JUPITER_ZONALS_DURANTE_2020)
    start = np.array([[1.2e5, 0.0, 3e4, 0.0, 32.0, 0.0]])
    whole = integrate(system, start, start_tdb=0.0, end_tdb=5e4, step_s=60.0).states(5e4)
    for n in (5, 8, 10):
        less = with_parameter(system, f"J{n}", 0.0)
        assert system_parameter(less, f"J{n}") == 0.0
        moved = integrate(less, start, start_tdb=0.0, end_tdb=5e4, step_s=60.0).states(5e4)
        assert np.linalg.norm((moved - whole)[0, :3]) > 1e-3
    short = with_parameter(replace(system, harmonics=(0.01,)), "J4", -1e-4)
    assert short.harmonics == (0.01, 0.0, -1e-4)


@pytest.mark.parametrize("harmonics", [(1e-3,) * LARGEST_DEGREE, (float("nan"),)])
def test_harmonics_without_meaning_are_refused(harmonics: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match=f"up to J{LARGEST_DEGREE}"):
        JovianSystem(("A",), (0.0,), JUPITER_GM_KM3_S2, harmonics=harmonics)
