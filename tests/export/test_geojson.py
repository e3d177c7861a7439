"""GeoJSON on Io.

Authority: published (RFC 7946: rings closed and counterclockwise, longitude first, nothing across 180 deg), independent
(GDAL's reading of the coordinate system) and law.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.synthetic import close_pass
from rasterio.crs import CRS

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.ephemeris.source import EMBEDDED
from perijove.export.geojson import (
    area_feature,
    disc_features,
    feature_collection,
    footprint_feature,
    geojson_text,
    ground_track_feature,
    point_feature,
    write_geojson,
)
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.passes.geometry_series import geometry_series
from perijove.passes.vantage import vantage
from perijove.scene.footprints import disc_outline, framelet_footprints
from perijove.timescales import utc_to_tdb

CLOSEST = utc_to_tdb("2023-12-30T08:36:01.0")


def polygons(feature: dict[str, Any]) -> list[np.ndarray]:
    """Exterior rings; fails where there are holes."""
    geometry = feature["geometry"]
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    assert all(len(part) == 1 for part in parts)
    return [np.array(part[0]) for part in parts]


def check_rings(feature: dict[str, Any]) -> None:
    """What RFC 7946 asks of polygons."""
    for ring in polygons(feature):
        assert len(ring) >= 4
        np.testing.assert_array_equal(ring[0], ring[-1])
        x, y = ring.T
        assert np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) > 0.0
        assert np.abs(x).max() <= 180.0
        assert np.abs(y).max() <= 90.0


def test_footprints_carry_their_geometry(tmp_path: Path) -> None:
    near = close_pass(n_frames=28)
    prints = framelet_footprints(near.shot)
    features = [footprint_feature(one) for one in prints]
    write_geojson(tmp_path / "f.geojson", feature_collection(features, name="footprints"))
    read = json.loads((tmp_path / "f.geojson").read_text(encoding="utf-8"))
    assert len(read["features"]) == len(prints) > 10
    for feature, one in zip(read["features"], prints, strict=True):
        check_rings(feature)
        properties = feature["properties"]
        assert properties["index"] == one.framelet
        assert properties["filter"] == one.filter_name
        assert properties["mid_time_utc"].startswith("2000-01-01T11:5")
        assert properties["emission_deg_min"] <= properties["emission_deg"] <= properties["emission_deg_max"] <= 90.0
        assert properties["resolution_km_per_px"] == pytest.approx(one.resolution_km.mean, abs=1e-6)
        corners = np.concatenate(polygons(feature))
        lat, lon = planetocentric_deg(np.concatenate(one.outlines_km))
        for la, lo in list(zip(lat, lon, strict=True))[::17]:
            away = np.hypot((corners[:, 0] - lo) * np.cos(np.radians(la)), corners[:, 1] - la)
            assert away.min() < 1e-6


def test_gdal_reads_the_coordinate_system_as_ios() -> None:
    collection = feature_collection([], name="n")
    crs = collection["crs"]
    assert isinstance(crs, dict)
    system = CRS.from_user_input(crs["properties"]["name"])
    assert system == CRS.from_user_input("IAU_2015:50100")
    assert system.is_geographic
    assert "crs" not in feature_collection([], name="n", body="EUROPA")


def test_what_is_seen_and_what_of_it_is_lit() -> None:
    seen = vantage(EMBEDDED, "IO", "JUNO", [CLOSEST, CLOSEST + 600.0])
    for index in range(2):
        features = disc_features(seen, index, {"perijove": 57})
        assert [feature["properties"]["area"] for feature in features] == ["visible", "visible_lit"]  # type: ignore[index]
        for feature in features:
            check_rings(feature)
            assert feature["properties"]["time_utc"].startswith("2023-12-30T08:")  # type: ignore[index]
            assert feature["properties"]["perijove"] == 57  # type: ignore[index]


def test_an_area_across_180_is_cut() -> None:
    feature = area_feature([disc_outline([-9000.0, 100.0, 500.0], RADII)], {})
    assert feature["geometry"]["type"] == "MultiPolygon"  # type: ignore[index]
    check_rings(feature)
    west, east = (ring[:, 0] for ring in sorted(polygons(feature), key=lambda ring: float(ring[:, 0].mean())))
    assert west.max() < 0.0 < east.min()


def test_ground_track_has_a_time_for_each_coordinate() -> None:
    series = geometry_series(EMBEDDED, "IO", CLOSEST + np.linspace(-3600.0, 3600.0, 241))
    track = ground_track_feature(
        series.sub_spacecraft_lat_deg, series.sub_spacecraft_lon_east_deg, series.tdb, {"name": "PJ57"}
    )
    geometry, properties = track["geometry"], track["properties"]
    assert geometry["type"] == "LineString"  # type: ignore[index]
    assert len(geometry["coordinates"]) == len(properties["times_utc"]) == 241  # type: ignore[index]
    np.testing.assert_allclose(
        np.array(geometry["coordinates"])[:, 1],  # type: ignore[index]
        series.sub_spacecraft_lat_deg,
        atol=1e-6,
    )


def test_a_track_across_180_keeps_its_times() -> None:
    lon = np.array([170.0, 175.0, -175.0, -170.0, 175.0])
    track = ground_track_feature(np.full(5, 10.0), lon, CLOSEST + np.arange(5.0), {})
    lines, times = track["geometry"]["coordinates"], track["properties"]["times_utc"]  # type: ignore[index]
    assert track["geometry"]["type"] == "MultiLineString"  # type: ignore[index]
    assert [len(line) for line in lines] == [len(clock) for clock in times] == [3, 4, 2]
    assert times[0][-1] == times[1][0] == "2023-12-30T08:36:02.500"
    assert lines[0][-1][0] == 180.0
    assert lines[1][0][0] == -180.0
    assert [clock for line in times for clock in line] == sorted(clock for line in times for clock in line)


def test_text_has_one_feature_a_line_and_no_nan() -> None:
    points = [point_feature(10.0, -20.0, {"name": "Ātar Patera"}), point_feature(0.0, 180.0, {})]
    text = geojson_text(feature_collection(points, name="points"))
    assert len(text.splitlines()) == 4
    assert json.loads(text)["features"][0]["geometry"]["coordinates"] == [-20.0, 10.0]
    assert "Ātar" in text
    with pytest.raises(ValueError, match="not JSON compliant"):
        geojson_text(feature_collection([point_feature(0.0, 0.0, {"x": float("nan")})], name="n"))
