"""Many pieces of work: threads of this machine, or a Dask cluster, with the same results; and many programs at once.

Dask is an extra (``pip install perijove[dask]``) and loaded only when a cluster is named.
"""

import os
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

from perijove import __version__
from perijove.errors import InputError, PerijoveError

__all__ = ["Ended", "ended", "helpful_processes", "mapped"]

_Piece = TypeVar("_Piece")
_Result = TypeVar("_Result")

_AHEAD = 4  # pieces under way per worker: none idles, and results do not pile up
_CONNECT_SECONDS = 10
_LOOK_SECONDS = 0.05  # between two looks at the programs that run


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
    PerijoveError
        If the cluster loses a piece: its worker was killed, and so was each one that tried again.
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

        try:
            yield submit, workers
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "distributed":
                raise
            raise PerijoveError(
                f"`scheduler` {address}: a worker was lost ({type(error).__name__}); what had come back is kept where "
                "the command says so: start workers and run the same again"
            ) from error


def _version() -> str:
    """Version of Perijove where this runs."""
    return __version__


@dataclass(frozen=True)
class Ended:
    """How a program ended.

    Attributes
    ----------
    index : int
        Which of the commands it was.
    process : int
        Number that the system gave it.
    code : int
        Exit code; minus the signal's number where a signal ended it.
    said : str
        What it wrote to its standard error.
    seconds : float
        How long it ran.
    """

    index: int
    process: int
    code: int
    said: str
    seconds: float


@dataclass
class _Running:
    """A program under way."""

    index: int
    command: Sequence[str]
    environment: Mapping[str, str]
    said: IO[bytes] = field(default_factory=TemporaryFile)
    since: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Start it, in a process group of its own: a Ctrl-C at the terminal reaches whoever started it, once."""
        self.program = subprocess.Popen(  # noqa: S603  # the caller's own commands
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.said,
            process_group=0 if os.name == "posix" else None,
        )

    def ended(self) -> Ended:
        code, seconds = self.program.wait(), time.monotonic() - self.since
        with self.said as said:
            said.seek(0)
            return Ended(self.index, self.program.pid, code, said.read().decode(errors="replace"), seconds)


def ended(
    commands: Sequence[Sequence[str]],
    *,
    processes: int,
    first_alone: bool = False,
    tell: Callable[[list[int]], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Ended]:
    """Run programs, some at a time, and tell how each ended, in the order in which they do.

    Parameters
    ----------
    commands : sequence of sequence of str
        What to run. A program that fails, or is killed, does not touch the others.
    processes : int
        How many at a time.
    first_alone : bool
        Run one at a time until one has ended well: what the first one compiles the others need not.
    tell : callable, optional
        Told the indices of those under way, every now and then; what it raises ends them all.
    environment : mapping, optional
        Variables that they find beside those of this process.

    Yields
    ------
    Ended
        When the caller stops asking, or is interrupted, those that run are asked to end (SIGTERM) and waited for.
    """
    running: list[_Running] = []
    todo = deque(enumerate(commands))
    alone = first_alone
    try:
        while todo or running:
            while todo and len(running) < (1 if alone else processes):
                running.append(_Running(*todo.popleft(), environment or {}))
            if tell is not None:
                tell([each.index for each in running])
            for each in [each for each in running if each.program.poll() is not None]:
                running.remove(each)
                how = each.ended()
                alone = alone and how.code != 0
                yield how
            time.sleep(_LOOK_SECONDS)
    finally:
        for each in running:
            each.program.terminate()
        for each in running:
            each.ended()


def helpful_processes(each_bytes: int) -> int:
    """How many processes of a size help on this machine: one per core that may be used, as memory allows."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _memory_at_hand() // each_bytes))


def _memory_at_hand() -> int:
    """Bytes of memory that programs can still take; half of all where the system tells no more."""
    at_hand = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2 if hasattr(os, "sysconf") else 1 << 32
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        at_hand = 1024 * int(next(line for line in lines if line.startswith("MemAvailable")).split()[1])
    with suppress(OSError, ValueError):  # a container's own limit; "max" where it has none
        group = Path("/sys/fs/cgroup")
        most, taken = (int((group / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current"))
        at_hand = min(at_hand, most - taken)
    return at_hand
