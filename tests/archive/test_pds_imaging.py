"""Products from the PDS's volumes. Authority: law: label and image come whole, from whichever volume has them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.naif import HASTE, Server, serving_files
from tests.formats.synthetic import write_pds3

from perijove.archive.pds_imaging import fetch_archived
from perijove.archive.web import FetchError, MissingError
from perijove.errors import InputError
from perijove.formats import read

PRODUCT = "JNCE_2024362_68M00012_V01"
ROOT = "/img/data/juno/"


@pytest.fixture
def product(tmp_path: Path) -> dict[str, bytes]:
    """Label and image of a product."""
    folder = tmp_path / "made"
    folder.mkdir()
    write_pds3(folder, filters=("METHANE",))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def server() -> Iterator[Server]:
    listing = "".join(f'<a href="JNOJNC_{number:04d}/">x</a>' for number in (1, 2, 29, 30, 31, 35))
    root = f'<html><a href="JNOSRU_0001/">y</a><a href="JNOJNC_0029_md5.txt">z</a>{listing}</html>'.encode()
    with serving_files({}) as behaviour:
        behaviour.files[ROOT + "index"] = root
        behaviour.faults[ROOT] += [f"to {ROOT}index"] * 9
        yield behaviour


def publish(server: Server, product: dict[str, bytes], place: str) -> None:
    server.files |= {f"{ROOT}{place}/{name}": content for name, content in product.items()}


@pytest.mark.parametrize("volume", ["JNOJNC_0030", "JNOJNC_0031", "JNOJNC_0001"])
def test_a_product_is_found_in_whichever_volume(
    server: Server, product: dict[str, bytes], tmp_path: Path, volume: str
) -> None:
    publish(server, product, f"{volume}/DATA/EDR/JUPITER/ORBIT_68")
    done = fetch_archived(PRODUCT, tmp_path / "out", root=server.url(ROOT), patience=HASTE)
    assert {path.name: path.read_bytes() for path in (done.label, done.image)} == product
    assert done.fetched
    assert read(done.image).product_id == PRODUCT
    server.asked.clear()
    assert not fetch_archived(PRODUCT, tmp_path / "out", root=server.url(ROOT), patience=HASTE).fetched
    assert not server.asked


def test_the_likely_volume_is_asked_first(server: Server, product: dict[str, bytes], tmp_path: Path) -> None:
    """Orbit 68 lies between 62, in volume 29, and 80, in volume 35."""
    publish(server, product, "JNOJNC_0031/DATA/EDR/JUPITER/ORBIT_68")
    fetch_archived(PRODUCT, tmp_path, root=server.url(ROOT), patience=HASTE)
    heads = [path for method, path, _ in server.asked if method == "HEAD"]
    assert heads == [f"{ROOT}JNOJNC_0031/DATA/EDR/JUPITER/ORBIT_68/{PRODUCT}.LBL"]


def test_a_product_that_no_volume_has(server: Server, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=f"none of its 6 volumes has {PRODUCT}; check name and version"):
        fetch_archived(PRODUCT, tmp_path, root=server.url(ROOT), patience=HASTE)


def test_cruise_has_its_own_folders(server: Server, product: dict[str, bytes], tmp_path: Path) -> None:
    renamed = {name.replace("_68M", "_00M"): content for name, content in product.items()}
    publish(server, renamed, "JNOJNC_0001/DATA/EDR/EFB")
    done = fetch_archived(PRODUCT.replace("_68M", "_00M"), tmp_path, root=server.url(ROOT), patience=HASTE)
    assert done.image.read_bytes() == product[f"{PRODUCT}.IMG"]


@pytest.mark.parametrize(
    ("fault", "name", "says"),
    [
        ("page", "IMG", "announces .* bytes where .* are expected"),
        ("page", "LBL", "a web page instead of a PDS3 label"),
        ("404", "IMG", "no such file"),
    ],
)
def test_faults(server: Server, product: dict[str, bytes], tmp_path: Path, fault: str, name: str, says: str) -> None:
    place = "JNOJNC_0031/DATA/EDR/JUPITER/ORBIT_68"
    publish(server, product, place)
    server.faults[f"{ROOT}{place}/{PRODUCT}.{name}"] += [fault]
    with pytest.raises(FetchError, match=says):
        fetch_archived(PRODUCT, tmp_path / "out", root=server.url(ROOT), patience=HASTE)
    assert not (tmp_path / "out" / f"{PRODUCT}.{name}").exists()
    fetch_archived(PRODUCT, tmp_path / "out", root=server.url(ROOT), patience=HASTE)
    assert (tmp_path / "out" / f"{PRODUCT}.IMG").read_bytes() == product[f"{PRODUCT}.IMG"]


def test_names_that_are_none(server: Server, tmp_path: Path) -> None:
    for name in ("57C00022", "JNCM_2024362_68M00012_V01"):
        with pytest.raises(InputError, match="is no EDR or RDR of JunoCam"):
            fetch_archived(name, tmp_path, root=server.url(ROOT), patience=HASTE)
    server.files["/empty/readme.txt"] = b""
    with pytest.raises(FetchError, match="lists no volume"):
        fetch_archived(PRODUCT, tmp_path, root=server.url("/empty/"), patience=HASTE)
