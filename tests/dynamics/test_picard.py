"""Paths of a few bodies without compiled code.

Authority: law (Kepler's problem, whose solution is known; a segment that is too long is refused, not answered).
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from perijove.dynamics.picard import node_times, picard

GM = 1.2e8  # km³/s²


def kepler(x: np.ndarray, _velocity: np.ndarray) -> np.ndarray:
    """Pull of a point."""
    pull: np.ndarray = -GM * x / np.sum(x * x, axis=0) ** 1.5
    return pull


def on_ellipse(seconds: np.ndarray, eccentricity: float, pericentre_km: float) -> np.ndarray:
    """Places and velocities counted from pericentre, (m, 6); Kepler's equation by Newton's method."""
    a = pericentre_km / (1.0 - eccentricity)
    n = np.sqrt(GM / a**3)
    anomaly = n * seconds
    for _ in range(30):
        rest = anomaly - eccentricity * np.sin(anomaly) - n * seconds
        anomaly = anomaly - rest / (1.0 - eccentricity * np.cos(anomaly))
    root, rate = np.sqrt(1.0 - eccentricity**2), n / (1.0 - eccentricity * np.cos(anomaly))
    zero = np.zeros_like(seconds)
    return np.stack(
        [
            a * (np.cos(anomaly) - eccentricity),
            a * root * np.sin(anomaly),
            zero,
            -a * np.sin(anomaly) * rate,
            a * root * np.cos(anomaly) * rate,
            zero,
        ],
        axis=-1,
    )


@pytest.mark.parametrize("length_s", [1200.0, -1200.0])
def test_keplers_ellipses(length_s: float) -> None:
    """Law: two bodies at once, to ten times the grain of places, into the future and the past; the end is the end."""
    shapes = ((0.98, 76_000.0), (0.2, 400_000.0))
    start = np.concatenate([on_ellipse(np.zeros(1), *shape) for shape in shapes])
    segment = picard(start, 50.0, length_s, kepler)
    assert segment is not None
    seconds = np.linspace(0.0, length_s, 41)
    expected = np.stack([on_ellipse(seconds, *shape) for shape in shapes], axis=1)
    found = segment.states(50.0 + seconds)
    assert_allclose(found[..., :3], expected[..., :3], rtol=0.0, atol=1e-9)
    assert_allclose(found[..., 3:], expected[..., 3:], rtol=0.0, atol=1e-12)
    assert_allclose(segment.end(), found[-1], rtol=0.0, atol=1e-9)
    assert np.array_equal(segment.states(50.0 + seconds, 1), found[:, :1])
    assert np.array_equal(segment.states(50.0 + seconds[7:8]), found[7:8])  # alone as among others


@pytest.mark.parametrize("length_s", [8_000.0, 1e6])
def test_a_segment_that_is_too_long_is_refused(length_s: float) -> None:
    """Law: where the series has not died out, or the rounds run away, there is no answer."""
    assert picard(on_ellipse(np.zeros(1), 0.98, 76_000.0), 0.0, length_s, kepler) is None


def test_a_force_that_depends_on_velocity() -> None:
    """Law: in a drag of rate c a body goes (1 - exp(-c t)) v / c; nodes lie within the segment."""
    state = np.array([[0.0, 0.0, 0.0, 3.0, -2.0, 1.0]])
    segment = picard(state, 0.0, 100.0, lambda _x, v: -0.01 * v)
    assert segment is not None
    times = np.array([0.0, 30.0, 100.0])
    way = (1.0 - np.exp(-0.01 * times)) / 0.01
    assert_allclose(segment.states(times)[:, 0, :3], way[:, None] * state[:, 3:], rtol=0.0, atol=1e-11)
    assert ((node_times(-60.0) < 0.0) & (node_times(-60.0) > -60.0)).all()
