"""The Galilean moons: where they are, what holds and changes their orbits, and orbits from positions.

A door (`perijove.door`): its names come from `perijove.face.moons` when they are first used.
"""

# ruff: noqa: F403, F405  # all of the face, for type checkers

from typing import TYPE_CHECKING

from perijove.door import door

if TYPE_CHECKING:
    from perijove.face.moons import *

__all__ = [
    "JUPITER_AND_MOONS",
    "MOONS",
    "Orbits",
    "Paths",
    "Resonance",
    "States",
    "TidalEvolution",
    "TidalFuture",
    "TidalModel",
    "evolve",
    "fit_orbits",
    "integrate",
    "resonance",
    "states",
    "tidal_evolution",
]

__getattr__, __dir__ = door(__name__, __all__)
