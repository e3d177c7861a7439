"""One moon before another, or in its shadow.

The names below are public (`perijove.face.events`) and load when they are first used. What lives here computes them:
read `finder` first, then `tracks` (paths with light time along one clock) and `contacts` with `contact_kernel` (when
discs touch); `records` holds what comes out.
"""

from typing import TYPE_CHECKING

from perijove.door import door

if TYPE_CHECKING:
    from perijove.face.events import (
        Contact,
        Moment,
        MoonEvent,
        MoonEvents,
        PathMoments,
        SiteObserver,
        apsides,
        closest_approaches,
        conjunctions,
        eclipses,
        moon_events,
        oppositions,
    )

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
