"""Downloads. Authority: law. What is fetched is, byte for byte, one version of what the server holds, or an error."""

import errno
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.archive.naif import ATTITUDE, HASTE, ROOT, Server

from perijove.archive.mirror import KERNEL_STARTS
from perijove.archive.transfer import download
from perijove.archive.web import FetchError, MissingError, Patience, page, remote_size
from perijove.errors import WriteError

PATH = ROOT + ATTITUDE


def fetch(server: Server, target: Path, **options: object) -> bytes:
    """Content of what was fetched."""
    download(server.url(PATH), target, starts=KERNEL_STARTS, kind="a SPICE kernel", patience=HASTE, **options)  # type: ignore[arg-type]
    assert not target.exists()  # the name belongs to whoever has looked at the content
    assert [path.name for path in target.parent.iterdir()] == [f"{target.name}.part"]
    return target.with_name(f"{target.name}.part").read_bytes()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "attitude.bc"


def test_a_file_comes_whole(server: Server, target: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    size = len(server.files[PATH])
    assert fetch(server, target, on_bytes=lambda have, total: seen.append((have, total))) == server.files[PATH]
    assert seen[0] == (0, size)
    assert seen[-1] == (size, size)
    assert server.gets(PATH) == [""]
    assert remote_size(server.url(PATH), patience=HASTE) == size


@pytest.mark.parametrize(
    ("faults", "ranges"),
    [
        (["breaks at 40000"], ["", "bytes=40000-"]),
        (["breaks at 40000", "breaks at 10000", "500"], ["", "bytes=40000-", "bytes=50000-", "bytes=50000-"]),
        (["500", "503"], ["", "", ""]),
        (["breaks at 40000", "ignores range"], ["", "bytes=40000-"]),
        (["breaks at 40000", "wrong range"], ["", "bytes=40000-", "bytes=40000-"]),
        (["breaks at 40000", "changes"], ["", "bytes=40000-"]),
        (["breaks at 40000", "416"], ["", "bytes=40000-", ""]),
        (["says nothing"], [""]),
    ],
)
def test_what_another_try_can_heal(server: Server, target: Path, faults: list[str], ranges: list[str]) -> None:
    server.faults[PATH] += faults
    assert fetch(server, target) == server.files[PATH]
    assert server.gets(PATH) == ranges


def test_a_file_that_changes_is_never_spliced(server: Server, target: Path) -> None:
    """A server that ignores ``If-Range`` gives itself away by its tag."""
    server.faults[PATH] += ["breaks at 40000", "ignores if-range"]
    old = server.files[PATH]
    with pytest.raises(FetchError, match="broke off after 40000"):
        download(server.url(PATH), target, patience=Patience(tries=1, timeout_s=5.0))
    server.files[PATH] = bytes(reversed(old))
    server.faults[PATH] = ["ignores if-range"]
    download(server.url(PATH), target, patience=HASTE)
    assert target.with_name("attitude.bc.part").read_bytes() == server.files[PATH]
    assert server.gets(PATH) == ["", "bytes=40000-", ""]


def test_without_proof_of_the_version_nothing_is_resumed(server: Server, target: Path) -> None:
    server.validators = False
    server.faults[PATH] += ["breaks at 40000"]
    assert fetch(server, target) == server.files[PATH]
    assert server.gets(PATH) == ["", ""]


def test_a_second_process_goes_on(server: Server, target: Path) -> None:
    server.faults[PATH] += ["breaks at 40000"]
    with pytest.raises(FetchError, match="run again to go on"):
        download(server.url(PATH), target, patience=Patience(tries=1, timeout_s=5.0))
    assert target.with_name("attitude.bc.part").stat().st_size == 40000
    assert fetch(server, target) == server.files[PATH]
    assert server.gets(PATH) == ["", "bytes=40000-"]


def test_a_part_of_another_address_is_not_taken(server: Server, target: Path) -> None:
    server.faults[PATH] += ["breaks at 40000"]
    with pytest.raises(FetchError):
        download(server.url(PATH), target, patience=Patience(tries=1, timeout_s=5.0))
    server.files["/elsewhere.bc"] = server.files[PATH][::-1]
    download(server.url("/elsewhere.bc"), target, patience=HASTE)
    assert target.with_name("attitude.bc.part").read_bytes() == server.files["/elsewhere.bc"]


def test_a_finished_part_is_found_finished(server: Server, target: Path) -> None:
    """A process that was killed before it could rename the file leaves all bytes and their version."""
    server.faults[PATH] += ["breaks at 40000"]
    with pytest.raises(FetchError):
        download(server.url(PATH), target, patience=Patience(tries=1, timeout_s=5.0))
    target.with_name("attitude.bc.part").write_bytes(server.files[PATH])
    assert fetch(server, target) == server.files[PATH]


def test_redirects_are_followed(server: Server, target: Path) -> None:
    server.faults["/old.bc"] += [f"to {PATH}"]
    server.files["/old.bc"] = b""
    received = download(server.url("/old.bc"), target, patience=HASTE)
    assert received.url == server.url(PATH)
    assert received.size_bytes == len(server.files[PATH])


@pytest.mark.parametrize(
    ("faults", "says", "resumable"),
    [
        (["404"], "no such file or folder", False),
        (["403"], "refuses it", False),
        (["500"] * 3, "500 .* given up after 3 tries", False),
        (["page"], "a web page instead of a SPICE kernel; is there a log-in page", False),
        (["says more"] * 4, "the connection broke off", True),
        (["breaks at 0"] * 3, "broke off after 0 of", True),
        (["to /pub/naif/JUNO/kernels/ck/"], "a web page instead", False),
        (["to file:///etc/hostname"], "refuses|fetched|cannot", False),
    ],
)
def test_what_no_try_can_heal(server: Server, target: Path, faults: list[str], says: str, *, resumable: bool) -> None:
    server.faults[PATH] += faults
    with pytest.raises(FetchError, match=says) as error:
        fetch(server, target)
    assert "\n" not in str(error.value)
    assert not target.exists()
    assert bool(list(target.parent.iterdir())) == resumable


def test_a_length_that_the_listing_denies(server: Server, target: Path) -> None:
    """A server that announces half of the file and sends it looks whole; its own listing tells otherwise."""
    size = len(server.files[PATH])
    server.faults[PATH] += ["says less"]
    with pytest.raises(FetchError, match="are expected"):
        fetch(server, target, size_bytes=(size - 512, size + 512))
    assert not list(target.parent.iterdir())


def test_a_slow_server_is_left(server: Server, target: Path) -> None:
    server.faults[PATH] += ["sleeps"]
    with pytest.raises(FetchError, match=r"timed out|given up"):
        download(server.url(PATH), target, patience=Patience(tries=1, timeout_s=0.2))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:9/x", "cannot be reached"),
        ("ftp://127.0.0.1/x", "only http and https"),
        ("file:///etc/hostname", "only http and https"),
        ("http://kernels.invalid/x", "name is not known"),
    ],
)
def test_addresses_that_lead_nowhere(url: str, says: str, target: Path) -> None:
    with pytest.raises(FetchError, match=says):
        download(url, target, patience=HASTE)
    assert not list(target.parent.iterdir())


def test_a_full_disk_is_told_in_one_line(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("perijove.archive.transfer._append", full)
    with pytest.raises(WriteError, match=r"attitude.bc: cannot be written: No space left on device"):
        fetch(server, target)


def test_an_interrupt_leaves_a_part_to_go_on_with(server: Server, target: Path) -> None:
    def stop(have: int, _: int | None) -> None:
        if have:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, target, on_bytes=stop)
    have = target.with_name("attitude.bc.part").stat().st_size
    assert 0 < have < len(server.files[PATH])
    assert json.loads(target.with_name("attitude.bc.part.json").read_text())["url"] == server.url(PATH)
    assert fetch(server, target) == server.files[PATH]
    assert server.gets(PATH) == ["", f"bytes={have}-"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    faults=st.lists(
        st.sampled_from(
            [
                "breaks at 1",
                "breaks at 9000",
                "breaks at 90000",
                "ignores range",
                "wrong range",
                "changes",
                "500",
                "416",
            ]
        ),
        max_size=6,
    )
)
def test_any_mixture_of_faults_gives_the_file_or_an_error(server: Server, target: Path, faults: list[str]) -> None:
    server.faults[PATH] = list(faults)
    part = target.with_name("attitude.bc.part")
    try:
        download(server.url(PATH), target, starts=KERNEL_STARTS, patience=HASTE)
    except FetchError:
        server.faults[PATH] = []
        download(server.url(PATH), target, starts=KERNEL_STARTS, patience=HASTE)
    assert part.read_bytes() == server.files[PATH]
    part.unlink()


def test_pages(server: Server) -> None:
    assert "Parent Directory" in page(server.url(ROOT + "ck/"), patience=HASTE)
    with pytest.raises(MissingError):
        page(server.url("/nowhere/"), patience=HASTE)
    with pytest.raises(MissingError):
        remote_size(server.url("/nowhere.bc"), patience=HASTE)
    server.faults[ROOT + "ck/"] += ["500"] * 3
    with pytest.raises(FetchError, match="500"):
        page(server.url(ROOT + "ck/"), patience=HASTE)
