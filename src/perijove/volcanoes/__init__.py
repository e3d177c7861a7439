"""Io's volcanoes as they are seen.

The names below are public (`perijove.face.volcanoes`) and load when they are first used. What lives here: `names` and
`matching` tell which entries of published tables are one source, `assembly` joins them, `database` keeps them;
`catalogue` holds one table as arrays, for statistics. `cooling_lava` and `spectrum_fit` turn radiation into temperature
and area.

A model of what a volcano does, such as the lava lake of Loki, is no catalogue: it becomes an island beside this one.
Laws that it shares with `heat` (conduction, radiation of a surface) go down to `physics`; what holds it against the
sources of `catalogue` goes up to `studies`.
"""

# ruff: noqa: F403, F405  # all of the face, for type checkers

from typing import TYPE_CHECKING

from perijove.door import door

if TYPE_CHECKING:
    from perijove.face.volcanoes import *

__all__ = ["HeatBudget", "HotSpots", "Readings", "heat_budget", "hot_spots", "readings"]

__getattr__, __dir__ = door(__name__, __all__)
