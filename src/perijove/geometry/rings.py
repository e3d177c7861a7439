"""Closed lines on a globe as polygons of longitude and latitude, cut where the map is cut.

A ring is walked so that what it encloses lies to the left, seen from outside: counterclockwise, as RFC 7946 wants
exterior rings. Longitude is not a coordinate like others: a ring may cross the meridian of 180 deg, and it may run
around a pole, which is an edge of the map.
"""

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.ellipsoid import planetocentric_deg

__all__ = ["cut_line", "cut_ring"]

_HALF_TURN_DEG = 180.0
_POLE_DEG = 90.0
_SAME_DEG = 1e-12


def cut_ring(point_km: ArrayLike) -> list[np.ndarray]:
    """Polygons of longitude and latitude of what a ring encloses.

    Parameters
    ----------
    point_km : array, shape (n, 3)
        Corners, body-fixed, of any length; the last is joined to the first. What lies to the left is enclosed. Steps
        of longitude must be below 180 deg, so no side may pass through a pole.

    Returns
    -------
    list of array, shape (m, 2)
        Longitude EAST (-180 to 180) and latitude, degrees; counterclockwise, the first corner repeated at the end.
        More than one where the ring crosses the meridian of 180 deg, where it is cut. Where it encloses a pole a
        polygon runs along that edge of the map.

    Raises
    ------
    ValueError
        If the ring has fewer than three corners, or lies to the left of nothing on the map: it runs clockwise.
    """
    points = np.asarray(point_km, dtype=float)
    if len(points) < 3:
        raise ValueError(f"a ring needs three corners, not {len(points)}")
    pieces = [piece for piece, _ in _pieces(np.concatenate([points, points[:1]]))]
    if len(pieces) == 1:
        x, y = pieces[0].T
        if np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) < 0.0:
            raise ValueError("the ring runs clockwise: what lies to its left is all of the map but a hole")
        return pieces
    # The walk began within a piece: its last part and its first are one.
    return _linked([np.concatenate([pieces[-1], pieces[0][1:]]), *pieces[1:-1]])


def cut_line(point_km: ArrayLike) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pieces of a line, cut at the meridian of 180 deg.

    Parameters
    ----------
    point_km : array, shape (n, 3)
        Its points in order, body-fixed, of any length; steps of longitude below 180 deg.

    Returns
    -------
    list of (array of shape (m, 2), array of shape (m,))
        Longitude EAST (-180 to 180) and latitude, degrees, and the number of each in the line, counted from 0: a
        fraction where the line was cut.
    """
    return _pieces(np.asarray(point_km, dtype=float))


def _short_way(step_deg: np.ndarray) -> np.ndarray:
    """Steps of longitude, -180 to 180."""
    result: np.ndarray = np.mod(step_deg + _HALF_TURN_DEG, 2.0 * _HALF_TURN_DEG) - _HALF_TURN_DEG
    return result


def _pieces(points: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pieces on the map (longitude, latitude), broken where the line crosses the meridian of 180 deg, and numbers.

    A side is the arc of a plane through the body's centre; it meets the half plane of that meridian where y = 0.
    """
    lat, lon = planetocentric_deg(points)
    corners, numbers = np.stack([lon, lat], axis=-1), np.arange(len(points), dtype=float)
    pieces, first, head, began = [], 0, np.empty((0, 2)), np.empty(0)
    for i in np.flatnonzero(np.abs(np.diff(lon)) > _HALF_TURN_DEG):
        here, there = points[i], points[i + 1]
        share = here[1] / (here[1] - there[1])
        x, _, z = here + share * (there - here)
        at, edge = float(np.degrees(np.arctan2(z, abs(x)))), np.copysign(_HALF_TURN_DEG, lon[i] - lon[i + 1])
        last = slice(first, i + 1)
        pieces.append(
            (np.concatenate([head, corners[last], [[edge, at]]]), np.concatenate([began, numbers[last], [i + share]]))
        )
        first, head, began = int(i) + 1, np.array([[-edge, at]]), np.array([i + share])
    return [*pieces, (np.concatenate([head, corners[first:]]), np.concatenate([began, numbers[first:]]))]


def _linked(pieces: list[np.ndarray]) -> list[np.ndarray]:
    """Close pieces along the edges of the map: northwards in the east, southwards in the west, and over the poles."""
    rings = []
    while pieces:
        ring = pieces.pop(0)
        while True:
            side, lat = float(np.sign(ring[-1, 0])), float(ring[-1, 1])
            starts = [(piece[0], k) for k, piece in enumerate([ring, *pieces])]
            steps = [(side * (start[1] - lat), k) for start, k in starts if side * start[0] > 0.0]
            ahead = [step for step in steps if step[0] >= -_SAME_DEG]
            if not ahead:  # nothing up to the pole: it is enclosed
                pole = side * np.array([[_HALF_TURN_DEG, _POLE_DEG], [-_HALF_TURN_DEG, _POLE_DEG]])
                ring = np.concatenate([ring, pole])
                continue
            nearest = min(ahead)[1]
            if nearest == 0:
                rings.append(np.concatenate([ring, ring[:1]]))
                break
            ring = np.concatenate([ring, pieces.pop(nearest - 1)])
    return rings
