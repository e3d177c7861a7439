"""Angles of light: incidence, emission, phase.

The Sun is taken as infinitely far: at Io its direction differs across the body by 0.5 arcsec.
"""

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.ellipsoid import outward_normal
from perijove.geometry.rotations import angle_between_deg

__all__ = ["emission_deg", "illumination_deg", "incidence_deg", "phase_deg"]


def incidence_deg(point_km: ArrayLike, sun: ArrayLike, *, radii_km: ArrayLike) -> np.ndarray:
    """Angle between the surface normal and the Sun; beyond 90 deg the point lies in the night.

    Parameters
    ----------
    point_km : array, shape (..., 3)
        Surface points, body-fixed, km.
    sun : array, shape (..., 3)
        Direction of the Sun, body-fixed.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    array, shape (...)
        Degrees, 0 to 180; NaN where the point is NaN.
    """
    return angle_between_deg(outward_normal(point_km, radii_km=radii_km), sun)


def emission_deg(point_km: ArrayLike, position_km: ArrayLike, *, radii_km: ArrayLike) -> np.ndarray:
    """Angle between the surface normal and the observer; beyond 90 deg the point is behind the limb.

    Parameters
    ----------
    point_km : array, shape (..., 3)
        Surface points, body-fixed, km.
    position_km : array, shape (..., 3)
        Observer, body-fixed, km.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    array, shape (...)
        Degrees, 0 to 180; NaN where the point is NaN.
    """
    point = np.asarray(point_km, dtype=float)
    return angle_between_deg(outward_normal(point, radii_km=radii_km), np.asarray(position_km, dtype=float) - point)


def phase_deg(point_km: ArrayLike, position_km: ArrayLike, sun: ArrayLike) -> np.ndarray:
    """Angle at surface points between observer and Sun, degrees; arguments as in `illumination_deg`."""
    return angle_between_deg(np.asarray(position_km, dtype=float) - np.asarray(point_km, dtype=float), sun)


def illumination_deg(
    point_km: ArrayLike, position_km: ArrayLike, sun: ArrayLike, *, radii_km: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Incidence, emission and phase at surface points.

    Parameters
    ----------
    point_km, position_km : array, shape (..., 3)
        Surface points and observer, body-fixed, km.
    sun : array, shape (..., 3)
        Direction of the Sun, body-fixed.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    incidence_deg, emission_deg, phase_deg : arrays, shape (...)
        Degrees, 0 to 180; NaN where the point is NaN.
    """
    return (
        incidence_deg(point_km, sun, radii_km=radii_km),
        emission_deg(point_km, position_km, radii_km=radii_km),
        phase_deg(point_km, position_km, sun),
    )
