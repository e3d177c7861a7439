"""Where a body is seen: light time and stellar aberration, in NAIF's vocabulary and with NAIF's formulas.

The one place for both. `light_epoch` tells when light left, for any path; `aberration_km` how a moving observer sees it
turned; `aberration_rotation` is the same turn as a rotation. `apparent_state` makes of them what ``spkezr`` gives;
`EvenPath` and `seen_km` give positions of several bodies from several places at nearly one time, each looked up once.
(`perijove.events.contact_kernel` solves for light times along sampled paths by the same steps, compiled: a year of
events asks for half a million.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.composition import Ephemeris
from perijove.errors import InputError
from perijove.geometry.rotations import length, unit

__all__ = [
    "CORRECTIONS",
    "SSB",
    "Correction",
    "EvenPath",
    "aberration_km",
    "aberration_rotation",
    "apparent_state",
    "check_correction",
    "light_epoch",
    "light_time_s",
    "seen_km",
    "state_in_frame",
]

CORRECTIONS = MappingProxyType(
    {
        "NONE": "where the body is at that moment (geometric)",
        "LT": "where it was when the light left it, solved by one step",
        "LT+S": "where it was when the light left it, solved by one step, with stellar aberration",
        "CN": "where it was when the light left it",
        "CN+S": "where it was when the light left it, with stellar aberration",
    }
)
"""NAIF's corrections for light that is received, with what each gives."""

SSB = "SSB"
"""Barycentre of the solar system, in whose frame light has one speed."""

_STEPS = MappingProxyType({"NONE": 0, "LT": 1, "CN": 3})
_ACCELERATION_STEP_S = 1.0  # as in SPICE


def check_correction(correction: str) -> str:
    """Return the correction as NAIF spells it, or refuse it."""
    plain = "".join(correction.upper().split())
    if plain.startswith("X") and plain[1:] in CORRECTIONS:
        raise InputError(
            f"{correction!r} is for light that the observer sends (transmission), which is not at hand; {plain[1:]} is "
            "for light that is received"
        )
    if plain not in CORRECTIONS:
        raise InputError(f"no correction {correction!r}; there are {', '.join(CORRECTIONS)}")
    return plain


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


def light_time_s(way_km: ArrayLike) -> np.ndarray:
    """Time that light takes for ways of shape (..., 3), s, shape (...)."""
    return np.asarray(length(np.asarray(way_km, dtype=float)) / SPEED_OF_LIGHT_KM_S)


def light_epoch(
    path: Callable[[np.ndarray], np.ndarray],
    place_km: np.ndarray,
    tdb: np.ndarray,
    *,
    steps: int = 3,
    sent: bool = False,
) -> np.ndarray:
    """When light leaves a moving body that reaches a place at a given time.

    Parameters
    ----------
    path : callable
        From times of shape (...) to positions or states of the body, shape (..., 3 or 6), km, in the frame of the
        barycentre of the solar system.
    place_km : array, shape (..., 3)
        Where the light is at `tdb`, in the same frame.
    tdb : array, shape (...)
        TDB seconds past J2000; any other seconds will do.
    steps : int
        Of the fixed-point iteration; each gains four digits.
    sent : bool
        Whether the light leaves the place at `tdb` and reaches the body later.

    Returns
    -------
    array, shape (...)
        When the light is at the body.
    """
    epoch = tdb
    for _ in range(steps):
        way = light_time_s(path(epoch)[..., :3] - place_km)
        epoch = tdb + way if sent else tdb - way
    return epoch


def apparent_state(
    ephemeris: Ephemeris, target: str, observer: str, tdb: ArrayLike, correction: str = "NONE"
) -> np.ndarray:
    """Position and velocity of a target as an observer sees it.

    Parameters
    ----------
    ephemeris : Ephemeris
        With any correction it must reach the barycentre of the solar system, and back by the light time.
    target, observer : str
        NAIF names.
    tdb : array, shape (...)
        Time at the observer, TDB seconds past J2000.
    correction : str
        ``NONE``; ``LT`` light time by one fixed-point step, which puts a moon seen from the Earth up to 5 km
        off; ``CN`` by three, which leaves less than the grain of a double; ``LT+S`` and ``CN+S`` with stellar
        aberration.

    Returns
    -------
    array, shape (..., 6)
        km and km/s, ICRF. The velocity is the rate of that apparent position (for ``LT`` to 5e-4 km/s), so it holds the
        rate of the light time and, with ``+S``, of the aberration. The light time is the distance over the speed of
        light.

    Raises
    ------
    InputError
        For an unknown correction or one for transmission (``XLT``), and where the ephemeris ends.

    Notes
    -----
    SPICE's ``spkezr``, to rounding. Neither knows the bending of light by the Sun (up to 1.8 arcsec at its limb)
    or terms of (v/c)^2 in the aberration (1e-3 arcsec).
    """
    corrected, times = Correction.named(correction), np.asarray(tdb, dtype=float)
    if not corrected.steps:
        geometric: np.ndarray = ephemeris.state(target, times, center=observer)
        return geometric

    def path(t: np.ndarray) -> np.ndarray:
        return ephemeris.state(target, t, center=SSB)

    here = ephemeris.state(observer, times, center=SSB)
    there = path(light_epoch(path, here[..., :3], times, steps=corrected.steps))
    seen = there - here
    # The light left at t - lt(t): its rate slows or hastens the target, d there/dt = v (1 - dlt/dt).
    velocity = there[..., 3:]
    direction, _ = _direction(seen[..., :3])
    closing = _dot(direction, seen[..., 3:]) / SPEED_OF_LIGHT_KM_S
    rate = closing / (1.0 + _dot(direction, velocity) / SPEED_OF_LIGHT_KM_S)
    seen[..., 3:] -= rate * velocity
    if corrected.stellar:
        step = _ACCELERATION_STEP_S
        after = ephemeris.state(observer, times + step, center=SSB)
        before = ephemeris.state(observer, times - step, center=SSB)
        seen += _aberration(seen, here[..., 3:], (after - before)[..., 3:] / (2.0 * step))
    return np.asarray(seen)


def state_in_frame(
    source: Ephemeris, target: str, observer: str, tdb: ArrayLike, *, correction: str = "NONE", frame: str = "ICRF"
) -> np.ndarray:
    """Position and velocity of a target as an observer sees it, in a frame.

    Parameters
    ----------
    source : Ephemeris
        `perijove.ephemeris.source.EMBEDDED`, one with more segments, or
        `perijove.ephemeris.spice.source.kernel_ephemeris`.
    target, observer, tdb, correction
        As for `apparent_state`.
    frame : str
        One of `perijove.ephemeris.frames.FRAMES`; with kernels any that they define.

    Returns
    -------
    array, shape (..., 6)
        km and km/s. A body-fixed frame stands as it stood when the light left its body, unless the correction is
        ``NONE``, and the velocity is the rate of those coordinates: a place on a turning body rests. This is
        what SPICE's ``spkezr`` gives.
    """
    correction, times = check_correction(correction), np.asarray(tdb, dtype=float)
    seen = apparent_state(source, target, observer, times, correction)
    epoch, epoch_rate = times, np.ones(times.shape)
    center = source.frame_center(frame)
    if center is not None and correction != "NONE":
        place = apparent_state(source, center, observer, times, correction.partition("+")[0])
        distance = np.linalg.norm(place[..., :3], axis=-1)
        closing = np.sum(place[..., :3] * place[..., 3:], axis=-1) / np.where(distance > 0.0, distance, 1.0)
        epoch = times - distance / SPEED_OF_LIGHT_KM_S
        epoch_rate = 1.0 - closing / SPEED_OF_LIGHT_KM_S
    rotation, rate = source.frame_rotation(frame, epoch)
    position = _turned(rotation, seen[..., :3])
    velocity = _turned(rotation, seen[..., 3:]) + epoch_rate[..., None] * _turned(rate, seen[..., :3])
    return np.concatenate([position, velocity], axis=-1)


def _turned(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    return np.asarray((matrix @ vector[..., None])[..., 0])


@dataclass(frozen=True)
class EvenPath:
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
    def of(cls, ephemeris: Ephemeris, body: str, tdb: np.ndarray) -> "EvenPath":
        """Path of a body by its NAIF name."""
        return cls(tdb, ephemeris.state(body, tdb, center=SSB))

    def at(self, tdb: np.ndarray) -> np.ndarray:
        """Positions at times near those of the states, km, shape (n, 3)."""
        return np.asarray(self.state[:, :3] + (tdb - self.tdb)[:, None] * self.state[:, 3:])


def seen_km(path: EvenPath, here: np.ndarray, tdb: np.ndarray, correction: Correction) -> tuple[np.ndarray, np.ndarray]:
    """Positions of a body from a moving place.

    Parameters
    ----------
    path : EvenPath
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
    left = light_epoch(path.at, here[:, :3], tdb, steps=correction.steps)
    straight = path.at(left) - here[:, :3]
    if not correction.stellar:
        return straight, straight
    return straight, straight + aberration_km(straight, here[:, 3:])


def aberration_rotation(direction: ArrayLike, velocity_km_s: ArrayLike) -> np.ndarray:
    """Small rotations that turn a true direction into the apparent one of a moving observer.

    Parameters
    ----------
    direction : array, shape (..., 3)
        To the light's source, without stellar aberration; any length but zero.
    velocity_km_s : array, shape (..., 3)
        Of the observer from the barycentre of the solar system, same frame.

    Returns
    -------
    array, shape (..., 3, 3)
        ``rotation @ direction`` is apparent. The turn is by asin(|d x v| / c), as in SPICE's ``stelab``.
    """
    direction = unit(direction)
    axis = np.cross(direction, np.asarray(velocity_km_s, dtype=float)) / SPEED_OF_LIGHT_KM_S
    sine2 = np.sum(axis * axis, axis=-1)[..., None, None]
    cross = np.zeros((*axis.shape[:-1], 3, 3))
    cross[..., 2, 1], cross[..., 0, 2], cross[..., 1, 0] = axis[..., 0], axis[..., 1], axis[..., 2]
    cross -= np.swapaxes(cross, -1, -2)
    # Rodrigues with the sine at hand: (1 - cos) / sin^2 = 1 / (1 + cos).
    result: np.ndarray = np.eye(3) + cross + (cross @ cross) / (1.0 + np.sqrt(1.0 - sine2))
    return result


def aberration_km(position_km: np.ndarray, velocity_km_s: np.ndarray) -> np.ndarray:
    """What stellar aberration adds to positions: NAIF's ``stelab``.

    Parameters
    ----------
    position_km : array, shape (..., 3)
        From the observer.
    velocity_km_s : array, shape (..., 3)
        Of the observer from the barycentre of the solar system, same axes.

    Returns
    -------
    array, shape (..., 3)
        km. A direction u becomes u sqrt(1 - w²) + w, with w the part of v/c across it.
    """
    direction, size = _direction(position_km)
    across, lack = _shift(direction, velocity_km_s / SPEED_OF_LIGHT_KM_S)
    return np.asarray(size * (across - lack * direction))


def _direction(vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors, zero where the vector is, as for a body that looks at itself; and lengths, (..., 1)."""
    size = np.sqrt(_dot(vector, vector))
    return np.asarray(vector / np.where(size > 0.0, size, 1.0)), size


def _shift(direction: np.ndarray, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Part w of v/c across a direction, and 1 - sqrt(1 - w²) without loss of digits."""
    across = beta - _dot(beta, direction) * direction
    sine2 = _dot(across, across)
    return across, sine2 / (1.0 + np.sqrt(1.0 - sine2))


def _aberration(state: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray) -> np.ndarray:
    """What stellar aberration adds to a state: `aberration_km` and its rate."""
    u, size = _direction(state[..., :3])
    size_rate = _dot(u, state[..., 3:])
    u_rate = (state[..., 3:] - size_rate * u) / np.where(size > 0.0, size, 1.0)
    beta, beta_rate = velocity / SPEED_OF_LIGHT_KM_S, acceleration / SPEED_OF_LIGHT_KM_S
    across, lack = _shift(u, beta)
    across_rate = beta_rate - (_dot(beta_rate, u) + _dot(beta, u_rate)) * u - _dot(beta, u) * u_rate
    lack_rate = _dot(across, across_rate) / (1.0 - lack)
    shift = across - lack * u
    shift_rate = across_rate - lack_rate * u - lack * u_rate
    return np.concatenate([size * shift, size_rate * shift + size * shift_rate], axis=-1)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Scalar products along the last axis, which stays."""
    return np.asarray(np.einsum("...i,...i->...", a, b))[..., None]
