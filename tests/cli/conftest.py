"""A simulated picture of Io on disk, with and without errors of its own."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.cli.running import write_copy

from perijove.figures.artist import Artist
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import SimulatedPicture, simulate
from perijove.simulator.synthetic_io import synthetic_base_map


@pytest.fixture(scope="session")
def io_map() -> np.ndarray:
    """The built-in Io, coarse: 16 km."""
    return synthetic_base_map(width=720)


@pytest.fixture(scope="session")
def picture(io_map: np.ndarray) -> SimulatedPicture:
    """Io from 60,000 km at 80 degrees of phase: 27 framelets, six of which see it."""
    return simulate(random_scenario(0, range_km=60_000.0, phase_deg=80.0), io_map, seed=0)


@pytest.fixture(scope="session")
def pristine(picture: SimulatedPicture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The picture's PNG, JSON beside it; not to be changed."""
    return write_copy(picture, tmp_path_factory.mktemp("pristine"))


@pytest.fixture
def raw(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the picture's PNG and JSON that a test may spoil."""
    return Path(shutil.copytree(pristine.parent, tmp_path / "raw") / pristine.name)


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn in this process: no second one has to start, and what a test replaces is replaced for them."""

    def artist(**_: object) -> Artist:
        return Artist(apart=False)

    monkeypatch.setattr("perijove.picture.Artist", artist)


@pytest.fixture
def plain_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are not drawn but stand as short files: they take most of the time and are not under test."""
    monkeypatch.setattr("perijove.figures.artist._save", lambda drawing: drawing.path.write_bytes(b"figure"))
