"""Label keywords with their units and ranges checked.

Mission-site metadata and PDS3 labels say the same things in two notations. Both readers bring them into one
form, a mapping from keyword to text (``"6.400000 <ms>"``), number or list, and ask for values here. A
keyword that is absent or holds one of PDS's placeholders (``"N/A"``, ``"UNK"``, ...) has no value; one that
is present has to be right.
"""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from perijove.errors import LabelError

__all__ = ["PLACEHOLDERS", "Keywords"]

#: What PDS labels print where there is no value.
PLACEHOLDERS = frozenset({"", "N/A", "NA", "UNK", "UNKNOWN", "NULL", "NONE"})

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?:<\s*([^<>]*?)\s*>)?")
_UTC = re.compile(r"(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?")
_CHECK = "correct the label or fetch the product again"
_SHOWN = 80
_LARGEST = 1e300  # a longer whole number has no float


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


@dataclass(frozen=True)
class Keywords:
    """The keywords of one label.

    Attributes
    ----------
    source : str
        Name of the file, for messages.
    values : mapping
        Keyword to text, number or list; the ``IMAGE`` object's keywords stand at the top level.
    """

    source: str
    values: Mapping[str, object]

    def changed(self, changes: Mapping[str, object]) -> "Keywords":
        """Return a copy in which some keywords have other values."""
        return Keywords(self.source, {**self.values, **changes})

    def error(self, name: str, allowed: str, advice: str = _CHECK) -> LabelError:
        """Return the error that says what came for a keyword, what is allowed and what to do."""
        came = f"is {_shown(self.values[name])}" if name in self.values else "is missing"
        return LabelError(f"{self.source}: {name} {came}; allowed: {allowed}; {advice}")

    def has(self, name: str) -> bool:
        """Whether a keyword is there with a value other than a placeholder."""
        value = self.values.get(name)
        return value is not None and not (isinstance(value, str) and value.strip().upper() in PLACEHOLDERS)

    def text(self, name: str, allowed: str = "a text") -> str:
        """Text of a keyword, stripped; `LabelError` where it is missing, empty or not a text."""
        value = self.values.get(name)
        if not self.has(name) or not isinstance(value, str):
            raise self.error(name, allowed)
        return value.strip()

    def optional_text(self, name: str) -> str | None:
        """Text of a keyword, stripped; None where it has no value."""
        return self.text(name) if self.has(name) else None

    def number(self, name: str, low: float, high: float, unit: str = "", *, above: bool = False) -> float:
        """Value of a keyword.

        Parameters
        ----------
        name : str
            Keyword.
        low, high : float
            Allowed range, ends included.
        unit : str
            Unit that has to stand behind the number; empty where none has to.
        above : bool
            True where the value has to lie above `low`, not at it.

        Returns
        -------
        float
            In `unit`.

        Raises
        ------
        LabelError
            If the keyword is missing, not a number, not finite, in another unit or out of range.
        """
        bound = f"above {low:g}" if above else f"from {low:g}"
        allowed = f"a number{f' in <{unit}>' if unit else ''} {bound} to {high:g}"
        raw = self.values.get(name)
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise self.error(name, allowed)
        if isinstance(raw, str):
            match = _QUANTITY.fullmatch(raw.strip())
            if match is None:
                raise self.error(name, allowed)
            value, found = float(match[1]), match[2] or ""
        else:
            value, found = (float(raw) if abs(raw) <= _LARGEST else math.inf), ""
        if found.lower() != unit.lower():
            raise self.error(name, allowed)
        if not math.isfinite(value) or not low <= value <= high or (above and value == low):
            raise self.error(name, allowed)
        return value

    def optional_number(
        self, name: str, low: float, high: float, unit: str = "", *, above: bool = False
    ) -> float | None:
        """Value of a keyword as `number` gives it; None where it has no value."""
        return self.number(name, low, high, unit, above=above) if self.has(name) else None

    def integer(self, name: str, low: int, high: int) -> int:
        """Whole number of a keyword; `LabelError` where it is missing, not whole or out of range."""
        value = self.number(name, low, high)
        if value != int(value):
            raise self.error(name, f"a whole number from {low} to {high}")
        return int(value)

    def optional_integer(self, name: str, low: int, high: int) -> int | None:
        """Whole number of a keyword; None where it has no value."""
        return self.integer(name, low, high) if self.has(name) else None

    def utc(self, name: str) -> dt.datetime:
        """Time of a keyword, printed as ``2024-12-27T01:18:13.519`` or ``2024-362T01:18:13.519``, UTC."""
        allowed = "a UTC time such as 2024-12-27T01:18:13.519"
        match = _UTC.fullmatch(self.text(name, allowed))
        if match is None:
            raise self.error(name, allowed)
        year, month, day, doy, hour, minute, second = (int(g) if g else 0 for g in match.groups()[:7])
        micro = int((match[8] or "0").ljust(6, "0"))
        try:
            first = dt.datetime(year, month or 1, day or 1, hour, minute, second, micro, tzinfo=dt.UTC)
            time = first if month else first + dt.timedelta(days=doy - 1)
        except (ValueError, OverflowError):
            raise self.error(name, allowed) from None
        if time.year != year:
            raise self.error(name, allowed)
        return time

    def optional_utc(self, name: str) -> dt.datetime | None:
        """Time of a keyword; None where it has no value."""
        return self.utc(name) if self.has(name) else None

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Text of a keyword in upper case; `LabelError` where it is none of the allowed ones."""
        words = ", ".join(allowed)
        value = self.text(name, words).upper()
        if value not in allowed:
            raise self.error(name, words)
        return value

    def texts(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """List of distinct texts in upper case; `LabelError` where one is not allowed or comes twice."""
        words = f"a list of {', '.join(allowed)}, each at most once"
        raw = self.values.get(name)
        if not isinstance(raw, list | tuple) or not raw:
            raise self.error(name, words)
        found = tuple(item.strip().upper() if isinstance(item, str) else "" for item in raw)
        if len(set(found)) != len(found) or not set(found) <= set(allowed):
            raise self.error(name, words)
        return found
