"""``perijove fit``.

Authority: closed loop (positions of the built-in ephemeris with noise give its states back within their errors),
independent (JPL jup365), regression (one line and exit code 2 for bad input).
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from tests.cli.running import contents, perijove

from perijove.ephemeris.galilean import MOONS, galilean_states

NOISE_KM = 3.0


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Forty positions of each moon, every 1.7 d, with 3 km of noise."""
    folder = tmp_path_factory.mktemp("tables")
    days = np.arange(40) * 1.7
    positions = galilean_states(days * 86400.0)[..., :3]
    positions += np.random.default_rng(3).normal(size=positions.shape) * NOISE_KM
    paths = []
    for k, moon in enumerate(MOONS):
        rows = [
            f"{2451545.0 + day:.6f},{x!r},{y!r},{z!r}"
            for day, (x, y, z) in zip(days, positions[:, k].tolist(), strict=True)
        ]
        paths.append(folder / f"{moon.lower()}.csv")
        paths[-1].write_text("jd_tdb,x_km,y_km,z_km\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return paths


def test_states_come_back_within_their_errors(tables: list[Path], tmp_path: Path) -> None:
    done = perijove("fit", *tables, "--sigma-km", NOISE_KM, "--json", "--out", tmp_path, "--epoch", "JD2451545")
    assert done.code == 0, done.err
    record = json.loads(done.out)
    assert record["converged"]
    names = [entry["name"] for entry in record["parameters"]]
    value, sigma = (np.array([entry[key] for entry in record["parameters"]]) for key in ("value", "sigma"))
    assert names[:6] == ["x.IO", "y.IO", "z.IO", "vx.IO", "vy.IO", "vz.IO"]
    off = (value - galilean_states(0.0).ravel()) / sigma
    assert np.abs(off).max() < 4.0
    assert record["scatter_over_stated_errors"] == pytest.approx(1.0, abs=0.15)  # 4 / sqrt(2 x 456)
    for body in record["bodies"].values():
        assert body["rms_km"] == pytest.approx(3.0**0.5 * NOISE_KM, rel=0.25)
    assert np.allclose(np.diag(record["correlation"]), 1.0)
    assert record["osculating_elements_jupiter_equator"]["IO"]["semi_major_axis_km"]["value"] == pytest.approx(
        422e3, rel=0.005
    )
    assert json.loads((tmp_path / "fit.json").read_text(encoding="utf-8")) == record
    rows = list(csv.DictReader((tmp_path / "fit-residuals.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 160
    along = [float(row["along_km"]) for row in rows if row["body"] == "IO"]
    assert np.sqrt(np.mean(np.square(along))) == pytest.approx(record["bodies"]["IO"]["rms_along_km"], rel=1e-4)
    for name in ("fit-residuals.png", "fit-correlation.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_one_moon_with_a_prior(tables: list[Path]) -> None:
    done = perijove("fit", f"io={tables[0]}", "--prior", "gm.jupiter=5", "--every", 2, "--sigma-km", 3)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[1].split()[:2] == ["Io", "20"]
    assert sum("±" in line for line in lines) == 1 + 6 + 1
    assert "gm.JUPITER" in lines[-1]


@pytest.mark.slow
@pytest.mark.data
def test_jup365(data_dir: Path) -> None:
    """Independent: a year of jup365 is met to 0.2 km."""
    paths = [data_dir / "ephemeris" / f"horizons_jup365_{moon.lower()}.csv" for moon in MOONS]
    done = perijove("fit", *paths, "--from", "2010-01-01", "--to", "2011-01-01", "--sigma-km", 0.1, "--json", "-q")
    assert done.code == 0, done.err
    assert all(body["rms_km"] < 0.2 for body in json.loads(done.out)["bodies"].values())


def test_products_are_not_overwritten(tables: list[Path], tmp_path: Path) -> None:
    (tmp_path / "fit.json").write_text("mine", encoding="utf-8")
    before = contents(tmp_path)
    done = perijove("fit", *tables, "--out", tmp_path)
    assert (done.code, contents(tmp_path)) == (3, before)
    assert "--overwrite" in done.line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere_io.csv",), "no such file"),
        (("IO=",), "folder"),
        (("table.csv",), "which moon"),
        (("{io}", "IO={io}"), "second table"),
        (("{io}", "--sigma-km", "nan"), "range"),
        (("{io}", "--sigma-km", 0), "range"),
        (("{io}", "--sigma-km", 1e-300), "range"),
        (("{io}", "--every", 0), "range"),
        (("{io}", "--every", 100), "1 of its 40 rows"),
        (("{io}", "--prior", "gm.IO"), "NAME=SIGMA"),
        (("{io}", "--prior", "gm.PLUTO=1"), "no parameter"),
        (("{io}", "--prior", "J2=nan"), "must be positive"),
        (("{io}", "--prior", "J2=-1"), "must be positive"),
        (("{io}", "--from", "yesterday"), "yesterday"),
        (("{io}", "--from", "2020-01-01"), "rows are taken"),
        (("{io}", "--from", "2000-02-01", "--to", "2000-01-01"), "rows are taken"),
        (("{io}", "--epoch", "2500-01-01"), "1930 to 2070"),
        ((), "Missing argument"),
    ],
)
def test_bad_input_is_one_line(tables: list[Path], arguments: tuple[object, ...], says: str) -> None:
    done = perijove("fit", *(str(a).format(io=tables[0]) for a in arguments))
    assert done.code == 2
    assert says in done.line
    assert done.out == ""


@pytest.mark.parametrize("factor", [1e3, 1e-3, 1e300], ids=["metres", "Mm", "huge"])
def test_other_units_are_refused(tables: list[Path], tmp_path: Path, factor: float) -> None:
    """Law: metres in columns of km lead no fit astray."""
    head, *rows = tables[0].read_text(encoding="utf-8").splitlines()
    numbers = np.array([row.split(",") for row in rows], dtype=float) * [1.0, factor, factor, factor]
    path = tmp_path / "io.csv"
    path.write_text("\n".join([head, *(",".join(map(repr, row)) for row in numbers.tolist())]), encoding="utf-8")
    done = perijove("fit", path)
    assert done.code == 2
    assert "km from Jupiter, where its orbit is at" in done.line
    assert done.out == ""
