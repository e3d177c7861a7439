"""The robust adjustment: laws. Exact measurements give the truth, none give what was known, wild ones do not matter."""

import numpy as np
import pytest

from perijove.junocam.control.pose_adjustment import adjusted

P, N = 5, 40
RNG = np.random.default_rng(11)
SLOPES = RNG.normal(size=(N, 2, P))
TRUTH = RNG.normal(size=P)


def test_exact_measurements_give_the_truth() -> None:
    """Errors of 1e-4 against a prior of 1, from any point of expansion."""
    sigma = np.full((N, 2), 1e-4)
    for start in (np.zeros(P), TRUTH + 0.5):
        found = adjusted(SLOPES, SLOPES @ (TRUTH - start), sigma, start)
        np.testing.assert_allclose(found.z, TRUTH, atol=1e-6)
        assert found.agreeing.all()


def test_nothing_measured_leaves_what_was_known() -> None:
    """With errors of a million, z stays 0 with a covariance of 1."""
    found = adjusted(SLOPES, RNG.normal(size=(N, 2)), np.full((N, 2), 1e6), np.zeros(P))
    np.testing.assert_allclose(found.z, 0.0, atol=1e-6)
    np.testing.assert_allclose(found.covariance, np.eye(P), atol=1e-6)


def test_errors_cover() -> None:
    """Over 200 draws of truth and noise, the squared distance in standard errors has the mean P, to a fifth."""
    rng = np.random.default_rng(2)
    distance = []
    for _ in range(200):
        truth = rng.normal(size=P)
        measured = SLOPES @ truth + 0.3 * rng.normal(size=(N, 2))
        found = adjusted(SLOPES, measured, np.full((N, 2), 0.3), np.zeros(P))
        off = found.z - truth
        distance.append(off @ np.linalg.solve(found.covariance, off))
    assert np.mean(distance) == pytest.approx(P, rel=0.2)


def test_a_third_may_be_wild() -> None:
    """Wild by a hundred errors in random directions: they are told apart, and z is off by less than three errors."""
    rng = np.random.default_rng(3)
    measured = SLOPES @ TRUTH + 0.05 * rng.normal(size=(N, 2))
    wild = np.arange(N) % 3 == 0
    measured[wild] += 5.0 * rng.normal(size=(int(wild.sum()), 2))
    found = adjusted(SLOPES, measured, np.full((N, 2), 0.05), np.zeros(P))
    assert np.count_nonzero(found.agreeing & wild) <= 1
    assert np.count_nonzero(~found.agreeing & ~wild) <= 1
    assert np.all(np.abs(found.z - TRUTH) < 3.0 * np.sqrt(np.diag(found.covariance)))


def test_six_errors_off_do_not_agree() -> None:
    """Law: measurements agree within four standard errors of each coordinate."""
    measured = SLOPES @ TRUTH
    measured[7] += 6.0 * 0.05
    measured[8] += 3.0 * 0.05
    found = adjusted(SLOPES, measured, np.full((N, 2), 0.05), np.zeros(P))
    assert np.flatnonzero(~found.agreeing).tolist() == [7]


def test_understated_errors_are_scaled() -> None:
    """Scatter ten times the stated errors: the covariance grows a hundredfold, to a factor of two."""
    measured = SLOPES @ TRUTH + 0.1 * np.random.default_rng(4).normal(size=(N, 2))
    stated = adjusted(SLOPES, measured, np.full((N, 2), 0.01), np.zeros(P))
    honest = adjusted(SLOPES, measured, np.full((N, 2), 0.1), np.zeros(P))
    ratio = np.diag(stated.covariance) / np.diag(honest.covariance)
    assert np.all((ratio > 0.5) & (ratio < 2.0))
    assert stated.scatter == pytest.approx(10.0, rel=0.3)
    assert honest.scatter < 1.3
