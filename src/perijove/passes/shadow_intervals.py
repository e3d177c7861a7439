"""When Jupiter hides a moon from the observer, and when it takes the Sun from the moon."""

from dataclasses import asdict, dataclass

import numpy as np

from perijove.dynamics.time_search import Span, grid, spans
from perijove.ephemeris.source import Ephemeris
from perijove.passes.geometry_series import geometry_series

__all__ = ["ShadowInterval", "shadow_intervals"]

_STEP_S = 60.0
_TOLERANCE_S = 4e-3  # in which Io moves by 70 m
_COLUMNS = {"occultation": "unocculted_fraction", "eclipse": "sunlight_fraction"}


@dataclass(frozen=True, kw_only=True)
class ShadowInterval(Span):
    """A time during which Jupiter hides something; TDB seconds past J2000, at the observer.

    Attributes
    ----------
    kind : str
        ``occultation``: part of the moon's disc is behind Jupiter as the observer sees it; ``eclipse``: part of the
        Sun's disc is behind Jupiter as the moon's centre sees it.
    least_fraction : float
        Least part that is left free: 0 where all is hidden for a while.
    """

    kind: str
    least_fraction: float


def shadow_intervals(
    ephemeris: Ephemeris, moon: str, start_tdb: float, end_tdb: float, *, observer: str = "JUNO"
) -> tuple[ShadowInterval, ...]:
    """Occultations and eclipses of a moon by Jupiter in a span.

    Parameters
    ----------
    ephemeris : Ephemeris
    moon : str
        Galilean moon.
    start_tdb, end_tdb : float
        TDB seconds past J2000, at the observer.
    observer : str
        NAIF name.

    Returns
    -------
    tuple of ShadowInterval
        In the order of time. What lasts less than a minute may go unseen. Jupiter is its level of 1 bar: refraction and
        haze make true eclipses of Io longer by some ten seconds at each end (`perijove events` says by how much).
    """
    times = grid(start_tdb, end_tdb, _STEP_S)
    series = geometry_series(ephemeris, moon, times, observer=observer)
    found = []
    for kind, column in _COLUMNS.items():

        def hides(tdb: np.ndarray, column: str = column) -> np.ndarray:
            return _hides(geometry_series(ephemeris, moon, tdb, observer=observer).column(column))

        free = series.column(column)
        for span in spans(hides, times, values=_hides(free), tolerance_s=_TOLERANCE_S):
            within = (times >= span.start_tdb) & (times <= span.end_tdb)
            found.append(ShadowInterval(**asdict(span), kind=kind, least_fraction=float(free[within].min())))
    return tuple(sorted(found, key=lambda one: one.start_tdb))


def _hides(free: np.ndarray) -> np.ndarray:
    """1 while a part is hidden, else -1: how far off the edge is, a whole disc does not tell."""
    return np.where(free < 1.0, 1.0, -1.0)
