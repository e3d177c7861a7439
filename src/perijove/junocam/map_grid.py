"""Which map a picture gets: what the user may choose, and the grid that follows from it."""

from dataclasses import dataclass

import numpy as np

from perijove.errors import InputError
from perijove.geometry.grids import cut_to_box, grid_around
from perijove.geometry.projections import PROJECTIONS, MapGrid
from perijove.junocam.locate import Location
from perijove.physics.photometry import PHOTOMETRIC_LAWS
from perijove.physics.stretch import check_choice
from perijove.scene.backplanes import seen_bounds_deg
from perijove.scene.mapping import MapResult

__all__ = ["PROJECTION_CHOICES", "Options", "map_grid", "pixel_km", "refuse_empty"]

PROJECTION_CHOICES = ("auto", *PROJECTIONS)

_POLAR_LAT_DEG = 60.0
_OVERSAMPLING = 1.5  # map pixels per picture pixel, below the spacecraft
_MAX_MAP_PIXELS = 30_000_000  # about 70 bytes each
_CHOSEN_MAP_PIXELS = 9_000_000  # a map of our own choice is not larger
_COARSE_MAP_PIXELS = 2_250_000


@dataclass(frozen=True)
class Options:
    """What the user may choose.

    Attributes
    ----------
    projection : str
        One of `PROJECTION_CHOICES`; ``auto`` is polar where Juno was beyond 60 degrees of latitude, else
        equirectangular.
    resolution_km : float or None
        Size of a map pixel; None takes two thirds of a picture pixel at the nearest ground, rounded, or more where
        the map would have more than 9 million pixels.
    photometry : str
        Name of the photometric law that the map is corrected by, or ``none``.
    apply_shift : bool
        Take over the poses that the base map settles.
    center_lon_east_deg : float or None
        Central meridian of the map; None takes one that does not cut what was seen.
    bbox_deg : tuple of float or None
        Latitude and east longitude of the south-west corner, then of the north-east corner, of the ground to map; None
        takes what was seen.
    stretch, white_balance : str
        Of the pictures for the eye; see `perijove.physics.stretch.chosen_stretch`.
    depth : int
        Bits of each channel of the plain pictures: 8 or 16.
    coarse : bool
        Where `resolution_km` is None, a whole picture pixel instead of two thirds, and 2.25 million pixels at most.
    """

    projection: str = "auto"
    resolution_km: float | None = None
    photometry: str = "none"
    apply_shift: bool = False
    center_lon_east_deg: float | None = None
    bbox_deg: tuple[float, float, float, float] | None = None
    stretch: str = "natural"
    white_balance: str = "natural"
    depth: int = 8
    coarse: bool = False

    def __post_init__(self) -> None:
        """Reject what is not on offer."""
        if self.projection not in PROJECTION_CHOICES:
            raise InputError(f"projection {self.projection!r} is not one of {', '.join(PROJECTION_CHOICES)}")
        if self.resolution_km is not None and not 0.0 < self.resolution_km < 2000.0:
            raise InputError(f"a resolution of {self.resolution_km} km is not between 0 and 2000 km; give another")
        if self.photometry not in PHOTOMETRIC_LAWS:
            raise InputError(f"photometric law {self.photometry!r} is not one of {', '.join(PHOTOMETRIC_LAWS)}")
        if self.bbox_deg is not None and not -90.0 <= self.bbox_deg[0] < self.bbox_deg[2] <= 90.0:
            raise InputError(
                f"a box from latitude {self.bbox_deg[0]:g} to {self.bbox_deg[2]:g}: give the south-west corner first, "
                "then the north-east one, each as latitude and east longitude"
            )
        check_choice(self.stretch, self.white_balance)
        if self.depth not in (8, 16):
            raise InputError(f"a depth of {self.depth} bits is not 8 or 16")
        if self.projection == "perspective" and (self.bbox_deg or self.center_lon_east_deg is not None):
            raise InputError("the perspective view has no box and no central meridian; choose another projection")

    @property
    def box_deg(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Latitudes and longitudes of the box, west at -180 to 180 and east beyond it."""
        if self.bbox_deg is None:
            return None
        south, west, north, east = self.bbox_deg
        west = (west + 180.0) % 360.0 - 180.0
        width = (east - west) % 360.0 or 360.0
        return (south, north), (west, west + width)


def _rounded_resolution(value_km: float) -> float:
    """Two significant digits."""
    digits = 1 - int(np.floor(np.log10(value_km)))
    return float(round(value_km, digits))


def map_grid(location: Location, options: Options) -> MapGrid:
    """Grid of the map of a located picture.

    Raises
    ------
    InputError
        Where the map would have more than 30 million pixels, or the projection shows nothing of the picture.
    """
    body = location.orientation.body
    position = location.view.position_km[location.shot.middle_frame]
    distance = float(np.linalg.norm(position))
    camera = location.cameras[0]
    pixel_km = (distance - body.mean_radius_km) * camera.summing / camera.focal_length_px
    oversampling, most = (1.0, _COARSE_MAP_PIXELS) if options.coarse else (_OVERSAMPLING, _CHOSEN_MAP_PIXELS)
    resolution = options.resolution_km or _rounded_resolution(pixel_km / oversampling)
    bounds, box = seen_bounds_deg(location.shot.chosen(location.in_view)), options.box_deg
    projection = options.projection
    if projection == "auto":
        lat = float(np.degrees(np.arcsin(position[2] / distance)))
        projection = "equirectangular"
        if abs(lat) > _POLAR_LAT_DEG:
            projection = "polar_north" if lat > 0 else "polar_south"

    def grid_at(pixel_size_km: float) -> MapGrid:
        lat, lon = bounds if box is None or projection != "equirectangular" else box
        grid = grid_around(
            projection,
            pixel_size_km,
            lat_bounds_deg=lat,
            lon_bounds_deg=lon,
            position_km=position,
            center_lon_east_deg=options.center_lon_east_deg,
            radii_km=body.radii_km,
        )
        return grid if box is None or projection == "equirectangular" else cut_to_box(grid, *box)

    grid = grid_at(resolution)
    excess = grid.shape[0] * grid.shape[1] / most
    if options.resolution_km is None and excess > 1.0:
        grid = grid_at(_rounded_resolution(resolution * float(np.sqrt(excess))))
    if grid.shape[0] * grid.shape[1] > _MAX_MAP_PIXELS:
        raise InputError(
            f"a map of {grid.shape[1]:.3g} x {grid.shape[0]:.3g} pixels at {resolution:g} km is more than "
            f"{_MAX_MAP_PIXELS / 1e6:.0f} million; give a coarser `resolution_km`"
        )
    return grid


def refuse_empty(result: MapResult, location: Location) -> None:
    """Raise where a map shows nothing of what the picture does.

    Raises
    ------
    InputError
        Says what the picture shows.
    """
    if result.covered:
        return
    (south, north), (west, east) = seen_bounds_deg(location.shot.chosen(location.in_view))
    raise InputError(
        f"the {result.grid.projection} map would be empty: the picture shows latitudes {south:g} to {north:g}, east "
        f"longitudes {west:g} to {east:g}; choose another projection or box"
    )


def pixel_km(location: Location) -> float:
    """Size of a picture pixel at the distance of the body's centre, in the middle of the picture."""
    camera = location.cameras[0]
    distance = float(np.linalg.norm(location.view.position_km[location.shot.middle_frame]))
    return distance * camera.summing / camera.focal_length_px
