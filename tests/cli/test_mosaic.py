"""``perijove mosaic``: what can be used is used, what cannot is named, and what is wrongly asked is one line.

Authority: law.
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from tests.cli.running import Outcome, answer, perijove, write_copy

from perijove.export.answer import json_text
from perijove.export.pictures.limb_record import limb_record
from perijove.picture import open_picture
from perijove.relief.limb_view import limb_view
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


@pytest.fixture(scope="module")
def apart(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A mosaic by each picture's own limb, with what the command said of it."""
    place = tmp_path_factory.mktemp("apart")
    told = perijove("mosaic", folder, "--resolution", 20, "--separate", "--out", place, "--json")
    assert told.code == 0
    return place, told


@pytest.mark.slow
def test_a_folder_becomes_a_mosaic(folder: Path, apart: tuple[Path, Outcome]) -> None:
    place, told = apart
    record = json.loads(told.out)
    assert len(record["pictures"]) == 2
    assert len(record["left_out"]) == 2
    assert any("AAA-raw.png" in reason for reason in record["left_out"])
    assert any("the same picture" in reason for reason in record["left_out"])
    assert "AAA-raw.png" in told.err
    assert sorted(path.name for path in place.iterdir()) == sorted(record["files"])
    assert np.isfinite(_map(place)).any(axis=0).sum() == record["map"]["covered_pixels"]
    again = perijove("mosaic", folder, "--resolution", 20, "--separate", "--out", place)
    assert again.code == 3


@pytest.fixture(scope="module")
def control(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Poses of both pictures, adjusted together."""
    place = tmp_path_factory.mktemp("control")
    assert perijove("control", folder, "--out", place).code == 0
    return next(place.glob("*.json"))


def _edited(control: Path, place: Path, edit: Callable[[list[dict[str, Any]]], None]) -> Path:
    """The control with other entries of its pictures."""
    record = json.loads(control.read_text(encoding="utf-8"))
    edit(record["pictures"])
    place.write_text(json.dumps(record), encoding="utf-8")
    return place


@pytest.mark.slow
def test_poses_of_a_control_give_the_mosaic_of_its_adjustment(
    folder: Path, control: Path, apart: tuple[Path, Outcome], tmp_path: Path
) -> None:
    """Law: values but for their rounding, and the words that say where poses come from."""
    asked = ("mosaic", folder, "--resolution", 20, "--json", "--out")
    records = [
        json.loads(perijove(*asked, tmp_path / name, *more).out)
        for name, more in (("adjusted", ()), ("kept", ("--control", control)))
    ]
    assert [record["poses"] for record in records] == ["all pictures adjusted together", f"control {control.name}"]
    adjusted, kept, separate = (_map(tmp_path / "adjusted"), _map(tmp_path / "kept"), _map(apart[0]))
    np.testing.assert_allclose(kept, adjusted, atol=3e-4)  # two steps of brightness
    assert np.nanmax(np.abs(separate - adjusted)) > 0.01  # poses by each picture's limb are others


def _map(folder: Path) -> np.ndarray:
    with rasterio.open(next(folder.glob("*-map.tif"))) as file:
        values: np.ndarray = file.read()
    return values


@pytest.mark.slow
def test_a_picture_that_the_control_lacks_is_left_out(folder: Path, control: Path, tmp_path: Path) -> None:
    one = _edited(control, tmp_path / "one.json", lambda pictures: pictures.__delitem__(0))
    told = perijove("mosaic", folder, "--control", one, "--resolution", 50, "--out", tmp_path / "out", "--json")
    assert told.code == 0
    record = json.loads(told.out)
    assert len(record["pictures"]) == 1
    assert any("not in the control" in reason for reason in record["left_out"])
    assert sum("not in the control" in line for line in told.err.splitlines()) == 1


def _without_all(pictures: list[dict[str, Any]]) -> None:
    pictures.clear()


def _of_other_pixels(pictures: list[dict[str, Any]]) -> None:
    for picture in pictures:
        picture["sources"][0]["sha256"] = "0" * 64


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "said"),
    [(_without_all, "not in the control|not among"), (_of_other_pixels, "not the file that was adjusted")],
)
@pytest.mark.parametrize("command", ["mosaic", "limb"])
def test_a_control_of_something_else_is_one_line(
    pristine: Path, control: Path, tmp_path: Path, command: str, edit: Callable[..., None], said: str
) -> None:
    other = _edited(control, tmp_path / "other.json", edit)
    told = perijove(command, pristine, "--control", other, "--out", tmp_path / "out")
    assert told.code == 2
    assert re.search(said, told.line)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_heights_by_the_poses_of_a_control(pristine: Path, control: Path) -> None:
    """Law: the heights that the poses give as they stand; the limb's own fit is another."""
    told, own = (answer("limb", pristine, *more) for more in (("--control", control), ()))
    picture = open_picture(pristine, control=control)
    view = limb_view(picture.measured, picture.locate(), refit=False)
    assert told == json.loads(json_text(limb_record(picture.raw, view)))
    assert "adjusted with other pictures" in told["sources"]["position"]
    assert told["heights"]["left_out_of_pose_fit"] == 0.0
    assert told["heights"]["rms_km"] != own["heights"]["rms_km"]


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
