"""Forced eccentricities: first-order theory, and integrations with a part taken away.

Authority: published (forced eccentricities, Lainey et al. 2006) and law: what is forced is proportional to the mass of
who forces, falls off with the distance from the resonance, and is gone with either. The false libration of a spherical
Jupiter: regression, between what J2000 and 1930 give.
"""

import numpy as np
import pytest

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2, GALILEAN_MEAN_MOTIONS_DEG_DAY
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.ephemeris.galilean import galilean_states
from perijove.resonance.forced_eccentricity import forced_eccentricity
from perijove.resonance.removal import REMOVALS, RemovalOutcome, resonance_without

pytestmark = pytest.mark.slow  # years of moons, integrated and measured

MOTIONS = np.array(list(GALILEAN_MEAN_MOTIONS_DEG_DAY.values()))
GM = np.array(list(GALILEAN_MEAN_GM_KM3_S2.values()))


def test_first_order_theory_gives_the_size() -> None:
    """Second order in the masses is a fifth at most."""
    theory = forced_eccentricity(MOTIONS)
    assert theory.vector == pytest.approx([0.004155, -0.00936, 0.00059], rel=0.2)
    assert theory.vector[0] == pytest.approx(0.004155, rel=0.06)
    assert theory.shares.sum(axis=1) == pytest.approx(theory.vector)


def test_io_is_forced_by_europa_and_europa_mostly_by_ganymede() -> None:
    shares = forced_eccentricity(MOTIONS).shares
    assert shares[0, 0] / shares[0].sum() == pytest.approx(1.0, abs=0.01)
    assert shares[1, 1] / shares[1, 2] == pytest.approx(0.34, abs=0.02)  # both of one sign: they add
    assert shares[2, 3] / shares[2].sum() == pytest.approx(1.0, abs=0.02)


def test_forcing_is_proportional_to_the_mass() -> None:
    """Half of Europa's mass gives half of Io's eccentricity but for what it adds to Io's precession (1 %)."""
    halved = GM * [1.0, 0.5, 1.0, 1.0]
    ratio = forced_eccentricity(MOTIONS, gm_km3_s2=halved).vector[0] / forced_eccentricity(MOTIONS).vector[0]
    assert ratio == pytest.approx(0.5, abs=0.01)


def test_forcing_falls_off_with_distance_from_resonance() -> None:
    far = MOTIONS * [1.0, 0.985, 1.0, 1.0]
    theory = forced_eccentricity(far)
    g = forced_eccentricity(MOTIONS).pericenter_rate_deg_day[0]
    expected = (MOTIONS[0] - 2.0 * MOTIONS[1] + g) / (far[0] - 2.0 * far[1] + g)
    assert theory.shares[0, 0] / forced_eccentricity(MOTIONS).shares[0, 0] == pytest.approx(expected, rel=0.05)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, RemovalOutcome]:
    done = resonance_without(JUPITER_AND_MOONS, galilean_states(0.0), start_tdb=0.0, years=20.5)
    return {outcome.removal.name: outcome for outcome in done}


def test_every_removal_is_done(outcomes: dict[str, RemovalOutcome]) -> None:
    assert list(outcomes) == [removal.name for removal in REMOVALS]


def test_nothing_taken_away_is_today(outcomes: dict[str, RemovalOutcome]) -> None:
    today = outcomes["nothing"]
    assert today.forced_eccentricity == pytest.approx([0.004155, 0.00936, 0.000593], rel=2e-3)
    assert today.laplace_half_range_deg < 0.5


def test_without_resonance_io_loses_its_eccentricity(outcomes: dict[str, RemovalOutcome]) -> None:
    away = outcomes["resonance"]
    assert away.forced_eccentricity[0] == pytest.approx(away.theory[0], rel=0.05)
    assert away.forced_eccentricity[0] < 0.25 * outcomes["nothing"].forced_eccentricity[0]
    assert not away.laplace_librates


def test_without_europa_nothing_forces_io(outcomes: dict[str, RemovalOutcome]) -> None:
    assert outcomes["europa"].forced_eccentricity[0] < 2e-5
    assert outcomes["europa"].mean_eccentricity[0] > 0.004  # it had one, and nothing damps it
    assert outcomes["europa"].forced_eccentricity[1] > 0.009  # a massless Europa is itself still forced


def test_europa_owes_three_quarters_to_ganymede(outcomes: dict[str, RemovalOutcome]) -> None:
    alone = outcomes["ganymede"].forced_eccentricity[1] / outcomes["nothing"].forced_eccentricity[1]
    assert alone == pytest.approx(0.25, abs=0.03)


def test_a_round_jupiter_forces_more(outcomes: dict[str, RemovalOutcome]) -> None:
    """Without J2 pericentres advance by 0.13 deg per day less, so that the resonance is nearer: (w + g) / w."""
    today, round_one = outcomes["nothing"], outcomes["oblateness"]
    assert round_one.forced_eccentricity[0] / today.forced_eccentricity[0] == pytest.approx(
        round_one.theory[0] / today.theory[0], abs=0.03
    )
    assert round_one.laplace_half_range_deg > 5.0 * today.laplace_half_range_deg


def test_leaving_out_oblateness_makes_a_false_libration(outcomes: dict[str, RemovalOutcome]) -> None:
    """Today's states about a spherical Jupiter: other mean motions, and a libration of some 30 deg, not 0.4."""
    assert 25.0 < outcomes["oblateness, states kept"].laplace_half_range_deg < 40.0
