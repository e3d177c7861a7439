"""The catalogue of thermal sources.

Authority: published (Davies et al. 2024, doi:10.3847/PSJ/ad4346: 343 sources, 57.7 TW, Loki Patera strongest) and law
(radiation of a black body; what is no table is refused).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.errors import FormatError, InputError
from perijove.volcanoes.catalogue import FLAGS, ThermalSources, read_thermal_sources

HEAD = "rank,detection,jrm_id,name,lat_deg_n,lon_deg_w,lon_deg_e,area_km2,t_eff_k,power_gw\n"
GOOD = HEAD + "1,veeder2015,,Loki,12.6,308.7,51.3,21500,298,9610\n2,jiram_new,JRM1,,-40,10,350,,,2.5\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "sources.csv"
    path.write_text(text, encoding="utf-8")
    return path


def flagged(sources: ThermalSources, name: str) -> np.ndarray:
    """Which sources have a flag."""
    bit = next(flag.bit for flag in FLAGS if flag.name == name)
    return (sources.flags & bit) != 0


@pytest.mark.data
def test_the_published_table(data_dir: Path) -> None:
    sources = read_thermal_sources(data_dir / "volcanoes" / "io_thermal_sources_davies2024.csv")
    assert len(sources) == 343
    assert sources.total_power_w == pytest.approx(57.7e12, abs=0.05e12)
    strongest = int(np.argmax(sources.power_gw))
    assert sources.name[strongest].startswith("Loki")
    assert sources.power_gw[strongest] == 9600.0
    assert int(flagged(sources, "power_misfit").sum()) == 14
    assert int(flagged(sources, "power_only").sum()) == 59
    assert np.all(np.abs(sources.lon_east_deg) <= 180.0)
    assert "10.3847/PSJ/ad4346" in sources.citation
    north = sources.where(sources.lat_deg > 0.0)
    assert len(north) == len(north.name) == int((sources.lat_deg > 0.0).sum())


def test_columns_and_flags(tmp_path: Path) -> None:
    text = GOOD + "3,veeder2015,,A,0,90,270,1,300,0.459\n4,veeder2015,,B,0.2,90.1,269.9,1,300,4.59\n"
    sources = read_thermal_sources(written(tmp_path, text))
    assert sources.name == ("Loki", "", "A", "B")
    assert sources.lon_east_deg == pytest.approx([51.3, -10.0, -90.0, -90.1])
    assert np.isnan(sources.area_km2[1])
    found = {flag.name: list(flagged(sources, flag.name)) for flag in FLAGS}
    assert found["power_only"] == [False, True, False, False]
    assert found["power_misfit"] == [False, False, False, True]  # 5.67e-8 * 300⁴ * 1e6 = 0.459 GW
    assert found["close_pair"] == [False, False, True, True]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no column rank"),
        (HEAD, "has no rows"),
        (GOOD.replace("lat_deg_n", "latitude"), "no column lat_deg_n"),
        (GOOD.replace("-40,", "-95,"), "line 3, lat_deg_n"),
        (GOOD.replace("350,", "340,"), "line 3, lon_deg_w and lon_deg_e are not of one place"),
        (GOOD.replace("2.5", "-2.5"), "line 3, power_gw -2.5 is not within"),
        (GOOD.replace("2.5", "nan"), "line 3, power_gw = 'nan' is not a number"),
        (GOOD.replace("21500", "-21500"), "line 2, area_km2 -21500 is not within"),
        (GOOD.replace("21500", "inf"), "line 2, area_km2 inf is not within"),
        (GOOD.replace("9610", "lots"), "line 2, power_gw = 'lots'"),
        (GOOD + "3,veeder2015,,A,0", "line 4 ends before column"),
    ],
)
def test_what_is_no_catalogue_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=complaint):
        read_thermal_sources(written(tmp_path, text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_thermal_sources(tmp_path / "none.csv")
    (tmp_path / "sources.csv").write_bytes(b"\xff\xfe\x00rank")
    with pytest.raises(FormatError):
        read_thermal_sources(tmp_path / "sources.csv")
