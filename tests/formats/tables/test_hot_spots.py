"""Readers of the published tables of hot spots.

Authority: published (the tables themselves: how many sources, detections and spectra their papers count) and law
(directions of longitude, refusal of what is no such table).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.errors import FormatError, InputError
from perijove.formats.tables.columns import east_deg, read_columns
from perijove.formats.tables.hot_spots import READERS, read_table
from perijove.formats.tables.publications import TABLES

COUNTS = {  # entries; readings: of JIRAM four statistics each, of adaptive optics one per filter and detection
    "davies2024-thermal": (343, 343),
    "davies2024-jiram": (266, 1064),
    "dekleer2019": (75, 1596),
    "mura2024": (90, 246),
    "sim3168": (172, 0),
    "nims": (43, 236),
}
LOKI = (13.0, 51.2)  # IAU: Loki Patera


@pytest.mark.data
@pytest.mark.parametrize("name", READERS)
def test_published_tables(name: str, data_dir: Path) -> None:
    table = read_table(name, data_dir / "volcanoes" / TABLES[name].file)
    assert (len(table.entries), len(table.readings)) == COUNTS[name]
    assert all(-180.0 <= one.lon_east_deg < 180.0 for one in table.entries)
    assert all(0 <= one.entry < len(table.entries) and one.value >= 0.0 for one in table.readings)
    # West and east: Loki lies at 51 E in every table that has it, and not at 51 W.
    lokis = [one for one in table.entries if one.name.startswith("Loki P")]
    assert len(lokis) == (0 if name == "mura2024" else 1)
    for one in lokis:
        assert (one.lat_deg, one.lon_east_deg) == pytest.approx(LOKI, abs=2.0)


@pytest.mark.data
def test_adaptive_optics_by_night(data_dir: Path) -> None:
    """980 detections on 254 dates, two of them without a number; Loki on 113 of them (de Kleer et al. 2019)."""
    table = read_table("dekleer2019", data_dir / "volcanoes" / TABLES["dekleer2019"].file)
    assert len({one.row for one in table.readings}) + len(table.doubts) == 980
    assert len(table.doubts) == 2
    dates = {one.time_utc for one in table.readings} | {doubt.what.split()[-5].rstrip(":") for doubt in table.doubts}
    assert len(dates) == 254
    loki = next(i for i, one in enumerate(table.entries) if one.name == "Loki Patera")
    assert len({one.row for one in table.readings if one.entry == loki}) == 113
    first = next(one for one in table.readings if one.row == 1 and one.band == "NIRC2-Kcont")
    assert (first.time_utc, first.value, first.sigma, first.unit) == ("2013-08-15", 92.0, 15.0, "GW/um/sr")


@pytest.mark.data
def test_a_saturated_largest_value_is_a_limit(data_dir: Path) -> None:
    """JRM004: 11.3 GW/um at most, 5.7 unsaturated; JRM001: both alike."""
    table = read_table("davies2024-jiram", data_dir / "volcanoes" / TABLES["davies2024-jiram"].file)
    largest = {table.entries[one.entry].table_id: one for one in table.readings if one.statistic == "max"}
    assert largest["JRM004"].saturated is True
    assert largest["JRM001"].saturated is False


@pytest.mark.data
def test_rows_that_contradict_themselves(data_dir: Path) -> None:
    """14 rows, and eight of them by (272/200)⁴ = 3.42: their power was computed with another temperature."""
    table = read_table("davies2024-thermal", data_dir / "volcanoes" / TABLES["davies2024-thermal"].file)
    assert len(table.doubts) == 14
    for doubt in table.doubts:
        entry = table.entries[doubt.row - 1]
        assert entry.area_km2 is None
        assert entry.power_gw is not None
    columns = read_columns(data_dir / "volcanoes" / TABLES["davies2024-thermal"].file, ("area_km2", "t_eff_k"))
    area, warm, power = (columns.numbers(name, gaps=True) for name in ("area_km2", "t_eff_k", "power_gw"))
    radiated = 5.670374419e-8 * warm**4 * area * 1e-3
    rows = np.array([doubt.row - 1 for doubt in table.doubts])
    assert int((np.abs(power[rows] / radiated[rows] / (272.0 / 200.0) ** 4 - 1.0) < 0.02).sum()) == 7
    good = np.isfinite(radiated) & ~np.isin(np.arange(343), rows)
    assert good.sum() == 270


MURA = "name,lat_deg_n,lon_deg_w,m_gw_pj41,m_gw_pj43,m_gw_pj47,m_gw_pj49\n"
JIRAM = (
    "source_id,name,latitude,longitude_west_360,longitude,jiram_detections_by_orbit,max_spectral_radiance_gw_um,"
    "max_unsaturated_spectral_radiance_gw_um,avg_unsaturated_spectral_radiance_gw_um,"
    "min_unsaturated_spectral_radiance_gw_um\n"
)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("mura2024", MURA, "has no rows"),
        ("mura2024", MURA.replace("lon_deg_w", "lon_deg_e") + "A,1,2,,,,\n", "no column lon_deg_w"),
        ("mura2024", MURA + "A,91,2,,,,\n", "line 2, lat_deg_n 91 is not within -90 and 90"),
        ("mura2024", MURA + "A,9,-2,,,,\n", "lon_deg_w -2 is not within 0 and 360"),
        ("mura2024", MURA + "A,9,2,,,\n", "line 2 ends before column m_gw_pj49"),
        ("mura2024", MURA + "A,9,2,,,,,5\n", "line 2 has more fields than the head"),
        ("mura2024", MURA + "A,9,2,-1,,,\n", "m_gw_pj41 -1 is not within 0"),
        ("davies2024-jiram", JIRAM + "JRM001,A,1,350,350,5,1,1,1,1\n", "west and east may be mixed up"),
        ("davies2024-jiram", JIRAM + "JRM1,A,1,50,-50,5,1,1,1,1\n" * 2, "source_id JRM1 stands twice"),
    ],
)
def test_what_is_no_such_table_is_refused(name: str, text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8-sig")
    with pytest.raises(FormatError, match=complaint):
        read_table(name, path)
    with pytest.raises(InputError, match="cannot be read"):
        read_table(name, tmp_path / "none.csv")


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfrank,b\n1,2\n")
    assert read_columns(tmp_path / "a.csv", ("rank",)).texts("rank") == ("1",)


def test_longitudes() -> None:
    assert east_deg(np.array([308.4, 51.6, -51.2, 180.0]), west=True) == pytest.approx([51.6, -51.6, 51.2, -180.0])
    assert east_deg(np.array([308.4, 180.0]), west=False) == pytest.approx([-51.6, -180.0])
