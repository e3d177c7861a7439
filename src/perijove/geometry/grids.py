"""Builders of map grids: whole body, region, poles, disc, and the view from a spacecraft."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM, IO_RADII_THOMAS_1998_KM
from perijove.errors import InputError
from perijove.geometry.limb import limb_ellipse
from perijove.geometry.projections import PROJECTIONS, MapGrid
from perijove.geometry.rotations import facing

__all__ = [
    "equirectangular_grid",
    "global_equirectangular",
    "grid_around",
    "orthographic_grid",
    "perspective_grid",
    "polar_grid",
]

_NORTH = (0.0, 0.0, 1.0)


def _map_sphere_km(radii_km: np.ndarray) -> float:
    """Radius of the sphere that maps of a body refer to: the mean one for Io, else that of the equator."""
    return IO_MEAN_RADIUS_KM if np.array_equal(radii_km, IO_RADII_THOMAS_1998_KM) else float(np.max(radii_km))


def global_equirectangular(
    resolution_km: float, *, center_lon_east_deg: float = 0.0, sphere_radius_km: float = IO_MEAN_RADIUS_KM
) -> MapGrid:
    """Whole body, 360 by 180 deg.

    Parameters
    ----------
    resolution_km : float
        Wanted pixel size; it is rounded so that a whole, even number of pixels spans the equator.
    center_lon_east_deg : float
        Of the map's centre.
    sphere_radius_km : float
        Of the sphere that the map coordinates refer to.
    """
    rows = max(1, round(np.pi * sphere_radius_km / resolution_km))
    step = np.pi * sphere_radius_km / rows
    return MapGrid(
        "equirectangular",
        (rows, 2 * rows),
        step,
        -np.pi * sphere_radius_km,
        0.5 * np.pi * sphere_radius_km,
        center_lon_east_deg=center_lon_east_deg,
        sphere_radius_km=sphere_radius_km,
    )


def equirectangular_grid(
    lat_bounds_deg: tuple[float, float],
    lon_bounds_deg: tuple[float, float],
    resolution_km: float,
    *,
    sphere_radius_km: float = IO_MEAN_RADIUS_KM,
) -> MapGrid:
    """Region between two parallels and two meridians.

    Parameters
    ----------
    lat_bounds_deg : tuple of float
        South, north.
    lon_bounds_deg : tuple of float
        West, east, degrees EAST; east may exceed 180 where the region crosses that meridian, and the map is then
        centred at 180.
    resolution_km : float
        Pixel size. Edges are moved outwards to multiples of it, so that maps of one resolution fit each other.
    sphere_radius_km : float
        Of the sphere that the map coordinates refer to.
    """
    (south, north), (west, east) = lat_bounds_deg, lon_bounds_deg
    if not (-90.0 <= south < north <= 90.0 and west < east <= west + 360.0 and west >= -180.0):
        raise InputError(
            f"bounds {lat_bounds_deg} and {lon_bounds_deg}: need -90 <= south < north <= 90 and "
            "-180 <= west < east <= west + 360"
        )
    if (west, east) == (-180.0, 180.0) and (south, north) == (-90.0, 90.0):
        return global_equirectangular(resolution_km, sphere_radius_km=sphere_radius_km)
    center = 180.0 if east > 180.0 else 0.0
    if west < 0.0 and center:  # wider than the half circle around 180: centre on the region itself
        center = 0.5 * (west + east)
    km = sphere_radius_km * np.pi / 180.0
    left, right = np.floor((west - center) * km / resolution_km), np.ceil((east - center) * km / resolution_km)
    bottom, top = np.floor(south * km / resolution_km), np.ceil(north * km / resolution_km)
    return MapGrid(
        "equirectangular",
        (int(top - bottom), int(right - left)),
        resolution_km,
        float(left * resolution_km),
        float(top * resolution_km),
        center_lon_east_deg=center,
        sphere_radius_km=sphere_radius_km,
    )


def _square(projection: str, half_width_km: float, resolution_km: float, **parameters: float) -> MapGrid:
    half = max(1, int(np.ceil(half_width_km / resolution_km)))
    edge = half * resolution_km
    return MapGrid(projection, (2 * half, 2 * half), resolution_km, -edge, edge, **parameters)  # type: ignore[arg-type]


def polar_grid(
    pole: str,
    resolution_km: float,
    *,
    limit_lat_deg: float = 45.0,
    center_lon_east_deg: float = 0.0,
    sphere_radius_km: float = IO_MEAN_RADIUS_KM,
) -> MapGrid:
    """Polar stereographic map.

    Parameters
    ----------
    pole : str
        ``north`` or ``south``.
    resolution_km : float
        Pixel size at the pole.
    limit_lat_deg : float
        The map reaches this far from the pole, given without sign (a square around the parallel).
    center_lon_east_deg : float
        Meridian that points down in the north, up in the south.
    sphere_radius_km : float
        Of the sphere that the map coordinates refer to.
    """
    if pole not in ("north", "south"):
        raise InputError(f"pole {pole!r} is neither north nor south")
    half = 2.0 * sphere_radius_km * np.tan(np.radians(0.5 * (90.0 - limit_lat_deg)))
    return _square(
        f"polar_{pole}",
        half,
        resolution_km,
        center_lat_deg=90.0 if pole == "north" else -90.0,
        center_lon_east_deg=center_lon_east_deg,
        sphere_radius_km=sphere_radius_km,
    )


def orthographic_grid(
    center_lat_deg: float,
    center_lon_east_deg: float,
    resolution_km: float,
    *,
    half_width_km: float | None = None,
    sphere_radius_km: float = IO_MEAN_RADIUS_KM,
) -> MapGrid:
    """Disc as seen from infinitely far above a point; `half_width_km` cuts a square out of it."""
    return _square(
        "orthographic",
        sphere_radius_km if half_width_km is None else half_width_km,
        resolution_km,
        center_lat_deg=center_lat_deg,
        center_lon_east_deg=center_lon_east_deg,
        sphere_radius_km=sphere_radius_km,
    )


def perspective_grid(
    position_km: ArrayLike,
    resolution_km: float,
    *,
    body_to_camera: ArrayLike | None = None,
    shape: tuple[int, int] | None = None,
    up: ArrayLike = _NORTH,
    radii_km: ArrayLike = IO_RADII_THOMAS_1998_KM,
    margin: float = 1.04,
) -> MapGrid:
    """The body as a pinhole camera at a position sees it.

    Parameters
    ----------
    position_km : array, shape (3,)
        Camera, body-fixed, km.
    resolution_km : float
        Pixel size at the distance of the body's centre.
    body_to_camera : array, shape (3, 3), or None
        Rotation of the camera (right, down, ahead); None looks at the body's centre with `up` at the top.
    shape : tuple of int or None
        Rows, columns, around the boresight; None takes what the limb needs, times `margin`.
    up : array, shape (3,)
        Body-fixed vector towards the top; the north pole by default.
    radii_km : array, shape (3,)
        Semi-axes, km.
    margin : float
        See `shape`.
    """
    position, radii = np.asarray(position_km, dtype=float), np.asarray(radii_km, dtype=float)
    rotation = facing(-position, up) if body_to_camera is None else np.asarray(body_to_camera, dtype=float)
    if shape is None:
        sight = (limb_ellipse(position, radii_km=radii).points_km(np.arange(360.0)) - position) @ rotation.T
        if np.any(sight[:, 2] <= 0.0):
            raise InputError("the camera does not have the whole limb ahead of it; give the shape of the grid")
        tangents = np.abs(sight[:, :2] / sight[:, 2:]).max(axis=0) * np.linalg.norm(position)
        columns, rows = (2 * int(np.ceil(margin * t / resolution_km)) for t in tangents)
    else:
        rows, columns = shape
    return MapGrid(
        "perspective",
        (rows, columns),
        resolution_km,
        -0.5 * columns * resolution_km,
        0.5 * rows * resolution_km,
        sphere_radius_km=_map_sphere_km(radii),
        radii_km=(float(radii[0]), float(radii[1]), float(radii[2])),
        position_km=(float(position[0]), float(position[1]), float(position[2])),
        body_to_camera=tuple((float(a), float(b), float(c)) for a, b, c in rotation),
    )


def grid_around(
    projection: str,
    resolution_km: float,
    *,
    lat_bounds_deg: tuple[float, float],
    lon_bounds_deg: tuple[float, float],
    position_km: ArrayLike,
    radii_km: ArrayLike = IO_RADII_THOMAS_1998_KM,
) -> MapGrid:
    """Grid of a named projection that holds what a picture shows.

    Parameters
    ----------
    projection : str
        One of `PROJECTIONS`.
    resolution_km : float
        Pixel size.
    lat_bounds_deg, lon_bounds_deg : tuple of float
        What the picture covers, as `equirectangular_grid` wants it.
    position_km : array, shape (3,)
        Camera at the middle of the picture, body-fixed: centre of the orthographic map, place of the perspective one.
    radii_km : array, shape (3,)
        Semi-axes, km. Map coordinates refer to the body's sphere: of 1,821.49 km for Io, of the equatorial radius for
        others (as the IAU's systems for Jupiter do).

    Raises
    ------
    InputError
        If the projection is unknown or the picture does not reach that pole's hemisphere.
    """
    position, sphere_km = np.asarray(position_km, dtype=float), _map_sphere_km(np.asarray(radii_km, dtype=float))
    if projection == "equirectangular":
        return equirectangular_grid(lat_bounds_deg, lon_bounds_deg, resolution_km, sphere_radius_km=sphere_km)
    if projection in ("polar_north", "polar_south"):
        pole = projection.removeprefix("polar_")
        nearest = -lat_bounds_deg[0] if pole == "south" else lat_bounds_deg[1]
        if nearest <= 0.0:
            raise InputError(f"the picture shows nothing of the {pole}ern hemisphere; choose another projection")
        farthest = -lat_bounds_deg[1] if pole == "south" else lat_bounds_deg[0]
        return polar_grid(pole, resolution_km, limit_lat_deg=max(0.0, farthest), sphere_radius_km=sphere_km)
    if projection == "orthographic":
        lat = float(np.degrees(np.arcsin(position[2] / np.linalg.norm(position))))
        lon = float(np.degrees(np.arctan2(position[1], position[0])))
        return orthographic_grid(lat, lon, resolution_km, sphere_radius_km=sphere_km)
    if projection == "perspective":
        return perspective_grid(position, resolution_km, radii_km=radii_km)
    raise InputError(f"projection {projection!r} is not one of {', '.join(PROJECTIONS)}")
