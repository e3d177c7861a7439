"""One moon before another, about Jupiter's disc, or in a shadow: when, whether it is seen, and how well that is known.

The names below are public (`perijove.face.events`) and load when they are first used. What lives here computes them.
Read in this order:

- `records`: what an event and its contacts are, in words; `Almanac` is a span of them.
- `finder`: all events of a span for any observer. It asks, track by track,
- `tracks`: where two bodies stand along the light that tells of it,
- `search`: closest approaches and contacts on a track, by `perijove.dynamics.time_search`,
- `contacts`: what an observer sees of them; `phase` has the lit part of Jupiter's disc, `depth` that of mutual events.

`contact_kernel` has the geometry of tangent planes, `snapshot` the moons' offsets for a diagram, `juno_watch` Juno as
observer without kernels. A new kind of event begins in `records.KINDS` and `finder`. Moments of integrated paths, which
need no discs, are in `perijove.dynamics.moments`.
"""

# ruff: noqa: F403, F405  # all of the face, for type checkers

from typing import TYPE_CHECKING

from perijove.door import door

if TYPE_CHECKING:
    from perijove.face.events import *

__all__ = [
    "Contact",
    "Moment",
    "MoonEvent",
    "MoonEvents",
    "PathMoments",
    "SiteObserver",
    "apsides",
    "closest_approaches",
    "conjunctions",
    "eclipses",
    "moon_events",
    "oppositions",
]

__getattr__, __dir__ = door(__name__, __all__)
