"""Laws that every map projection keeps.

Authority: law. Each function takes a case (a grid and what is special about it) and holds for all points that the map
shows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.geometry.projections import MapGrid

__all__ = [
    "ProjectionCase",
    "ground_points_lie_on_the_body",
    "ground_to_pixel_and_back",
    "north_is_up_and_east_is_right",
    "pixel_to_ground_and_back",
]

EPS = np.finfo(float).eps


def no_rim(_lat: float, _lon: float) -> bool:
    """For maps that do not end at a limb."""
    return False


@dataclass(frozen=True)
class ProjectionCase:
    """A grid, a point where its axes are north and east, which points lie near its rim, and its way round in pixels."""

    grid: MapGrid
    middle: tuple[float, float]
    near_rim: Callable[[float, float], bool] = no_rim
    around_px: float = np.inf


def ground_to_pixel_and_back(case: ProjectionCase, lat: float, lon: float) -> None:
    """Forward then inverse gives the point back to rounding, wherever the map shows it."""
    x, y = case.grid.xy(lat, lon)
    if np.isnan(x):
        return
    lat_back, lon_back = case.grid.lat_lon(y - 0.5, x - 0.5)
    # At a rim the ground runs away as the root of the distance, and so does its rounding error.
    limit = np.degrees(3000.0 * EPS + (np.sqrt(3000.0 * EPS) if case.near_rim(lat, lon) else 0.0))
    if np.isnan(lat_back):
        assert case.near_rim(lat, lon)
        return
    assert abs(lat_back - lat) < limit
    assert abs((lon_back - lon + 180.0) % 360.0 - 180.0) * np.cos(np.radians(lat)) < limit


def pixel_to_ground_and_back(case: ProjectionCase, down: float, right: float) -> None:
    """Inverse then forward gives the pixel back to 1e-6 px."""
    rows, columns = case.grid.shape
    row, column = down * (rows - 1), right * (columns - 1)
    lat, lon = case.grid.lat_lon(row, column)
    if np.isnan(lat):
        return
    x, y = case.grid.xy(lat, lon)
    if np.isnan(x):  # on the rim, rounding decides on which side
        assert case.near_rim(float(lat), float(lon))
        return
    assert abs(y - 0.5 - row) < 1e-6
    assert min(abs(x - 0.5 - column), abs(abs(x - 0.5 - column) - case.around_px)) < 1e-6


def ground_points_lie_on_the_body(case: ProjectionCase, down: float, right: float) -> None:
    """Ground points satisfy the triaxial ellipsoid's equation to rounding."""
    rows, columns = case.grid.shape
    point = case.grid.ground_km(down * (rows - 1), right * (columns - 1), radii_km=IO_RADII_THOMAS_1998_KM)
    if not np.isnan(point[0]):
        assert abs(np.sum((point / IO_RADII_THOMAS_1998_KM) ** 2) - 1.0) < 20.0 * EPS


def north_is_up_and_east_is_right(case: ProjectionCase) -> None:
    """A step north moves up and a step east moves right, at the point that the case names."""
    lat, lon = case.middle
    x0, y0 = case.grid.xy(lat, lon)
    x1, y1 = case.grid.xy(lat + 0.01, lon)
    x2, y2 = case.grid.xy(lat, lon + 0.01)
    assert y1 < y0
    assert x2 > x0
    assert abs(x1 - x0) < 0.02 * abs(y1 - y0)
    assert abs(y2 - y0) < 0.02 * abs(x2 - x0)
