"""Data-quality flags of a pixel: bit, name, sentence and whether the value may still be used, in one list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.errors import InputError

__all__ = ["QUALITY", "Flag", "QualityRegistry", "quality_table"]


@dataclass(frozen=True)
class Flag:
    """One quality flag.

    Attributes
    ----------
    bit : int
        Position in the mask, 0 to 15.
    name : str
        Key used in products.
    sentence : str
        What a set bit means.
    usable : bool
        Whether the value still measures the scene. Pixels with a flag that is not usable take no part in maps and fits.
    """

    bit: int
    name: str
    sentence: str
    usable: bool


_FLAGS = (
    Flag(
        0,
        "missing",
        "The value was lost: the file holds zeros, or the flat field has no value there.",
        usable=False,
    ),
    Flag(1, "saturated", "At the top of the code table, or where the detector clips.", usable=False),
    Flag(
        2,
        "nonlinear",
        "Above the detector's linear full well; the value may be a few percent low.",
        usable=True,
    ),
    Flag(
        3,
        "hit",
        "Struck by a charged particle: an isolated spike or streak sharper than the optics.",
        usable=False,
    ),
    Flag(4, "hot", "Hot pixel: extra dark current, the same in every framelet of the filter.", usable=False),
    Flag(5, "dark_column", "Dark, isolation or overscan column; it sees no light.", usable=False),
    Flag(
        6,
        "strip_edge",
        "Within two pixels of the strip's edge; the response departs by 1 to 15 %.",
        usable=True,
    ),
    Flag(7, "companding_step", "The step between neighbouring codes outweighs all other noise.", usable=True),
    Flag(8, "extrapolated_throughput", "Taken after the last orbit of the throughput fit.", usable=True),
    Flag(
        9,
        "uncertain_background",
        "No sky was seen here; the background comes from dark columns.",
        usable=True,
    ),
    Flag(10, "off_limb", "The line of sight misses the body.", usable=True),
    Flag(11, "unlit", "On the body's night side.", usable=True),
    Flag(
        12,
        "beyond_photometry",
        "Angles for which the photometric law that was divided out does not hold: the map has no value here.",
        usable=True,
    ),
)


class QualityRegistry(Mapping[str, Flag]):
    """Flags by name, with what is done with masks of them.

    A mask is an array (or a number) of dtype uint16 in which bit ``flag.bit`` is set where the flag holds.
    """

    dtype = np.dtype(np.uint16)

    def __init__(self, flags: tuple[Flag, ...]) -> None:
        names = {flag.name: flag for flag in flags}
        bits = {flag.bit for flag in flags}
        if len(names) != len(flags) or len(bits) != len(flags) or not bits <= set(range(16)):
            raise ValueError("each flag needs a name and a bit (0 to 15) of its own")
        self._flags = MappingProxyType(names)

    def __getitem__(self, name: str) -> Flag:
        try:
            return self._flags[name]
        except KeyError:
            raise InputError(f"quality flag {name!r} is unknown; allowed: {', '.join(self._flags)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._flags)

    def __len__(self) -> int:
        return len(self._flags)

    @property
    def meanings(self) -> Mapping[int, tuple[str, str]]:
        """Name and sentence by bit, as product writers take them."""
        return MappingProxyType({flag.bit: (flag.name, flag.sentence) for flag in self.values()})

    @property
    def unusable(self) -> np.uint16:
        """Mask of all flags whose value no longer measures the scene."""
        return self.mask(*(flag.name for flag in self.values() if not flag.usable))

    def mask(self, *names: str) -> np.uint16:
        """Mask with the bits of the named flags; 0 without names.

        Raises
        ------
        InputError
            Where a name is unknown.
        """
        value = 0
        for name in names:
            value |= 1 << self[name].bit
        return np.uint16(value)

    def names(self, mask: int | np.integer) -> tuple[str, ...]:
        """Names of the flags that a mask holds, by rising bit."""
        flags = sorted(self.values(), key=lambda flag: flag.bit)
        return tuple(flag.name for flag in flags if int(mask) >> flag.bit & 1)

    def counts(self, masks: ArrayLike) -> dict[str, int]:
        """Number of pixels with each flag; every flag of the registry has an entry.

        Parameters
        ----------
        masks : array of unsigned integers
            Any shape.
        """
        array = np.asarray(masks, dtype=self.dtype)
        return {flag.name: int(np.count_nonzero(array & self.mask(flag.name))) for flag in self.values()}

    def usable(self, masks: ArrayLike) -> np.ndarray:
        """Where a value still measures the scene: boolean array of the masks' shape."""
        result: np.ndarray = (np.asarray(masks, dtype=self.dtype) & self.unusable) == 0
        return result


QUALITY = QualityRegistry(_FLAGS)
"""The one registry of quality flags."""


def quality_table(registry: QualityRegistry = QUALITY) -> str:
    """Markdown table of the flags, for the documentation."""
    lines = ["| bit | value | name | meaning | used in maps and fits |", "|---:|---:|---|---|---|"]
    for flag in sorted(registry.values(), key=lambda flag: flag.bit):
        use = "yes" if flag.usable else "no"
        lines.append(f"| {flag.bit} | {1 << flag.bit} | `{flag.name}` | {flag.sentence} | {use} |")
    return "\n".join(lines) + "\n"
