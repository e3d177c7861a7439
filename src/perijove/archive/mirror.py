"""A place with kernels: NAIF's server, a copy of it on the web, or a folder."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urljoin, urlsplit

from perijove.archive.listing import Entry, parse_listing
from perijove.archive.transfer import Received, download
from perijove.archive.web import FetchError, MissingError, Patience, page, remote_size
from perijove.errors import InputError, WriteError

__all__ = ["KERNEL_STARTS", "NAIF_JUNO", "FolderMirror", "Mirror", "WebMirror", "open_mirror"]

NAIF_JUNO = "https://naif.jpl.nasa.gov/pub/naif/JUNO/kernels/"
"""The mission's operational kernels, which NAIF keeps up to date."""

KERNEL_STARTS = (b"DAF/", b"NAIF/DAF", b"KPL/")
"""First bytes of binary and text kernels (Kernel Required Reading, "SPICE Kernel Type Identification")."""

_COPY_CHUNK = 1 << 22
OnBytes = Callable[[int, int | None], None]


class Mirror(Protocol):
    """Where kernels stand in the folders ``lsk``, ``spk``, ``ck`` ..., or all in one."""

    @property
    def place(self) -> str:
        """Address or path of the root."""

    def listing(self, folder: str) -> tuple[Entry, ...]:
        """Files of a folder, named from the root (``.`` for itself); empty where there is no such folder."""

    def address(self, folder: str, name: str) -> str:
        """Address of a file."""

    def size_bytes(self, folder: str, entry: Entry) -> int | None:
        """Size of a file, about; None where nobody tells."""

    def fetch(self, folder: str, entry: Entry, target: Path, on_bytes: OnBytes) -> Received:
        """Bring a file to ``TARGET.part``."""


class WebMirror:
    """A web server that lists its folders.

    Parameters
    ----------
    url : str
        Of the folder that holds ``lsk``, ``spk``, ``ck`` ....
    patience : Patience, optional
    """

    def __init__(self, url: str, *, patience: Patience | None = None) -> None:
        self.place = url.rstrip("/") + "/"
        self._patience = patience or Patience()

    def listing(self, folder: str) -> tuple[Entry, ...]:
        """See `Mirror`."""
        try:
            return parse_listing(page(self._folder_url(folder), patience=self._patience))
        except MissingError:
            return ()

    def _folder_url(self, folder: str) -> str:
        return urljoin(self.place, f"{folder}/") if folder != "." else self.place

    def address(self, folder: str, name: str) -> str:
        """See `Mirror`."""
        return urljoin(self._folder_url(folder), quote(name))

    def size_bytes(self, folder: str, entry: Entry) -> int | None:
        """See `Mirror`."""
        return entry.about_bytes or remote_size(self.address(folder, entry.name), patience=self._patience)

    def fetch(self, folder: str, entry: Entry, target: Path, on_bytes: OnBytes) -> Received:
        """See `Mirror`; what begins like no kernel is refused."""
        return download(
            self.address(folder, entry.name),
            target,
            size_bytes=entry.size_bytes,
            starts=KERNEL_STARTS,
            kind="a SPICE kernel",
            on_bytes=on_bytes,
            patience=self._patience,
        )


class FolderMirror:
    """A folder on this machine. Files are copied, not linked: a link would change with its source.

    Parameters
    ----------
    root : Path
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self.place = str(self._root)

    def listing(self, folder: str) -> tuple[Entry, ...]:
        """See `Mirror`."""
        path = self._root / folder
        try:
            if not path.is_dir():
                return ()
            found = [(one.name, one.stat().st_size) for one in sorted(path.iterdir()) if one.is_file()]
        except OSError as error:
            raise FetchError(f"{path}: cannot be read: {error.strerror}") from error
        return tuple(Entry(name, (size, size)) for name, size in found)

    def address(self, folder: str, name: str) -> str:
        """See `Mirror`."""
        return Path(os.path.normpath(self._root / folder / name)).as_uri()

    def size_bytes(self, folder: str, entry: Entry) -> int | None:  # noqa: ARG002  # the web has to ask, and where
        """See `Mirror`."""
        return entry.about_bytes

    def fetch(self, folder: str, entry: Entry, target: Path, on_bytes: OnBytes) -> Received:
        """See `Mirror`."""
        source, part = self._root / folder / entry.name, target.with_name(f"{target.name}.part")
        try:
            reading = source.open("rb")
        except OSError as error:
            raise FetchError(f"{source}: cannot be read: {error.strerror}") from error
        with reading:
            total, have = source.stat().st_size, 0
            first = reading.read(max(map(len, KERNEL_STARTS)))
            if not first.startswith(KERNEL_STARTS):
                raise FetchError(f"{source}: is no SPICE kernel; it begins with {first!r}")
            reading.seek(0)
            try:
                with part.open("wb") as writing:
                    while chunk := reading.read(_COPY_CHUNK):
                        writing.write(chunk)
                        have += len(chunk)
                        on_bytes(have, total)
                shutil.copystat(source, part)
                part.chmod(part.stat().st_mode | 0o600)  # archives are often read-only; what was copied is ours
            except OSError as error:
                raise WriteError(f"{target}: cannot be written: {error.strerror}") from error
        return Received(self.address(folder, entry.name), have, "", "")


def open_mirror(place: str, *, patience: Patience | None = None) -> Mirror:
    """Mirror at an address or in a folder.

    Raises
    ------
    InputError
        Where it is neither.
    """
    try:
        parts = urlsplit(place)
    except ValueError as error:
        raise InputError(f"{place!r}: is no address: {error}") from error
    if parts.scheme in {"http", "https"} and parts.hostname:
        return WebMirror(place, patience=patience)
    if place and Path(place).is_dir():
        return FolderMirror(Path(place))
    raise InputError(f"{place!r}: is neither a folder nor an http(s) address; give one that holds lsk, fk, spk, ck ...")
