"""A web server: what it answers, what another try may heal, and what no try can."""

import http.client
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

from perijove import __version__
from perijove.errors import PerijoveError

__all__ = [
    "FetchError",
    "MissingError",
    "Patience",
    "RetryError",
    "explain",
    "open_url",
    "page",
    "place_and_total",
    "read_chunk",
    "remote_size",
]

_CHUNK = 1 << 16
_PASSING_STATUS = frozenset({408, 425, 429})  # and all from 500 on: another try may succeed
_OK, _PARTIAL, _NOT_FOUND, _GONE = 200, 206, 404, 410
_NO_HEAD = frozenset({405, 501})
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
_LARGEST_PAGE = 64 << 20
_Answer = TypeVar("_Answer")


class FetchError(PerijoveError):
    """An archive could not be read: no network, a fault of the server, or not what was asked for."""


class MissingError(FetchError):
    """The server says that there is no such file or folder."""


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Attributes
    ----------
    tries : int
        In a row without a new byte.
    wait_s : float
        Before the second try; doubled before each further one, with up to a quarter more at random.
    timeout_s : float
        For a connection, and for each read.
    """

    tries: int = 5
    wait_s: float = 1.0
    timeout_s: float = 60.0


class RetryError(Exception):
    """A try failed in a way that another may not; whoever tries catches it."""


def open_url(url: str, headers: Mapping[str, str], patience: Patience, method: str = "GET") -> http.client.HTTPResponse:
    """Ask a server.

    Raises
    ------
    urllib.error.HTTPError
        Where it answers with an error; see `explain`.
    RetryError, FetchError
        Where it cannot be reached.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise FetchError(f"{url}: only http and https are fetched; give a folder for local files")
    agent = {"User-Agent": f"perijove/{__version__}", "Accept-Encoding": "identity"}
    request = urllib.request.Request(url, headers={**agent, **headers}, method=method)  # noqa: S310  # checked above
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=patience.timeout_s)  # noqa: S310
    except urllib.error.HTTPError:
        raise
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        explain(url, error)
    return answer


def place_and_total(answer: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """Where in the file an answer begins, and how long the file is."""
    if answer.status == _PARTIAL:
        found = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
        if not found or found[1] is None or int(found[1]) != have:
            raise RetryError(f"the server sent another part than the one from byte {have} on")
        return have, None if found[3] == "*" else int(found[3])
    if answer.status != _OK:
        raise RetryError(f"the server answered {answer.status}")
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def read_chunk(answer: http.client.HTTPResponse) -> bytes:
    """Next bytes of an answer; none at its end, which may come early."""
    try:
        return answer.read(_CHUNK)
    except (http.client.HTTPException, OSError) as error:
        raise RetryError(f"the connection broke off ({_plain(error)})") from error


def _plain(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__)


def explain(url: str, error: Exception) -> NoReturn:
    """Raise what another try cannot heal as `FetchError`, the rest as `RetryError`."""
    reason = getattr(error, "reason", error)
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        if error.code in {_NOT_FOUND, _GONE}:
            raise MissingError(f"{url}: there is no such file or folder on the server ({error.code})") from error
        if error.code not in _PASSING_STATUS and error.code < http.client.INTERNAL_SERVER_ERROR:
            raise FetchError(f"{url}: the server refuses it ({error.code} {error.reason})") from error
        raise RetryError(f"the server has a fault ({error.code} {error.reason})") from error
    if isinstance(reason, ssl.SSLCertVerificationError):
        raise FetchError(
            f"{url}: the server's certificate cannot be checked ({reason.verify_message}); point SSL_CERT_FILE to a "
            "bundle of certificates, such as the one that `python -m certifi` names"
        ) from error
    if isinstance(reason, socket.gaierror):
        raise FetchError(f"{url}: the server's name is not known here; is there a network?") from error
    if isinstance(error, ValueError | http.client.InvalidURL):
        raise FetchError(f"{url}: is no address that can be fetched") from error
    raise RetryError(f"the server cannot be reached ({_plain(error)})") from error


def _retried(url: str, patience: Patience, attempt: Callable[[], _Answer]) -> _Answer:
    """What an attempt returns in the end."""
    reason = ""
    for failed in range(patience.tries):
        if failed:
            time.sleep(patience.wait_s * 2.0 ** (failed - 1))
        try:
            return attempt()
        except urllib.error.HTTPError as error:
            with suppress(RetryError):
                explain(url, error)
            reason = f"the server has a fault ({error.code} {error.reason})"
        except RetryError as retry:
            reason = str(retry)
    raise FetchError(f"{url}: {reason}; given up after {patience.tries} tries")


def page(url: str, *, patience: Patience | None = None) -> str:
    """A web page.

    Raises
    ------
    MissingError, FetchError
        See `download`.
    """
    patience = patience or Patience()

    def attempt() -> str:
        with open_url(url, {}, patience) as answer:
            body = bytearray()
            while (chunk := read_chunk(answer)) and len(body) <= _LARGEST_PAGE:
                body += chunk
            _, total = place_and_total(answer, 0)
        if total is not None and len(body) < total:
            raise RetryError(f"the connection broke off after {len(body)} of {total} bytes")
        return body.decode("utf-8", errors="replace")

    return _retried(url, patience, attempt)


def remote_size(url: str, *, patience: Patience | None = None) -> int | None:
    """Size of a file that the server announces, bytes; None where it does not.

    Raises
    ------
    MissingError, FetchError
        See `download`.
    """
    patience = patience or Patience()

    def attempt() -> int | None:
        try:
            with open_url(url, {}, patience, method="HEAD") as answer:
                return place_and_total(answer, 0)[1]
        except urllib.error.HTTPError as error:
            if error.code in _NO_HEAD:
                error.close()
                return None
            raise

    return _retried(url, patience, attempt)
