"""Frames by name."""

from types import MappingProxyType

import erfa
import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import J2000_JD
from perijove.ephemeris.orientation import ROTATIONS, icrf_to_body_with_rate, icrf_to_equator_with_rate
from perijove.errors import InputError

__all__ = ["FRAMES", "frame_center", "frame_name", "frame_rotation"]

FRAMES = MappingProxyType(
    {
        "ICRF": "axes of the ICRF, which NAIF calls J2000",
        "ECLIPJ2000": "ecliptic and equinox of J2000 (IAU 1976 obliquity)",
        "JUPITER_EQUATOR": "Jupiter's equator at the time; x to its ascending node on the ICRF's equator",
        **{
            f"IAU_{body}": f"fixed to {body.capitalize()}; x to the prime meridian, z to the pole" for body in ROTATIONS
        },
    }
)
"""Frames by name, with what they are."""

_SYNONYMS = MappingProxyType({"J2000": "ICRF", "EME2000": "ICRF"})


def frame_name(frame: str) -> str:
    """Name of a frame as it is spelled here; refuses unknown ones."""
    plain = frame.strip().upper()
    plain = _SYNONYMS.get(plain, plain)
    if plain not in FRAMES:
        raise InputError(f"no frame {frame!r} is built in; there are {', '.join(FRAMES)}; others need SPICE kernels")
    return plain


def frame_center(frame: str) -> str | None:
    """Body to which a built-in frame is fixed; None for those that are (nearly) inertial."""
    plain = frame_name(frame)
    return plain.removeprefix("IAU_") if plain.startswith("IAU_") else None


def frame_rotation(frame: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Rotations from the ICRF into a frame, and their rates.

    Parameters
    ----------
    frame : str
        One of `FRAMES`, or ``J2000``.
    tdb : array, shape (...)
        TDB seconds past J2000.

    Returns
    -------
    rotation : array, shape (..., 3, 3)
        ``rotation @ v_icrf`` has the frame's coordinates.
    rate : array, shape (..., 3, 3)
        Its derivative, 1/s: ``rotation @ v + rate @ r`` is the velocity in the frame.
    """
    plain, times = frame_name(frame), np.asarray(tdb, dtype=float)
    center = frame_center(plain)
    if center is not None:
        return icrf_to_body_with_rate(center, times)
    if plain == "JUPITER_EQUATOR":
        return icrf_to_equator_with_rate("JUPITER", times)
    fixed = np.eye(3)
    if plain == "ECLIPJ2000":
        fixed = erfa.rx(erfa.obl80(J2000_JD, 0.0), fixed)
    shape = (*times.shape, 3, 3)
    return np.broadcast_to(fixed, shape), np.zeros(shape)
