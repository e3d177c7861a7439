"""``perijove process`` on several pictures: each as if it were alone, whatever happens to the others.

Authority: law. Products of a picture are the same bytes whether it was asked for alone or among others; a picture that
fails, or whose process is killed, costs no other; whatever ends the run, nothing is left half-written.
"""

import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from tests.cli.running import contents, perijove, write_copy
from tests.cli.test_stopping import LONGEST_S, children, runs, started, wait_for

from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate

QUICK = ("--quick", "--resolution", 40)
needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are counted in /proc")


@pytest.fixture(scope="module")
def pictures(pristine: Path, io_map: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two pictures, a copy of the first under another name, and a file that is none."""
    folder = tmp_path_factory.mktemp("pictures")
    shutil.copytree(pristine.parent, folder, dirs_exist_ok=True)
    write_copy(simulate(random_scenario(3, range_km=80_000.0, phase_deg=75.0), io_map, seed=3), folder)
    for path in pristine.parent.iterdir():
        shutil.copy(path, folder / f"twin-of-{path.name}")
    (folder / "AAA-raw.png").write_text("404 Not Found")
    return folder


def told(*arguments: object) -> tuple[int, dict[str, dict[str, object]]]:
    """Exit code, and what became of each file, by its name."""
    outcome = perijove("process", *arguments, "--json", "--quiet")
    assert outcome.err == ""
    return outcome.code, {Path(each["file"]).name: each for each in json.loads(outcome.out)["pictures"]}


@pytest.mark.slow
def test_each_as_if_alone(pictures: Path, pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alone").mkdir()
    monkeypatch.chdir(tmp_path / "alone")
    single = started(
        "process", pristine, *QUICK, "--out", "out"
    )  # a process, as users have it: with BLAS on one thread
    assert single.communicate(timeout=LONGEST_S)[0] == ""
    assert single.returncode == 0
    monkeypatch.chdir(tmp_path)
    outcome = perijove("process", pictures, *QUICK, "--out", "out")
    assert outcome.code == 1
    assert outcome.err.splitlines()[-1] == "2 done, 1 skipped, 1 failed"
    alone = contents(tmp_path / "alone" / "out")
    among = contents(tmp_path / "out")
    assert alone is not None
    assert among is not None
    assert alone.items() <= among.items()
    assert len(among) == 2 * len(alone)

    code, again = told(pictures, *QUICK, "--out", "out")
    assert code == 1
    assert {name: each["result"] for name, each in again.items()} == {
        "AAA-raw.png": "failed",
        pristine.name: "skipped",
        f"twin-of-{pristine.name}": "skipped",
        **{name: "skipped" for name in again if name not in {"AAA-raw.png", f"twin-of-{pristine.name}"}},
    }
    assert "404" not in str(again["AAA-raw.png"]["reason"])
    assert "neither a PNG nor a PDS3 product" in str(again["AAA-raw.png"]["reason"])
    assert str(again[f"twin-of-{pristine.name}"]["reason"]).startswith("same picture as ")
    assert contents(tmp_path / "out") == among


@pytest.mark.slow
def test_what_stands_there_is_done_only_by_the_same_options_and_files(pristine: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "raw", tmp_path / "out"
    shutil.copytree(pristine.parent, folder)
    label = folder / pristine.name.replace("-raw.png", "-Metadata.json")
    assert told(folder, *QUICK, "--out", out)[0] == 0
    assert told(folder, *QUICK, "--out", out)[1][pristine.name]["result"] == "skipped"
    code, other = told(folder, "--quick", "--resolution", 41, "--out", out)
    assert code == 1
    assert "exists already" in str(other[pristine.name]["reason"])
    assert told(folder, "--quick", "--resolution", 41, "--out", out, "--skip-existing")[1][pristine.name]["result"] == (
        "skipped"
    )
    next(out.glob("*-map.tif")).unlink()
    assert told(folder, *QUICK, "--out", out)[1][pristine.name]["result"] == "failed"
    assert told(folder, *QUICK, "--out", out, "--overwrite")[1][pristine.name]["result"] == "done"
    label.write_text(label.read_text() + "\n")
    assert told(folder, *QUICK, "--out", out)[1][pristine.name]["result"] == "failed"


@needs_proc
@pytest.mark.slow
def test_a_killed_process_is_a_failed_picture(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = started("process", pictures, *QUICK, "--out", out, "--json", "--quiet", "--processes", 1)
    wait_for(lambda: list(out.glob(".perijove-*")))
    os.kill(children(run.pid)[0], signal.SIGKILL)
    shown, said = run.communicate(timeout=LONGEST_S)
    assert (run.returncode, said) == (1, "")
    results = [(each["result"], each["reason"]) for each in json.loads(shown)["pictures"]]
    assert sorted(result for result, _ in results) == ["done", "failed", "failed", "skipped"]
    assert any("SIGKILL" in reason for _, reason in results)
    assert len(list(out.iterdir())) == 3


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_ended_in_order(pictures: Path, tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out"
    run = started("process", pictures, "--out", out, "--quiet")
    wait_for(lambda: list(out.glob(".perijove-*")))
    working = children(run.pid)
    run.send_signal(number)
    said = run.communicate(timeout=LONGEST_S)[1]
    assert (run.returncode, said.strip()) == (128 + number, "perijove: interrupted; nothing was left half-written")
    assert not out.exists()
    assert not any(runs(process) for process in working)


def test_metadata_belongs_to_one_picture(pictures: Path, tmp_path: Path) -> None:
    outcome = perijove("process", pictures, "--metadata", pictures / "x.json", "--out", tmp_path / "out")
    assert outcome.code == 2
    assert "--metadata belongs to one picture" in outcome.line
    assert not (tmp_path / "out").exists()
