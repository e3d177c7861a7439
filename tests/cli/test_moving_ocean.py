"""`perijove tides --ocean`: what it prints and writes, and what it refuses.

Authority: law (the library's own answers; exit codes and one line of error).
"""

import json
from pathlib import Path

import pytest
from matplotlib.image import imread
from tests.cli.running import perijove

from perijove.formats.toml_table import read_toml
from perijove.interior.tables import interior_from_table
from perijove.ocean.flow import ORDERS, ocean_tide

MODEL = """
name = "Io with a magma ocean"
[[layer]]
state = "liquid"
outer_radius_km = 965.0
density_kg_m3 = 5150.0
[[layer]]
state = "solid"
outer_radius_km = 1770.0
density_kg_m3 = 3250.0
shear_modulus_pa = 6e10
viscosity_pa_s = 1e18
[[layer]]
name = "magma"
state = "liquid"
outer_radius_km = 1775.0
density_kg_m3 = 3250.0
[[layer]]
state = "solid"
outer_radius_km = 1821.6
density_kg_m3 = 3250.0
shear_modulus_pa = 6e10
viscosity_pa_s = 1e20
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "io.toml"
    path.write_text(MODEL, encoding="utf-8")
    return path


@pytest.mark.slow
def test_ocean_comes_beside_the_liquid_at_rest(model: Path) -> None:
    plain = json.loads(perijove("tides", model, "--json").out)
    said = json.loads(perijove("tides", model, "--json", "--ocean", "--drag", "1e-6").out)
    ocean = said.pop("ocean")
    assert said.pop("provenance")["command"] == plain.pop("provenance")["command"].replace(
        "--json", "--ocean --drag 1e-06 --json"
    )
    assert said == plain
    tide = ocean_tide(interior_from_table(read_toml(model), where="io.toml"), drag_per_s=1e-6)
    assert ocean["k2"] == [tide.k2.real, tide.k2.imag]
    assert ocean["k2_static"] == plain["k2"]
    assert ocean["power_w"] == tide.power_w
    assert ocean["magma_viscosity_pa_s"] is None
    assert ocean["layer"] == "magma"
    assert ocean["thickness_km"] == pytest.approx(5.0)
    by_order = dict(zip(ORDERS, tide.k2_by_order, strict=True))
    assert ocean["k2_by_order"] == {str(m): [by_order[m].real, by_order[m].imag] for m in (-2, 0, 2)}


def test_magma_flows_as_easily_as_it_is_said_to(model: Path) -> None:
    by_default, thin, thick = (
        json.loads(perijove("tides", model, "--json", "--ocean", *more).out)["ocean"]
        for more in ((), ("--magma-viscosity", "1"), ("--magma-viscosity", "1e9"))
    )
    assert by_default == thin
    assert thick["rms_speed_m_s"] < 0.01 * thin["rms_speed_m_s"]
    assert thick["k2"][0] < 0.1 < thin["k2"][0]


def test_people_read_it_too(model: Path) -> None:
    lines = perijove("tides", model, "--ocean").out.splitlines()
    assert any(line.startswith("ocean k2_static ") and line.endswith(" i") for line in lines)
    assert any(line.startswith("ocean flux_max_over_mean ") and "deg north" in line for line in lines)


@pytest.mark.slow
def test_figures_of_the_ocean(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert perijove("tides", model, "--ocean", "--magma-viscosity", "1e4", "--out", out, "--quiet").code == 0
    for name in ("ocean-heat-flow.png", "ocean-tides.png"):
        assert imread(out / name).std() > 0.05
    assert "ocean" in json.loads((out / "tides.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (("--drag", "1e-5"), "--ocean"),
        (("--ocean", "--drag", "1e-5", "--magma-viscosity", "10"), "both"),
        (("--ocean", "--drag", "nan"), "--drag"),
        (("--ocean", "--magma-viscosity", "0"), "--magma-viscosity"),
    ],
)
def test_what_is_wrongly_asked(model: Path, more: tuple[str, ...], word: str) -> None:
    outcome = perijove("tides", model, *more)
    assert outcome.code == 2
    assert word in outcome.line


def test_a_model_without_an_ocean_is_told_so() -> None:
    outcome = perijove("tides", "five-layer", "--ocean")
    assert outcome.code == 2
    assert "needs a solid floor and a solid roof" in outcome.line
