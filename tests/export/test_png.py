"""Colour pictures for the eye.

Authority: published (sRGB transfer curve: IEC 61966-2-1 puts linear 0.5 at code 188, 0.2140 at 127.5 +- 0.5) and
independent (Pillow re-reads the file).
"""

from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning

from perijove.export.png import display_rgba, stamped, write_png
from perijove.physics.stretch import Stretch


def picture(*levels: float) -> np.ndarray:
    return np.broadcast_to(np.array(levels, dtype=np.float32)[:, None, None], (len(levels), 4, 5)).copy()


@pytest.mark.parametrize(("linear", "code"), [(0.0, 0), (0.5, 188), (1.0, 255), (0.2140, 127), (2.0, 255), (-1.0, 0)])
def test_transfer_curve(linear: float, code: int) -> None:
    rgba = display_rgba(picture(linear, linear, linear), Stretch(1.0))
    assert np.abs(rgba[0, 0, :3].astype(int) - code).max() <= 1
    assert rgba[0, 0, 3] == 255


def test_bands_keep_their_order_balance_and_black() -> None:
    rgba = display_rgba(picture(0.8, 0.5, 0.2), Stretch(0.8, 0.2, (1.0, 1.0, 4.0)))
    assert list(rgba[0, 0]) == [255, 188, 255, 255]


def test_one_band_becomes_grey() -> None:
    rgba = display_rgba(picture(0.5), Stretch(1.0, balance=(1.0,)))
    assert list(rgba[0, 0]) == [188, 188, 188, 255]


def test_no_data_is_transparent() -> None:
    bands = picture(0.5, 0.5, 0.5)
    bands[:, 1, 1] = np.nan
    rgba = display_rgba(bands, Stretch(1.0))
    assert list(rgba[1, 1]) == [0, 0, 0, 0]
    assert (rgba[..., 3] == 0).sum() == 1


def test_a_band_that_misses_the_body_leaves_a_grey_picture() -> None:
    """Law: of two bands no hue is known; brightness is their mean."""
    bands = picture(0.6, 0.4, np.nan)
    rgba = display_rgba(bands, Stretch(1.0))
    assert (rgba == [188, 188, 188, 255]).all()


@pytest.mark.parametrize("missing", [[0], [1], [2], [0, 1], [0, 2], [1, 2]])
@pytest.mark.parametrize("balance", [(1.0, 1.0, 1.0), (0.8, 1.0, 1.5)])
def test_no_fringe_where_colours_cover_different_ground(missing: list[int], balance: tuple[float, ...]) -> None:
    """Law: over ground of one hue the edge pixels look as if all bands had data, dark or bright."""
    bands = picture(0.8, 0.5, 0.2)
    bands[:, 0] *= 0.3
    whole = display_rgba(bands, Stretch(1.0, balance=balance))
    for band in missing:
        bands[band, :2, 0] = np.nan
    rgba = display_rgba(bands, Stretch(1.0, balance=balance))
    assert np.abs(rgba.astype(int) - whole).max() <= 2  # the hue is that of the other pixels, to float32


def test_common_ground_too_small_to_tell_a_hue() -> None:
    bands = picture(0.8, 0.5, 0.2)
    bands[2].flat[1:] = np.nan
    rgba = display_rgba(bands, Stretch(1.0))
    assert (rgba[..., 0] == rgba[..., 2]).all()
    assert (rgba[..., 3] == 255).all()


def test_text_chunks(tmp_path: Path) -> None:
    path = tmp_path / "c.png"
    rgba = display_rgba(picture(0.1, 0.2, 0.3), Stretch(1.0))
    write_png(path, rgba, text={"Source": "NASA/JPL-Caltech/SwRI/MSSS", "Title": "Io, 27° N"})
    with Image.open(path) as image:
        image.load()
        assert image.text["Source"] == "NASA/JPL-Caltech/SwRI/MSSS"  # type: ignore[attr-defined]
        assert image.text["Title"] == "Io, 27° N"  # type: ignore[attr-defined]
        assert image.mode == "RGBA"
        assert (np.asarray(image) == rgba).all()


@pytest.mark.parametrize("shape", [(40, 60), (300, 500), (1200, 1200)])
def test_a_stamp_can_be_read_and_leaves_the_rest(shape: tuple[int, int]) -> None:
    """White on black in the lower left corner, seen on transparent ground too; nothing else changes."""
    rgba = np.zeros((*shape, 4), dtype=np.uint8)
    rgba[: shape[0] // 2] = 90
    result = stamped(rgba)
    changed = np.argwhere((result != rgba).any(axis=-1))
    assert changed[:, 0].min() > 0.6 * shape[0]
    assert changed[:, 1].min() == 0
    corner = result[changed[:, 0].min() :, : changed[:, 1].max() + 1]
    assert (corner[..., 3] == 255).mean() > 0.95
    assert 0.05 < (corner[..., 0] > 128).mean() < 0.5
    assert not rgba[shape[0] // 2 :].any()


@pytest.mark.parametrize("curve", ["sRGB", "linear"])
def test_sixteen_bits(tmp_path: Path, curve: str) -> None:
    """Independent: GDAL reads every code, Pillow the text. IEC 61966-2-1: linear 0.5 is 0.735357 in sRGB."""
    bands = np.linspace(0.0, 1.0, 3 * 30 * 40, dtype=np.float32).reshape(3, 30, 40)
    bands[:, 0, 0] = np.nan
    bands[:, 1, 1] = 0.5
    rgba = display_rgba(bands, Stretch(1.0, curve=curve), depth=16)
    assert abs(int(rgba[1, 1, 0]) - (48192 if curve == "sRGB" else 32768)) <= 1
    assert list(rgba[0, 0]) == [0, 0, 0, 0]
    path = tmp_path / "c.png"
    write_png(path, rgba, text={"Title": "Io, 27° N"}, curve=curve)
    with catch_warnings():
        simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as file:
            assert (np.moveaxis(file.read(), 0, -1) == rgba).all()
    with Image.open(path) as image:
        image.load()
        assert image.info["Title"] == "Io, 27° N"
        assert (image.info.get("srgb"), image.info.get("gamma")) == ((0, None) if curve == "sRGB" else (None, 1.0))


def test_eight_and_sixteen_bits_show_the_same() -> None:
    """Law: a code of 8 bits is 257 codes of 16."""
    bands = np.linspace(0.0, 1.0, 3 * 30 * 40, dtype=np.float32).reshape(3, 30, 40)
    small, large = (display_rgba(bands, Stretch(1.0), depth=depth).astype(float) for depth in (8, 16))
    # half a code of 8 bits, and as much again where sRGB is steepest: 12.92 x 255 / 4096 of a code a step
    assert np.abs(large / 257.0 - small).max() < 0.5 + 0.5 * 12.92 * 255.0 / 4095.0 + 0.01
    stamp = stamped(np.zeros((60, 90, 4), dtype=np.uint16))
    assert (stamp == 257 * stamped(np.zeros((60, 90, 4), dtype=np.uint8)).astype(np.uint16)).all()
