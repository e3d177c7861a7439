"""One file from a web server: resumed where it broke off, never spliced from two versions, retried with patience.

Written on urllib, because pooch, the usual choice, starts from zero after each break.
"""

import http.client
import json
import random
import time
import urllib.error
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.message import Message
from pathlib import Path
from typing import NoReturn

from perijove.archive.web import FetchError, Patience, RetryError, explain, open_url, place_and_total, read_chunk
from perijove.errors import WriteError

__all__ = ["Received", "download"]

_BAD_RANGE = 416


@dataclass(frozen=True)
class Received:
    """Where a file came from.

    Attributes
    ----------
    url : str
        After redirects.
    size_bytes : int
    etag, last_modified : str
        What the server says of its version; empty where it says nothing.
    """

    url: str
    size_bytes: int
    etag: str
    last_modified: str


@dataclass(frozen=True)
class _Version:
    """Which version of a file the bytes at hand belong to; kept beside them."""

    url: str
    etag: str
    last_modified: str
    size_bytes: int | None

    @property
    def proof(self) -> str:
        """What ``If-Range`` may hold: a strong tag or a date; empty where the server gave neither."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    def may_be(self, other: "_Version") -> bool:
        """Whether nothing that both answers say tells them apart; the later may leave out what it has proved."""
        pairs = (
            (self.etag, other.etag),
            (self.last_modified, other.last_modified),
            (self.size_bytes, other.size_bytes),
        )
        return all(one == two for one, two in pairs if one and two)

    @classmethod
    def of(cls, url: str, headers: Mapping[str, str] | Message, size: int | None) -> "_Version":
        """Version that an answer belongs to."""
        return cls(url, headers.get("ETag") or "", headers.get("Last-Modified") or "", size)


@dataclass(frozen=True)
class _Job:
    """What `download` was asked for."""

    url: str
    part: "_Part"
    size_bytes: tuple[int, int] | None
    starts: tuple[bytes, ...]
    kind: str
    on_bytes: Callable[[int, int | None], None]
    patience: Patience


class _Part:
    """The bytes at hand, ``NAME.part``, and ``NAME.part.json`` with their version."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")

    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def version(self) -> _Version | None:
        try:
            return _Version(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def begin(self, version: _Version) -> None:
        """Start from nothing with a version."""
        self.discard()
        self._note.write_text(json.dumps(asdict(version)), encoding="utf-8")

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.settle()

    def settle(self) -> None:
        """Forget the version: the file is whole."""
        self._note.unlink(missing_ok=True)


def download(
    url: str,
    target: Path,
    *,
    size_bytes: tuple[int, int] | None = None,
    starts: tuple[bytes, ...] = (),
    kind: str = "the file",
    on_bytes: Callable[[int, int | None], None] = lambda _have, _total: None,
    patience: Patience | None = None,
) -> Received:
    """Fetch a file into ``TARGET.part``; the caller looks at it and renames it.

    Parameters
    ----------
    url : str
    target : Path
        Where the file is to stand in the end; its folder exists.
    size_bytes : tuple of int, optional
        Least and most that it may have, by the server's own listing, say.
    starts : tuple of bytes
        What the file may begin with; anything else, such as a web page that says "please log in", is refused
        as soon as its first bytes are there.
    kind : str
        What to call it in messages: ``a SPICE kernel``.
    on_bytes : callable
        Told how many bytes are at hand, and how many there are in all where that is known.
    patience : Patience, optional

    Raises
    ------
    MissingError
        Where the server has no such file.
    FetchError
        Where the server cannot be reached, keeps breaking off, or sends something else. The part stays if it can be
        resumed: the next call asks for the rest only, with ``If-Range``, so that a file that has changed
        meanwhile comes anew and whole.
    WriteError
        Where it cannot be written.
    """
    patience, part, failed, best = patience or Patience(), _Part(target), 0, -1
    job = _Job(url, part, size_bytes, starts, kind, on_bytes, patience)
    while True:
        try:
            return _attempt(job)
        except RetryError as reason:
            failed = 1 if part.size() > best else failed + 1
            best = max(best, part.size())
            if failed >= patience.tries:
                raise FetchError(
                    f"{url}: {reason}; given up after {patience.tries} tries without progress: run again to go on"
                ) from reason
            time.sleep(patience.wait_s * 2.0 ** (failed - 1) * random.uniform(1.0, 1.25))  # noqa: S311  # no secret
        except OSError as error:  # network faults have become RetryError or FetchError by now
            raise WriteError(f"{target}: cannot be written: {error.strerror or error}") from error


def _attempt(job: _Job) -> Received:
    url, part = job.url, job.part
    known, have = part.version(), part.size()
    if known is None or known.url != url or not known.proof:
        part.discard()
        known, have = None, 0
    headers = {"Range": f"bytes={have}-", "If-Range": known.proof} if known and have else {}
    try:
        answer = open_url(url, headers, job.patience)
    except urllib.error.HTTPError as error:
        if error.code == _BAD_RANGE and known and known.size_bytes == have:
            part.settle()
            return Received(url, have, known.etag, known.last_modified)
        if error.code == _BAD_RANGE:
            part.discard()
            raise RetryError("the server refused to send the rest of the file") from error
        explain(url, error)
    with answer:
        offset, total = place_and_total(answer, have)
        version = _Version.of(url, answer.headers, total)
        if offset and known and not version.may_be(known):
            part.discard()
            raise RetryError("the file changed while it was fetched")
        _check_announced(job, answer, total)
        if not offset:
            part.begin(version)
        have = _append(job, answer, offset, total)
    if total is not None and have != total:
        raise RetryError(f"the connection broke off after {have} of {total} bytes")
    if job.size_bytes and not job.size_bytes[0] <= have <= job.size_bytes[1]:
        part.discard()
        raise FetchError(f"{url}: sent {have} bytes where {_range(job)} are expected; try later")
    part.settle()
    return Received(answer.url, have, version.etag, version.last_modified)


def _range(job: _Job) -> str:
    return "{} to {}".format(*job.size_bytes) if job.size_bytes else "nothing"


def _check_announced(job: _Job, answer: http.client.HTTPResponse, total: int | None) -> None:
    """Refuse a file of which the server announces another size than it lists."""
    if total is None or not job.size_bytes or job.size_bytes[0] <= total <= job.size_bytes[1]:
        return
    if job.starts and not _may_begin(chunk := read_chunk(answer), job.starts):
        _refuse_foreign(job, chunk)
    raise FetchError(
        f"{job.url}: the server announces {total} bytes where {_range(job)} are expected; try later, or another mirror"
    )


def _append(job: _Job, answer: http.client.HTTPResponse, have: int, total: int | None) -> int:
    """Write what comes behind what is there; how much there is then."""
    job.on_bytes(have, total)
    chunk = read_chunk(answer)
    if not have and job.starts and not _may_begin(chunk, job.starts):
        _refuse_foreign(job, chunk)
    with job.part.path.open("ab") as file:
        file.truncate(have)
        while chunk:
            file.write(chunk)
            have += len(chunk)
            job.on_bytes(have, total)
            chunk = read_chunk(answer)
    return have


def _may_begin(chunk: bytes, starts: tuple[bytes, ...]) -> bool:
    """Whether a file that begins so, or so far, may be what is wanted."""
    return chunk.startswith(starts) or any(start.startswith(chunk) for start in starts)


def _refuse_foreign(job: _Job, chunk: bytes) -> NoReturn:
    job.part.discard()
    is_page = b"<html" in chunk[:2048].lower() or b"<!doctype" in chunk[:2048].lower()
    came = "a web page" if is_page else f"something that begins with {chunk[:12]!r}"
    raise FetchError(
        f"{job.url}: sent {came} instead of {job.kind}; is there a log-in page on the way, or another mirror?"
    )
