"""`perijove demo`. Authority: law: it shows what it says it shows, and leaves the files that it tells one to open."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.archive.naif import Server, serving_files
from tests.cli.running import Outcome, perijove

from perijove.archive import cache, data_sets
from perijove.formats import read
from perijove.products import source_line
from perijove.simulator.scenarios import perijove_57_scenarios


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """A publisher of the map of Io, with nothing yet, an empty cache and no real data."""
    monkeypatch.setenv("PERIJOVE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PERIJOVE_DATA", raising=False)
    with serving_files({}) as behaviour:
        known = data_sets.data_set("io-map")
        (file,) = known.files
        changed = data_sets.DataFile(file.name, file.sha256, file.size_bytes, file.local, (behaviour.url("/map.jpg"),))
        one = data_sets.DataSet(known.name, known.title, (changed,), known.credit, "", "", 0.0)
        monkeypatch.setattr(data_sets, "DATA_SETS", (one,))
        yield behaviour


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What would be rendered; nothing is."""
    calls: list[dict[str, Any]] = []

    def simulate_to_files(scenarios: list[Any], **options: Any) -> list[Path]:
        calls.append({"pictures": [one.product_id for one in scenarios], **options})
        raise SystemExit(0)

    monkeypatch.setattr("perijove.cli.pictures.demo.simulate_to_files", simulate_to_files)
    return calls


def demo(*arguments: object) -> Outcome:
    return perijove("demo", *arguments)


def test_without_network_io_is_made_up_and_said_to_be(server: Server, rendered: list[dict[str, Any]]) -> None:
    told = demo().err
    assert "Fetching the map of Io, 2.7 MB" in told
    assert "It could not be fetched: http://127.0.0.1" in told
    assert "Io is MADE UP" in told
    assert (rendered[0]["basemap"], rendered[0]["surface"]) == (None, "")
    assert server.gets("/map.jpg") == [""]


@pytest.mark.data
def test_the_map_is_fetched_once(server: Server, rendered: list[dict[str, Any]], data_dir: Path) -> None:
    (file,) = data_sets.data_set("io-map").files
    server.files["/map.jpg"] = (data_dir / file.local).read_bytes()
    first, second = demo().err, demo("--all").err
    assert "Fetching the map of Io" in first
    assert "Fetching" not in second
    assert "SIMULATED" in first
    assert "Io looks as on the map of NASA/JPL/USGS Astrogeology (Galileo, Voyager)." in second
    assert [one["basemap"] for one in rendered] == [cache.cache_folder() / file.name] * 2
    everything = [one.product_id for one in perijove_57_scenarios()]
    assert [one["pictures"] for one in rendered] == [everything[-1:], everything]


def test_all_is_for_the_simulated_ones(tmp_path: Path) -> None:
    outcome = demo("any-raw.png", "--all", "--out", tmp_path)
    assert outcome.code == 2
    assert "RAW: not with --all" in outcome.line


def test_pictures_say_whose_map_they_show(tmp_path: Path, io_map: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture over a map of one's own names it; one without says that Io is made up."""
    monkeypatch.setattr("perijove.cli.pictures.simulate.synthetic_base_map", lambda: io_map)
    Image.fromarray(np.full((90, 180), 128, np.uint8)).save(tmp_path / "grey.png")
    arguments = ("simulate", "--range-km", "90000", "--methane", "-q", "--out")
    mine = perijove(*arguments, tmp_path / "mine", "--basemap", tmp_path / "grey.png").out.strip()
    built_in = perijove(*arguments, tmp_path / "made").out.strip()
    assert "Io's looks: grey.png; simulated and processed" in source_line(read(mine))
    assert "Io's looks: made up; simulated and processed" in source_line(read(built_in))


@pytest.mark.slow
def test_it_leaves_what_it_tells_one_to_open(tmp_path: Path, server: Server) -> None:
    outcome = demo("--out", tmp_path / "out")
    assert outcome.code == 0
    last = outcome.err.splitlines()[-1]
    named = [Path(word.strip(";:")) for word in last.split() if ".png" in word]
    assert [path.name.rpartition("-")[2] for path in named] == ["view.png", "quicklook.png"]
    for path in named:
        with Image.open(path) as picture:
            assert "SIMULATED" in str(picture.info)
