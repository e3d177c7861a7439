"""`perijove view`. Authorities: the library's own answers (law), mission facts (published), refusals (law)."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.cli.running import Outcome, contents, perijove

from perijove.ephemeris.solutions import best_solution
from perijove.passes.sky_view import sky_view
from perijove.timescales import utc_to_tdb

TIME = "2023-12-30T08:00:00"


@pytest.fixture(autouse=True)
def coarse_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views of a ninth of the pixels."""
    monkeypatch.setattr("perijove.figures.passes.spacecraft_view._PIXELS", 300)


def view(*arguments: object) -> Outcome:
    return perijove("view", *arguments)


def test_json_holds_what_the_library_says() -> None:
    record = json.loads(view("PJ57", "--at", TIME, "--json").out)
    expected = sky_view(best_solution("JUNO").ephemeris, "IO", "JUNO", utc_to_tdb(TIME))
    assert record["time_utc"] == f"{TIME}.000"
    assert record["range_km"] == expected.range_km
    assert record["sub_observer_lat_deg"] == expected.sub_observer_deg[0]
    assert record["phase_deg"] == expected.phase_deg
    assert expected.jupiter is not None
    assert record["jupiter"]["separation_deg"] == expected.jupiter.separation_deg
    assert (record["target"], record["observer"], record["up"]) == ("IO", "JUNO", "body")


def test_closest_approach_is_taken_without_a_time() -> None:
    """Mission fact: about 1,500 km on 2023-12-30 at 08:36 UTC, above 63 N and 94 W."""
    record = json.loads(view("pj57", "--json").out)
    assert record["time_utc"].startswith("2023-12-30T08:36:0")
    assert record["altitude_km"] == pytest.approx(1501.0, abs=8.0)
    assert record["sub_observer_lat_deg"] == pytest.approx(63.4, abs=0.3)
    assert record["sub_observer_lon_east_deg"] == pytest.approx(-94.3, abs=0.5)


def test_other_observers_need_no_perijove() -> None:
    record = json.loads(view("--at", "2024-01-01", "--observer", "earth", "--body", "callisto", "--json").out)
    assert record["observer"] == "EARTH"
    assert record["range_km"] > 5.8e8  # 4 au, the least distance of Jupiter
    assert record["phase_deg"] < 12.0  # the greatest phase angle of Jupiter from the Earth


@pytest.mark.slow
def test_picture_is_written_with_a_base_map(tmp_path: Path) -> None:
    Image.fromarray(np.full((90, 180), 128, np.uint8)).save(tmp_path / "map.png")
    out = tmp_path / "new" / "v.png"
    outcome = view("PJ58", "--plot", out, "--basemap", tmp_path / "map.png", "--up", "celestial", "--field", "90")
    assert outcome.code == 0
    rows = {line[:28].strip(): line[28:] for line in outcome.out.splitlines()[2:]}  # one fact, one line
    assert rows["up"] == "celestial north (ICRF) is up"
    assert rows["celestial north"] == "0.0 deg counterclockwise of up"
    with Image.open(out) as picture:
        assert picture.format == "PNG"
        assert picture.text["Title"] == "PJ58: Io seen from Juno, closest approach"  # type: ignore[attr-defined]
    before = contents(out.parent)
    assert "exists already" in view("PJ58", "--plot", out).line
    assert contents(out.parent) == before
    assert view("PJ58", "--plot", out, "--overwrite").code == 0


def drawn(tmp_path: Path, name: str, *arguments: object) -> tuple[Outcome, np.ndarray]:
    """How it ended, and the picture."""
    outcome = view("PJ58", "--at", "2024-02-03T18:10:00", "--plot", tmp_path / name, *arguments)
    with Image.open(tmp_path / name) as picture:
        return outcome, np.asarray(picture.convert("RGB"))


def test_io_is_bare_until_its_map_was_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERIJOVE_DATA", raising=False)
    outcome, _ = drawn(tmp_path, "bare.png")
    assert outcome.err == "The globe is bare: `perijove fetch io-map` brings the map of Io, 2.7 MB.\n"
    told = view("PJ58", "--plot", tmp_path / "x.png", "--basemap", "io-map")
    assert told.code == 2
    assert "--basemap io-map: is not here yet; write perijove fetch io-map" in told.line
    assert not view("PJ58", "--body", "EUROPA", "--plot", tmp_path / "europa.png").err


@pytest.mark.slow
@pytest.mark.data
def test_io_looks_as_it_does_once_its_map_is_here(data_dir: Path, tmp_path: Path) -> None:
    """The map is taken by itself, by its name and by its file alike, and another looks different."""
    outcome, itself = drawn(tmp_path, "itself.png")
    assert (outcome.code, outcome.err) == (0, "")
    file = data_dir / "maps" / "io_usgs_galileo_voyager_color_2km_180w.jpg"
    _, by_name = drawn(tmp_path, "name.png", "--basemap", "io-map")
    _, by_file = drawn(tmp_path, "file.png", "--basemap", file)
    _, grey = drawn(tmp_path, "grey.png", "--basemap", "io-map-grey")
    np.testing.assert_array_equal(by_name, by_file)
    rows = slice(None, int(0.95 * len(itself)))  # the last line says whose map it is
    np.testing.assert_array_equal(itself[rows], by_file[rows])
    assert (itself != by_file).any()
    assert (grey[rows] != by_file[rows]).any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no time was given"),
        (("PJ12",), "perijove 12 is not built in; there are 34 to 76"),
        (("fifty",), "'fifty' is no perijove; write PJ57 or 57"),
        (("PJ57", "--at", "yesterday"), "'yesterday' is not a time"),
        (("PJ57", "--at", "2024-02-03T17:48:35"), "not within PJ57"),
        (("PJ57", "--body", "Sun"), "no shape is known for 'SUN'"),
        (("PJ57", "--body", "io", "--observer", "IO"), "does not see itself"),
        (("PJ57", "--observer", "Cassini"), "no body 'CASSINI' is built in"),
        (("PJ57", "--plot", "view.jpg"), "ends in .png"),
        (("PJ57", "--field", "10"), "it is for the figure"),
        (("PJ57", "--kernels", "nowhere"), "nowhere"),
        (("PJ57", "--up", "south"), "south"),
    ],
)
def test_refusals(arguments: tuple[str, ...], words: str) -> None:
    outcome = view(*arguments)
    assert outcome.code == 2
    assert words in outcome.line


def test_nothing_is_written_where_the_base_map_is_bad(tmp_path: Path) -> None:
    (tmp_path / "map.png").write_text("no picture")
    outcome = view("PJ57", "--plot", tmp_path / "new" / "v.png", "--basemap", tmp_path / "map.png")
    assert outcome.code == 2
    assert "map.png: not a picture" in outcome.line
    assert not (tmp_path / "new").exists()
