"""A set of product files that appears whole or not at all."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from perijove.errors import OutputExistsError, WriteError

__all__ = ["ProductSet", "clear_after", "refuse_existing"]

_SCRATCH_PREFIX = ".perijove-"  # then the number of the process, by which a killed one can be tidied up after
_WRITE_FAULTS = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.ENOSPC,
        errno.ENOTDIR,
        errno.EPERM,
        errno.EROFS,
    }
)


def refuse_existing(folder: Path, names: Iterable[str]) -> None:
    """Raise where a product already stands, so that a long run can refuse before it starts.

    Raises
    ------
    OutputExistsError
        Names the first file in the way and how to replace it.
    """
    for name in names:
        target = folder / name
        if target.exists() or target.is_symlink():
            raise OutputExistsError(target)


def clear_after(folder: Path, process: int) -> None:
    """Remove what a process that was killed left half-written in a folder."""
    for scratch in folder.glob(f"{_SCRATCH_PREFIX}{process}-*"):
        shutil.rmtree(scratch, ignore_errors=True)


class ProductSet:
    """Transaction over the files of one product: all are written aside, then put in place together.

    The files are written into a hidden scratch folder within the target folder (same file system, so that the
    final rename is atomic) under their own names, because some writers choose the format by the name's end. On
    leaving the ``with`` block without an exception they move into place; on any exception, Ctrl-C included,
    the scratch folder goes and older products stay as they were, even where half of the files were already moved.

    Parameters
    ----------
    folder : Path
        Target folder; made if missing.
    overwrite : bool
        Whether older products of the same names may be replaced.

    Raises
    ------
    OutputExistsError
        From `path`, or on leaving, where a product stands and `overwrite` is false.
    WriteError
        Where the folder or a file cannot be written: no permission, full disk, a promised file was not written.

    Notes
    -----
    Each file is replaced atomically and flushed to the disk before; the set is protected against exceptions, not
    against a power cut in the few milliseconds between the first rename and the last. A killed process leaves its
    scratch folder ``.perijove-*`` behind, which can be deleted (`clear_after`).
    """

    def __init__(self, folder: Path, *, overwrite: bool = False) -> None:
        self.folder = Path(folder)
        self.overwrite = overwrite
        self._scratch: Path | None = None
        self._made: list[Path] = []
        self._names: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        """Names asked for so far, in order."""
        return tuple(self._names)

    def path(self, name: str) -> Path:
        """Where to write the product `name` (a plain file name) for now."""
        if self._scratch is None:
            raise RuntimeError("a ProductSet hands out paths only inside its with block")
        if Path(name).name != name or name in {"", ".", ".."}:
            raise ValueError(f"{name!r}: a product name is a plain file name")
        if not self.overwrite:
            refuse_existing(self.folder, [name])
        if name not in self._names:
            self._names.append(name)
        return self._scratch / "new" / name

    def __enter__(self) -> Self:
        """Make the target folder, if need be, and the scratch folder in it."""
        try:
            self._made = [place for place in (self.folder, *self.folder.parents) if not place.exists()]
            self.folder.mkdir(parents=True, exist_ok=True)
            self._scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH_PREFIX}{os.getpid()}-", dir=self.folder))
            (self._scratch / "new").mkdir()
            (self._scratch / "old").mkdir()
        except OSError as error:
            self._clear()
            raise _as_write_error(error, self.folder) from error
        except BaseException:
            self._clear()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put all files in place, or none."""
        try:
            if error is None:
                self._commit(self._scratch or self.folder)
            elif isinstance(error, OSError) and _is_write_fault(error, self.folder):
                raise _as_write_error(error, self.folder) from error
        except OSError as commit_error:
            raise _as_write_error(commit_error, self.folder) from commit_error
        finally:
            self._clear()

    def _commit(self, scratch: Path) -> None:
        new, old = scratch / "new", scratch / "old"
        for name in self._names:
            if not (new / name).is_file():
                raise WriteError(f"{self.folder / name}: was promised but not written")
            _flush(new / name)
        if not self.overwrite:
            refuse_existing(self.folder, self._names)
        started: list[str] = []
        try:
            for name in self._names:
                started.append(name)
                _keep_copy(self.folder / name, old / name)
                (new / name).replace(self.folder / name)
        except BaseException:
            # The state of the last file is unknown: whatever left "new" came here, whatever is in "old" was here.
            for name in reversed(started):
                if (old / name).exists():
                    (old / name).replace(self.folder / name)
                elif not (new / name).exists():
                    (self.folder / name).unlink(missing_ok=True)
            raise

    def _clear(self) -> None:
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None
        with contextlib.suppress(OSError):
            for place in self._made:  # innermost first
                place.rmdir()  # succeeds only while it is empty


def _keep_copy(target: Path, backup: Path) -> None:
    """Keep the older product reachable under another name while the new one takes its place."""
    if not target.exists():
        return
    if target.is_dir():
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    try:
        os.link(target, backup)
    except OSError:  # file systems without hard links
        shutil.copy2(target, backup)


def _flush(path: Path) -> None:
    """Make the disk take the file now, so that a full network or quota disk complains before the rename."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_write_fault(error: OSError, folder: Path) -> bool:
    named = str(error.filename) if error.filename is not None else ""
    return error.errno in _WRITE_FAULTS and (not named or named.startswith(str(folder)))


def _as_write_error(error: OSError, folder: Path) -> WriteError:
    reason = error.strerror or str(error)
    advice = {
        errno.ENOSPC: "free some space or choose another folder",
        errno.EDQUOT: "free some space or choose another folder",
        errno.EEXIST: "a file stands where a folder is needed; choose another folder",
        errno.ENOTDIR: "a file stands where a folder is needed; choose another folder",
    }.get(error.errno or 0, "check the folder's permissions or choose another folder")
    return WriteError(f"{folder}: cannot write products: {reason}; {advice}")
