"""Patterns of heat flow as densities of volcanoes: relative to their mean, turned in longitude, and seen in part."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.tides.heating import tidal_heating
from perijove.tides.surface_harmonics import SurfaceHarmonics, harmonic_basis

__all__ = ["COMPLETE", "Completeness", "Pattern", "heating_pattern", "turned", "zonal_mean"]

_NODES = 16  # per belt; zonal means have degree 4


@dataclass(frozen=True)
class Completeness:
    """What share of the sources a survey sees, by latitude.

    Attributes
    ----------
    polar_share : float
        Of those beyond `polar_deg`, against the rest; above 0.
    polar_deg : float
        Latitude, north and south, 0 to 90.

    Raises
    ------
    InputError
        If a value is out of bounds.
    """

    polar_share: float = 1.0
    polar_deg: float = 60.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not 0.0 < self.polar_share < math.inf:
            raise InputError(f"polar_share {self.polar_share}: not above 0 and finite")
        if not 0.0 < self.polar_deg < 90.0:
            raise InputError(f"polar_deg {self.polar_deg}: not within 0 and 90")

    def at(self, lat_deg: ArrayLike) -> np.ndarray:
        """Share by latitude, shape as given."""
        share: np.ndarray = np.where(np.abs(lat_deg) > self.polar_deg, self.polar_share, 1.0)
        return share

    @property
    def mean_share(self) -> float:
        """Share of all sources that is seen where they follow no pattern."""
        edge = math.sin(math.radians(self.polar_deg))
        return edge + self.polar_share * (1.0 - edge)

    def mean(self, harmonics: SurfaceHarmonics) -> float:
        """Mean over the sphere of a function times what is seen of it; exact up to degree 31."""
        edge = math.sin(math.radians(self.polar_deg))
        nodes, weights = np.polynomial.legendre.leggauss(_NODES)
        total = 0.0
        for low, high in ((-1.0, -edge), (-edge, edge), (edge, 1.0)):
            sine = 0.5 * (high + low) + 0.5 * (high - low) * nodes
            lat = np.degrees(np.arcsin(sine))
            total += 0.25 * (high - low) * float(weights @ (zonal_mean(harmonics, lat) * self.at(lat)))
        return total

    def draw(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Latitudes and east longitudes (deg) of sources without a pattern, as this survey would see them."""
        edge = math.sin(math.radians(self.polar_deg))
        beyond = rng.random(count) < self.polar_share * (1.0 - edge) / self.mean_share
        sine = np.where(beyond, rng.uniform(edge, 1.0, count), rng.uniform(0.0, edge, count))
        sine *= rng.choice([-1.0, 1.0], count)
        return np.degrees(np.arcsin(sine)), rng.uniform(-180.0, 180.0, count)


COMPLETE = Completeness()
"""All sources are seen, wherever they are."""


@dataclass(frozen=True)
class Pattern:
    """Heat flow over its mean.

    Attributes
    ----------
    name : str
    relative : SurfaceHarmonics
        Mean 1, nowhere negative.
    """

    name: str
    relative: SurfaceHarmonics


def heating_pattern(interior: Interior) -> Pattern:
    """Pattern of an interior's tidal heat, if it rises straight up.

    Raises
    ------
    InputError
        If the interior dissipates nothing.
    """
    flux = tidal_heating(interior).flux_w_m2
    if flux.mean <= 0.0:
        raise InputError(f"interior {interior.name!r}: dissipates nothing, so it has no pattern; soften a layer")
    return Pattern(interior.name, flux.scaled(np.full(flux.degree + 1, 1.0 / flux.mean)))


def zonal_mean(harmonics: SurfaceHarmonics, lat_deg: np.ndarray) -> np.ndarray:
    """Mean along parallels; shape of the latitudes."""
    basis = harmonic_basis(harmonics.degree, lat_deg, 0.0)[0, :, 0]
    mean: np.ndarray = np.tensordot(harmonics.coefficients[0, :, 0], basis, axes=1)
    return mean


def turned(harmonics: SurfaceHarmonics, east_deg: float) -> SurfaceHarmonics:
    """The function moved eastwards."""
    angle = np.arange(harmonics.degree + 1) * math.radians(east_deg)
    cosine, sine = harmonics.coefficients
    return SurfaceHarmonics(
        np.stack([cosine * np.cos(angle) - sine * np.sin(angle), sine * np.cos(angle) + cosine * np.sin(angle)])
    )
