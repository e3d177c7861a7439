"""The free path of a spacecraft close to Jupiter, in the full field of planet, moons and Sun."""

from functools import partial
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import GALILEAN_J2_C22, GALILEAN_MEAN_RADII_KM, IO_AHEAD_OF_JUP365_KM
from perijove.bodies.juno import JUNO_LIGHT_PRESSURE
from perijove.bodies.jupiter import (
    JUPITER_GM_KM3_S2,
    JUPITER_K22_DURANTE_2020,
    JUPITER_RADII_KM,
    JUPITER_ZONALS_DURANTE_2020,
)
from perijove.bodies.planets import EXTERNAL_GM_KM3_S2
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.picard import Segment, node_times, picard
from perijove.dynamics.planet_paths import path_state
from perijove.ephemeris.galilean_plain import PLAIN_PATHS
from perijove.ephemeris.juno_forces import CloseForces, accelerations, indirect
from perijove.ephemeris.orientation import icrf_to_body
from perijove.errors import PrecisionError

__all__ = ["FreePath"]

_JUPITER = (JUPITER_GM_KM3_S2, JUPITER_RADII_KM[0], JUPITER_K22_DURANTE_2020, SPEED_OF_LIGHT_KM_S**-2)
_ZONALS = np.array([0.0, 0.0, *JUPITER_ZONALS_DURANTE_2020])
_MOONS = JUPITER_AND_MOONS.names
_LENGTH = 1.0  # of a segment, against the time in which a body is as far away as it is now
_SHORTEST_S = 1.0  # Io itself is passed in 100 s


class FreePath:
    """Paths of spacecraft that nothing but gravity and sunlight moves, integrated as far as they are asked for.

    Parameters
    ----------
    states : array, shape (n, 6) or (6,)
        From Jupiter's centre at the epoch, km and km/s, ICRF.
    epoch_tdb : float
        TDB seconds past J2000.
    light_pressure : float
        Of sunlight, as a part of the Sun's attraction.
    io_ahead_km : float
        By how much Io pulls from a place farther along its orbit than the built-in ephemeris has it.

    Notes
    -----
    Forces: Jupiter's mass, J2 to J10, the tides that moons and Sun raise on it, Schwarzschild's term; the four moons
    with their J2 and C22; the Sun and the pressure of its light. Not modelled, with what each does to Juno within 12 h
    of a perijove: tesserals and normal modes of Jupiter (a few metres), Saturn and inner moons (less than a metre), the
    Lense-Thirring effect (less than a metre), manoeuvres (kilometres). Halving all segments moves Juno by 5e-6 m within
    12 h of perijove and by 5e-4 m within weeks, a change of the last digit of its state by 7e-6 and 5e-4 m.
    """

    def __init__(
        self,
        states: ArrayLike,
        *,
        epoch_tdb: float,
        light_pressure: float = JUNO_LIGHT_PRESSURE,
        io_ahead_km: float = IO_AHEAD_OF_JUP365_KM,
    ) -> None:
        self._initial, self._epoch_tdb = np.atleast_2d(np.asarray(states, dtype=float)), epoch_tdb
        self._io_ahead_km = io_ahead_km
        self._pole = icrf_to_body("JUPITER", epoch_tdb)[2]  # far from Jupiter it hardly counts
        self._bodies = np.zeros((len(_MOONS) + 1, 4))
        self._bodies[:, 0] = [*JUPITER_AND_MOONS.gm_km3_s2, EXTERNAL_GM_KM3_S2["SUN"]]
        self._bodies[:-1, 1:3] = [np.array(GALILEAN_J2_C22[m]) * GALILEAN_MEAN_RADII_KM[m] ** 2 for m in _MOONS]
        self._bodies[-1, 3] = light_pressure
        # Times count from the epoch: in TDB a double has a grain of 1e-7 s, in which Juno goes 7 mm.
        self._sides: dict[int, list[Segment]] = {1: [], -1: []}
        self._lock = Lock()

    def states(self, tdb: ArrayLike, bodies: int | None = None) -> np.ndarray:
        """Positions and velocities of the first bodies, or of all, from Jupiter's centre: (..., n, 6), km, km/s, ICRF.

        Raises
        ------
        PrecisionError
            Where a path cannot be followed, as through the centre of a moon.
        """
        times = np.asarray(tdb, dtype=float)
        seconds = times.ravel() - self._epoch_tdb
        out = np.empty((len(seconds), len(self._initial[:bodies]), 6))
        for side in (1, -1):
            mine = np.flatnonzero(seconds >= 0.0 if side > 0 else seconds < 0.0)
            if not mine.size:
                continue
            segments = self._reaching(side, float(np.abs(seconds[mine]).max()))
            ends = np.abs([segment.start_s + segment.length_s for segment in segments])
            number = np.searchsorted(ends, np.abs(seconds[mine]))
            for k in np.unique(number).tolist():
                here = mine[number == k]
                out[here] = segments[k].states(seconds[here], bodies)
        return out.reshape(*times.shape, *out.shape[1:])

    def _reaching(self, side: int, seconds: float) -> list[Segment]:
        """Segments of a side, at least so far."""
        with self._lock:
            segments = self._sides[side]
            while not segments or abs(segments[-1].start_s + segments[-1].length_s) < seconds:
                last = segments[-1] if segments else None
                start = last.start_s + last.length_s if last else 0.0
                segments.append(self._next(last.end() if last else self._initial, start, side))
            return segments

    def _next(self, state: np.ndarray, start_s: float, side: int) -> Segment:
        """Segment from a state: as long as the nearest body allows, halved until the series has died out."""
        moons = self._moons(np.array([start_s]))[0]
        away = state[:, None] - np.concatenate([np.zeros((1, 6)), moons])
        distance, speed = (np.linalg.norm(away[..., part], axis=-1) for part in (slice(3), slice(3, None)))
        length = side * _LENGTH * float((distance / speed).min())
        while abs(length) > _SHORTEST_S:
            forces = self._forces(start_s + node_times(length))
            own = indirect(forces)
            found = picard(state, start_s, length, partial(accelerations, forces=forces, jupiters_own=own))
            if found is not None:
                return found
            length *= 0.5
        raise PrecisionError(f"no free path leads on from TDB {self._epoch_tdb + start_s:.0f} s: it meets a body")

    def _moons(self, seconds: np.ndarray) -> np.ndarray:
        """States of the moons from Jupiter, (m, 4, 6); Io where it pulls from."""
        moons = PLAIN_PATHS.states(seconds, self._epoch_tdb)
        io_velocity = moons[:, 0, 3:]
        moons[:, 0, :3] += self._io_ahead_km * io_velocity / np.linalg.norm(io_velocity, axis=-1, keepdims=True)
        return moons

    def _forces(self, seconds: np.ndarray) -> CloseForces:
        """What pulls at times."""
        tdb = self._epoch_tdb + seconds
        sun = path_state("SUN", tdb) - path_state("JUPITER_BARYCENTER", tdb)
        places = np.concatenate([self._moons(seconds), sun[:, None]], axis=1)[..., :3]
        return CloseForces(_JUPITER, _ZONALS, self._pole, self._bodies, places.transpose(2, 1, 0).copy())
