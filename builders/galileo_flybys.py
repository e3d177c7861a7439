"""Where Galileo's path has the moons that bent it, against jup365: 33 flybys within 8,000 km, 1995 to 2002.

Input: galileo_orbit.xyzv (NAIF's trajectory kernels of Galileo as converted for Cosmographia), found through the
environment variable PERIJOVE_DATA or in the folder given as the first argument. Run from the root, three minutes:

    python builders/galileo_flybys.py

Six hours of the path to each side of a flyby are integrated with the forces of Juno's arcs, and the moon is moved until
the path fits. The table's places hold to a metre, its times are rounded to 0.86 s: across the path a metre counts,
along it the speed times 0.25 s. Prints for each flyby, and for each moon as rms, by how much the moon is farther from
Jupiter, ahead and north of its place in the built-in ephemeris; what that says of jup365 stands in
`perijove.bodies.galilean`. The moons are where the navigators fitted them with the flyby: the same data as in jup365,
another solution.
"""

import os
import sys
from pathlib import Path

import erfa
import numpy as np
from scipy.optimize import least_squares

from perijove.constants import J2000_JD, SECONDS_PER_DAY, SECONDS_PER_HOUR
from perijove.ephemeris.composition import path_axes
from perijove.ephemeris.galilean import MOONS, galilean_states
from perijove.ephemeris.juno_path import FreePath
from perijove.timescales import tdb_to_utc

NEAR_KM, REACH_S = 8000.0, 6.0 * SECONDS_PER_HOUR
PLACE_SIGMA_KM = 0.002  # what such fits leave across the path
TIME_SIGMA_S = 1e-5 * SECONDS_PER_DAY / 12.0**0.5  # five decimals of a day
SCALES = np.array([1.0] * 3 + [1e-3] * 3 + [10.0] * 3)
FAILED_RMS = 3.0  # a manoeuvre within the hours


class MovedMoon(FreePath):
    """A free path beside a moon that is moved away from Jupiter, along its orbit and north."""

    def __init__(self, state: np.ndarray, moon: int, offset_km: np.ndarray, epoch_tdb: float) -> None:
        self._moon, self._offset_km = moon, offset_km
        super().__init__(state, epoch_tdb=epoch_tdb, light_pressure=0.0, io_ahead_km=0.0)

    def _moons(self, seconds: np.ndarray) -> np.ndarray:
        moons = super()._moons(seconds).copy()
        moons[:, self._moon, :3] += np.einsum("k,nkx->nx", self._offset_km, path_axes(moons[:, self._moon]))
        return moons


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Times (n,), TDB seconds past J2000, and states from Jupiter (n, 6), ICRF."""
    table = np.loadtxt(path)
    to_icrf = erfa.rx(erfa.obl80(J2000_JD, 0.0), np.eye(3)).T
    return (table[:, 0] - J2000_JD) * SECONDS_PER_DAY, (table[:, 1:].reshape(-1, 2, 3) @ to_icrf.T).reshape(-1, 6)


def flybys(times: np.ndarray, states: np.ndarray) -> list[tuple[float, int]]:
    """Time of the nearest row and number of the moon."""
    away = np.linalg.norm(states[:, None, :3] - galilean_states(times)[..., :3], axis=-1)
    inner = away[1:-1]
    rows, moons = np.nonzero((inner < NEAR_KM) & (inner <= away[:-2]) & (inner < away[2:]))
    return sorted(zip(times[rows + 1].tolist(), moons.tolist(), strict=True))


def moved(times: np.ndarray, states: np.ndarray, moon: int) -> tuple[np.ndarray, np.ndarray, float]:
    """By how much a moon must be moved for a stretch of path, km; standard errors; normalised rms."""
    speed = np.linalg.norm(states[:, 3:], axis=-1)
    ahead = states[:, 3:] / speed[:, None]

    def misfits(change: np.ndarray) -> np.ndarray:
        path = MovedMoon(states[0] + change[:6], moon, change[6:], times[0])
        off = path.states(times)[:, 0, :3] - states[:, :3]
        along = np.sum(off * ahead, axis=-1)
        across = off - along[:, None] * ahead
        return np.concatenate([across.ravel() / PLACE_SIGMA_KM, along / (speed * TIME_SIGMA_S)])

    found = least_squares(misfits, np.zeros(9), x_scale=SCALES, diff_step=1e-4, method="lm")
    rms = float(np.sqrt(np.mean(found.fun**2)))
    sigma = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)))
    return found.x[6:], sigma[6:] * max(rms, 1.0), rms


def main() -> None:
    """Fit each flyby, print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ["PERIJOVE_DATA"]) / "tours"
    times, states = read(folder / "galileo_orbit.xyzv")
    offsets: dict[int, list[np.ndarray]] = {}
    for tdb, moon in flybys(times, states):
        rows = np.abs(times - tdb) < REACH_S
        offset, sigma, rms = moved(times[rows], states[rows], moon)
        print(f"{tdb_to_utc(tdb)[:16]} {MOONS[moon]:9} {offset.round(2)} +- {sigma.round(2)} km, rms {rms:.2f}")
        if rms < FAILED_RMS:
            offsets.setdefault(moon, []).append(offset)
    for moon, mine in sorted(offsets.items()):
        print(f"{MOONS[moon]}: {len(mine)} flybys, rms {np.sqrt(np.mean(np.square(mine), axis=0)).round(2)} km")


if __name__ == "__main__":
    main()
