"""`perijove fetch`. Authority: law: what it prints is what lies in the folder, and the other commands take it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.mission import picture, publish
from tests.archive.naif import HASTE, Server, serving_files
from tests.cli.running import answer, perijove

from perijove import __version__
from perijove.archive.data_sets import DATA_SETS

IO, JUPITER = picture(1), picture(2, "JUPITER")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The mission's site in small; the command waits milliseconds between tries."""
    for module in ("pds_imaging", "junocam_pages", "transfer", "web"):  # the last is what the others import from
        monkeypatch.setattr(f"perijove.archive.{module}.Patience", lambda: HASTE)
    with serving_files({}) as behaviour:
        publish(behaviour, [IO, JUPITER])
        yield behaviour


def test_a_picture_by_name(server: Server, tmp_path: Path) -> None:
    arguments = ("fetch", IO.product, "--mirror", server.url("/"), "--out", tmp_path / "p")
    outcome = perijove(*arguments)
    raw = tmp_path / "p" / f"{IO.product}-raw.png"
    assert (outcome.code, raw.read_bytes()) == (0, IO.png)
    assert outcome.out.splitlines()[0] == f"fetched  {raw}"
    assert outcome.out.splitlines()[-1] == "Credit: NASA/JPL-Caltech/SwRI/MSSS"
    assert perijove("info", raw).code == 0
    (record,) = answer(*arguments)["fetched"]
    assert (record["fetched"], record["files"][0]) == (False, str(raw))


def test_a_pass(server: Server, tmp_path: Path) -> None:
    arguments = ("fetch", "pj68", "--mirror", server.url("/"), "--out", tmp_path)
    plan = perijove(*arguments, "--dry-run")
    assert plan.out == f"PJ68: 2 pictures are listed; metadata of all, pictures of IO, into {tmp_path}\n"
    assert not list(tmp_path.iterdir())
    outcome = perijove(*arguments)
    assert outcome.code == 0
    assert "PJ68: 2 pictures are listed" in outcome.err
    assert outcome.out.splitlines() == [
        f"fetched  {tmp_path / IO.product}-raw.png",
        "left out: 1 of Jupiter (--body ALL brings them)",
        "Credit: NASA/JPL-Caltech/SwRI/MSSS",
    ]
    (record,) = answer(*arguments, "--body", "all", "-q")["fetched"]
    assert [Path(path).name for path in record["files"]] == [f"{one.product}-raw.png" for one in (IO, JUPITER)]
    assert perijove(*arguments, "--body", "europa", "-q").out.startswith("PJ68: no picture of that body\n")


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_pass_that_never_was_is_refused_without_the_network(
    more: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perijove.archive.junocam_pages.page", lambda *_, **__: pytest.fail("the site was asked"))
    outcome = perijove("fetch", "PJ999", "--out", tmp_path / "p", "-q", *more)
    assert outcome.code == 2
    assert "PJ999: Juno's perijoves are 0 to" in outcome.line
    assert not (tmp_path / "p").exists()


def test_the_list_of_what_came_names_the_software(server: Server, tmp_path: Path) -> None:
    assert perijove("fetch", IO.product, "--mirror", server.url("/"), "--out", tmp_path, "-q").code == 0
    files = json.loads((tmp_path / "perijove-files.json").read_text(encoding="utf-8"))["files"]
    assert {row["software"] for row in files.values()} == {f"perijove {__version__}"}


def test_pictures_that_cannot_be_had_are_told_at_the_end(server: Server, tmp_path: Path) -> None:
    server.faults[JUPITER.vault[0]] += ["404"]
    outcome = perijove("fetch", "PJ68", "--mirror", server.url("/"), "--out", tmp_path, "-q")
    assert outcome.code == 1
    assert outcome.line.startswith("perijove: 1 pictures could not be had, the first: http")
    assert (tmp_path / f"{IO.product}-raw.png").is_file()


def test_the_list_names_credit_and_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERIJOVE_DATA", raising=False)
    outcome = perijove("fetch", "--list")
    assert outcome.code == 0
    for one in DATA_SETS:
        assert f"{one.name} " in outcome.out
        assert f"{one.credit}; {one.licence}; {one.page}" in outcome.out
    records = answer("fetch", "--list")["sets"]
    assert [record["here"] for record in records] == [[]] * len(DATA_SETS)


@pytest.mark.data
def test_what_is_at_hand_is_not_fetched(data_dir: Path, tmp_path: Path) -> None:
    """The folder of real data has the map and the picture: no network is needed."""
    outcome = perijove("fetch", "io-map", DATA_SETS[-1].name, "--out", tmp_path, "-q")
    assert outcome.code == 0
    first, credit, *_ = outcome.out.splitlines()
    assert first.startswith(f"here     {data_dir / 'maps'}")
    assert credit == "Credit: NASA/JPL/USGS Astrogeology (Galileo, Voyager); public domain"
    assert (tmp_path / f"{DATA_SETS[-1].name}-raw.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((), 2, "nothing was named; write for example: perijove fetch PJ57"),
        (("io",), 2, "'io' is neither a product such as JNCE_2024362_68C00012_V01, nor a pass such as PJ57"),
        (("PJ67",), 1, "no such file or folder"),
        (("JNCE_2024362_68M00077_V01",), 1, "no such file or folder"),
        (("JNCR_2024362_68M00077_V01",), 1, "lists no volume JNOJNC_nnnn; is it another folder?"),
        (("JNCE_2024362_68M00077_V01", "--mirror", "http://pictures.invalid/"), 1, "is there a network?"),
    ],
)
def test_what_cannot_be_had_ends_with_one_line(
    server: Server, tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    outcome = perijove("fetch", "--mirror", server.url("/"), "--out", tmp_path / "p", "-q", *arguments)
    assert outcome.code == code
    assert says in outcome.line
