"""What the figures of a map are drawn from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from perijove.geometry.projections import MapGrid

__all__ = ["Feature", "LimbFramelet", "MapPicture", "PictureFacts", "marked"]


@dataclass(frozen=True)
class Feature:
    """A named place on the body.

    Attributes
    ----------
    name : str
        As it shall be printed.
    lat_deg, lon_east_deg : float
        Planetocentric.
    diameter_km : float
        Larger features are named first; 0 where none is known.
    rank : int
        Features of a smaller rank go before all others, whatever their size.
    """

    name: str
    lat_deg: float
    lon_east_deg: float
    diameter_km: float = 0.0
    rank: int = 0


@dataclass(frozen=True)
class PictureFacts:
    """What the titles, arrows and source lines of a figure say.

    Attributes
    ----------
    product_id : str
        Product.
    target : str
        Body, as it shall be printed.
    mid_time_utc : str
        ISO UTC.
    range_km : float
        Camera to the body's centre.
    phase_deg : float
        At the body's centre.
    subsolar_deg, sub_spacecraft_deg : tuple of float
        Planetocentric latitude and east longitude.
    source : str
        Whose data these are and what processed them; begins with SIMULATED where they are.
    camera_pixel_km : float
        Size of a pixel of the camera at the body's centre; NaN where it is not known.
    photometry : str
        Name of the law that was divided out, or ``none``.
    stretch : str
        What is shown as black and as white and how colours are balanced, in words; empty where that is not told.
    longitudes : str
        What longitudes are counted in, in words; empty where that is not told.
    """

    product_id: str
    target: str
    mid_time_utc: str
    range_km: float
    phase_deg: float
    subsolar_deg: tuple[float, float]
    sub_spacecraft_deg: tuple[float, float]
    source: str
    camera_pixel_km: float = float("nan")
    photometry: str = "none"
    stretch: str = ""
    longitudes: str = ""

    @property
    def title(self) -> str:
        """Body and product, and whether the picture is simulated."""
        return marked(f"{self.target}   {self.product_id}", self.source)


def marked(title: str, source: str) -> str:
    """Title of a figure, with SIMULATED in it where the source line begins so."""
    return f"{title}   SIMULATED" if source.startswith("SIMULATED") else title


@dataclass(frozen=True)
class MapPicture:
    """A map or view ready to be shown.

    Attributes
    ----------
    rgba : array of uint8, shape (rows, columns, 4)
        sRGB; alpha 0 where there are no data.
    grid : MapGrid
        Where its pixels lie.
    facts : PictureFacts
        What to write beside it.
    product_grid : MapGrid or None
        Grid of the product that is shown, where it is finer.
    """

    rgba: np.ndarray
    grid: MapGrid
    facts: PictureFacts
    product_grid: MapGrid | None = None

    def __post_init__(self) -> None:
        if self.rgba.shape != (*self.grid.shape, 4):
            raise ValueError(f"a picture of shape {self.rgba.shape} does not lie on a grid of {self.grid.shape}")

    @cached_property
    def covered(self) -> np.ndarray:
        """Where there are data, shape (rows, columns)."""
        result: np.ndarray = self.rgba[..., 3] > 0
        return result

    def window(self, *, margin: float = 0.03) -> tuple[float, float, float, float]:
        """Part worth showing: left, right, bottom, top in pixels, y downwards.

        Views of the whole body are shown whole, maps as far as there are data.
        """
        rows, columns = self.grid.shape
        if self.grid.projection == "orthographic":
            extra = margin * max(rows, columns)
            return -extra, columns + extra, rows + extra, -extra
        if self.grid.projection == "perspective" or not self.covered.any():
            return 0.0, float(columns), float(rows), 0.0
        across, down = np.flatnonzero(self.covered.any(axis=0)), np.flatnonzero(self.covered.any(axis=1))
        extra = margin * max(across[-1] - across[0], down[-1] - down[0]) + 1.0
        left, right = max(0.0, across[0] - extra), min(float(columns), across[-1] + 1.0 + extra)
        return left, right, min(float(rows), down[-1] + 1.0 + extra), max(0.0, down[0] - extra)


@dataclass(frozen=True)
class LimbFramelet:
    """One framelet and what the limb fit says of it.

    Attributes
    ----------
    index : int
        Position in the file, counted from 0.
    filter_name : str
        Filter.
    values : array, shape (rows, columns)
        Brightness; any unit.
    limb_xy : array, shape (points, 2)
        Fitted limb in distorted pixel coordinates, in order; NaN breaks the line.
    points_xy : array, shape (points, 2)
        Measured limb points.
    azimuth_deg : array, shape (points,)
        Around the disc, of each measured point.
    residual_px : array, shape (points,)
        Measured minus fitted, positive outwards.
    used : array of bool, shape (points,)
        Which points the fit kept.
    """

    index: int
    filter_name: str
    values: np.ndarray
    limb_xy: np.ndarray
    points_xy: np.ndarray
    azimuth_deg: np.ndarray
    residual_px: np.ndarray
    used: np.ndarray

    @property
    def rms_px(self) -> float:
        """Root mean square of the residuals that the fit used; NaN without any."""
        kept = self.residual_px[self.used]
        return float(np.sqrt(np.mean(kept**2))) if kept.size else float("nan")
