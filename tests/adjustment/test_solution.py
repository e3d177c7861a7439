"""Authority: law. Limb points and ties that the unknowns themselves make give the unknowns back, with honest errors."""

from dataclasses import replace

import numpy as np
import pytest
from tests.adjustment.synthetic_pass import Synthetic, synthetic_pass

from perijove.adjustment.solution import Solution, shared_kinds, solved, start_values
from perijove.adjustment.unknowns import SHARED
from perijove.junocam.limb.fit import LIMB_OUT


def narrow(made: Synthetic) -> np.ndarray:
    """Prior errors with which the pictures share all that they can."""
    sigmas = made.unknowns.joint.parameters.prior_sigmas.copy()
    for kind, sigma in SHARED.items():
        sigmas[made.unknowns.deviations("PJ57", kind)] = sigma
    return sigmas


def solution_of(made: Synthetic, sigmas: np.ndarray | None = None) -> Solution:
    start = start_values(made.pictures, made.unknowns)
    return solved(made.observed, start, prior_sigmas=narrow(made) if sigmas is None else sigmas)


@pytest.fixture(scope="module")
def made() -> Synthetic:
    return synthetic_pass(1)


@pytest.mark.slow
def test_exact_measurements_give_ground_back() -> None:
    """Without noise all ties fit; what is left is the second order of carrying places along ground, 1 km off."""
    exact = synthetic_pass(2, noise=0.0)
    found = solution_of(exact)
    assert len(exact.observed.ties) > 50
    assert np.abs(found.tie_residual_px).max() < 0.02


@pytest.mark.slow
def test_values_lie_within_their_errors(made: Synthetic) -> None:
    """Chi-squared of all unknowns that were drawn, by their covariance: over three passes within 1e-3 of its spread."""
    total, count = 0.0, 0
    for case in (made, synthetic_pass(3), synthetic_pass(4)):
        found = solution_of(case)
        names = case.unknowns.joint.parameters.names
        drawn = np.array([not any(part in name for part in ("own_", "phase", "limb_")) for name in names])
        off = (found.values - case.truth)[drawn]
        total += float(off @ np.linalg.solve(found.covariance[np.ix_(drawn, drawn)], off))
        count += int(drawn.sum())
    assert total == pytest.approx(count, abs=3.3 * np.sqrt(2.0 * count))


@pytest.mark.slow
def test_many_points_of_one_limb_do_not_tell_where_all_lie(made: Synthetic) -> None:
    """What edges of one picture err by together, 0.015 px, bounds what its limb says of their distance."""
    for k, limb in enumerate(made.observed.limbs):
        own = made.unknowns.of_picture(k, made.truth)
        normal, _ = limb.at(own)
        out = made.unknowns.pictures[k].parameters.index(LIMB_OUT)
        assert 0.5 / 0.015**2 < normal[out, out] < 1.0 / 0.015**2


@pytest.mark.slow
def test_ties_tell_more_than_limbs(made: Synthetic) -> None:
    """Path and axis are known better with ties than without."""
    alone = replace(made, observed=replace(made.observed, ties=made.observed.ties.chosen(np.zeros(0, dtype=int))))
    with_ties, without = solution_of(made), solution_of(alone)
    index = made.unknowns.joint.parameters.index
    for name in ("PJ57/axis_tilt_x_deg", "PJ57/path_1_km", "focal_length_px"):
        k = index(name)
        assert with_ties.covariance[k, k] < without.covariance[k, k]


@pytest.mark.slow
def test_outliers_are_found_and_change_nothing(made: Synthetic) -> None:
    """A tenth of the ties 3 px off: all of them are put out, and no unknown moves by half its error."""
    ties = made.observed.ties
    wrong = np.arange(0, len(ties), 10)
    measured = ties.measured_px.copy()
    measured[wrong] += 3.0
    spoilt = replace(made, observed=replace(made.observed, ties=replace(ties, measured_px=measured)))
    clean, found = solution_of(made), solution_of(spoilt)
    assert not found.tie_kept[wrong].any()
    assert np.delete(found.tie_kept, wrong).mean() > 0.97
    sigma = np.sqrt(np.diag(clean.covariance))
    assert np.abs((found.values - clean.values) / sigma).max() < 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("own", "shares"), [({}, True), ({"own_spin": 0.1, "own_axis": 0.2}, False)])
def test_what_is_shared_is_told_from_what_is_not(own: dict[str, float], *, shares: bool) -> None:
    case = synthetic_pass(5, own=own)
    wide = case.unknowns.joint.parameters.prior_sigmas
    found = solution_of(case, wide)
    odds = shared_kinds(case.unknowns, found.values, found.covariance, wide)["PJ57"]
    assert bool(odds["axis"] > 0.0) is shares
    assert bool(odds["spin"] > 0.0) is shares
    assert odds["path"] > 0.0
