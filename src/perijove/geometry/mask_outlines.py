"""Outlines of what is marked on a map, along the edges of its pixels."""

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["mask_polygons"]

Corner = tuple[int, int]


def mask_polygons(mask: ArrayLike) -> list[list[np.ndarray]]:
    """Polygons that hold the marked pixels of a map and no others.

    Parameters
    ----------
    mask : array of bool, shape (rows, columns)
        Row 0 at the top. The map's edges are edges of polygons: nothing is joined around them.

    Returns
    -------
    list of list of array, shape (n, 2)
        Each polygon's exterior, counterclockwise, and its holes, clockwise: columns and rows of pixel corners, counted
        from the left and from the top, the first repeated at the end. Pixels that touch at a corner only belong to
        different polygons.
    """
    rings = _rings(_edges(np.asarray(mask, dtype=bool)))
    exteriors = [ring for ring in rings if _area(ring) > 0.0]
    polygons = [[ring] for ring in exteriors]
    for hole in rings:
        if _area(hole) < 0.0:
            # A pixel of the hole lies to the right of its first side.
            (x, y), (x1, y1) = hole[0], hole[1]
            step_x, step_y = np.sign(x1 - x), np.sign(y1 - y)
            inside = (x + 0.5 * step_x - 0.5 * step_y, y + 0.5 * step_y + 0.5 * step_x)
            around = [k for k, ring in enumerate(exteriors) if _contains(ring, inside)]
            polygons[min(around, key=lambda k: _area(exteriors[k]))].append(hole)
    return polygons


def _edges(mask: np.ndarray) -> dict[Corner, list[Corner]]:
    """Sides between marked and other pixels by their start, marked ground to the left (rows count downwards)."""
    padded = np.pad(mask, 1)
    core = padded[1:-1, 1:-1]
    sides = (
        (padded[2:, 1:-1], (0, 1), (1, 1)),  # lower side, eastwards
        (padded[1:-1, 2:], (1, 1), (1, 0)),  # right side, northwards
        (padded[:-2, 1:-1], (1, 0), (0, 0)),  # upper side, westwards
        (padded[1:-1, :-2], (0, 0), (0, 1)),  # left side, southwards
    )
    edges: dict[Corner, list[Corner]] = {}
    for neighbour, start, end in sides:
        for row, column in np.argwhere(core & ~neighbour).tolist():
            edges.setdefault((column + start[0], row + start[1]), []).append((column + end[0], row + end[1]))
    return edges


def _rings(edges: dict[Corner, list[Corner]]) -> list[np.ndarray]:
    """Walk along the sides, to the left where there is a choice, and keep the corners."""
    rings = []
    while edges:
        start = next(iter(edges))
        at, ring = start, [start]
        step = (0, 0)
        while True:
            ends = edges[at]
            # Rows count downwards: a left turn from (dx, dy) is to (dy, -dx).
            left = (at[0] + step[1], at[1] - step[0])
            end = left if left in ends else ends[0]
            ends.remove(end)
            if not ends:
                del edges[at]
            new = (end[0] - at[0], end[1] - at[1])
            if new == step:
                ring[-1] = end
            else:
                ring.append(end)
            at, step = end, new
            if at == start:
                break
        rings.append(np.array(ring, dtype=float))
    return rings


def _area(ring: np.ndarray) -> float:
    """Signed area, positive for a ring that runs counterclockwise to the eye; rows count downwards."""
    x, y = ring.T
    return float(-0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def _contains(ring: np.ndarray, point: tuple[float, float]) -> bool:
    """Even-odd rule, for a point within a pixel and sides along pixel edges."""
    (x, y), (x1, y1) = ring[:-1].T, ring[1:].T
    spans = np.minimum(y, y1) < point[1]
    spans &= point[1] < np.maximum(y, y1)
    return bool(np.count_nonzero(spans & (x > point[0]) & (x == x1)) % 2)
