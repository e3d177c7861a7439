"""``perijove mosaic``: what can be used is used, what cannot is named, and what is wrongly asked is one line.

Authority: law.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from tests.cli.running import perijove, write_copy

from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate


@pytest.fixture(scope="module")
def folder(pristine: Path, io_map: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pictures, one of them twice, and a file that is none."""
    place = tmp_path_factory.mktemp("pictures")
    shutil.copytree(pristine.parent, place, dirs_exist_ok=True)
    write_copy(simulate(random_scenario(3, range_km=80_000.0, phase_deg=75.0), io_map, seed=3), place)
    (place / "AAA-raw.png").write_text("404 Not Found")
    (place / "again").mkdir()
    for path in pristine.parent.iterdir():
        shutil.copy(path, place / "again")
    return place


@pytest.mark.slow
def test_a_folder_becomes_a_mosaic(folder: Path, tmp_path: Path) -> None:
    told = perijove("mosaic", folder, "--resolution", 20, "--separate", "--out", tmp_path, "--json")
    assert told.code == 0
    record = json.loads(told.out)
    assert len(record["pictures"]) == 2
    assert len(record["left_out"]) == 2
    assert any("AAA-raw.png" in reason for reason in record["left_out"])
    assert any("the same picture" in reason for reason in record["left_out"])
    assert "AAA-raw.png" in told.err
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(record["files"])
    raster = next(name for name in record["files"] if name.endswith("-map.tif"))
    with rasterio.open(tmp_path / raster) as file:
        assert np.isfinite(file.read()).any(axis=0).sum() == record["map"]["covered_pixels"]
    again = perijove("mosaic", folder, "--resolution", 20, "--separate", "--out", tmp_path)
    assert again.code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "no such file or folder"),
        (("--region", "10", "0", "-10", "20"), "south-west corner first"),
        (("--by", "beauty"), "beauty"),
        (("--control", __file__), "is not the JSON of"),
        (("--control", __file__, "--separate"), "choose one"),
        (("--night", "--photometry", "minnaert"), "no law of sunlight"),
    ],
)
def test_wrongly_asked_is_one_line(folder: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    told = perijove("mosaic", *(() if arguments[0] == "nowhere" else (folder,)), *arguments, "--out", tmp_path / "out")
    assert told.code == 2
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()
