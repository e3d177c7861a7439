"""Body-fixed frames of the IAU, in numpy, without kernels."""

from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import (
    CALLISTO_IAU_ROTATION,
    EUROPA_IAU_ROTATION,
    GANYMEDE_IAU_ROTATION,
    IO_IAU_ROTATION,
)
from perijove.bodies.jupiter import JUPITER_IAU_ROTATION, JUPITER_SYSTEM_ANGLES_DEG
from perijove.bodies.rotation import IauRotation
from perijove.constants import DAYS_PER_CENTURY, SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.geometry.rotations import rotation_x, rotation_z

__all__ = [
    "ROTATIONS",
    "icrf_to_body",
    "icrf_to_body_with_rate",
    "icrf_to_equator_with_rate",
    "pole_and_meridian_deg",
]

ROTATIONS = MappingProxyType(
    {
        "IO": IO_IAU_ROTATION,
        "EUROPA": EUROPA_IAU_ROTATION,
        "GANYMEDE": GANYMEDE_IAU_ROTATION,
        "CALLISTO": CALLISTO_IAU_ROTATION,
        "JUPITER": JUPITER_IAU_ROTATION,
    }
)
"""Bodies whose rotation is known, by name."""

# d rotation_x(a)/da = _ABOUT_X @ rotation_x(a), which commutes; about z likewise.
_ABOUT_X = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
_ABOUT_Z = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def _rotation(body: str) -> IauRotation:
    if body not in ROTATIONS:
        raise InputError(f"no rotation is known for {body!r}; known are {', '.join(ROTATIONS)}")
    return ROTATIONS[body]


def pole_and_meridian_deg(body: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Right ascension and declination of the pole, and the angle W of the prime meridian.

    Parameters
    ----------
    body : str
        One of `ROTATIONS`.
    tdb : array, shape (...)
        TDB seconds past J2000.

    Returns
    -------
    tuple of array, shape (...)
        Degrees; W in 0 to 360.
    """
    (ra, dec, meridian), _ = _angles_and_rates(body, np.asarray(tdb, dtype=float))
    return ra, dec, np.mod(meridian, 360.0)


def _angles_and_rates(body: str, tdb: np.ndarray) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Right ascension and declination of the pole and W, degrees, and their rates, degrees per day."""
    rotation = _rotation(body)
    days = tdb / SECONDS_PER_DAY
    centuries = days / DAYS_PER_CENTURY
    ra = rotation.pole_ra_deg[0] + rotation.pole_ra_deg[1] * centuries
    dec = rotation.pole_dec_deg[0] + rotation.pole_dec_deg[1] * centuries
    meridian = rotation.meridian_deg[0] + rotation.meridian_deg[1] * days
    ra_rate = np.full_like(days, rotation.pole_ra_deg[1] / DAYS_PER_CENTURY)
    dec_rate = np.full_like(days, rotation.pole_dec_deg[1] / DAYS_PER_CENTURY)
    meridian_rate = np.full_like(days, rotation.meridian_deg[1])
    for name, ra_term, dec_term, meridian_term in rotation.terms_deg:
        start, rate = JUPITER_SYSTEM_ANGLES_DEG[name]
        angle = np.radians(start + rate * centuries)
        sine, cosine, speed = np.sin(angle), np.cos(angle), np.radians(rate) / DAYS_PER_CENTURY
        ra, ra_rate = ra + ra_term * sine, ra_rate + ra_term * speed * cosine
        dec, dec_rate = dec + dec_term * cosine, dec_rate - dec_term * speed * sine
        meridian, meridian_rate = meridian + meridian_term * sine, meridian_rate + meridian_term * speed * cosine
    return (ra, dec, meridian), (ra_rate, dec_rate, meridian_rate)


def icrf_to_body(body: str, tdb: ArrayLike) -> np.ndarray:
    """Rotations from the ICRF into the body-fixed frame.

    Parameters
    ----------
    body : str
        One of `ROTATIONS`; Jupiter turns with System III.
    tdb : array, shape (...)
        TDB seconds past J2000; for what a camera sees, the time at which the light left the body.

    Returns
    -------
    array, shape (..., 3, 3)
        ``icrf_to_body[k] @ v_icrf`` is body-fixed. Equal to SPICE's ``pxform("J2000", "IAU_IO", ...)`` with
        pck00010 to 3e-11, which is the rounding of W, about 1e7 deg.

    Notes
    -----
    Io's physical libration (about 30 arcsec, 0.3 km on the ground) is not part of the IAU model.
    """
    ra, dec, meridian = pole_and_meridian_deg(body, tdb)
    result: np.ndarray = rotation_z(meridian) @ rotation_x(90.0 - dec) @ rotation_z(ra + 90.0)
    return result


def icrf_to_body_with_rate(body: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Rotations of `icrf_to_body` and their derivatives in time, 1/s; both of shape (..., 3, 3)."""
    (ra, dec, meridian), rates = _angles_and_rates(body, np.asarray(tdb, dtype=float))
    return _turns((ra, dec, np.mod(meridian, 360.0)), rates)


def icrf_to_equator_with_rate(body: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Rotations into a body's equator of date, x to its ascending node on the ICRF's equator, and their derivatives."""
    (ra, dec, meridian), (ra_rate, dec_rate, _) = _angles_and_rates(body, np.asarray(tdb, dtype=float))
    still = np.zeros_like(meridian)
    return _turns((ra, dec, still), (ra_rate, dec_rate, still))


def _turns(angles_deg: tuple[np.ndarray, ...], rates_deg_day: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Rotation from the pole's right ascension, declination and W, and its derivative by the product rule."""
    ra, dec, meridian = angles_deg
    by_second = tuple(np.radians(rate)[..., None, None] / SECONDS_PER_DAY for rate in rates_deg_day)
    node, tilt, spin = rotation_z(ra + 90.0), rotation_x(90.0 - dec), rotation_z(meridian)
    rotation: np.ndarray = spin @ tilt @ node
    rate: np.ndarray = (
        (by_second[0] * rotation) @ _ABOUT_Z - (by_second[1] * spin) @ _ABOUT_X @ tilt @ node
    ) + by_second[2] * (_ABOUT_Z @ rotation)
    return rotation, rate
