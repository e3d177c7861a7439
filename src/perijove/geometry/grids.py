"""Builders of map grids: whole body, region, poles, disc, and the view from a spacecraft."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM, IO_RADII_THOMAS_1998_KM
from perijove.errors import InputError
from perijove.geometry.limb import limb_ellipse
from perijove.geometry.projections import PROJECTIONS, MapGrid
from perijove.geometry.rotations import facing

__all__ = [
    "cut_to_box",
    "equirectangular_grid",
    "global_equirectangular",
    "grid_around",
    "orthographic_grid",
    "perspective_grid",
    "polar_grid",
]

_NORTH = (0.0, 0.0, 1.0)
_MERIDIAN_STEP_DEG = 10.0
_OUTLINE_SAMPLES = 181


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
    center_lon_east_deg: float | None = None,
    sphere_radius_km: float = IO_MEAN_RADIUS_KM,
) -> MapGrid:
    """Region between two parallels and two meridians.

    Parameters
    ----------
    lat_bounds_deg : tuple of float
        South, north.
    lon_bounds_deg : tuple of float
        West, east, degrees EAST; east may exceed 180 where the region crosses that meridian.
    resolution_km : float
        Pixel size. Edges are moved outwards to multiples of it from the central meridian and the equator, so that maps
        of one resolution and centre fit each other.
    center_lon_east_deg : float, optional
        Central meridian of the projection. By default 0, or 180 where the region crosses that meridian, or the middle
        of the region where it crosses both.
    sphere_radius_km : float
        Of the sphere that the map coordinates refer to.
    """
    (south, north), (west, east) = lat_bounds_deg, lon_bounds_deg
    if not (-90.0 <= south < north <= 90.0 and west < east <= west + 360.0 and west >= -180.0):
        raise InputError(
            f"bounds {lat_bounds_deg} and {lon_bounds_deg}: need -90 <= south < north <= 90 and "
            "-180 <= west < east <= west + 360"
        )
    if east == west + 360.0 and (south, north) == (-90.0, 90.0):
        center = 0.5 * (west + east) if center_lon_east_deg is None else center_lon_east_deg
        return global_equirectangular(resolution_km, center_lon_east_deg=center, sphere_radius_km=sphere_radius_km)
    if center_lon_east_deg is not None:
        center = center_lon_east_deg
        if east == west + 360.0:
            west, east = center - 180.0, center + 180.0
        turns = 360.0 * np.round((0.5 * (west + east) - center) / 360.0)
        west, east = west - turns, east - turns
        if west < center - 180.0 or east > center + 180.0:
            raise InputError(
                f"longitudes {lon_bounds_deg[0]:g} to {lon_bounds_deg[1]:g} are cut in two by the edge of a map "
                f"centred on {center:g}; choose another central meridian"
            )
    else:
        center = 180.0 if east > 180.0 else 0.0
        if west < 0.0 and center:  # wider than the half circle around 180: centre on the region itself
            center = float(np.round(0.5 * (west + east)))
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
    center_lon_east_deg: float | None = None,
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
    center_lon_east_deg : float, optional
        Central meridian: by default that of `equirectangular_grid`, but below the camera, to ten degrees, where all
        longitudes are covered; 0 for polar maps; below the camera for the orthographic one. Perspective has none.
    radii_km : array, shape (3,)
        Semi-axes, km. Map coordinates refer to the body's sphere: of 1,821.49 km for Io, of the equatorial radius for
        others (as the IAU's systems for Jupiter do).

    Raises
    ------
    InputError
        If the projection is unknown or the picture does not reach that pole's hemisphere.
    """
    position, sphere_km = np.asarray(position_km, dtype=float), _map_sphere_km(np.asarray(radii_km, dtype=float))
    lon = float(np.degrees(np.arctan2(position[1], position[0])))
    center = center_lon_east_deg
    if projection == "equirectangular":
        if center is None and lon_bounds_deg[1] - lon_bounds_deg[0] == 360.0:
            center = float(np.round(lon / _MERIDIAN_STEP_DEG) * _MERIDIAN_STEP_DEG)
        return equirectangular_grid(
            lat_bounds_deg, lon_bounds_deg, resolution_km, center_lon_east_deg=center, sphere_radius_km=sphere_km
        )
    if projection in ("polar_north", "polar_south"):
        pole = projection.removeprefix("polar_")
        nearest = -lat_bounds_deg[0] if pole == "south" else lat_bounds_deg[1]
        if nearest <= 0.0:
            raise InputError(f"the picture shows nothing of the {pole}ern hemisphere; choose another projection")
        farthest = -lat_bounds_deg[1] if pole == "south" else lat_bounds_deg[0]
        return polar_grid(
            pole,
            resolution_km,
            limit_lat_deg=max(0.0, farthest),
            center_lon_east_deg=center or 0.0,
            sphere_radius_km=sphere_km,
        )
    if projection == "orthographic":
        lat = float(np.degrees(np.arcsin(position[2] / np.linalg.norm(position))))
        return orthographic_grid(lat, lon if center is None else center, resolution_km, sphere_radius_km=sphere_km)
    if projection == "perspective":
        if center is not None:
            raise InputError("the perspective view has no central meridian; leave it out, or choose orthographic")
        return perspective_grid(position, resolution_km, radii_km=radii_km)
    raise InputError(f"projection {projection!r} is not one of {', '.join(PROJECTIONS)}")


def cut_to_box(grid: MapGrid, lat_bounds_deg: tuple[float, float], lon_bounds_deg: tuple[float, float]) -> MapGrid:
    """Rows and columns of a map that hold a box of latitude and longitude, on the same pixels.

    Parameters
    ----------
    grid : MapGrid
        Not perspective.
    lat_bounds_deg, lon_bounds_deg : tuple of float
        South and north, west and east.

    Raises
    ------
    InputError
        Where none of the box lies on the map.
    """
    lat = np.linspace(*lat_bounds_deg, _OUTLINE_SAMPLES)[:, None]
    x, y = grid.xy(lat, np.linspace(*lon_bounds_deg, _OUTLINE_SAMPLES)[None, :])
    rows, columns = grid.shape
    shown = np.isfinite(x) & (x >= 0.0) & (x <= columns) & (y >= 0.0) & (y <= rows)
    if not shown.any():
        raise InputError(
            f"latitudes {lat_bounds_deg[0]:g} to {lat_bounds_deg[1]:g}, longitudes {lon_bounds_deg[0]:g} to "
            f"{lon_bounds_deg[1]:g} do not lie on the {grid.projection} map; choose another box or projection"
        )
    left, top = (max(0, int(np.floor(values[shown].min()))) for values in (x, y))
    right, bottom = (min(most, int(np.ceil(values[shown].max()))) for values, most in ((x, columns), (y, rows)))
    return replace(
        grid,
        shape=(max(1, bottom - top), max(1, right - left)),
        x_left_km=grid.x_left_km + left * grid.resolution_km,
        y_top_km=grid.y_top_km - top * grid.resolution_km,
    )
