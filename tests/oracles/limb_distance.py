"""Angle between rays and the exact limb of a triaxial body, by Newton's method."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.limb import limb_ellipse
from perijove.geometry.rotations import unit

_NEWTON_STEPS = 12  # 4 reach 1e-12 rad on a body as round as Io
_LARGEST_STEP_RAD = 0.5


def limb_distance_deg(
    position_km: ArrayLike, direction: ArrayLike, *, radii_km: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Signed angle between rays and the limb, and where on the limb they come nearest.

    Parameters
    ----------
    position_km : array, shape (3,)
        Observer, body-fixed, km; outside the body.
    direction : array, shape (..., 3)
        Rays, body-fixed, any length but zero.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    distance_deg : array, shape (...)
        Positive outside the disc, negative on it.
    limb_point_km : array, shape (..., 3)
        The nearest limb point (in angle). For rays near the middle of the disc, where the whole limb is about equally
        far, it is a local minimum.

    Notes
    -----
    Newton's method on the azimuth, from the azimuth at which the ray passes the scaled sphere.
    """
    position, radii = np.asarray(position_km, dtype=float), np.asarray(radii_km, dtype=float)
    ellipse = limb_ellipse(position, radii_km=radii)
    ray = unit(direction)
    # Start: on the scaled sphere the limb is a circle, and the azimuth of a ray about it exact.
    azimuth = np.arctan2((ray / radii) @ (ellipse.second_km / radii), (ray / radii) @ (ellipse.first_km / radii))
    for _ in range(_NEWTON_STEPS):
        # The limb point seen from the observer, S(a), and its derivatives: S' = first, S'' = -minus_second; (..., 3).
        cosine, sine = np.cos(azimuth)[..., None], np.sin(azimuth)[..., None]
        minus_second = cosine * ellipse.first_km + sine * ellipse.second_km
        sight = ellipse.center_km - position + minus_second
        first = cosine * ellipse.second_km - sine * ellipse.first_km
        # The cosine of the angle, f = ray . S / |S|, is to be greatest. Its derivatives f' and f'' hold those of |S|:
        # slope = |S|', bend = |S|''.
        length = np.linalg.norm(sight, axis=-1)
        slope = np.sum(sight * first, axis=-1) / length
        bend = (np.sum(first * first, axis=-1) - np.sum(sight * minus_second, axis=-1) - slope * slope) / length
        dot, dot_1, dot_2 = (np.sum(ray * v, axis=-1) for v in (sight, first, -minus_second))
        f_1 = (dot_1 - dot * slope / length) / length
        f_2 = (dot_2 - 2.0 * dot_1 * slope / length - dot * bend / length + 2.0 * dot * (slope / length) ** 2) / length
        # Newton's step where f bends downwards; elsewhere uphill by what is allowed.
        step = np.where(f_2 < 0.0, -f_1 / np.where(f_2 < 0.0, f_2, 1.0), np.sign(f_1) * _LARGEST_STEP_RAD)
        step = np.clip(step, -_LARGEST_STEP_RAD, _LARGEST_STEP_RAD)
        azimuth = azimuth + step
        if not np.any(np.abs(step) > 1e-13):
            break
    # The angle itself by Kahan's formula, which keeps its digits where it is small.
    point = ellipse.points_km(np.degrees(azimuth))
    sight = unit(point - position)
    angle = 2.0 * np.arctan2(np.linalg.norm(ray - sight, axis=-1), np.linalg.norm(ray + sight, axis=-1))
    # Sign: on the disc where the ray meets the body, |d|² - |o x d|² >= 0 on the scaled sphere, ahead of the observer.
    o, d = position / radii, ray / radii
    cross = np.cross(o, d)
    inside = (np.sum(d * d, axis=-1) >= np.sum(cross * cross, axis=-1)) & (d @ o < 0.0)
    return np.degrees(np.where(inside, -angle, angle)), point
