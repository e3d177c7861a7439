"""Juno as the one who watches, without kernels: a built-in pass, carried on so that events at its ends are whole."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.integration import Trajectory, integrate
from perijove.ephemeris.juno import JunoArc, arc_at
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.errors import InputError
from perijove.events.observers import BodyObserver, Observer
from perijove.timescales import tdb_to_utc

__all__ = ["JunoPass", "ephemeris_that_reaches"]

_JUNO = "JUNO"
_CARRIED_S = 50_000.0  # beyond either end of the pass
_STEP_S = 600.0


@dataclass(frozen=True)
class JunoPass:
    """The built-in ephemeris, with Juno's path carried on beyond one pass by the forces of Jupiter, moons and Sun.

    Attributes
    ----------
    arc : JunoArc
    """

    arc: JunoArc

    def state(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """As `EmbeddedEphemeris.state`; Juno is known for 13.9 hours more on either side of the pass."""
        times = np.asarray(tdb, dtype=float)
        within = (times >= self.arc.start_tdb) & (times <= self.arc.end_tdb)
        if _JUNO not in {body, center} or within.all():
            known: np.ndarray = EMBEDDED.state(body, times, center=center)
            return known
        if body != _JUNO:
            return np.asarray(-self.state(_JUNO, times, center=body))
        states = np.empty((*times.shape, 6))
        states[within] = EMBEDDED.state(_JUNO, times[within], center="JUPITER")
        for path, beyond in ((self._before, times < self.arc.start_tdb), (self._after, times > self.arc.end_tdb)):
            states[beyond] = path.states(times[beyond])[:, -1]
        states -= EMBEDDED.state(center, times, center="JUPITER")
        return states

    def position_sigma_km(self, body: str, tdb: ArrayLike, *, center: str) -> np.ndarray:
        """As `EmbeddedEphemeris.position_sigma_km`; beyond the pass Juno's error at its end is given."""
        times = np.asarray(tdb, dtype=float)
        if _JUNO in {body, center}:
            times = np.clip(times, self.arc.start_tdb, self.arc.end_tdb)
        return EMBEDDED.position_sigma_km(body, times, center=center)

    @cached_property
    def _before(self) -> Trajectory:
        return self._carried(self.arc.start_tdb, -_CARRIED_S)

    @cached_property
    def _after(self) -> Trajectory:
        return self._carried(self.arc.end_tdb, _CARRIED_S)

    @staticmethod
    def _carried(start_tdb: float, span_s: float) -> Trajectory:
        bodies = (*JUPITER_AND_MOONS.names, _JUNO)
        states = np.stack([EMBEDDED.state(body, start_tdb, center="JUPITER") for body in bodies])
        return integrate(
            JUPITER_AND_MOONS.with_particles(_JUNO),
            states,
            start_tdb=start_tdb,
            end_tdb=start_tdb + span_s,
            step_s=_STEP_S,
            tolerance=1e-9,
        )


def ephemeris_that_reaches(observer: Observer, ephemeris: Ephemeris, start_tdb: float, end_tdb: float) -> Ephemeris:
    """Ephemeris for events that an observer sees in a span: the given one, but for Juno without kernels.

    Raises
    ------
    InputError
        Where Juno watches from the built-in ephemeris and the span does not lie within one pass.
    """
    if not (isinstance(observer, BodyObserver) and observer.body == _JUNO and observer.ephemeris is None):
        return ephemeris
    if ephemeris is not EMBEDDED:
        return ephemeris
    arc = arc_at(start_tdb)
    if not end_tdb <= arc.end_tdb:
        begin, end = (tdb_to_utc(t, digits=0) for t in (arc.start_tdb, arc.end_tdb))
        raise InputError(
            f"events until {tdb_to_utc(end_tdb, digits=0)} UTC: Juno is built in for single passes, that of perijove "
            f"{arc.perijove} from {begin} to {end}; longer spans need SPICE kernels that cover them"
        )
    return JunoPass(arc)
