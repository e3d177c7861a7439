"""JIRAM's products are read as the archive writes them, its labels' errors mended.

Authority: published (keywords, sizes and quirks of two archive labels of 2017 and of the product specification),
law (round trip of written products), independent (ten products of a simulator that shares nothing with the project).
"""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from perijove.errors import FormatError, InputError, LabelError
from perijove.formats.jiram import read_jiram, read_jiram_spectra

NAME = "JIR_IMG_RDR_2017033T114006_V02"
LABEL = """PDS_VERSION_ID                 = PDS3
DATA_SET_ID                    = "JNO-J-JIRAM-3-RDR-V1.0"
PRODUCT_ID                     = {name}
START_TIME                     = 2017-02-02T11:40:03.870
STOP_TIME                      = 2017-02-02T11:40:03.882
MD5_CHECKSUM                   = "{md5}"
INSTRUMENT_NAME                = "JOVIAN INFRARED AURORAL MAPPER"
INSTRUMENT_ID                  = "{instrument}"
ORBIT_NUMBER                   = 4
TARGET_NAME                    = "N/A"
CHANNEL_ID                     = "1"       /* 0:SPECTRUM IR; 1:IMAGE */
{more}INSTRUMENT_MODE_ID             = {mode}
OBJECT                         = FILE
   RECORD_TYPE                 = FIXED_LENGTH
   FILE_RECORDS                = {lines}
   DATA_QUALITY_ID             = "1"
   UNIT                        = "W/(m^2*sr*micron)"
^IMAGE                         = "{file}"
OBJECT                        = IMAGE
   LINES                      = {lines}
   LINE_SAMPLES               = 432
   SAMPLE_TYPE                = IEEE_REAL
   SAMPLE_BITS                = 32
END_OBJECT                    = IMAGE
OBJECT                        = HISTORY
   NOTE                       = " SUBTRACTION BACKGROUND ON BOARD ENABLED "
END_OBJECT                    = HISTORY
END_OBJECT                     = FILE
END
"""
PDS4 = """<?xml version='1.0' encoding='UTF-8'?>
<Product_Observational xmlns="http://pds.nasa.gov/pds4/pds/v1" xmlns:juno="http://pds.nasa.gov/pds4/mission/juno/v1">
<Identification_Area>
<logical_identifier>urn:nasa:pds:juno_jiram:data_calibrated:{lid}</logical_identifier>
</Identification_Area>
<Observation_Area><Time_Coordinates><start_date_time>2017-02-02T11:40:03.870Z</start_date_time>
<stop_date_time>2017-02-02T11:40:03.882Z</stop_date_time></Time_Coordinates>
<Target_Identification><name>IO</name></Target_Identification>
<Mission_Area><juno:JIRAM_Parameters><juno:L_Band_Parameters> </juno:L_Band_Parameters>
<juno:M_Band_Parameters>{filled}</juno:M_Band_Parameters></juno:JIRAM_Parameters></Mission_Area></Observation_Area>
<File_Area_Observational><File><file_name>{name}.IMG</file_name></File>
<Array_2D_Image><Element_Array><data_type>IEEE754MSBSingle</data_type></Element_Array>
<Axis_Array><axis_name>Line</axis_name><elements>{lines}</elements></Axis_Array>
<Axis_Array><axis_name>Sample</axis_name><elements>432</elements></Axis_Array></Array_2D_Image>
</File_Area_Observational></Product_Observational>
"""


def radiances(lines: int) -> np.ndarray:
    """Whole counts of a 12 ms exposure as band radiances."""
    counts = np.random.default_rng(7).integers(-30, 14_000, (lines, 432))
    return (counts / 24_000.0).astype("<f4")


def write(
    folder: Path,
    values: np.ndarray,
    mode: str = "SCI_I1_S1",
    *,
    name: str = NAME,
    content: bytes | None = None,
    **over: str,
) -> Path:
    """A product; returns its label."""
    content = values.tobytes() if content is None else content
    fields = {
        "name": name,
        "file": f"{name}.IMG",
        "mode": mode,
        "lines": str(values.shape[0]),
        "instrument": "JIR",
        "more": "",
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
    }
    (folder / f"{name}.IMG").write_bytes(content)
    label = folder / f"{name}.LBL"
    label.write_bytes(LABEL.format(**(fields | over)).replace("\n", "\r\n").encode())
    return label


@pytest.mark.parametrize(("mode", "bands"), [("SCI_I1_S1", "LM"), ("SCI_I2_S3", "M"), ("SCI_I3_S0", "L")])
def test_round_trip(tmp_path: Path, mode: str, bands: str) -> None:
    """Counts come back whole, L above M, samples turned round; exposure by the times where the label has none."""
    values = radiances(128 * len(bands))
    frame = read_jiram(write(tmp_path, values, mode))
    assert frame.bands == tuple(bands)
    assert frame.exposure_s == pytest.approx(0.012, abs=1e-9)
    assert frame.target is None or frame.target == "N/A"
    assert not frame.warnings
    for k, band in enumerate(bands):
        stored = np.rint(values[128 * k : 128 * (k + 1)].astype(float) * 24_000.0)
        assert np.array_equal(frame.counts[band], stored[:, ::-1])
    assert np.array_equal(read_jiram(tmp_path / f"{NAME}.IMG").counts[bands[0]], frame.counts[bands[0]])


def test_first_pixel_of_a_real_file(tmp_path: Path) -> None:
    """Published: bytes e5 17 ab 3d begin JIR_IMG_RDR_2017033T114006_V02: 0.08354, which is 2005 counts of 12 ms."""
    values = np.zeros((128, 432), dtype="<f4")
    content = bytes.fromhex("e517ab3d") + values.tobytes()[4:]
    frame = read_jiram(write(tmp_path, values, "SCI_I2_S1", content=content))
    assert frame.counts["M"][0, -1] == 2005.0
    assert frame.count_w_m2_sr == pytest.approx(1.0 / 24_000.0)


def test_raw_counts(tmp_path: Path) -> None:
    counts = np.random.default_rng(3).integers(-50, 16_000, (256, 432)).astype("<i2")
    frame = read_jiram(write(tmp_path, counts, name=NAME.replace("RDR", "EDR")))
    assert frame.level == "EDR"
    assert np.array_equal(frame.counts["M"], counts[128:, ::-1].astype(float))


def test_pds4(tmp_path: Path) -> None:
    """The same file by its PDS4 label, which tells the band only where it has that band's geometry."""
    values = radiances(128)
    by_pds3 = read_jiram(write(tmp_path, values, "SCI_I2_S1"))
    label = tmp_path / f"{NAME}.xml"
    label.write_text(PDS4.format(lid=NAME.lower(), name=NAME, lines=128, filled="<juno:x/>"))
    by_pds4 = read_jiram(label)
    assert by_pds4.product_id == by_pds3.product_id
    assert (by_pds4.bands, by_pds4.exposure_s, by_pds4.start_utc) == (("M",), 0.012, by_pds3.start_utc)
    assert np.array_equal(by_pds4.counts["M"], by_pds3.counts["M"])
    label.write_text(PDS4.format(lid=NAME.lower(), name=NAME, lines=128, filled=""))
    with pytest.raises(LabelError, match="does not tell the band"):
        read_jiram(label)


def test_exposure_of_the_label_wins(tmp_path: Path) -> None:
    more = "EXPOSURE_DURATION              = 0.006 <second>\n"
    assert read_jiram(write(tmp_path, radiances(256), more=more)).exposure_s == 0.006


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("swapped", FormatError, "bytes are swapped"),
        ("truncated", FormatError, "truncated"),
        ("long", FormatError, "too long"),
        ("nan", FormatError, "no pixel has a value"),
        ("noise", FormatError, "holds no radiances"),
        ("mode", LabelError, "LINES is 256"),
        ("no image", LabelError, "a mode with an image"),
        ("other file", LabelError, "IMAGE"),
        ("instrument", InputError, "another instrument"),
        ("product", InputError, "no product of the imager"),
        ("no label", InputError, "its label"),
        ("no pixels", InputError, "file of its pixels"),
    ],
)
def test_bad_products(tmp_path: Path, fault: str, error: type[Exception], words: str) -> None:
    """One line that names the file."""
    values = radiances(256)
    good = values.tobytes()
    content = {
        "swapped": values.astype(">f4").tobytes(),
        "truncated": good[:-400],
        "long": good + b"\0" * 1728,
        "nan": np.full_like(values, np.nan).tobytes(),
        "noise": (values + 1e9).astype("<f4").tobytes(),
    }.get(fault, good)
    over = {
        "mode": {"mode": "SCI_I2_S1"},
        "no image": {"mode": "SCI_I0_S1"},
        "other file": {"file": "JIR_IMG_RDR_2017033T114007_V02.IMG"},
        "instrument": {"instrument": "JNC"},
        "product": {"name": "JIR_SPE_RDR_2017033T114007_V02"},
    }.get(fault, {})
    label = write(tmp_path, values, content=content, **over)
    path = label.with_suffix(".IMG") if fault in ("other file", "no label") else label
    if fault == "no label":
        label.unlink()
    if fault == "no pixels":
        label.with_suffix(".IMG").unlink()
    with pytest.raises(error, match=words) as caught:
        read_jiram(path)
    assert "\n" not in str(caught.value)
    assert "JIR_IMG" in str(caught.value) or "JIR_SPE" in str(caught.value)


def test_what_is_worth_a_warning(tmp_path: Path) -> None:
    values = radiances(256)
    values[3, 5] = np.nan
    frame = read_jiram(write(tmp_path, values * np.float32(1.0001), md5="0" * 32))
    text = " ".join(frame.warnings)
    assert "MD5" in text
    assert "whole numbers" in text
    assert "1 pixels have no value" in text


def test_spectra(tmp_path: Path) -> None:
    """Slit of 64 rows, little-endian whatever the label says; wavelengths of the specification."""
    name = "JIR_SPE_RDR_2017033T114007_V02"
    values = np.random.default_rng(1).random((64, 336)).astype("<f4")
    label = write(tmp_path, values, "SCI_I1_S2", name=name, file=f"{name}.DAT")
    (tmp_path / f"{name}.IMG").rename(tmp_path / f"{name}.DAT")
    spectra = read_jiram_spectra(label)
    assert np.array_equal(spectra.values, values.astype(float))
    assert spectra.wavelength_um[0] == pytest.approx(1.9932749)
    assert spectra.wavelength_um[-1] == pytest.approx(1.9932749 + 335 * 0.0089908290)


@pytest.mark.data
def test_foreign_products(data_dir: Path) -> None:
    """Ten products of another simulator: whole counts, both bands, no warning."""
    labels = sorted((data_dir / "blind/jiram").glob("*.LBL"))
    assert len(labels) == 10
    for label in labels:
        frame = read_jiram(label)
        assert frame.bands == ("L", "M")
        assert not frame.warnings
        assert all(np.array_equal(np.rint(counts), counts) for counts in frame.counts.values())
