"""All or nothing.

Authority: law. Whatever goes wrong, the target folder afterwards holds either every new product or exactly what it
held before.
"""

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from perijove.errors import OutputExistsError, WriteError
from perijove.export.atomic import ProductSet, refuse_existing

NAMES = ("a.tif", "b.png", "c.json")


def contents(folder: Path) -> dict[str, str]:
    """Names and texts of everything in a folder, hidden files included."""
    return {path.name: path.read_text() if path.is_file() else "(folder)" for path in folder.iterdir()}


def write_all(folder: Path, text: str, *, overwrite: bool = False) -> None:
    with ProductSet(folder, overwrite=overwrite) as products:
        for name in NAMES:
            products.path(name).write_text(text)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A folder with older products and a bystander."""
    folder = tmp_path / "out"
    write_all(folder, "old")
    (folder / "notes.txt").write_text("mine")
    return folder


def test_all_products_appear_together(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    with ProductSet(folder) as products:
        for name in NAMES:
            products.path(name).write_text("new")
            assert not (folder / name).exists()
    assert contents(folder) == dict.fromkeys(NAMES, "new")
    assert products.names == NAMES


def test_overwrite_replaces_and_leaves_bystanders(older: Path) -> None:
    write_all(older, "new", overwrite=True)
    assert contents(older) == dict.fromkeys(NAMES, "new") | {"notes.txt": "mine"}


def test_refuses_to_overwrite_and_says_how(older: Path) -> None:
    before = contents(older)
    with pytest.raises(OutputExistsError, match=r"a\.tif: exists already; replace it with `overwrite`"):
        write_all(older, "new")
    with pytest.raises(OutputExistsError, match=r"b\.png"):
        refuse_existing(older, ["fresh.png", "b.png"])
    assert contents(older) == before


def test_product_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    def other_process() -> None:
        (tmp_path / "a.tif").write_text("other")

    with pytest.raises(OutputExistsError), ProductSet(tmp_path) as products:
        products.path("a.tif").write_text("new")
        other_process()
    assert contents(tmp_path) == {"a.tif": "other"}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("bug"), SystemExit(1), MemoryError()])
def test_exception_midway_leaves_the_folder_as_it_was(older: Path, error: BaseException) -> None:
    before = contents(older)
    with pytest.raises(type(error)), ProductSet(older, overwrite=True) as products:
        products.path("a.tif").write_text("half")
        raise error
    assert contents(older) == before


def test_exception_midway_leaves_no_new_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), ProductSet(tmp_path / "out") as products:
        products.path("a.tif").write_text("half")
        raise KeyboardInterrupt
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EIO])
def test_disk_fault_while_writing_is_one_line(older: Path, code: int) -> None:
    before = contents(older)
    with pytest.raises(WriteError) as caught, ProductSet(older, overwrite=True) as products:
        products.path("a.tif").write_text("half")
        raise OSError(code, os.strerror(code))
    assert os.strerror(code) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert contents(older) == before


def test_missing_input_is_not_called_a_write_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), ProductSet(tmp_path / "out"):
        (tmp_path / "input.png").read_bytes()


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fresh", [False, True], ids=["older products", "empty folder"])
def test_fault_during_the_renames_undoes_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    nth: int,
    error: BaseException,
    *,
    after: bool,
    fresh: bool,
) -> None:
    """The fault strikes just before or just after the nth file moved into place."""
    if not fresh:
        write_all(tmp_path, "old")
    before = contents(tmp_path)
    calls = []
    replace = os.replace

    def faulty(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == nth:
            if after:
                replace(source, target)
            raise error
        replace(source, target)

    monkeypatch.setattr(os, "replace", faulty)
    with pytest.raises((KeyboardInterrupt, WriteError)):
        write_all(tmp_path, "new", overwrite=True)
    monkeypatch.undo()
    assert contents(tmp_path) == before


def test_older_products_survive_without_hard_links(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> NoReturn:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    write_all(older, "new", overwrite=True)
    assert contents(older)["a.tif"] == "new"


def test_read_only_folder_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated, because root may write everywhere."""

    def denied(*_: object, **__: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr("tempfile.mkdtemp", denied)
    with pytest.raises(WriteError, match="cannot write products: Permission denied; check the folder's permissions"):
        write_all(tmp_path / "out", "new")
    assert contents(tmp_path) == {}


def test_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(WriteError, match="cannot write products"):
        write_all(tmp_path / "out", "new")
    assert contents(tmp_path) == {"out": "a file"}


def test_folder_where_a_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "b.png").mkdir()
    with pytest.raises(WriteError, match="Is a directory"):
        write_all(tmp_path, "new", overwrite=True)
    assert contents(tmp_path) == {"b.png": "(folder)"}


def test_promised_file_that_was_not_written(tmp_path: Path) -> None:
    with (
        pytest.raises(WriteError, match=r"b\.png: was promised but not written"),
        ProductSet(tmp_path) as products,
    ):
        products.path("a.tif").write_text("new")
        products.path("b.png")
    assert contents(tmp_path) == {}


def test_names_are_plain(tmp_path: Path) -> None:
    with ProductSet(tmp_path) as products:
        for name in ("../a.tif", "sub/a.tif", "", ".."):
            with pytest.raises(ValueError, match="plain file name"):
                products.path(name)
    with pytest.raises(RuntimeError, match="inside its with block"):
        products.path("a.tif")
