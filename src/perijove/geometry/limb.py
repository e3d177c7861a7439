"""The limb and the terminator of a triaxial ellipsoid.

Dividing by the radii turns the body into a unit sphere and tangent rays into tangent rays. There the limb seen
from P is the circle q · P = 1, so on the body it is an ellipse in the plane Σ x_i P_i / a_i² = 1: exact, at any
distance.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.rotations import unit

__all__ = [
    "LimbEllipse",
    "PassedGround",
    "limb_azimuth_deg",
    "limb_degree_km",
    "limb_ellipse",
    "passed_ground",
    "terminator_points_km",
]


class LimbEllipse(NamedTuple):
    """Limb as ``center + cos(azimuth) first + sin(azimuth) second``, body-fixed vectors in km.

    Azimuth 0 points to the body's north, azimuth 90 deg to the right of it as the observer sees it. `first` and
    `second` are conjugate half-diameters, not in general at right angles.
    """

    center_km: np.ndarray
    first_km: np.ndarray
    second_km: np.ndarray

    def points_km(self, azimuth_deg: ArrayLike) -> np.ndarray:
        """Limb points at the given azimuths, shape (..., 3)."""
        azimuth = np.radians(np.asarray(azimuth_deg, dtype=float))[..., None]
        result: np.ndarray = self.center_km + np.cos(azimuth) * self.first_km + np.sin(azimuth) * self.second_km
        return result


def _across(pole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two unit vectors across `pole`: the one nearest to +z, and the one to its right seen from the tip of `pole`."""
    north = np.array([0.0, 0.0, 1.0])
    if np.linalg.norm(np.cross(pole, north)) < 1e-9 * np.linalg.norm(pole):
        north = np.array([-1.0, 0.0, 0.0]) if pole[2] > 0.0 else np.array([1.0, 0.0, 0.0])
    right = unit(np.cross(north, pole))
    return unit(np.cross(pole, right)), right


def limb_ellipse(position_km: ArrayLike, *, radii_km: ArrayLike) -> LimbEllipse:
    """Limb seen from a position.

    Parameters
    ----------
    position_km : array, shape (3,)
        Observer, body-fixed, km; outside the body.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Raises
    ------
    ValueError
        If the observer is not outside the body.
    """
    radii = np.asarray(radii_km, dtype=float)
    pole = np.asarray(position_km, dtype=float) / radii
    square = float(pole @ pole)
    if not square > 1.0:
        raise ValueError(f"the limb needs an observer outside the body, not at {(pole * radii).tolist()} km")
    first, second = _across(pole)
    size = np.sqrt(1.0 - 1.0 / square)
    return LimbEllipse(radii * pole / square, radii * first * size, radii * second * size)


def terminator_points_km(sun: ArrayLike, azimuth_deg: ArrayLike, *, radii_km: ArrayLike) -> np.ndarray:
    """Points where the Sun's centre stands on the horizon.

    Parameters
    ----------
    sun : array, shape (3,)
        Direction of the Sun, taken as infinitely far (at Io 0.5 arcsec from the truth).
    azimuth_deg : array
        Around the sub-solar point from north, as in `LimbEllipse`.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    array, shape (..., 3)
        Body-fixed, km.
    """
    radii = np.asarray(radii_km, dtype=float)
    first, second = _across(unit(np.asarray(sun, dtype=float) / radii))
    return LimbEllipse(np.zeros(3), radii * first, radii * second).points_km(azimuth_deg)


def limb_degree_km(position_km: ArrayLike, *, radii_km: ArrayLike) -> float:
    """Length of a degree of azimuth along the limb, km: less than one of the body's own, the more so the nearer.

    Mean over the limb; it differs from place to place by the body's flattening.
    """
    ellipse = limb_ellipse(position_km, radii_km=radii_km)
    mean = 0.5 * (np.linalg.norm(ellipse.first_km) + np.linalg.norm(ellipse.second_km))
    return float(np.radians(mean))


class PassedGround(NamedTuple):
    """What a ray passes at its lowest.

    Attributes
    ----------
    height_km : array, shape (...)
        Of the ray above the ellipsoid there; negative where it meets the body, NaN where the body lies behind.
    foot_km : array, shape (..., 3)
        Point of the ellipsoid below, body-fixed; for a ray at the height 0 the limb point that it touches.
    """

    height_km: np.ndarray
    foot_km: np.ndarray


def passed_ground(origin_km: ArrayLike, direction: ArrayLike, *, radii_km: ArrayLike) -> PassedGround:
    """Height at which rays pass a body, and the ground below.

    Parameters
    ----------
    origin_km, direction : array, shape (..., 3)
        Start and direction of each ray, body-fixed; they broadcast.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Notes
    -----
    Where the body is a unit sphere the ray passes the centre at b q with q on the sphere. On the body that is a point
    b r q, and (b - 1) r q · n, with n the normal at r q, is its height: exact at the limb, and to (b - 1) times the
    square of the flattening elsewhere, 2 m at 500 km above Io.
    """
    radii = np.asarray(radii_km, dtype=float)
    o, d = np.asarray(origin_km, dtype=float) / radii, np.asarray(direction, dtype=float) / radii
    s = -np.sum(o * d, axis=-1) / np.sum(d * d, axis=-1)
    closest = o + s[..., None] * d
    b = np.linalg.norm(closest, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        foot = radii * closest / b[..., None]
        height = (b - 1.0) * np.sum(foot * unit(foot / radii**2), axis=-1)
    ahead = s > 0.0
    return PassedGround(np.where(ahead, height, np.nan), np.where(ahead[..., None], foot, np.nan))


def limb_azimuth_deg(point_km: ArrayLike, position_km: ArrayLike, *, radii_km: ArrayLike) -> np.ndarray:
    """Azimuth around the limb, as in `LimbEllipse`, in whose direction points lie.

    Parameters
    ----------
    point_km : array, shape (..., 3)
        Body-fixed; on the limb that is seen from `position_km`, or near it.
    position_km : array, shape (3,)
        Observer.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    array, shape (...)
        0 to 360 deg, which is 0.
    """
    radii = np.asarray(radii_km, dtype=float)
    first, second = _across(np.asarray(position_km, dtype=float) / radii)
    scaled = np.asarray(point_km, dtype=float) / radii
    azimuth = np.degrees(np.arctan2(scaled @ second, scaled @ first)) % 360.0
    return np.where(azimuth < 360.0, azimuth, 0.0)  # a tiny negative angle modulo 360 is 360
