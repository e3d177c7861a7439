"""Which files are SPICE kernels, of what kind, and in which order they count: by content, never by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import spiceypy

from perijove.ephemeris.spice.pool import POOL_LOCK, SpiceyError, one_line
from perijove.errors import KernelError

__all__ = ["BINARY_KINDS", "KernelFile", "kernel_files"]

BINARY_KINDS = frozenset({"SPK", "CK", "PCK"})
_TEXT_KINDS = frozenset({"LSK", "PCK", "FK", "IK", "SCLK"})
_LONGEST_PATH = 255  # SPICE's limit
_HEAD_BYTES = 1 << 18  # comments with the label stand at the top, in text and binary kernels alike
_DATES = (
    re.compile(rb"PRODUCT_CREATION_TIME\s*=\s*(\d{4}-[\dT:.-]+)"),
    re.compile(rb"SCLK_KERNEL_ID\s*=\s*\(?\s*@(\d{4}-[\d/:.-]+)"),
)


@dataclass(frozen=True)
class KernelFile:
    """A kernel on disk.

    Attributes
    ----------
    path : Path
        Absolute.
    kind : str
        ``SPK``, ``CK``, ``PCK``, ``LSK``, ``FK``, ``IK`` or ``SCLK``.
    binary : bool
        Whether it is a binary (DAF) file.
    created : str
        Date of creation that the file itself states, ISO; empty where it states none.
    """

    path: Path
    kind: str
    binary: bool
    created: str


def _stated_date(head: bytes) -> str:
    for pattern in _DATES:
        if match := pattern.search(head):
            return match[1].decode("ascii").replace("/", "T")
    return ""


def _check_whole(path: Path) -> None:
    """Refuse a binary kernel that is shorter than its own file record says."""
    handle = spiceypy.dafopr(str(path))
    try:
        free = spiceypy.dafrfr(handle)[-1]  # first free address, counted in 8-byte words from 1
    finally:
        spiceypy.dafcls(handle)
    size, needed = path.stat().st_size, 8 * (free - 1)
    if size < needed:
        raise KernelError(f"{path.name}: truncated kernel, {size} of at least {needed} bytes; copy it again")


def _recognise(path: Path) -> KernelFile | None:
    """Kind of a file, or None where it is no kernel that Perijove can use."""
    if not path.stat().st_size:
        return None
    try:
        architecture, kind = spiceypy.getfat(str(path))
    except SpiceyError:
        return None
    binary = architecture == "DAF"
    if kind not in (BINARY_KINDS if binary else _TEXT_KINDS) or architecture not in {"DAF", "KPL"}:
        return None
    if binary:
        try:
            _check_whole(path)
        except SpiceyError as error:
            raise KernelError(f"{path.name}: broken {kind} kernel: {one_line(error)}") from error
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return KernelFile(path, kind, binary, _stated_date(head))


def _found_in(place: Path) -> list[KernelFile]:
    """Kernels of one file or folder (with its subfolders), earliest stated date first."""
    explicit = not place.is_dir()
    if explicit and not place.is_file():
        raise KernelError(f"{place}: no such file or folder of SPICE kernels")
    found = []
    # A name that ends in .part is a file on its way: `perijove kernels fetch` goes on with it.
    paths = [place] if explicit else sorted(p for p in place.rglob("*") if p.is_file() and p.suffix != ".part")
    for path in (p.resolve() for p in paths):
        if len(str(path)) > _LONGEST_PATH:
            raise KernelError(f"{path.name}: SPICE cannot open paths of more than {_LONGEST_PATH} characters")
        kernel = _recognise(path)
        if kernel is not None:
            found.append(kernel)
        elif explicit:
            raise KernelError(
                f"{path.name}: not a SPICE kernel of a kind used here (binary SPK, CK, PCK; text LSK, PCK, FK, IK, "
                "SCLK); give the kernels themselves or their folder"
            )
    return sorted(found, key=lambda kernel: kernel.created)


def kernel_files(places: Sequence[str | PathLike[str]]) -> tuple[KernelFile, ...]:
    """Kernels of files and folders in the order to load them: where two hold the same, the later one counts.

    Text before binary; then in the order in which the places are given; within a folder by the date of
    creation that each file states itself (undated first), so that a reconstruction, made later, outranks a
    prediction.

    Raises
    ------
    KernelError
        Where a place does not exist, holds no kernel, or a binary kernel is truncated.
    """
    found: dict[Path, KernelFile] = {}
    try:
        with POOL_LOCK:
            for place in places:
                for kernel in _found_in(Path(place)):
                    found.pop(kernel.path, None)  # named twice: the later place counts
                    found[kernel.path] = kernel
    except OSError as error:
        raise KernelError(f"{error.filename}: cannot be read: {error.strerror}") from error
    if not found:
        raise KernelError(f"no SPICE kernels in {', '.join(map(str, places)) or 'an empty list'}")
    return tuple(sorted(found.values(), key=lambda kernel: kernel.binary))
