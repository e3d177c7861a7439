"""The moons at one epoch without compiled code.

Authority: law (the same forces and the same paths as compiled; a single epoch loads no compiler), independent (jup365).
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY
from perijove.dynamics.chebyshev import states_at
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.force_kernel import acceleration, surroundings
from perijove.dynamics.planet_paths import PLANET_PATHS, _table, path_state
from perijove.ephemeris.galilean import MOONS, SPAN_TDB, galilean_states
from perijove.ephemeris.galilean_plain import WAYPOINT_SPACING_S, PlainPaths, accelerations

PATHS = PlainPaths()


@settings(max_examples=20, deadline=None)
@given(tdb=st.floats(SPAN_TDB[0], SPAN_TDB[1]))
def test_forces_are_those_of_the_kernel(tdb: float) -> None:
    """Law: to rounding; and nothing that the kernel knows of the fitted system is left out."""
    assert JUPITER_AND_MOONS.tides is None
    table = JUPITER_AND_MOONS.force_table(tdb, tdb + 1.0)
    states = galilean_states(np.array([tdb, tdb]))[0]
    around = np.empty((4, 3))
    expected = np.empty(12)
    surroundings(tdb, table, around)
    x, v = (np.ascontiguousarray(states[:, part]) for part in (slice(3), slice(3, None)))
    acceleration(x.ravel(), v.ravel(), around, table.jupiter, table.zonals, table.bodies, table.external_gm, expected)
    found = accelerations(x.T[..., None], v.T[..., None], around.T[..., None], table)[..., 0].T
    scale = np.linalg.norm(expected.reshape(4, 3), axis=1, keepdims=True)
    assert (np.abs(found - expected.reshape(4, 3)) < 4e-15 * scale).all()


@settings(max_examples=30, deadline=None)
@given(tdb=st.floats(SPAN_TDB[0], SPAN_TDB[1]))
def test_paths_are_those_of_the_blocks(tdb: float) -> None:
    """Law: to 0.1 m and 1e-8 of the velocity; 0.013 m was found, of which the grain of time is 0.002."""
    compiled = galilean_states(np.array([tdb]))[0]
    plain = PATHS.states(np.array([tdb]))[0]
    assert np.abs(plain - compiled)[:, :3].max() < 1e-4
    assert np.abs(plain - compiled)[:, 3:].max() < 1e-8


def test_segments_meet() -> None:
    """Law: no jump at waypoints, between segments, and half-way, where the next waypoint takes over."""
    spacing = WAYPOINT_SPACING_S
    for border in (0.0, spacing / 28.0, -spacing / 28.0, 0.5 * spacing, 40.5 * spacing, 41.0 * spacing):
        before, after = PATHS.states(np.array([border - 1e-3, border + 1e-3]))
        assert np.abs(after[:, :3] - before[:, :3] - 2e-3 * before[:, 3:]).max() < 1e-4


@pytest.mark.data
def test_against_jup365(data_dir: Path) -> None:
    """Independent: as near as the blocks are, 0.06 to 0.23 km rms."""
    for k, moon in enumerate(MOONS):
        table = np.loadtxt(data_dir / "ephemeris" / f"horizons_jup365_{moon.lower()}.csv", delimiter=",", skiprows=1)
        rows = table[1::200]
        found = PATHS.states((rows[:, 0] - J2000_JD) * SECONDS_PER_DAY)[:, k, :3]
        assert np.sqrt(np.mean(np.sum((found - rows[:, 1:4] * AU_KM) ** 2, axis=1))) < 1.0


def test_planets_to_the_last_digit() -> None:
    """Law: the plain series do what the kernel does."""
    times = np.random.default_rng(1).uniform(-2e9, 2e9, (9, 8))
    assert times.size > 64
    for body in PLANET_PATHS:
        assert np.array_equal(states_at(times, *_table()[body]), path_state(body, times))


def test_single_epochs_load_no_compiler() -> None:
    """Law: in a new process single epochs, of the Sun and Jupiter too, are there without numba, with the same shape."""
    code = """
import sys
import numpy as np
from perijove.ephemeris.galilean import galilean_states
from perijove.ephemeris.source import EMBEDDED
first, again = galilean_states(7.8e8), galilean_states([[7.8e8]])
assert np.array_equal(first, again[0, 0]) and again.shape == (1, 1, 4, 6)
sun = EMBEDDED.state("SUN", 7.8e8, center="IO")
assert "numba" not in sys.modules
both = galilean_states([7.8e8, 7.8e8])
assert "numba" in sys.modules
assert np.abs(both[0] - first).max() < 1e-4 and np.array_equal(galilean_states(7.8e8), both[0])
assert np.abs(EMBEDDED.state("SUN", 7.8e8, center="IO") - sun).max() < 1e-4
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_many_single_epochs_are_worth_a_compiler() -> None:
    """Law: four ways are gone in plain code, with all that is near; the fifth loads numba."""
    code = """
import sys
from perijove.ephemeris.galilean import galilean_states
for k in range(4):
    galilean_states(k * 1e8 + 1e4)
for k in range(4):
    galilean_states(k * 1e8 + 2e5)
assert "numba" not in sys.modules
galilean_states(4e8)
assert "numba" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_one_place_of_juno_compiles_nothing() -> None:
    """Law: though numba is loaded, as where maps are made, a picture's place takes none of the ephemeris' kernels."""
    code = """
import numba
from perijove.dynamics.planet_paths import series_states
from perijove.ephemeris.apparent import apparent_state
from perijove.ephemeris.galilean import states_in_blocks
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.sun import earth_direction, sun_direction
tdb = arc_of(57).perijove_tdb - 14000.0
apparent_state(EMBEDDED, "IO", "JUNO", tdb, "CN")
EMBEDDED.position_sigma_km("JUNO", tdb, center="IO")
sun_direction("IO", tdb), earth_direction(tdb)
assert not states_in_blocks.is_ready and not series_states.is_ready
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
