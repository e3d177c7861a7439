"""Meridians, parallels, limb and terminator on a map grid, and directions at its centre."""

from dataclasses import dataclass

import numpy as np

from perijove.figures.picture import MapPicture
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.limb import limb_ellipse, terminator_points_km
from perijove.geometry.projections import MapGrid
from perijove.geometry.rotations import direction_of

__all__ = [
    "Graticule",
    "direction_on_picture",
    "graticule",
    "latitude_text",
    "limb_xy",
    "longitude_text",
    "terminator_xy",
]

_STEPS_DEG = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
_MOST_LINES = 9.0  # parallels, and half the meridians
_SAMPLES = 361


@dataclass(frozen=True)
class Graticule:
    """Lines of latitude and longitude.

    Attributes
    ----------
    step_deg : float
        Between lines.
    parallels, meridians : dict
        Pixel coordinates, shape (points, 2), by latitude and by east longitude; NaN where a line is not seen.
    """

    step_deg: float
    parallels: dict[float, np.ndarray]
    meridians: dict[float, np.ndarray]


def graticule(picture: MapPicture) -> Graticule:
    """Lines that suit the part of a picture which is shown."""
    grid = picture.grid
    left, right, bottom, top = picture.window()
    rows, columns = np.meshgrid(np.linspace(top, bottom, 60) - 0.5, np.linspace(left, right, 60) - 0.5, indexing="ij")
    lat, _ = grid.lat_lon(rows, columns)
    span = float(np.nanmax(lat) - np.nanmin(lat)) if np.isfinite(lat).any() else 180.0
    if grid.projection == "equirectangular":
        span = max(span, 0.5 * (right - left) * grid.resolution_km / np.radians(1.0) / grid.sphere_radius_km)
    most = _MOST_LINES if grid.projection == "equirectangular" else 0.7 * _MOST_LINES
    step = next((value for value in _STEPS_DEG if span / value <= most), _STEPS_DEG[-1])
    center = grid.center_lon_east_deg if grid.projection == "equirectangular" else 0.0
    around = center + np.linspace(-180.0, 180.0 - 1e-9, _SAMPLES)
    parallels = {lat: _line(grid, lat, around) for lat in np.arange(-90.0 + step, 90.0, step)}
    meridians = {}
    for lon in np.arange(-180.0, 180.0, step):
        reach = 90.0 if grid.projection == "equirectangular" or lon % 90.0 == 0.0 else 90.0 - step
        meridians[lon] = _line(grid, np.linspace(-reach, reach, _SAMPLES), lon)
    return Graticule(step, parallels, meridians)


def _line(grid: MapGrid, lat_deg: np.ndarray | float, lon_east_deg: np.ndarray | float) -> np.ndarray:
    return np.stack(grid.xy(lat_deg, lon_east_deg), axis=-1)


def limb_xy(grid: MapGrid) -> np.ndarray | None:
    """Edge of the disc in pixel coordinates, shape (points, 2), clockwise from north; None on maps without one."""
    azimuth = np.linspace(0.0, 360.0, _SAMPLES)
    if grid.projection == "orthographic":
        radius = grid.sphere_radius_km
        x_km, y_km = radius * np.sin(np.radians(azimuth)), radius * np.cos(np.radians(azimuth))
    elif grid.projection == "perspective" and grid.position_km is not None:
        position = np.array(grid.position_km)
        sight = limb_ellipse(position, radii_km=grid.radii_km).points_km(azimuth) - position
        right, down, ahead = np.moveaxis(sight @ grid.axes.T, -1, 0)
        scale = np.linalg.norm(position) / np.where(ahead > 0.0, ahead, np.nan)
        x_km, y_km = right * scale, -down * scale
    else:
        return None
    return np.stack(
        [(x_km - grid.x_left_km) / grid.resolution_km, (grid.y_top_km - y_km) / grid.resolution_km], axis=-1
    )


def terminator_xy(grid: MapGrid, subsolar_deg: tuple[float, float]) -> np.ndarray:
    """Where the Sun's centre stands on the horizon, pixel coordinates, shape (points, 2); NaN where not seen."""
    points = terminator_points_km(direction_of(*subsolar_deg), np.linspace(0.0, 360.0, 1441), radii_km=grid.radii_km)
    xy = np.stack(grid.xy(*planetocentric_deg(points)), axis=-1)
    jump = np.abs(np.diff(xy[:, 0], append=xy[-1:, 0])) > 0.5 * grid.shape[1]
    xy[jump] = np.nan  # the line leaves the map on one side and comes back on the other
    return xy


def direction_on_picture(
    grid: MapGrid, at_deg: tuple[float, float], towards_deg: tuple[float, float]
) -> tuple[float, float]:
    """Direction of the great circle from one point to another, where it starts.

    Parameters
    ----------
    grid : MapGrid
        Map.
    at_deg, towards_deg : tuple of float
        Planetocentric latitude and east longitude.

    Returns
    -------
    right, up : float
        Unit vector on the page; NaN where the points coincide, are opposite, or are not seen.
    """
    here, there = direction_of(*at_deg), direction_of(*towards_deg)
    tangent = there - (there @ here) * here
    length = float(np.linalg.norm(tangent))
    if length < 1e-6:
        return np.nan, np.nan
    ends = here + np.outer([-1e-3, 1e-3], tangent / length)
    x, y = grid.xy(*planetocentric_deg(ends))
    right, up = float(x[1] - x[0]), float(y[0] - y[1])
    if abs(right) > 0.5 * grid.shape[1]:
        return np.nan, np.nan
    norm = float(np.hypot(right, up))
    return right / norm, up / norm


def latitude_text(lat_deg: float) -> str:
    """Such as ``30°N``; ``0°N`` on the equator, where ``0°`` would pass for a longitude."""
    return f"{abs(lat_deg):g}°{'S' if lat_deg < 0 else 'N'}"


def longitude_text(lon_east_deg: float) -> str:
    """Such as ``30°E`` or ``150°W``."""
    lon = (lon_east_deg + 180.0) % 360.0 - 180.0
    return f"{abs(lon):g}°{'' if lon in (0.0, -180.0) else 'E' if lon > 0 else 'W'}"
