"""A segment: where one body is from another, over a span of time. Every ephemeris is made of them."""

import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np

from perijove.constants import J2000_JD, SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.timescales import tdb_to_utc

__all__ = [
    "ALWAYS",
    "NAIF_IDS",
    "ROOT",
    "Segment",
    "States",
    "Together",
    "not_covered",
    "plain_name",
    "time_text",
]

ROOT = "SOLAR SYSTEM BARYCENTER"

NAIF_IDS = MappingProxyType(
    {
        "SUN": 10,
        "EARTH": 399,
        "JUPITER": 599,
        **{moon: 501 + i for i, moon in enumerate(("IO", "EUROPA", "GANYMEDE", "CALLISTO"))},
        "JUPITER BARYCENTER": 5,
        ROOT: 0,
        "JUNO": -61,
    }
)
"""Numbers of the bodies of the built-in ephemeris."""

_SPELLINGS = MappingProxyType({"SSB": ROOT, **{str(number): name for name, number in NAIF_IDS.items()}})


def plain_name(name: str) -> str:
    """A body's name as it is spelled here: in capitals, blanks for underscores, names for NAIF's numbers."""
    plain = " ".join(name.upper().replace("_", " ").split())
    return _SPELLINGS.get(plain, plain)


States = Callable[[np.ndarray], np.ndarray]

ALWAYS = (-np.inf, np.inf)
"""Span without an end."""


@dataclass(frozen=True)
class Segment:
    """Where a body is from another, over a span of time.

    Attributes
    ----------
    target, center : str
        The body, and from where it is seen: NAIF names, or any others; kept as `plain_name` spells them. A centre
        without a name is a joint of the tree that nobody can ask for.
    span : (float, float)
        First and last time, TDB seconds past J2000.
    state : callable
        Takes times of shape (n,), TDB seconds past J2000 within the span; gives positions and velocities of shape
        (n, 6), km and km/s, ICRF, geometric. It keeps neither of the two arrays, and changes none.
    sigma_km : callable, optional
        Standard errors at such times: the rms distance of the given place from the true one, shape (n,), the same in
        all directions; or shape (n, 3), away from the centre, along the path and normal to it. Without it errors are
        not known.
    solution_sigma_km : callable, optional
        For places whose `sigma_km` is counted against a solution that they were fitted to: what that solution itself
        errs by, shape (n,) or (n, 3). It is one and the same error at times near each other.
    margin_s : float
        By which a time may miss the span: light that is seen within it may have set out before.
    outside : str
        What a message says of other times, before the dates of the span, if not that the body is not known there.
    """

    target: str
    center: str
    span: tuple[float, float]
    state: States
    sigma_km: States | None = None
    solution_sigma_km: States | None = None
    margin_s: float = 0.0
    outside: str = ""

    def __post_init__(self) -> None:
        """Spell the names."""
        object.__setattr__(self, "target", plain_name(self.target))
        object.__setattr__(self, "center", plain_name(self.center))


class Together:
    """Several bodies from one computation: who asks for another at the very same times gets what was found.

    Parameters
    ----------
    states : callable
        From times of shape (n,) to states of shape (n, bodies, 6).

    Notes
    -----
    The last result of each thread is kept as long as its array of times exists, and only if nobody can change that: the
    composition asks with arrays that own their numbers and are read-only.
    """

    def __init__(self, states: States) -> None:
        self._states = states
        self._kept = threading.local()

    def __call__(self, tdb: np.ndarray) -> np.ndarray:
        """States of all bodies, shape (n, bodies, 6), not to be changed."""
        kept: tuple[weakref.ref[np.ndarray], np.ndarray] | None = getattr(self._kept, "last", None)
        if kept is not None and kept[0]() is tdb:
            return kept[1]
        states = self._states(tdb)
        if tdb.flags.owndata and not tdb.flags.writeable:
            local = self._kept
            self._kept.last = (weakref.ref(tdb, lambda ref: _forget(local, ref)), states)
        return states

    def one(self, index: int) -> States:
        """States of one of the bodies alone."""
        return lambda tdb: np.asarray(self(tdb)[:, index])


def _forget(kept: threading.local, ref: weakref.ref[np.ndarray]) -> None:
    if (last := getattr(kept, "last", None)) is not None and last[0] is ref:
        del kept.last


def not_covered(body: str, tdb: float, segments: Sequence[Segment]) -> InputError:
    """Error for a time at which no segment of a body is at hand; it names the nearest one that is."""
    nearest = min(segments, key=lambda one: max(one.span[0] - tdb, tdb - one.span[1]))
    what = nearest.outside or f"{body.capitalize()} is not known there; the nearest span is"
    return InputError(
        f"{time_text(tdb)}: {what} {_span(*nearest.span)}; other times need SPICE kernels that cover them"
    )


def time_text(tdb: float) -> str:
    """A time for messages: UTC, or where there was none the Julian date."""
    try:
        return f"{tdb_to_utc(tdb, digits=0)} UTC"
    except (InputError, ValueError):  # before 1972; past the calendar's last year
        return f"JD {J2000_JD + tdb / SECONDS_PER_DAY:.5f} TDB"


def _span(start_tdb: float, end_tdb: float) -> str:
    """Both ends in UTC; where the first lies before there was any, days in TDB."""
    try:
        return f"{tdb_to_utc(start_tdb, digits=0)} to {tdb_to_utc(end_tdb, digits=0)}"
    except (InputError, ValueError):
        first, last = (_day(t) if np.isfinite(t) else str(t) for t in (start_tdb, end_tdb))
        return f"{first} to {last} (TDB)"


def _day(tdb: float) -> str:
    return date.fromordinal(date(2000, 1, 1).toordinal() + round(tdb / SECONDS_PER_DAY + 0.5)).isoformat()
