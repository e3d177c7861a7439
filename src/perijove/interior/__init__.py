"""What a moon is made of.

The names below are public (`perijove.face.interior`) and load when they are first used; so does what measurements say
of interiors (`perijove.studies`). What lives here: read `layers` and `body` first (one interior), `interiors` (many
at once), `rheology` (how rock yields), `melt`, `tables` (files), `models` (published ones) and `families` (by few
parameters).
"""

# ruff: noqa: F403, F405  # all of the face, for type checkers

from typing import TYPE_CHECKING

from perijove.door import door

if TYPE_CHECKING:
    from perijove.face.interior import *

__all__ = [
    "DATA",
    "HYPOTHESES",
    "PUBLISHED",
    "Datum",
    "Hypothesis",
    "Inference",
    "Interior",
    "Layer",
    "Orbit",
    "Prior",
    "infer",
    "read_interior",
    "with_asthenosphere",
    "with_magma_ocean",
]

__getattr__, __dir__ = door(__name__, __all__)
