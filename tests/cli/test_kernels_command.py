"""`perijove kernels`. Authority: law: what it prints is what lies in the folder, and the other commands take it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.archive.naif import (
    ATTITUDE,
    CLOSEST_STATE,
    CLOSEST_TDB,
    HASTE,
    ROOT,
    START_TDB,
    STOP_TDB,
    TRAJECTORY,
    Server,
    serving,
)
from tests.archive.naif import write_naif_tree as write_tree
from tests.cli.running import answer, perijove

from perijove.archive.mirror import open_mirror
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.spice.kernels import Kernels
from perijove.timescales import tdb_to_utc, utc_to_tdb

SPAN = ("--from", tdb_to_utc(START_TDB), "--to", tdb_to_utc(STOP_TDB))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kernels of a few minutes; not to be changed."""
    return write_tree(tmp_path_factory.mktemp("naif"))


@pytest.fixture
def server(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The same on the web; the command waits milliseconds between tries."""
    monkeypatch.setattr("perijove.archive.mirror.open_mirror", lambda place: open_mirror(place, patience=HASTE))
    with serving(tree) as behaviour:
        yield behaviour


def test_what_was_fetched_serves_the_other_commands(server: Server, tmp_path: Path) -> None:
    outcome = perijove("kernels", "fetch", *SPAN, "--mirror", server.url(ROOT), "--out", tmp_path / "k", "--json")
    assert outcome.code == 0
    assert "9 kernels, 0 of them here; to fetch: 0.2 MB" in " ".join(outcome.err.split())
    record = json.loads(outcome.out)
    assert {row["body"]: row["covered"] for row in record["coverage"]}["JUNO"] == 1.0
    for row in record["files"]:
        assert (tmp_path / "k" / row["path"]).stat().st_size == row["size_bytes"]
    time = tdb_to_utc(CLOSEST_TDB)
    (row,) = answer("moons", time, "--body", "io", "--observer", "juno", "--kernels", tmp_path / "k")["states"]
    state, _ = Kernels(tmp_path / "k").state("IO", "JUNO", utc_to_tdb(time))
    assert [*row["position_km"], *row["velocity_km_s"]] == state.tolist()
    np.testing.assert_allclose(row["position_km"], -CLOSEST_STATE[:3], rtol=0, atol=1e-5)


def test_a_dry_run_prints_the_plan(tree: Path, tmp_path: Path) -> None:
    arguments = ("kernels", "fetch", *SPAN, "--mirror", tree, "--out", tmp_path / "k", "--dry-run")
    outcome = perijove(*arguments)
    assert outcome.code == 0
    assert f"trajectory    {Path(TRAJECTORY).name}" in outcome.out
    assert "9 kernels, 0 of them here" in outcome.out
    files = json.loads(perijove(*arguments, "--json").out)["files"]
    assert sum(file["size_bytes"] for file in files) == sum((tree / file["path"]).stat().st_size for file in files)
    assert not (tmp_path / "k").exists()
    without = json.loads(perijove(*arguments, "--no-attitude", "--json").out)["files"]
    assert {file["kind"] for file in files} - {file["kind"] for file in without} == {"CK"}


def test_a_perijove_is_twelve_hours_on_either_side(tree: Path, tmp_path: Path) -> None:
    """The week of attitude begins 12 h and more before perijove 57, and ends less than 12 h after it."""
    arguments = ("kernels", "fetch", "--mirror", tree, "--out", tmp_path, "--dry-run", "--json", "--perijove", 57)
    record = json.loads(perijove(*arguments).out)
    middle = arc_of(57).perijove_tdb
    assert utc_to_tdb([record["from_utc"], record["to_utc"]]) == pytest.approx(
        [middle - 43200.0, middle + 43200.0], abs=1
    )
    narrow = json.loads(perijove(*arguments, "--margin", "2").out)
    assert utc_to_tdb(narrow["to_utc"]) == pytest.approx(middle + 7200.0, abs=1.0)


def test_slice_verify_and_list(tree: Path, tmp_path: Path) -> None:
    short = ("--from", tdb_to_utc(CLOSEST_TDB - 50.0), "--to", tdb_to_utc(CLOSEST_TDB + 50.0))
    outcome = perijove("kernels", "fetch", *short, "--mirror", tree, "--out", tmp_path, "--slice")
    assert outcome.code == 0
    assert "JUNO_SPACECRAFT 100.00%" in outcome.out
    (cut,) = (tmp_path / "ck").iterdir()
    assert cut.stat().st_size < 0.3 * (tree / ATTITUDE).stat().st_size
    assert perijove("kernels", "verify", tmp_path).code == 0
    listed = answer("kernels", "list", tmp_path)["kernels"]
    assert [row["name"] for row in listed] == [file.path.name for file in Kernels(tmp_path).files]
    (attitude,) = [row for row in listed if row["kind"] == "CK"]
    (stretch,) = attitude["coverage"]
    assert utc_to_tdb(stretch["from_utc"]) == pytest.approx(CLOSEST_TDB - 50.0, abs=1.5)
    assert "JUNO_SPACECRAFT" in perijove("kernels", "list", tmp_path).out
    cut.write_bytes(cut.read_bytes()[:-1024] + bytes(1024))
    outcome = perijove("kernels", "verify", tmp_path)
    assert outcome.code == 1
    assert f"changed  ck/{cut.name}" in outcome.out
    assert "fetch again to mend" in outcome.line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "write perijove kernels fetch PJ57, or --from TIME and --to TIME"),
        (("--from", "2024-01-01"), "no time was given"),
        (("--perijove", "57", "--from", "2024-01-01"), "a perijove is its own span"),
        (("--perijove", "90"), "0 to 86 are known here; give --from and --to instead"),
        (("--from", "2024-01-02", "--to", "2024-01-01"), "has no length"),
        (("--from", "yesterday", "--to", "2024-01-01"), "yesterday"),
        (("--perijove", "57", "--mirror", "nowhere"), "is neither a folder nor"),
        (("--perijove", "57", "--margin", "nan"), "is not in the range"),
        (("--perijove", "57", "--out", ""), "the name is empty"),
    ],
)
def test_bad_requests_end_with_one_line(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    outcome = perijove("kernels", "fetch", "--out", tmp_path / "k", *arguments)
    assert outcome.code == 2
    assert says in outcome.line
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize(("fault", "says"), [("404", "no such file"), ("page", "web page instead"), ("403", "refuses")])
def test_faults_of_the_server_end_with_one_line(server: Server, tmp_path: Path, fault: str, says: str) -> None:
    server.faults[ROOT + TRAJECTORY] += [fault]
    arguments = ("kernels", "fetch", *SPAN, "--mirror", server.url(ROOT), "--out", tmp_path, "-q")
    outcome = perijove(*arguments)
    assert outcome.code == 1
    assert says in outcome.line
    assert perijove(*arguments).code == 0
    assert perijove("kernels", "verify", tmp_path).code == 0


def test_ctrl_c_leaves_what_can_be_resumed(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(10_000))

    def interrupt() -> None:
        if Path(tmp_path / f"{ATTITUDE}.part").exists() and next(calls) > 0:
            raise KeyboardInterrupt

    arguments = ("kernels", "fetch", *SPAN, "--mirror", server.url(ROOT), "--out", tmp_path, "-q")
    with monkeypatch.context() as context:
        context.setattr("perijove.cli.stopping.stop_if_asked", interrupt)
        assert perijove(*arguments).code == 130
    have = (tmp_path / f"{ATTITUDE}.part").stat().st_size
    assert 0 < have < len(server.files[ROOT + ATTITUDE])
    server.asked.clear()
    assert perijove(*arguments).code == 0
    assert server.gets(ROOT + ATTITUDE) == [f"bytes={have}-"]
    fetched = {path for method, path, _ in server.asked if method == "GET" and not path.endswith("/")}
    assert fetched == {ROOT + ATTITUDE, ROOT + "spk/jup380s.bsp"}  # all before the interrupt is here


def test_folders_without_a_list(tmp_path: Path, tree: Path) -> None:
    outcome = perijove("kernels", "verify", tmp_path)
    assert outcome.code == 2
    assert "there is no such list" in outcome.line
    assert perijove("kernels", "list", tmp_path).code == 2
    shutil.copytree(tree / "spk", tmp_path / "spk")
    assert perijove("kernels", "list", tmp_path).code == 0
