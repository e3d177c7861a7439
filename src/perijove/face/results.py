"""What results of the public face have in common: they are tables, and figures where there is something to see."""

from collections.abc import Sequence
from dataclasses import fields
from importlib import import_module
from io import BytesIO
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeVar

from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.solutions import best_solution
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.source import kernel_ephemeris, kernel_segments
from perijove.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Drawn",
    "Source",
    "Tabular",
    "ephemeris_from",
    "made",
    "rows_of",
    "source_name",
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


class Drawn(Tabular):
    """A table that notebooks show as a figure."""

    def plot(self) -> "Figure":
        """Annotated matplotlib figure."""
        raise NotImplementedError

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.plot().savefig(stream, format="png")
        return stream.getvalue()


def made(kind: type[_Kind], record: object, **more: object) -> _Kind:
    """The same record with the methods of its public kind, a dataclass that extends it."""
    own = {one.name: getattr(record, one.name) for one in fields(record) if one.init}  # type: ignore[arg-type]
    return kind(**own, **more)


Source = Ephemeris | str | PathLike[str] | None
"""Where places come from: an ephemeris, a file or folder of SPICE kernels, or what is built in."""


def ephemeris_from(source: Source, *, observer: str = "JUNO") -> Ephemeris:
    """The built-in ephemeris, the user's, kernels, or an observer from kernels among built-in bodies.

    Parameters
    ----------
    source : Ephemeris, path or None
        Where kernels hold the observer, but not the moons, these are built in.
    observer : str
        NAIF name. What is built in has Io's lead for Juno: `perijove.ephemeris.solutions.best_solution`.
    """
    if source is None:
        return best_solution(observer.upper()).ephemeris
    if isinstance(source, Ephemeris):
        return source
    loaded = Kernels(source)
    held, who = {row.body.upper() for row in loaded.coverage()}, observer.upper()
    if {who, "JUPITER"} <= held and not held.issuperset(MOONS):
        return best_solution(who).ephemeris.replacing(*kernel_segments(loaded, who))
    return kernel_ephemeris(loaded)


def source_name(source: Source, *, observer: str = "JUNO") -> str:
    """What figures and records call an ephemeris; `observer` as for `ephemeris_from`."""
    if source is None:
        return best_solution(observer.upper()).title
    if source is EMBEDDED:
        return "built-in ephemeris"
    return "an ephemeris of the user's own" if isinstance(source, Ephemeris) else "kernels"


def rows_of(columns: dict[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows from columns."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
