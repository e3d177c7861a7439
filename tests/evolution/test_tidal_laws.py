"""What k2/Q may depend on: frequency, a lock to an oscillation of Jupiter, Io's temperature.

Authority: published (Fuller, Luan & Quataert 2016: how fast a locked moon goes; Ojakangas & Stevenson 1986: which warm
moon has no steady state) and law (budgets, linearity, limit cycles).
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from perijove.bodies.galilean import IO_MASS_KG
from perijove.constants import SECONDS_PER_YEAR
from perijove.errors import FitError, InputError
from perijove.evolution.averaged import AVERAGED_GALILEAN, MOONS, eccentricities
from perijove.evolution.history import evolve
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_ensemble import evolve_ensemble
from perijove.evolution.tidal_estimate import K2OverQEstimate, acceleration_partials, k2_over_q_estimate
from perijove.evolution.tidal_laws import TidalLaws
from perijove.evolution.tidal_model import LAINEY_2009, ResonanceLock, ResonanceState, TidalModel, power_of_frequency
from perijove.evolution.tidal_rates import WATTS_PER_KM5_S5, equilibrium_under_tides, rates_at, tidal_moment
from perijove.evolution.tidal_report import tidal_report
from perijove.evolution.warm_io import WarmIo, cycle_criterion

FAMILY = EquilibriumFamily(AVERAGED_GALILEAN)
NOW = FAMILY.present()
MOTION = FAMILY.gradient(NOW)[:4]
SPIN = LAINEY_2009.jupiter_spin_rad_s
JUPITER, IO = 1.102e-5, 0.01445
GYR = 1e9


def locked(moon: str, years: float, **changes: float) -> TidalModel:
    return TidalModel(JUPITER, {"IO": IO}, locks=(ResonanceLock(moon, years, **changes),))


def test_power_of_frequency_is_one() -> None:
    law = power_of_frequency(2e-5, 1.0, at_rad_s=2e-4)
    state = ResonanceState(0.0, MOTION, np.zeros(4), SPIN)
    assert law(2e-4, state) == pytest.approx(2e-5)
    assert law(3e-4, state) == pytest.approx(3e-5)
    assert power_of_frequency(2e-5, 0.0, at_rad_s=2e-4)(9e-4, state) == pytest.approx(2e-5)


def test_a_steeper_jupiter_pulls_the_outer_moons_harder() -> None:
    """Law: at Io's tide nothing changes; Ganymede's, 1.23 times as fast, has 1.23 times the k2/Q at exponent 1."""
    flat, steep = (TidalLaws(jupiter_exponent=p).steady(FAMILY, NOW, np.array([JUPITER, IO])) for p in (0.0, 1.0))
    ratio = rates_at(FAMILY, NOW, steep).jupiter_k2_over_q / rates_at(FAMILY, NOW, flat).jupiter_k2_over_q
    np.testing.assert_allclose(ratio, (SPIN - MOTION) / (SPIN - MOTION[0]), rtol=1e-12)
    partials = acceleration_partials(FAMILY, NOW, jupiter_exponent=1.0)
    assert partials[0, 0] == pytest.approx(acceleration_partials(FAMILY, NOW)[0, 0], rel=2e-3)
    assert partials[0, 0] != acceleration_partials(FAMILY, NOW)[0, 0]
    steeper = k2_over_q_estimate(FAMILY, NOW, jupiter_exponent=1.0)
    np.testing.assert_allclose((partials @ steeper.mean)[0], 0.14e-10, rtol=1e-9)


def test_a_lone_moon_in_lock_goes_as_published() -> None:
    """Fuller et al. (2016): (da/dt)/a = 2/3 [(spin - n) / (n t) - (dspin/dt) / n], and the k2/Q that this takes.

    Callisto, which hangs on no other moon but by slow pulls (2e-4 of its motion).
    """
    years = 100.0 * GYR
    tides = locked("CALLISTO", years)
    moment, rates = tidal_moment(FAMILY, NOW, tides), rates_at(FAMILY, NOW, tides)
    spin_rate = rates.torque / tides.inertia(AVERAGED_GALILEAN) * SECONDS_PER_YEAR
    growth = 2.0 / 3.0 * ((SPIN - MOTION[3]) / (MOTION[3] * years) - spin_rate / MOTION[3])
    assert -2.0 / 3.0 * moment.acceleration_per_year[3] == pytest.approx(growth, rel=1e-4)
    ratio = AVERAGED_GALILEAN.gm_km3_s2[3] / AVERAGED_GALILEAN.jupiter_gm_km3_s2
    size = AVERAGED_GALILEAN.radius_km / moment.a_km[3]
    expected = growth / SECONDS_PER_YEAR / (3.0 * ratio * size**5 * MOTION[3])
    assert rates.jupiter_k2_over_q[3] == pytest.approx(expected, rel=2e-3)
    np.testing.assert_allclose(rates.jupiter_k2_over_q[:3], JUPITER)


@pytest.mark.parametrize(("moon", "years"), [("IO", 20 * GYR), ("GANYMEDE", 50 * GYR), ("CALLISTO", -200 * GYR)])
def test_a_lock_is_kept_and_budgets_close(moon: str, years: float) -> None:
    """Law: spin - n grows as exp(t / years), by whatever k2/Q; the push that an inward lock takes is refused."""
    if years < 0.0:
        with pytest.raises(InputError, match="cannot hold now"):
            evolve(1e6, tides=locked(moon, years), samples=2)
        return
    run = evolve(1e8, tides=locked(moon, years), samples=3)
    k = MOONS.index(moon)
    distance = run.jupiter_spin_rad_s - run.mean_motion_rad_s[:, k]
    np.testing.assert_allclose(np.log(distance / distance[0]), run.years / years, rtol=1e-6, atol=1e-12)
    gap = np.abs(run.orbital_energy_j + run.spin_energy_j + run.heat_j).max() / np.abs(run.heat_j).max()
    assert gap < 1e-10
    assert np.ptp(run.jupiter_k2_over_q[:, k]) > 0.0
    assert np.ptp(run.k2_over_q[:, 0]) == 0.0


def test_two_locks_are_kept_together() -> None:
    tides = TidalModel(JUPITER, {"IO": IO}, locks=(ResonanceLock("IO", 20 * GYR), ResonanceLock("CALLISTO", 90 * GYR)))
    run = evolve(1e8, tides=tides, samples=2)
    distance = run.jupiter_spin_rad_s[:, None] - run.mean_motion_rad_s
    np.testing.assert_allclose(np.log(distance[-1] / distance[0])[[0, 3]], [1e8 / 20e9, 1e8 / 90e9], rtol=1e-6)


def test_a_lock_breaks_where_the_resonance_gives_no_more() -> None:
    taken = rates_at(FAMILY, NOW, locked("CALLISTO", 100 * GYR)).jupiter_k2_over_q[3]
    run = evolve(1e9, tides=locked("CALLISTO", 100 * GYR, largest_k2_over_q=1.1 * taken), samples=3)
    assert "lock broke" in run.ended_by
    assert run.jupiter_k2_over_q[-1, 3] == pytest.approx(1.1 * taken, rel=1e-6)


def test_io_s_heat_at_rest_in_lock_is_the_oscillation_s() -> None:
    """Law: T1 (n1 - sum nL / sum L) with the torque that moves all three; Io's own k2/Q has no part in it."""
    heats = []
    for io in (IO, 3.0 * IO):
        tides = TidalModel(JUPITER, {"IO": io}, locks=(ResonanceLock("IO", 20 * GYR),))
        moment = tidal_moment(FAMILY, equilibrium_under_tides(FAMILY, NOW, tides), tides)
        heats.append(moment.heat_w[0])
        slowing = moment.spin_power_w / (SPIN * tides.inertia(AVERAGED_GALILEAN) * WATTS_PER_KM5_S5) * SECONDS_PER_YEAR
        expected = slowing / MOTION[0] - (SPIN - MOTION[0]) / MOTION[0] / (20 * GYR)
        assert moment.acceleration_per_year[0] == pytest.approx(expected, rel=1e-5)
    assert heats[0] == pytest.approx(heats[1], rel=0.01)
    assert heats[0] == pytest.approx(107e12, abs=1e12)  # regression


@pytest.mark.parametrize("wrong", [("MOON", 1e9), ("IO", 0.0), ("IO", math.nan), ("IO", math.inf)])
def test_bad_locks_are_refused(wrong: tuple[str, float]) -> None:
    with pytest.raises(InputError, match="lock of"):
        ResonanceLock(*wrong)
    with pytest.raises(InputError, match="one oscillation only"):
        TidalModel(locks=(ResonanceLock("IO", 1e9), ResonanceLock("IO", 2e9)))


def test_draws_that_cannot_be_locked_say_so() -> None:
    estimate = K2OverQEstimate(np.array([JUPITER, IO]), np.diag([1e-9, 4e-3]) ** 2)
    laws = TidalLaws(lock=ResonanceLock("GANYMEDE", 103 * GYR))  # near what the resonance does by itself
    ensemble = evolve_ensemble(1e5, estimate, laws=lambda pair: laws.made(FAMILY, NOW, pair), count=8, samples=2)
    assert (ensemble.ended_years == 0.0).any()
    assert np.isinf(ensemble.ended_years).any()


# ----------------------------------------------------------------------------------------------------------- warm Io


def warm(exponent: float = 25.0, convected_w: float = 75e12, **changes: float) -> tuple[WarmIo, TidalModel]:
    io = replace(WarmIo(IO, convected_w, k2_exponent=exponent), **changes)
    return io, TidalModel(JUPITER, {"IO": io.law})


@pytest.mark.parametrize("exponent", [12.0, 25.0])
def test_the_criterion_is_the_trace_of_the_motion_near_rest(exponent: float) -> None:
    """Ojakangas & Stevenson (1986): unstable where n > m + p; here the 2 x 2 matrix itself, by differences.

    In ln T and ln e, per time of cooling: trace n - m - p, determinant m p.
    """
    io, tides = warm(exponent)
    found = cycle_criterion(FAMILY, NOW, tides, io)
    at_k = found.steady_temperature_k
    q_rest = io.law(0.0, ResonanceState(0.0, MOTION, np.zeros(4), SPIN, at_k))
    still = TidalModel(JUPITER, {"IO": q_rest})
    rest = equilibrium_under_tides(FAMILY, NOW, still)
    n = FAMILY.gradient(rest)[:4]

    def member(factor: float) -> np.ndarray:
        return FAMILY.at_mean_motions(n[0], 0.5 * (n[0] - factor * (n[0] - 2.0 * n[1])), n[3])

    def rates(log_t: float, factor: float) -> np.ndarray:
        temperature = at_k * math.exp(log_t)
        q = io.law(0.0, ResonanceState(0.0, MOTION, np.zeros(4), SPIN, temperature))
        moment = tidal_moment(FAMILY, member(factor), TidalModel(JUPITER, {"IO": q}))
        warming = io.warming_k_s(temperature, float(moment.heat_w[0])) / temperature
        return np.array([warming, moment.eccentricity_rate_per_year[0] / moment.eccentricity[0] / SECONDS_PER_YEAR])

    step = 1e-3
    by_t = (rates(step, 1.0) - rates(-step, 1.0)) / (2.0 * step)
    log_e = np.log(eccentricities(member(1.0 + step))[0] / eccentricities(member(1.0 - step))[0])
    by_e = (rates(0.0, 1.0 + step) - rates(0.0, 1.0 - step)) / log_e
    cooling_s = io.heat_capacity_j_k * at_k / found.steady_heat_w
    assert cooling_s * (by_t[0] + by_e[1]) == pytest.approx(exponent - 10.0 - found.time_ratio, abs=0.15)
    determinant = by_t[0] * by_e[1] - by_t[1] * by_e[0]
    assert cooling_s**2 * determinant == pytest.approx(10.0 * found.time_ratio, rel=0.05)
    assert found.cycles == (exponent == 25.0)
    assert 3.0 < found.time_ratio < 6.0  # of order unity, they say


def test_a_warm_io_swings_in_a_cycle_that_forgets_how_it_began() -> None:
    """Law: the swing neither dies nor grows, has one size from any start, and stores what it does not give off."""
    ranges = []
    for start_k in (1500.0, 1470.0):
        io, tides = warm(temperature_k=start_k)
        run = evolve(4e8, tides=tides, interior=io, samples=1601, tolerance=1e-8)
        assert not run.ended_by
        late = run.years > 2e8
        ranges.append((run.eccentricity[late, 0].min(), run.eccentricity[late, 0].max()))
        lost = [io.convection_w(t) + io.volcanism_w(t) for t in run.temperature_k]
        stored = (run.temperature_k[-1] - start_k) * io.heat_capacity_j_k
        given = np.trapezoid(run.heat_w[:, 0] - lost, run.years * SECONDS_PER_YEAR)
        assert stored == pytest.approx(given, abs=0.01 * np.trapezoid(run.heat_w[:, 0], run.years * SECONDS_PER_YEAR))
        assert np.ptp(run.temperature_k[late]) > 100.0
    np.testing.assert_allclose(ranges[0], ranges[1], rtol=0.05)  # the orbits widen meanwhile, by other amounts


def test_below_the_criterion_it_settles() -> None:
    """Law: with n = 11 < m + p = 14.5 a start 15 K off is forgotten; what is left follows the widening orbits."""
    io, tides = warm(11.0, temperature_k=1490.0)
    run = evolve(6e8, tides=tides, interior=io, samples=601, tolerance=1e-8)
    balance = run.heat_w[:, 0] / np.array([io.convection_w(t) + io.volcanism_w(t) for t in run.temperature_k])
    assert abs(balance[0] - 1.0) > 0.2
    assert np.all(abs(balance[run.years > 4e8] - 1.0) < 0.03)


def test_what_volcanoes_carry_decides_whether_it_swings() -> None:
    """Law: convection that carries less at melting than the tide makes at rest leaves Io melting, without a swing."""
    io, tides = warm(convected_w=47e12)
    found = cycle_criterion(FAMILY, NOW, tides, io)
    assert math.isnan(found.time_ratio)
    assert not found.cycles
    run = evolve(1e8, tides=tides, interior=io, samples=101, tolerance=1e-8)
    assert run.temperature_k.min() > io.melting_k - 0.5
    assert np.all(np.diff(run.eccentricity[:, 0]) < 0.0)


def test_warm_io_by_its_numbers() -> None:
    io, _ = warm()
    state = ResonanceState(0.0, MOTION, np.zeros(4), SPIN, 1485.0)
    assert io.law(1e-5, state) == pytest.approx(IO * 0.99**25)
    assert io.law(1e-5, replace(state, temperature_k=1200.0)) == pytest.approx(0.2 * IO)
    assert io.convection_w(1485.0) == pytest.approx(75e12 * 0.99**10)
    assert io.volcanism_w(1499.0) == 0.0
    assert io.heat_capacity_j_k == pytest.approx(IO_MASS_KG * 1200.0)
    with pytest.raises(FitError, match="power laws"):
        io.law(1e-5, replace(state, temperature_k=100.0))
    with pytest.raises(InputError, match="above 0"):
        WarmIo(IO, 0.0)


def test_the_report_says_what_each_law_presumes() -> None:
    plain = tidal_report(1e6, draws=0, samples=2)
    steep = tidal_report(1e6, laws=TidalLaws(jupiter_exponent=2.0), draws=0, samples=2)
    warmer = tidal_report(1e6, laws=TidalLaws(feedback_w=75e12), draws=2, samples=2)
    held = tidal_report(1e6, laws=TidalLaws(lock=ResonanceLock("IO", 20 * GYR)), draws=0, samples=2)
    assert "constant over the whole span" in plain.presumes[0]
    assert "power 2 of frequency" in steep.presumes[0]
    assert "Ojakangas" in warmer.presumes[1]
    assert warmer.criterion is not None
    assert warmer.criterion.cycles
    assert "oscillation of Jupiter that nobody has seen" in held.presumes[1]
    assert np.isfinite(warmer.evolution.temperature_k).all()
    with pytest.raises(InputError, match="into the past"):
        tidal_report(-1e6, laws=TidalLaws(feedback_w=75e12), draws=0)
    with pytest.raises(InputError, match="exponent"):
        TidalLaws(jupiter_exponent=math.nan)
