"""Charged-particle hits against what is real and sharp.

Authority: law. The optics blur whatever is real by a Gaussian of 0.8 to 0.9 px; nothing so blurred may pass for a hit.
"""

import numpy as np
import pytest
from tests.junocam.radiometry.synthetic_detector import COLUMNS, GAIN, READ_DN, ROWS

from perijove.junocam.radiometry.hits import find_hits


def test_point_sources_are_no_hits() -> None:
    """A star, or a small moon, is as wide as the optics make it: a Gaussian of 0.85 px."""
    rng = np.random.default_rng(3)
    plane = np.zeros((ROWS, COLUMNS))
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    for y in range(8, ROWS - 8, 12):
        for x in range(30, 1610, 12):
            py, px = y + rng.random(), x + rng.random()
            near = (slice(y - 5, y + 7), slice(x - 5, x + 7))
            r2 = (rows[near] + 0.5 - py) ** 2 + (columns[near] + 0.5 - px) ** 2
            plane[near] += rng.uniform(50.0, 2000.0) * np.exp(-0.5 * r2 / 0.85**2)
    sigma = np.sqrt(READ_DN**2 + plane / GAIN).astype(np.float32)
    found = find_hits((plane + rng.normal(0.0, sigma)).astype(np.float32), sigma)
    stars = len(range(8, ROWS - 8, 12)) * len(range(30, 1610, 12))
    assert found.sum() < 0.01 * stars


@pytest.mark.parametrize("angle", np.radians([0.0, 20.0, 45.0, 77.0, 90.0]))
def test_edges_are_no_hits(angle: float) -> None:
    """A limb or a terminator, blurred by the optics, with noise."""
    rng = np.random.default_rng(4)
    rows, columns = np.mgrid[0:ROWS, 0:400]
    distance = (columns - 200.0) * np.cos(angle) + (rows - 64.0) * np.sin(angle)
    plane = 600.0 * 0.5 * (1.0 + np.tanh(distance / 0.85 * 0.85))
    sigma = np.sqrt(READ_DN**2 + plane / GAIN + 64.0 / 12.0).astype(np.float32)
    found = find_hits((plane + rng.normal(0.0, sigma)).astype(np.float32), sigma)
    assert found[np.abs(distance) < 3.0].mean() < 1e-3


def test_no_noise_no_hits() -> None:
    plane = np.full((ROWS, 200), 7.0, dtype=np.float32)
    assert not find_hits(plane, np.ones_like(plane)).any()
