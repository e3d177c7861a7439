"""`perijove tides`: what it prints and writes, and what it refuses.

Authority: law (the library's own answers; exit codes and one line of error).
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import rasterio
from matplotlib.image import imread
from tests.cli.running import contents, perijove

from perijove.interior.models import MODELS
from perijove.tides.heating import tidal_heating

FILES = {"tides.json", "heat-flow.csv", "heat-flow.png", "heat-flow.tif", "interior.png"}
MODEL = """
[[layer]]
state = "liquid"
outer_radius_km = 965.0
density_kg_m3 = 5150.0
[[layer]]
state = "solid"
outer_radius_km = 1821.6
density_kg_m3 = 3244.0
shear_modulus_pa = 6e10
viscosity_pa_s = 1e15
"""


def test_json_holds_what_the_library_says() -> None:
    outcome = perijove("tides", "steinke-2020-a", "--json")
    assert outcome.code == 0
    said = json.loads(outcome.out)
    heating = tidal_heating(MODELS["steinke-2020-a"])
    for name, number in (("k2", heating.love.k), ("h2", heating.love.h), ("l2", heating.love.l)):
        assert said[name] == [complex(number).real, complex(number).imag]
    assert said["power_w"] == heating.power_w
    assert sum(said["power_by_layer_w"]) == pytest.approx(heating.power_w, rel=1e-14)
    assert len(said["power_by_layer_w"]) == len(said["layers"]) == 4
    highest, lat, lon = heating.flux_w_m2.extremum(largest=True)
    expected = {"value": highest / heating.mean_flux_w_m2, "lat_deg": lat, "lon_east_deg": lon}
    assert said["flux_max_over_mean"] == pytest.approx(expected, rel=1e-14)
    assert said["q"] == pytest.approx(abs(heating.love.k) / -heating.love.k.imag)


def test_files_are_written_once(tmp_path: Path) -> None:
    out = tmp_path / "io"
    assert perijove("tides", "five-layer", "--out", out, "--quiet").code == 0
    assert {path.name for path in out.iterdir()} == FILES
    before = contents(out)
    again = perijove("tides", "five-layer", "--out", out, "--quiet")
    assert again.code == 3
    assert "--overwrite" in again.line
    assert contents(out) == before
    assert perijove("tides", "five-layer", "--out", out, "--quiet", "--overwrite").code == 0
    for name in ("heat-flow.png", "interior.png"):
        assert imread(out / name).std() > 0.05


def test_table_and_geotiff_hold_the_map(tmp_path: Path) -> None:
    for name in ("map.csv", "map.tif"):
        assert perijove("tides", "steinke-2020-b", "--map", tmp_path / name, "--quiet").code == 0
    flux = tidal_heating(MODELS["steinke-2020-b"]).flux_w_m2
    table = np.loadtxt(tmp_path / "map.csv", delimiter=",", skiprows=1)
    assert table.shape == (91 * 180, 3)
    assert len(np.unique(table[:, 1] % 360.0)) == 180  # no meridian by two names
    assert table[:, 2] == pytest.approx(flux.at(table[:, 0], table[:, 1]), rel=1e-8)
    with rasterio.open(tmp_path / "map.tif") as dataset:
        lon_m, lat_m = dataset.xy(100, 37)
        degree = np.pi * 1821490.0 / 180.0
        assert dataset.read(1)[100, 37] == pytest.approx(float(flux.at(lat_m / degree, lon_m / degree)), rel=1e-6)


def test_a_file_a_frequency_and_a_degree(tmp_path: Path) -> None:
    path = tmp_path / "io.toml"
    path.write_text(MODEL, encoding="utf-8")
    outcome = perijove("tides", path, "--frequency", 1e-6, "--degree", 4, "--json")
    said = json.loads(outcome.out)
    assert said["angular_frequency_rad_s"] == 1e-6
    assert {"k2", "k4", "h4", "l4"} <= set(said)
    assert said["power_w"] == pytest.approx(said["power_from_k2_w"], rel=1e-9)


def test_without_json_there_is_a_line_per_fact() -> None:
    lines = perijove("tides", "steinke-2020-a").out.splitlines()
    assert any(line.startswith("k2 ") and "0.7337217" in line for line in lines)
    assert any(line.startswith("flux_max_over_mean") and "1.6465 at 30.97 deg north" in line for line in lines)


def test_a_body_without_dissipation_has_no_q(tmp_path: Path) -> None:
    path = tmp_path / "io.toml"
    path.write_text(MODEL.replace("viscosity_pa_s = 1e15", 'rheology = "elastic"'), encoding="utf-8")
    said = json.loads(perijove("tides", path, "--json").out)
    assert said["q"] is None
    assert said["power_w"] == 0.0
    printed = (
        perijove("tides", path).out
        + perijove("tides", path, "--json").out
        + perijove("sweep", path, "--vary", "layer.2.density_kg_m3=3000,3200").out
    )
    assert not re.search(r"(?<![\w.])-0(\.0)?(?![.\w])", printed)
    assert said["flux_max_over_mean"]["value"] is None
    assert perijove("tides", path, "--out", tmp_path / "out", "--quiet").code == 0


def test_help_names_the_published_interiors() -> None:
    said = " ".join(perijove("tides", "--help").out.split())
    assert all(name in said for name in MODELS)


def test_a_name_may_look_like_mathematics(tmp_path: Path) -> None:
    """Law: a figure shows the name as it is written, and does not set it as formula, which this one is not."""
    path = tmp_path / "io.toml"
    layers = MODEL.replace("[[layer]]", "[[layer]]\nname = '$^{$'", 1)
    path.write_text(f"name = '$\\frac$'\n{layers}", encoding="utf-8")
    assert perijove("tides", path, "--out", tmp_path / "out", "--quiet").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["io"], "steinke-2020-a"),
        (["five-layer", "--out", ""], "name is empty"),
        (["none.toml"], "no such file"),
        (["."], "neither a file nor a named model"),
        (["five-layer", "--degree", "1"], "--degree"),
        (["five-layer", "--frequency", "nan"], "--frequency"),
        (["five-layer", "--frequency", "0"], "--frequency"),
        (["five-layer", "--map", "map.pdf"], ".csv or .png or .tif"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrongly_asked_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = perijove("tides", *arguments)
    assert outcome.code == 2
    assert said in outcome.line
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("965.0", "1900.0"),
        ("5150.0", "0.0"),
        ('"solid"', '"liquid"'),
        ("1e15", "0"),
        ("1e15", "inf"),
        ("3244.0", "nan"),
    ],
)
def test_spoilt_models_end_in_one_line(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "io.toml"
    path.write_text(MODEL.replace(old, new), encoding="utf-8")
    outcome = perijove("tides", path)
    assert outcome.code == 2
    assert outcome.line.startswith("perijove: io.toml: ")
