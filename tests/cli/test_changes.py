"""``perijove changes``. Authority: law. Spots on a map are found, and files say what this run found and no other."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from pyproj import Transformer
from scipy.ndimage import gaussian_filter
from tests.cli.running import perijove

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.mosaic.changes import STATES
from perijove.volcanoes.matching import separation_km

pytestmark = pytest.mark.slow


def write_map(path: Path, spots: tuple[tuple[float, float], ...]) -> None:
    """A global map of smooth ground with dark spots of 300 km at places (latitude, longitude), deg."""
    ground = gaussian_filter(np.random.default_rng(1).normal(0.0, 8.0, (360, 720)), 2.0, mode="wrap")
    ground = 130.0 + ground * 20.0 / ground.std()
    lat, lon = np.meshgrid(np.arange(89.75, -90.0, -0.5), np.arange(0.25, 360.0, 0.5), indexing="ij")
    for place in spots:
        away = np.hypot(lat - place[0], (lon - place[1]) * np.cos(np.radians(place[0])))
        ground *= 1.0 - 0.5 * (away < 9.5)
    Image.fromarray(np.clip(ground, 1.0, 255.0).astype(np.uint8)).save(path)


def test_regions_and_figures_are_those_of_this_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_map(Path("before.png"), ())
    write_map(Path("two.png"), ((10.0, 60.0), (-20.0, 200.0)))
    write_map(Path("one.png"), ((10.0, 60.0),))
    outcome = perijove("changes", "before.png", "two.png", "--resolution", 40, "--json", "-q")
    assert outcome.code == 0, outcome.err
    regions = json.loads(outcome.out)["regions"]
    assert sorted(round(one["lat_deg"]) for one in regions) == [-20, 10]
    assert {path.name for path in Path("changes").glob("changes-*.png")} == {"changes-01.png", "changes-02.png"}
    again = perijove("changes", "before.png", "one.png", "--resolution", 40)
    assert again.code == 3  # what stands there stays
    again = perijove("changes", "before.png", "one.png", "--resolution", 40, "--overwrite")
    assert again.code == 0, again.err
    assert "  1 region beyond" in again.err
    assert [path.name for path in Path("changes").glob("changes-*.png")] == ["changes-01.png"]
    assert len(json.loads(Path("changes/changes.json").read_text())["regions"]) == 1


def test_a_map_turned_round_is_not_registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_map(Path("before.png"), ())
    with Image.open("before.png") as picture:
        Image.fromarray(np.roll(np.asarray(picture), 360, axis=1)).save("after.png")
    outcome = perijove("changes", "before.png", "after.png", "--resolution", 40)
    assert "too few to register the maps" in outcome.err
    assert "--basemap-left-lon" in outcome.err


@pytest.mark.data
def test_the_heat_of_perijove_68_lies_where_light_is_too_low(data_dir: Path, tmp_path: Path) -> None:
    """Published: 65,000 km² near 73° S, 140° E (Mura et al. 2025). What the page on changes says of them."""
    raw = data_dir / "junocam" / "JNCE_2024362_68C00012_V01-raw.png"
    assert perijove("process", raw, "--out", tmp_path / "io", "-q").code == 0
    mapped = tmp_path / "io" / "JNCE_2024362_68C00012_V01-map.tif"
    outcome = perijove("changes", "io-map", mapped, "--resolution", 25, "--out", tmp_path / "changes", "-q")
    assert outcome.code == 0, outcome.err
    with rasterio.open(tmp_path / "changes" / "changes.tif") as found:
        bands = dict(zip(found.descriptions, found.read(), strict=True))
        rows, columns = np.indices(found.shape)
        x, y = rasterio.transform.xy(found.transform, rows, columns)
        degrees = Transformer.from_crs(found.crs, {"proj": "longlat", "R": 1e3 * IO_MEAN_RADIUS_KM}, always_xy=True)
        lon, lat = (np.reshape(axis, found.shape) for axis in degrees.transform(x, y))
    hot = separation_km(-73.0, 140.0, lat, lon) < np.sqrt(65_000.0 / np.pi)
    area = np.cos(np.radians(lat)) * hot
    assert area.sum() * 25.0**2 == pytest.approx(65_000.0, rel=0.05)
    share = {name: float(area[bands["state"] == k].sum() / area.sum()) for k, name in enumerate(STATES)}
    assert share["changed"] == 0.0
    assert share["no change"] == pytest.approx(0.28, abs=0.06)
    seen = hot & (bands["state"] == STATES.index("no change"))
    assert bands["detectable"][seen].mean() == pytest.approx(0.77, abs=0.1)
    for name, contrast, sigma in (("red", -0.13, 0.11), ("green", -0.03, 0.14), ("blue", 0.05, 0.17)):
        assert np.average(bands[f"contrast_{name}"][seen], weights=area[seen]) == pytest.approx(
            contrast, abs=0.4 * sigma
        )
        assert bands[f"sigma_contrast_{name}"][seen].mean() == pytest.approx(sigma, abs=0.03)
