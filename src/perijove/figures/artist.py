"""Draw figures, in this process or in one of its own."""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import TYPE_CHECKING, Self

from perijove.figures.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Artist", "figure_of"]


def figure_of(content: object) -> "Figure":
    """Draw the content of a `Drawing`. Matplotlib is loaded here, and not before."""
    figure: Figure = import_module("perijove.figures.drawn").drawn(content)
    return figure


def _save(drawing: Drawing) -> None:
    import_module("perijove.figures.style").save_figure(
        figure_of(drawing.content), drawing.path, text=dict(drawing.text)
    )


def _end_with_parent() -> None:
    """Wait for the parent's end, however it comes, and end then: nobody is left to take the figures."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _get_ready(also: Callable[[], None] | None) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells this process to stop
    gc.set_threshold(100_000, 20, 100)  # drawing makes many objects and few cycles
    import_module("perijove.figures.drawn")
    if also is not None:
        also()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back, where the system can."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Artist:
    """A second process that draws while the first one computes; half a second is spent on loading matplotlib alone.

    With ``apart=False`` it draws in this process, when asked to.

    Parameters
    ----------
    apart : bool
        Whether to draw in a second process.
    also : callable, optional
        What that process does first, while it has nothing to draw; a function that can be sent to it.
    """

    def __init__(self, *, apart: bool, also: Callable[[], None] | None = None) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._started: Future[int] | None = None
        if apart:
            self._pool = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_get_ready, initargs=(also,)
            )
            with _interrupts_held():  # the child starts with them blocked; a Ctrl-C reaches this process afterwards
                self._started = self._pool.submit(int)  # any task: the child starts with the first

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=error is not None)

    def wait_until_ready(self) -> None:
        """Wait for what the second process does first: whoever needs it then need not do it again."""
        if self._started is not None:
            self._started.result()

    def draw(self, drawing: Drawing) -> "Future[None]":
        """Draw and save; the result tells when it is done, or raises what went wrong."""
        if self._pool is not None:
            return self._pool.submit(_save, drawing)
        done: Future[None] = Future()
        _save(drawing)
        done.set_result(None)
        return done
