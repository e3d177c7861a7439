"""Coverage maps and looks as files.

Authority: law (what is read back is what was given) and independent (GDAL).
"""

import csv
from pathlib import Path

import numpy as np
import pytest
import rasterio

from perijove.bodies.juno import PIXEL_RAD
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.source import EMBEDDED
from perijove.export.coverage import LOOK_KEYS, coverage_record, look_record, write_coverage_geotiff, write_looks_table
from perijove.passes.coverage import Coverage, coverage, pass_window
from perijove.passes.feature_looks import feature_looks
from perijove.timescales import utc_to_tdb


@pytest.fixture(scope="module")
def mapped() -> Coverage:
    """Perijoves 57 and 58 below 30,000 km, every 5 deg."""
    windows = []
    for number, closest in ((57, "2023-12-30T08:36:01"), (58, "2024-02-03T17:48:35")):
        arc = arc_of(number)
        reach = (arc.start_tdb, arc.end_tdb)
        tdb = utc_to_tdb(closest)
        windows.append(pass_window(EMBEDDED, "IO", tdb, max_altitude_km=3e4, reach_s=reach, name=f"PJ{number}"))
    return coverage(windows, step_deg=5.0)


def test_geotiff_holds_the_map(mapped: Coverage, tmp_path: Path) -> None:
    write_coverage_geotiff(tmp_path / "c.tif", mapped, tags={"TIFFTAG_SOFTWARE": "test"})
    with rasterio.open(tmp_path / "c.tif") as dataset:
        bands = dict(zip(dataset.descriptions, dataset.read(), strict=True))
        assert dataset.crs == rasterio.CRS.from_user_input("IAU_2015:50110")
        assert dataset.bounds.right - dataset.bounds.left == pytest.approx(2.0 * np.pi * 1_821_490.0)
        assert dataset.tags(dataset.count - 1)["description"].endswith("1 PJ57, 2 PJ58")
    looks = mapped.looks
    for camera, angle in PIXEL_RAD.items():
        np.testing.assert_allclose(bands[f"{camera.lower()}_km_per_px"], looks.range_km * angle, rtol=1e-6)
    np.testing.assert_allclose(bands["emission"], looks.emission_deg, rtol=1e-6)
    ground = looks.range_km * PIXEL_RAD["JUNOCAM"] / np.cos(np.radians(looks.emission_deg))
    np.testing.assert_allclose(bands["junocam_ground_km_per_px"], ground, rtol=1e-6)
    np.testing.assert_array_equal(np.isnan(bands["pass"]), ~looks.seen)
    np.testing.assert_array_equal(bands["pass"][looks.seen], looks.window[looks.seen] + 1)
    second = looks.window == 1
    np.testing.assert_allclose(
        bands["time"][second], (looks.time_tdb - mapped.windows[1].closest_tdb)[second], atol=1e-3
    )
    assert set(np.unique(bands["light"][looks.seen])) == {0.0, 1.0}


def test_record_adds_up(mapped: Coverage) -> None:
    record = coverage_record(mapped, [], max_altitude_km=1e5, ephemeris="built-in")
    passes = record["passes"]
    assert isinstance(passes, list)
    assert sum(one["sharpest_look_fraction"] for one in passes) == pytest.approx(record["seen_fraction"], abs=2e-5)
    assert [one["closest_approach_utc"][:16] for one in passes] == ["2023-12-30T08:36", "2024-02-03T17:48"]
    assert record["step_deg"] == 5.0


def test_table_has_the_documented_columns(mapped: Coverage, tmp_path: Path) -> None:
    looks = feature_looks(mapped.windows)
    write_looks_table(tmp_path / "v.csv", looks)
    with (tmp_path / "v.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == list(LOOK_KEYS) == list(look_record(looks[0]))
    assert len(rows) == len(looks)
    loki = next(row for row in rows if row["name"] == "Loki Patera" and row["perijove"] == "PJ58")
    assert float(loki["junocam_km_per_px"]) == pytest.approx(float(loki["range_km"]) * PIXEL_RAD["JUNOCAM"], abs=2e-4)
    assert loki["light"] == "sun"
