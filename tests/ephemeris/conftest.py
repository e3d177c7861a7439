"""Shared by the tests of the ephemeris: SPICE itself as an oracle, and a simulated set of kernels."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import spiceypy

from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.writing import Attitude, Trajectory, system_trajectories, write_kernel_set
from perijove.geometry.rotations import rotation_z
from perijove.timescales import utc_to_tdb


@pytest.fixture
def spice(data_dir: Path) -> Iterator[Callable[..., None]]:
    """Load kernels of the data folder into SPICE's own pool; it is empty again afterwards."""

    def load(*names: str) -> None:
        for name in names:
            spiceypy.furnsh(str(data_dir / "spice" / name))

    yield load
    spiceypy.kclear()


@pytest.fixture
def closest_tdb() -> float:
    """Time of closest approach at perijove 57."""
    return utc_to_tdb("2023-12-30T08:36:01")


@pytest.fixture
def straight_pass(closest_tdb: float) -> tuple[Trajectory, Attitude]:
    """Juno on a straight line past Io, spinning at 12 deg/s, for a minute."""
    times = closest_tdb + np.linspace(-30.0, 30.0, 121)
    state = EMBEDDED.state("JUNO", closest_tdb, center="IO")
    velocity = state[3:]
    position = state[:3] + (times - closest_tdb)[:, None] * velocity
    states = np.concatenate([position, np.broadcast_to(velocity, position.shape)], axis=-1)
    turns = rotation_z(12.0 * (times - times[0]))
    rates = np.broadcast_to([0.0, 0.0, 12.0], (len(times), 3))
    return Trajectory("JUNO", "IO", times, states), Attitude(times, turns, rates)


@pytest.fixture
def simulated(tmp_path: Path, straight_pass: tuple[Trajectory, Attitude]) -> Path:
    """Folder with kernels of the straight pass."""
    trajectory, attitude = straight_pass
    system = system_trajectories(trajectory.times_tdb[0], trajectory.times_tdb[-1])
    write_kernel_set(tmp_path / "kernels", trajectories=(trajectory, *system), attitudes=[attitude])
    return tmp_path / "kernels"
