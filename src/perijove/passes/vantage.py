"""Where an observer stands over a body, and whence light comes, at several times: all in the body's own frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import GALILEAN_RADII_KM
from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.ephemeris.apparent import apparent_state, light_time_s
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.geometry.rotations import unit

__all__ = ["RADII_KM", "Vantage", "body_radii_km", "vantage"]

RADII_KM = {**{name: np.array(radii) for name, radii in GALILEAN_RADII_KM.items()}, "JUPITER": JUPITER_RADII_KM}
"""Semi-axes of the bodies whose frames are known, km."""


@dataclass(frozen=True)
class Vantage:
    """Observer, Sun and Jupiter from a body's centre, in the body-fixed frame as it stood when the light left it.

    Attributes
    ----------
    body, observer : str
        NAIF names.
    times_tdb : array, shape (n,)
        At the observer, TDB seconds past J2000.
    position_km : array, shape (n, 3)
        Observer at that time from the body's centre when the light left it (SPICE's ``CN``), km.
    sun : array, shape (n, 3)
        Unit vectors to the Sun as the body sees it.
    jupiter_km : array, shape (n, 3)
        Jupiter's centre, geometric; zero for Jupiter itself.
    body_to_jupiter : array, shape (n, 3, 3)
        Rotations into Jupiter's own frame.
    icrf_to_body : array, shape (n, 3, 3)
        Rotations of the ICRF into the body-fixed frame.
    """

    body: str
    observer: str
    times_tdb: np.ndarray
    position_km: np.ndarray
    sun: np.ndarray
    jupiter_km: np.ndarray
    body_to_jupiter: np.ndarray
    icrf_to_body: np.ndarray

    @property
    def radii_km(self) -> np.ndarray:
        """Semi-axes of the body, km."""
        return RADII_KM[self.body]

    def __len__(self) -> int:
        """Number of times."""
        return len(self.times_tdb)


def body_radii_km(body: str) -> np.ndarray:
    """Semi-axes of a body by name, km; refuses others than Jupiter and its Galilean moons."""
    if body not in RADII_KM:
        raise InputError(f"no shape is known for {body!r}; known are {', '.join(RADII_KM)}")
    return RADII_KM[body]


def vantage(ephemeris: Ephemeris, body: str, observer: str, tdb: ArrayLike) -> Vantage:
    """Where an observer stands over a body.

    Parameters
    ----------
    ephemeris : Ephemeris
        Must know observer, body, Jupiter and Sun.
    body : str
        ``JUPITER`` or a Galilean moon.
    observer : str
        NAIF name.
    tdb : array, shape (n,), or float
        Times at the observer, TDB seconds past J2000.

    Returns
    -------
    Vantage
        Light time is solved for. The observer's stellar aberration is not part of it: it turns what a camera sees
        (of Juno beside Io by up to 0.01 deg) and leaves angles on the ground alone.

    Raises
    ------
    InputError
        Where a body is unknown, or a time lies outside the ephemeris.
    """
    body_radii_km(body)
    times = np.atleast_1d(np.asarray(tdb, dtype=float))
    to_body = apparent_state(ephemeris, body, observer, times, "CN")[:, :3]
    emitted = times - light_time_s(to_body)
    turn = icrf_to_body(body, emitted)
    sun = apparent_state(ephemeris, "SUN", body, emitted, "CN+S")[:, :3]
    jupiter = np.zeros_like(sun)
    if body != "JUPITER":
        jupiter = ephemeris.state("JUPITER", emitted, center=body)[:, :3]
    return Vantage(
        body=body,
        observer=observer,
        times_tdb=times,
        position_km=_turned(turn, -to_body),
        sun=unit(_turned(turn, sun)),
        jupiter_km=_turned(turn, jupiter),
        body_to_jupiter=icrf_to_body("JUPITER", emitted) @ np.swapaxes(turn, -1, -2),
        icrf_to_body=turn,
    )


def _turned(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    return np.asarray((matrix @ vector[..., None])[..., 0])
