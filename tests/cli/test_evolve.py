"""``perijove evolve``.

Authority: law (what is printed and written agrees with the library; one line and exit code 2 for bad input).
"""

import csv
import json
from pathlib import Path

import pytest
from tests.cli.running import contents, perijove

QUICK = ("--draws", 0, "--years", 1e6)


def test_json_holds_the_accelerations() -> None:
    done = perijove("evolve", *QUICK, "--json", "--quiet")
    assert done.code == 0, done.err
    record = json.loads(done.out)
    assert record["present"]["moons"]["GANYMEDE"]["acceleration_per_year"] == pytest.approx(-1.59e-10, abs=0.02e-10)
    assert record["evolution"]["years"][-1] == 1e6
    assert record["ensemble"] is None


def test_table_is_what_the_library_says(tmp_path: Path) -> None:
    done = perijove(
        "evolve", *QUICK, "--backwards", "--jupiter-k2-over-q", 1.102e-5, "--io-k2-over-q", 0.015, "--json",
        "--out", tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    record = json.loads(done.out)["evolution"]
    rows = list(csv.DictReader((tmp_path / "tidal_evolution.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(record["years"])
    assert float(rows[-1]["years"]) == -1e6
    assert float(rows[-1]["io_eccentricity"]) == pytest.approx(record["moons"]["IO"]["eccentricity"][-1], rel=1e-11)
    assert float(rows[0]["europa_semi_major_axis_km"]) == pytest.approx(671263.0, abs=2.0)
    assert (tmp_path / "tidal_evolution.png").read_bytes().startswith(b"\x89PNG")


def test_summary_names_what_matters() -> None:
    done = perijove("evolve", *QUICK)
    assert done.code == 0, done.err
    for words in ("Io ", "+0.14 ± 0.01", "equilibrium", "budgets close", "million years"):
        assert words in done.out


def test_each_law_says_what_it_does() -> None:
    """The lock's k2/Q and its conflict with the measured rates; the criterion of a warm Io; Juno's numbers."""
    lock = perijove("evolve", *QUICK, "--lock", "io", "--lock-gyr", 20).out
    for words in ("lock: k2/Q of Jupiter at Io's tide", "both cannot be so now", "nobody has seen"):
        assert words in " ".join(lock.split())
    warm = perijove("evolve", *QUICK, "--feedback", 75).out
    assert "it swings: n = 25 > m + p = 10 + 4.5" in warm
    assert "steady at melting" in perijove("evolve", *QUICK, "--feedback", 47).out
    assert "0.0110 ± 0.0054" in perijove("evolve", *QUICK, "--estimate", "juno-2025").out


def test_products_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tidal_evolution.csv").write_text("mine", encoding="utf-8")
    before = contents(tmp_path)
    done = perijove("evolve", *QUICK, "--out", tmp_path)
    assert done.code == 3
    assert "--overwrite" in done.line
    assert contents(tmp_path) == before
    assert perijove("evolve", *QUICK, "--out", tmp_path, "--overwrite", "-q").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--years", 0),
        ("--years", -1e6),
        ("--years", "nan"),
        ("--years", "inf"),
        ("--years", 1e10),
        ("--years", "long"),
        ("--jupiter-k2-over-q", -1e-5),
        ("--jupiter-k2-over-q", "nan"),
        ("--io-k2-over-q", 2.0),
        ("--io-k2-over-q", "hot"),
        ("--estimate", "nobody-1900"),
        ("--estimate", "juno-2025", "--jupiter-k2-over-q", 1e-5, "--io-k2-over-q", 0.01),
        ("--jupiter-exponent", 11),
        ("--lock", "amalthea"),
        ("--lock-gyr", 20),
        ("--lock", "io", "--lock-gyr", 0),
        ("--feedback", 0),
        ("--feedback", 75, "--backwards"),
        ("--draws", 1),
        ("--draws", -3),
        ("--seed", -1),
        ("--out", ""),
        ("--out", __file__),
        ("IO",),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[object, ...]) -> None:
    done = perijove("evolve", *arguments)
    assert done.code == 2
    assert done.line
    assert done.out == ""
