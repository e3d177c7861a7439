"""`perijove heatpipe`: what it prints and writes, and what it refuses.

Authority: law (the library's own answers; exit codes and one line of error).
"""

import json
from pathlib import Path

import pytest
from matplotlib.image import imread
from tests.cli.running import perijove

from perijove.heat.transport import heat_transport
from perijove.interior.models import MODELS
from perijove.tides.radial_heating import mantle_heating


@pytest.mark.slow
def test_json_holds_what_the_library_says(tmp_path: Path) -> None:
    out = tmp_path / "io.png"
    outcome = perijove("heatpipe", "steinke-2020-b", "--json", "--plot", out, "--quiet")
    assert outcome.code == 0
    said = json.loads(outcome.out)
    found = heat_transport(mantle_heating(MODELS["steinke-2020-b"]))
    assert (said["crust_km"], said["mean_melt_fraction"]) == (found.crust_km, found.mean_melt_fraction)
    assert abs(said["power_balance"]) < 1e-8
    assert imread(out).std() > 0.05
    again = perijove("heatpipe", "steinke-2020-b", "--plot", out, "--quiet")
    assert again.code == 3
    assert "--overwrite" in again.line
    assert perijove("heatpipe", "steinke-2020-b", "--quiet").err == ""


def test_a_folder_holds_figure_and_json(tmp_path: Path) -> None:
    """As for the other commands on interiors."""
    outcome = perijove("heatpipe", "steinke-2020-b", "--json", "--out", tmp_path, "--quiet")
    assert (tmp_path / "heat-transport.json").read_text(encoding="utf-8") == outcome.out
    assert imread(tmp_path / "heat-transport.png").std() > 0.05
    assert perijove("heatpipe", "steinke-2020-b", "--out", tmp_path, "--quiet").code == 3


@pytest.mark.slow
def test_ranges_hold_the_best_value() -> None:
    """Law. With an asthenosphere, melt falls where more heat thickens the crust: both ends lie below the best value."""
    outcome = perijove("heatpipe", "steinke-2020-a", "--json", "-q", "--power", 1e14, "--power-sigma", 1.2e13)
    said = json.loads(outcome.out)
    for name in ("resurfacing_cm_year", "intruded_share", "crust_km", "cold_crust_km", "mean_melt_fraction"):
        low, high = said[f"{name}_range"]
        assert low < said[name] <= high, name
    assert said["mean_melt_fraction_range"][1] > 1.05 * said["mean_melt_fraction_range"][0]


@pytest.mark.slow
def test_parameters_reach_the_model() -> None:
    def said(*options: object) -> dict[str, float]:
        outcome = perijove("heatpipe", "steinke-2020-b", "--json", "--quiet", *options)
        assert outcome.code == 0
        numbers: dict[str, float] = json.loads(outcome.out)
        return numbers

    plain, strong = said(), said("--power", 2e14)
    assert strong["power_w"] == pytest.approx(2e14)
    assert strong["resurfacing_cm_year"] > 1.5 * plain["resurfacing_cm_year"]
    bare = said("--intrusion-rate", 0)
    assert bare["crust_km"] > 5.0 * plain["crust_km"]
    rock = said("--intrusion-stop", 900, "--permeability", 1e-8, "--rock-viscosity", 1e19)
    assert rock["crust_km"] < plain["crust_km"]
    assert rock["mean_melt_fraction"] > 1.5 * plain["mean_melt_fraction"]
    assert rock["largest_melt_fraction"] / rock["mean_melt_fraction"] < 1.6  # the softer the rock, the less it swings
    low, high = said("--power-sigma", 1e13)["crust_km_range"]  # type: ignore[misc]
    assert low < plain["crust_km"] < high
    assert said("--melting", 1700)["resurfacing_cm_year"] < plain["resurfacing_cm_year"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere"], "neither a file nor a named model"),
        (["steinke-2020-a", "--power", "nan"], "not in the range"),
        (["steinke-2020-a", "--plot", "map.jpg"], "ends in .png"),
        (["steinke-2020-a", "--melting", "100"], "not in the range"),
        (["steinke-2020-a", "--power-sigma", "1e15"], "not below the power"),
        (["steinke-2020-a", "--intrusion-draws", "16"], "needs the error of the power"),
    ],
)
def test_bad_input_ends_in_one_line(arguments: list[str], complaint: str) -> None:
    outcome = perijove("heatpipe", *arguments, "--quiet")
    assert outcome.code == 2
    assert complaint in outcome.line
