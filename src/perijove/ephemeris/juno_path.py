"""The free path of a spacecraft close to Jupiter, in the full field of planet, moons and Sun."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from perijove.constants import SECONDS_PER_HOUR, SPEED_OF_LIGHT_KM_S
from perijove.dynamics.chebyshev import segment_times, to_series
from perijove.dynamics.fitted_system import JUPITER_AND_MOONS
from perijove.dynamics.planet_paths import path_state
from perijove.ephemeris.galilean import MOONS, galilean_states
from perijove.ephemeris.juno_force_kernel import CloseForces, motion, states_in_steps
from perijove.ephemeris.orientation import icrf_to_body

if TYPE_CHECKING:
    from scipy.integrate import OdeSolution

__all__ = ["FreePath", "free_path"]

_SEGMENT_S = 1.0 * SECONDS_PER_HOUR
_DEGREE = 11  # moves Io's place by less than 1e-6 km
_RELATIVE_ERROR = 3e-13  # of a step; leaves a few metres after a hundred days, and up to 0.15 m at the ends of a pass
_POSITION_ERROR_KM = 1e-7
_VELOCITY_ERROR_KM_S = 1e-11
_TERMS = 8  # of the polynomials between the steps


@dataclass(frozen=True)
class FreePath:
    """Integrated paths of one or more bodies without mass.

    Attributes
    ----------
    epoch_tdb : float
        TDB seconds past J2000, within the span; times below count from it.
    edges_s : array, shape (steps + 1,)
        Where steps begin and end, ascending.
    series : array, shape (steps, 8, 6 n)
        Positions (km) and velocities (km/s) of each step in powers of the part of it that has gone by.
    """

    epoch_tdb: float
    edges_s: np.ndarray
    series: np.ndarray

    def states(self, tdb: ArrayLike) -> np.ndarray:
        """Positions and velocities from Jupiter's centre, (..., n, 6), km and km/s, ICRF, at times within the span."""
        times = np.asarray(tdb, dtype=float)
        out = np.empty((times.size, self.series.shape[2]))
        states_in_steps(np.ascontiguousarray(times.ravel() - self.epoch_tdb), self.edges_s, self.series, out)
        return out.reshape(*times.shape, -1, 6)


def _series(solution: "OdeSolution") -> tuple[np.ndarray, np.ndarray]:
    """Edges, ascending, and power series of the steps of an integration; DOP853 gives polynomials of degree 7."""
    edges = np.sort(solution.ts)
    places = 0.5 - 0.5 * np.cos(np.pi * (np.arange(_TERMS) + 0.5) / _TERMS)
    times = edges[:-1, None] + places * np.diff(edges)[:, None]
    values = solution(times.ravel()).reshape(-1, *times.shape)
    series = np.einsum("kn,xsn->skx", np.linalg.inv(np.vander(places, increasing=True)), values)
    return edges, np.ascontiguousarray(series)


def _forces(start_tdb: float, end_tdb: float, light_pressure: float, io_ahead_km: float) -> CloseForces:
    """Numbers for the kernel, valid between two times."""
    first = int(np.floor(start_tdb / _SEGMENT_S))
    last = int(np.floor(end_tdb / _SEGMENT_S))
    tdb = segment_times(first, last, _SEGMENT_S, _DEGREE)
    moons = galilean_states(tdb)
    places, io_velocity = moons[..., :3].copy(), moons[..., 0, 3:]
    places[..., 0, :] += io_ahead_km * io_velocity / np.linalg.norm(io_velocity, axis=-1, keepdims=True)
    sun = (path_state("SUN", tdb) - path_state("JUPITER_BARYCENTER", tdb))[..., None, :3]
    places = np.concatenate([places, sun], axis=-2)  # (segments, nodes, bodies, 3)
    bodies = np.zeros((len(MOONS) + 1, 4))
    bodies[:, 0] = [*JUPITER_AND_MOONS.gm_km3_s2, EXTERNAL_GM_KM3_S2["SUN"]]
    bodies[:-1, 1:3] = [np.array(GALILEAN_J2_C22[moon]) * GALILEAN_MEAN_RADII_KM[moon] ** 2 for moon in MOONS]
    bodies[-1, 3] = light_pressure
    return CloseForces(
        jupiter=np.array([JUPITER_GM_KM3_S2, JUPITER_RADII_KM[0], JUPITER_K22_DURANTE_2020, SPEED_OF_LIGHT_KM_S**-2]),
        zonals=np.array([0.0, 0.0, *JUPITER_ZONALS_DURANTE_2020]),
        pole=np.ascontiguousarray(icrf_to_body("JUPITER", 0.5 * (start_tdb + end_tdb))[2]),
        bodies=bodies,
        series=np.ascontiguousarray(np.einsum("kn,snbx->sbxk", to_series(_DEGREE), places)),
        first_tdb=first * _SEGMENT_S,
        segment_s=_SEGMENT_S,
    )


def free_path(
    states: ArrayLike,
    *,
    epoch_tdb: float,
    start_tdb: float,
    end_tdb: float,
    light_pressure: float = JUNO_LIGHT_PRESSURE,
    io_ahead_km: float = IO_AHEAD_OF_JUP365_KM,
) -> FreePath:
    """Integrate spacecraft that nothing but gravity and sunlight moves.

    Parameters
    ----------
    states : array, shape (n, 6) or (6,)
        From Jupiter's centre at the epoch, km and km/s, ICRF.
    epoch_tdb, start_tdb, end_tdb : float
        TDB seconds past J2000.
    light_pressure : float
        Of sunlight, as a part of the Sun's attraction.
    io_ahead_km : float
        By how much Io pulls from a place farther along its orbit than that of `galilean_states`.

    Returns
    -------
    FreePath
        From the start to the end, and at least to the epoch; one of them must differ from it.

    Notes
    -----
    Forces: Jupiter's mass, J2 to J10, the tides that moons and Sun raise on it, Schwarzschild's term; the four moons
    with their J2 and C22; the Sun and the pressure of its light. Not modelled, with what each does to Juno within 12 h
    of a perijove: tesserals and normal modes of Jupiter (a few metres), Saturn and inner moons (less than a metre), the
    Lense-Thirring effect (less than a metre), manoeuvres (kilometres).
    """
    from scipy.integrate import solve_ivp  # noqa: PLC0415  # half a second, for those who ask for Juno

    initial = np.ascontiguousarray(np.atleast_2d(states), dtype=float)  # one order of rows: one compiled kernel
    start, end = min(start_tdb, epoch_tdb), max(end_tdb, epoch_tdb)
    forces = _forces(start, end, light_pressure, io_ahead_km)

    def derivative(seconds: float, state: np.ndarray) -> np.ndarray:
        rates = np.empty_like(initial)
        motion(epoch_tdb + seconds, state.reshape(rates.shape), forces, rates)
        return rates.ravel()

    tolerance = np.tile(np.repeat([_POSITION_ERROR_KM, _VELOCITY_ERROR_KM_S], 3), len(initial))
    sides = []
    for limit in (start, end):
        if limit != epoch_tdb:
            span = (0.0, limit - epoch_tdb)
            found = solve_ivp(
                derivative,
                span,
                initial.ravel(),
                method="DOP853",
                dense_output=True,
                rtol=_RELATIVE_ERROR,
                atol=tolerance,
            )
            sides.append(_series(found.sol))
    edges = np.concatenate([sides[0][0], *(more[1:] for more, _ in sides[1:])])
    return FreePath(epoch_tdb, edges, np.concatenate([series for _, series in sides]))
