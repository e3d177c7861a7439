"""Archive products are read as they stand in the file.

Authority: law (round trip of products written as the archive writes them), published (keywords of two archive labels).
"""

import contextlib
import importlib
from pathlib import Path
from types import ModuleType

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests.formats.synthetic import COLOUR, keywords, pixels, write_pds3

from perijove.errors import FormatError, InputError, LabelError
from perijove.formats import read
from perijove.formats.odl import label_text, parse_label

pytest.importorskip("pdr", reason="the optional PDS library is not installed")

LABEL = """PDS_VERSION_ID                = PDS3\r
/* FILE CHARACTERISTICS */\r
RECORD_TYPE                   = FIXED_LENGTH\r
^IMAGE                        = "JNCE_2017033_04C00105_V01.IMG"\r
TARGET_NAME                   = JUPITER\r
START_TIME                    = 2017-02-02T13:05:34.387\r
SPACECRAFT_CLOCK_START_COUNT  = "539312928:137"\r
RATIONALE_DESC                = "Points of Interest 1038 and 1046 at PJ04\r
  (relative time: PJ04+000T00:08)\r
  INS-61504_DISTORTION_Y = 405.48"\r
INTERFRAME_DELAY              = 0.375 <s>\r
EXPOSURE_DURATION             = 9.600000 <ms>\r
JNO:TDI_STAGES_COUNT          = 3\r
FILTER_NAME                   = ('BLUE', 'GREEN', 'RED')\r
SOLAR_DISTANCE                = 8.1628e+08 <km>\r
SPACECRAFT_ALTITUDE           = 7351.7 <km>\r
SUB_SPACECRAFT_LATITUDE       = -17.1407\r
OBJECT                        = IMAGE\r
  LINES                       = 15360\r
  SAMPLE_BIT_MASK             = 2#11111111#\r
END_OBJECT                    = IMAGE\r
END\r
"""


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    level=st.sampled_from(["EDR", "RDR"]),
    filters=st.sampled_from([COLOUR, ("METHANE",), ("RED",), ("METHANE", *COLOUR)]),
    frames=st.integers(1, 2),
    summing=st.sampled_from([1, 2]),
    attached=st.booleans(),
    least_byte_first=st.booleans(),
)
def test_round_trip(  # noqa: PLR0917
    tmp_path: Path,
    level: str,
    filters: tuple[str, ...],
    frames: int,
    summing: int,
    attached: bool,  # noqa: FBT001
    least_byte_first: bool,  # noqa: FBT001
) -> None:
    """What is written comes back: 8 and 16 bits, both byte orders, label attached and detached, full and summed."""
    for old in tmp_path.iterdir():
        old.unlink()
    size = {"level": level, "filters": filters, "frames": frames, "summing": summing}
    file = write_pds3(tmp_path, attached=attached, least_byte_first=least_byte_first, **size)
    image = read(file)
    counts = pixels(keywords(**size))  # type: ignore[arg-type]
    assert image.codes.dtype == counts.dtype
    np.testing.assert_array_equal(image.codes.reshape(counts.shape), counts)
    assert (image.level, image.filters, image.summing) == (level, filters * frames, summing)
    assert (image.interframe_delay_s, image.tdi_stages, image.target) == (0.371, 2, "IO")
    assert image.exposure_s == pytest.approx(0.0064, rel=1e-12)
    assert image.geometry is not None
    assert image.geometry.solar_distance_km == 7.5975e8
    assert image.geometry.sub_spacecraft_lat_deg == -80.9002
    assert image.warnings == ()
    assert len(image.sources) == (1 if attached else 2)


def test_label_or_image_opens_the_same_product(tmp_path: Path) -> None:
    """Either file of a pair may be given; both are recorded."""
    file = write_pds3(tmp_path, frames=1)
    by_label = read(file.with_suffix(".LBL"))
    assert np.array_equal(by_label.codes, read(file).codes)
    assert [source.name for source in by_label.sources] == [file.name, file.with_suffix(".LBL").name]


def test_label_may_be_given_from_elsewhere(tmp_path: Path) -> None:
    """The label need not lie beside its picture."""
    file = write_pds3(tmp_path, frames=1, level="RDR")
    expected = read(file).codes
    (tmp_path / "labels").mkdir()
    label = file.with_suffix(".LBL").rename(tmp_path / "labels" / "this.lbl")
    assert np.array_equal(read(file, metadata=label).codes, expected)


def test_lower_case_names(tmp_path: Path) -> None:
    """Copies from case-blind disks have lower-case names while the label points in upper case."""
    file = write_pds3(tmp_path, frames=1)
    file.with_suffix(".LBL").rename(tmp_path / file.with_suffix(".lbl").name.lower())
    image = file.rename(tmp_path / file.name.lower())
    assert read(image).product_id == file.stem
    assert read(image.with_suffix(".lbl")).product_id == file.stem


def test_moved_methane_window(tmp_path: Path) -> None:
    """The statement within RATIONALE_DESC survives, although it looks like a keyword at the start of a line."""
    text = "Methane at PJ68\r\n  INS-61504_DISTORTION_Y = 405.48"
    image = read(write_pds3(tmp_path, {"RATIONALE_DESC": text}, filters=("METHANE",), frames=1))
    assert image.methane_axis_row_px == 405.48
    assert "moved_methane_window" in image.quirks


def test_one_filter_as_the_archive_prints_it(tmp_path: Path) -> None:
    """A label of one filter has a word where others have a list."""
    image = read(write_pds3(tmp_path, {"FILTER_NAME": "METHANE"}, filters=("METHANE",), frames=1))
    assert image.filters == ("METHANE",)


def test_changed_pixels_are_told(tmp_path: Path) -> None:
    """Pixels that do not have the label's checksum are read, and the user is warned."""
    file = write_pds3(tmp_path, frames=1)
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)
    assert "MD5_CHECKSUM" in read(file).warnings[0]


def test_published_label() -> None:
    """Keywords, units and lists of an archive label."""
    values = parse_label(LABEL, "x.LBL").values
    assert values["FILTER_NAME"] == ["BLUE", "GREEN", "RED"]
    assert values["JNO:TDI_STAGES_COUNT"] == 3
    assert values["EXPOSURE_DURATION"] == "9.600000 <ms>"
    assert values["SPACECRAFT_CLOCK_START_COUNT"] == "539312928:137"
    assert values["START_TIME"] == "2017-02-02T13:05:34.387"
    assert values["LINES"] == 15360
    assert values["SAMPLE_BIT_MASK"] == "2#11111111#"
    assert values["SUB_SPACECRAFT_LATITUDE"] == -17.1407
    assert values["RATIONALE_DESC"] == (
        "Points of Interest 1038 and 1046 at PJ04 (relative time: PJ04+000T00:08) INS-61504_DISTORTION_Y = 405.48"
    )
    assert parse_label(LABEL, "x.LBL").number("SOLAR_DISTANCE", 0.0, 1e10, "km") == 8.1628e8


def test_what_the_library_makes_of_that_label() -> None:
    """Regression: why keywords are not taken from the library. Where this fails, its parser may serve after all."""
    parsed, _ = pytest.importorskip("pdr.parselabel.pds3").parse_pvl(LABEL)
    assert parsed["SOLAR_DISTANCE"]["value"] == 8.1628
    assert "DISTORTION_Y" not in parsed["RATIONALE_DESC"]


@settings(max_examples=200, deadline=None)
@given(cut=st.integers(0, len(LABEL) - 1), junk=st.text(max_size=4))
def test_damaged_labels_raise_only_our_errors(cut: int, junk: str) -> None:
    """A label cut off or changed anywhere is read or refused, never anything else."""
    for text in (LABEL[:cut], LABEL[:cut] + junk + LABEL[cut + 1 :]):
        with contextlib.suppress(FormatError, LabelError):
            parse_label(text, "x.LBL")


def test_label_text_ends_at_end() -> None:
    """What follows END is not the label's; files without one have none."""
    assert label_text(LABEL.encode() + b"\x00\xff" * 20) == LABEL[:-1]
    assert label_text(b"\x89PNG\r\n") is None
    assert label_text(b"PDS_VERSION_ID = PDS3\r\n\0\0\0") is None


def test_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the user learns what to install."""

    def no_pdr(name: str) -> ModuleType:
        raise ImportError(name)

    file = write_pds3(tmp_path, frames=1)
    monkeypatch.setattr(importlib, "import_module", no_pdr)
    with pytest.raises(InputError, match="pip install pdr"):
        read(file)


def test_keyword_twice_with_two_values() -> None:
    """A label that contradicts itself is refused."""
    with pytest.raises(LabelError, match="TARGET_NAME comes twice"):
        parse_label("PDS_VERSION_ID = PDS3\nTARGET_NAME = IO\nTARGET_NAME = EUROPA\nEND\n", "x.LBL")
