"""Flat fields and dark frames as files.

Authorities: law (a gain is the inverse of a response), published (Brian Swift's set, its two maps made independently of
this package).
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from perijove.errors import FormatError, InputError
from perijove.formats.detector_frame import (
    find_detector_frames,
    read_dark_frame,
    read_flat_field,
    split_strips,
)
from perijove.junocam.radiometry.flatfield import dark_strips, flat_strips

SHAPE = (384, 1648)


def written(path: Path, values: np.ndarray) -> Path:
    Image.fromarray(values.astype(np.float32)).save(path)
    return path


def test_strips_stand_in_the_order_of_the_files() -> None:
    strips = split_strips(np.repeat([1.0, 2.0, 3.0], 128)[:, None] * np.ones(1648), name="frame")
    assert {name: float(strip.mean()) for name, strip in strips.items()} == {
        "BLUE": 1.0,
        "GREEN": 2.0,
        "RED": 3.0,
    }


def test_gain_is_the_inverse_of_a_flat(tmp_path: Path) -> None:
    response = np.linspace(0.5, 2.0, 384 * 1648).reshape(SHAPE)
    flat = read_flat_field(written(tmp_path / "flat.tiff", response))
    gain = read_flat_field(written(tmp_path / "gainSmooth.tiff", 1.0 / response))
    np.testing.assert_allclose(gain, flat, rtol=1e-6)


def test_dark_frame_in_parts_of_full_scale_becomes_counts(tmp_path: Path) -> None:
    assert read_dark_frame(written(tmp_path / "a.tif", np.full(SHAPE, 1e-3)))[0, 0] == pytest.approx(2.879)
    assert read_dark_frame(written(tmp_path / "b.tif", np.full(SHAPE, 6.0)))[0, 0] == 6.0


def test_dark_frame_keeps_its_holes() -> None:
    dark = np.ones(SHAPE)
    dark[0, 0] = np.inf
    strips = dark_strips(dark)
    assert np.isnan(strips["BLUE"][0, 0])
    assert np.isfinite(strips["RED"]).all()


@pytest.mark.parametrize("content", [b"", b"not a picture", b"II*\x00\x08\x00\x00\x00"])
def test_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "flat.tiff").write_bytes(content)
    with pytest.raises(FormatError, match=r"flat\.tiff: not a readable TIFF"):
        read_flat_field(tmp_path / "flat.tiff")


def test_wrong_shape_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"shape \(128, 1648\); must be 384 rows x 1648 columns"):
        read_dark_frame(written(tmp_path / "dark.tiff", np.ones((128, 1648))))


def test_folder_is_searched_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        find_detector_frames(tmp_path / "absent")
    with pytest.raises(InputError, match="no TIFF"):
        find_detector_frames(tmp_path)
    gain = written(tmp_path / "gain.tiff", np.ones(SHAPE))
    assert find_detector_frames(tmp_path) == (gain, None)
    flat = written(tmp_path / "flat1.tif", np.ones(SHAPE))
    dark = written(tmp_path / "debias.tiff", np.ones(SHAPE))
    assert find_detector_frames(tmp_path) == (flat, dark)
    written(tmp_path / "flat2.tiff", np.ones(SHAPE))
    with pytest.raises(InputError, match="2 files with 'flat'"):
        find_detector_frames(tmp_path)


@pytest.mark.data
def test_published_flat_and_gain_agree(data_dir: Path) -> None:
    folder = data_dir / "junocam" / "calibration"
    flat, dark = find_detector_frames(folder)
    assert flat is not None
    assert dark is not None
    response = flat_strips(read_flat_field(flat))
    gain = flat_strips(read_flat_field(folder / "gainSmooth12to16.tiff"))
    for name, strip in response.items():
        ratio = (gain[name] / strip)[:, 30:1600]
        assert np.nanpercentile(np.abs(ratio - 1.0), 99) < 0.005
        assert np.nanmedian(strip[:, 800:830]) == pytest.approx(1.0, abs=0.02)
    level = {name: float(np.median(strip[:, 30:1600])) for name, strip in dark_strips(read_dark_frame(dark)).items()}
    assert 0.5 < level["BLUE"] < level["GREEN"] < level["RED"] < 0.9  # DN; the picture of perijove 43 shows 0.3 to 1.0
