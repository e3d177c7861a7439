"""``perijove resonance``: what it prints and writes, and how it refuses.

Authority: law (the command's contract) and published (the bars that `tests/orbits/test_resonance.py` names).
"""

import json
from functools import partial
from pathlib import Path

import pytest
from matplotlib.image import imread
from tests.cli.running import perijove

from perijove.resonance import removal as resonance_removal

pytestmark = pytest.mark.slow  # years of moons, integrated and measured


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path]:
    out = tmp_path_factory.mktemp("resonance")
    figure = out / "laplace.png"
    done = perijove("resonance", "--years", "15", "--json", "--out", out, "--plot", figure, "--quiet")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out), out


def test_json_and_figures(product: tuple[dict[str, object], Path]) -> None:
    printed, out = product
    assert printed["years"] == 15.0
    assert json.loads((out / "resonance.json").read_text(encoding="utf-8")) == printed
    assert len(list(out.glob("resonance-*.png"))) == 5
    moons = printed["moons"]
    assert isinstance(moons, list)
    assert moons[0]["body"] == "IO"
    assert moons[0]["forced_eccentricity"] == pytest.approx(0.00415, abs=2e-5)
    assert moons[0]["forced_eccentricity_sigma"] > 0.0
    assert (imread(out / "laplace.png") == imread(out / "resonance-laplace-angle.png")).all()


def test_text_has_the_same_numbers(product: tuple[dict[str, object], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    one = partial(resonance_removal.resonance_without, removals=resonance_removal.REMOVALS[-1:], years=12.0)
    monkeypatch.setattr(resonance_removal, "resonance_without", one)
    done = perijove("resonance", "--years", "15", "--quiet")
    assert done.code == 0
    assert "± one standard error" in done.out
    io = product[0]["moons"][0]  # type: ignore[index]
    assert f"{io['forced_eccentricity']:.7f} ± {io['forced_eccentricity_sigma']:.0e}" in done.out
    assert "l2 - 2 l3 + w3       circulates" in done.out
    assert "Jupiter a sphere under today's positions and velocities" in done.out
    assert "nan" not in done.out


def test_products_are_not_replaced_unasked(product: tuple[dict[str, object], Path]) -> None:
    again = perijove("resonance", "--years", "15", "--out", product[1])
    assert again.code == 3
    assert "--overwrite" in again.line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--years", "10"], "--years"),
        (["--years", "nan"], "--years"),
        (["--years", "141"], "140"),
        (["--from", "yesterday"], "'yesterday' is not a time"),
        (["--from", "1890-01-01", "--years", "50"], "1972"),
        (["--from", "JD2451545.0", "--years", "90"], "1930"),
        (["--from", "JD2477000.5"], "12 or more"),
        (["--out", ""], "name is empty"),
        (["--out", __file__], "is a file"),
    ],
)
def test_bad_input_is_refused_in_one_line(arguments: list[str], said: str) -> None:
    done = perijove("resonance", *arguments)
    assert done.code == 2
    assert said in done.line
