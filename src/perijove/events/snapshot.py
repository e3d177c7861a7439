"""How far east or west of Jupiter the moons stand: the curves of a corkscrew diagram."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.ephemeris.galilean import MOONS
from perijove.ephemeris.observers import BodyObserver, Observer
from perijove.ephemeris.source import EMBEDDED, Ephemeris
from perijove.events.contacts import Stage
from perijove.events.juno_watch import ephemeris_that_reaches
from perijove.events.tracks import sampled_paths

__all__ = ["MoonOffsets", "moon_offsets"]

_MARGIN_S = 6000.0
_EARTH = BodyObserver("EARTH")


@dataclass(frozen=True)
class MoonOffsets:
    """Moons beside Jupiter as an observer sees them.

    Attributes
    ----------
    moons : tuple of str
    times_tdb : array, shape (n,)
    east : array, shape (moons, n)
        Along Jupiter's equator, in its equatorial radii; positive EAST on the sky, which is left with north up.
    nearer : array of bool, shape (moons, n)
        Than Jupiter.
    hidden : array of bool, shape (moons, n)
        Wholly behind Jupiter or in its umbra.
    """

    moons: tuple[str, ...]
    times_tdb: np.ndarray
    east: np.ndarray
    nearer: np.ndarray
    hidden: np.ndarray


def moon_offsets(
    start_tdb: float,
    end_tdb: float,
    *,
    observer: Observer = _EARTH,
    ephemeris: Ephemeris = EMBEDDED,
    moons: Sequence[str] = MOONS,
) -> MoonOffsets:
    """Offsets of the moons from Jupiter's centre, every 20 minutes.

    Parameters
    ----------
    start_tdb, end_tdb : float
        TDB seconds past J2000, at the observer.
    observer : Observer
    ephemeris : Ephemeris
        Must reach 3 hours further back than the span, and 100 minutes further on.
    moons : sequence of str
    """
    ephemeris = ephemeris_that_reaches(observer, ephemeris, start_tdb, end_tdb)
    paths = sampled_paths(ephemeris, observer, moons, start_tdb=start_tdb - _MARGIN_S, end_tdb=end_tdb + _MARGIN_S)
    stage = Stage.of(paths, observer, ephemeris)
    shown = tuple(stage.sights)
    t = paths.times_s[(paths.times_s >= _MARGIN_S) & (paths.times_s <= end_tdb - start_tdb + _MARGIN_S)]
    here = paths.state("OBSERVER", t)
    east, nearer, hidden = [], [], []
    for moon in shown:
        light, path = stage.sights[moon].at(t)
        sight = -light / np.linalg.norm(light, axis=-1, keepdims=True)
        leftward = np.cross(np.broadcast_to(paths.pole, sight.shape), sight)
        leftward /= np.linalg.norm(leftward, axis=-1, keepdims=True)
        scale = np.linalg.norm(light, axis=-1) / np.linalg.norm(light - path, axis=-1)
        east.append(np.sum(path * leftward, axis=-1) * scale / JUPITER_RADII_KM[0])
        nearer.append(np.sum(path * light, axis=-1) > 0.0)
        _, left = paths.received(moon, here, t)
        hidden.append(stage.occulted(moon, t) | stage.eclipsed(moon, left))
    return MoonOffsets(shown, paths.epoch_tdb + t, np.array(east), np.array(nearer), np.array(hidden))
