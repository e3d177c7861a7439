"""Discs before discs: how much of a round light an ellipsoid hides, and how much of a surface is seen and lit.

Everything is vectorised over epochs. Dividing by the radii turns the ellipsoid into a unit sphere.
"""

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.rotations import angle_between_deg, unit

__all__ = ["hidden_fraction", "lens_fraction", "limb_offset_rad", "seen_areas_km2"]

_FLATTEST_LIMB = 1000.0  # ratio of radii beyond which a limb counts as straight; then 1e-7 of rounding at most


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Scalar products along the last axis."""
    return np.asarray(np.einsum("...i,...i->...", a, b))


def limb_offset_rad(
    position_km: ArrayLike, direction: ArrayLike, *, radii_km: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Signed angle of rays from the limb of an ellipsoid, and where along the ray they pass it.

    Parameters
    ----------
    position_km : array, shape (..., 3)
        Observer in the body-fixed frame, outside the body, km.
    direction : array, shape (..., 3)
        Unit vectors of the rays, same frame.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    offset_rad : array, shape (...)
        Positive outside the disc, negative on it. Exact in sign; in size to first order in the miss over the radius of
        the limb, for rays near the limb.
    distance_km : array, shape (...)
        Distance at which the ray passes the body; negative where it leads away from it.
    """
    radii = np.asarray(radii_km, dtype=float)
    o, d = np.asarray(position_km, dtype=float) / radii, np.asarray(direction, dtype=float) / radii
    distance = -_dot(o, d) / _dot(d, d)
    foot = o + distance[..., None] * d
    miss = np.sqrt(_dot(foot, foot))
    # The gap along the normal: (|foot| - 1) times the distance of the tangent plane from the centre.
    normal = foot / radii
    plane = miss / np.sqrt(_dot(normal, normal))
    return np.arctan2((miss - 1.0) * plane, np.abs(distance)), distance


def lens_fraction(radius: ArrayLike, other_radius: ArrayLike, separation: ArrayLike) -> np.ndarray:
    """Part of a disc's area that another disc covers, both flat.

    Parameters
    ----------
    radius, other_radius, separation : array
        Of the disc, of what covers it, and of their centres; one unit, shapes broadcast.

    Returns
    -------
    array
        0 to 1.

    Notes
    -----
    The lens is two segments of circles. Of each the half angle follows from the three sides of the triangle between the
    centres and a corner of the lens; the kite of two such triangles is taken off, by Heron.
    """
    r, big, d = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (radius, other_radius, separation)))
    meet = (d < r + big) & (d > np.abs(big - r))
    x, y, z = (np.where(meet, value, 1.0) for value in (d, big, r))
    # Near the ends rounding takes the cosines beyond 1.
    own = np.arccos(np.clip((x * x + z * z - y * y) / (2.0 * x * z), -1.0, 1.0))
    other = np.arccos(np.clip((x * x + y * y - z * z) / (2.0 * x * y), -1.0, 1.0))
    kite = np.maximum((-x + z + y) * (x + z - y) * (x - z + y) * (x + z + y), 0.0)
    lens = (z * z * own + y * y * other - 0.5 * np.sqrt(kite)) / (np.pi * z * z)
    inside = np.where(big >= r, 1.0, np.square(big / np.where(r > 0.0, r, 1.0)))
    return np.where(meet, lens, np.where(d < r + big, inside, 0.0))


def hidden_fraction(
    position_km: ArrayLike,
    light_km: ArrayLike,
    *,
    light_radius_km: float,
    radii_km: ArrayLike,
) -> np.ndarray:
    """Part of a distant sphere's disc that an ellipsoid hides.

    Parameters
    ----------
    position_km : array, shape (..., 3)
        Observer in the ellipsoid's frame, outside of it, km.
    light_km : array, shape (..., 3)
        The sphere's centre from the observer, same axes, km.
    light_radius_km : float
        Its radius.
    radii_km : array, shape (3,)
        Semi-axes of the ellipsoid, km.

    Returns
    -------
    array, shape (...)
        0 to 1; 0 where the sphere is nearer than the ellipsoid's limb. The limb's curvature is that of a circle through
        the nearest limb point about the ellipsoid's centre: at Jupiter's flattening 1e-3 of the Sun's disc.
    """
    position, light = np.asarray(position_km, dtype=float), np.asarray(light_km, dtype=float)
    range_km = np.sqrt(_dot(light, light))
    direction = light / range_km[..., None]
    offset, passed = limb_offset_rad(position, direction, radii_km=radii_km)
    disc = np.arcsin(np.minimum(light_radius_km / range_km, 1.0))
    behind = (passed > 0.0) & (passed < range_km)
    hidden = np.where(behind & (offset < 0.0), 1.0, 0.0)
    # Where the limb crosses the disc: two flat discs, the second with the limb's curvature.
    near = behind & (np.abs(offset) < disc)  # where the limb may cross the disc; the rest is seldom more
    if near.any():
        separation = np.radians(angle_between_deg(direction[near], -position[near]))
        # A circle on the sky bends like a flat one of the radius tan.
        limb = np.tan(np.clip(separation - offset[near], 0.0, 0.4999 * np.pi))
        limb = np.minimum(limb, _FLATTEST_LIMB * disc[near])
        hidden[near] = lens_fraction(disc[near], limb, limb + offset[near])
    return hidden


def seen_areas_km2(position_km: ArrayLike, sun: ArrayLike, *, radii_km: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Area above whose horizon an observer stands, and the part of it above whose horizon the Sun stands.

    Parameters
    ----------
    position_km : array, shape (..., 3)
        Observer, body-fixed, outside the body, km.
    sun : array, shape (..., 3)
        Direction of the Sun, body-fixed.
    radii_km : array, shape (3,)
        Semi-axes, km.

    Returns
    -------
    seen_km2, lit_km2 : arrays, shape (...)
        km².

    Notes
    -----
    On the unit sphere that dividing by the radii makes of the body, both regions are a cap and a half sphere exactly.
    Their stretch to the ellipsoid is taken as its quadratic mean over the cap: 1e-5 of the area seen at Io, 1e-3 at
    Jupiter, and to first order in the flattening for the lit part (0.4 % at Io, 4 % at Jupiter).
    """
    radii = np.asarray(radii_km, dtype=float)
    p, s = np.asarray(position_km, dtype=float) / radii, unit(np.asarray(sun, dtype=float) / radii)
    # On the unit sphere: the cap that is seen, with the cosine and sine of its half angle.
    length = np.sqrt(_dot(p, p))
    cosine = 1.0 / length
    sine = np.sqrt(1.0 - cosine * cosine)
    # Angle at the centre between observer and Sun.
    toward = p / length[..., None]
    cos_phase = _dot(toward, s)
    normal = np.cross(toward, s)
    sin_phase = np.sqrt(_dot(normal, normal))
    # The lit part of the cap lies between an arc of its edge and one of the terminator. By Gauss and Bonnet its area is
    # 2 (pi - corner - cosine edge), from the exterior angle at their two corners and half the arc of the edge.
    # Beyond the ends of the arc cosines the terminator does not cross the cap: it is lit wholly or not at all.
    with np.errstate(divide="ignore", invalid="ignore"):
        corner = np.arccos(np.clip(cos_phase / sine, -1.0, 1.0))
        edge = np.arccos(
            np.clip(np.where(sin_phase > 0.0, -cos_phase * cosine / (sin_phase * sine), np.inf), -1.0, 1.0)
        )
    edge = np.where(sin_phase > 0.0, edge, np.where(cos_phase > 0.0, np.pi, 0.0))
    lit = 2.0 * (np.pi - corner - cosine * edge)
    seen = 2.0 * np.pi * (1.0 - cosine)
    # From the sphere to the ellipsoid an element of area stretches by a b c |n / radii|, n the sphere's normal; here
    # by its quadratic mean over the cap. mean_square is that of n's part along the axis of the cap.
    mean_square = (1.0 + cosine + cosine * cosine) / 3.0
    along = _dot(toward / radii, toward / radii)
    stretch = np.prod(radii) * np.sqrt(
        0.5 * (1.0 - mean_square) * np.sum(1.0 / radii**2) + 0.5 * (3.0 * mean_square - 1.0) * along
    )
    return seen * stretch, lit * stretch
