"""Tables onto common times, and what a fit says.

Authority: closed loop (noise put in along known directions comes out along them; elements of the truth lie within their
errors), law (linear propagation of the covariance against draws from it), regression (one line for each fault).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from perijove.bodies.jupiter import JUPITER_GM_KM3_S2
from perijove.dynamics.integration import sampled
from perijove.dynamics.system import JovianSystem
from perijove.errors import FitError, InputError
from perijove.fit.adjustment import Observations, Prior, fit_system
from perijove.fit.observations import body_of_table, observations_of
from perijove.fit.priors import GROUPS, PRIOR_SIGMA, priors_of
from perijove.fit.report import ELEMENTS, FitReport, fit_report
from perijove.fit.system_parameters import system_parameter, with_parameter
from perijove.formats.position_table import PositionTable
from perijove.geometry.rotations import unit
from perijove.resonance.elements import equatorial_states, osculating_elements

DAY = 86400.0
SYSTEM = JovianSystem(names=("IO", "EUROPA"), gm_km3_s2=(5960.0, 3203.0), jupiter_gm_km3_s2=JUPITER_GM_KM3_S2)
STATES = np.array([[422e3, 0.0, 5e3, 0.0, 17.35, 0.3], [0.0, 671e3, 0.0, -13.76, 0.0, 0.2]])
SIGMA_KM = (2.0, 5.0)


@pytest.fixture(scope="module")
def report() -> FitReport:
    """Positions every 1.3 d with noise, Io's larger along its path; Europa's every other one is missing."""
    tdb = np.arange(0.0, 130.0, 1.3) * DAY
    states = sampled(SYSTEM, STATES, tdb, start_tdb=0.0)
    random = np.random.default_rng(5)
    noise = random.normal(size=(len(tdb), 2, 3)) * np.array(SIGMA_KM)[:, None]
    noise[:, 0] += 4.0 * random.normal(size=(len(tdb), 1)) * unit(states[:, 0, 3:])
    positions = states[..., :3] + noise
    positions[1::2, 1] = np.nan
    observations = Observations(tdb, positions, np.array(SIGMA_KM))
    priors = {"gm.JUPITER": Prior(JUPITER_GM_KM3_S2 + 30.0, 1e4)}
    return fit_report(fit_system(SYSTEM, STATES, observations, epoch_tdb=0.0, priors=priors), observations)


def test_directions_and_sizes_of_the_noise_come_back(report: FitReport) -> None:
    """Closed loop: sqrt(2^2 + 4^2) km along and 2 km across for Io, 5 km for Europa; 100 and 50 positions."""
    assert report.counts.tolist() == [100, 50]
    io, europa = report.component_rms_km
    assert io == pytest.approx([20.0**0.5, 2.0, 2.0], rel=0.25)  # 1 / sqrt(2 x 100) is 7 %
    assert europa == pytest.approx([5.0, 5.0, 5.0], rel=0.35)
    assert report.rms_km**2 == pytest.approx(np.sum(report.component_rms_km**2, axis=1))
    assert np.sum(report.residual_km[:, 0] ** 2) == pytest.approx(np.sum(report.fit.residual_km[:, 0] ** 2))
    assert report.normalised[:, 1] == pytest.approx(report.residual_km[:, 1] / 5.0, nan_ok=True)
    assert report.fit.converged
    assert report.fit.freedom == 450 - 12


def test_elements_have_the_errors_of_draws_from_the_covariance(report: FitReport) -> None:
    """Law: linear propagation meets 4000 draws within their 1 / sqrt(8000), with the GM drawn too."""
    fit = report.fit
    draws = np.random.default_rng(2).multivariate_normal(fit.values, fit.covariance, size=4000, method="cholesky")
    gm = draws[:, 12:] + np.array(SYSTEM.gm_km3_s2)
    found = osculating_elements(equatorial_states(draws[:, :12].reshape(-1, 2, 6)), gm_km3_s2=gm)
    truth = osculating_elements(equatorial_states(STATES), gm_km3_s2=JUPITER_GM_KM3_S2 + np.array(SYSTEM.gm_km3_s2))
    for name in ELEMENTS:
        values = np.asarray(getattr(found, name))
        for k, body in enumerate(("IO", "EUROPA")):
            value, sigma = report.elements[body][name]
            assert sigma == pytest.approx(np.std(values[:, k]), rel=0.06)
            assert abs(value - np.asarray(getattr(truth, name))[k]) < 4.0 * sigma


def test_moons_that_are_not_free_stay(report: FitReport) -> None:
    """Law: Io alone is fitted, Europa keeps its state and pulls."""
    tdb = np.arange(0.0, 20.0) * DAY
    positions = sampled(SYSTEM, STATES, tdb, start_tdb=0.0)[..., :3]
    positions[:, 1] = np.nan
    guess = STATES + np.array([[3.0, 0.0, 0.0, 0.0, 1e-5, 0.0], [0.0] * 6])
    observations = Observations(tdb, positions, np.full((20, 2), 0.1))
    fit = fit_system(SYSTEM, guess, observations, epoch_tdb=0.0, free=("IO",))
    assert np.array_equal(fit.states[1], STATES[1])
    assert fit.states[0] == pytest.approx(STATES[0], abs=1e-4)
    assert fit.names == ("x.IO", "y.IO", "z.IO", "vx.IO", "vy.IO", "vz.IO")
    assert fit_report(fit, observations).bodies == ("IO",)
    with pytest.raises(InputError, match="not those of the fit"):
        fit_report(fit, Observations(tdb[1:], positions[1:], np.ones(2)))


def test_what_the_positions_leave_open_is_refused() -> None:
    """Law: two places give no errors; a lone moon's path knows the sum of its GM and Jupiter's, not either."""
    tdb = np.arange(0.0, 20.0) * DAY
    positions = sampled(SYSTEM, STATES, tdb, start_tdb=0.0)[..., :3]
    two = positions.copy()
    two[2:] = np.nan
    two[:, 1] = np.nan
    with pytest.raises(FitError, match="6 coordinates for 6 parameters"):
        fit_system(SYSTEM, STATES, Observations(tdb, two, np.ones(2)), epoch_tdb=0.0, free=("IO",))
    lone = replace(SYSTEM, names=("IO",), gm_km3_s2=(5960.0,))
    unknown = {name: Prior(system_parameter(lone, name), np.inf) for name in ("gm.IO", "gm.JUPITER")}
    with pytest.raises(FitError, match=r"do not tell gm\.(IO, gm\.JUPITER|JUPITER, gm\.IO)"):
        fit_system(lone, STATES[:1], Observations(tdb, positions[:, :1], np.ones(1)), epoch_tdb=0.0, priors=unknown)
    with pytest.raises(InputError, match="free bodies"):
        fit_system(SYSTEM, STATES, Observations(tdb, positions, np.ones(2)), epoch_tdb=0.0, free=("PLUTO",))
    with pytest.raises(InputError, match="must be positive"):
        fit_system(SYSTEM, STATES, Observations(tdb, positions, np.zeros(2)), epoch_tdb=0.0)
    with pytest.raises(InputError, match="prior of J2"):
        fit_system(SYSTEM, STATES, Observations(tdb, positions, np.ones(2)), epoch_tdb=0.0, priors={"J2": Prior(0, -1)})


def table(name: str, days: list[float], *, sigma: float | None = None) -> PositionTable:
    tdb = np.array(days) * DAY
    place = np.stack([tdb, tdb + 1.0, tdb + 2.0], axis=-1)
    return PositionTable(Path(name), tdb, place, None if sigma is None else np.full(len(tdb), sigma))


def test_tables_meet_at_common_times() -> None:
    io, europa = table("io", [0.0, 1.0, 2.0, 3.0]), table("europa", [1.0 + 1e-9, 2.5, 3.0], sigma=0.3)
    found = observations_of(SYSTEM, {"IO": io, "EUROPA": europa}, sigma_km=2.0)
    assert found.tdb / DAY == pytest.approx([0.0, 1.0, 2.0, 2.5, 3.0])
    assert np.isfinite(found.position_km[..., 0]).tolist() == [
        [True, False],
        [True, True],
        [True, False],
        [False, True],
        [True, True],
    ]
    assert found.sigma_km[1].tolist() == [2.0, 0.3]
    few = observations_of(SYSTEM, {"IO": io}, every=2, start_tdb=1.0 * DAY)
    assert few.tdb / DAY == pytest.approx([1.0, 3.0])
    with pytest.raises(InputError, match="1 of its 4 rows"):
        observations_of(SYSTEM, {"IO": io}, end_tdb=0.5 * DAY)
    with pytest.raises(InputError, match="must be positive"):
        observations_of(SYSTEM, {"IO": io}, sigma_km=float("nan"))
    with pytest.raises(InputError, match="tables of PLUTO"):
        observations_of(SYSTEM, {"PLUTO": io})


def test_the_name_of_a_file_names_its_moon() -> None:
    assert body_of_table(Path("horizons_jup365_io.csv"), SYSTEM) == "IO"
    for name in ("moon.csv", "io_and_europa.csv"):
        with pytest.raises(InputError, match="which moon"):
            body_of_table(Path(name), SYSTEM)


def test_priors_stand_about_the_values_of_the_system() -> None:
    """Regression: groups, widths and names."""
    oblate = with_parameter(SYSTEM, "J2", 0.0147)
    priors = priors_of(oblate, ["j2", "pole"], {"gm.IO": 0.004, "J2": 1e-9})
    assert priors["J2"] == Prior(0.0147, 1e-9)
    assert priors["gm.IO"] == Prior(5960.0, 0.004)
    assert priors["pole_dec"] == Prior(90.0, PRIOR_SIGMA["pole_dec"])
    assert set(priors) == {"J2", "gm.IO", *GROUPS["pole"]}
    with pytest.raises(InputError, match="no parameter"):
        priors_of(oblate, [], {"gm.PLUTO": 1.0})
    with pytest.raises(InputError, match="must be positive"):
        priors_of(oblate, [], {"J2": float("nan")})


@pytest.mark.parametrize("name", ["gm.IO", "gm.JUPITER", "figure.EUROPA", "J3", "J6", "pole_ra", "pole_dec_rate"])
def test_a_parameter_that_is_changed_is_read_back(name: str) -> None:
    """Law: and no other one changes."""
    others = [other for other in ("gm.IO", "gm.JUPITER", "J2", "J6", "pole_ra", "pole_dec_rate") if other != name]
    changed = with_parameter(SYSTEM, name, 0.123)
    assert system_parameter(changed, name) == 0.123
    assert [system_parameter(changed, o) for o in others] == [system_parameter(SYSTEM, o) for o in others]
