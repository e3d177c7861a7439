"""Evidence and weights by slices.

Authority: law (integrals in closed form; independent runs scatter as each claims).
"""

import math
from collections.abc import Callable

import numpy as np
import pytest

from perijove.errors import FitError
from perijove.studies.nested_sampling import NestedSamples, nested_samples

RUNS = 24
LIVE = 120


def gaussian(unit: np.ndarray, centre: float, sigma: float) -> np.ndarray:
    """Logarithm of a density that integrates to 1, all but what lies beyond the cube."""
    inside: np.ndarray = -0.5 * (((unit - centre) / sigma) ** 2).sum(axis=1)
    return inside - unit.shape[1] * math.log(math.sqrt(2.0 * math.pi) * sigma)


def smooth(unit: np.ndarray) -> np.ndarray:
    """One hump in three dimensions."""
    return gaussian(unit, 0.45, 0.05)


def ridge(unit: np.ndarray) -> np.ndarray:
    """A band a thousandth wide across two dimensions, and a hump in four others."""
    across = -0.5 * ((unit[:, 0] + unit[:, 1] - 1.0) / RIDGE) ** 2
    return across + gaussian(unit[:, 2:], 0.5, 0.08)


RIDGE = 1e-3  # the sum of two even numbers has a density of 1 - |sum - 1|
RIDGE_INTEGRAL = math.sqrt(2.0 * math.pi) * RIDGE - 2.0 * RIDGE**2


def humps(unit: np.ndarray) -> np.ndarray:
    """Two, far apart, of which the narrow one holds a third."""
    return np.logaddexp(math.log(2.0 / 3.0) + gaussian(unit, 0.25, 0.04), -math.log(3.0) + gaussian(unit, 0.75, 0.02))


def half(unit: np.ndarray) -> np.ndarray:
    """As `smooth`, in half of the cube alone."""
    return np.where(unit[:, 2] < 0.45, smooth(unit), -np.inf)


def runs(log_likelihood: Callable[[np.ndarray], np.ndarray], parameters: int) -> list[NestedSamples]:
    return nested_samples(log_likelihood, parameters, live=LIVE, runs=RUNS, rng=np.random.default_rng(5))


@pytest.mark.parametrize(
    ("log_likelihood", "parameters", "integral"),
    [(smooth, 3, 1.0), (ridge, 6, RIDGE_INTEGRAL), (humps, 3, 1.0), (half, 3, 0.5)],
    ids=["smooth", "ridge", "humps", "half"],
)
def test_evidence_is_the_integral_and_scatters_as_it_claims(
    log_likelihood: Callable[[np.ndarray], np.ndarray], parameters: int, integral: float
) -> None:
    found = runs(log_likelihood, parameters)
    logs, claimed = np.array([run.log_evidence for run in found]), np.array([run.sigma for run in found])
    typical = math.sqrt(np.mean(claimed**2))
    assert logs.mean() == pytest.approx(math.log(integral), abs=3.0 * typical / math.sqrt(RUNS))
    # The standard deviation of 24 normal numbers is within 45 % of theirs, but for one case in a thousand.
    assert 0.55 < logs.std(ddof=1) / typical < 1.45


def test_weighted_points_have_the_moments_of_the_posterior() -> None:
    found = runs(smooth, 3)
    weight = np.concatenate([np.exp(run.log_weight) for run in found])
    weight /= weight.sum()
    unit = np.concatenate([run.unit for run in found])
    mean = weight @ unit
    worth = 1.0 / np.sum(weight**2)
    assert mean == pytest.approx(0.45, abs=5.0 * 0.05 / math.sqrt(worth))
    assert np.sqrt(weight @ (unit - mean) ** 2) == pytest.approx(0.05, rel=5.0 / math.sqrt(2.0 * worth))


def test_each_hump_has_its_share() -> None:
    """Of single runs the share scatters, for few live points start in the narrow hump; their mean is right."""
    found = runs(humps, 3)
    shares = [np.exp(run.log_weight)[run.unit[:, 0] > 0.5].sum() / np.exp(run.log_weight).sum() for run in found]
    assert np.mean(shares) == pytest.approx(1.0 / 3.0, abs=4.0 * np.std(shares, ddof=1) / math.sqrt(RUNS))
    assert np.std(shares, ddof=1) < 0.15


def test_the_same_numbers_from_the_same_stream() -> None:
    one, other = (
        nested_samples(smooth, 3, live=40, runs=2, rng=np.random.default_rng(9))[1].unit.tobytes() for _ in range(2)
    )
    assert one == other


def test_walks_that_find_nothing_better_end_it() -> None:
    """The live points have touched a needle, and no place is better."""
    calls = 0

    def needle(unit: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        return unit[:, 0] if calls == 1 else np.full(len(unit), -1.0)

    with pytest.raises(FitError, match="more live points"):
        nested_samples(needle, 2, live=40, runs=1, rng=np.random.default_rng(1))


def test_where_nothing_can_be_it_ends() -> None:
    with pytest.raises(FitError, match="fewer than 20 can be"):
        nested_samples(lambda unit: np.full(len(unit), -np.inf), 2, live=20, runs=1, rng=np.random.default_rng(1))
