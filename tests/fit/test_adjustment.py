"""Fits of a system to positions.

Authority: closed loop (positions made with known parameters come back within their stated errors) and least squares
theory (chi-square, linearised covariance).
"""

from dataclasses import replace

import numpy as np
import pytest

from perijove.dynamics.fitted_system import EPOCH_TDB, JUPITER_AND_MOONS, STATES
from perijove.dynamics.integration import sampled
from perijove.errors import FitError, InputError
from perijove.fit.adjustment import Fit, Observations, Prior, fit_system

DAY = 86400.0
SYSTEM = replace(JUPITER_AND_MOONS, externals=())
NOISE_KM = np.array([3.0, 2.0, 2.0, 5.0])


def made_up(seed: int, days: float) -> Observations:
    """Noisy positions every three days."""
    tdb = EPOCH_TDB + np.arange(-days / 2.0, days / 2.0, 3.0) * DAY
    truth = sampled(SYSTEM, STATES, tdb, start_tdb=EPOCH_TDB)[:, :, :3]
    noise = np.random.default_rng(seed).normal(size=truth.shape) * NOISE_KM[:, None]
    noise[5, 2] = np.nan  # a position that is missing
    return Observations(tdb, truth + noise, NOISE_KM)


@pytest.fixture(scope="module")
def fit() -> Fit:
    """Of states, Jupiter's GM and J2 from a first guess a kilometre off."""
    guess = STATES + np.concatenate([np.full((4, 3), 0.5), np.full((4, 3), 1e-5)], axis=1)
    priors = {"gm.JUPITER": Prior(SYSTEM.jupiter_gm_km3_s2 + 40.0, 100.0), "J2": Prior(0.014697, 1e-5)}
    return fit_system(SYSTEM, guess, made_up(1, 300.0), epoch_tdb=EPOCH_TDB, priors=priors)


def test_parameters_come_back_within_their_errors(fit: Fit) -> None:
    """Closed loop: the normalised errors of 26 parameters have mean square one."""
    truth = np.concatenate([STATES.ravel(), [SYSTEM.jupiter_gm_km3_s2, SYSTEM.harmonics[0]]])
    whitened = np.linalg.solve(np.linalg.cholesky(fit.covariance), fit.values - truth)
    assert 0.3 < np.mean(whitened**2) < 2.2  # chi-square of 26 over 26: 99.9 %
    assert np.abs((fit.values - truth) / fit.sigma).max() < 4.0
    assert fit.names[:3] == ("x.IO", "y.IO", "z.IO")
    assert fit.names[-2:] == ("gm.JUPITER", "J2")
    assert fit.sigma[-2] < 60.0  # the positions know more than the prior


def test_residuals_are_the_noise(fit: Fit) -> None:
    """Law: chi-square is near the number of positions less that of parameters."""
    freedom = np.isfinite(fit.residual_km).sum() - 26
    assert fit.chi2 == pytest.approx(freedom, rel=6.0 * np.sqrt(2.0 / freedom))
    assert fit.rms_km == pytest.approx(np.sqrt(3.0) * NOISE_KM, rel=0.15)
    assert np.isnan(fit.residual_km[5, 2]).all()


def test_what_cannot_be_fitted_is_refused() -> None:
    """Regression: one clear line each."""
    observations = made_up(2, 30.0)
    with pytest.raises(InputError, match="no parameter of the system"):
        fit_system(SYSTEM, STATES, observations, epoch_tdb=EPOCH_TDB, priors={"J11": Prior(0.0, 1.0)})
    with pytest.raises(InputError, match="no parameter of the system"):
        fit_system(SYSTEM, STATES, observations, epoch_tdb=EPOCH_TDB, priors={"gm.PLUTO": Prior(0.0, 1.0)})
    with pytest.raises(InputError, match="do not fit"):
        fit_system(SYSTEM, STATES, replace(observations, sigma_km=np.ones(3)), epoch_tdb=EPOCH_TDB)
    without_io = observations.position_km.copy()
    without_io[:, 0] = np.nan
    alone = replace(SYSTEM, gm_km3_s2=(0.0, 0.0, 0.0, 0.0))
    with pytest.raises(InputError, match="changes nothing"):
        fit_system(alone, STATES, replace(observations, position_km=without_io), epoch_tdb=EPOCH_TDB)
    with pytest.raises(FitError, match="0 coordinates for 24 parameters"):
        fit_system(SYSTEM, STATES, replace(observations, position_km=without_io * np.nan), epoch_tdb=EPOCH_TDB)
