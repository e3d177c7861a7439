"""`perijove infer`: what it prints and writes, and what it refuses.

Authority: law (record, table and arrays hold the same draws; exit codes and one line of error).
"""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from matplotlib.image import imread

from perijove.cli.tides.infer import command
from perijove.errors import InputError

HELD = [
    part
    for value in (
        "melt_fraction=0.1",
        "asthenosphere_thickness_km=100",
        "lithosphere_thickness_km=30",
        "core_density_kg_m3=5150",
        "crust_density_kg_m3=3244.083",
    )
    for part in ("--fix", value)
]
SHORT = ("--samples", "100", "--live", "50", "--odds", "none", "-q")
FILES = {"inference.json", "draws.csv", "draws.npz", "posterior.png", "melt_layer.png"}


def run(*arguments: object) -> Result:
    """Run the subcommand; errors of the library come through."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.slow
def test_record_table_arrays_and_figures_are_of_the_same_draws(tmp_path: Path) -> None:
    said = json.loads(run("partially-molten", *HELD, *SHORT, "--json", "--out", tmp_path).stdout)
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert said == json.loads((tmp_path / "inference.json").read_text())
    assert list(said["parameters"]) == ["rock_viscosity_pa_s", "core_radius_km"]
    assert said["diagnostics"]["effective_samples"] >= 100
    assert [datum["name"] for datum in said["data"]] == ["re_k2", "k2_over_q", "heat_flow", "moment_of_inertia"]
    table = np.genfromtxt(tmp_path / "draws.csv", delimiter=",", names=True)
    with np.load(tmp_path / "draws.npz") as arrays:
        assert table["core_radius_km"] == pytest.approx(arrays["core_radius_km"], rel=1e-8)
        assert json.loads(str(arrays["record"])) == said
        # The moment of inertia, 0.37685 ± 0.00115 with its doubt, decides a core of one density alone: 965 ± 18 km.
        assert np.median(arrays["core_radius_km"]) == pytest.approx(965.0, abs=6.0)
        assert np.std(arrays["core_radius_km"]) == pytest.approx(18.0, abs=5.0)
        assert np.quantile(arrays["core_radius_km"], 0.5) == pytest.approx(said["parameters"]["core_radius_km"][2])
    for name in ("posterior.png", "melt_layer.png"):
        assert imread(tmp_path / name).std() > 0.05
    trusted = json.loads(run("partially-molten", *HELD, *SHORT, "--doubt", "moment_of_inertia=0", "--json").stdout)
    low, *_, high = trusted["parameters"]["core_radius_km"]
    assert (low, high) == pytest.approx((957.0, 974.0), abs=3.0)
    with pytest.raises(InputError, match="exists already"):
        run("partially-molten", *HELD, *SHORT, "--out", tmp_path)


@pytest.mark.slow
def test_odds_are_told_by_roof_and_law_of_errors(tmp_path: Path) -> None:
    asked = (
        "partially-molten",
        *HELD,
        "--samples",
        "100",
        "--live",
        "50",
        "--data",
        "re_k2",
        "--odds",
        "reference",
        "-q",
    )
    said = json.loads(run(*asked, "--json", "--out", tmp_path).stdout)
    assert {path.name for path in tmp_path.iterdir()} == FILES | {"magma_ocean_odds.png"}
    assert imread(tmp_path / "magma_ocean_odds.png").std() > 0.05
    (table,) = said["magma_ocean_odds"]
    assert [row["roof_from_km"] for row in table["roofs"]] == [10.0, 100.0, 150.0, 200.0, 250.0, 300.0, 400.0]
    shallow, *_, deep = ([cell["value"] for cell in row["log_odds"].values()] for row in table["roofs"])
    assert len(shallow) == len(table["laws_of_errors"]) == 4
    assert max(shallow) < -6.0 < -1.0 < min(deep)
    assert said["magma_ocean_verdict"][-1].startswith("This presumes")
    text = run(*asked).stdout
    assert all(sentence in text for sentence in said["magma_ocean_verdict"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--data", "colour"),
        ("--data", "q,k2_over_q"),
        ("--data", ""),
        ("--prior", "colour=0:1"),
        ("--prior", "melt_fraction=1:0"),
        ("--fix", "melt_fraction=much"),
        ("--fix", "colour=1"),
        ("--doubt", "heat_flow=much"),
        ("--doubt", "q=1"),
        ("--doubt", "heat_flow=-1"),
        ("--data", "j2,c22,moment_of_inertia"),
        ("--prior", "alpha=0.1:0.5"),
        ("--rheology", "elastic"),
        ("--odds", "fair"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        run("partially-molten", *arguments, "--out", tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_a_family_that_is_none_is_refused() -> None:
    assert run("custard").exit_code == 2
