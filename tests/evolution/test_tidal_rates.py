"""Tidal rates at one moment.

Authority: published (accelerations of Lainey et al. 2009; two-body tides of Murray & Dermott 1999, chapter 4) and law
(balance of energy and angular momentum, linearity, equilibrium).
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perijove.bodies.galilean import GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR, IO_K2_OVER_Q_LAINEY_2009
from perijove.bodies.jupiter import JUPITER_K2_OVER_Q_LAINEY_2009
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, SECONDS_PER_YEAR
from perijove.errors import FitError, InputError
from perijove.evolution.averaged import AVERAGED_GALILEAN, averaged_state, eccentricities
from perijove.evolution.averaged_kernel import STATE_SIZE
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_estimate import acceleration_partials, k2_over_q_estimate
from perijove.evolution.tidal_kernel import tidal_rates
from perijove.evolution.tidal_model import LAINEY_2009, ResonanceState, TidalModel
from perijove.evolution.tidal_rates import WATTS_PER_KM5_S5, equilibrium_under_tides, rates_at, tidal_moment

FAMILY = EquilibriumFamily(AVERAGED_GALILEAN)
NOW = FAMILY.present()
LAINEY = np.array([GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR[name].measured for name in ("IO", "EUROPA", "GANYMEDE")])


def test_signs_are_lainey_s() -> None:
    """Io inwards, Europa and Ganymede outwards, with k2/Q as printed."""
    rates = tidal_moment(FAMILY, NOW, LAINEY_2009).acceleration_per_year[:3]
    np.testing.assert_array_equal(np.sign(rates), np.sign(LAINEY[:, 0]))
    assert np.all(abs(rates[1:] - LAINEY[1:, 0]) < 2.0 * LAINEY[1:, 1])


def test_io_s_acceleration_hangs_on_the_last_printed_digit() -> None:
    """It is the difference of 4.0 and 3.7e-10; 0.015 stands for 0.0145 to 0.0155, and 0.0145 gives his value."""
    rounded_down = TidalModel(moons={"IO": 0.0145})
    rates = tidal_moment(FAMILY, NOW, rounded_down).acceleration_per_year[:3]
    assert np.all(abs(rates - LAINEY[:, 0]) < 2.0 * LAINEY[:, 1])
    assert abs(tidal_moment(FAMILY, NOW, LAINEY_2009).acceleration_per_year[0] - LAINEY[0, 0]) < 0.16e-10


def test_the_line_of_io_s_rate_makes_lainey_s_errors() -> None:
    """Published: Jupiter's error moved along it gives his errors and values of all accelerations, and of Io's k2/Q.

    He prints errors to one or two digits: 0.10 and 0.27e-10 per year, and 0.003 for k2/Q of Io.
    """
    estimate, partials = k2_over_q_estimate(FAMILY, NOW), acceleration_partials(FAMILY, NOW)
    np.testing.assert_allclose((estimate.mean[0], estimate.sigma[0]), JUPITER_K2_OVER_Q_LAINEY_2009.measured)
    assert estimate.sigma[1] == pytest.approx(0.0026, abs=0.5e-4)
    assert round(float(estimate.sigma[1]), 3) == IO_K2_OVER_Q_LAINEY_2009.measured[1]
    assert abs(estimate.mean[1] - IO_K2_OVER_Q_LAINEY_2009) < 0.6e-3  # half of his last digit, and 0.4 % of the value
    np.testing.assert_allclose(partials @ estimate.mean, LAINEY[:, 0], atol=1e-12)
    errors = np.sqrt(np.diag(partials @ estimate.covariance @ partials.T))
    np.testing.assert_allclose(errors, LAINEY[:, 1], rtol=0.08)
    assert estimate.covariance[0, 1] > 0.999 * estimate.sigma.prod()


def test_independent_numbers_would_be_too_sure() -> None:
    """Independent: weighted by their own errors the five have 0.106e-5 for Jupiter, 1.9 times less than he says."""
    partials = acceleration_partials(FAMILY, NOW)
    printed = np.array([JUPITER_K2_OVER_Q_LAINEY_2009.measured, IO_K2_OVER_Q_LAINEY_2009.measured])
    rows, sigma = np.vstack([np.eye(2), partials]), np.concatenate([printed[:, 1], LAINEY[:, 1]])
    scale = printed[:, 0]
    weighted = rows * scale / sigma[:, None]
    naive = np.sqrt(np.diag(np.linalg.inv(weighted.T @ weighted))) * scale
    assert naive[0] == pytest.approx(0.106e-5, abs=0.0005e-5)
    assert k2_over_q_estimate(FAMILY, NOW).sigma[0] / naive[0] == pytest.approx(1.9, abs=0.05)


def test_juno_s_k2_over_q_is_parks() -> None:
    """Published: Im k2 = -0.0109 ± 0.0054 (Park et al. 2025); Jupiter's follows on the line of Io's rate."""
    estimate, partials = k2_over_q_estimate(FAMILY, NOW, "juno-2025"), acceleration_partials(FAMILY, NOW)
    assert estimate.mean[1] == pytest.approx(0.0109, abs=1e-4)
    assert estimate.sigma[1] == pytest.approx(0.0054, abs=0.5e-4)
    np.testing.assert_allclose((partials @ estimate.mean)[0], LAINEY[0, 0], rtol=1e-9)
    assert (partials @ estimate.covariance @ partials.T)[0, 0] ** 0.5 == pytest.approx(LAINEY[0, 1], rel=1e-6)
    with pytest.raises(InputError, match="juno-2025"):
        k2_over_q_estimate(FAMILY, NOW, "nobody-1900")


def test_draws_have_the_estimate_s_moments() -> None:
    estimate = k2_over_q_estimate(FAMILY, NOW)
    np.testing.assert_allclose(estimate.axes.T @ estimate.axes, estimate.covariance, rtol=1e-6)
    draws = estimate.draws(400, seed=3)
    np.testing.assert_allclose(draws.mean(axis=0), estimate.mean, rtol=0.001)  # strata: 10 times better than chance
    np.testing.assert_allclose(draws.std(axis=0), estimate.sigma, rtol=0.02)
    rates = draws @ acceleration_partials(FAMILY, NOW)[0]
    assert rates.std() == pytest.approx(LAINEY[0, 1], rel=0.05)  # the draws, too, keep to the line
    assert estimate.sigma_of(lambda pair: pair)[0] == pytest.approx(estimate.sigma[0], rel=1e-9)


def test_accelerations_keep_the_laplace_relation() -> None:
    moment = tidal_moment(FAMILY, NOW, LAINEY_2009)
    rates = moment.acceleration_per_year * moment.mean_motion_rad_s
    assert abs(rates[:3] @ [1.0, -3.0, 2.0]) < 1e-7 * abs(rates[0])


def test_heat_is_the_textbook_s() -> None:
    """(21/2) k2/Q (n R)^5 e^2 / G; here with r for a, and n + 0.74 deg/day as the tide's frequency: 0.5 % apart."""
    moment = tidal_moment(FAMILY, NOW, LAINEY_2009)
    n, e = moment.mean_motion_rad_s[0], moment.eccentricity[0]
    expected = 10.5 * 0.015 * (n * 1821.49e3) ** 5 * e**2 / GRAVITATIONAL_CONSTANT_M3_KG_S2
    assert moment.heat_w[0] == pytest.approx(expected, rel=0.006)
    assert 9.3e13 < moment.heat_w[0] < 9.7e13


k2_over_q = st.just(0.0) | st.floats(1e-9, 1e-2)


@settings(max_examples=20)
@given(k2_over_q, k2_over_q, k2_over_q, k2_over_q)
def test_energy_and_momentum_balance(jupiter: float, io: float, europa: float, ganymede: float) -> None:
    """Rates of the full state: work on the orbits, loss of the spin and heat add to zero, at any state."""
    spin = LAINEY_2009.jupiter_spin_rad_s
    perijoves, longitudes = np.array([10.0, 50.0, 80.0, 200.0]), np.array([3.0, 44.0, 99.0, 0.0])
    a_km = np.array([422030.0, 671261.0, 1070621.0, 1883133.0])
    e = np.array([0.004, 0.02, 0.0, 0.03])
    state = averaged_state(AVERAGED_GALILEAN, a_km=a_km, e=e, perijove_deg=perijoves, longitude_deg=longitudes)
    gradient = FAMILY.gradient(state)
    rates, heat = np.empty(STATE_SIZE), np.empty((2, 4))
    tides = TidalModel(jupiter, {"IO": io, "EUROPA": europa, "GANYMEDE": ganymede})
    seen = ResonanceState(0.0, gradient[:4], e, spin)
    planet, moons = tides.k2_over_q(seen, 0.0)
    radii_5 = tides.radii_5(AVERAGED_GALILEAN)
    torque = tidal_rates(state, gradient, FAMILY.tables[0], radii_5, spin, planet, moons, rates, heat)
    work = gradient @ rates
    assert abs(work + torque * spin + heat.sum()) <= 1e-11 * (abs(torque * spin) + abs(work))
    assert np.all(heat >= 0.0)
    momentum = rates[:4].sum() - state[4:12] @ rates[4:12]
    assert abs(momentum + torque) <= 1e-12 * np.abs(rates[:4]).sum()


def test_budget_of_the_moment_closes() -> None:
    moment = tidal_moment(FAMILY, NOW, LAINEY_2009)
    gap = moment.orbital_power_w + moment.spin_power_w + moment.heat_w.sum() + moment.jupiter_heat_w.sum()
    assert abs(gap) < 1e-9 * moment.heat_w[0]


def test_single_moon_has_the_two_body_rates() -> None:
    """Moons without pull on each other: da/dt = 3 k2/Q (m/M) (R/a)^5 n a, de/dt by 57/8 and 21/2, at constant k2/Q."""
    gm = (5959.9155, 1e-6, 1e-6, 1e-6)
    system = replace(AVERAGED_GALILEAN, gm_km3_s2=gm, harmonics=(0.0, 0.0, 0.0))
    family = EquilibriumFamily(system)
    a_km, e = np.array([422030.0, 671261.0, 1070621.0, 1883133.0]), np.array([0.01, 0.0, 0.0, 0.0])
    state = averaged_state(system, a_km=a_km, e=e, perijove_deg=np.zeros(4), longitude_deg=np.zeros(4))
    n = family.gradient(state)[0]
    growth = 1e-4 * (gm[0] / system.jupiter_gm_km3_s2) * (system.radius_km / a_km[0]) ** 5 * n
    decay = 1e-2 * (system.jupiter_gm_km3_s2 / gm[0]) * (1821.49 / a_km[0]) ** 5 * n
    step = 1e3 * SECONDS_PER_YEAR
    for tides, by_e, by_a in (
        (TidalModel(1e-4, {}), 57.0 / 8.0 * growth, 3.0 * growth * (1.0 + 12.75 * e[0] ** 2)),
        (TidalModel(0.0, {"IO": 1e-2}), -10.5 * decay, -21.0 * decay * e[0] ** 2),
    ):
        ahead = state + step * rates_at(family, state, tides).state
        e_rate = np.log(eccentricities(ahead)[0] / e[0]) / step
        a_rate = 2.0 * np.log(ahead[0] / state[0]) / step
        assert e_rate == pytest.approx(by_e, rel=1e-3)  # e^2 and m / M are left out on the right
        assert a_rate == pytest.approx(by_a, rel=1e-3)


def test_equilibrium_heat_does_not_hang_on_io() -> None:
    """Eccentricity falls like the root of Io's k2/Q and rises like that of Jupiter's; heat follows Jupiter alone."""
    moments = {}
    for jupiter, io in ((1.1e-5, 0.015), (1.1e-5, 0.06), (2.2e-5, 0.06)):
        tides = TidalModel(jupiter, {"IO": io})
        moments[jupiter, io] = tidal_moment(FAMILY, equilibrium_under_tides(FAMILY, NOW, tides), tides)
    base, stronger_io, stronger_both = moments.values()
    assert base.eccentricity[0] / stronger_io.eccentricity[0] == pytest.approx(2.0, rel=0.01)
    assert base.heat_w[0] == pytest.approx(stronger_io.heat_w[0], rel=0.01)
    assert stronger_both.heat_w[0] / stronger_io.heat_w[0] == pytest.approx(2.0, rel=0.01)
    assert abs(base.eccentricity_rate_per_year[0]) < 1e-15
    assert base.acceleration_per_year[0] < 0.0  # in equilibrium all orbits grow
    assert base.heat_w[0] < tidal_moment(FAMILY, NOW, TidalModel(1.1e-5)).heat_w[0]  # Io is now above it


@pytest.mark.parametrize(
    ("ganymede_gm", "bound", "heat_tw", "eccentricity"), [(None, 3, 65.0, 0.0035), (1e-6, 2, 24.0, 0.0021)]
)
def test_equilibrium_heat_is_what_the_orbits_do_not_take(
    ganymede_gm: float | None, bound: int, heat_tw: float, eccentricity: float
) -> None:
    """Law: T1 (n1 - sum nL / sum L) over the moons that hang together; independent: another code's 65 and 24 TW."""
    gm = list(AVERAGED_GALILEAN.gm_km3_s2)
    gm[2] = gm[2] if ganymede_gm is None else ganymede_gm
    system = replace(AVERAGED_GALILEAN, gm_km3_s2=tuple(gm))
    family = EquilibriumFamily(system)
    tides = TidalModel({"IO": 1.102e-5}, {"IO": 0.01445})
    moment = tidal_moment(family, equilibrium_under_tides(family, family.present(), tides), tides)
    beta, mu = system.masses
    n, momentum = moment.mean_motion_rad_s[:bound], (beta * np.sqrt(mu * moment.a_km))[:bound]
    torque = 1.5 * 1.102e-5 * gm[0] ** 2 * system.radius_km**5 / moment.a_km[0] ** 6
    closed = torque * (n[0] - n @ momentum / momentum.sum()) * WATTS_PER_KM5_S5
    assert moment.heat_w[0] == pytest.approx(closed, rel=0.01)  # oblateness and squares of e are left out of the law
    assert moment.heat_w[0] / 1e12 == pytest.approx(heat_tw, abs=0.5)
    assert moment.eccentricity[0] == pytest.approx(eccentricity, abs=0.5e-4)


@pytest.mark.parametrize("tides", [TidalModel(moons={}), TidalModel(jupiter=0.0), TidalModel(jupiter=1e-2)])
def test_no_equilibrium_is_an_error(tides: TidalModel) -> None:
    with pytest.raises(FitError, match="no equilibrium"):
        equilibrium_under_tides(FAMILY, NOW, tides)


def test_law_sees_frequency_and_moon() -> None:
    """A function is asked at each wave's frequency; a mapping gives each moon its own."""
    asked: list[float] = []

    def law(frequency: float, state: ResonanceState) -> float:
        asked.append(frequency)
        return 1e-5

    as_function = rates_at(FAMILY, NOW, TidalModel(jupiter={"IO": law}, moons={}))
    as_number = rates_at(FAMILY, NOW, TidalModel(jupiter={"IO": 1e-5}, moons={}))
    np.testing.assert_array_equal(as_function.state, as_number.state)
    n = FAMILY.gradient(NOW)[:4]
    assert asked[0] == pytest.approx(2.0 * (LAINEY_2009.jupiter_spin_rad_s - n[0]))
    assert asked[3] == pytest.approx(2.0 * (n[0] - n[1]))
    assert as_number.jupiter_heat[1:].max() == 0.0
    assert rates_at(FAMILY, NOW, TidalModel(jupiter=1e-5, moons={})).jupiter_heat[1] > 0.0


def test_tide_ahead_of_the_spin_pulls_inwards() -> None:
    slow = replace(TidalModel(moons={}), jupiter_spin_rad_s=1e-6)
    assert rates_at(FAMILY, NOW, slow).torque > 0.0
    assert np.all(rates_at(FAMILY, NOW, slow).jupiter_heat > 0.0)


@pytest.mark.parametrize("value", [-1e-9, float("nan"), float("inf"), 2.0])
def test_bad_k2_over_q_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="k2/Q"):
        TidalModel(jupiter=value)
    with pytest.raises(InputError, match="k2/Q"):
        TidalModel(moons={"IO": value})

    def law(_frequency: float, _state: ResonanceState) -> float:
        return value

    with pytest.raises(InputError, match="k2/Q"):
        rates_at(FAMILY, NOW, TidalModel(moons={"IO": law}))
    with pytest.raises(InputError, match="AMALTHEA"):
        TidalModel(moons={"AMALTHEA": 0.1})
