"""Base maps. Authority: law: the same map in another file format, depth or cut is the same map."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from perijove.errors import FormatError
from perijove.formats.base_map import read_base_map

GREY = np.linspace(0.0, 1.0, 90 * 45).reshape(45, 90)


@pytest.mark.parametrize(
    ("kind", "name", "half_step"),
    [
        (np.uint8, "map.png", 0.5 / 255.0),
        (np.uint8, "map.tif", 0.5 / 255.0),
        (np.uint16, "map.png", 0.5 / 65535.0),
        (np.uint16, "map.tif", 0.5 / 65535.0),
        (np.int32, "map.tif", 0.5 / 65535.0),
        (np.float32, "map.tif", 1e-7),
    ],
)
def test_depths(tmp_path: Path, kind: type, name: str, half_step: float) -> None:
    """Whole numbers fill their range (of 32 bits, that of 16), real ones go from 0 to 1."""
    full = {np.uint8: 255.0, np.uint16: 65535.0, np.int32: 65535.0, np.float32: 1.0}[kind]
    values = GREY * full if kind is np.float32 else np.round(GREY * full)
    Image.fromarray(values.astype(kind)).save(tmp_path / name)
    found = read_base_map(tmp_path / name)
    assert found.values.shape == (45, 90, 1)
    np.testing.assert_allclose(found.values[..., 0], GREY, rtol=0.0, atol=half_step + 1e-7)


def test_brighter_than_one_is_scaled_by_the_brightest(tmp_path: Path) -> None:
    Image.fromarray((GREY * 3000.0).astype(np.float32)).save(tmp_path / "map.tif")
    np.testing.assert_allclose(read_base_map(tmp_path / "map.tif").values[..., 0], GREY, rtol=0.0, atol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_what_is_no_brightness_is_refused(tmp_path: Path, bad: float) -> None:
    values = GREY.astype(np.float32)
    values[3, 4] = bad
    Image.fromarray(values).save(tmp_path / "map.tif")
    with pytest.raises(FormatError, match=r"map.tif: holds values from .*; brightness is finite and not negative"):
        read_base_map(tmp_path / "map.tif")


def test_a_damaged_tag_is_nobodys_business(tmp_path: Path) -> None:
    """A tag that says to be longer than the file, and has no say in the pixels: no library talks of it."""
    path = tmp_path / "map.tif"
    Image.fromarray(np.round(GREY * 255.0).astype(np.uint8)).save(path, tiffinfo={270: "a mosaic"})
    content = bytearray(path.read_bytes())
    entry = content.index(b"\x0e\x01\x02\x00")  # ImageDescription, ASCII
    content[entry + 4 : entry + 8] = (10**9).to_bytes(4, "little")
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read_base_map(path)
    np.testing.assert_allclose(found.values[..., 0], GREY, rtol=0.0, atol=0.5 / 255.0 + 1e-7)


def test_values_between_pixels_and_across_the_edge(tmp_path: Path) -> None:
    """Bilinear: exact for a plane in latitude and for a wave's nodes; the left edge continues the right one."""
    rows = np.repeat(np.linspace(0.2, 0.9, 45)[:, None], 90, axis=1).astype(np.float32)
    Image.fromarray(rows).save(tmp_path / "map.tif")
    plane = read_base_map(tmp_path / "map.tif", left_lon_east_deg=-180.0)
    lat = np.array([60.0, 0.0, -33.3])
    expected = 0.2 + 0.7 * ((90.0 - lat) / 4.0 - 0.5) / 44.0
    for lon in (-180.0, 179.999, 12.3):
        np.testing.assert_allclose(plane.sample(lat, np.full(3, lon))[:, 0], expected, rtol=0.0, atol=1e-6)
    assert np.isnan(plane.sample(np.array(np.nan), np.array(0.0))).all()
