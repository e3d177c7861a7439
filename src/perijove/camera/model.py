"""A filter strip behind a lens with radial distortion.

Pixel coordinates follow NAIF: pixel (row i, column j), counted from 0, has its centre at (x, y) = (j + 0.5, i + 0.5).
The model is the instrument kernel's: with (u, v) = f (X/Z, Y/Z) the undistorted offset from the optical axis and
r^2 = u^2 + v^2, the distorted offset is (u, v) (1 + k1 r^2 + k2 r^4).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["StripCamera", "undistorted_scale"]

_NEWTON_STEPS = 5  # quadratic convergence: 4 reach 1e-13 px at r = 900 px, one more for rays beyond


def undistorted_scale(r2_distorted: np.ndarray, k1: float, k2: float) -> np.ndarray:
    """Factors from distorted to undistorted offset, given the squared distorted radius in px^2.

    Newton's method on r (1 + k1 r^2 + k2 r^4) = r_d. The kernel's recipe, five fixed-point steps, stops at 2e-5 px.
    """
    rd = np.sqrt(np.maximum(r2_distorted, 1e-24))
    r = rd.copy()
    for _ in range(_NEWTON_STEPS):
        r2 = r * r
        r -= (r * (1.0 + r2 * (k1 + r2 * k2)) - rd) / (1.0 + r2 * (3.0 * k1 + 5.0 * r2 * k2))
    result: np.ndarray = r / rd
    return result


@dataclass(frozen=True)
class StripCamera:
    """One filter strip.

    Camera frame: +Z along the optical axis, +X along increasing columns, +Y along increasing rows.

    Parameters
    ----------
    name : str
        Filter.
    columns, rows : int
        Size of the strip in (summed) pixels.
    focal_length_px : float
        Focal length in full-resolution pixels.
    axis_column_px, axis_row_px : float
        Optical axis from the strip's first column and row, full-resolution pixels; it may lie outside the strip.
    k1, k2 : float
        Radial distortion, px^-2 and px^-4.
    summing : int
        1, or 2 where the instrument summed 2 x 2 pixels.
    first_column_px : float
        Full-resolution column of the left edge of the first column in the file.
    active_columns_px : tuple of float or None
        First and last pixel coordinate along a row that sees light, where a mask covers the rest; None for all.
    """

    name: str
    columns: int
    rows: int
    focal_length_px: float
    axis_column_px: float
    axis_row_px: float
    k1: float
    k2: float
    summing: int = 1
    first_column_px: float = 0.0
    active_columns_px: tuple[float, float] | None = None

    @property
    def lit_columns_px(self) -> tuple[float, float]:
        """First and last pixel coordinate along a row that sees light."""
        return self.active_columns_px or (0.0, float(self.columns))

    def undistorted_px(self, xy: ArrayLike) -> np.ndarray:
        """Offset from the optical axis without distortion.

        Parameters
        ----------
        xy : array, shape (..., 2)
            Pixel coordinates in the strip.

        Returns
        -------
        array, shape (..., 2)
            Full-resolution pixels from the optical axis.
        """
        xy = np.asarray(xy, dtype=float)
        dx = xy[..., 0] * self.summing + (self.first_column_px - self.axis_column_px)
        dy = xy[..., 1] * self.summing - self.axis_row_px
        scale = undistorted_scale(dx * dx + dy * dy, self.k1, self.k2)
        return np.stack([dx * scale, dy * scale], axis=-1)

    def rays(self, xy: ArrayLike) -> np.ndarray:
        """Unit vectors in the camera frame along which pixels look.

        Parameters
        ----------
        xy : array, shape (..., 2)
            Pixel coordinates; points outside the strip are allowed.

        Returns
        -------
        array, shape (..., 3)
            Inverts `pixels` to 1e-9 px within the strip.
        """
        uv = self.undistorted_px(xy)
        ray = np.concatenate([uv, np.full((*uv.shape[:-1], 1), self.focal_length_px)], axis=-1)
        unit: np.ndarray = ray / np.linalg.norm(ray, axis=-1, keepdims=True)
        return unit

    def pixels(self, direction: ArrayLike) -> np.ndarray:
        """Pixel coordinates at which directions are seen.

        Parameters
        ----------
        direction : array, shape (..., 3)
            In the camera frame, any length.

        Returns
        -------
        array, shape (..., 2)
            May lie outside the strip; NaN where the direction points more than 60 deg off the axis, where the
            distortion polynomial means nothing.
        """
        direction = np.asarray(direction, dtype=float)
        x, y, z = direction[..., 0], direction[..., 1], direction[..., 2]
        ahead = z > 0.5 * np.sqrt(x * x + y * y + z * z)
        alpha = np.where(ahead, z, np.nan) / self.focal_length_px
        u, v = x / alpha, y / alpha
        scale = 1.0 + (u * u + v * v) * (self.k1 + (u * u + v * v) * self.k2)
        column = (u * scale + (self.axis_column_px - self.first_column_px)) / self.summing
        row = (v * scale + self.axis_row_px) / self.summing
        return np.stack([column, row], axis=-1)

    def contains(self, xy: ArrayLike, *, margin_px: float = 0.0) -> np.ndarray:
        """Whether pixel coordinates lie in the strip, at least `margin_px` from its edges."""
        xy = np.asarray(xy, dtype=float)
        inside_x = (xy[..., 0] >= margin_px) & (xy[..., 0] <= self.columns - margin_px)
        inside_y = (xy[..., 1] >= margin_px) & (xy[..., 1] <= self.rows - margin_px)
        result: np.ndarray = inside_x & inside_y
        return result
