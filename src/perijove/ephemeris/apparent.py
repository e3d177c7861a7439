"""Where a body is seen: light time and stellar aberration, in NAIF's vocabulary and with NAIF's formulas."""

from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.composition import Ephemeris
from perijove.errors import InputError

__all__ = ["CORRECTIONS", "apparent_state", "check_correction", "state_in_frame"]

CORRECTIONS = MappingProxyType(
    {
        "NONE": "where the body is at that moment (geometric)",
        "LT": "where it was when the light left it, solved by one step",
        "LT+S": "as LT, turned by the observer's own motion (stellar aberration)",
        "CN": "where it was when the light left it",
        "CN+S": "as CN, turned by the observer's own motion (stellar aberration)",
    }
)
"""NAIF's corrections for light that is received, with what each gives."""

_BARYCENTER = "SSB"
_STEPS = MappingProxyType({"LT": 1, "CN": 3})
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
    correction = check_correction(correction)
    times = np.asarray(tdb, dtype=float)
    if correction == "NONE":
        geometric: np.ndarray = ephemeris.state(target, times, center=observer)
        return geometric
    here = ephemeris.state(observer, times, center=_BARYCENTER)
    solver, _, stellar = correction.partition("+")
    seen = ephemeris.state(target, times, center=_BARYCENTER) - here
    there = here
    for _ in range(_STEPS[solver]):
        light_time = np.linalg.norm(seen[..., :3], axis=-1) / SPEED_OF_LIGHT_KM_S
        there = ephemeris.state(target, times - light_time, center=_BARYCENTER)
        seen = there - here
    # The light left at t - lt(t): its rate slows or hastens the target, d there/dt = v (1 - dlt/dt).
    velocity = there[..., 3:]
    direction = _unit(seen[..., :3])
    closing = _dot(direction, seen[..., 3:]) / SPEED_OF_LIGHT_KM_S
    rate = closing / (1.0 + _dot(direction, velocity) / SPEED_OF_LIGHT_KM_S)
    seen[..., 3:] -= rate * velocity
    if stellar:
        step = _ACCELERATION_STEP_S
        after = ephemeris.state(observer, times + step, center=_BARYCENTER)
        before = ephemeris.state(observer, times - step, center=_BARYCENTER)
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


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Scalar products along the last axis, which stays."""
    return np.asarray(np.sum(a * b, axis=-1, keepdims=True))


def _unit(vector: np.ndarray) -> np.ndarray:
    """Directions; zero where the vector is, as for a body that looks at itself."""
    length = np.sqrt(_dot(vector, vector))
    return np.asarray(vector / np.where(length > 0.0, length, 1.0))


def _aberration(state: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray) -> np.ndarray:
    """What stellar aberration adds to a state: NAIF's ``stelab``, and its rate.

    The direction u turns towards the velocity by the angle whose sine is |w|, with w the part of v/c across u. That
    is u sqrt(1 - w²) + w.
    """
    u = _unit(state[..., :3])
    length = _dot(u, state[..., :3])
    length_rate = _dot(u, state[..., 3:])
    u_rate = (state[..., 3:] - length_rate * u) / np.where(length > 0.0, length, 1.0)
    beta, beta_rate = velocity / SPEED_OF_LIGHT_KM_S, acceleration / SPEED_OF_LIGHT_KM_S
    along = _dot(beta, u)
    across = beta - along * u
    across_rate = beta_rate - (_dot(beta_rate, u) + _dot(beta, u_rate)) * u - along * u_rate
    cosine = np.sqrt(1.0 - _dot(across, across))
    cosine_rate = -_dot(across, across_rate) / cosine
    shift = (cosine - 1.0) * u + across
    shift_rate = cosine_rate * u + (cosine - 1.0) * u_rate + across_rate
    return np.concatenate([length * shift, length_rate * shift + length * shift_rate], axis=-1)
