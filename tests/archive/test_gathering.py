"""Authority: law. Pictures of simulated products, of which each but two is spoilt in its own way."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from perijove.archive import gathering
from perijove.archive.gathering import gathered, located_one_by_one
from perijove.errors import FitError, InputError
from perijove.export.pictures.simulated_picture import write_product
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two whole pictures of two passes, and one of each fault; no more than three frames each."""
    where = tmp_path_factory.mktemp("many")
    io = np.full((64, 128, 3), 0.5, dtype=np.float32)
    shown = replace(random_scenario(3, range_km=60_000.0, phase_deg=90.0), frames=3)
    for product_id, start, orbit in (
        ("JNCE_2024034_58C90002_V01", "2024-02-03T17:00:00.000", 58),
        ("JNCE_2023364_57C90001_V01", "2023-12-30T08:00:00.000", 57),
    ):
        then = replace(shown, product_id=product_id, start_utc=start, epoch_utc=start, orbit=orbit)
        write_product(simulate(then, io), where)
    first = where / "JNCE_2024034_58C90002_V01-raw.png"
    (where / "deeper").mkdir()
    _copy(first, where / "deeper", "JNCE_2024034_58C90002_V02")
    broken = _copy(first, where, "JNCE_2024034_58C90003_V01")
    broken.write_bytes(first.read_bytes()[:2000])
    _copy(first, where, "JNCE_2024034_58C90004_V01", TARGET_NAME="EUROPA")
    _copy(first, where, "JNCE_2024034_58C90005_V01").with_name("JNCE_2024034_58C90005_V01-Metadata.json").unlink()
    (where / "notes.txt").write_text("not a picture")
    return where


def _copy(raw: Path, folder: Path, product_id: str, **keywords: str) -> Path:
    """Another product of the same pixels."""
    label = json.loads(raw.with_name(raw.name.replace("-raw.png", "-Metadata.json")).read_text())
    label |= {"PRODUCT_ID": product_id, "FILE_NAME": f"{product_id}-raw.png", **keywords}
    (folder / f"{product_id}-Metadata.json").write_text(json.dumps(label))
    path = folder / f"{product_id}-raw.png"
    shutil.copy(raw, path)
    return path


def test_each_picture_once_and_each_fault_by_name(folder: Path) -> None:
    found = gathered([folder], target="IO")
    # In the order of time; of the two versions of one picture the later.
    names = [one.product_id for one in found.pictures]
    assert names == ["JNCE_2023364_57C90001_V01", "JNCE_2024034_58C90002_V02"]
    assert {orbit: len(some) for orbit, some in found.passes.items()} == {57: 1, 58: 1}
    reasons = {one.path.name[:25]: one.reason for one in found.left_out}
    assert "same picture as" in reasons["JNCE_2024034_58C90002_V01"]
    assert "shows EUROPA, not IO" in reasons["JNCE_2024034_58C90004_V01"]
    assert "JNCE_2024034_58C90003_V01-raw.png" in reasons["JNCE_2024034_58C90003_V01"]
    assert "JNCE_2024034_58C90005_V01" in reasons["JNCE_2024034_58C90005_V01"]
    assert len(reasons) == len(found.left_out) == 4
    assert all("\n" not in one.reason for one in found.left_out)


def test_a_file_named_twice_is_read_once(folder: Path) -> None:
    raw = folder / "JNCE_2023364_57C90001_V01-raw.png"
    found = gathered([raw, str(raw)])
    assert len(found.pictures) == 1
    assert not found.left_out
    assert found.pictures[0].sources[0].name == raw.name


def test_nothing_to_use_is_an_error_that_names_the_first_reason(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no picture"):
        gathered([tmp_path])
    with pytest.raises(InputError, match="no such file or folder"):
        gathered([tmp_path / "nowhere"])
    with pytest.raises(InputError, match=r"none of 1 files can be used.*shows EUROPA"):
        gathered([folder / "JNCE_2024034_58C90004_V01-raw.png"], target="IO")


@pytest.mark.slow
def test_a_picture_that_cannot_be_located_is_left_out_and_the_rest_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = gathered([folder], target="IO")
    blind = [one for one in found.pictures if one.orbit == 58]
    steps: list[str] = []
    left_out: list = []
    # Three frames, in none of which Io crosses the strips.
    assert list(located_one_by_one(blind, left_out=left_out, progress=steps.append)) == []
    assert [one.path for one in left_out] == [blind[0].path]
    assert steps[0] == "JNCE_2024034_58C90002_V02, 1 of 1: reading"
    reason = left_out[0].reason

    def fails(*_given: object, **_named: object) -> None:
        raise FitError(reason)

    # Where nobody asks what was left out, it is an error.
    monkeypatch.setattr(gathering, "calibrated_and_located", fails)
    with pytest.raises(FitError):
        list(located_one_by_one(blind))
