"""`perijove moons`. Authorities: JPL Horizons (independent), the library's own answers (law), refusals (law)."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from tests.cli.running import answer, perijove

from perijove.constants import AU_KM
from perijove.ephemeris.apparent import state_in_frame
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.solutions import SOLUTIONS
from perijove.timescales import utc_to_tdb

AHEAD = SOLUTIONS["io-lead"].ephemeris  # what is taken at these times
TIME = "2024-12-27T01:18:13.519"
TRAJECTORY = "spice/spk_pre_220614_221109_220810_jm0450.bsp"


def test_json_holds_what_the_library_says() -> None:
    outcome = perijove("moons", TIME, "2025-001", "--json")
    assert outcome.code == 0
    rows = json.loads(outcome.out)["states"]
    assert [row["body"] for row in rows] == [*MOONS, *MOONS]
    tdb = utc_to_tdb([TIME, "2025-001"])
    for i, row in enumerate(rows):
        state = AHEAD.state(row["body"], tdb[i // 4], center="JUPITER")
        assert row["jd_tdb"] == 2451545.0 + tdb[i // 4] / 86400.0
        assert [*row["position_km"], *row["velocity_km_s"]] == state.tolist()
        assert (row["frame"], row["center"], row["correction"]) == ("ICRF", "JUPITER", "NONE")
        assert row["position_sigma_km"] > 0.0


@pytest.mark.data
@pytest.mark.parametrize("moon", MOONS)
def test_against_horizons(data_dir: Path, moon: str) -> None:
    table = np.loadtxt(data_dir / f"ephemeris/horizons_jup365_{moon.lower()}.csv", delimiter=",", skiprows=1)
    table = table[:: len(table) // 20]
    days = [f"JD{day}" for day in table[:, 0]]
    rows = answer("moons", *days, "--body", moon)["states"]
    error_km = np.linalg.norm([row["position_km"] for row in rows] - table[:, 1:4] * AU_KM, axis=-1)
    error_km_s = np.linalg.norm([row["velocity_km_s"] for row in rows] - table[:, 4:] * AU_KM / 86400.0, axis=-1)
    assert error_km.max() < 120.0  # 4 x 30 km, the largest of the limits for 1930 to 2070
    assert error_km_s.max() < 120.0 * 4.2e-5  # times Io's mean motion


def test_csv_has_units_in_its_header() -> None:
    arguments = ("--observer", "earth", "--correction", "cn+s", "--frame", "iau_io")
    outcome = perijove("moons", "JD2460671.5", "JD2460672.5", "--body", "io", "--csv", *arguments)
    assert outcome.code == 0
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert list(rows[0])[:10] == [
        *(
            "body",
            "jd_tdb",
            "x_km",
            "y_km",
            "z_km",
            "vx_km_s",
            "vy_km_s",
            "vz_km_s",
            "position_sigma_km",
            "fit_sigma_km",
        ),
    ]
    tdb = (np.array([2460671.5, 2460672.5]) - 2451545.0) * 86400.0
    expected = state_in_frame(AHEAD, "IO", "EARTH", tdb, correction="CN+S", frame="IAU_IO")
    found = [[float(value) for value in list(row.values())[2:8]] for row in rows]
    np.testing.assert_array_equal(found, expected)
    assert {(row["frame"], row["center"], row["correction"]) for row in rows} == {("IAU_IO", "EARTH", "CN+S")}


def test_table_says_scale_frame_and_error() -> None:
    outcome = perijove("moons", TIME, "--body", "IO", "--body", "SUN")
    assert outcome.code == 0
    for text in (
        "From JUPITER, axes ICRF",
        "built-in ephemeris (io-lead)",
        "JD 2460671.5",
        f"{TIME} UTC",
        "± is one standard error",
        "\nIO ",
        "\nSUN ",
    ):
        assert text in outcome.out
    assert "UTC" not in perijove("moons", "JD2433282.5").out  # there was none


def test_times_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "times.txt"
    file.write_text(f"\ufeff# closest approach\n{TIME}\n\n2025-001  # New Year\n", encoding="utf-8")
    assert answer("moons", "--times", file) == answer("moons", TIME, "2025-001")


def test_scale() -> None:
    as_tdb = answer("moons", "2000-01-01T12:00:00", "--scale", "tdb", "--body", "IO")["states"]
    assert as_tdb == answer("moons", "JD2451545.0", "--body", "IO")["states"]
    assert as_tdb[0]["jd_tdb"] == 2451545.0


@pytest.mark.data
def test_kernels(data_dir: Path) -> None:
    options = ("--kernels", data_dir / TRAJECTORY, "--observer", "JUPITER")
    rows = answer("moons", "2022-08-01", "--body", "JUNO", "--body", "SUN", *options)["states"]
    assert [row["body"] for row in rows] == ["JUNO", "SUN"]
    assert rows[0]["position_sigma_km"] is None
    sun = AHEAD.state("SUN", utc_to_tdb("2022-08-01"), center="JUPITER")
    np.testing.assert_allclose(rows[1]["position_km"], sun[:3], rtol=0, atol=10.0)


REFUSED: dict[str, tuple[list[object], str]] = {
    "no time": ([], "no time was given"),
    "no such time": (["yesterday"], "'yesterday' is not a time"),
    "NaN": (["nan"], "'nan' is not a time"),
    "JD NaN": (["JDnan"], "'JDnan' is not a Julian date"),
    "leap second": (["2024-12-31T23:59:60"], "no leap second"),
    "UTC before 1972": (["1950-01-01"], "begins with 1972-01-01; give earlier times in TDB"),
    "before 1930": (["JD2425000.5"], "1930-01-01 to 2070-01-01"),
    "after 2070": (["2071-01-01"], "need SPICE kernels"),
    "mixed scales": (["2024-01-01", "JD2451545.0"], "mixed scales"),
    "another scale": (["2024-01-01Z", "--scale", "tdb"], "mixed scales"),
    "unknown scale": ([TIME, "--scale", "tai"], "'tai' is not one of"),
    "unknown body": ([TIME, "--body", "AMALTHEA"], "no body 'AMALTHEA' is built in; there are SUN"),
    "unknown observer": ([TIME, "--observer", "CASSINI"], "no body 'CASSINI' is built in"),
    "unknown frame": ([TIME, "--frame", "IAU_MARS"], "no frame 'IAU_MARS' is built in; there are ICRF"),
    "unknown correction": ([TIME, "--correction", "S"], "no correction 'S'; there are NONE"),
    "transmission": ([TIME, "--correction", "XCN"], "transmission"),
    "two formats": ([TIME, "--json", "--csv"], "choose one"),
    "no kernels": ([TIME, "--kernels", "nowhere"], "no such file or folder of SPICE kernels"),
    "no file": (["--times", "nowhere.txt"], "nowhere.txt: cannot be read"),
    "empty file": (["--times", "empty.txt"], "empty.txt: holds no time"),
    "comments only": (["--times", "comments.txt"], "comments.txt: holds no time"),
    "binary file": (["--times", "binary.txt"], "binary.txt: is not a text file"),
    "zeros": (["--times", "zeros.txt"], "zeros.txt, line 1: is not text"),
    "bad line": (["--times", "bad.txt"], "bad.txt, line 2: '2024-13-01'"),
    "mixed file": (["--times", "mixed.txt"], "mixed.txt: mixed scales"),
    "file and time": ([TIME, "--times", "mixed.txt"], "choose one"),
    "folder": (["--times", "."], "cannot be read"),
}


@pytest.mark.parametrize(("arguments", "expected"), REFUSED.values(), ids=REFUSED)
def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[object], expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in {
        "empty.txt": b"",
        "comments.txt": b"# none\n\n",
        "binary.txt": b"\x89PNG\r\n\xff\x00",
        "zeros.txt": bytes(64),
        "bad.txt": b"2024-12-01\n2024-13-01\n",
        "mixed.txt": b"2024-12-01\nJD2451545.0\n",
    }.items():
        (tmp_path / name).write_bytes(content)
    outcome = perijove("moons", *arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert expected in outcome.line


@pytest.mark.data
def test_kernels_that_do_not_cover(data_dir: Path) -> None:
    kernels = ("--kernels", data_dir / TRAJECTORY)
    outcome = perijove("moons", "2024-01-01", "--body", "JUNO", *kernels)
    assert outcome.code == 2
    assert "2022-06-14T02:58:51 to 2022-11-09T21:38:28" in outcome.line
    assert "the kernels have none at all" in perijove("moons", "2022-08-01", *kernels).line
    assert (
        "no kernel defines the frame"
        in perijove("moons", "2022-08-01", "--body", "SUN", "--frame", "FOO", *kernels).line
    )
