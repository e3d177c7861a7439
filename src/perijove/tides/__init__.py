"""Response of a layered body to tides.

The names below are public (`perijove.face.tides`) and load when they are first used; oceans that move and heat on its
way out (`perijove.ocean`, `perijove.heat`) come through the same door. What lives here: read `love` first (Love
numbers), then `heating` (in volume and as map), `displacement`, and `sweep` (many bodies at once).
"""

# ruff: noqa: F403, F405  # all of the face, for type checkers

from typing import TYPE_CHECKING

from perijove.door import door

if TYPE_CHECKING:
    from perijove.face.tides import *

__all__ = [
    "HeatFlow",
    "Heating",
    "Love",
    "MovingOcean",
    "Swept",
    "heat_transport",
    "love_numbers",
    "ocean_tide",
    "surface_displacement_m",
    "tidal_heating",
    "tidal_sweep",
    "uplift_range_m",
]

__getattr__, __dir__ = door(__name__, __all__)
