"""`perijove sweep`: what it prints and writes, and what it refuses.

Authority: law (the library's own answers; exit codes and one line of error).
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from matplotlib.image import imread

from perijove.cli.tides.sweep import command
from perijove.errors import InputError
from perijove.interior.models import MODELS
from perijove.tides.sweep import Sweep, axis_from_text, swept

AXIS = "layer.3.viscosity_pa_s=1e10:1e14:log:5"
MODEL = """
[[layer]]
state = "solid"
outer_radius_km = 1821.6
density_kg_m3 = 3244.0
shear_modulus_pa = 6e10
viscosity_pa_s = 1e15
"""


def run(*arguments: object) -> Result:
    """Run the subcommand; errors of the library come through."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_json_and_files_hold_what_the_library_says(tmp_path: Path) -> None:
    table = swept(
        Sweep.of(MODELS["steinke-2020-a"], [axis_from_text(AXIS), axis_from_text("orbit.eccentricity=0.002,0.004")])
    )
    vary = ("steinke-2020-a", "--vary", AXIS, "--vary", "orbit.eccentricity=0.002,0.004")
    said = json.loads(run(*vary, "--json", "-q", "--table", tmp_path / "t.csv", "--plot", tmp_path / "t.png").stdout)
    assert said["columns"]["k2_im"] == table.columns["k2_im"].tolist()
    assert said["units"]["power_w"] == "W"
    assert said["axes"][1] == {"name": "orbit.eccentricity", "values": [0.002, 0.004]}
    with (tmp_path / "t.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["power_w"]) for row in rows] == pytest.approx(table.columns["power_w"], rel=1e-11)
    assert [float(row["orbit.eccentricity"]) for row in rows[:2]] == [0.002, 0.004]
    assert imread(tmp_path / "t.png").std() > 0.05
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "t.png"}
    run(*vary, "-q", "--table", tmp_path / "t.npz")
    with np.load(tmp_path / "t.npz") as arrays:
        assert arrays["k2_re"].tobytes() == table.grid("k2_re").tobytes()
        assert arrays[f"axis {AXIS.partition('=')[0]}"][-1] == 1e14
        assert json.loads(str(arrays["record"]))["model"] == "Steinke 2020 A"


def test_files_and_families_are_models(tmp_path: Path) -> None:
    model = tmp_path / "one.toml"
    model.write_text(MODEL)
    assert (
        "3 of 3" in run(model, "--vary", "layer.1.viscosity_pa_s=1e12,1e15,1e18", "--plot", tmp_path / "one.png").stdout
    )
    assert (tmp_path / "one.png").stat().st_size > 20_000
    printed = run("magma-ocean", "--vary", "ocean_thickness_km=1:500:30", "--vary", "ocean_depth_km=50,1000").stdout
    assert "k2_re" in printed
    assert "60 interiors" in printed


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere", "--vary", AXIS),
        ("steinke-2020-a", "--vary", "layer.9.viscosity_pa_s=1,2"),
        ("steinke-2020-a", "--vary", "nonsense"),
        ("steinke-2020-a", "--vary", AXIS, "--table", "table.parquet"),
        ("steinke-2020-a", "--vary", AXIS, "--plot", "figure.pdf"),
        ("steinke-2020-a", "--vary", AXIS, "--degree", "3", "--plot", "figure.png"),
    ],
    ids=lambda given: given[-1],
)
def test_what_cannot_be_swept_is_refused(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        run(*arguments)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        run("steinke-2020-a", "--vary", AXIS, "--table", path)
    assert path.read_text() == "mine"
    run("steinke-2020-a", "--vary", AXIS, "--table", path, "--overwrite")
    assert path.read_text().startswith("layer.3.viscosity_pa_s,k2_re")
