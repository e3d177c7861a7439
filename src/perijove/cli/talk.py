"""How a command tells on standard error what it is doing; the answer itself goes to standard output."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from perijove.cli.rules import noted
from perijove.cli.stopping import stop_if_asked

__all__ = ["QUIET", "VERBOSE", "steps"]

QUIET, VERBOSE = "perijove.quiet", "perijove.verbose"  # in the context's notes, put there by the options


@contextmanager
def steps(title: str) -> Iterator[Callable[[str], None]]:
    """Show the running step on standard error; yields the function that names it.

    With ``--quiet`` nothing is shown. That function is also where a run ends of which an interrupt was lost on the
    way. With ``--verbose`` each step leaves a line with the seconds it took.
    """
    console = Console(stderr=True, quiet=noted(QUIET))
    verbose = noted(VERBOSE)
    running, since = "", time.monotonic()

    def leave() -> None:
        if verbose and running:
            console.print(f"{title}: {running} ({time.monotonic() - since:.2f} s)", highlight=False, soft_wrap=True)

    with console.status(title) as status:

        def tell(step: str) -> None:
            nonlocal running, since
            stop_if_asked()
            leave()
            running, since = step, time.monotonic()
            status.update(f"{title}: {step}")

        yield tell
        leave()
