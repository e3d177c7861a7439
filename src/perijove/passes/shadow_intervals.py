"""When Jupiter hides a moon from the observer, and when it takes the Sun from the moon."""

from dataclasses import dataclass

import numpy as np

from perijove.ephemeris.source import FrameSource
from perijove.passes.geometry_series import geometry_series
from perijove.timescales import tdb_to_utc

__all__ = ["ShadowInterval", "shadow_intervals"]

_STEP_S = 60.0
_HALVINGS = 14  # of a step: 4 ms, in which Io moves by 70 m
_COLUMNS = {"occultation": "unocculted_fraction", "eclipse": "sunlight_fraction"}


@dataclass(frozen=True)
class ShadowInterval:
    """A time during which Jupiter hides something.

    Attributes
    ----------
    kind : str
        ``occultation``: part of the moon's disc is behind Jupiter as the observer sees it; ``eclipse``: part of the
        Sun's disc is behind Jupiter as the moon's centre sees it.
    start_tdb, end_tdb : float
        TDB seconds past J2000, at the observer.
    cut_before, cut_after : bool
        Whether it began before the span that was asked for, or goes on after it.
    least_fraction : float
        Least part that is left free: 0 where all is hidden for a while.
    """

    kind: str
    start_tdb: float
    end_tdb: float
    cut_before: bool
    cut_after: bool
    least_fraction: float

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "kind": self.kind,
            "start_utc": tdb_to_utc(self.start_tdb, digits=1),
            "end_utc": tdb_to_utc(self.end_tdb, digits=1),
            "cut_before": self.cut_before,
            "cut_after": self.cut_after,
            "least_fraction": self.least_fraction,
        }


def shadow_intervals(
    ephemeris: FrameSource, moon: str, start_tdb: float, end_tdb: float, *, observer: str = "JUNO"
) -> tuple[ShadowInterval, ...]:
    """Occultations and eclipses of a moon by Jupiter in a span.

    Parameters
    ----------
    ephemeris : FrameSource
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
    count = max(int(np.ceil((end_tdb - start_tdb) / _STEP_S)), 1) + 1
    times = np.linspace(start_tdb, end_tdb, count)
    series = geometry_series(ephemeris, moon, times, observer=observer)
    found = []
    for kind, column in _COLUMNS.items():
        free = series.column(column)
        hidden = np.concatenate([[False], free < 1.0, [False]])
        first, last = np.flatnonzero(~hidden[:-1] & hidden[1:]), np.flatnonzero(hidden[:-1] & ~hidden[1:]) - 1
        within = np.concatenate([first, last])
        without = np.concatenate([np.maximum(first - 1, 0), np.minimum(last + 1, count - 1)])
        edges = _edges(ephemeris, moon, observer, column, times[within], times[without])
        starts, ends = np.split(edges, 2)
        found += [
            ShadowInterval(kind, start, end, begin == 0, stop == count - 1, float(free[begin : stop + 1].min()))
            for start, end, begin, stop in zip(
                starts.tolist(), ends.tolist(), first.tolist(), last.tolist(), strict=True
            )
        ]
    return tuple(sorted(found, key=lambda one: one.start_tdb))


def _edges(
    ephemeris: FrameSource, moon: str, observer: str, column: str, within: np.ndarray, without: np.ndarray
) -> np.ndarray:
    """Where hiding begins or ends, between times within and times without; where these are the same, they stay."""
    for _ in range(_HALVINGS if within.size else 0):
        middle = 0.5 * (within + without)
        hidden = geometry_series(ephemeris, moon, middle, observer=observer).column(column) < 1.0
        within, without = np.where(hidden, middle, within), np.where(hidden, without, middle)
    return np.asarray(0.5 * (within + without))
