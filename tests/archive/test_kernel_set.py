"""A set of kernels, fetched. Authority: law: what was fetched equals what the archive holds, and SPICE can use it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.archive.naif import (
    ATTITUDE,
    CLOSEST_TDB,
    HASTE,
    ROOT,
    START_TDB,
    STOP_TDB,
    TRAJECTORY,
    Server,
    juno_link,
)

import perijove
from perijove.archive.kernel_plan import Request
from perijove.archive.kernel_set import KernelSet, dry_run, fetch_kernels
from perijove.archive.manifest import MANIFEST, Manifest, locked
from perijove.archive.mirror import open_mirror
from perijove.archive.web import FetchError
from perijove.ephemeris.spice.kernels import Kernels
from perijove.errors import FormatError, InputError, OutputExistsError, WriteError

REQUEST = Request(START_TDB, STOP_TDB)
FILES = {
    *("lsk/naif0012.tls", "pck/pck00010.tpc", "fk/juno_v12.tf", "ik/juno_junocam_v03.ti"),
    *("sclk/JNO_SCLKSCET.00210.tsc", "spk/de440s.bsp", "spk/jup388s.bsp", "spk/jup380s.bsp", TRAJECTORY, ATTITUDE),
}


def fetch(server: Server, folder: Path, request: Request = REQUEST, **options: object) -> KernelSet:
    mirror = open_mirror(server.url(ROOT), patience=HASTE)
    return fetch_kernels(mirror, request, folder, **options)  # type: ignore[arg-type]


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {
        MANIFEST,
        ".perijove-lock",
    }


def test_what_is_needed_comes_and_works(server: Server, tmp_path: Path) -> None:
    """jup388s, the newest, turns out to lack Io; so jup380s is fetched too."""
    done = fetch(server, tmp_path)
    assert names(tmp_path) == FILES
    for name in FILES:
        assert (tmp_path / name).read_bytes() == server.files[ROOT + name]
    assert {row.covered for row in done.coverage} == {1.0}
    kernels = Kernels(tmp_path)
    times = juno_link().times_tdb
    np.testing.assert_allclose(kernels.state("JUNO", "IO", times)[0], juno_link().states, rtol=0, atol=1e-6)
    kernels.rotation("J2000", "JUNO_JUNOCAM", CLOSEST_TDB)
    assert "BODY501_PM" not in kernels.stand_ins


def test_what_is_here_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    server.asked.clear()
    done = fetch(server, tmp_path)
    assert all(path.endswith("/") for _, path, _ in server.asked)
    assert not any(one.fetched for one in done.files)


def test_what_was_changed_here_is_mended(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    with (tmp_path / TRAJECTORY).open("r+b") as file:
        file.seek(2000)
        file.write(b"spoiled")
    (tmp_path / "fk/juno_v12.tf").unlink()
    done = fetch(server, tmp_path)
    assert {one.planned.path for one in done.files if one.fetched} == {TRAJECTORY, "fk/juno_v12.tf"}
    assert (tmp_path / TRAJECTORY).read_bytes() == server.files[ROOT + TRAJECTORY]


def test_the_manifest_tells_where_all_came_from(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    record = json.loads((tmp_path / MANIFEST).read_text())["files"][TRAJECTORY]
    assert record["url"] == server.url(ROOT + TRAJECTORY)
    assert record["size_bytes"] == len(server.files[ROOT + TRAJECTORY])
    assert set(record) == {"url", "size_bytes", "sha256", "fetched_utc", "etag", "software"}


def test_a_dry_run_writes_nothing_and_tells_the_size(server: Server, tmp_path: Path) -> None:
    files = dry_run(open_mirror(server.url(ROOT), patience=HASTE), REQUEST, tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert {one.path for one in files} == FILES - {"spk/jup380s.bsp"}  # names do not tell that it is needed
    for one in files:
        assert one.size_bytes == pytest.approx(len(server.files[ROOT + one.path]), rel=0.05)
        assert one.url == server.url(ROOT + one.path)


def test_a_slice_turns_as_the_whole(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path / "whole")
    request = Request(CLOSEST_TDB - 60.0, CLOSEST_TDB + 60.0, cut=True)
    fetch(server, tmp_path / "cut", request)
    (cut,) = (tmp_path / "cut/ck").iterdir()
    assert cut.stat().st_size < 0.3 * len(server.files[ROOT + ATTITUDE])
    times = np.arange(CLOSEST_TDB - 60.0, CLOSEST_TDB + 60.0, 0.25)
    turns = [Kernels(tmp_path / name).rotation("J2000", "JUNO_SPACECRAFT", times) for name in ("whole", "cut")]
    np.testing.assert_array_equal(*turns)
    record = Manifest.read(tmp_path / "cut").files[f"ck/{cut.name}"]
    assert record.cut_from_sha256 == Manifest.read(tmp_path / "whole").files[ATTITUDE].sha256
    server.asked.clear()
    fetch(server, tmp_path / "cut", Request(CLOSEST_TDB - 50.0, CLOSEST_TDB + 50.0, cut=True))  # within what is here
    assert not server.gets(ROOT + ATTITUDE)
    fetch(server, tmp_path / "cut", Request(CLOSEST_TDB - 90.0, CLOSEST_TDB + 50.0, cut=True))
    assert len(server.gets(ROOT + ATTITUDE)) == 1


def test_reconstruction_outranks_prediction_in_one_folder(server: Server, tmp_path: Path) -> None:
    predicted = "spk/spk_pre_231122_240401_231101_jm0571.bsp"
    reconstructed = server.files.pop(ROOT + TRAJECTORY)
    fetch(server, tmp_path)
    times = juno_link().times_tdb
    found = Kernels(tmp_path).state("JUNO", "IO", times)[0]
    np.testing.assert_allclose(found, juno_link(1000.0).states, rtol=0, atol=1e-6)
    server.files[ROOT + TRAJECTORY] = reconstructed
    fetch(server, tmp_path)
    assert {TRAJECTORY, predicted} <= names(tmp_path)
    found = Kernels(tmp_path).state("JUNO", "IO", times)[0]
    np.testing.assert_allclose(found, juno_link().states, rtol=0, atol=1e-6)


def test_a_prediction_helps_where_a_reconstruction_covers_less_than_its_name(server: Server, tmp_path: Path) -> None:
    request = Request(START_TDB - 3600.0, STOP_TDB, attitude=False)
    with pytest.raises(FetchError, match=r"^JUNO: the files found cover 1\d% of"):
        fetch(server, tmp_path, request)
    assert "spk/spk_pre_231122_240401_231101_jm0571.bsp" in names(tmp_path)


def test_a_folder_serves_as_mirror(naif_tree: Path, server: Server, tmp_path: Path) -> None:
    done = fetch_kernels(open_mirror(str(naif_tree)), REQUEST, tmp_path / "a")
    assert names(tmp_path / "a") == FILES
    assert done.files[0].record.url.startswith("file:///")
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in naif_tree.rglob("*.*"):
        shutil.copy(path, flat)
    fetch_kernels(open_mirror(str(flat)), REQUEST, tmp_path / "b")
    assert names(tmp_path / "b") == FILES
    for name in FILES:
        assert (tmp_path / "b" / name).read_bytes() == server.files[ROOT + name]


def test_generic_kernels_stand_in_and_a_name_chooses(server: Server, tmp_path: Path) -> None:
    """As on NAIF's server, ``generic_kernels`` stands beside ``JUNO``."""
    generic = "/pub/naif/generic_kernels/spk/satellites/jup365.bsp"
    server.files[generic] = server.files[ROOT + "spk/jup380s.bsp"]
    fetch(server, tmp_path, Request(START_TDB, STOP_TDB, moons="jup365"))
    assert (tmp_path / "spk/jup365.bsp").is_file()
    assert not (tmp_path / "spk/jup388s.bsp").exists()
    with pytest.raises(FetchError, match=r"no kernel of moons jup999 \(looked into spk, ../../generic_kernels/spk/sat"):
        fetch(server, tmp_path, Request(START_TDB, STOP_TDB, moons="jup999"))


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("says less", "are expected"),
        ("page", "a web page instead of a SPICE kernel"),
        ("404", "no such file"),
    ],
)
def test_faults_poison_nothing(server: Server, tmp_path: Path, fault: str, says: str) -> None:
    server.faults[ROOT + TRAJECTORY] += [fault]
    with pytest.raises(FetchError, match=says):
        fetch(server, tmp_path)
    assert not list(tmp_path.glob("spk/spk_rec*"))
    fetch(server, tmp_path)
    assert names(tmp_path) == FILES


@pytest.mark.parametrize(
    ("name", "spoil", "says"),
    [
        (TRAJECTORY, lambda content: content[:-1024], "truncated kernel"),
        (ATTITUDE, lambda content: content.replace(b"DAF/CK  ", b"DAF/SPK "), "kind SPK|broken"),
        ("fk/juno_v12.tf", lambda content: content + b"\\begindata\n A = ( 1, 'x' \n", "broken FK|no good"),
        ("lsk/naif0012.tls", lambda content: content.replace(b"KPL/LSK", b"KPL/IK "), "kind IK"),
    ],
)
def test_broken_content_is_refused(server: Server, tmp_path: Path, name: str, spoil: object, says: str) -> None:
    """The server is sure of what it sends; SPICE is not."""
    server.files[ROOT + name] = spoil(server.files[ROOT + name])  # type: ignore[operator]
    with pytest.raises(FetchError, match=says):
        fetch(server, tmp_path)
    assert not (tmp_path / name).exists()
    assert not list(tmp_path.rglob("*.part"))


def test_nothing_for_the_time(server: Server, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"no kernel of trajectory for 2030-01-01T00:00:00 to 2030-01-02T00:00:00 UTC"):
        fetch(server, tmp_path, Request(946728069.0, 946728069.0 + 86400.0))
    del server.files[ROOT + ATTITUDE]
    with pytest.raises(FetchError, match=r"no kernel of attitude .*; leave the attitude out"):
        fetch(server, tmp_path)
    fetch(server, tmp_path, Request(START_TDB, STOP_TDB, attitude=False))
    with pytest.raises(InputError, match="has no length"):
        Request(STOP_TDB, START_TDB)
    for place in ("nowhere/at/all", "http://", "http://[broken/", "", "ftp://127.0.0.1/"):
        with pytest.raises(InputError, match=r"neither a folder nor|is no address"):
            open_mirror(place)
    with pytest.raises(FetchError, match="has no kernel of leap seconds"):
        fetch_kernels(open_mirror(server.url("/pub/"), patience=HASTE), REQUEST, tmp_path)


def test_files_of_somebody_else_stay(server: Server, tmp_path: Path) -> None:
    own = tmp_path / "fk/juno_v12.tf"
    own.parent.mkdir()
    own.write_text("mine")
    with pytest.raises(
        OutputExistsError, match="was not fetched by perijove: move it away, or replace it with `overwrite`"
    ):
        fetch(server, tmp_path)
    assert own.read_text() == "mine"
    fetch(server, tmp_path, overwrite=True)
    assert own.read_bytes() == server.files[ROOT + "fk/juno_v12.tf"]


def test_a_broken_manifest_is_named(server: Server, tmp_path: Path) -> None:
    for text in ("{", "[]", '{"files": {"a": {"b": 1}}}'):
        (tmp_path / MANIFEST).write_text(text)
        with pytest.raises(FormatError, match=r"perijove-kernels.json: is no list of fetched files"):
            fetch(server, tmp_path)


def test_a_crash_before_the_rename_costs_one_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context, pytest.raises(KeyboardInterrupt):
        context.setattr("perijove.archive.kernel_set.Path.replace", crash)
        context.setattr("perijove.archive.manifest.Manifest.noted", lambda self, *_: self)
        fetch(server, tmp_path)
    fetch(server, tmp_path)
    assert names(tmp_path) == FILES


def test_one_process_at_a_time(tmp_path: Path) -> None:
    code = (
        "import os; from pathlib import Path; from perijove.archive.manifest import locked\n"
        f"lock = locked(Path({str(tmp_path)!r})); lock.__enter__(); os._exit(0)"
    )

    def other_process() -> subprocess.CompletedProcess[str]:
        source = Path(perijove.__file__).parents[1]
        return subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, text=True, check=False)

    with locked(tmp_path):
        assert "another perijove is fetching into this folder" in other_process().stderr
    assert other_process().returncode == 0  # it ends without letting go
    with locked(tmp_path):
        pass


def test_targets_that_cannot_be_written(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written"):
        fetch(server, tmp_path / "file")
    (tmp_path / "there").mkdir()
    (tmp_path / "there/lsk").write_text("")  # a file where a folder has to be
    with pytest.raises(WriteError, match="cannot be written"):
        fetch(server, tmp_path / "there")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 1000))  # type: ignore[attr-defined]
    with pytest.raises(WriteError, match=r"0\.?\d* MB are needed and 0 MB free"):
        fetch(server, tmp_path / "full")
