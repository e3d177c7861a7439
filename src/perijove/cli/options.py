"""Options that several subcommands share, and how they talk on standard error."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console

__all__ = ["Number", "out_option", "overwrite_option", "quiet_option", "steps"]

_Command = TypeVar("_Command", bound=Callable[..., object])


class Number(click.FloatRange):
    """A number within bounds; unlike `click.FloatRange` it refuses NaN, which compares with no bound."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Text, or a default, to number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{number} is not in the range {self._describe_range()}.", param, ctx)
        return number


def out_option(default: str) -> Callable[[_Command], _Command]:
    """``--out DIR``."""
    return click.option(
        "--out", type=click.Path(path_type=Path), default=default, show_default=True, help="Folder for the products."
    )


overwrite_option = click.option("--overwrite", is_flag=True, help="Replace products that stand there.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")


@contextmanager
def steps(title: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show the running step on standard error; yields the function that names it."""
    console = Console(stderr=True, quiet=quiet)
    with console.status(title) as status:

        def tell(step: str) -> None:
            status.update(f"{title}: {step}")

        yield tell
