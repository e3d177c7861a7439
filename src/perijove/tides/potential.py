"""The tide that a planet raises on its synchronous moon: eccentricity, obliquity and libration, of degree 2."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM
from perijove.interior.layers import Interior

__all__ = ["TidalPotential", "local_axes"]


def local_axes(lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
    """Unit vectors east, north and up on a sphere, in the body's axes.

    Parameters
    ----------
    lat_deg, lon_east_deg : array, shape (...)
        They broadcast.

    Returns
    -------
    array, shape (..., 3, 3)
        Rows east, north, up. At a pole, north points along the meridian that is named.
    """
    lat, lon = np.broadcast_arrays(
        np.radians(np.asarray(lat_deg, dtype=float)), np.radians(np.asarray(lon_east_deg, dtype=float))
    )
    zero = np.zeros_like(lat)
    east = np.stack([-np.sin(lon), np.cos(lon), zero], axis=-1)
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1)
    up = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    return np.stack([east, north, up], axis=-2)


@dataclass(frozen=True)
class TidalPotential:
    """The periodic tide-raising potential at the surface, W = Re[x·T·x exp(i M) / 2] in the direction x.

    Attributes
    ----------
    tensor_m2_s2 : array, shape (3, 3), complex
        T, symmetric and without trace, in body-fixed axes (x towards the planet, z along the spin).
    angular_frequency_rad_s : float
        Of the mean anomaly M, which is 0 at pericentre.

    Notes
    -----
    Positive where the moon is drawn outwards. Of first order in eccentricity, obliquity and libration, so that there is
    one frequency only; the constant tide, which shapes the moon but does not heat it, is left out. Degree 3 is smaller
    by the ratio of the moon's radius to its distance, 0.4 % for Io, and its heat by about that squared.

    The planet is at the distance a (1 - e cos M), in the longitude 2 e sin M - L sin M (L being the libration) and in
    the latitude -i sin(M + w), with the obliquity i and the argument of pericentre w. Expanding the potential
    (n r)² P2(cos angle) / (distance / a)³ in these gives T. Without libration and obliquity it is the potential of
    Kaula (1964, doi:10.1029/RG002i004p00661), as Segatz et al. (1988, doi:10.1016/0019-1035(88)90001-2) have it for Io.
    """

    tensor_m2_s2: np.ndarray
    angular_frequency_rad_s: float

    @classmethod
    def of(cls, interior: Interior) -> Self:
        """Tide on an interior that follows its own orbit."""
        orbit = interior.orbit
        e, obliquity = orbit.eccentricity, math.radians(orbit.obliquity_deg)
        swing = 2.0 * e - math.radians(orbit.libration_deg)
        nod = 1j * obliquity * np.exp(1j * math.radians(orbit.pericentre_argument_deg))
        unit = np.diag([6.0 * e, -3.0 * e, -3.0 * e]).astype(complex)
        unit[0, 1] = unit[1, 0] = -3j * swing
        unit[0, 2] = unit[2, 0] = 3.0 * nod
        tensor = (orbit.angular_frequency_rad_s * interior.radius_km * M_PER_KM) ** 2 * unit
        tensor.setflags(write=False)
        return cls(tensor, orbit.angular_frequency_rad_s)

    @property
    def mean_square_m4_s4(self) -> float:
        """Mean of |W|² over the sphere, W being the complex amplitude; (n R)⁴ e² 21 / 5 for the eccentricity tide."""
        return float(np.sum(np.abs(self.tensor_m2_s2) ** 2)) / 30.0

    def amplitude_m2_s2(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
        """Complex amplitude of W at points of the surface; shape as they broadcast."""
        up = local_axes(lat_deg, lon_east_deg)[..., 2, :]
        amplitude: np.ndarray = 0.5 * np.einsum("...i,ij,...j->...", up, self.tensor_m2_s2, up)
        return amplitude

    def dissipated_power_w(self, k2: complex, *, radius_km: float) -> float:
        """Power that a body with the Love number k2 takes out of this tide.

        Parameters
        ----------
        k2 : complex
            With a negative imaginary part where the body is dissipative.
        radius_km : float
            Of the body.

        Notes
        -----
        -(5/2) w R Im(k2) <|W|²> / G; with the eccentricity tide alone it is -(21/2) Im(k2) (n R)⁵ e² / G
        (Segatz et al. 1988).
        """
        scale = 2.5 * self.angular_frequency_rad_s * radius_km * M_PER_KM / GRAVITATIONAL_CONSTANT_M3_KG_S2
        return 0.0 - scale * k2.imag * self.mean_square_m4_s4  # never -0
