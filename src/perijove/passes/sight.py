"""What one body sees of others: positions with light time and stellar aberration, as NAIF defines them.

`perijove.ephemeris.apparent.apparent_state` gives one body with its velocity; here several bodies are seen from
several places at nearly one time, positions only, so that each needs to be looked up only once.
"""

from dataclasses import dataclass

import numpy as np

from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import check_correction
from perijove.ephemeris.source import Ephemeris

__all__ = ["SSB", "Correction", "Path", "aberration_km", "length", "seen_km"]

SSB = "SSB"
_STEPS = {"NONE": 0, "LT": 1, "CN": 3}


@dataclass(frozen=True)
class Correction:
    """One of NAIF's corrections, taken apart.

    Attributes
    ----------
    name : str
        As NAIF spells it.
    steps : int
        Of the light-time iteration; 0 for geometric positions.
    stellar : bool
        Whether stellar aberration is applied.
    """

    name: str
    steps: int
    stellar: bool

    @classmethod
    def named(cls, name: str) -> "Correction":
        """Correction by NAIF's name; refuses unknown ones."""
        name = check_correction(name)
        light, _, stellar = name.partition("+")
        return cls(name, _STEPS[light], bool(stellar))


@dataclass(frozen=True)
class Path:
    """A body that moves evenly, from its state at one time for each epoch.

    Attributes
    ----------
    tdb : array, shape (n,)
        Times of the states, TDB seconds past J2000.
    state : array, shape (n, 6)
        From the barycentre of the solar system, ICRF, km and km/s.

    Notes
    -----
    The curve that is left out is half the acceleration times the square of the time: 1e-8 km for Io within the light
    time across it, 1e-3 km for the Sun within the light time to Jupiter, 2e-5 km for Jupiter within 10 s.
    """

    tdb: np.ndarray
    state: np.ndarray

    @classmethod
    def of(cls, ephemeris: Ephemeris, body: str, tdb: np.ndarray) -> "Path":
        """Path of a body by its NAIF name."""
        return cls(tdb, ephemeris.state(body, tdb, center=SSB))

    def at(self, tdb: np.ndarray) -> np.ndarray:
        """Positions at times near those of the states, km, shape (n, 3)."""
        return np.asarray(self.state[:, :3] + (tdb - self.tdb)[:, None] * self.state[:, 3:])


def length(vector: np.ndarray) -> np.ndarray:
    """Lengths of vectors, shape (n,)."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vector, vector)))


def aberration_km(position_km: np.ndarray, velocity_km_s: np.ndarray) -> np.ndarray:
    """What stellar aberration adds to positions: NAIF's ``stelab``.

    Parameters
    ----------
    position_km : array, shape (n, 3)
        From the observer.
    velocity_km_s : array, shape (n, 3)
        Of the observer from the barycentre of the solar system, same axes.

    Returns
    -------
    array, shape (n, 3)
        km. A direction u becomes u sqrt(1 - w²) + w, with w the part of v/c across it.
    """
    size = length(position_km)[:, None]
    u = position_km / np.where(size > 0.0, size, 1.0)
    beta = velocity_km_s / SPEED_OF_LIGHT_KM_S
    across = beta - np.einsum("ij,ij->i", beta, u)[:, None] * u
    sine2 = np.einsum("ij,ij->i", across, across)[:, None]
    # sqrt(1 - w²) - 1, without loss of digits
    return np.asarray(size * (across - sine2 / (1.0 + np.sqrt(1.0 - sine2)) * u))


def seen_km(path: Path, here: np.ndarray, tdb: np.ndarray, correction: Correction) -> tuple[np.ndarray, np.ndarray]:
    """Positions of a body from a moving place.

    Parameters
    ----------
    path : Path
        Of the body, near the time when the light left it.
    here : array, shape (n, 6)
        State of the place from the barycentre of the solar system, ICRF.
    tdb : array, shape (n,)
        Time there.
    correction : Correction

    Returns
    -------
    straight_km, seen_km : array, shape (n, 3)
        Without and with stellar aberration; the same array where there is none.
    """
    straight = path.at(tdb) - here[:, :3]
    for _ in range(correction.steps):
        straight = path.at(tdb - length(straight) / SPEED_OF_LIGHT_KM_S) - here[:, :3]
    if not correction.stellar:
        return straight, straight
    return straight, straight + aberration_km(straight, here[:, 3:])
