"""The averaged system: Hamiltonian, equilibria, full motion.

Authority: law (gradient against differences, conservation, time reversal), published (today's forced eccentricities,
semi-major axes and libration period, from JPL jup365) and independent (eigenvalues against the integrated motion).
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracles.averaged_motion import averaged_motion

from perijove.errors import FitError, InputError
from perijove.evolution.averaged import AVERAGED_GALILEAN, averaged_state, eccentricities
from perijove.evolution.equilibrium_kernel import actions
from perijove.evolution.resonant_equilibrium import EquilibriumFamily, linear_motion, present_mean_motions

FAMILY = EquilibriumFamily(AVERAGED_GALILEAN)
NOW = FAMILY.present()
A_KM = np.array([422030.0, 671263.0, 1070623.0, 1883133.0])

angles = st.lists(st.floats(0.0, 360.0), min_size=4, max_size=4).map(np.array)
small_eccentricities = st.lists(st.floats(0.001, 0.02), min_size=4, max_size=4).map(np.array)


def state(e: np.ndarray, perijove_deg: np.ndarray, longitude_deg: np.ndarray) -> np.ndarray:
    return averaged_state(AVERAGED_GALILEAN, a_km=A_KM, e=e, perijove_deg=perijove_deg, longitude_deg=longitude_deg)


@settings(max_examples=20)
@given(small_eccentricities, angles, angles)
def test_gradient_is_the_slope_of_the_energy(e: np.ndarray, perijove: np.ndarray, longitude: np.ndarray) -> None:
    here = state(e, perijove, longitude)
    gradient = FAMILY.gradient(here)
    generator = np.random.default_rng(1)
    scale = np.concatenate([here[:4], np.repeat(np.sqrt(here[:4]) * 0.01, 2).reshape(4, 2).T.ravel(), [1.0, 1.0]])
    direction = generator.normal(size=14) * scale
    steps = 1e-4 * np.array([-2.0, -1.0, 1.0, 2.0])
    energy = [AVERAGED_GALILEAN.energy(here + step * direction) for step in steps]
    slope = np.dot([1.0, -8.0, 8.0, -1.0], energy) / (12.0 * 1e-4)
    assert gradient @ direction == pytest.approx(slope, rel=1e-9, abs=1e-12 * abs(energy[0]) / 1e-4)


@given(small_eccentricities, angles, angles)
def test_state_has_the_elements_it_was_made_of(e: np.ndarray, perijove: np.ndarray, longitude: np.ndarray) -> None:
    np.testing.assert_allclose(eccentricities(state(e, perijove, longitude)), e, rtol=1e-9)


@pytest.mark.slow
@settings(max_examples=5)
@given(small_eccentricities, angles, angles, st.sampled_from([1.0, -1.0]))
def test_motion_without_tides_conserves(
    e: np.ndarray, perijove: np.ndarray, longitude: np.ndarray, direction: float
) -> None:
    """Energy, angular momentum, 4 Λ1 + 2 Λ2 + Λ3 and Callisto's Λ, over ten free librations from anywhere."""
    start = state(e, perijove, longitude)
    run = averaged_motion(start, direction * np.linspace(0.0, 60.0, 13))
    kept = np.array([actions(each) for each in run.states])
    np.testing.assert_allclose(kept / kept[0], 1.0, rtol=1e-12)
    assert np.ptp(run.energy) < 1e-12 * abs(run.energy[0])
    assert np.ptp(run.eccentricity[:, 0]) > 1e-5  # it did move


@pytest.mark.slow
def test_motion_runs_backwards() -> None:
    near_resonance = np.array([0.0, 0.0, 90.0, 0.0])
    start = state(np.array([0.005, 0.01, 0.002, 0.007]), np.array([0.0, 170.0, 30.0, 80.0]), near_resonance)
    there = averaged_motion(start, [0.0, 40.0]).states[-1]
    back = averaged_motion(there, [40.0, 0.0]).states[-1]
    np.testing.assert_allclose(back[:4] / start[:4], 1.0, rtol=1e-12)
    np.testing.assert_allclose(back[4:12] / np.sqrt(start[3]), start[4:12] / np.sqrt(start[3]), atol=1e-9)


def test_present_equilibrium_has_today_s_orbits() -> None:
    """Forced parts as frequency analysis of JPL jup365 gives them: 0.00415, 0.00936, 0.00059; axes to 100 km."""
    e = eccentricities(NOW)
    assert 0.0041 < e[0] < 0.0042
    assert e[1] == pytest.approx(0.00936, abs=5e-5)
    assert e[2] == pytest.approx(0.0006, abs=5e-5)
    beta, mu = AVERAGED_GALILEAN.masses
    np.testing.assert_allclose((NOW[:4] / beta) ** 2 / mu, [422029.96, 671261.2, 1070621.0, 1883133.5], atol=100.0)
    np.testing.assert_allclose(FAMILY.gradient(NOW)[:4], present_mean_motions(), rtol=1e-9)


def test_equilibrium_stays() -> None:
    run = averaged_motion(NOW, np.linspace(0.0, 200.0, 21))
    np.testing.assert_allclose(run.laplace_angle_deg, 180.0, atol=1e-7)
    np.testing.assert_allclose(run.eccentricity, np.tile(eccentricities(NOW), (21, 1)), atol=1e-11)


def test_free_libration_has_the_observed_period() -> None:
    """2059.6 days in JPL jup365; the averaged motion oscillates as its eigenvalues say."""
    values, vectors = np.linalg.eig(linear_motion(FAMILY, NOW))
    slowest = np.argmin(np.where(values.imag > 1e-12, values.imag, np.inf))
    days = 2.0 * np.pi / values.imag[slowest] / 86400.0
    assert 2050.0 < days < 2070.0
    mode = np.radians(0.05) * vectors[:, slowest] / vectors[12, slowest]
    scale = np.concatenate([NOW[:4], np.tile(np.sqrt(NOW[:4]), 2)])
    moved = NOW + np.concatenate([mode.real[:12] * scale, [0.0, mode.real[12]]])
    run = averaged_motion(moved, np.linspace(0.0, 3.0 * days / 365.25, 7))
    np.testing.assert_allclose(run.laplace_angle_deg - 180.0, 0.05 * (-1.0) ** np.arange(7), atol=2e-5)


def test_actions_name_the_same_equilibrium() -> None:
    n = present_mean_motions()
    there = FAMILY.at_mean_motions(n[0], 0.5 * (n[0] - 0.8 * (n[0] - 2.0 * n[1])), n[3])
    again = FAMILY.at_actions(actions(there), NOW)
    np.testing.assert_allclose(again, there, rtol=1e-9, atol=1e-9 * np.sqrt(there[3]))
    assert eccentricities(there)[0] / eccentricities(NOW)[0] == pytest.approx(1.0 / 0.8, rel=0.1)  # e ~ 1 / (n1 - 2 n2)


def test_oblateness_and_europa_make_io_eccentric() -> None:
    """Without Europa's pull Io's orbit is round; without J2 it is more eccentric: the divisor loses its precession."""
    gm = AVERAGED_GALILEAN.gm_km3_s2
    lonely = EquilibriumFamily(replace(AVERAGED_GALILEAN, gm_km3_s2=(gm[0], 1e-6, *gm[2:]))).present()
    assert eccentricities(lonely)[0] < 1e-6
    round_jupiter = EquilibriumFamily(replace(AVERAGED_GALILEAN, harmonics=(0.0, 0.0, 0.0))).present()
    assert eccentricities(round_jupiter)[0] > 1.1 * eccentricities(NOW)[0]


def test_bad_requests_are_refused() -> None:
    with pytest.raises(InputError, match="must be positive"):
        replace(AVERAGED_GALILEAN, radius_km=float("nan"))
    with pytest.raises(InputError, match="run one way"):
        averaged_motion(NOW, [0.0, 1.0, 1.0])
    with pytest.raises(FitError, match="cannot be met"):
        averaged_motion(NOW, [0.0, 10.0], tolerance=1e-19)
    n = present_mean_motions()
    with pytest.raises(InputError, match="more than twice as fast"):
        FAMILY.at_mean_motions(n[0], 0.5 * n[0], n[3])
