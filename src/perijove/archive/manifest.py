"""What stands in a folder of fetched files and where it came from; and a lock: one process fetches at a time."""

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from perijove.errors import FormatError, OutputExistsError, PerijoveError, WriteError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["FILES", "MANIFEST", "Manifest", "Record", "locked", "sha256"]

MANIFEST = "perijove-kernels.json"
"""List of fetched kernels."""
FILES = "perijove-files.json"
"""List of fetched pictures and maps."""
_LOCK = ".perijove-lock"
_FORMAT = 1


@dataclass(frozen=True)
class Record:
    """Provenance of one file.

    Attributes
    ----------
    url : str
        Address asked for; a ``file:`` address where it was copied.
    size_bytes : int
    sha256 : str
        Of the file as it stands here.
    fetched_utc : str
    etag, last_modified : str
        What the server said of the version; empty where it said nothing.
    cut_from_name, cut_from_sha256 : str
        Where the file is a slice: the file at the address; else empty.
    from_utc, to_utc : str
        Where the file is a slice: the stretch it was cut to; else empty.
    page : str
        Page of a web site that led to the address; else empty.
    software : str
        What fetched it, with its version; empty in lists of versions that did not say.
    """

    url: str
    size_bytes: int
    sha256: str
    fetched_utc: str
    etag: str = ""
    last_modified: str = ""
    cut_from_name: str = ""
    cut_from_sha256: str = ""
    from_utc: str = ""
    to_utc: str = ""
    page: str = ""
    software: str = ""


@dataclass(frozen=True)
class Manifest:
    """Records by path within the folder, written with ``/``; `name` is that of the list itself."""

    folder: Path
    files: dict[str, Record]
    name: str = MANIFEST

    @classmethod
    def read(cls, folder: Path, name: str = MANIFEST) -> Self:
        """Manifest of a folder; empty where there is none yet.

        Raises
        ------
        FormatError
            Where it cannot be understood.
        """
        path = folder / name
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(folder, {}, name)
        except (OSError, UnicodeDecodeError) as error:
            raise FormatError(f"{path}: cannot be read: {error}") from error
        try:
            data = json.loads(text)
            files = {str(key): Record(**row) for key, row in data["files"].items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise FormatError(f"{path}: is no list of fetched files ({error}); delete it, and fetch again") from error
        return cls(folder, files, name)

    def state(self, name: str) -> str:
        """How a file stands: ``good``, ``missing``, ``changed`` since it was fetched, or ``unknown`` here."""
        path, record = self.folder / name, self.files.get(name)
        if not path.is_file():
            return "missing"
        if record is None:
            return "unknown"
        good = path.stat().st_size == record.size_bytes and sha256(path) == record.sha256
        return "good" if good else "changed"

    def refuse_stranger(self, name: str, *, overwrite: bool) -> None:
        """Raise `OutputExistsError` where a file of somebody else is in the way."""
        if not overwrite and self.state(name) == "unknown":
            raise OutputExistsError(
                self.folder / name, "it was not fetched by perijove: move it away, or replace it with `overwrite`"
            )

    def noted(self, name: str, record: Record) -> "Manifest":
        """Manifest with one more record, on the disk too.

        Call it before the file takes its name. Where a crash comes between, the file counts as missing and is fetched
        again; the other way round it would stand there as somebody else's.

        Raises
        ------
        WriteError
        """
        changed = replace(self, files={**self.files, name: record})
        rows = {key: {k: v for k, v in asdict(row).items() if v != ""} for key, row in sorted(changed.files.items())}
        path, scratch = self.folder / self.name, self.folder / f".{self.name}.new"
        try:
            scratch.write_text(json.dumps({"format": _FORMAT, "files": rows}, indent=1) + "\n", encoding="utf-8")
            scratch.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                scratch.unlink(missing_ok=True)
            raise WriteError(f"{path}: cannot be written: {error.strerror}") from error
        return changed

    def taken(self, name: str, record: Record, part: Path) -> "Manifest":
        """Give a file that came whole its name, noted first; `OSError` or `WriteError` where that fails."""
        with part.open("rb+") as file:
            os.fsync(file.fileno())  # a full network disk complains here, before the name promises a whole file
        changed = self.noted(name, record)
        part.replace(self.folder / name)
        return changed


def sha256(path: Path) -> str:
    """Hash of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from fetching into a folder, which is made where it is missing.

    The lock belongs to the process and goes with it, however it ends; the empty lock file may stay.

    Raises
    ------
    PerijoveError
        Where another process holds it.
    WriteError
        Where the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _LOCK).open("a")
    except OSError as error:
        raise WriteError(f"{folder}: cannot be written: {error.strerror}; give another `out`") from error
    with file:
        try:
            if sys.platform == "win32":
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PerijoveError(
                f"{folder}: another perijove is fetching into this folder; wait for it, or give another `out`"
            ) from error
        yield
