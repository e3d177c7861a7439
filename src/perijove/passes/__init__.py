"""What a spacecraft meets and sees on its path.

The names below are public (`perijove.face.passes`) and load when they are first used. What lives here computes them:
read `encounters` first (closest approaches; `named_pass` has those of a perijove), then `geometry_series` (one target
over time), `coverage` with `look_kernel` (which ground was seen, and how well), and `sky_view` (what it looked like).
"""

# ruff: noqa: F403, F405  # all of the face, for type checkers

from typing import TYPE_CHECKING

from perijove.door import door

if TYPE_CHECKING:
    from perijove.face.passes import *

__all__ = [
    "Approaches",
    "CloseApproach",
    "FeatureLook",
    "Flyby",
    "Geometry",
    "GroundCoverage",
    "Pass",
    "Passes",
    "View",
    "approaches",
    "flyby",
    "geometry",
    "ground_coverage",
    "juno_passes",
    "seen_from",
]

__getattr__, __dir__ = door(__name__, __all__)
