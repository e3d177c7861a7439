"""Named features of Io.

Authority: published (IAU/USGS Gazetteer, in PERIJOVE_DATA), law (ranges).
"""

import csv
from pathlib import Path

import pytest

from perijove.bodies.io_features import IO_FEATURES


@pytest.mark.data
def test_table_is_the_gazetteer(data_dir: Path) -> None:
    """Published: every feature of the list, to half of the last digit kept."""
    with (data_dir / "volcanoes" / "io_iau_names.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(IO_FEATURES)
    for row in rows:
        feature = IO_FEATURES[row["name"]]
        assert feature.kind == row["type"]
        assert feature.lat_deg == pytest.approx(float(row["lat_deg"]), abs=5.1e-4)
        east = (feature.lon_east_deg - float(row["lon_east_deg"]) + 180.0) % 360.0 - 180.0
        assert east == pytest.approx(0.0, abs=5.1e-4)
        assert (feature.diameter_km or 0.0) == pytest.approx(float(row["diameter_km"]), abs=0.051)


def test_ranges() -> None:
    """Law: planetocentric coordinates east, sizes smaller than Io."""
    for feature in IO_FEATURES.values():
        assert -90.0 <= feature.lat_deg <= 90.0
        assert -180.0 <= feature.lon_east_deg <= 180.0
        assert feature.diameter_km is None or 1.0 < feature.diameter_km < 3643.0
    assert IO_FEATURES["Loki Patera"].lat_deg == pytest.approx(13.0, abs=0.1)
