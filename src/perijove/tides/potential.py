"""The tide that a planet raises on its synchronous moon: eccentricity, obliquity and libration, of degree 2."""

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM
from perijove.geometry.rotations import direction_of
from perijove.interior.body import Interior
from perijove.interior.interiors import Interiors

__all__ = ["TidalPotential", "dissipated_power_w"]


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
        tensor = _tensors_m2_s2(interior.rows)[0]
        tensor.setflags(write=False)
        return cls(tensor, interior.orbit.angular_frequency_rad_s)

    @property
    def mean_square_m4_s4(self) -> float:
        """Mean of |W|² over the sphere, W being the complex amplitude; (n R)⁴ e² 21 / 5 for the eccentricity tide."""
        return float(_mean_square_m4_s4(self.tensor_m2_s2))

    def amplitude_m2_s2(self, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
        """Complex amplitude of W at points of the surface; shape as they broadcast."""
        up = direction_of(lat_deg, lon_east_deg)
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
        return float(_power_w(k2.imag, self.angular_frequency_rad_s, radius_km, self.mean_square_m4_s4))


def dissipated_power_w(interiors: Interiors, k2: np.ndarray) -> np.ndarray:
    """Power that interiors take out of the tides of their orbits, by their Love numbers of degree 2.

    Parameters
    ----------
    interiors : Interiors
    k2 : array, shape (bodies,), complex

    Returns
    -------
    array, shape (bodies,)
        W; NaN where k2 is.
    """
    square = _mean_square_m4_s4(_tensors_m2_s2(interiors))
    frequency, radius_km = (
        interiors.orbit_column("angular_frequency_rad_s"),
        interiors.columns["outer_radius_km"][:, -1],
    )
    power: np.ndarray = _power_w(np.imag(k2), frequency, radius_km, square)
    return power


def _tensors_m2_s2(interiors: Interiors) -> np.ndarray:
    """T of each, shape (bodies, 3, 3)."""
    orbit, e = interiors.orbit, interiors.orbit_column("eccentricity")
    swing = 2.0 * e - math.radians(orbit.libration_deg)
    nod = 1j * math.radians(orbit.obliquity_deg) * np.exp(1j * math.radians(orbit.pericentre_argument_deg))
    unit = np.zeros((len(interiors), 3, 3), dtype=complex)
    unit[:, 0, 0], unit[:, 1, 1], unit[:, 2, 2] = 6.0 * e, -3.0 * e, -3.0 * e
    unit[:, 0, 1] = unit[:, 1, 0] = -3j * swing
    unit[:, 0, 2] = unit[:, 2, 0] = 3.0 * nod
    speed_m_s = (
        interiors.orbit_column("angular_frequency_rad_s") * interiors.columns["outer_radius_km"][:, -1] * M_PER_KM
    )
    tensors: np.ndarray = speed_m_s[:, None, None] ** 2 * unit
    return tensors


def _mean_square_m4_s4(tensor_m2_s2: np.ndarray) -> Any:  # noqa: ANN401  # a number of one tensor, an array of many
    return np.sum(np.abs(tensor_m2_s2) ** 2, axis=(-2, -1)) / 30.0


def _power_w(lag: Any, frequency_rad_s: Any, radius_km: Any, mean_square_m4_s4: Any) -> Any:  # noqa: ANN401  # numbers or arrays
    """Power by Im k2; 0 and never -0 where that is 0."""
    scale = 2.5 * frequency_rad_s * radius_km * M_PER_KM / GRAVITATIONAL_CONSTANT_M3_KG_S2
    return 0.0 - scale * lag * mean_square_m4_s4
