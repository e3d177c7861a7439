"""Rotations of frames, and angles between vectors.

All matrices here are frame rotations named `a_to_b`: ``v_b = a_to_b @ v_a`` gives the coordinates of the same vector in
the turned frame. A positive angle turns the axes by the right-hand rule, so coordinates move the other way.
"""

import numpy as np
from numpy.typing import ArrayLike

__all__ = [
    "angle_between_deg",
    "direction_of",
    "facing",
    "from_rotation_vector",
    "length",
    "local_axes",
    "rotation_vector_deg",
    "rotation_x",
    "rotation_z",
    "unit",
]


def length(vector: np.ndarray) -> np.ndarray:
    """Lengths of vectors (..., 3), shape (...)."""
    return np.asarray(np.sqrt(np.einsum("...i,...i->...", vector, vector)))


def unit(vector: ArrayLike) -> np.ndarray:
    """Vectors of length 1 along `vector`, shape (..., 3); NaN for a zero vector."""
    vector = np.asarray(vector, dtype=float)
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    result: np.ndarray = vector / np.where(length > 0.0, length, np.nan)
    return result


def direction_of(lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
    """Unit vectors, shape (..., 3), at a latitude or declination and an east longitude or right ascension, deg."""
    lat, lon = _radians(lat_deg, lon_east_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def _radians(*angles_deg: ArrayLike) -> tuple[np.ndarray, ...]:
    return np.broadcast_arrays(*(np.radians(np.asarray(angle, dtype=float)) for angle in angles_deg))


def local_axes(lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
    """Unit vectors east, north and up on a sphere, in the body's axes.

    Parameters
    ----------
    lat_deg, lon_east_deg : array, shape (...)
        They broadcast.

    Returns
    -------
    array, shape (..., 3, 3)
        Rows east, north, up. At a pole, north points along the meridian that is named.
    """
    lat, lon = _radians(lat_deg, lon_east_deg)
    east = np.stack([-np.sin(lon), np.cos(lon), np.zeros_like(lat)], axis=-1)
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1)
    return np.stack([east, north, direction_of(lat_deg, lon_east_deg)], axis=-2)


def _about(axis: int, angle_deg: ArrayLike) -> np.ndarray:
    angle = np.radians(np.asarray(angle_deg, dtype=float))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., axis, axis] = 1.0
    matrix[..., i, i] = matrix[..., j, j] = np.cos(angle)
    matrix[..., i, j] = np.sin(angle)
    matrix[..., j, i] = -np.sin(angle)
    return matrix


def rotation_x(angle_deg: ArrayLike) -> np.ndarray:
    """Rotation into a frame turned about x by `angle_deg`, shape (..., 3, 3)."""
    return _about(0, angle_deg)


def rotation_z(angle_deg: ArrayLike) -> np.ndarray:
    """Rotation into a frame turned about z by `angle_deg`, shape (..., 3, 3)."""
    return _about(2, angle_deg)


def from_rotation_vector(vector_deg: ArrayLike) -> np.ndarray:
    """Rotation into a frame turned about a vector.

    Parameters
    ----------
    vector_deg : array, shape (..., 3)
        Axis times angle, degrees.

    Returns
    -------
    array, shape (..., 3, 3)
        ``from_rotation_vector([0, 0, a])`` equals ``rotation_z(a)``.
    """
    vector = np.radians(np.asarray(vector_deg, dtype=float))
    angle = np.linalg.norm(vector, axis=-1)[..., None, None]
    cross = np.zeros((*vector.shape[:-1], 3, 3))
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = -vector[..., 2], vector[..., 1], -vector[..., 0]
    cross -= np.swapaxes(cross, -1, -2)
    # sin(a)/a and (1 - cos a)/a^2 by numpy's sinc, which is exact at 0.
    half = np.sinc(angle / (2.0 * np.pi))
    result: np.ndarray = np.eye(3) - np.sinc(angle / np.pi) * cross + 0.5 * half * half * (cross @ cross)
    return result


def rotation_vector_deg(rotation: ArrayLike) -> np.ndarray:
    """Axis times angle of frame rotations: the inverse of `from_rotation_vector`.

    Parameters
    ----------
    rotation : array, shape (..., 3, 3)
        Rotation matrices.

    Returns
    -------
    array, shape (..., 3)
        Degrees, length 0 to 180. Within 1e-6 deg of a half turn the axis is good to about 1e-2 deg only.
    """
    r = np.asarray(rotation, dtype=float)
    # Of the four columns that a matrix gives for its quaternion, the longest loses no digits.
    m00, m11, m22 = r[..., 0, 0], r[..., 1, 1], r[..., 2, 2]
    w0, x0, y0, z0 = 1 + m00 + m11 + m22, 1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22
    wx, wy, wz = r[..., 1, 2] - r[..., 2, 1], r[..., 2, 0] - r[..., 0, 2], r[..., 0, 1] - r[..., 1, 0]
    xy, xz, yz = r[..., 0, 1] + r[..., 1, 0], r[..., 0, 2] + r[..., 2, 0], r[..., 1, 2] + r[..., 2, 1]
    columns = np.stack(
        [
            np.stack([w0, wx, wy, wz], axis=-1),
            np.stack([wx, x0, xy, xz], axis=-1),
            np.stack([wy, xy, y0, yz], axis=-1),
            np.stack([wz, xz, yz, z0], axis=-1),
        ],
        axis=-2,
    )
    best = np.argmax(np.stack([w0, x0, y0, z0], axis=-1), axis=-1)
    quaternion = np.take_along_axis(columns, best[..., None, None], axis=-2)[..., 0, :]
    quaternion = quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)
    quaternion = np.where(quaternion[..., :1] < 0.0, -quaternion, quaternion)
    sine = np.linalg.norm(quaternion[..., 1:], axis=-1, keepdims=True)
    angle = 2.0 * np.arctan2(sine, quaternion[..., :1])
    scale = np.where(sine > 0.0, angle / np.where(sine > 0.0, sine, 1.0), 2.0)
    result: np.ndarray = np.degrees(scale * quaternion[..., 1:])
    return result


def angle_between_deg(a: ArrayLike, b: ArrayLike) -> np.ndarray:
    """Angle between vectors, 0 to 180 deg, good to 1e-14 deg of itself near 0 and 180 (Kahan's formula).

    Parameters
    ----------
    a, b : array, shape (..., 3)
        Any length but zero (NaN there).
    """
    a, b = unit(a), unit(b)
    difference, total = np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1)
    return np.asarray(np.degrees(2.0 * np.arctan2(difference, total)))


def facing(direction: ArrayLike, up: ArrayLike) -> np.ndarray:
    """Rotation into the frame of a camera that looks along `direction` with `up` at the top of the picture.

    Parameters
    ----------
    direction : array, shape (3,)
        Becomes +Z.
    up : array, shape (3,)
        Its part across `direction` becomes -Y (rows count downwards); another axis stands in where it has none.

    Returns
    -------
    array, shape (3, 3)
        Rows: +X (to the right), +Y (down), +Z (ahead).
    """
    ahead, top = unit(direction), unit(up)
    if np.linalg.norm(np.cross(ahead, top)) < 1e-9:
        top = np.eye(3)[int(np.argmin(np.abs(ahead)))]
    right = unit(np.cross(ahead, top))
    return np.stack([right, np.cross(ahead, right), ahead])
