"""Maps as ISIS cubes and PDS4 products.

Authority: independent (GDAL's readers find values, no data, place and Io's coordinate system; an XML parser the label).
"""

import os
from pathlib import Path
from warnings import catch_warnings, simplefilter
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning
from rasterio.shutil import copy

from perijove.errors import InputError, WriteError
from perijove.export.rasters.archives import FORMATS, check_format, write_archive
from perijove.export.rasters.geotiff import Band

STEP_M = 5000.0
TRANSFORM = (STEP_M, 0.0, -60_000.0, 0.0, -STEP_M, 40_000.0)
SYSTEMS = {
    "equirectangular": "IAU_2015:50110",
    "polar": "IAU_2015:50130",
    "orthographic": "IAU_2015:50165",
    "own meridian": "+proj=eqc +lon_0=-70 +R=1821490 +units=m +no_defs",
}
TAGS = {"IMAGEDESCRIPTION": 'Io <by> "JunoCam" & others, 27° N', "SIMULATED": "YES"}


def bands(kind: type[np.generic] = np.float32) -> list[Band]:
    values = np.linspace(0.1, 0.9, 2 * 20 * 30).reshape(2, 20, 30)
    values = values.astype(np.float32) if kind is np.float32 else (1000 * values).astype(kind)
    if kind is np.float32:
        values[0, 3, 4] = np.nan
    return [Band(name, plane, "1", f"I/F, {name}", keep_bits=4) for name, plane in zip("ab", values, strict=True)]


def write(path: Path, crs: str | None, kind: type[np.generic] = np.float32) -> list[Band]:
    written = bands(kind)
    write_archive(path, written, crs=crs, transform=TRANSFORM, target="IO", tags=TAGS)
    return written


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("suffix", [".cub", ".xml"])
def test_values_and_ios_coordinate_system_are_read_back(
    tmp_path: Path, suffix: str, system: str, caplog: pytest.LogCaptureFixture
) -> None:
    written = write(tmp_path / f"m{suffix}", SYSTEMS[system])
    assert not caplog.records  # a user would see them
    with rasterio.open(tmp_path / f"m{suffix}") as file:
        assert file.driver == ("ISIS3" if suffix == ".cub" else "PDS4")
        assert tuple(file.transform)[:6] == TRANSFORM
        found, meant = file.crs.to_dict(), CRS.from_user_input(SYSTEMS[system]).to_dict()
        for key in ("proj", "lon_0", "R", "lat_ts"):
            assert found.get(key) == pytest.approx(meant[key]) if key in meant else True
        assert found["R"] == 1_821_490
        pixels = file.read(masked=True)
    values = np.stack([one.values for one in written])
    np.testing.assert_array_equal(pixels.mask, np.isnan(values))
    np.testing.assert_array_equal(pixels[~pixels.mask].data, values[np.isfinite(values)])


@pytest.mark.parametrize("suffix", [".cub", ".xml"])
def test_flags_keep_every_bit_and_zero(tmp_path: Path, suffix: str) -> None:
    """In a cube of integers 0 would be no data; so it holds Real."""
    written = [Band("quality", np.arange(600, dtype=np.uint16).reshape(20, 30) * 109, "bit mask", "flags")]
    write_archive(tmp_path / f"q{suffix}", written, crs="IAU_2015:50110", transform=TRANSFORM, target="IO", tags={})
    with rasterio.open(tmp_path / f"q{suffix}") as file:
        pixels = file.read(1, masked=True)
    assert not pixels.mask.any()
    np.testing.assert_array_equal(pixels.data, written[0].values)


@pytest.mark.parametrize("suffix", [".cub", ".xml"])
def test_a_view_has_no_coordinate_system(tmp_path: Path, suffix: str) -> None:
    with catch_warnings():
        simplefilter("ignore", NotGeoreferencedWarning)
        write(tmp_path / f"v{suffix}", None)
        with rasterio.open(tmp_path / f"v{suffix}") as file:
            assert file.crs is None
            assert file.count == 2


def test_a_cubes_label_names_bands_and_origin(tmp_path: Path) -> None:
    write(tmp_path / "m.cub", SYSTEMS["polar"])
    label = (tmp_path / "m.cub").read_bytes()[:65536].decode("ascii")
    for line in ("Name = (a, b)", 'Unit = ("1", "1")', "TargetName = IO", 'SIMULATED = "YES"'):
        assert line in " ".join(label.split())
    assert "Io <by> 'JunoCam' & others" in label
    assert str(tmp_path) not in label
    assert label.rstrip().endswith("End")


def test_a_pds4_label_is_complete(tmp_path: Path) -> None:
    write(tmp_path / "m.xml", SYSTEMS["polar"])
    text = (tmp_path / "m.xml").read_text(encoding="utf-8")
    assert "${" not in text
    assert "@" not in text
    assert "urn:nasa:pds:context:target:satellite.io<" in text
    assert str(tmp_path) not in text
    place = {"pds": "http://pds.nasa.gov/pds4/pds/v1"}
    root = ET.fromstring(text.encode())  # noqa: S314  # made here
    assert root.findtext(".//pds:Identification_Area/pds:title", namespaces=place) == TAGS["IMAGEDESCRIPTION"]
    assert root.findtext(".//pds:logical_identifier", namespaces=place) == "urn:perijove:io:m"
    assert root.findtext(".//pds:Target_Identification/pds:name", namespaces=place) == "Io"
    assert root.findtext(".//pds:File/pds:file_name", namespaces=place) == "m.img"
    comment = root.findtext(".//pds:Observation_Area/pds:comment", namespaces=place) or ""
    assert "Band 2: b, 1. I/F, b" in comment
    assert "SIMULATED: YES" in comment
    assert (tmp_path / "m.img").stat().st_size == 2 * 20 * 30 * 4


def test_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FORMATS:
        check_format(name)
    with pytest.raises(InputError, match="'fits' is not one of geotiff, isis, pds4"):
        check_format("fits")
    monkeypatch.setattr("rasterio.Env.drivers", lambda _: {"GTiff": "GeoTIFF"})
    with pytest.raises(InputError, match=r"isis: GDAL .* has no such driver here; take geotiff"):
        check_format("isis")
    with pytest.raises(WriteError, match="GDAL"):
        write(tmp_path / "none" / "m.cub", None)


@pytest.mark.parametrize("suffix", [".cub", ".xml"])
def test_a_cut_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    """A full disk, as GDAL tells it: not at all."""

    def cut(dataset: object, path: Path, **options: object) -> None:
        copy(dataset, path, **options)
        pixels = path if suffix == ".cub" else path.with_suffix(".img")
        os.truncate(pixels, pixels.stat().st_size - 100)

    monkeypatch.setattr("perijove.export.rasters.archives.copy", cut)
    with pytest.raises(WriteError, match="is cut"):
        write(tmp_path / f"m{suffix}", SYSTEMS["polar"])


def test_a_projection_that_gdal_drops_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"m.cub: GDAL cannot write this projection as ISIS3; take geotiff"):
        write(tmp_path / "m.cub", "+proj=robin +R=1821490 +units=m")
