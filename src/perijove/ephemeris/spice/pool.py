"""SPICE's hidden global fenced in: one lock, a clean kernel pool inside, the user's own kernels back afterwards.

SPICE keeps everything it has loaded in one pool per process. `clean_pool` takes down what the user's own
code has there (kernels, and variables set by hand), gives an empty pool, and puts all of it back.
"""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import spiceypy
from spiceypy.utils.exceptions import NotFoundError, SpiceyError

__all__ = ["POOL_LOCK", "SpiceyError", "clean_pool", "one_line"]

POOL_LOCK = threading.RLock()
"""Held while a clean pool is in use; other threads that use this package wait."""

_NAMES_AT_ONCE = 5000


@dataclass(frozen=True)
class _Pool:
    """What was in the pool: files in their order, and variables by name."""

    files: tuple[str, ...]
    numbers: dict[str, np.ndarray]
    texts: dict[str, list[str]]


def one_line(error: SpiceyError) -> str:
    """SPICE's message without its banner and line breaks."""
    sentence = " ".join(f"{error.long or error.explain}".split())
    return f"{error.short.strip()} {sentence}".strip() or type(error).__name__


def _variable_names() -> list[str]:
    names: list[str] = []
    while True:
        try:
            more = list(spiceypy.gnpool("*", len(names), _NAMES_AT_ONCE))
        except NotFoundError:
            return names
        names += [str(name) for name in more]
        if len(more) < _NAMES_AT_ONCE:
            return names


def _contents() -> _Pool:
    """Read the pool. Files that another kernel (a meta-kernel) loaded come back with that one."""
    loaded = [spiceypy.kdata(i, "ALL") for i in range(spiceypy.ktotal("ALL"))]
    numbers: dict[str, np.ndarray] = {}
    texts: dict[str, list[str]] = {}
    for name in _variable_names():
        size, kind = spiceypy.dtpool(name)[:2]
        if kind == "N":
            numbers[name] = np.array(spiceypy.gdpool(name, 0, size), dtype=float)
        else:
            texts[name] = [str(value) for value in spiceypy.gcpool(name, 0, size)]
    return _Pool(tuple(str(row[0]) for row in loaded if not str(row[2]).strip()), numbers, texts)


def _put_back(pool: _Pool) -> None:
    for file in pool.files:
        try:
            spiceypy.furnsh(file)
        except SpiceyError as error:
            warnings.warn(f"your SPICE kernel {file} could not be loaded again: {one_line(error)}", stacklevel=2)
    for name, numbers in pool.numbers.items():
        spiceypy.pdpool(name, numbers)
    for name, texts in pool.texts.items():
        spiceypy.pcpool(name, texts)


@contextmanager
def clean_pool() -> Iterator[None]:
    """Lend an empty kernel pool; what was there before stands there again afterwards, also after an error."""
    with POOL_LOCK, spiceypy.found_check():
        before = _contents()
        spiceypy.kclear()
        try:
            yield
        finally:
            spiceypy.kclear()
            _put_back(before)
