"""Bad input gives one clear line: the file, the field, what came, what is allowed and what to do.

Authority: law. Each case is made from a good product by one change.
"""

import errno
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from tests.formats.synthetic import COLOUR, DROP, keywords, pds_label, pixels, write_mission_site, write_pds3

from perijove.errors import FormatError, InputError, LabelError
from perijove.formats import read

# What is changed in the label, and what the line has to say. Two frames of colour, 768 x 1648, if nothing else is said.
LABELS: dict[str, tuple[dict[str, object], str]] = {
    "exposure missing": (
        {"EXPOSURE_DURATION": DROP},
        "EXPOSURE_DURATION is missing; allowed: a number in <ms>",
    ),
    "exposure in seconds": (
        {"EXPOSURE_DURATION": "6.4 <s>"},
        "EXPOSURE_DURATION is '6.4 <s>'; allowed: a number in <ms>",
    ),
    "exposure without unit": (
        {"EXPOSURE_DURATION": 6.4},
        "EXPOSURE_DURATION is 6.4; allowed: a number in <ms>",
    ),
    "exposure negative": ({"EXPOSURE_DURATION": "-6.4 <ms>"}, "EXPOSURE_DURATION is '-6.4 <ms>'; allowed"),
    "exposure zero": ({"EXPOSURE_DURATION": "0.0 <ms>"}, "above 0 to 10000"),
    "exposure not a number": ({"EXPOSURE_DURATION": "nan <ms>"}, "EXPOSURE_DURATION is 'nan <ms>'"),
    "exposure overflows": ({"EXPOSURE_DURATION": "1e999 <ms>"}, "EXPOSURE_DURATION is '1e999 <ms>'"),
    "delay N/A": ({"INTERFRAME_DELAY": "N/A"}, "INTERFRAME_DELAY is 'N/A'; allowed: a number in <s>"),
    "delay zero": (
        {"INTERFRAME_DELAY": "0.0 <s>"},
        "INTERFRAME_DELAY is '0.0 <s>'; allowed: a number in <s> above 0",
    ),
    "delay in ms": ({"INTERFRAME_DELAY": "371 <ms>"}, "INTERFRAME_DELAY is '371 <ms>'"),
    "delay boolean": ({"INTERFRAME_DELAY": True}, "INTERFRAME_DELAY is True"),
    "altitude negative": (
        {"SPACECRAFT_ALTITUDE": "-5 <km>"},
        "SPACECRAFT_ALTITUDE is '-5 <km>'; allowed: a number in <km>",
    ),
    "altitude infinite": ({"SPACECRAFT_ALTITUDE": float("inf")}, "SPACECRAFT_ALTITUDE is inf"),
    "latitude NaN": ({"SUB_SPACECRAFT_LATITUDE": float("nan")}, "SUB_SPACECRAFT_LATITUDE is nan"),
    "latitude beyond the pole": ({"SUB_SPACECRAFT_LATITUDE": "91"}, "a number from -90 to 90"),
    "longitude beyond 360": ({"SUB_SPACECRAFT_LONGITUDE": "400"}, "a number from 0 to 360"),
    "solar distance in au": (
        {"SOLAR_DISTANCE": "5.08 <au>"},
        "SOLAR_DISTANCE is '5.08 <au>'; allowed: a number in <km>",
    ),
    "temperature in Celsius": (
        {"FOCAL_PLANE_TEMPERATURE": "-14 <C>"},
        "FOCAL_PLANE_TEMPERATURE is '-14 <C>'",
    ),
    "TDI missing": ({"JNO:TDI_STAGES_COUNT": DROP}, "JNO:TDI_STAGES_COUNT is missing"),
    "TDI zero": ({"JNO:TDI_STAGES_COUNT": 0}, "JNO:TDI_STAGES_COUNT is 0"),
    "TDI not whole": ({"JNO:TDI_STAGES_COUNT": 2.5}, "JNO:TDI_STAGES_COUNT is 2.5; allowed: a whole number"),
    "unknown filter": (
        {"FILTER_NAME": ["BLUE", "GREEN", "VIOLET"]},
        "FILTER_NAME is ['BLUE', 'GREEN', 'VIOLET']",
    ),
    "filter twice": ({"FILTER_NAME": ["BLUE", "BLUE", "RED"]}, "each at most once"),
    "no filter": ({"FILTER_NAME": []}, "FILTER_NAME is []"),
    "filters against the name": ({"FILTER_NAME": ["METHANE"]}, "BLUE, GREEN, RED, as the C in"),
    "unknown bit mode": ({"SAMPLE_BIT_MODE_ID": "CUBEROOT"}, "allowed: SQROOT, LIN1, LIN8, LIN16"),
    "bits against the picture": ({"SAMPLE_BITS": 16}, "SAMPLE_BITS is 16; allowed: 8, as the picture has"),
    "lines against the picture": (
        {"LINES": 1152},
        "LINES is 1152; allowed: 768, as the picture has; the picture is trunc",
    ),
    "lines beyond any number": ({"LINES": 10**400}, "LINES is 1000"),
    "samples against the picture": ({"LINE_SAMPLES": 816}, "LINE_SAMPLES is 816; allowed: 1648"),
    "summing against the width": (
        {"SAMPLING_FACTOR": 2},
        "SAMPLING_FACTOR is 2; allowed: 1 for 1648 columns",
    ),
    "summing by three": ({"SAMPLING_FACTOR": 3}, "SAMPLING_FACTOR is 3; allowed: a number from 1 to 2"),
    "start time missing": ({"START_TIME": DROP}, "START_TIME is missing; allowed: a UTC time such as"),
    "start time no time": ({"START_TIME": "yesterday"}, "START_TIME is 'yesterday'"),
    "start time no such day": ({"START_TIME": "2024-02-30T00:00:00"}, "START_TIME is '2024-02-30T00:00:00'"),
    "start time against the name": (
        {"START_TIME": "2024-03-01T00:00:00"},
        "a time on 2024-12-27, as JNCE_2024362",
    ),
    "stop before start": ({"STOP_TIME": "2024-12-27T01:18:13"}, "allowed: a time after START_TIME"),
    "clock count": ({"SPACECRAFT_CLOCK_START_COUNT": "788534804:300"}, "seconds:ticks such as"),
    "target missing": ({"TARGET_NAME": ""}, "TARGET_NAME is ''"),
    "a map product": ({"STANDARD_DATA_PRODUCT_ID": "JUNOCAM-GMI"}, "allowed: JUNOCAM-EDR, JUNOCAM-RDR"),
    "level against the name": ({"STANDARD_DATA_PRODUCT_ID": "JUNOCAM-RDR"}, "a name of an RDR product"),
    "line suffix": ({"LINE_SUFFIX_BYTES": 4}, "LINE_SUFFIX_BYTES is 4"),
    "product name missing": ({"PRODUCT_ID": DROP, "FILE_NAME": DROP}, "PRODUCT_ID is missing"),
    "product name is a path": (
        {"PRODUCT_ID": "../68C00012", "FILE_NAME": DROP},
        "PRODUCT_ID is '../68C00012'",
    ),
    "JSON of another picture": (
        {"PRODUCT_ID": "JNCE_2024362_68C00013_V01", "FILE_NAME": "JNCE_2024362_68C00013_V01-raw.png"},
        "PRODUCT_ID is 'JNCE_2024362_68C00013_V01'; allowed: JNCE_2024362_68C00012_V01, as the picture",
    ),
    "file name of another picture": (
        {"FILE_NAME": "JNCE_2024362_68C00013_V01-raw.png"},
        "FILE_NAME is 'JNCE_2024362_68C00013_V01-raw.png'; allowed: a file of JNCE_2024362_68C00012_V01",
    ),
}


def line_of(path: Path, kind: type[InputError], **options: Path) -> str:
    """Message of the error that reading gives; it is one line and names the file."""
    with pytest.raises(InputError) as caught:
        read(path, **options)
    assert type(caught.value) is kind
    assert caught.value.exit_code == 2
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) - len(str(path)) < 400
    return message


@pytest.mark.parametrize("case", LABELS)
def test_labels(tmp_path: Path, case: str) -> None:
    """A wrong keyword is named with its file, its value and what is allowed."""
    changes, expected = LABELS[case]
    png = write_mission_site(tmp_path, changes)
    message = line_of(png, LabelError)
    assert message.startswith("JNCE_2024362_68C00012_V01-Metadata.json: ")
    assert expected in message


@pytest.mark.parametrize("case", ["delay N/A", "altitude negative", "unknown filter", "lines against the picture"])
def test_archive_labels(tmp_path: Path, case: str) -> None:
    """The archive's labels pass through the same checks."""
    pytest.importorskip("pdr")
    changes = {name: value for name, value in LABELS[case][0].items() if name != "LINES"}
    file = write_pds3(tmp_path, changes or {"LINES": 700})
    assert ".LBL: " in line_of(file, LabelError if changes else FormatError)


@pytest.mark.parametrize("write", [write_mission_site, write_pds3])
def test_another_instrument_is_foreign_and_not_faulty(tmp_path: Path, write: Callable[..., Path]) -> None:
    """Nothing is wrong with the label; what stands in it besides is not judged."""
    other = {"INSTRUMENT_ID": "JIR", "INSTRUMENT_NAME": "JOVIAN INFRARED AURORAL MAPPER", "PRODUCT_ID": "JIR_1"}
    message = line_of(write(tmp_path, {**other, "EXPOSURE_DURATION": "5 <second>"}), InputError)
    assert "is of another instrument, Jovian Infrared Auroral Mapper (JIR); give a product of JunoCam" in message


def test_a_foreign_label_may_be_written_as_it_likes(tmp_path: Path) -> None:
    label = tmp_path / "N1.LBL"
    label.write_text(
        "PDS_VERSION_ID = PDS3\nINSTRUMENT_ID = 'ISSNA'\nNOTE with no equals sign\nEND\n", encoding="ascii"
    )
    assert "N1.LBL: is of another instrument, ISSNA" in line_of(label, InputError)


@pytest.mark.data
def test_infrared_labels_of_the_archive_are_foreign(data_dir: Path) -> None:
    label = next((data_dir / "blind" / "jiram").glob("*.LBL"))
    assert "Jovian Infrared Auroral Mapper (JIR)" in line_of(label, InputError)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("13926-ImageSet.zip", b"PK\x03\x04....", "is a ZIP archive; unpack it"),
        ("picture.png", b"<!DOCTYPE html><html>", "is a web page or other markup"),
        ("label.xml", b"\xef\xbb\xbf<?xml version='1.0'?>", "a PDS4 label perhaps"),
        ("label.lbl", b"Object = IsisCube\n", "is an ISIS cube or its label"),
        ("map.jpg", b"\xff\xd8\xff\xe0", "is a JPEG; it has lost counts"),
        ("label.lbl", b"FOO = 1\n", "no PDS_VERSION_ID at its start"),
    ],
)
def test_what_else_people_have_is_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert says in line_of(tmp_path / name, FormatError)


@pytest.mark.parametrize("folder", ["DataSet", "."])
def test_metadata_name_their_picture(tmp_path: Path, folder: str) -> None:
    """The site numbers its metadata; the picture's name stands within, the picture beside or in ImageSet."""
    png = write_mission_site(tmp_path)
    label = tmp_path / folder / "13926-Metadata.json"
    label.parent.mkdir(exist_ok=True)
    next(tmp_path.glob("JNCE*.json")).rename(label)
    assert line_of(label, InputError).endswith(
        f"give the picture itself, {png.name}" + " (it is beside it)" * (folder == ".")
    )
    (tmp_path / "ImageSet").mkdir()
    moved = png.rename(tmp_path / "ImageSet" / png.name)
    where = f" (it is {moved})" if folder == "DataSet" else ""
    assert line_of(label, InputError).endswith(f"give the picture itself, {png.name}{where}")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(keywords())), value=JSON_VALUES)
def test_whatever_a_keyword_holds(tmp_path: Path, name: str, value: object) -> None:
    """Any JSON value in any keyword: the picture is read or refused in one line, never anything else."""
    base = keywords(("METHANE",), frames=1, summing=2)
    label = tmp_path / f"{base['PRODUCT_ID']}-Metadata.json"
    png = tmp_path / str(base["FILE_NAME"])
    if not png.exists():
        write_mission_site(tmp_path, filters=("METHANE",), frames=1, summing=2)
    label.write_text(json.dumps({**base, name: value}), encoding="utf-8")
    try:
        read(png)
    except InputError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017  # the other outcome is no error at all


def png_of(array: np.ndarray, path: Path) -> None:
    Image.fromarray(array).save(path, compress_level=1)


def crop_width(png: Path) -> None:
    png_of(np.zeros((768, 1600), np.uint8), png)


def drop_rows(png: Path) -> None:
    png_of(np.zeros((767, 1648), np.uint8), png)
    label = next(png.parent.glob("*.json"))
    label.write_text(json.dumps({**keywords(), "LINES": 767}), encoding="utf-8")


def lose_a_framelet(png: Path) -> None:
    png_of(np.zeros((640, 1648), np.uint8), png)
    label = next(png.parent.glob("*.json"))
    label.write_text(json.dumps({**keywords(), "LINES": 640}), encoding="utf-8")


def sixteen_bits(png: Path) -> None:
    png_of(np.zeros((768, 1648), np.uint16), png)


def colour(png: Path) -> None:
    png_of(np.zeros((768, 1648, 3), np.uint8), png)


def palette(png: Path) -> None:
    Image.fromarray(np.zeros((768, 1648), np.uint8)).convert("P").save(png)


def cut(png: Path) -> None:
    png.write_bytes(png.read_bytes()[: png.stat().st_size // 2])


def cut_header(png: Path) -> None:
    png.write_bytes(png.read_bytes()[:20])


def cut_middle(png: Path) -> None:
    content = png.read_bytes()
    png.write_bytes(content[:5000] + content[-100:])


def flip_pixels(png: Path) -> None:
    content = bytearray(png.read_bytes())
    content[len(content) // 2] ^= 0xFF
    png.write_bytes(content)


def flip_header(png: Path) -> None:
    content = bytearray(png.read_bytes())
    content[20] ^= 1
    png.write_bytes(content)


def bomb(png: Path) -> None:
    header = struct.pack(">IIBBBBB", 1648, 1 << 30, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    png.write_bytes(png.read_bytes()[:12] + chunk + struct.pack(">I", zlib.crc32(chunk)))


def empty(png: Path) -> None:
    png.write_bytes(b"")


def text_file(png: Path) -> None:
    png.write_text("<html>404 not found</html>", encoding="utf-8")


PICTURES: list[tuple[Callable[[Path], None], str]] = [
    (crop_width, "1600 columns; JunoCam has 1648, or 816 (824) when summed"),
    (drop_rows, "767 rows is not a multiple of 128 x 3 framelets; the file may be truncated"),
    (lose_a_framelet, "640 rows is not a multiple of 128 x 3 framelets"),
    (sixteen_bits, "16-bit grey PNG; raw pictures are 8-bit grey; give the -raw.png"),
    (colour, "8-bit RGB PNG; raw pictures are 8-bit grey"),
    (palette, "palette PNG; raw pictures are 8-bit grey"),
    (cut, "the PNG has no end; the file is truncated; fetch it again"),
    (cut_header, "the PNG ends within its header; the file is truncated"),
    (cut_middle, "the PNG is corrupt or truncated"),
    (flip_pixels, "the PNG is corrupt or truncated"),
    (flip_header, "the PNG's header is corrupt; fetch it again"),
    (bomb, "1073741824 rows; no JunoCam picture has more than"),
    (empty, "is empty; fetch it again"),
    (text_file, "is a web page or other markup; the download went wrong"),
]


@pytest.mark.parametrize(("damage", "expected"), PICTURES, ids=[case[0].__name__ for case in PICTURES])
def test_pictures(tmp_path: Path, damage: Callable[[Path], None], expected: str) -> None:
    """A picture that is not what it should be is named with what is wrong."""
    png = write_mission_site(tmp_path)
    damage(png)
    message = line_of(png, FormatError)
    assert message.startswith("JNCE_2024362_68C00012_V01-")
    assert expected in message


def test_missing_file(tmp_path: Path) -> None:
    assert "no such file; check the path" in line_of(tmp_path / "none-raw.png", InputError)


def test_folder(tmp_path: Path) -> None:
    """A folder is answered with what it holds."""
    assert "it has no picture" in line_of(tmp_path, InputError)
    write_mission_site(tmp_path)
    assert "give one file in it; it holds JNCE_2024362_68C00012_V01-raw.png" in line_of(tmp_path, InputError)


def test_folder_as_metadata(tmp_path: Path) -> None:
    png = write_mission_site(tmp_path)
    assert "is a folder; give one file in it" in line_of(png, InputError, metadata=tmp_path)


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No permission is told; simulated, since tests may run as a user who may read everything."""
    png = write_mission_site(tmp_path)

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    assert "not readable; check the permissions" in line_of(png, InputError)


def test_unreadable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be entered is told, whether it is given or holds what is given."""

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert "not readable; check the permissions of the file and its folder" in line_of(tmp_path, InputError)
    monkeypatch.setattr(Path, "stat", refuse)
    assert "not readable" in line_of(tmp_path / "x-raw.png", InputError)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a\0b.png", "is no path"), ("x" * 300, "cannot be read (File name too long)"), ("", "is a folder")],
)
def test_paths_that_are_none(tmp_path: Path, name: str, expected: str) -> None:
    assert expected in line_of(tmp_path / name, InputError)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no device files")
def test_device() -> None:
    """Neither read for ever nor waited for."""
    assert "is no ordinary file" in line_of(Path("/dev/zero"), InputError)


def test_broken_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    png = write_mission_site(tmp_path)

    def fail(path: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(Path, "read_bytes", fail)
    assert "cannot be read (Input/output error); check the disk" in line_of(png, InputError)


def test_no_metadata(tmp_path: Path) -> None:
    png = write_mission_site(tmp_path)
    next(tmp_path.glob("*.json")).unlink()
    message = line_of(png, InputError)
    assert "expected JNCE_2024362_68C00012_V01-Metadata.json beside it" in message


def test_two_metadata_files_that_differ(tmp_path: Path) -> None:
    png = write_mission_site(tmp_path)
    first = next(tmp_path.glob("*.json")).rename(tmp_path / "1-Metadata.json")
    (tmp_path / "2-Metadata.json").write_bytes(first.read_bytes().replace(b"0.371", b"0.372"))
    assert "1-Metadata.json, 2-Metadata.json all name it and differ" in line_of(png, InputError)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"LINES": 7', "is not valid JSON"),
        (b"\xff\xfe\x00", "is not valid JSON"),
        (b"[1, 2]", "holds a JSON list, not keywords"),
        (b'{"LINES": 768, "LINES": 769}', "LINES comes twice, as 768 and 769"),
        (b"[" * 100_000, "is not valid JSON"),
    ],
)
def test_broken_metadata(tmp_path: Path, content: bytes, expected: str) -> None:
    png = write_mission_site(tmp_path)
    label = next(tmp_path.glob("*.json"))
    label.write_bytes(content)
    message = line_of(png, FormatError)
    assert message.startswith(label.name)
    assert expected in message


def test_archive_image_without_label(tmp_path: Path) -> None:
    file = write_pds3(tmp_path, frames=1)
    file.with_suffix(".LBL").unlink()
    assert "no label found, neither within it nor as JNCE_2024362_68C00012_V01.LBL" in line_of(file, InputError)


def test_archive_label_without_image(tmp_path: Path) -> None:
    file = write_pds3(tmp_path, frames=1)
    file.unlink()
    assert "the file of its pixels, JNCE_2024362_68C00012_V01.IMG, is not beside it" in line_of(
        file.with_suffix(".LBL"), InputError
    )


def test_archive_image_cut(tmp_path: Path) -> None:
    file = write_pds3(tmp_path, frames=1)
    file.write_bytes(file.read_bytes()[:-1])
    assert "632831 bytes of pixels; JNCE_2024362_68C00012_V01.LBL describes 632832" in line_of(file, FormatError)


def test_archive_label_cut(tmp_path: Path) -> None:
    file = write_pds3(tmp_path, frames=1)
    label = file.with_suffix(".LBL")
    label.write_bytes(label.read_bytes()[:-60])
    assert "the label may be truncated" in line_of(file, FormatError)


def test_archive_label_is_no_label(tmp_path: Path) -> None:
    file = write_pds3(tmp_path, frames=1)
    file.with_suffix(".LBL").write_bytes(b"hello\r\n")
    assert "is no PDS3 label" in line_of(file, FormatError)


def test_archive_label_of_another_picture(tmp_path: Path) -> None:
    file = write_pds3(tmp_path, frames=1)
    other = tmp_path / "other.LBL"
    other.write_text(pds_label(keywords(frames=1), '"JNCE_2024362_68C00013_V01.IMG"'), newline="")
    message = line_of(file, LabelError, metadata=other)
    assert "^IMAGE is 'JNCE_2024362_68C00013_V01.IMG'; allowed: JNCE_2024362_68C00012_V01.IMG" in message


@pytest.mark.parametrize("pointer", ["", "(1, 2, 3)", "0", '("JNCE_2024362_68C00012_V01.IMG", 5 <KM>)', "()"])
def test_archive_label_points_nowhere(tmp_path: Path, pointer: str) -> None:
    file = write_pds3(tmp_path, frames=1)
    text = pds_label(keywords(frames=1), pointer)
    file.with_suffix(".LBL").write_text(text, newline="")
    with pytest.raises((FormatError, LabelError)) as caught:
        read(file)
    assert "\n" not in str(caught.value)


def test_archive_label_of_another_instrument(tmp_path: Path) -> None:
    """The first thing told is the instrument, not the first keyword that it lacks."""
    label = tmp_path / "JIR_IMG_EDR_2023364T083000_V01.LBL"
    label.write_text("PDS_VERSION_ID = PDS3\r\nINSTRUMENT_ID = JIRAM\r\nEND\r\n", newline="")
    assert "is of another instrument, JIRAM; give a product of JunoCam" in line_of(label, InputError)


def test_archive_bits_between(tmp_path: Path) -> None:
    file = write_pds3(tmp_path, {"SAMPLE_BITS": 12}, frames=1)
    assert "SAMPLE_BITS is 12; allowed: 8 (EDR) or 16 (RDR)" in line_of(file, LabelError)


def test_all_black_is_read(tmp_path: Path) -> None:
    """An empty picture is no fault of the file; those who look for a body will say so."""
    counts = np.zeros_like(pixels(keywords()))
    image = read(write_mission_site(tmp_path, counts=counts))
    assert image.filters == COLOUR * 2
    assert not image.codes.any()
