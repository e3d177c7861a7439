"""One call over many pieces of work: threads of this machine, or a Dask cluster, with the same results.

Dask is an extra (``pip install perijove[dask]``) and loaded only when a cluster is named.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

from perijove import __version__
from perijove.errors import InputError

__all__ = ["mapped"]

_Piece = TypeVar("_Piece")
_Result = TypeVar("_Result")

_AHEAD = 4  # pieces under way per worker: none idles, and results do not pile up
_CONNECT_SECONDS = 10


def mapped(
    function: Callable[[_Piece], _Result],
    pieces: Sequence[_Piece],
    *,
    threads: int = 2,
    scheduler: str | None = None,
) -> Iterator[_Result]:
    """Results of a function for each piece, in the order of the pieces, as they come.

    Parameters
    ----------
    function : callable
        Of one piece; a module's own function, and what it needs must be in the piece, so that both can travel.
    pieces : sequence
    threads : int
        On this machine; without effect with a scheduler.
    scheduler : str or None
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``; None computes here.

    Yields
    ------
    object
        One result per piece. What has not begun is called off when the caller stops asking or an error is raised.

    Raises
    ------
    InputError
        If threads is not positive, Dask is not installed, no scheduler answers at the address, it has no workers, or
        they have another version of Perijove.
    """
    if threads < 1:
        raise InputError(f"threads {threads}: give 1 or more")
    with _on_threads(threads) if scheduler is None else _on_cluster(scheduler) as (submit, workers):
        waiting: deque[Any] = deque()
        try:
            for piece in pieces:
                waiting.append(submit(function, piece))
                if len(waiting) >= _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def _on_threads(threads: int) -> Iterator[tuple[Callable[..., Any], int]]:
    """How to submit a piece to threads, and how many there are."""
    with ThreadPoolExecutor(threads) as pool:
        yield pool.submit, threads


@contextmanager
def _on_cluster(address: str) -> Iterator[tuple[Callable[..., Any], int]]:
    """How to submit a piece to a cluster, and how many threads its workers have."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise InputError("`scheduler`: Dask is not installed; install it with pip install 'perijove[dask]'") from None
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"`scheduler` {address}: no Dask scheduler answers there ({type(error).__name__})") from error
    with client:
        workers = sum(client.nthreads().values())
        if not workers:
            raise InputError(f"`scheduler` {address}: has no workers; start some with dask worker {address}")
        versions = set(client.run(_version).values())
        if versions != {__version__}:
            shown = ", ".join(sorted(versions))
            raise InputError(
                f"`scheduler` {address}: workers have Perijove {shown}, this is {__version__}; make them equal"
            )

        def submit(function: Callable[[_Piece], _Result], piece: _Piece) -> Any:  # noqa: ANN401  # a future
            return client.submit(function, piece, pure=False)

        yield submit, workers


def _version() -> str:
    """Version of Perijove where this runs."""
    return __version__
