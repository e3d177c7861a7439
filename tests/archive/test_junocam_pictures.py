"""Raw pictures from the mission's site.

Authority: law. What lies in the folder is what the site holds, or an error says why not; what is here is not fetched
again.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.mission import GALLERY, SPAN, SitePicture, packed, picture, publish
from tests.archive.naif import HASTE, Server, serving_files

from perijove.archive.data_sets import DATA_SETS
from perijove.archive.junocam_pages import MissionSite
from perijove.archive.junocam_pictures import fetch_pass, fetch_picture
from perijove.archive.manifest import FILES, Manifest
from perijove.archive.web import FetchError, MissingError, Patience
from perijove.errors import OutputExistsError
from perijove.formats import read

IO_1, IO_2, JUPITER, EUROPA = (picture(1), picture(2), picture(3, "JUPITER"), picture(4, "EUROPA"))
ALL = (IO_1, JUPITER, IO_2, EUROPA)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving_files({}) as behaviour:
        publish(behaviour, ALL)
        yield behaviour


@pytest.fixture
def site(server: Server) -> MissionSite:
    return MissionSite(server.url("/"), patience=HASTE)


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, without lists and locks."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith((".", FILES))}


def both(*pictures: SitePicture) -> dict[str, bytes]:
    """Files of pictures, under the names that they are to have."""
    return {f"{one.product}-raw.png": one.png for one in pictures} | metadata(*pictures)


def metadata(*pictures: SitePicture) -> dict[str, bytes]:
    return {f"{one.product}-Metadata.json": one.metadata for one in pictures}


def test_a_picture_comes_with_its_metadata(site: MissionSite, server: Server, tmp_path: Path) -> None:
    done = fetch_picture(IO_1.product, tmp_path, site=site)
    assert (done.product_id, done.target, done.fetched) == (IO_1.product, "IO", True)
    assert files(tmp_path) == both(IO_1)
    assert done.raw is not None
    assert read(done.raw).product_id == IO_1.product
    noted = Manifest.read(tmp_path, FILES).files[done.raw.name]
    assert noted.sha256 == hashlib.sha256(IO_1.png).hexdigest()
    assert (noted.url, noted.page) == (server.url(IO_1.vault[1]), site.page_url(IO_1.product))


def test_what_is_here_needs_no_network(site: MissionSite, server: Server, tmp_path: Path) -> None:
    fetch_picture(IO_1.product, tmp_path, site=site)
    server.asked.clear()
    assert not fetch_picture(IO_1.product, tmp_path, site=site).fetched
    assert not server.asked
    (tmp_path / f"{IO_1.product}-raw.png").unlink()
    assert fetch_picture(IO_1.product, tmp_path, site=site).fetched
    assert server.gets(IO_1.vault[0]) == []
    assert files(tmp_path) == both(IO_1)


def test_a_pass_brings_the_pictures_of_one_body(site: MissionSite, tmp_path: Path) -> None:
    """The gallery has three pages of two, two and the last again; metadata tell which body it is."""
    seen: list[tuple[int, int]] = []
    done = fetch_pass(68, tmp_path, site=site, on_page=lambda done, total: seen.append((done, total)))
    assert [one.product_id for one in done.pictures] == [IO_1.product, IO_2.product]
    assert done.others == {"JUPITER": 1, "EUROPA": 1}
    assert not done.failures
    assert files(tmp_path) == both(IO_1, IO_2) | metadata(JUPITER, EUROPA)
    assert seen == [(number, 4) for number in range(5)]


def test_a_second_call_asks_for_the_gallery_alone(site: MissionSite, server: Server, tmp_path: Path) -> None:
    fetch_pass(68, tmp_path, site=site)
    server.asked.clear()
    done = fetch_pass(68, tmp_path, site=site)
    assert len(done.pictures) == 2
    assert not any(one.fetched for one in done.pictures)
    assert {path for _, path, _ in server.asked} == {f"{GALLERY}?{SPAN}{number}" for number in (1, 2, 3)}
    more = fetch_pass(68, tmp_path, bodies=None, site=site)
    assert len(more.pictures) == 4
    assert files(tmp_path) == both(*ALL)


def test_one_that_cannot_be_had_does_not_keep_the_others(site: MissionSite, server: Server, tmp_path: Path) -> None:
    server.faults[IO_1.vault[1]] += ["404"]
    done = fetch_pass(68, tmp_path, site=site)
    assert [one.product_id for one in done.pictures] == [IO_2.product]
    assert "there is no such file" in done.failures[0]
    assert len(fetch_pass(68, tmp_path, site=site).pictures) == 2


def test_a_site_that_is_gone_is_left(site: MissionSite, server: Server, tmp_path: Path) -> None:
    for one in ALL:
        server.faults[one.page] += ["500"] * 9
    with pytest.raises(FetchError, match="500"):
        fetch_pass(68, tmp_path, bodies=None, site=site)
    assert not server.gets(EUROPA.page)  # three in a row are enough


def test_broken_connections_are_gone_on_with(site: MissionSite, server: Server, tmp_path: Path) -> None:
    images = IO_1.vault[1]
    server.faults[images] += ["breaks at 100000", "breaks at 100000", "500"]
    fetch_picture(IO_1.product, tmp_path, site=site)
    assert server.gets(images) == ["", "bytes=100000-", "bytes=200000-", "bytes=200000-"]
    assert files(tmp_path) == both(IO_1)


def test_another_process_goes_on(server: Server, tmp_path: Path) -> None:
    images = IO_1.vault[1]
    hasty = MissionSite(server.url("/"), patience=Patience(tries=1, timeout_s=5.0))
    server.faults[images] += ["breaks at 100000"]
    with pytest.raises(FetchError, match="run again to go on"):
        fetch_picture(IO_1.product, tmp_path, site=hasty)
    fetch_picture(IO_1.product, tmp_path, site=hasty)
    assert server.gets(images) == ["", "bytes=100000-"]
    assert files(tmp_path) == both(IO_1)


def test_redirects_of_the_vault_are_followed(site: MissionSite, server: Server, tmp_path: Path) -> None:
    server.files["/elsewhere.zip"] = server.files[IO_1.vault[1]]
    server.faults[IO_1.vault[1]] += ["to /elsewhere.zip"]
    fetch_picture(IO_1.product, tmp_path, site=site)
    assert files(tmp_path) == both(IO_1)


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        (["page"], "a web page instead of a ZIP archive"),
        (["404"], "there is no such file"),
        (["403"], "refuses it"),
        (["says more"] * 5, "the connection broke off"),
        (["says less"], "no whole ZIP archive"),
    ],
)
def test_faults_of_the_vault(site: MissionSite, server: Server, tmp_path: Path, faults: list[str], says: str) -> None:
    server.faults[IO_1.vault[1]] += faults
    with pytest.raises(FetchError, match=says) as error:
        fetch_picture(IO_1.product, tmp_path, site=site)
    assert "\n" not in str(error.value)
    assert {name for name in files(tmp_path) if ".zip.part" not in name} == set(metadata(IO_1))
    fetch_picture(IO_1.product, tmp_path, site=site)
    assert files(tmp_path) == both(IO_1)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({}, "neither a raw picture nor its metadata"),
        ({"ImageSet/x-red.png": b"red"}, "neither a raw picture nor its metadata"),
        ({"DataSet/1-Metadata.json": b"{"}, "cannot be read"),
        ({"DataSet/1-Metadata.json": b"[]"}, "cannot be read"),
        ({"DataSet/1-Metadata.json": b'{"PRODUCT_ID": "../../x"}'}, r"are of '\.\./\.\./x', no picture of JunoCam"),
        ({"ImageSet/JNCE_2024362_68M00001_V01-raw.png": b"<html>"}, "is no raw picture of JunoCam"),
        ({"../../evil-raw.png": b"\x89PNG\r\n\x1a\n"}, "evil-raw.png in this ZIP archive is no raw picture"),
    ],
)
def test_archives_with_something_else(
    site: MissionSite, server: Server, tmp_path: Path, members: dict[str, bytes], says: str
) -> None:
    server.files[IO_1.vault[0]] = packed(members)
    with pytest.raises(FetchError, match=says):
        fetch_picture(IO_1.product, tmp_path / "in" / "pictures", site=site)
    assert not files(tmp_path / "in" / "pictures")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_damage_within_an_archive_is_found(site: MissionSite, server: Server, tmp_path: Path) -> None:
    whole = server.files[IO_1.vault[1]]
    at = whole.index(IO_1.png) + 5000
    server.files[IO_1.vault[1]] = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    with pytest.raises(FetchError, match="no whole ZIP archive"):
        fetch_picture(IO_1.product, tmp_path, site=site)
    assert files(tmp_path) == metadata(IO_1)


def test_pages_without_what_is_asked_for(site: MissionSite, server: Server, tmp_path: Path) -> None:
    server.files[IO_1.page] = server.files[f"{GALLERY}?id={IO_1.product}"] = b"<html><a href='/'>Home</a></html>"
    with pytest.raises(MissingError, match="this page offers no raw pictures; check the product's name"):
        fetch_picture(IO_1.product, tmp_path, site=site)
    server.files[f"{GALLERY}?id={IO_1.product}"] = server.files[IO_2.page]
    with pytest.raises(MissingError, match=f"the page is of {IO_2.product}"):
        fetch_picture(IO_1.product, tmp_path, site=site)
    server.files[f"{GALLERY}?id={EUROPA.product}"] = (
        b"<a href='http://evil.invalid/Vault/VaultDownload?VaultID=1'>x</a>"
    )
    with pytest.raises(FetchError, match="leads to another server"):
        fetch_picture(EUROPA.product, tmp_path, site=site)
    server.files[f"{GALLERY}?{SPAN}1"] = b"<html></html>"
    with pytest.raises(MissingError, match="lists no picture of perijove 68; is it public yet"):
        fetch_pass(68, tmp_path, site=site)


def test_strangers_stay(site: MissionSite, tmp_path: Path) -> None:
    raw = tmp_path / f"{IO_1.product}-raw.png"
    raw.write_bytes(b"mine")
    with pytest.raises(OutputExistsError, match="was not fetched by perijove"):
        fetch_picture(IO_1.product, tmp_path, site=site)
    assert raw.read_bytes() == b"mine"
    fetch_picture(IO_1.product, tmp_path, site=site, overwrite=True)
    assert raw.read_bytes() == IO_1.png


def test_a_picture_of_the_registry_is_held_against_its_hash(
    site: MissionSite, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that goes by the registry's name but is another."""
    monkeypatch.delenv("PERIJOVE_DATA", raising=False)
    known = DATA_SETS[-1].name
    values = json.loads(IO_1.metadata) | {"PRODUCT_ID": known}
    other = SitePicture(9, known, IO_1.png, json.dumps(values).encode())
    publish(server, [other])
    with pytest.raises(FetchError, match=r"-Metadata.json has the sha256 .*, expected is 696614c6857f"):
        fetch_picture(known, tmp_path, site=site)
    assert not files(tmp_path)


@pytest.mark.data
def test_a_picture_of_the_registry_is_copied_where_it_is_at_hand(data_dir: Path, tmp_path: Path) -> None:
    nowhere = MissionSite("http://127.0.0.1:9/", patience=HASTE)
    done = fetch_picture(DATA_SETS[-1].name, tmp_path, site=nowhere)
    assert done.target == "IO"
    assert done.raw is not None
    assert done.raw.read_bytes() == (data_dir / DATA_SETS[-1].files[0].local).read_bytes()
    assert Manifest.read(tmp_path, FILES).files[done.raw.name].url.startswith("file:")
