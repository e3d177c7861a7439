"""What a command hands over: its answer on standard output, and files that appear whole or not at all.

The options ``--json``, ``--csv``, ``--overwrite`` and ``--quiet`` leave notes in the context, which are read here; no
command has to carry them about.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from perijove.cli.rules import noted, typed_command
from perijove.export.answer import answer_json
from perijove.export.atomic import ProductSet, refuse_existing

__all__ = [
    "AS_CSV",
    "AS_JSON",
    "OVERWRITE",
    "as_json",
    "hand_over",
    "new_figure",
    "new_file",
    "new_files",
    "overwriting",
    "refuse_standing",
]

_T = TypeVar("_T")

AS_JSON, AS_CSV, OVERWRITE = "perijove.as_json", "perijove.as_csv", "perijove.overwrite"  # in the context's notes


def hand_over(
    record: Mapping[str, object] | Callable[[], Mapping[str, object]],
    text: str | Callable[[], str],
    *,
    csv: Callable[[], str] | None = None,
    ephemeris: object = None,
) -> None:
    """Print an answer in the form that was asked for; what would be long to make is given as a function.

    Parameters
    ----------
    record : mapping
        For ``--json``; the provenance is added here.
    text : str
        For people.
    csv : callable, optional
        Makes the table for ``--csv``.
    ephemeris : str, mapping or None
        Where places come from, for the provenance.
    """
    if noted(AS_JSON):
        shown = as_json(_made(record), ephemeris=ephemeris)
    else:
        shown = csv() if csv is not None and noted(AS_CSV) else _made(text)
    click.echo(shown.removesuffix("\n"))


def as_json(record: Mapping[str, object], *, ephemeris: object = None) -> str:
    """An answer as JSON text with its provenance, as printed and as written into files."""
    return answer_json(record, command=typed_command(), ephemeris=ephemeris)


def overwriting() -> bool:
    """Whether files that stand there may be replaced."""
    return noted(OVERWRITE)


def refuse_standing(place: Path | None, names: Iterable[str] | None = None) -> None:
    """Refuse what stands there, before a long run starts: a file, or files of these names in a folder."""
    if place is not None and not overwriting():
        refuse_existing(*((place.parent, [place.name]) if names is None else (place, names)))


def new_files(folder: Path) -> ProductSet:
    """Files to write into a folder, all or none."""
    return ProductSet(folder, overwrite=overwriting())


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Where to write a file for now; it takes its place at the end."""
    with new_files(path.parent) as products:
        yield products.path(path.name)


def new_figure(path: Path, figure: Any, *, text: dict[str, str] | None = None) -> None:  # noqa: ANN401  # of matplotlib
    """Write one figure; `text` goes into the PNG's own fields."""
    from perijove.figures.style import save_figure

    with new_file(path) as place:
        save_figure(figure, place, text=text)


def _made(value: _T | Callable[[], _T]) -> _T:
    return value() if callable(value) else value
