"""Authority: laws. Functions whose roots and extremes are known in closed form; the tolerance is the one asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.dynamics.time_search import (
    Signal,
    Span,
    extremes,
    first_root,
    grid,
    least_between,
    root_between,
    roots,
    spans,
)

EPOCH = 8e8  # seconds past J2000 that missions see: doubles there have grains of 1.2e-7 s


def counted(function: Signal) -> tuple[Signal, list[int]]:
    """The function, and how many times it was called with how many values."""
    calls: list[int] = []

    def signal(t: np.ndarray) -> np.ndarray:
        calls.append(len(t))
        return function(t)

    return signal, calls


@given(st.floats(-3.0, 3.0), st.floats(0.2, 5.0))
def test_roots_of_a_sine_are_all_found_in_order_with_their_signs(phase: float, period: float) -> None:
    times = grid(0.0, 40.0, period / 3.0)
    found = roots(lambda t: np.sin(2.0 * np.pi * t / period + phase), times, tolerance_s=1e-9)
    k = np.arange(-10, 500)
    true = (k * np.pi - phase) * period / (2.0 * np.pi)
    inside = (true > 1e-6) & (true < 40.0 - 1e-6)
    kept = (found.tdb > 1e-6) & (found.tdb < 40.0 - 1e-6)
    assert found.tdb[kept] == pytest.approx(true[inside], abs=1e-9)
    assert np.array_equal(found.rises[kept], k[inside] % 2 == 0)


def test_times_far_from_their_origin_are_found_to_their_own_rounding() -> None:
    found = roots(lambda t: (t - EPOCH - 1234.56789) ** 3, grid(EPOCH, EPOCH + 5000.0, 300.0))
    assert found.tdb == pytest.approx([EPOCH + 1234.56789], rel=0.0, abs=1e-6)


@given(st.floats(0.0, 1.0), st.floats(1e-3, 1.0), st.sampled_from([1.0, -1.0]))
def test_two_roots_within_one_step_are_not_lost(place: float, apart: float, sign: float) -> None:
    """A parabola that dips through zero between two samples, wherever it does."""
    first, second = 5.0 + place, 5.0 + place + apart
    found = roots(lambda t: sign * (t - first) * (t - second), grid(0.0, 12.0, 3.0))
    assert found.tdb == pytest.approx([first, second], abs=1e-6)
    assert found.rises.tolist() == [sign < 0.0, sign > 0.0]


def test_signs_alone_would_lose_them() -> None:
    """The case above is one: no sample lies between the roots."""
    times = grid(0.0, 12.0, 3.0)
    assert ((times - 5.2) * (times - 5.4) > 0.0).all()


def test_a_curve_that_only_comes_near_has_no_root() -> None:
    assert not roots(lambda t: (t - 5.2) ** 2 + 1e-9, grid(0.0, 12.0, 3.0)).tdb.size


def test_nothing_is_looked_for_between_windows() -> None:
    windows = [grid(0.0, 1.0, 0.5), grid(2.0, 3.0, 0.5)]
    assert not roots(lambda t: t - 1.5, windows).tdb.size
    both = roots(lambda t: (t - 0.6) * (t - 2.7), windows)
    assert both.tdb == pytest.approx([0.6, 2.7], abs=1e-6)
    # A turn within the first window moves the joint; the second still stands apart.
    turned = roots(lambda t: np.where(t < 1.5, (t - 0.3) * (t - 0.4), -1.0), windows)
    assert turned.tdb == pytest.approx([0.3, 0.4], abs=1e-6)


def test_angles_jump_without_a_root() -> None:
    def angle(t: np.ndarray) -> np.ndarray:
        return (t * 70.0 + 180.0) % 360.0 - 180.0

    found = roots(angle, grid(-1.0, 11.0, 0.5), jump=180.0)
    assert found.tdb == pytest.approx([0.0, 360.0 / 70.0, 720.0 / 70.0], abs=1e-6)


def test_what_has_no_number_has_no_root() -> None:
    found = roots(lambda t: np.where(t < 2.0, np.nan, t - 3.3), grid(0.0, 5.0, 1.0))
    assert found.tdb == pytest.approx([3.3], abs=1e-6)


def test_a_smooth_root_costs_few_rounds_and_a_step_no_more_than_halvings() -> None:
    smooth, calls = counted(lambda t: np.cos(t / 1000.0) - 0.3)
    root_between(smooth, np.array([0.0]), np.array([3000.0]), tolerance_s=1e-6)
    assert len(calls) <= 12
    step, calls = counted(lambda t: np.where(t < 1234.5, -1.0, 1.0))
    at = root_between(step, np.array([0.0]), np.array([3000.0]), tolerance_s=1e-3)
    assert at == pytest.approx([1234.5], abs=1e-3)
    assert len(calls) <= 2 + np.ceil(np.log2(3000.0 / 1e-3))


@given(st.lists(st.floats(-0.99, 0.99), min_size=1, max_size=5), st.floats(0.2, 9.0))
def test_brackets_are_refined_together_as_they_would_be_alone(levels: list[float], steepness: float) -> None:
    at = np.array(levels)
    low, high = np.full(len(levels), -20.0), np.full(len(levels), 25.0)
    together = root_between(lambda t: np.tanh(steepness * t) - at, low, high, tolerance_s=1e-9)
    assert together == pytest.approx(np.arctanh(at) / steepness, abs=2e-9)
    backwards = root_between(lambda t: np.tanh(steepness * t) - at, high, low, tolerance_s=1e-9)
    assert backwards == pytest.approx(together, abs=4e-9)


def test_a_bracket_without_change_of_sign_is_nan_and_the_others_are_not() -> None:
    found = root_between(lambda t: t - np.array([1.0, 7.0]), np.zeros(2), np.full(2, 3.0))
    assert found[0] == pytest.approx(1.0, abs=1e-6)
    assert np.isnan(found[1])


def test_extremes_know_their_kind() -> None:
    found = extremes(np.sin, grid(0.0, 12.0, 0.7), tolerance_s=1e-6)
    assert found.tdb == pytest.approx(np.pi * (np.arange(4) + 0.5), abs=1e-6)  # flat: 1e-8 of value is 1e-4 of time
    assert found.is_least.tolist() == [False, True, False, True]
    assert found.value == pytest.approx([1.0, -1.0, 1.0, -1.0], abs=1e-12)


def test_a_rate_tells_extremes_to_the_tolerance() -> None:
    found = extremes(np.sin, grid(0.0, 12.0, 0.7), rate=np.cos, tolerance_s=1e-10)
    assert found.tdb == pytest.approx(np.pi * (np.arange(4) + 0.5), abs=1e-10)
    assert found.is_least.tolist() == [False, True, False, True]
    assert found.value == pytest.approx([1.0, -1.0, 1.0, -1.0], abs=1e-15)


def test_a_least_value_at_an_end_is_no_extreme() -> None:
    assert not extremes(lambda t: t, [grid(0.0, 1.0, 0.1), grid(-5.0, -4.0, 0.1)]).tdb.size


def test_a_search_for_the_least_may_end_where_enough_is_known() -> None:
    heights = np.array([1.0, -1.0])
    t, value = least_between(
        lambda t: (t - np.array([1.0, 2.0])) ** 2 - heights, np.zeros(2), np.full(2, 3.0), tolerance_s=1e-6, until=0.0
    )
    assert value[0] < 0.0  # found at once, and left
    assert t[1] == pytest.approx(2.0, abs=1e-6)
    assert value[1] == pytest.approx(1.0, abs=1e-12)


def test_spans_are_cut_where_the_search_ends() -> None:
    times = grid(0.0, 20.0, 0.5)
    one, two, three, four = spans(np.cos, times)
    halves = np.pi * (np.arange(6) + 0.5)
    assert (one.start_tdb, one.cut_before, one.cut_after) == (0.0, True, False)
    assert one.end_tdb == pytest.approx(halves[0], abs=1e-3)
    assert [two.start_tdb, two.end_tdb] == pytest.approx(halves[1:3], abs=1e-3)
    assert [three.start_tdb, three.end_tdb] == pytest.approx(halves[3:5], abs=1e-3)
    assert four.start_tdb == pytest.approx(halves[5], abs=1e-3)
    assert (four.end_tdb, four.cut_before, four.cut_after) == (20.0, False, True)


def test_spans_of_what_always_holds_and_never() -> None:
    times = grid(0.0, 4.0, 1.0)
    assert spans(lambda t: np.ones(len(t)), times) == (Span(0.0, 4.0, cut_before=True, cut_after=True),)
    assert spans(lambda t: -np.ones(len(t)), times) == ()


def test_the_first_root_from_a_start_is_found_to_either_side() -> None:
    """From where a cosine is least, to its zeros; steps that pass a whole positive half may miss it, these do not."""
    start, steps = np.full(2, np.pi), np.array([0.3, -0.3])
    found = first_root(np.cos, start, steps, limits=(0.0, 7.0), tolerance_s=1e-9)
    assert found == pytest.approx([1.5 * np.pi, 0.5 * np.pi], abs=1e-9)


def test_no_first_root_beyond_the_limits_or_from_a_positive_start() -> None:
    asked: list[float] = []

    def signal(t: np.ndarray) -> np.ndarray:
        asked.extend(t.tolist())
        return np.cos(t)

    start = np.array([np.pi, np.pi, 0.1])
    found = first_root(signal, start, np.array([0.3, -0.3, 0.3]), limits=(1.6, 4.7))
    assert np.isnan(found).all()
    assert min(asked) >= 0.1
    assert all(1.6 <= t <= 4.7 for t in asked if t != 0.1)  # where the function is not known it is not asked
    assert not first_root(signal, np.empty(0), np.empty(0), limits=(0.0, 1.0)).size
