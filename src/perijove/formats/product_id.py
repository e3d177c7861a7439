"""JunoCam's product names, such as ``JNCE_2024362_68C00012_V01``."""

import datetime as dt
import re
from dataclasses import dataclass

__all__ = ["FILTERS_BY_LETTER", "ProductId"]

#: Filters of a product by the letter in its name (JunoCam product specification, appendix B).
FILTERS_BY_LETTER = {
    "A": frozenset({"METHANE", "BLUE", "GREEN", "RED"}),
    "B": frozenset({"BLUE"}),
    "C": frozenset({"BLUE", "GREEN", "RED"}),
    "G": frozenset({"GREEN"}),
    "M": frozenset({"METHANE"}),
    "R": frozenset({"RED"}),
    "T": frozenset({"BLUE", "RED"}),
}

_NAME = re.compile(r"JNC([A-Z])_(\d{4})(\d{3})_(\d{2})([A-Z])(\d{5})_V(\d{2})")


@dataclass(frozen=True)
class ProductId:
    """Parts of a product name.

    Attributes
    ----------
    name : str
        The whole name.
    kind : str
        E for raw (EDR), R for calibrated (RDR), M for map.
    date : datetime.date
        Day on which the picture was begun.
    orbit : int
        Perijove; 0 in cruise.
    letter : str
        Which filters, see `FILTERS_BY_LETTER`.
    number : int
        Running number of the picture in its orbit.
    version : int
        Version of the product.
    """

    name: str
    kind: str
    date: dt.date
    orbit: int
    letter: str
    number: int
    version: int

    @property
    def picture(self) -> str:
        """Orbit, letter and number, such as ``68C00012``: the same for EDR and RDR and for all versions."""
        return f"{self.orbit:02d}{self.letter}{self.number:05d}"

    @classmethod
    def parse(cls, text: str) -> "ProductId | None":
        """Parts of a name; None where it is none of JunoCam's."""
        match = _NAME.fullmatch(text.strip().upper())
        return None if match is None else cls._from_match(match)

    @classmethod
    def find(cls, text: str) -> "ProductId | None":
        """Find the first product name within a text such as a file name."""
        match = _NAME.search(text.upper())
        return None if match is None else cls._from_match(match)

    @classmethod
    def _from_match(cls, match: re.Match[str]) -> "ProductId | None":
        kind, year, doy, orbit, letter, number, version = match.groups()
        if not 1 <= int(doy) <= 366 or int(year) < 1:
            return None
        date = dt.date(int(year), 1, 1) + dt.timedelta(days=int(doy) - 1)
        return cls(match[0], kind, date, int(orbit), letter, int(number), int(version))
