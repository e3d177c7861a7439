"""A number that says what it is: value, unit, standard error, source.

A `Fact` is a float and a `Count` an int, so that arithmetic, numpy and compiled loops take them as they are. What is
computed from a fact is a plain number again: an error does not carry itself through a formula.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Self, TypeVar

__all__ = ["Count", "Fact", "Statement", "facts_in"]


class Statement:
    """What is said of a number beside its value; the base of `Fact`, `Count` and `FactArray`.

    Attributes
    ----------
    unit : str
        Products and quotients of symbols with powers, such as ``km3/s2`` or ``W/(m K)``; ``1`` for a pure number.
    source : str
        Who measured, fitted, defined or guessed it.
    sigma : float or None
        One standard error, in the same unit; 0 by definition; None where the source states none.
    """

    unit: str
    source: str
    sigma: float | tuple[float, ...] | None

    @property
    def bare(self) -> Any:  # noqa: ANN401  # a number or an array
        """Value alone, as Python's or numpy's own type."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """Value, error, unit and source in a line; the number alone is what `str` and `repr` write."""
        error = f" ± {self.sigma}" if self.sigma else ""
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.bare}{error}{unit} ({self.source})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ANN401, ARG002, FBT001  # IPython's own signature
        printer.text(self.text)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: object, **named: object) -> Any:  # noqa: ANN401  # numpy's
        """Compute with the bare number: numpy widens single precision by any class of numbers but Python's own."""
        bare = [each.bare if isinstance(each, Statement) else each for each in inputs]
        return ufunc(*bare, **named) if method == "__call__" else getattr(ufunc, method)(*bare, **named)

    def __setattr__(self, name: str, value: object) -> None:
        """Facts stay what they are."""
        raise AttributeError(f"{name} = {value!r}: a fact does not change; a better value gets a name of its own")


_Number = TypeVar("_Number")


def _computes_bare(cls: type[_Number]) -> type[_Number]:
    """Let arithmetic begin with the bare number, so that numpy's scalars answer as they do to Python's own."""

    def forward(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return lambda self, other: operate(self.bare, other)

    def backward(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return lambda self, other: operate(other, self.bare)

    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
        setattr(cls, f"__{name}__", forward(getattr(operator, name)))
        setattr(cls, f"__r{name}__", backward(getattr(operator, name)))
    return cls


@_computes_bare
class Fact(Statement, float):
    """A real number with unit, standard error and source.

    Parameters
    ----------
    value : float
    unit, source : str
    sigma : float, optional

    Examples
    --------
    >>> radius = Fact(1821.49, "km", "Thomas et al. 1998", sigma=0.50)
    >>> 2.0 * radius
    3642.98
    >>> radius.text
    '1821.49 ± 0.5 km (Thomas et al. 1998)'
    """

    sigma: float | None

    def __new__(cls, value: float, unit: str, source: str, sigma: float | None = None) -> Self:
        """Keep the statement beside the number."""
        self = super().__new__(cls, value)
        vars(self).update(unit=unit, source=source, sigma=sigma)
        return self

    def __getnewargs__(self) -> tuple[float, str, str, float | None]:  # type: ignore[override]  # for copies and processes
        """What makes it anew."""
        return float(self), self.unit, self.source, self.sigma

    @property
    def bare(self) -> float:
        """Value alone."""
        return float(self)

    @property
    def measured(self) -> tuple[float, float]:
        """Value and standard error.

        Raises
        ------
        AttributeError
            Where the source states no error.
        """
        if self.sigma is None:
            raise AttributeError(f"{self.text}: the source states no error")
        return float(self), self.sigma


@_computes_bare
class Count(Statement, int):
    """A whole number, exact, with its unit and source.

    Examples
    --------
    >>> rows = Count(128, "px", "NAIF juno_junocam_v03.ti")
    >>> len(range(rows)), rows.sigma
    (128, 0.0)
    """

    sigma: float

    def __new__(cls, value: int, unit: str, source: str) -> Self:
        """Keep the statement beside the number."""
        self = super().__new__(cls, value)
        vars(self).update(unit=unit, source=source, sigma=0.0)
        return self

    def __getnewargs__(self) -> tuple[int, str, str]:  # type: ignore[override]  # for copies and processes
        """What makes it anew."""
        return int(self), self.unit, self.source

    @property
    def bare(self) -> int:
        """Value alone."""
        return int(self)


def facts_in(value: object, name: str = "") -> Iterator[tuple[str, Statement]]:
    """All facts that a record, a mapping or a tuple holds, however deep.

    Parameters
    ----------
    value : object
        A fact, or a dataclass, mapping or tuple of such.
    name : str
        What it is called.

    Yields
    ------
    name : str
        With the field, key or place: ``JUNOCAM.k1``, ``GALILEAN_J2_C22["IO"][0]``.
    fact : Statement
    """
    if isinstance(value, Statement):
        yield name, value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from facts_in(getattr(value, each.name), f"{name}.{each.name}")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from facts_in(inner, f'{name}["{key}"]')
    elif isinstance(value, tuple):
        for place, inner in enumerate(value):
            yield from facts_in(inner, f"{name}[{place}]")
