"""Map grids: which ground point each map pixel shows.

Map coordinates are those of the body's mean sphere (planetocentric latitude, east longitude; for Io the family
IAU_2015:50100), as in all published maps of Io; the ground itself lies on the triaxial figure at that latitude and
longitude. North is up and east to the right. Pixel (row i, column j) has its centre at (x, y) = (j + 0.5, i + 0.5).

The perspective projection has no map coordinates in that sense: its plane passes through the body's centre
across the line of sight, and its pixels are rays of a pinhole camera that meet the triaxial figure.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM, IO_RADII_THOMAS_1998_KM
from perijove.constants import M_PER_KM
from perijove.errors import InputError
from perijove.geometry.crs import projection_proj, projection_wkt
from perijove.geometry.ellipsoid import (
    first_intersection_km,
    outward_normal,
    planetocentric_deg,
    surface_point_km,
)
from perijove.geometry.rotations import direction_of, local_axes

__all__ = ["PROJECTIONS", "MapGrid"]

PROJECTIONS = ("equirectangular", "polar_north", "polar_south", "orthographic", "perspective")
"""Names of the projections. Both polar ones are stereographic, true to scale at the pole."""

_IO_RADII = (
    float(IO_RADII_THOMAS_1998_KM[0]),
    float(IO_RADII_THOMAS_1998_KM[1]),
    float(IO_RADII_THOMAS_1998_KM[2]),
)


@dataclass(frozen=True)
class MapGrid:
    """Pixels of a map.

    Parameters
    ----------
    projection : str
        One of `PROJECTIONS`.
    shape : tuple of int
        Rows, columns.
    resolution_km : float
        Size of a pixel in map coordinates; in perspective, at the distance of the body's centre.
    x_left_km, y_top_km : float
        Map coordinates of the outer corner of pixel (0, 0).
    center_lat_deg, center_lon_east_deg : float
        Origin of the map coordinates. Latitude 0 for equirectangular, 90 or -90 for the polar projections.
    sphere_radius_km : float
        Of the sphere that the map coordinates refer to.
    radii_km : tuple of float
        Semi-axes of the body; only perspective needs them.
    position_km : tuple of float or None
        Camera of a perspective view, body-fixed.
    body_to_camera : tuple of tuples of float or None
        Its rotation; rows are the camera's right, down and ahead in body-fixed axes.

    Raises
    ------
    InputError
        If the parameters do not fit the projection.
    """

    projection: str
    shape: tuple[int, int]
    resolution_km: float
    x_left_km: float
    y_top_km: float
    center_lat_deg: float = 0.0
    center_lon_east_deg: float = 0.0
    sphere_radius_km: float = IO_MEAN_RADIUS_KM
    radii_km: tuple[float, float, float] = _IO_RADII
    position_km: tuple[float, float, float] | None = None
    body_to_camera: tuple[tuple[float, float, float], ...] | None = None

    def __post_init__(self) -> None:
        """Reject what is not a map."""
        if self.projection not in PROJECTIONS:
            raise InputError(f"projection {self.projection!r} is not one of {', '.join(PROJECTIONS)}")
        if min(self.shape) < 1 or not self.resolution_km > 0.0:
            raise InputError(f"a map of {self.shape} pixels of {self.resolution_km} km has no area")
        fixed_lat = {"equirectangular": 0.0, "polar_north": 90.0, "polar_south": -90.0}.get(self.projection)
        if fixed_lat is not None and self.center_lat_deg != fixed_lat:
            raise InputError(f"{self.projection} has its centre at latitude {fixed_lat}, not {self.center_lat_deg}")
        if self.projection == "perspective" and (self.position_km is None or self.body_to_camera is None):
            raise InputError("a perspective grid needs position_km and body_to_camera")

    @cached_property
    def axes(self) -> np.ndarray:
        """Body-fixed unit vectors as rows, shape (3, 3).

        East, north and up at the centre of the map; in perspective the camera's right, down and ahead.
        """
        if self.body_to_camera is not None:
            return np.array(self.body_to_camera)
        return local_axes(self.center_lat_deg, self.center_lon_east_deg)

    @property
    def transform_m(self) -> tuple[float, float, float, float, float, float]:
        """Affine coefficients (a, b, c, d, e, f): metres = (a x + b y + c, d x + e y + f), x, y in pixels."""
        step = self.resolution_km * M_PER_KM
        return step, 0.0, self.x_left_km * M_PER_KM, 0.0, -step, self.y_top_km * M_PER_KM

    @property
    def crs(self) -> str | None:
        """Coordinate system as authority code where one exists, else as PROJ string; None for perspective."""
        if self.projection == "perspective":
            return None
        return projection_proj(self.projection, self.center_lat_deg, self.center_lon_east_deg, self.sphere_radius_km)

    @property
    def crs_wkt(self) -> str | None:
        """Coordinate system as WKT2:2019; None for perspective."""
        if self.projection == "perspective":
            return None
        return projection_wkt(self.projection, self.center_lat_deg, self.center_lon_east_deg, self.sphere_radius_km)

    def xy_km(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Map coordinates of ground points.

        Parameters
        ----------
        lat_deg, lon_east_deg : array
            Planetocentric, degrees; they broadcast.

        Returns
        -------
        x_km, y_km : arrays
            To the right and up; NaN for points that the projection does not show (far side, opposite pole).
        """
        lat, lon = np.broadcast_arrays(np.asarray(lat_deg, dtype=float), np.asarray(lon_east_deg, dtype=float))
        radius = self.sphere_radius_km
        if self.projection == "equirectangular":
            offset = np.mod(lon - self.center_lon_east_deg + 180.0, 360.0) - 180.0
            return radius * np.radians(offset), radius * np.radians(lat)
        if self.projection == "perspective":
            point = surface_point_km(lat, lon, self.radii_km)
            sight = point - np.array(self.position_km)
            hidden = np.sum(sight * outward_normal(point, radii_km=self.radii_km), axis=-1) >= 0.0
            right, down, ahead = np.moveaxis(sight @ self.axes.T, -1, 0)
            scale = self._camera_distance_km / np.where((ahead > 0.0) & ~hidden, ahead, np.nan)
            return right * scale, -down * scale
        east, north, up = np.moveaxis(direction_of(lat, lon) @ self.axes.T, -1, 0)
        if self.projection == "orthographic":
            scale = np.where(up >= 0.0, radius, np.nan)
        else:
            scale = 2.0 * radius / np.where(up > -1.0 + 1e-12, 1.0 + up, np.nan)
        return east * scale, north * scale

    def xy(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Pixel coordinates (x, y) of ground points, which may lie off the map; NaN as in `xy_km`."""
        x_km, y_km = self.xy_km(lat_deg, lon_east_deg)
        return (x_km - self.x_left_km) / self.resolution_km, (self.y_top_km - y_km) / self.resolution_km

    def lat_lon(self, rows: ArrayLike, cols: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Ground points at pixel centres.

        Parameters
        ----------
        rows, cols : array
            Counted from 0; they broadcast. Fractions are allowed: ``lat_lon(y - 0.5, x - 0.5)`` inverts `xy`.

        Returns
        -------
        lat_deg, lon_east_deg : arrays
            Planetocentric, degrees, longitude -180 to 180; NaN where the map shows no ground.
        """
        x_km = self.x_left_km + (np.asarray(cols, dtype=float) + 0.5) * self.resolution_km
        y_km = self.y_top_km - (np.asarray(rows, dtype=float) + 0.5) * self.resolution_km
        x_km, y_km = np.broadcast_arrays(x_km, y_km)
        if self.projection == "equirectangular":
            lat, offset = np.degrees(y_km / self.sphere_radius_km), np.degrees(x_km / self.sphere_radius_km)
            on_map = (np.abs(lat) <= 90.0 + 1e-12) & (np.abs(offset) <= 180.0 + 1e-12)
            lon = np.mod(offset + self.center_lon_east_deg + 180.0, 360.0) - 180.0
            return np.where(on_map, lat, np.nan), np.where(on_map, lon, np.nan)
        return planetocentric_deg(self._vectors(x_km, y_km))

    def ground_km(self, rows: ArrayLike, cols: ArrayLike, *, radii_km: ArrayLike) -> np.ndarray:
        """Points of the triaxial surface at pixel centres, shape (..., 3), km; NaN where the map shows no ground."""
        return surface_point_km(*self.lat_lon(rows, cols), radii_km)

    @property
    def _camera_distance_km(self) -> float:
        return float(np.linalg.norm(np.array(self.position_km)))

    def _vectors(self, x_km: np.ndarray, y_km: np.ndarray) -> np.ndarray:
        """Body-fixed vectors through the ground points, for all but equirectangular."""
        if self.projection == "perspective":
            ahead = np.full_like(x_km, self._camera_distance_km)
            ray = np.stack([x_km, -y_km, ahead], axis=-1) @ self.axes
            return first_intersection_km(np.array(self.position_km), ray, radii_km=self.radii_km)
        east, north = x_km / self.sphere_radius_km, y_km / self.sphere_radius_km
        square = east * east + north * north
        if self.projection == "orthographic":
            up = np.sqrt(np.where(square <= 1.0, 1.0 - square, np.nan))
        else:  # stereographic: tan of half the angle from the centre is half the map distance
            factor = 1.0 / (1.0 + 0.25 * square)
            east, north, up = east * factor, north * factor, (1.0 - 0.25 * square) * factor
        vectors: np.ndarray = np.stack([east, north, up], axis=-1) @ self.axes
        return vectors
