"""Whatever is wrong with what is asked: one line, the right exit code, nothing half-written.

Authority: law. Each case is a good simulated product or command with one thing spoilt. What cannot be used as it is
ends with 2, what was tried and did not work with 1, an interruption with 130; standard error has one line that begins
with ``perijove: `` and says what is wrong, and the output folder is as it was before.
"""

import dataclasses
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from PIL import Image
from tests.cli.running import DROP, Outcome, contents, perijove, write_copy

from perijove.export.product_json import validate
from perijove.formats import read
from perijove.junocam.processing import Processed
from perijove.picture import Picture
from perijove.simulator.motion import frame_epochs_tdb, icrf_to_spacecraft
from perijove.simulator.simulation import SimulatedPicture, simulate
from perijove.simulator.written_kernels import write_kernels

Spoil = Callable[[Path], list[object]]
"""Spoils a product in place, given its PNG, and returns the arguments of ``perijove process`` in front of --out."""

LABELS: dict[str, tuple[dict[str, object], str]] = {
    "contradictory LINES": ({"LINES": 128}, "LINES is 128; allowed: 3456"),
    "contradictory filters": ({"FILTER_NAME": ["RED"]}, "FILTER_NAME is ['RED']"),
    "no START_TIME": ({"START_TIME": DROP}, "START_TIME is missing"),
    "NaN exposure": ({"EXPOSURE_DURATION": "NaN <ms>"}, "EXPOSURE_DURATION is 'NaN <ms>'"),
    "negative exposure": ({"EXPOSURE_DURATION": "-6.4 <ms>"}, "EXPOSURE_DURATION is '-6.4 <ms>'"),
    "infinite altitude": ({"SPACECRAFT_ALTITUDE": float("inf")}, "SPACECRAFT_ALTITUDE is inf"),
    "unknown filter": ({"FILTER_NAME": ["BLUE", "GREEN", "INFRARED"]}, "FILTER_NAME is ['BLUE', 'GREEN', 'INFRARED']"),
    "unknown target": ({"TARGET_NAME": "EUROPA"}, "TARGET_NAME is EUROPA; Perijove locates IO"),
    "no geometry": ({"SUB_SPACECRAFT_LATITUDE": "N/A"}, "give trajectory and attitude with --kernels"),
    "another instrument": ({"INSTRUMENT_ID": "SRU"}, "is of another instrument, Juno Epo Camera (SRU)"),
}

OPTIONS: dict[str, tuple[list[object], str]] = {
    "resolution of zero": (["--resolution", 0], "'--resolution': 0.0 is not in the range 0.0<x<2000.0"),
    "negative resolution": (["--resolution", -2], "'--resolution': -2.0 is not"),
    "resolution NaN": (["--resolution", "nan"], "'--resolution': nan is not"),
    "resolution in words": (["--resolution", "fine"], "'fine' is not a valid number"),
    "absurdly fine resolution": (["--resolution", 1e-4], "give a coarser --resolution"),
    "unknown projection": (["--projection", "mollweide"], "'mollweide' is not one of 'auto', 'equirectangular'"),
    "unknown photometry": (["--photometry", "seeliger"], "'seeliger' is not one of 'none', 'lambert'"),
    "unknown option": (["--sharpen"], "No such option"),
    "shift without base map": (["--apply-shift"], "--apply-shift needs --basemap: the map is shifted to it"),
    "longitude NaN": (["--basemap-left-lon", "nan"], "'--basemap-left-lon': nan is not in the range"),
    "missing metadata": (["--metadata", "none.json"], "none.json: no such file"),
    "missing base map": (["--basemap", "none.jpg"], "none.jpg: no such file"),
    "missing kernels": (["--kernels", "none"], "none: no such file or folder of SPICE kernels"),
    "missing calibration": (["--calibration", "none"], "none: no such folder"),
}


def process(*arguments: object, out: Path) -> Outcome:
    """Run ``perijove process`` and check that a run that fails leaves no trace, not even the folder."""
    before = contents(out)
    outcome = perijove("process", *arguments, "--out", out)
    assert outcome.code == 0 or contents(out) == before
    assert outcome.code == 0 or not outcome.out
    return outcome


# ------------------------------------------------------------------------------------------------------------- files


def truncated(raw: Path) -> list[object]:
    raw.write_bytes(raw.read_bytes()[:100_000])
    return [raw]


def cut_in_header(raw: Path) -> list[object]:
    raw.write_bytes(raw.read_bytes()[:20])
    return [raw]


def empty(raw: Path) -> list[object]:
    raw.write_bytes(b"")
    return [raw]


def text_named_png(raw: Path) -> list[object]:
    raw.write_text("This was not fetched: 404 Not Found")
    return [raw]


def narrow(raw: Path) -> list[object]:
    Image.fromarray(np.asarray(Image.open(raw))[:, :1600]).save(raw, compress_level=1)
    return [raw]


def odd_rows(raw: Path) -> list[object]:
    label = raw.with_name(raw.name.replace("-raw.png", "-Metadata.json"))
    label.write_text(json.dumps({**json.loads(label.read_text()), "LINES": 3300}))
    Image.fromarray(np.asarray(Image.open(raw))[:3300]).save(raw, compress_level=1)
    return [raw]


def of_16_bits(raw: Path) -> list[object]:
    Image.fromarray(np.asarray(Image.open(raw)).astype(np.uint16) * 257).save(raw, compress_level=1)
    return [raw]


def rgb(raw: Path) -> list[object]:
    Image.open(raw).convert("RGB").save(raw, compress_level=1)
    return [raw]


def no_json(raw: Path) -> list[object]:
    raw.with_name(raw.name.replace("-raw.png", "-Metadata.json")).unlink()
    return [raw]


def json_of_another(raw: Path) -> list[object]:
    label = raw.with_name(raw.name.replace("-raw.png", "-Metadata.json"))
    values = json.loads(label.read_text())
    values["PRODUCT_ID"] = values["PRODUCT_ID"].replace("C9", "C8")
    label.write_text(json.dumps(values))
    return [raw]


def json_list(raw: Path) -> list[object]:
    raw.with_name(raw.name.replace("-raw.png", "-Metadata.json")).write_text("[1, 2]")
    return [raw]


def json_cut(raw: Path) -> list[object]:
    label = raw.with_name(raw.name.replace("-raw.png", "-Metadata.json"))
    label.write_text(label.read_text()[:300])
    return [raw]


def json_given_as_raw(raw: Path) -> list[object]:
    return [raw.with_name(raw.name.replace("-raw.png", "-Metadata.json"))]


def folder_without_raw(raw: Path) -> list[object]:
    raw.unlink()
    return [raw.parent]


def missing(raw: Path) -> list[object]:
    return [raw.with_name("none-raw.png")]


def calibration_empty(raw: Path) -> list[object]:
    (raw.parent / "calibration").mkdir()
    return [raw, "--calibration", raw.parent / "calibration"]


def _flat(raw: Path, values: np.ndarray) -> list[object]:
    folder = raw.parent / "calibration"
    folder.mkdir()
    Image.fromarray(values.astype(np.float32)).save(folder / "flat.tif")
    return [raw, "--calibration", folder]


def flat_of_wrong_shape(raw: Path) -> list[object]:
    return _flat(raw, np.ones((128, 1648)))


def flat_all_nan(raw: Path) -> list[object]:
    return _flat(raw, np.full((384, 1648), np.nan))


def flat_is_text(raw: Path) -> list[object]:
    arguments = _flat(raw, np.ones((384, 1648)))
    (raw.parent / "calibration" / "flat.tif").write_text("no picture")
    return arguments


def two_flats(raw: Path) -> list[object]:
    arguments = _flat(raw, np.ones((384, 1648)))
    shutil.copy(raw.parent / "calibration" / "flat.tif", raw.parent / "calibration" / "flat2.tif")
    return arguments


def kernels_empty(raw: Path) -> list[object]:
    (raw.parent / "kernels").mkdir()
    return [raw, "--kernels", raw.parent / "kernels"]


def base_map_square(raw: Path) -> list[object]:
    Image.new("L", (200, 200), 100).save(raw.parent / "map.png")
    return [raw, "--basemap", raw.parent / "map.png"]


def base_map_is_text(raw: Path) -> list[object]:
    (raw.parent / "map.png").write_text("no picture")
    return [raw, "--basemap", raw.parent / "map.png"]


FILES: dict[Spoil, str] = {
    truncated: "has no end; the file is truncated",
    cut_in_header: "ends within its header; the file is truncated",
    empty: "is empty; fetch it again",
    text_named_png: "is neither a PNG nor a PDS3 product",
    narrow: "1600 columns; JunoCam has 1648",
    odd_rows: "3300 rows is not a multiple of 128 x 3 framelets",
    of_16_bits: "16-bit grey PNG; raw pictures are 8-bit grey",
    rgb: "8-bit RGB PNG; raw pictures are 8-bit grey",
    no_json: "no metadata found; expected JNCE_",
    json_of_another: "give the metadata of this picture",
    json_list: "holds a JSON list, not keywords",
    json_cut: "is not valid JSON",
    json_given_as_raw: "is the metadata of a picture; give the picture itself",
    folder_without_raw: "holds no raw picture; -raw.png, .IMG and .LBL are",
    missing: "no such file; check the path",
    calibration_empty: "no TIFF with flat, gain, dark or debias in its name",
    flat_of_wrong_shape: "flat.tif: shape (128, 1648); must be 384 rows x 1648 columns",
    flat_all_nan: "BLUE has 0 valid values near the optical axis",
    flat_is_text: "flat.tif: not a readable TIFF",
    two_flats: "2 files with 'flat' in the name (flat.tif, flat2.tif); leave one",
    kernels_empty: "no SPICE kernels in",
    base_map_square: "200 x 200 pixels; a global equirectangular map is twice as wide as high",
    base_map_is_text: "map.png: not a picture; give a JPEG, PNG or TIFF",
}


@pytest.mark.parametrize(("spoil", "expected"), FILES.items(), ids=[spoil.__name__ for spoil in FILES])
def test_files(raw: Path, tmp_path: Path, spoil: Spoil, expected: str) -> None:
    outcome = process(*spoil(raw), out=tmp_path / "out")
    assert outcome.code == 2
    assert expected in outcome.line


@pytest.mark.parametrize(("changes", "expected"), LABELS.values(), ids=LABELS)
def test_labels(raw: Path, tmp_path: Path, changes: dict[str, object], expected: str) -> None:
    label = raw.with_name(raw.name.replace("-raw.png", "-Metadata.json"))
    values = {**json.loads(label.read_text()), **changes}
    label.write_text(json.dumps({name: value for name, value in values.items() if value is not DROP}))
    outcome = process(raw, out=tmp_path / "out")
    assert outcome.code == 2
    assert expected in outcome.line


@pytest.mark.parametrize(("options", "expected"), OPTIONS.values(), ids=OPTIONS)
def test_options(
    pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[object], expected: str
) -> None:
    monkeypatch.chdir(tmp_path)  # for the names of files that are not there
    outcome = process(pristine, *options, out=tmp_path / "out")
    assert outcome.code == 2
    assert expected in outcome.line


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["process"], "Missing argument 'RAW...'"),
        (["paint"], "No such command 'paint'"),
        (["--colour"], "No such option"),
    ],
)
def test_commands(arguments: list[str], expected: str) -> None:
    outcome = perijove(*arguments)
    assert outcome.code == 2
    assert expected in outcome.line


def test_json_with_a_byte_order_mark_is_read(raw: Path) -> None:
    """Editors on Windows add one; it harms nobody."""
    label = raw.with_name(raw.name.replace("-raw.png", "-Metadata.json"))
    label.write_text(label.read_text(), encoding="utf-8-sig")
    outcome = perijove("info", raw, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["target"] == "IO"


@pytest.mark.parametrize("place", ["open", "iterdir"])
def test_unreadable(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """No permission for the file or its folder; simulated, since tests may run as a user who may read everything."""

    def refuse(path: Path, *_: object, **__: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, place, refuse)
    outcome = process(raw if place == "open" else raw.parent, out=tmp_path / "out")
    assert outcome.code == 2
    assert "not readable; check the permissions of the file and its folder" in outcome.line


# ----------------------------------------------------------------------------------------------------------- kernels


@pytest.fixture
def kernels(picture: SimulatedPicture, tmp_path: Path) -> Path:
    """Kernels of the picture, to be spoilt."""
    write_kernels(picture, tmp_path / "kernels")
    return tmp_path / "kernels"


def test_kernels_without_coverage(raw: Path, kernels: Path, tmp_path: Path) -> None:
    """The label is a day later than the kernels."""
    label = raw.with_name(raw.name.replace("-raw.png", "-Metadata.json"))
    values = json.loads(label.read_text())
    day = values["START_TIME"][8:10]
    moved = {name: values[name].replace(f"-{day}T", f"-{int(day) + 1:02d}T") for name in ("START_TIME", "STOP_TIME")}
    label.write_text(json.dumps({**values, **moved}))
    outcome = process(raw, "--kernels", kernels, out=tmp_path / "out")
    assert outcome.code == 2
    assert "no positions of IO (501) at 2024-11-11T" in outcome.line


@pytest.mark.parametrize("name", ["juno_trajectory.bsp", "juno_attitude.bc"])
def test_broken_kernel(raw: Path, kernels: Path, tmp_path: Path, name: str) -> None:
    content = (kernels / name).read_bytes()
    (kernels / name).write_bytes(content[: len(content) // 2])
    outcome = process(raw, "--kernels", kernels, out=tmp_path / "out")
    assert outcome.code == 2
    assert f"{name}: " in outcome.line


@pytest.mark.parametrize("name", ["juno_trajectory.bsp", "juno_clock.tsc"])
def test_missing_kernel(raw: Path, kernels: Path, tmp_path: Path, name: str) -> None:
    """Each is needed, and the line says what is missing; attitude alone may be missing, and leap seconds are known."""
    (kernels / name).unlink()
    outcome = process(raw, "--kernels", kernels, out=tmp_path / "out")
    assert outcome.code == 2
    expected = {"bsp": "no positions of", "tsc": "clock"}[name.rpartition(".")[2]]
    assert expected in outcome.line


# ---------------------------------------------------------------------------------------------------- what is seen


@pytest.mark.parametrize(
    "seen", ["black", *(pytest.param(other, marks=pytest.mark.slow) for other in ("white", "noise", "sky"))]
)
def test_io_absent(picture: SimulatedPicture, tmp_path: Path, seen: str) -> None:
    """Nothing that could be Io: the picture cannot be processed, and nothing is made up."""
    shape = (15, *picture.codes.shape[1:])
    codes = {
        "black": np.zeros(shape, np.uint8),
        "white": np.full(shape, 255, np.uint8),
        "noise": np.random.default_rng(7).integers(0, 256, shape, dtype=np.uint8),
        "sky": np.tile(picture.codes[:3], (5, 1, 1)),
    }[seen]
    outcome = process(write_copy(picture, tmp_path, codes=codes), out=tmp_path / "out")
    assert outcome.code == 1
    assert "does not show" in outcome.line


@pytest.mark.slow
def test_io_cut_by_the_end_of_the_picture(picture: SimulatedPicture, tmp_path: Path, plain_figures: None) -> None:
    """Io enters as the picture ends: located within its errors from what shows, or refused."""
    codes = picture.codes[:12]
    outcome = process(write_copy(picture, tmp_path, codes=codes), "--resolution", 60, "--json", out=tmp_path / "out")
    check_located_or_refused(outcome, picture, framelets=12)


@pytest.mark.slow
def test_io_cut_by_the_side_of_the_strip(
    picture: SimulatedPicture, io_map: np.ndarray, tmp_path: Path, plain_figures: None
) -> None:
    """Half of Io is beyond the last column: located within its errors, or refused."""
    scenario = picture.scenario
    position = np.array(scenario.position_km)
    axis = spin_axis(picture)
    across = position - (position @ axis) * axis
    angle = np.radians(29.0)  # the imaging columns end 28.8 degrees off the axis; Io's radius is 1.7 degrees
    aside = np.cos(angle) * across / np.linalg.norm(across) + np.sin(angle) * axis
    moved = dataclasses.replace(scenario, position_km=tuple((np.linalg.norm(position) * aside).tolist()))
    cut = simulate(moved, io_map, seed=3)
    column = cut.truth.disc_center_px[np.argmax(cut.truth.body_px), 0]
    assert min(column, 1648.0 - column) < 40.0
    outcome = process(write_copy(cut, tmp_path), "--resolution", 60, "--json", out=tmp_path / "out")
    check_located_or_refused(outcome, cut, framelets=len(cut.codes))


def spin_axis(picture: SimulatedPicture) -> np.ndarray:
    """ICRF direction about which the camera turns from frame to frame."""
    axis: np.ndarray = icrf_to_spacecraft(picture.scenario, frame_epochs_tdb(picture.scenario)[:1])[0, 2]
    return axis


def check_located_or_refused(outcome: Outcome, picture: SimulatedPicture, *, framelets: int) -> None:
    """Check that a partial Io is where it is, or is refused with one line."""
    if outcome.code == 1:
        assert "does not show" in outcome.line
        return
    assert outcome.code == 0
    product = json.loads(outcome.out)
    validate(product)
    truth = picture.truth
    for framelet in product["framelets"]:
        index = framelet["index"]
        assert framelet["body_in_view"] == (truth.body_px[index] > 0) or truth.body_px[index] < 30
        if framelet["body_in_view"]:
            off = np.array(framelet["disc_center_undistorted_px"]) - truth.disc_center_undistorted_px[index]
            assert np.linalg.norm(off) < 1.5, framelet
    geometry = product["geometry"]
    position = truth.view.position_km[framelets // 6]
    assert abs(geometry["range_km"] - np.linalg.norm(position)) < 3.0 * geometry["range_km_sigma"]


@pytest.mark.slow
def test_holes_in_the_flat_are_flagged(raw: Path, tmp_path: Path, plain_figures: None) -> None:
    """A flat with NaN in places is no error: what lies there is left out and counted."""
    flat = np.ones((384, 1648))
    flat[40:90, 700:900] = np.nan
    outcome = process(*_flat(raw, flat), "--resolution", 60, "--json", out=tmp_path / "out")
    assert outcome.code == 0
    product = json.loads(outcome.out)
    validate(product)
    assert product["provenance"]["parameters"]["flat"]["name"] == "flat.tif"


# ------------------------------------------------------------------------------------------------------------ output


@pytest.fixture(scope="session")
def processed(pristine: Path) -> Processed:
    """The picture, located and mapped on a coarse grid."""
    return Picture(read(pristine)).map(resolution_km=40.0).done


@pytest.fixture
def ready(processed: Processed, monkeypatch: pytest.MonkeyPatch, plain_figures: None) -> None:
    """Processing takes no time: what comes after it is under test."""
    found = (processed.image, processed.location)
    monkeypatch.setattr("perijove.picture.calibrated_and_located", lambda *_, **__: found)
    monkeypatch.setattr("perijove.picture.mapped_and_registered", lambda *_, **__: processed)


def fill(out: Path, pristine: Path) -> None:
    """Older products of the same picture, and a bystander."""
    out.mkdir(parents=True)
    product_id = pristine.name.removesuffix("-raw.png")
    for suffix in (".json", "-map.tif", "-color.png"):
        (out / f"{product_id}{suffix}").write_text(f"older {suffix}")
    (out / "notes.txt").write_text("mine")


def test_output_exists(pristine: Path, tmp_path: Path) -> None:
    """Refused before any work, and left as it is."""
    fill(tmp_path / "out", pristine)
    outcome = process(pristine, out=tmp_path / "out")
    assert outcome.code == 3
    assert ".json: exists already; replace it with --overwrite, or write elsewhere" in outcome.line


@pytest.mark.parametrize("held", ["nothing", "older products"])
@pytest.mark.parametrize("number", [1, 2, 4])
def test_disk_full(
    pristine: Path, tmp_path: Path, ready: None, monkeypatch: pytest.MonkeyPatch, number: int, held: str
) -> None:
    """No space is left at the first, a middle and the last raster."""
    out = tmp_path / "deep" / "out"
    if held == "older products":
        fill(out, pristine)
    calls = iter(range(1, 99))
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.suffix == ".tif" and next(calls) == number:
            write(path, bytes(data)[:100])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    outcome = process(pristine, "--overwrite", out=out)
    assert outcome.code == 1
    assert "No space left on device; free some space or choose another folder" in outcome.line
    assert out.parent.exists() == (held == "older products")


@pytest.mark.parametrize("place", ["os.fsync", "os.link", "pathlib.Path.replace"])
def test_disk_full_at_the_end(
    pristine: Path, tmp_path: Path, ready: None, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """No space is left when the files are flushed, or the folder grows."""
    fill(tmp_path / "out", pristine)

    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(place, full)
    if place == "os.link":  # then a copy is tried
        monkeypatch.setattr("shutil.copy2", full)
    outcome = process(pristine, "--overwrite", out=tmp_path / "out")
    assert outcome.code == 1
    assert "No space left on device" in outcome.line


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_read_only_target(
    pristine: Path, tmp_path: Path, ready: None, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(code, os.strerror(code), str(tmp_path / "out"))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    outcome = process(pristine, out=tmp_path / "out")
    assert outcome.code == 1
    assert f"cannot write products: {os.strerror(code)}" in outcome.line


@pytest.mark.parametrize("place", ["taken", "taken/out"])
def test_target_is_a_file(pristine: Path, tmp_path: Path, ready: None, place: str) -> None:
    target = tmp_path / "taken"
    target.write_text("mine")
    outcome = perijove("process", pristine, "--out", tmp_path / place)
    assert outcome.code == 2
    assert "taken: is a file, no folder; give another --out" in outcome.line
    assert target.read_text() == "mine"


@pytest.mark.parametrize("command", ["process", "simulate", "demo"])
def test_target_without_a_name(pristine: Path, command: str) -> None:
    """As a shell variable without a value gives it."""
    outcome = perijove(command, *([pristine] if command != "simulate" else []), "--out", "")
    assert outcome.code == 2
    assert outcome.line == "perijove: --out: the name is empty; give a folder, or . for this one"


@pytest.mark.parametrize(
    "place",
    [
        "perijove.picture.calibrated_and_located",
        "perijove.export.picture_rasters.write_png",
        "perijove.figures.artist._save",
        "os.fsync",
    ],
)
def test_interrupted(pristine: Path, tmp_path: Path, ready: None, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Ctrl-C while processing, while writing rasters or figures, and while putting them in place."""
    fill(tmp_path / "out", pristine)

    def interrupt(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, interrupt)
    outcome = process(pristine, "--overwrite", out=tmp_path / "out")
    assert outcome.code == 130
    assert outcome.line == "perijove: interrupted; nothing was left half-written"


def test_out_of_memory(pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object, **__: object) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr("perijove.picture.calibrated_and_located", exhausted)
    outcome = process(pristine, out=tmp_path / "out")
    assert outcome.code == 1
    assert "not enough memory" in outcome.line


def test_defect_of_our_own(pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody thought of is one line, too, and a traceback only with --debug."""

    def broken(*_: object, **__: object) -> NoReturn:
        raise ValueError("a\nb")

    monkeypatch.setattr("perijove.picture.calibrated_and_located", broken)
    outcome = process(pristine, out=tmp_path / "out")
    assert outcome.code == 1
    assert outcome.err == "perijove: internal error: ValueError: a b; run again with --debug and report it\n"
    with pytest.raises(ValueError, match="a\nb"):
        perijove("process", pristine, "--out", tmp_path / "out", "--debug")


# ----------------------------------------------------------------------------------------------------------- streams


def shell(line: str, **variables: object) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which ``$perijove`` is the command line."""
    environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
    environment["perijove"] = f"{sys.executable} -m perijove"
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environment, check=False)  # noqa: S607


@pytest.mark.parametrize("arguments", ["--version", 'info "$raw" --json'])
def test_nobody_reads_standard_output(pristine: Path, arguments: str) -> None:
    """The reader of a pipe went away: exit code 1 and, as every tool does then, not a word."""
    done = shell(f"exec 3> >(exec true); sleep 0.2; $perijove {arguments} >&3", raw=pristine)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_standard_output_is_full(pristine: Path) -> None:
    done = shell('$perijove info "$raw" >/dev/full', raw=pristine)
    assert done.returncode == 1
    assert done.stderr == "perijove: standard output: cannot be read or written (No space left on device)\n"


# ---------------------------------------------------------------------------------------------------------- simulate
