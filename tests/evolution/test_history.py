"""Evolution over millions of years.

Authority: law (budgets, limits, sensitivity) and independent (the full averaged equations with exaggerated tides, which
know nothing of equilibria or of what is conserved).
"""

from dataclasses import replace

import numpy as np
import pytest
from tests.oracles.averaged_motion import averaged_motion

from perijove.errors import InputError
from perijove.evolution.averaged import AVERAGED_GALILEAN, LARGEST_ECCENTRICITY, eccentricities
from perijove.evolution.history import Evolution, evolve
from perijove.evolution.resonant_equilibrium import EquilibriumFamily
from perijove.evolution.tidal_ensemble import evolve_ensemble
from perijove.evolution.tidal_estimate import K2OverQEstimate, k2_over_q_estimate
from perijove.evolution.tidal_model import LAINEY_2009, ResonanceState, TidalModel
from perijove.evolution.tidal_rates import equilibrium_under_tides, tidal_moment

FAMILY = EquilibriumFamily(AVERAGED_GALILEAN)
NOW = FAMILY.present()
ALL_TIDES = TidalModel(1.5e-5, {"IO": 0.01, "EUROPA": 0.002, "GANYMEDE": 0.001})
CLOSURE = 1e-9


def gaps(run: Evolution) -> tuple[float, float]:
    """What energy and angular momentum miss, relative to the heat and to what was exchanged."""
    energy = np.abs(run.orbital_energy_j + run.spin_energy_j + run.heat_j).max() / np.abs(run.heat_j).max()
    momentum = np.abs(run.orbital_momentum + run.spin_momentum).max() / np.abs(run.spin_momentum).max()
    return float(energy), float(momentum)


@pytest.mark.parametrize("years", [1e5, 1e8, -1e7, 1e9])
@pytest.mark.parametrize("tides", [LAINEY_2009, ALL_TIDES], ids=["Lainey", "all moons"])
def test_budgets_close(years: float, tides: TidalModel) -> None:
    """The heat in Jupiter is 30 times that in Io: the gap is small against Io's heat too."""
    energy, momentum = gaps(evolve(years, tides=tides, samples=21))
    assert energy < CLOSURE / 30.0
    assert momentum < CLOSURE


@pytest.mark.slow
def test_budget_of_the_full_equations_closes() -> None:
    """The same in the averaged equations, librating, with tides that dwarf the rounding error (3e-14 of the energy)."""
    start = NOW.copy()
    start[13] += 0.02
    tides = TidalModel(1.0, {"IO": 0.75})
    run = averaged_motion(start, [0.0, 100.0, 200.0], tides=tides)
    heat = run.jupiter_heat + run.heat.sum(axis=1)
    assert np.abs(run.energy - run.energy[0] + run.spin_energy + heat).max() < CLOSURE * heat[-1]
    momentum = run.states[:, :4].sum(axis=1) - 0.5 * (run.states[:, 4:12] ** 2).sum(axis=1)
    assert np.abs(momentum - momentum[0] + run.spin_momentum).max() < CLOSURE * np.abs(run.spin_momentum).max()


@pytest.mark.slow
def test_adiabatic_and_full_equations_agree() -> None:
    """Tides 300 times as strong over 2000 years do what they do in 600,000, to 1 % of the change."""
    strength, span = 300.0, 2000.0
    strong = TidalModel(1.102e-5 * strength, {"IO": 0.001 * strength})
    full = averaged_motion(NOW, np.linspace(0.0, span, 201), tides=strong, tolerance=1e-11)
    slow = evolve(span * strength, tides=TidalModel(1.102e-5, {"IO": 0.001}), samples=3)
    n = np.array([FAMILY.gradient(state)[:3] for state in full.states])
    late = slice(-34, None)  # about six free librations
    from_full = n[late].mean(axis=0) - n[:1].mean(axis=0)
    middle = np.interp(full.years[late].mean(), slow.years / strength, slow.mean_motion_rad_s[:, 0])
    assert from_full[0] == pytest.approx(middle - slow.mean_motion_rad_s[0, 0], rel=0.01)
    e_change = full.eccentricity[late].mean(axis=0) - eccentricities(NOW)
    e_slow = [np.interp(full.years[late].mean(), slow.years / strength, slow.eccentricity[:, k]) for k in range(3)]
    np.testing.assert_allclose(e_change[:3], e_slow - eccentricities(NOW)[:3], rtol=0.02)


def test_tides_shift_the_laplace_angle_as_the_linear_solution_says() -> None:
    strength = 100.0
    strong = TidalModel(1.102e-5 * strength, {"IO": 0.015 * strength / 2.0})
    expected = tidal_moment(FAMILY, NOW, strong).laplace_shift_deg
    run = averaged_motion(NOW, np.linspace(0.0, 8.0 * 2058.45 / 365.25, 401), tides=strong, tolerance=1e-11)
    assert np.mean(run.laplace_angle_deg[:-1]) - 180.0 == pytest.approx(expected, rel=0.02)


def test_evolution_starts_with_the_present_rates() -> None:
    run = evolve(2e3, samples=3)
    moment = tidal_moment(FAMILY, NOW, LAINEY_2009)
    rates = (run.mean_motion_rad_s[-1] / run.mean_motion_rad_s[0] - 1.0) / run.years[-1]
    np.testing.assert_allclose(
        rates[:3], moment.acceleration_per_year[:3], rtol=1e-3
    )  # they change by 4e-4 in that time
    np.testing.assert_allclose(run.heat_w[0], moment.heat_w, rtol=1e-10)


def test_future_tends_to_equilibrium() -> None:
    run = evolve(2e8)
    assert not run.ended_by
    assert np.all(np.diff(run.eccentricity[:, 0]) < 0.0)
    e = eccentricities(equilibrium_under_tides(FAMILY, NOW, LAINEY_2009))[0]
    assert run.eccentricity[-1, 0] == pytest.approx(e, rel=1e-3)
    assert run.heat_w[-1, 0] < 0.7 * run.heat_w[0, 0]


def test_past_of_constant_tides_ends_and_says_why() -> None:
    """Backwards the eccentricities grow without bound within 20 million years: Io cannot always have been as now."""
    run = evolve(-1e8, samples=11)
    assert "0.04" in run.ended_by
    assert -2e7 < run.years[-1] < -1e7
    assert run.eccentricity[-1].max() == pytest.approx(LARGEST_ECCENTRICITY, rel=1e-6)
    calm = TidalModel(moons={"IO": 0.009})  # below what would hold today's eccentricity: it has grown to it
    past = evolve(-1e8, tides=calm, samples=11)
    assert not past.ended_by
    assert past.years[-1] == -1e8
    assert past.eccentricity[-1, 0] < past.eccentricity[0, 0]


def test_callisto_s_resonance_ends_the_future() -> None:
    run = evolve(4.5e9, tides=TidalModel(2e-5, {"IO": 0.015}), samples=5)
    assert "Callisto" in run.ended_by
    n = run.mean_motion_rad_s[-1]
    assert n[2] / n[3] == pytest.approx(2.05, rel=1e-6)


def test_measured_tides_bring_callisto_s_resonance_when_others_have_it() -> None:
    """Independent: Lari, Saillenfest & Fenucci (2020), another averaged theory: about 1.5 billion years from now."""
    estimate = k2_over_q_estimate(FAMILY, NOW)
    years = []
    for side in (-1.0, 1.0):
        jupiter, io = estimate.mean + side * estimate.axes[0]
        run = evolve(4e9, tides=TidalModel(float(jupiter), {"IO": float(io)}), samples=2)
        assert "Callisto" in run.ended_by
        years.append(run.years[-1])
    assert min(years) < 1.5e9 < max(years)


def test_past_of_strong_tides_leaves_the_resonance() -> None:
    run = evolve(-1e8, tides=TidalModel(1e-4, {"IO": 0.004}), samples=5)
    assert "4:2:1" in run.ended_by
    n = run.mean_motion_rad_s[-1]
    assert 1.0 - 2.0 * n[1] / n[0] == pytest.approx(0.1, rel=1e-6)
    assert max(gaps(run)) < CLOSURE


def test_frequency_dependent_tides_differ() -> None:
    """Equal at Io's tide and ten times weaker at Europa's and Ganymede's: mostly Io's tide drives all three."""
    scale = 2.0 * (LAINEY_2009.jupiter_spin_rad_s - FAMILY.gradient(NOW)[0])

    def law(frequency: float, state: ResonanceState) -> float:
        return 1.102e-5 if frequency < 1.02 * scale else 1.102e-6

    by_function = evolve(1e6, tides=replace(LAINEY_2009, jupiter=law), samples=2)
    each = {"IO": 1.102e-5, "EUROPA": 1.102e-6, "GANYMEDE": 1.102e-6, "CALLISTO": 1.102e-6}
    by_moon = evolve(1e6, tides=replace(LAINEY_2009, jupiter=each), samples=2)
    assert by_function.jupiter_heat_w[0] < evolve(1e6, samples=2).jupiter_heat_w[0]
    np.testing.assert_allclose(by_function.a_km[-1, :3], by_moon.a_km[-1, :3], rtol=1e-7)
    assert max(gaps(by_function)) < CLOSURE


def test_ensemble_brackets_its_middle() -> None:
    estimate = K2OverQEstimate(np.array([1.1e-5, 0.0145]), np.diag([1e-7, 2e-4]) ** 2)
    ensemble = evolve_ensemble(1e7, estimate, count=5, samples=5, seed=2)
    middle = evolve(1e7, tides=TidalModel(1.1e-5, {"IO": 0.0145}), samples=5)
    low, _, high = ensemble.band("heat_w")
    assert np.all(low < middle.heat_w[:, 0])
    assert np.all(middle.heat_w[:, 0] < high)
    past = evolve_ensemble(-3e7, estimate, count=3, samples=5)
    assert np.isnan(past.band("heat_w")[:, -1]).all()
    assert np.all(past.ended_years > -3e7)
    np.testing.assert_array_equal(past.k2_over_q, estimate.draws(3))


@pytest.mark.slow
def test_the_history_of_measured_tides_ends_between_13_and_19_million_years_ago() -> None:
    """Independent: random evolutions by another code end 13.3 to 18.7 million years ago, 68 % (good to 0.2)."""
    estimate = k2_over_q_estimate(FAMILY, NOW)
    pairs = [estimate.mean + side * estimate.axes[0] for side in (-1.0, 1.0)]
    runs = [evolve(-6e7, tides=TidalModel(float(j), {"IO": float(io)}), samples=2) for j, io in pairs]
    near, far = sorted(-run.years[-1] / 1e6 for run in runs)
    assert near == pytest.approx(13.3, abs=0.2)
    assert far == pytest.approx(18.7, abs=0.2)
    band = evolve_ensemble(-6e7, estimate, count=30, samples=2).end_band / -1e6
    assert band[0] == pytest.approx(near, abs=0.3)  # a thirtieth of the distribution there
    assert band[2] == pytest.approx(far, abs=0.6)


def test_what_did_not_end_is_not_said_to_have_ended() -> None:
    estimate = K2OverQEstimate(np.array([1.1e-5, 0.0145]), np.diag([1e-7, 2e-4]) ** 2)
    ensemble = evolve_ensemble(-1.5e7, estimate, count=4, samples=3)
    assert np.isinf(ensemble.ended_years).any()
    assert np.all(ensemble.end_band < 0.0)


@pytest.mark.parametrize("years", [0.0, float("nan"), float("inf"), 1e10, -1e10])
def test_bad_spans_are_refused(years: float) -> None:
    with pytest.raises(InputError, match="years"):
        evolve(years)


def test_bad_counts_are_refused() -> None:
    with pytest.raises(InputError, match="samples"):
        evolve(1e6, samples=1)
    with pytest.raises(InputError, match="draws"):
        evolve_ensemble(1e6, K2OverQEstimate(np.ones(2), np.eye(2)), count=1)
