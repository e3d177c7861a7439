"""Body-fixed frames of the IAU, in numpy, without kernels."""

from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import IO_IAU_ROTATION
from perijove.bodies.jupiter import JUPITER_IAU_ROTATION, JUPITER_SYSTEM_ANGLES_DEG
from perijove.bodies.rotation import IauRotation
from perijove.constants import SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.geometry.rotations import rotation_x, rotation_z

__all__ = ["ROTATIONS", "icrf_to_body", "pole_and_meridian_deg"]

ROTATIONS = MappingProxyType({"IO": IO_IAU_ROTATION, "JUPITER": JUPITER_IAU_ROTATION})
"""Bodies whose rotation is known, by name."""

_DAYS_PER_CENTURY = 36525.0


def _rotation(body: str) -> IauRotation:
    if body not in ROTATIONS:
        raise InputError(f"no rotation is known for {body!r}; known are {', '.join(ROTATIONS)}")
    return ROTATIONS[body]


def pole_and_meridian_deg(body: str, tdb: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Right ascension and declination of the pole, and the angle W of the prime meridian.

    Parameters
    ----------
    body : str
        ``IO`` or ``JUPITER``.
    tdb : array, shape (...)
        TDB seconds past J2000.

    Returns
    -------
    tuple of array, shape (...)
        Degrees; W in 0 to 360.
    """
    rotation = _rotation(body)
    days = np.asarray(tdb, dtype=float) / SECONDS_PER_DAY
    centuries = days / _DAYS_PER_CENTURY
    ra = rotation.pole_ra_deg[0] + rotation.pole_ra_deg[1] * centuries
    dec = rotation.pole_dec_deg[0] + rotation.pole_dec_deg[1] * centuries
    meridian = rotation.meridian_deg[0] + rotation.meridian_deg[1] * days
    for name, ra_term, dec_term, meridian_term in rotation.terms_deg:
        start, rate = JUPITER_SYSTEM_ANGLES_DEG[name]
        angle = np.radians(start + rate * centuries)
        ra = ra + ra_term * np.sin(angle)
        dec = dec + dec_term * np.cos(angle)
        meridian = meridian + meridian_term * np.sin(angle)
    return ra, dec, np.mod(meridian, 360.0)


def icrf_to_body(body: str, tdb: ArrayLike) -> np.ndarray:
    """Rotations from the ICRF into the body-fixed frame.

    Parameters
    ----------
    body : str
        ``IO`` or ``JUPITER`` (System III).
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
