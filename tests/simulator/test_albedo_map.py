"""Maps for the simulator.

Authority: independent (dark lava of known places in the USGS mosaic), law (means, edges, errors).
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from perijove.errors import FormatError, InputError
from perijove.simulator.albedo_map import MEAN_ALBEDO, load_base_map


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("kind", ["color", "mono"])
def test_usgs_mosaic_has_its_features_in_place(data_dir: Path, kind: str) -> None:
    """Independent: Loki's and Babbar's dark floors lie at their IAU coordinates.

    They are darker than half their surroundings; mirrored or shifted by half a turn they would not be there.
    """
    albedo = load_base_map(data_dir / "maps" / f"io_usgs_galileo_voyager_{kind}_2km_180w.jpg", max_width=1440)
    assert albedo.shape == (720, 1440, 3)

    def darkest(lat: float, lon_east: float, reach: int) -> float:
        row, column = int((90.0 - lat) * 4.0), int(lon_east * 4.0)
        return float(albedo[row - reach : row + reach, column - reach : column + reach, 1].min())

    for lat, lon_east in ((13.0, 51.2), (-39.8, 88.4)):
        row, column = int((90.0 - lat) * 4.0), int(lon_east * 4.0)
        around = np.median(albedo[row - 60 : row + 60, column - 60 : column + 60, 1])
        assert darkest(lat, lon_east, 16) < 0.5 * around


def test_means_and_left_edge(tmp_path: Path) -> None:
    """Law: each band's area mean is the stated one; a map centred on 0 comes out with longitude 0 at the left."""
    picture = np.full((64, 128), 100, dtype=np.uint8)
    picture[:, 64:68] = 125  # just east of longitude 0 in a map that begins at -180
    path = tmp_path / "map.png"
    Image.fromarray(picture).save(path)
    albedo = load_base_map(path, left_edge_lon_deg=-180.0)
    assert albedo.shape == (64, 128, 3)
    assert np.all(albedo[:, :4, 2] > 1.2 * albedo[:, 60:64, 2])
    weight = np.cos(np.pi * (0.5 - (np.arange(64) + 0.5) / 64))[:, None, None]
    mean = (albedo * weight).mean(axis=(0, 1)) / weight.mean()
    np.testing.assert_allclose(mean, MEAN_ALBEDO, rtol=1e-5)


def test_no_map(tmp_path: Path) -> None:
    """Law: a missing file is an input error, a square or black picture a format error."""
    with pytest.raises(InputError):
        load_base_map(tmp_path / "nowhere.png")
    for name, size in (("square", (64, 64)), ("black", (64, 128))):
        Image.fromarray(np.zeros(size, np.uint8)).save(tmp_path / f"{name}.png")
        with pytest.raises(FormatError, match=name):
            load_base_map(tmp_path / f"{name}.png")
