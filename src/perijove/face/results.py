"""What results of the public face have in common: they are tables, and figures where there is something to see."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from importlib import import_module
from os import PathLike
from typing import Any, TypeVar

from numpy.typing import ArrayLike

from perijove.ephemeris.solutions import SOLUTIONS
from perijove.ephemeris.source import Ephemeris
from perijove.ephemeris.spice.choice import chosen_ephemeris
from perijove.errors import InputError
from perijove.figures.drawing import Shown

__all__ = [
    "Drawn",
    "Source",
    "Tabular",
    "ephemeris_from",
    "made",
    "rows_of",
]

_Kind = TypeVar("_Kind")


class Tabular:
    """Something that is a table: one dictionary a row, the unit in each column's name."""

    def records(self) -> list[dict[str, Any]]:
        """Rows as dictionaries; None where there is no such number."""
        raise NotImplementedError

    def to_pandas(self) -> Any:  # noqa: ANN401  # pandas is optional, and states no types here
        """Rows as pandas DataFrame.

        Returns
        -------
        pandas.DataFrame
            The columns of `records`.

        Raises
        ------
        InputError
            Where pandas is not installed.
        """
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise InputError("to_pandas needs pandas: pip install pandas, or take records()") from error
        return pandas.DataFrame(self.records())


class Drawn(Shown, Tabular):
    """A table that notebooks show as a figure."""


def made(kind: type[_Kind], record: object, **more: object) -> _Kind:
    """The same record with the methods of its public kind, a dataclass that extends it."""
    own = {one.name: getattr(record, one.name) for one in fields(record) if one.init}  # type: ignore[arg-type]
    return kind(**own, **more)


Source = Ephemeris | str | PathLike[str] | None
"""Where places come from: an ephemeris, a file or folder of SPICE kernels, or what is built in."""


def ephemeris_from(
    source: Source, others: Collection[str] = (), *, observer: str = "JUNO", tdb: ArrayLike = (), lit: bool = True
) -> tuple[Ephemeris, str]:
    """The user's ephemeris, or `chosen_ephemeris` for an observer, other bodies and times; and what figures call it.

    What is `lit` needs the Sun and Jupiter besides.
    """
    if isinstance(source, Ephemeris):
        names = (one.title for one in SOLUTIONS.values() if one.ephemeris is source)
        return source, next(names, "an ephemeris of the user's own")
    return chosen_ephemeris(source, observer.upper(), {*others, *(("SUN", "JUPITER") if lit else ())}, tdb=tdb)


def rows_of(columns: dict[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows from columns."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
