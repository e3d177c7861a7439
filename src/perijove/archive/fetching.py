"""One file into a folder: from the first place that has it, held against its hash, noted, and only then named."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from perijove import __version__
from perijove.archive.cache import cache_folder, here
from perijove.archive.data_sets import DataFile, DataSet
from perijove.archive.manifest import FILES, Manifest, Record, locked, sha256
from perijove.archive.transfer import Received, download
from perijove.archive.web import FetchError, Patience
from perijove.errors import WriteError

__all__ = ["OnBytes", "Wanted", "fetch_data_set", "fetch_file", "record_of"]

OnBytes = Callable[[str, int, int | None], None]
"""Told the name of a file, how many bytes of it are here, and of how many where that is known."""

_STARTS = {".jpg": (b"\xff\xd8\xff",), ".png": (b"\x89PNG\r\n\x1a\n",)}
_KINDS = {".jpg": "a JPEG", ".png": "a PNG"}


@dataclass(frozen=True)
class Wanted:
    """A file to fetch.

    Attributes
    ----------
    name : str
        In the folder.
    urls : tuple of str
        Places, tried in turn.
    starts : tuple of bytes
        What it may begin with; empty where that is not known.
    kind : str
        What to call it in messages.
    sha256 : str
        What it has to hash to; empty where that is not known.
    size_bytes : tuple of int or None
        Least and most that it may have.
    """

    name: str
    urls: tuple[str, ...]
    starts: tuple[bytes, ...] = ()
    kind: str = "the file"
    sha256: str = ""
    size_bytes: tuple[int, int] | None = None


def record_of(received: Received, part: Path, *, url: str, page: str = "") -> Record:
    """What the manifest keeps of a file that has just come."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Record(
        url,
        part.stat().st_size,
        sha256(part),
        now,
        received.etag,
        received.last_modified,
        page=page,
        software=f"perijove {__version__}",
    )


def fetch_file(
    wanted: Wanted,
    manifest: Manifest,
    *,
    overwrite: bool = False,
    on_bytes: OnBytes = lambda _name, _have, _total: None,
    patience: Patience | None = None,
) -> Manifest:
    """Bring a file into the folder of a manifest, which exists and is locked.

    Parameters
    ----------
    wanted : Wanted
    manifest : Manifest
    overwrite : bool
        Whether a file of that name that is not from here may be replaced.
    on_bytes : callable
    patience : Patience, optional

    Returns
    -------
    Manifest
        With the file, which stands in its place.

    Raises
    ------
    FetchError
        Where no place has it as it should be; the message is that of the last. What broke off is gone on with by
        the next call.
    OutputExistsError
        Where a file of somebody else is in the way.
    WriteError
        Where it cannot be written.
    """
    manifest.refuse_stranger(wanted.name, overwrite=overwrite)
    target = manifest.folder / wanted.name
    for number, url in enumerate(wanted.urls, start=1):
        try:
            record, part = _received(wanted, url, target, on_bytes, patience)
        except FetchError:
            if number == len(wanted.urls):
                raise
            continue
        try:
            return manifest.taken(wanted.name, record, part)
        except OSError as error:
            raise WriteError(f"{target}: cannot be written: {error.strerror or error}") from error
    raise FetchError(f"{wanted.name}: no place is known that has it")


def _received(
    wanted: Wanted, url: str, target: Path, on_bytes: OnBytes, patience: Patience | None
) -> tuple[Record, Path]:
    received = download(
        url,
        target,
        size_bytes=wanted.size_bytes,
        starts=wanted.starts,
        kind=wanted.kind,
        on_bytes=lambda have, total: on_bytes(wanted.name, have, total),
        patience=patience,
    )
    part = target.with_name(f"{target.name}.part")
    record = record_of(received, part, url=url)
    if wanted.sha256 and record.sha256 != wanted.sha256:
        with suppress(OSError):
            part.unlink()
        raise FetchError(
            f"{url}: what came has the sha256 {record.sha256[:12]}..., expected is {wanted.sha256[:12]}...; "
            "it was changed on its way or at its place, and is not taken"
        )
    return record, part


def fetch_data_set(
    wanted: DataSet,
    *,
    on_bytes: OnBytes = lambda _name, _have, _total: None,
    patience: Patience | None = None,
) -> tuple[Path, ...]:
    """Files of a set of the registry: those at hand, or fetched into the cache.

    Parameters
    ----------
    wanted : DataSet
        One whose files have addresses.
    on_bytes : callable
    patience : Patience, optional

    Raises
    ------
    FetchError, WriteError
        See `fetch_file`.
    """
    if paths := here(wanted):
        return paths
    folder = cache_folder()
    with locked(folder):
        manifest = Manifest.read(folder, FILES)
        for file in wanted.files:
            if manifest.state(file.name) != "good" or manifest.files[file.name].sha256 != file.sha256:
                manifest = fetch_file(
                    _wanted(file), manifest, overwrite=True, on_bytes=on_bytes, patience=patience
                )  # the cache is ours
    return tuple(folder / file.name for file in wanted.files)


def _wanted(file: DataFile) -> Wanted:
    end = Path(file.name).suffix
    return Wanted(file.name, file.urls, _STARTS.get(end, ()), _KINDS.get(end, "the file"), file.sha256)
