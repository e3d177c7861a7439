"""Bars on standard error while files come from the network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from perijove.cli import stopping
from perijove.cli.rules import noted
from perijove.cli.talk import QUIET

__all__ = ["OnBytes", "Tell", "download_bars"]

Tell: TypeAlias = Callable[[str], None]
OnBytes: TypeAlias = Callable[[str, int, int | None], None]


@contextmanager
def download_bars() -> Iterator[tuple[Tell, OnBytes]]:
    """Show a bar for each file that is under way; those that are whole make room.

    Yields
    ------
    tell : callable
        Prints a line above the bars.
    on_bytes : callable
        Takes the name of a file, how many bytes are here, and of how many where that is known. It is also where a run
        ends of which an interrupt was lost on the way.
    """
    console = Console(stderr=True, quiet=noted(QUIET))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks = {}

        def tell(text: str) -> None:
            console.print(text, highlight=False, soft_wrap=True)

        def on_bytes(name: str, have: int, total: int | None) -> None:
            stopping.stop_if_asked()
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=have, total=total)
            if have == total:
                bars.remove_task(tasks.pop(name))

        yield tell, on_bytes
