"""Real functions on a sphere as sums of spherical harmonics of low degree."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["SurfaceHarmonics", "harmonic_basis"]

_SCAN_DEG = 1.0
_ZOOMS = 6
_AROUND = np.linspace(-1.0, 1.0, 21)


def _legendre(degree: int, sin_lat: np.ndarray) -> np.ndarray:
    """Associated Legendre functions, 4 pi-normalised, without Condon-Shortley phase; shape (l, m, ...)."""
    sin_lat = np.asarray(sin_lat, dtype=float)
    cos_lat = np.sqrt((1.0 - sin_lat) * (1.0 + sin_lat))
    table = np.zeros((degree + 1, degree + 1, *sin_lat.shape))
    table[0, 0] = 1.0
    for m in range(degree + 1):
        if m:
            table[m, m] = np.sqrt(3.0 if m == 1 else 1.0 + 0.5 / m) * cos_lat * table[m - 1, m - 1]
        if m < degree:
            table[m + 1, m] = np.sqrt(2.0 * m + 3.0) * sin_lat * table[m, m]
        for n in range(m + 2, degree + 1):
            scale = np.sqrt((4.0 * n * n - 1.0) / (n * n - m * m))
            before = np.sqrt(((n - 1.0) ** 2 - m * m) / (4.0 * (n - 1.0) ** 2 - 1.0))
            table[n, m] = scale * (sin_lat * table[n - 1, m] - before * table[n - 2, m])
    return table


def harmonic_basis(degree: int, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
    """All real harmonics up to a degree at points of the sphere.

    Parameters
    ----------
    degree : int
        0 or more.
    lat_deg, lon_east_deg : array, shape (...)
        They broadcast.

    Returns
    -------
    array, shape (2, degree + 1, degree + 1, ...)
        First index 0 for cos m lon, 1 for sin m lon; then degree and order. Zero where the order exceeds the degree.
        Each has the mean square 1 over the sphere (4 pi-normalised, no Condon-Shortley phase, as in geodesy).
    """
    lat, lon = np.broadcast_arrays(np.asarray(lat_deg, dtype=float), np.asarray(lon_east_deg, dtype=float))
    legendre = _legendre(degree, np.sin(np.radians(lat)))
    angle = np.arange(degree + 1).reshape(-1, *[1] * lon.ndim) * np.radians(lon)
    return np.stack([legendre * np.cos(angle), legendre * np.sin(angle)])


@cache
def _analysis(degree: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid of latitude and longitude on which harmonics are found, and the basis times the weights of quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(degree + 1)
    columns = 2 * degree + 1
    lat, lon = np.meshgrid(np.degrees(np.arcsin(nodes)), np.arange(columns) * 360.0 / columns, indexing="ij")
    weighted = harmonic_basis(degree, lat, lon) * (weights[:, None] / (2.0 * columns))
    for array in (lat, lon, weighted):
        array.setflags(write=False)
    return lat, lon, weighted


@dataclass(frozen=True)
class SurfaceHarmonics:
    """A real function on the sphere that has no harmonics beyond a degree.

    Attributes
    ----------
    coefficients : array, shape (2, degree + 1, degree + 1)
        Of `harmonic_basis`, in the unit of the function. ``coefficients[0, 0, 0]`` is its mean.
    """

    coefficients: np.ndarray

    @classmethod
    def of(cls, function: Callable[[np.ndarray, np.ndarray], np.ndarray], degree: int) -> Self:
        """Harmonics of a function of latitude and east longitude (deg), exact where it has none beyond `degree`.

        Notes
        -----
        Gauss-Legendre quadrature in latitude, equal steps in longitude.
        """
        lat, lon, weighted = _analysis(degree)
        return cls(np.tensordot(weighted, function(lat, lon), axes=2))

    @property
    def degree(self) -> int:
        """Highest degree."""
        return int(self.coefficients.shape[1]) - 1

    @property
    def mean(self) -> float:
        """Mean over the sphere."""
        return float(self.coefficients[0, 0, 0])

    @property
    def power(self) -> np.ndarray:
        """Sum of squared coefficients by degree; their sum is the mean square of the function."""
        power: np.ndarray = np.sum(self.coefficients**2, axis=(0, 2))
        return power

    def scaled(self, by_degree: ArrayLike) -> "SurfaceHarmonics":
        """The function with the harmonics of each degree multiplied by a factor, shape (degree + 1,)."""
        return SurfaceHarmonics(self.coefficients * np.asarray(by_degree, dtype=float)[None, :, None])

    def at(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
        """Values at points; shape as they broadcast."""
        values: np.ndarray = np.tensordot(self.coefficients, harmonic_basis(self.degree, lat_deg, lon_east_deg), axes=3)
        return values

    def on_grid(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
        """Values where rows of latitude cross columns of longitude.

        Parameters
        ----------
        lat_deg : array, shape (rows,)
        lon_east_deg : array, shape (columns,)

        Returns
        -------
        array, shape (rows, columns)
        """
        legendre = _legendre(self.degree, np.sin(np.radians(np.asarray(lat_deg, dtype=float))))
        angle = np.multiply.outer(np.arange(self.degree + 1), np.radians(np.asarray(lon_east_deg, dtype=float)))
        rows = np.einsum("clm,lmi->cim", self.coefficients, legendre)
        values: np.ndarray = rows[0] @ np.cos(angle) + rows[1] @ np.sin(angle)
        return values

    def extremum(self, *, largest: bool) -> tuple[float, float, float]:
        """Largest or smallest value and where it is.

        Returns
        -------
        value, lat_deg, lon_east_deg : float
            Of equal ones, the northernmost, and of these the one nearest to the prime meridian; good to 0.001 deg.
        """
        sign = 1.0 if largest else -1.0
        lat = np.linspace(90.0, -90.0, round(180.0 / _SCAN_DEG) + 1)
        lon = np.linspace(-180.0, 180.0, round(360.0 / _SCAN_DEG) + 1)
        lon = lon[np.argsort(np.abs(lon), kind="stable")]
        values = sign * self.on_grid(lat, lon)
        hair = 1e-12 * float(np.abs(values).max())  # rounding: equal values count as equal
        i, j = np.argwhere(values >= values.max() - hair)[0]
        best, best_lat, best_lon, half = float(values[i, j]), float(lat[i]), float(lon[j]), _SCAN_DEG
        for _ in range(_ZOOMS):
            near_lat = np.clip(best_lat + half * _AROUND, -90.0, 90.0)
            near_lon = best_lon + half * _AROUND
            patch = sign * self.on_grid(near_lat, near_lon)
            i, j = np.unravel_index(int(np.argmax(patch)), patch.shape)
            if patch[i, j] > best + hair:
                best, best_lat, best_lon = float(patch[i, j]), float(near_lat[i]), float(near_lon[j])
            half *= 0.2
        return sign * best, best_lat, (best_lon + 180.0) % 360.0 - 180.0
