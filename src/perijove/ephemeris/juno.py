"""Juno without kernels: its passes of Jupiter, perijoves 34 to 76, integrated from states that the package carries.

One state per perijove stands in the table beside this module, with its covariance. `builders/juno_passes.py` found
them: the free path (`perijove.ephemeris.juno_path`) that meets JPL Horizons' places of Juno, about two per pass, and
the time of perijove in the mission table. A path is integrated when it is first asked for, and kept.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.integration import Trajectory, integrate
from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.galilean import galilean_states
from perijove.ephemeris.juno_arc_table import ROWS
from perijove.ephemeris.juno_path import FreePath
from perijove.ephemeris.segment import Segment, not_covered
from perijove.errors import InputError

__all__ = ["ARCS", "JunoArc", "arc_at", "arc_of", "carried_segments", "juno_segments", "juno_states"]

# What two solutions of JPL differ by at the eight places near perijoves 43 and 44 that the kernel of August 2022 and
# Horizons both have: 0.23 km rms, 0.53 km at most.
_REFERENCE_SIGMA_KM = 0.4
_FORCE_SIGMA_KM_S2 = 1e-12  # left out of the forces: a tenth of the pressure of sunlight
_CARRIED_S, _CARRIED_STEP_S = 50_000.0, 600.0
_MARGIN_S = 60.0  # by which a time may miss an arc: light that is seen within it may have set out before


@dataclass(frozen=True)
class JunoArc:
    """Juno's free path through one perijove.

    Attributes
    ----------
    perijove : int
    perijove_tdb : float
        When it is closest to Jupiter's centre, and where the integration begins; TDB seconds past J2000.
    start_tdb, end_tdb : float
        First and last time.
    quiet_start_tdb, quiet_end_tdb : float
        Between them nothing but known forces has moved Juno.
    kick_before_km_s, kick_after_km_s : float
        Standard error of velocity from what may have happened outside: a moon whose place is known to a kilometre or
        two was passed closely, or the orbit was trimmed.
    state : tuple of float
        From Jupiter's centre at perijove, km and km/s, ICRF.
    covariance_root : tuple of float
        Lower triangle, row by row, of the Cholesky factor of its covariance.
    """

    perijove: int
    perijove_tdb: float
    start_tdb: float
    end_tdb: float
    quiet_start_tdb: float
    quiet_end_tdb: float
    kick_before_km_s: float
    kick_after_km_s: float
    state: tuple[float, ...]
    covariance_root: tuple[float, ...]


def _arc(spans: tuple[float, ...], state: tuple[float, ...], *root: str) -> JunoArc:
    """One row of the table."""
    perijove, tdb, start, end, quiet_start, quiet_end, before, after = spans
    return JunoArc(
        perijove=int(perijove),
        perijove_tdb=tdb,
        start_tdb=tdb + start,
        end_tdb=tdb + end,
        quiet_start_tdb=tdb + quiet_start,
        quiet_end_tdb=tdb + quiet_end,
        kick_before_km_s=before,
        kick_after_km_s=after,
        state=state,
        covariance_root=tuple(float(value) for part in root for value in part.split()),
    )


ARCS = tuple(_arc(*row) for row in ROWS)
"""One arc per perijove, in the order of time; their spans do not overlap."""


def arc_of(perijove: int) -> JunoArc:
    """Arc of a perijove; InputError where none is built in."""
    if isinstance(perijove, str):
        raise InputError(f"perijove {perijove!r}: give its number, such as 57")
    for arc in ARCS:
        if arc.perijove == perijove:
            return arc
    first, last = ARCS[0].perijove, ARCS[-1].perijove
    raise InputError(f"perijove {perijove} is not built in; there are {first} to {last}; others need SPICE kernels")


def arc_at(tdb: float) -> JunoArc:
    """Arc that covers a time, TDB seconds past J2000; InputError, naming the nearest arc, where none does."""
    for arc in ARCS:
        if arc.start_tdb <= tdb <= arc.end_tdb:
            return arc
    raise not_covered("JUNO", tdb, juno_segments())


@cache
def juno_segments() -> tuple[Segment, ...]:
    """Juno's passes as segments, from Jupiter's centre; with their errors."""
    return tuple(_segment(arc) for arc in ARCS)


def _segment(arc: JunoArc) -> Segment:
    return Segment(
        "JUNO",
        "JUPITER",
        (arc.start_tdb, arc.end_tdb),
        lambda tdb: _paths(arc).states(tdb, 1)[:, 0],
        sigma_km=lambda tdb: _sigma_km(arc, tdb),
        margin_s=_MARGIN_S,
        outside=f"Juno is not built in there; the nearest pass is perijove {arc.perijove},",
    )


def carried_segments(arc: JunoArc) -> tuple[Segment, Segment]:
    """Juno's path carried on for 13.9 hours before and after an arc, by the forces of Jupiter, moons and Sun.

    Its error is that at the end of the arc; a manoeuvre out there is not in it.
    """

    def carried(start_tdb: float, span_s: float) -> Segment:
        @cache
        def path() -> Trajectory:
            states = np.concatenate([galilean_states(start_tdb), juno_states(start_tdb)[None]])
            system, end_tdb = JUPITER_AND_MOONS.with_particles("JUNO"), start_tdb + span_s
            return integrate(
                system, states, start_tdb=start_tdb, end_tdb=end_tdb, step_s=_CARRIED_STEP_S, tolerance=1e-9
            )

        return Segment(
            "JUNO",
            "JUPITER",
            (min(start_tdb, start_tdb + span_s), max(start_tdb, start_tdb + span_s)),
            lambda tdb: path().states(tdb)[:, -1],
            sigma_km=lambda tdb: _sigma_km(arc, np.full(tdb.size, start_tdb)),
        )

    return carried(arc.start_tdb, -_CARRIED_S), carried(arc.end_tdb, _CARRIED_S)


def juno_states(tdb: ArrayLike) -> np.ndarray:
    """Positions and velocities of Juno from Jupiter's centre.

    Parameters
    ----------
    tdb : array, shape (...)
        TDB seconds past J2000, each within one of `ARCS`.

    Returns
    -------
    array, shape (..., 6)
        km and km/s, ICRF, geometric.

    Raises
    ------
    InputError
        Where a time lies outside the arcs.
    """
    return _passes().state("JUNO", tdb, center="JUPITER")


@cache
def _passes() -> Ephemeris:
    return Ephemeris(juno_segments())


def _sigma_km(arc: JunoArc, times: np.ndarray) -> np.ndarray:
    """Expected rms distance from the true place, km.

    It holds what JPL's own solutions differ by; the covariance of the fitted state, carried along the path; forces left
    out, growing with the square of time from perijove; and unknown changes of velocity outside the quiet part, growing
    with time.
    """
    places = _paths(arc).states(times)[..., :3]
    fitted2 = np.sum((places[:, 1:] - places[:, :1]) ** 2, axis=(1, 2))
    forces = 0.5 * _FORCE_SIGMA_KM_S2 * (times - arc.perijove_tdb) ** 2
    before = arc.kick_before_km_s * np.maximum(arc.quiet_start_tdb - times, 0.0)
    after = arc.kick_after_km_s * np.maximum(times - arc.quiet_end_tdb, 0.0)
    sigma: np.ndarray = np.sqrt(_REFERENCE_SIGMA_KM**2 + fitted2 + forces**2 + before**2 + after**2)
    return sigma


@cache
def _paths(arc: JunoArc) -> FreePath:
    """The path, and six that begin one standard error beside it."""
    root = np.zeros((6, 6))
    root[np.tril_indices(6)] = arc.covariance_root
    return FreePath(np.array(arc.state) + np.vstack([np.zeros(6), root.T]), epoch_tdb=arc.perijove_tdb)
