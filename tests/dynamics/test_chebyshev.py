"""Chebyshev series. Authority: independent (numpy's own series), law (interpolation)."""

import numpy as np
from numpy.polynomial import Chebyshev

from perijove.dynamics.chebyshev import clenshaw, nodes, places_at, segment_times, series_states, states_at, to_series

START, LENGTH = -400.0, 200.0


def values(times: np.ndarray) -> np.ndarray:
    """Three smooth functions of time, (..., 3)."""
    return np.stack([np.cos(times / 90.0), np.exp(times / 700.0), times**3 / 1e7], axis=-1)


def fitted(degree: int) -> np.ndarray:
    """Series of four segments, (4, degree + 1, 3)."""
    found: np.ndarray = np.einsum("kn,sna->ska", to_series(degree), values(segment_times(-2, 1, LENGTH, degree)))
    return np.ascontiguousarray(found)


def test_fit_meets_the_function_and_its_rate() -> None:
    """Law: a smooth function is met to rounding, its rate to rounding over a tenth of the segment."""
    times = np.linspace(START, START + 4 * LENGTH, 301)[:-1]
    plain = states_at(times, fitted(24), START, LENGTH)
    np.testing.assert_allclose(plain[:, :3], values(times), rtol=0, atol=1e-13)
    rates = np.stack([-np.sin(times / 90.0) / 90.0, np.exp(times / 700.0) / 700.0, 3.0 * times**2 / 1e7], axis=-1)
    np.testing.assert_allclose(plain[:, 3:], rates, rtol=0, atol=1e-13)
    compiled = np.empty((times.size, 6))
    series_states(times, fitted(24), START, LENGTH, compiled)
    np.testing.assert_array_equal(compiled, plain)


def test_series_are_numpys() -> None:
    """Independent: nodes, coefficients and sums are those of `numpy.polynomial.Chebyshev`."""
    rng = np.random.default_rng(3)
    for degree in (1, 9, 22):
        at = rng.normal(size=degree + 1)
        series = to_series(degree) @ at
        np.testing.assert_allclose(Chebyshev(series)(nodes(degree)), at, rtol=0, atol=1e-13)
        for x in (-1.0, 0.3, 1.0):
            assert abs(clenshaw(series, x) - Chebyshev(series)(x)) < 1e-13


def test_several_bodies_in_segments() -> None:
    """Law: what the force kernels read is the same function; beyond the ends the outer series goes on."""
    series = np.ascontiguousarray(np.moveaxis(fitted(24), 1, 2)[:, None])
    out = np.empty((1, 3))
    for time in (-400.0, -200.1, 0.0, 399.0, 401.0):
        places_at(time, series, START, LENGTH, out)
        np.testing.assert_allclose(out[0], values(np.array(time)), rtol=0, atol=1e-9)
