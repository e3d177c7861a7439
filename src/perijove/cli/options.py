"""Options that several subcommands share, and how they talk on standard error."""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console

from perijove.cli.stopping import stop_if_asked
from perijove.errors import InputError

__all__ = [
    "Folder",
    "Number",
    "basemap_left_lon_option",
    "out_option",
    "overwrite_option",
    "quiet_option",
    "steps",
]

_Command = TypeVar("_Command", bound=Callable[..., object])


class Number(click.FloatRange):
    """A number within bounds; unlike `click.FloatRange` it refuses NaN, which compares with no bound."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Text, or a default, to number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{number} is not in the range {self._describe_range()}.", param, ctx)
        return number


class Folder(click.Path):
    """A folder to write to, there or not yet; the empty text, a shell variable without a value, is none."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Text, or a default, to path."""
        option = param.opts[0] if param is not None else "--out"
        if not os.fspath(value):
            raise InputError(f"{option}: the name is empty; give a folder, or . for this one")
        taken = next((place for place in (Path(value), *Path(value).parents) if place.exists()), None)
        if taken is not None and not taken.is_dir():
            raise InputError(f"{taken}: is a file, no folder; give another {option}")
        return super().convert(value, param, ctx)


def out_option(default: str) -> Callable[[_Command], _Command]:
    """``--out DIR``."""
    return click.option("--out", type=Folder(), default=default, show_default=True, help="Folder for the products.")


basemap_left_lon_option = click.option(
    "--basemap-left-lon",
    type=Number(-360.0, 360.0),
    default=0.0,
    show_default=True,
    help="East longitude of its left edge, deg; -180 where it is centred on 0.",
)
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace products that stand there.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")


@contextmanager
def steps(title: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show the running step on standard error; yields the function that names it.

    That function is also where a run ends of which an interrupt was lost on the way.
    """
    console = Console(stderr=True, quiet=quiet)
    with console.status(title) as status:

        def tell(step: str) -> None:
            stop_if_asked()
            status.update(f"{title}: {step}")

        yield tell
