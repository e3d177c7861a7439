"""The geologic map of Io.

Authority: published (SIM 3168: its table of units and their areas) and law (areas of polygons fill the sphere).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.errors import FormatError, InputError
from perijove.formats.tables.columns import read_columns
from perijove.formats.tables.geologic_map import read_geologic_map


@pytest.mark.data
def test_units_where_the_map_has_them(data_dir: Path) -> None:
    folder = data_dir / "volcanoes"
    geology = read_geologic_map(folder / "sim3168" / "io_geology_map.shp")
    table = read_columns(
        folder / "io_sim3168_units.csv", ("unit", "centroid_lat_deg", "centroid_lon_e_deg", "area_km2")
    )
    assert geology.symbols == table.texts("unit")
    assert geology.area_km2 == pytest.approx(table.numbers("area_km2"), abs=0.005)  # two decimals are printed
    found = geology.polygon_at(table.numbers("centroid_lat_deg"), table.numbers("centroid_lon_e_deg"))
    # The centre of a crescent lies beside it: not all polygons hold theirs, but most do, and none does if mirrored.
    own = found == np.arange(len(table))
    assert own.mean() > 0.93
    mirrored = geology.polygon_at(table.numbers("centroid_lat_deg"), -table.numbers("centroid_lon_e_deg"))
    assert (mirrored == np.arange(len(table))).mean() < 0.05
    # Points spread evenly over the sphere see each class by its share of the area.
    count = 4000
    lat = np.degrees(np.arcsin(1.0 - (2.0 * np.arange(count) + 1.0) / count))
    lon = np.mod(np.arange(count) * 222.4922359499622, 360.0) - 180.0  # the golden angle
    classes = [geology.class_of(int(i)) for i in geology.polygon_at(lat, lon)]
    for name in ("plains", "flow", "patera floor", "mountain"):
        inside = sum(geology.area_km2[i] for i in range(len(geology.symbols)) if geology.class_of(i) == name)
        share = inside / (4.0 * np.pi * IO_MEAN_RADIUS_KM**2)
        assert classes.count(name) / count == pytest.approx(share, abs=3.0 * np.sqrt(share / count))


@pytest.mark.data
def test_an_island_within_a_patera(data_dir: Path) -> None:
    """The light island of Loki Patera is no floor, what surrounds it is."""
    geology = read_geologic_map(data_dir / "volcanoes" / "sim3168" / "io_geology_map.shp")
    island, floor, pole = geology.polygon_at(np.array([13.0, 10.9, 89.5]), np.array([51.2, 50.5, 0.0]))
    assert geology.class_of(int(island)) == "plains"
    assert geology.symbols[floor] == "PFd"
    assert pole == -1
    assert geology.class_of(-1) == "unmapped"


def test_what_is_no_map(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        read_geologic_map(tmp_path / "a.shp")
    for end in (".shp", ".dbf", ".shx"):
        (tmp_path / f"a{end}").write_bytes(b"nothing")
    with pytest.raises(FormatError, match="is no shapefile"):
        read_geologic_map(tmp_path / "a.shp")
