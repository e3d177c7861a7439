"""Files into bytes, with what provenance needs."""

import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perijove.errors import FormatError, InputError
from perijove.formats.image import SourceFile

__all__ = ["is_file", "read_head", "read_source", "source_file"]

_MAX_BYTES = 1 << 30  # the largest product, 255 frames of 16-bit counts in four filters, has 0.4 GiB


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into one line."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the path") from None
    except PermissionError:
        raise InputError(f"{path}: not readable; check the permissions of the file and its folder") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); check the disk") from None
    except ValueError as error:
        raise InputError(f"{str(path)!r}: is no path ({error}); check its spelling") from None


def _refuse_folder(folder: Path) -> None:
    names = sorted(p.name for p in folder.iterdir() if p.name.endswith("-raw.png") or p.suffix.upper() == ".IMG")
    held = f"it holds {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}" if names else "it has no picture"
    raise InputError(f"{folder}: is a folder; give one file in it; {held}")


def _check(path: Path) -> None:
    """Raise unless a path leads to an ordinary file of a sensible size."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        _refuse_folder(path)
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path}: is no ordinary file but a device or a pipe; give a file on disk")
    if status.st_size > _MAX_BYTES:
        raise FormatError(
            f"{path.name}: {status.st_size} bytes; no JunoCam product has more than {_MAX_BYTES}; "
            "give a -raw.png or an .IMG"
        )
    if status.st_size == 0:
        raise FormatError(f"{path.name}: is empty; fetch it again")


def is_file(path: Path) -> bool:
    """Whether a path leads to a file; False, too, where the system does not say."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def read_head(path: Path, size: int) -> bytes:
    """First bytes of a file; raises as `read_source` does."""
    with _plain_errors(path):
        _check(path)
        with path.open("rb") as file:
            return file.read(size)


def read_source(path: Path) -> tuple[bytes, SourceFile]:
    """Content of a file and its record for the product's provenance.

    Parameters
    ----------
    path : Path
        A file.

    Returns
    -------
    bytes
        The content.
    SourceFile
        Name, sha256 and path.

    Raises
    ------
    InputError
        If the file is missing, a folder, or cannot be read.
    FormatError
        If it is empty or far larger than any product.
    """
    with _plain_errors(path):
        _check(path)
        content = path.read_bytes()
    return content, SourceFile(path.name, hashlib.sha256(content).hexdigest(), path)


def source_file(path: Path) -> SourceFile:
    """Record of a file that another library reads, such as a base map; `InputError` where it cannot be read."""
    with _plain_errors(path), path.open("rb") as file:
        return SourceFile(path.name, hashlib.file_digest(file, "sha256").hexdigest(), path)
