"""What the user of a mosaic may choose, and the grid that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perijove.errors import InputError
from perijove.geometry.grids import cut_to_box, global_equirectangular, grid_around
from perijove.geometry.projections import MapGrid
from perijove.junocam.map_grid import Options
from perijove.mosaic.look import DAY, NIGHT, Look
from perijove.mosaic.tiles import LAWS, Recipe

__all__ = ["PROJECTION_CHOICES", "MosaicOptions", "mosaic_grid"]

PROJECTION_CHOICES = ("equirectangular", "polar_north", "polar_south", "orthographic")
_MOST_PIXELS = 8_000_000_000  # 0.09 km on all of Io, finer than any picture


@dataclass(frozen=True)
class MosaicOptions:
    """What the user may choose.

    Attributes
    ----------
    projection : str
        One of `PROJECTION_CHOICES`.
    resolution_km : float
        Size of a map pixel.
    region_deg : tuple of float or None
        Latitude and east longitude of the south-west corner, then of the north-east corner; None is the whole body.
    photometry : str
        ``none`` (as seen) or a law whose parameters are fitted: ``lunar_lambert``, ``minnaert``.
    by : str
        Key of `perijove.mosaic.tiles.CHOICES`.
    night : bool
        The night side in place of the day side.
    """

    projection: str = "equirectangular"
    resolution_km: float = 2.0
    region_deg: tuple[float, float, float, float] | None = None
    photometry: str = "none"
    by: str = "blend"
    night: bool = False

    def __post_init__(self) -> None:
        """Reject what is not on offer."""
        if self.projection not in PROJECTION_CHOICES:
            raise InputError(f"projection {self.projection!r} is not one of {', '.join(PROJECTION_CHOICES)}")
        if self.photometry not in LAWS:
            raise InputError(f"photometric law {self.photometry!r} is not one of {', '.join(LAWS)}")
        if self.night and self.photometry != "none":
            raise InputError(f"photometry {self.photometry}: no law of sunlight holds on the night side; leave it out")
        _ = self.recipe
        _ = self._as_map.box_deg

    @property
    def recipe(self) -> Recipe:
        """How looks become a map."""
        return Recipe(self.by, NIGHT if self.night else DAY)

    @property
    def _as_map(self) -> Options:
        """The same for the map of one picture, which checks the region."""
        return Options(self.projection, self.resolution_km, bbox_deg=self.region_deg)

    @property
    def box_deg(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Latitudes and longitudes of the region, west at -180 to 180 and east beyond it."""
        return self._as_map.box_deg


def mosaic_grid(looks: Sequence[Look], options: MosaicOptions) -> MapGrid:
    """Grid of a mosaic.

    Raises
    ------
    InputError
        Where it would have more than 8 thousand million pixels, or the region does not lie on the map.
    """
    box, nearest = options.box_deg, min(looks, key=lambda look: look.pixel_km)
    shot = nearest.shot
    if box is None and options.projection == "equirectangular":
        grid = global_equirectangular(options.resolution_km)
    else:
        lat, lon = box or ((-90.0, 90.0), (-180.0, 180.0))
        plain = options.projection == "equirectangular"
        grid = grid_around(
            options.projection,
            options.resolution_km,
            lat_bounds_deg=lat,
            lon_bounds_deg=lon,
            position_km=shot.view.position_km[shot.middle_frame],
            radii_km=shot.radii_km,
        )
        grid = grid if box is None or plain else cut_to_box(grid, lat, lon)
    pixels = float(np.prod(grid.shape, dtype=float))
    if pixels > _MOST_PIXELS:
        raise InputError(
            f"a mosaic of {grid.shape[1]:.3g} x {grid.shape[0]:.3g} pixels at {options.resolution_km:g} km is more "
            f"than {_MOST_PIXELS / 1e9:.0f} thousand million; give a coarser `resolution_km`"
        )
    return grid
