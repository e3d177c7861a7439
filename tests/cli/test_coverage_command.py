"""`perijove coverage`. Authorities: the library's own answers (law), refusals (law)."""

import csv
import json
from pathlib import Path

import pytest
import rasterio
from tests.cli.running import Outcome, contents, perijove

QUICK = ("--cell", "10", "--max-altitude", "30000", "--quiet")


def coverage(*arguments: object) -> Outcome:
    return perijove("coverage", *arguments, *QUICK)


def test_json_tells_passes_and_volcanoes() -> None:
    outcome = coverage("PJ57", "58", "PJ57", "--json", "--light", "sun")
    assert outcome.code == 0
    record = json.loads(outcome.out)
    assert [one["perijove"] for one in record["passes"]] == ["PJ57", "PJ58"]
    assert (record["body"], record["light"], record["step_deg"]) == ("IO", "sun", 10.0)
    assert 0.3 < record["seen_fraction"] < 0.7
    assert {one["light"] for one in record["volcanoes"]} == {"sun"}
    assert {one["perijove"] for one in record["volcanoes"]} == {"PJ57", "PJ58"}
    # Loki was seen by day in both passes (JIRAM and JunoCam pictures of it are published).
    assert sum(one["name"] == "Loki Patera" for one in record["volcanoes"]) == 2


def test_files_agree_with_the_json(tmp_path: Path) -> None:
    outcome = coverage("PJ57", "--out", tmp_path / "c", "--json")
    assert outcome.code == 0
    stem = "io-coverage-pj57"
    assert sorted(contents(tmp_path / "c") or ()) == sorted(
        [f"{stem}.geojson", f"{stem}.json", f"{stem}.png", f"{stem}.tif", f"{stem}-volcanoes.csv"]
    )
    record = json.loads((tmp_path / "c" / f"{stem}.json").read_text(encoding="utf-8"))
    assert record == json.loads(outcome.out)
    with (tmp_path / "c" / f"{stem}-volcanoes.csv").open(encoding="utf-8") as stream:
        names = [row["name"] for row in csv.DictReader(stream)]
    assert names == [one["name"] for one in record["volcanoes"]]
    with rasterio.open(tmp_path / "c" / f"{stem}.tif") as dataset:
        assert dataset.shape == (18, 36)
    shapes = json.loads((tmp_path / "c" / f"{stem}.geojson").read_text(encoding="utf-8"))["features"]
    assert sum(shape["geometry"]["type"] == "Point" for shape in shapes) == len(names)
    assert "exists already" in coverage("PJ57", "--out", tmp_path / "c").line


def test_table_for_people() -> None:
    outcome = coverage("PJ57")
    assert outcome.code == 0
    assert "of the surface in view" in outcome.out
    assert "Tvashtar Paterae" in outcome.out
    assert "in JSON and table" in outcome.out


def test_other_moons_have_maps_without_names() -> None:
    record = json.loads(perijove("coverage", "PJ34", "--body", "ganymede", "--json", "--quiet", "--cell", "10").out)
    assert record["body"] == "GANYMEDE"
    assert record["volcanoes"] == []
    assert record["passes"][0]["closest_approach_utc"].startswith("2021-06-07")  # Juno's flyby of Ganymede


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("PJ99",), "perijove 99 is not built in"),
        (("PJ42",), "PJ42: never below 30,000 km of Io"),
        (("PJ57", "--body", "jupiter"), "it has no ground"),
        (("PJ57", "--body", "Triton"), "no shape is known for 'TRITON'"),
        (("PJ57", "--light", "dusk"), "dusk"),
        (("PJ57", "--max-emission", "0"), "--max-emission"),
    ],
)
def test_refusals(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    outcome = coverage(*arguments, "--out", tmp_path / "c")
    assert outcome.code == 2
    assert words in outcome.line
    assert not (tmp_path / "c").exists()
