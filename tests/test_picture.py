"""A picture in a notebook: opened, located, mapped, saved.

Authority: law (what is shown is short, what was chosen is recorded, what stands is not computed again; the command
line writes the same files).
"""

import json
import re
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import rasterio
from numpy.testing import assert_array_equal
from PIL import Image
from tests.cli.running import perijove as command_line
from tests.cli.running import write_copy

import perijove
from perijove.errors import InputError, OutputExistsError
from perijove.figures.artist import Artist
from perijove.picture import Picture
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated picture, JSON beside it."""
    picture = simulate(random_scenario(0, range_km=60_000.0, phase_deg=80.0), synthetic_base_map(width=720), seed=0)
    return write_copy(picture, tmp_path_factory.mktemp("raw"))


@pytest.fixture(scope="module")
def image(raw: Path) -> Picture:
    """The same, located."""
    image = perijove.open(raw)
    assert "not located yet" in repr(image)
    image.locate()
    return image


def test_parameters_have_the_digits_of_their_errors(image: Picture) -> None:
    """A focal length of 1486.1099 with an error of 1.7 promises what nobody knows."""
    pairs = re.findall(r"(-?\d+\.?\d*) ± (\d+\.?\d*)", repr(image.locate()))
    assert len(pairs) == len(image.locate().solution.parameters)
    for value, sigma in pairs:
        assert len(value.partition(".")[2]) == len(sigma.partition(".")[2])
        assert len(sigma.replace(".", "").lstrip("0")) <= 3


def test_what_a_notebook_prints_is_short(image: Picture) -> None:
    mapped = image.map(resolution_km=60.0)
    for shown in (image, image.raw, mapped):
        assert len(repr(shown)) < 300
        assert image.raw.product_id in repr(shown)
        assert "array" not in repr(shown)
    assert "Io (SIMULATED)" in repr(image)
    assert "px rms over" in repr(image)
    assert "±" in repr(mapped)


@pytest.mark.slow
def test_showing_does_not_compute_again(image: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    image.map(resolution_km=60.0)

    def again(*_: object, **__: object) -> NoReturn:
        raise AssertionError("computed again")

    monkeypatch.setattr("perijove.picture.mapped_and_registered", again)
    assert image._repr_png_().startswith(b"\x89PNG")


@pytest.mark.slow
def test_all_that_was_chosen_is_recorded(image: Picture, tmp_path: Path) -> None:
    mosaic = tmp_path / "mosaic.png"
    Image.fromarray((200 * synthetic_base_map(width=360)[..., ::-1]).astype(np.uint8)).save(mosaic)
    mapped = image.map(
        projection="orthographic",
        resolution_km=60.0,
        photometry="lambert",
        base_map=mosaic,
        base_map_left_lon_east_deg=-180.0,
    )
    provenance = mapped.report["provenance"]
    assert isinstance(provenance, dict)
    assert provenance["parameters"] == {
        "projection": "orthographic",
        "resolution_km": 60.0,
        "photometry": "lambert",
        "apply_shift": False,
        "center_lon_east_deg": None,
        "bbox_deg": None,
        "stretch": "natural",
        "white_balance": "natural",
        "depth": 8,
        "coarse": False,
        "kernels": None,
        "basemap": "mosaic.png",
        "basemap_left_lon_deg": -180.0,
        "flat": None,
        "dark": None,
        "spin_axis_deg": None,
        "solution": None,
    }
    assert mapped.done.base_map is not None
    assert mapped.done.base_map.left_lon_east_deg == -180.0
    with pytest.raises(InputError, match="give base_map"):
        image.map(apply_shift=True)


@pytest.mark.slow
def test_calibration_frames(raw: Path, tmp_path: Path) -> None:
    Image.fromarray(np.full((384, 1648), 1.25, dtype=np.float32)).save(tmp_path / "flat.tif")
    mapped = perijove.open(raw, calibration=tmp_path).map(resolution_km=60.0)
    provenance = mapped.report["provenance"]
    assert isinstance(provenance, dict)
    assert provenance["parameters"]["flat"]["name"] == "flat.tif"
    assert len(provenance["parameters"]["flat"]["sha256"]) == 64
    assert mapped.done.image.flat_filters


@pytest.mark.slow
def test_saved_files_are_those_of_the_command_line(
    image: Picture, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perijove.figures.artist._save", lambda drawing: drawing.path.write_bytes(b"figure"))
    mapped = image.map(resolution_km=60.0)
    saved = mapped.save(tmp_path / "notebook")
    monkeypatch.setattr("perijove.picture.Artist", lambda **_: Artist(apart=False))
    outcome = command_line("process", raw, "--resolution", 60, "--out", tmp_path / "shell", "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    assert {path.name for path in saved} == {path.name for path in (tmp_path / "shell").iterdir()}
    report = next(path for path in saved if path.suffix == ".json")
    notebook, shell = (json.loads((folder / report.name).read_text()) for folder in (report.parent, tmp_path / "shell"))
    typed = shell["provenance"].pop("command")
    assert typed.startswith(f"perijove process {raw.name} --resolution 60")
    assert notebook["provenance"].pop("command") is None
    assert notebook == shell
    maps = next(path for path in saved if path.name.endswith("-map.tif"))
    with rasterio.open(maps) as one, rasterio.open(tmp_path / "shell" / maps.name) as other:
        assert_array_equal(one.read(), other.read())
    with pytest.raises(OutputExistsError):
        mapped.save(tmp_path / "notebook")


@pytest.fixture(params=["xarray", "ours"])
def arrays(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Labelled arrays of either kind."""
    if request.param == "ours":
        monkeypatch.setitem(sys.modules, "xarray", None)
    else:
        pytest.importorskip("xarray", reason="xarray, which is optional, is not installed")
    return str(request.param)


def test_labelled_arrays_say_where_they_are(image: Picture, arrays: str) -> None:
    """Law: a pixel's x and y are those of its latitude and longitude on the map; both kinds say the same."""
    mapped = image.map(projection="orthographic", resolution_km=60.0)
    assert (type(mapped.iof).__name__ == "DataArray") == (arrays == "xarray")
    for array in (mapped.iof, mapped.sigma):
        assert array.dims == ("band", "y", "x")
        assert list(np.asarray(array.coords["band"])) == ["RED", "GREEN", "BLUE"]
        assert array.attrs["units"] == "1"
    assert_array_equal(np.asarray(mapped.iof), mapped.map.values)
    assert_array_equal(np.asarray(mapped.sigma), mapped.map.sigma)
    planes = {"lat": "latitude", "lon": "longitude_east", "incidence": "incidence", "emission": "emission"}
    for name, plane in planes.items():
        array = getattr(mapped, name)
        assert (array.name, array.dims, array.attrs["units"]) == (name, ("y", "x"), "deg")
        assert_array_equal(np.asarray(array), mapped.map.backplanes[plane])
    x_km, y_km = mapped.map.grid.xy_km(np.asarray(mapped.lat, dtype=float), np.asarray(mapped.lon, dtype=float))
    seen = np.isfinite(x_km) & (np.asarray(mapped.emission) < 70.0)  # where float32 degrees are 0.4 m on the map
    y_m, x_m = np.meshgrid(np.asarray(mapped.lat.coords["y"]), np.asarray(mapped.lat.coords["x"]), indexing="ij")
    assert np.count_nonzero(seen) > 1000
    assert np.abs(1e3 * x_km - x_m)[seen].max() < 2.0
    assert np.abs(1e3 * y_km - y_m)[seen].max() < 2.0
    assert mapped.lat.attrs["crs"] == mapped.map.grid.crs


def test_an_array_of_ours_is_short_and_plain(image: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    iof = image.map(resolution_km=60.0).iof
    assert repr(iof) == f"<LabelledArray 'iof' (band: 3, y: {iof.shape[1]}, x: {iof.shape[2]}), 1>"
    assert np.nanmax(iof) == np.nanmax(iof.values)
    with pytest.raises(ValueError, match="copy"):
        np.asarray(iof, dtype=np.float64, copy=False)
