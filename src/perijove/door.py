"""Doors: names that a package offers at once and loads when they are first used.

Seven modules are the public face: `perijove.moons`, `events`, `passes`, `tides`, `interior`, `pictures` and
`volcanoes`. What they offer stands in `perijove.face`, above everything that computes or draws, so a door points up, by
name and on demand.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

__all__ = ["door"]


def door(package: str, public: Sequence[str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """What a door needs: its ``__getattr__`` and its ``__dir__``.

    Parameters
    ----------
    package : str
        Full name of the door: ``perijove.events`` opens on `perijove.face.events`.
    public : sequence of str
        Names that it offers.

    Returns
    -------
    tuple of two functions
    """
    room = package.replace("perijove.", "perijove.face.", 1)

    def load(name: str) -> object:
        if name not in public:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        value: object = getattr(import_module(room), name)
        vars(sys.modules[package])[name] = value
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *public})

    return load, names
