"""The registry and the cache.

Authority: law. What is handed out has the registry's hash; what has not is fetched or refused, never handed out.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.naif import HASTE, Server, serving_files

from perijove.archive import cache
from perijove.archive.data_sets import DATA_SETS, DataFile, DataSet, data_set, known_sha256
from perijove.archive.fetching import fetch_data_set
from perijove.archive.manifest import FILES
from perijove.archive.web import FetchError
from perijove.errors import InputError

CONTENT = b"\xff\xd8\xff" + bytes(range(256)) * 400
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving_files({"/map.jpg": CONTENT, "/other.jpg": b"\xff\xd8\xff another"}) as behaviour:
        yield behaviour


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache, and no real data."""
    monkeypatch.setenv("PERIJOVE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PERIJOVE_DATA", raising=False)


def a_map(server: Server, *paths: str) -> DataSet:
    """A set of one file, at these paths of the server."""
    urls = tuple(server.url(path) for path in paths)
    file = DataFile("map.jpg", HASH, len(CONTENT), "maps/map.jpg", urls)
    return DataSet("a-map", "A map", (file,), "whoever", "public domain", "http://page.invalid/", 0.0)


def test_a_set_is_fetched_once(server: Server) -> None:
    wanted = a_map(server, "/map.jpg")
    assert cache.here(wanted) == ()
    (path,) = fetch_data_set(wanted, patience=HASTE)
    assert path.read_bytes() == CONTENT
    assert path.parent == cache.cache_folder()
    server.asked.clear()
    assert fetch_data_set(wanted, patience=HASTE) == cache.here(wanted) == (path,)
    assert not server.asked


@pytest.mark.parametrize("first", ["/nowhere.jpg", "/other.jpg", "/page.jpg"])
def test_the_next_place_is_asked_where_one_fails(server: Server, first: str) -> None:
    server.files["/page.jpg"] = b"<html>moved</html>"
    (path,) = fetch_data_set(a_map(server, first, "/map.jpg"), patience=HASTE)
    assert path.read_bytes() == CONTENT


def test_another_file_is_refused(server: Server) -> None:
    with pytest.raises(FetchError, match=rf"has the sha256 .*, expected is {HASH[:12]}"):
        fetch_data_set(a_map(server, "/other.jpg"), patience=HASTE)
    assert [path.name for path in cache.cache_folder().iterdir()] == [".perijove-lock"]


def test_what_was_changed_in_the_cache_is_fetched_anew(server: Server) -> None:
    wanted = a_map(server, "/map.jpg")
    (path,) = fetch_data_set(wanted, patience=HASTE)
    path.write_bytes(CONTENT[:-1])
    assert cache.here(wanted) == ()
    assert fetch_data_set(wanted, patience=HASTE)[0].read_bytes() == CONTENT
    (cache.cache_folder() / FILES).write_text("{")
    assert cache.here(wanted) == ()


def test_a_folder_of_real_data_comes_first(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it has the file, and the file is the right one."""
    monkeypatch.setenv("PERIJOVE_DATA", str(tmp_path))
    wanted, local = a_map(server, "/map.jpg"), tmp_path / "maps" / "map.jpg"
    local.parent.mkdir()
    local.write_bytes(b"another")
    assert cache.here(wanted) == ()
    local.write_bytes(CONTENT)
    assert fetch_data_set(wanted, patience=HASTE) == (local,)
    assert not server.asked


def test_a_map_at_hand(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = a_map(server, "/map.jpg")
    monkeypatch.setattr("perijove.archive.cache.data_set", lambda _: wanted)
    assert cache.map_at_hand() is None
    (path,) = fetch_data_set(wanted, patience=HASTE)
    assert cache.map_at_hand() == cache.MapAtHand(path, 0.0, "whoever")


def test_the_cache_is_the_users_own_without_a_name_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERIJOVE_CACHE")
    assert cache.cache_folder().is_absolute()
    assert cache.cache_folder().name.lower() in {"perijove", "cache"}


def test_the_registry_is_complete() -> None:
    """Names are unique, hashes are hashes, everything has credit, licence and page."""
    names = [one.name for one in DATA_SETS]
    assert len(set(names)) == len(names)
    for one in DATA_SETS:
        assert data_set(one.name.upper()) is one
        assert all((one.title, one.credit, one.licence))
        assert one.page.startswith("https://")
        for file in one.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert known_sha256(file.name) == file.sha256
            assert all(url.startswith("https://") for url in file.urls)
    assert known_sha256("else.png") == ""
    with pytest.raises(InputError, match="'io-globe' is no data set; there are io-map, "):
        data_set("io-globe")


@pytest.mark.data
@pytest.mark.parametrize("one", DATA_SETS, ids=lambda one: one.name)
def test_real_data_are_those_of_the_registry(data_dir: Path, one: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERIJOVE_DATA", str(data_dir))
    assert [path.stat().st_size for path in cache.here(one)] == [file.size_bytes for file in one.files]
