"""Heat-flow maps as tables and GeoTIFF."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from perijove.errors import InputError
from perijove.export.geotiff import Band, write_cog
from perijove.geometry.projections import MapGrid

__all__ = ["write_flux_geotiff", "write_flux_table"]


def write_flux_table(path: Path, lat_deg: np.ndarray, lon_east_deg: np.ndarray, flux_w_m2: np.ndarray) -> None:
    """Write a grid as CSV: latitude, east longitude, heat flow (W/m²), a point per line.

    Parameters
    ----------
    path : Path
    lat_deg : array, shape (rows,)
    lon_east_deg : array, shape (columns,)
    flux_w_m2 : array, shape (rows, columns)
    """
    lat, lon = np.meshgrid(lat_deg, lon_east_deg, indexing="ij")
    rows = np.stack([lat.ravel(), lon.ravel(), flux_w_m2.ravel()], axis=-1)
    header = "lat_deg,lon_east_deg,flux_w_m2"
    with path.open("w", encoding="utf-8") as stream:
        np.savetxt(stream, rows, fmt=("%.4f", "%.4f", "%.9g"), delimiter=",", header=header, comments="")


def write_flux_geotiff(path: Path, grid: MapGrid, flux_w_m2: np.ndarray, *, tags: Mapping[str, str]) -> None:
    """Write a grid as Cloud-Optimised GeoTIFF with Io's coordinate system.

    Parameters
    ----------
    path : Path
    grid : MapGrid
        Equirectangular.
    flux_w_m2 : array, shape of the grid
    tags : mapping
        Provenance.
    """
    if flux_w_m2.shape != grid.shape:
        raise InputError(f"heat flow of shape {flux_w_m2.shape} does not lie on a grid of {grid.shape}")
    band = Band("heat_flow", flux_w_m2, "W/m2", "Tidal heat under each point, as if it rose straight up")
    write_cog(path, [band], crs=grid.crs_wkt, transform=grid.transform_m, tags=tags, overviews="average")
