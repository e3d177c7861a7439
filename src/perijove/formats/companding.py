"""Companding: how JunoCam packs 12-bit counts into 8-bit codes, and how to get them back.

SQROOT is a staircase that follows the photon noise: its step doubles five times on the way up. The published
table (JunoCam product specification) gives one count per code, and that count is the *last* of those that
share the code, not their middle. Measured on raw pictures: where the step doubles, from 4 to 8 counts after
code 89 for example, code 89 is as frequent as its lower neighbours and code 90 twice as frequent, so that
code 90 stands for 248 to 255 while the table says 255. Taken at its word the table is therefore half a step
too high: 2 % at 67 counts, 1.4 % at 255 and 1.1 % at 1439. `decompand` gives the middle.

The linear modes divide by 1, 8 and 16 and drop the rest. For them the table is the *first* count of a code;
no picture at hand confirms it.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.errors import InputError

__all__ = ["COMPANDINGS", "SQROOT_STEPS", "Companding", "compand", "companding", "decompand"]

SQROOT_STEPS = ((0, 1), (23, 2), (43, 4), (89, 8), (184, 16), (209, 32))
"""(code, step): from this code on, the table grows by `step` per code. JunoCam product specification."""

_CODES = 256


@dataclass(frozen=True)
class Companding:
    """One companding mode, as arrays of 256 entries indexed by code.

    Attributes
    ----------
    name : str
        SAMPLE_BIT_MODE_ID of the label.
    table_dn : array, int
        The published table: count that stands for each code.
    first_dn, last_dn : array, int
        The counts that share the code.
    """

    name: str
    table_dn: np.ndarray
    first_dn: np.ndarray
    last_dn: np.ndarray

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.table_dn, self.first_dn, self.last_dn):
            array.setflags(write=False)

    @property
    def step_dn(self) -> np.ndarray:
        """How many counts share each code; a uniform error of this width has the sigma step / sqrt(12)."""
        step: np.ndarray = self.last_dn - self.first_dn + 1
        return step

    @property
    def center_dn(self) -> np.ndarray:
        """Mean of the counts that share each code."""
        center: np.ndarray = 0.5 * (self.first_dn + self.last_dn)
        return center

    @property
    def max_dn(self) -> int:
        """Largest count that has a code of its own; all above share the last code."""
        return int(self.last_dn[-1])


def _sqroot() -> Companding:
    starts = [code for code, _ in SQROOT_STEPS]
    steps = np.repeat([step for _, step in SQROOT_STEPS], np.diff([*starts, _CODES - 1]))
    last = np.concatenate([[0], np.cumsum(steps)])
    first = np.concatenate([[0], last[:-1] + 1])
    return Companding("SQROOT", last, first, last.copy())


def _linear(divisor: int) -> Companding:
    first = np.arange(_CODES) * divisor
    return Companding(f"LIN{divisor}", first, first.copy(), first + divisor - 1)


COMPANDINGS = MappingProxyType({mode.name: mode for mode in (_sqroot(), _linear(1), _linear(8), _linear(16))})
"""All modes by the label's SAMPLE_BIT_MODE_ID."""


def companding(mode: str) -> Companding:
    """Mode by name.

    Raises
    ------
    InputError
        Where there is no such mode.
    """
    try:
        return COMPANDINGS[mode]
    except KeyError:
        allowed = ", ".join(COMPANDINGS)
        raise InputError(f"SAMPLE_BIT_MODE_ID {mode!r} is unknown; allowed: {allowed}") from None


def compand(dn: ArrayLike, mode: str = "SQROOT") -> np.ndarray:
    """Codes of counts, as the instrument sends them.

    Parameters
    ----------
    dn : array
        Counts; rounded to the nearest whole number. Below 0 gives code 0, above the range the last code.
    mode : str
        SAMPLE_BIT_MODE_ID.

    Returns
    -------
    array, uint8
    """
    last = companding(mode).last_dn
    whole = np.clip(np.rint(np.asarray(dn)), 0, last[-1]).astype(np.intp)
    code_of_dn = np.searchsorted(last, np.arange(last[-1] + 1)).astype(np.uint8)
    codes: np.ndarray = code_of_dn[whole]
    return codes


def decompand(codes: ArrayLike, mode: str = "SQROOT", *, published: bool = False) -> np.ndarray:
    """Counts that codes stand for.

    Parameters
    ----------
    codes : array of integers, 0 to 255
        Codes of an EDR product.
    mode : str
        SAMPLE_BIT_MODE_ID.
    published : bool
        The published table as it stands instead of the middle of each step; see the module's text.

    Returns
    -------
    array, float32
    """
    entry = companding(mode)
    table = (entry.table_dn if published else entry.center_dn).astype(np.float32)
    codes = np.asarray(codes)
    counts = np.empty(codes.shape, dtype=np.float32)
    for some, found in zip(np.atleast_2d(codes), np.atleast_2d(counts), strict=True):  # numpy widens indices eightfold
        found[...] = table[some]
    return counts
