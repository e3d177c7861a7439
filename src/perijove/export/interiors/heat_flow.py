"""Maps of the heat flow as tables and GeoTIFF."""

from pathlib import Path

import numpy as np

from perijove.export.answer import SOFTWARE
from perijove.export.rasters.geotiff import Band, write_cog
from perijove.geometry.grids import global_equirectangular
from perijove.tides.surface_harmonics import SurfaceHarmonics

__all__ = ["write_flux_geotiff", "write_flux_table"]

_STEP_DEG = 2.0  # of the table: harmonics of degree 4 are smooth
_CELL_KM = 20.0


def write_flux_table(path: Path, flux_w_m2: SurfaceHarmonics) -> None:
    """Write a map as CSV, a point per line: latitude, east longitude from -180 on, without 180, heat flow (W/m²)."""
    lat_deg, lon_deg = np.arange(-90.0, 90.0 + _STEP_DEG, _STEP_DEG), np.arange(-180.0, 180.0, _STEP_DEG)
    lat, lon = np.meshgrid(lat_deg, lon_deg, indexing="ij")
    rows = np.stack([lat.ravel(), lon.ravel(), flux_w_m2.on_grid(lat_deg, lon_deg).ravel()], axis=-1)
    header = "lat_deg,lon_east_deg,flux_w_m2"
    with path.open("w", encoding="utf-8") as stream:
        np.savetxt(stream, rows, fmt=("%.4f", "%.4f", "%.9g"), delimiter=",", header=header, comments="")


def write_flux_geotiff(path: Path, flux_w_m2: SurfaceHarmonics, *, name: str, facts: str) -> None:
    """Write a map as Cloud-Optimised GeoTIFF with Io's coordinate system.

    Parameters
    ----------
    path : Path
    flux_w_m2 : SurfaceHarmonics
    name, facts : str
        Of the interior, for the tags.
    """
    grid = global_equirectangular(_CELL_KM)
    lat, lon = grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :])
    values = flux_w_m2.on_grid(lat[:, 0], lon[0])
    band = Band("heat_flow", values, "W/m2", "Tidal heat under each point, as if it rose straight up")
    tags = {"TIFFTAG_SOFTWARE": SOFTWARE, "TIFFTAG_IMAGEDESCRIPTION": f"{name}: {facts}"}
    write_cog(path, [band], crs=grid.crs_wkt, transform=grid.transform_m, tags=tags, overviews="average")
