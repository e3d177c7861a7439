"""Raw JunoCam pictures: open, locate, map, and what the framelets show.

A door (`perijove.door`): its names come from `perijove.face.pictures` when they are first used.
"""

# ruff: noqa: F403, F405  # all of the face, for type checkers

from typing import TYPE_CHECKING

from perijove.door import door

if TYPE_CHECKING:
    from perijove.face.pictures import *

__all__ = [
    "BACKPLANES",
    "QUALITY",
    "Footprint",
    "Footprints",
    "Location",
    "MappedPicture",
    "Picture",
    "RawImage",
    "Shot",
    "footprints",
    "open",
]

__getattr__, __dir__ = door(__name__, __all__)
