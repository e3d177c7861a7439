"""The built-in moons.

Authority: independent (JPL jup365, at the rows that the fit did not see), laws (velocity is the derivative, the path
does not jump).
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY
from perijove.ephemeris.galilean import ANCHOR_SPACING_S, MOONS, SPAN_TDB, galilean_states, position_sigma_km
from perijove.errors import InputError


@pytest.mark.slow
@pytest.mark.data
def test_positions_and_velocities_against_jup365(data_dir: Path) -> None:
    """Independent: every second row was not fitted; 0.06 to 0.23 km rms and 0.58 km at most were found."""
    tables = [
        np.loadtxt(data_dir / "ephemeris" / f"horizons_jup365_{moon.lower()}.csv", delimiter=",", skiprows=1)[1::2]
        for moon in MOONS
    ]
    table = np.stack(tables, axis=1)
    tdb = (table[:, 0, 0] - J2000_JD) * SECONDS_PER_DAY
    truth = table[:, :, 1:] * AU_KM
    truth[:, :, 3:] /= SECONDS_PER_DAY
    error = galilean_states(tdb) - truth
    distance = np.linalg.norm(error[:, :, :3], axis=2)
    rms = np.sqrt(np.mean(distance**2, axis=0))
    assert (rms < 1.0).all()
    assert (distance.max(axis=0) < 4.0).all()
    speed = np.linalg.norm(error[:, :, 3:], axis=2)
    assert (np.sqrt(np.mean(speed**2, axis=0)) < 0.05e-3).all()
    assert (speed / np.linalg.norm(truth[:, :, 3:], axis=2) < 2e-5).all()
    # The stated errors are those found here, in each direction.
    outward, normal = truth[..., :3], np.cross(truth[..., :3], truth[..., 3:])
    axes = np.stack([outward, np.cross(normal, outward), normal], axis=-2)
    axes /= np.linalg.norm(axes, axis=-1, keepdims=True)
    sigma = position_sigma_km(tdb)
    apart = np.einsum("nmkx,nmx->nmk", axes, error[:, :, :3]) / sigma
    assert np.sqrt(np.mean(apart**2, axis=0)) == pytest.approx(np.ones((4, 3)), rel=0.1)
    # Along fixed axes, in which the swings of the orbit mix, they spread as errors do.
    fixed = np.abs(error[:, :, :3]) / np.sqrt(np.einsum("nmkx,nmk->nmx", axes**2, sigma**2))
    assert 0.64 < np.mean(fixed < 1.0) < 0.72
    assert 0.9 < np.mean(fixed < 2.0) < 0.99


@settings(max_examples=30, deadline=None)
@given(tdb=st.floats(SPAN_TDB[0] + 100.0, SPAN_TDB[1] - 100.0))
def test_velocity_is_the_derivative(tdb: float) -> None:
    """Law: five-point differences over a minute; the error of the formula is 1e-9 km/s at Io."""
    h = 64.0
    x = galilean_states(tdb + h * np.array([-2.0, -1.0, 0.0, 1.0, 2.0]))
    slope = (8.0 * (x[3] - x[1]) - (x[4] - x[0]))[:, :3] / (12.0 * h)
    # Times of 1e9 s are rounded to 1e-7 s, which Io crosses in 2 m: 3e-5 km/s over such a step.
    assert np.abs(slope - x[2, :, 3:]).max() < 6e-8 + 2.0 * 17.3 * np.spacing(abs(tdb)) / h * 2.0


def test_no_jump_between_blocks() -> None:
    """Law: two integrations from neighbouring anchors meet."""
    borders = (np.arange(-200, 200, 25) + 0.5) * ANCHOR_SPACING_S
    before, after = galilean_states(borders - 1e-3), galilean_states(borders + 1e-3)
    moved = 2e-3 * before[:, :, 3:]
    # The anchors come from one integration; its rounding is 2e-4 km along the orbits after 70 years.
    assert np.abs(after[:, :, :3] - before[:, :, :3] - moved).max() < 5e-4


def test_shapes_and_order() -> None:
    """Regression: any shape of times; the moons by distance."""
    grid = np.linspace(0.0, 1e7, 6).reshape(2, 3)
    states = galilean_states(grid)
    assert states.shape == (2, 3, 4, 6)
    assert np.array_equal(galilean_states(float(grid[1, 2])), states[1, 2])
    assert np.all(np.diff(np.linalg.norm(states[..., :3], axis=-1), axis=-1) > 0.0)
    assert galilean_states([]).shape == (0, 4, 6)


def test_many_blocks_at_once_agree_with_single_ones() -> None:
    """Law: what else is asked for does not change an answer, whatever is kept of earlier ones."""
    times = np.random.default_rng(3).uniform(*SPAN_TDB, 150)
    together = galilean_states(times)
    assert all(np.array_equal(galilean_states(t), state) for t, state in zip(times[:40], together[:40], strict=True))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, SPAN_TDB[0] - 1e6, SPAN_TDB[1] + 1e6])
def test_times_outside_are_refused(wrong: float) -> None:
    """Regression: one line that says what is allowed."""
    with pytest.raises(InputError, match="1930 to 2070"):
        galilean_states([0.0, wrong])
