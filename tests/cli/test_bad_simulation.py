"""What `perijove simulate` refuses: one line, exit code 2, nothing written.

Authority: law.
"""

from pathlib import Path

import pytest
from tests.cli.running import perijove

from perijove.simulator.simulation import SimulatedPicture

SIMULATE: dict[str, tuple[list[object], str]] = {
    "within Io": (["--range-km", 1800], "'--range-km': 1800.0 is not in the range"),
    "range NaN": (["--range-km", "nan"], "'--range-km': nan is not in the range"),
    "range infinite": (["--range-km", "inf"], "'--range-km': inf is not in the range"),
    "phase": (["--phase", 180], "'--phase': 180.0 is not in the range"),
    "no spin": (["--spin", 0], "'--spin': 0.0 is not in the range"),
    "offset": (["--start-offset-ms", "1e300"], "'--start-offset-ms': 1e+300 is not in the range"),
    "seed": (["--seed", -1], "'--seed': -1 is not in the range"),
    "perijove": (["--perijove", 56], "only perijove 57 can be simulated"),
    "perijove and range": (["--perijove", 57, "--range-km", 5000], "--range-km: not with a perijove"),
    "base map": (["--basemap", "none.jpg"], "none.jpg: no such file"),
}


@pytest.mark.parametrize(("options", "expected"), SIMULATE.values(), ids=SIMULATE)
def test_simulate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[object], expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = perijove("simulate", *options, "--out", tmp_path / "out")
    assert outcome.code == 2
    assert expected in outcome.line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "no such file"),
        ("mountains = [", "changes.toml: is not TOML"),
        ("[[mountains]]\nat = 'Pele'\nheight_km = 50\nwidth_km = 90\n", "mountains 1: height_km is 50; give a number"),
    ],
)
def test_simulate_refuses_changes(tmp_path: Path, text: str | None, expected: str) -> None:
    if text is not None:
        (tmp_path / "changes.toml").write_text(text)
    outcome = perijove("simulate", "--changes", tmp_path / "changes.toml", "--out", tmp_path / "out")
    assert outcome.code == 2
    assert expected in outcome.line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["-raw.png", "-Truth.json", "-kernels"])
def test_simulate_refuses_before_it_renders(
    picture: SimulatedPicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / f"{picture.product_id}{name}").write_text("mine")
    monkeypatch.delattr("perijove.cli.pictures.simulate.synthetic_base_map")
    outcome = perijove("simulate", "--range-km", 6e4, "--phase", 80, "--truth", "--write-kernels", "--out", tmp_path)
    assert outcome.code == 3
    assert f"{name}: exists already" in outcome.line
