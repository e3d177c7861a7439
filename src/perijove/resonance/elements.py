"""Orbital elements about a planet's equator, free of the singularities of round and flat orbits.

The moons' orbits are nearly circular and nearly equatorial, so pericentre and node are ill defined while
e exp(i pericentre) and sin(I/2) exp(i node) are not. Elements are kept in that equinoctial form (Duriez 1979; Lainey,
Duriez & Vienne 2004, Astron. Astrophys. 420, 1171); the angles follow from it. Longitudes count from x of the frame
that the states were given in: about Jupiter, from where its equator of J2000 rises through that of the ICRF.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.jupiter import JUPITER_POLE_DEC_DEG, JUPITER_POLE_RA_DEG
from perijove.geometry.rotations import rotation_x, rotation_z

__all__ = [
    "OrbitalElements",
    "equatorial_states",
    "icrf_states",
    "icrf_to_jupiter_equator",
    "osculating_elements",
]


@dataclass(frozen=True)
class OrbitalElements:
    """Elements of many orbits at once, all of the same shape (...).

    Whether they are osculating or geometric is for whoever made them to say.
    """

    semi_major_axis_km: np.ndarray
    mean_longitude_deg: np.ndarray  # 0 to 360
    eccentricity_vector: np.ndarray  # complex: e exp(i longitude of pericentre), that is k + i h
    inclination_vector: np.ndarray  # complex: sin(I/2) exp(i longitude of node), that is q + i p

    @property
    def eccentricity(self) -> np.ndarray:
        """Eccentricity."""
        return np.asarray(np.abs(self.eccentricity_vector))

    @property
    def inclination_deg(self) -> np.ndarray:
        """Inclination to the frame's equator, 0 to 180 deg."""
        return np.asarray(np.degrees(2.0 * np.arcsin(np.minimum(np.abs(self.inclination_vector), 1.0))))

    @property
    def pericenter_longitude_deg(self) -> np.ndarray:
        """Longitude of pericentre, 0 to 360 deg; without meaning for a circle."""
        return np.asarray(np.mod(np.degrees(np.angle(self.eccentricity_vector)), 360.0))

    @property
    def node_longitude_deg(self) -> np.ndarray:
        """Longitude of the ascending node, 0 to 360 deg; without meaning in the equator."""
        return np.asarray(np.mod(np.degrees(np.angle(self.inclination_vector)), 360.0))


def icrf_to_jupiter_equator() -> np.ndarray:
    """Rotation from the ICRF to Jupiter's equator of J2000, shape (3, 3).

    z is the pole (IAU, without its periodic terms of 0.002 deg), x the ascending node on the ICRF's equator. The pole
    moves by 0.0035 deg per century, which shows in the inclination vectors, not in the eccentricities.
    """
    result: np.ndarray = rotation_x(90.0 - JUPITER_POLE_DEC_DEG) @ rotation_z(90.0 + JUPITER_POLE_RA_DEG)
    return result


def icrf_states(states: ArrayLike) -> np.ndarray:
    """The inverse of `equatorial_states`."""
    states = np.asarray(states, dtype=float)
    icrf_to_equator = icrf_to_jupiter_equator()
    return np.concatenate([states[..., :3] @ icrf_to_equator, states[..., 3:] @ icrf_to_equator], axis=-1)


def equatorial_states(states: ArrayLike) -> np.ndarray:
    """States about Jupiter, (..., 6) km and km/s, turned from the ICRF to Jupiter's equator of J2000."""
    states = np.asarray(states, dtype=float)
    equator_to_icrf = icrf_to_jupiter_equator().T  # v_equator = v_icrf @ equator_to_icrf, row by row
    return np.concatenate([states[..., :3] @ equator_to_icrf, states[..., 3:] @ equator_to_icrf], axis=-1)


def _orbit_plane(q: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Axes in the orbital plane from which longitudes count, (..., 3); q and p are tan(I/2) times cos and sin node."""
    size = 1.0 + p * p + q * q
    first = np.stack([1.0 - p * p + q * q, 2.0 * p * q, -2.0 * p], axis=-1) / size[..., None]
    second = np.stack([2.0 * p * q, 1.0 + p * p - q * q, 2.0 * q], axis=-1) / size[..., None]
    return first, second


def osculating_elements(states: ArrayLike, *, gm_km3_s2: ArrayLike) -> OrbitalElements:
    """Elements of the Kepler orbits that touch the motion.

    Parameters
    ----------
    states : array, shape (..., 6)
        Position (km) and velocity (km/s) from the central body.
    gm_km3_s2 : float or array that broadcasts with shape (...)
        GM of the central body plus that of the satellite.

    Returns
    -------
    OrbitalElements
        NaN where the orbit is not an ellipse. An orbit within 1e-6 deg of retrograde (I = 180 deg) loses its digits.

    Notes
    -----
    About an oblate planet these breathe once per revolution: Io's osculating eccentricity has a part 3/2 J2 (R/a)^2 =
    6e-4 that always points at Io and is no property of its path. `geometric_elements` is free of it. Formulas: Broucke
    & Cefola 1972, Celestial Mechanics 5, 303.
    """
    states = np.asarray(states, dtype=float)
    gm = np.asarray(gm_km3_s2, dtype=float)
    position, velocity = states[..., :3], states[..., 3:]
    radius = np.linalg.norm(position, axis=-1)
    momentum = np.cross(position, velocity)
    normal = momentum / np.linalg.norm(momentum, axis=-1, keepdims=True)
    p, q = normal[..., 0] / (1.0 + normal[..., 2]), -normal[..., 1] / (1.0 + normal[..., 2])
    first, second = _orbit_plane(q, p)
    laplace = np.cross(velocity, momentum) / gm[..., None] - position / radius[..., None]
    k, h = np.sum(laplace * first, axis=-1), np.sum(laplace * second, axis=-1)
    a = 1.0 / (2.0 / radius - np.sum(velocity * velocity, axis=-1) / gm)
    x, y = np.sum(position * first, axis=-1) / a, np.sum(position * second, axis=-1) / a
    with np.errstate(invalid="ignore"):  # hyperbolas end as NaN
        root = np.sqrt(1.0 - h * h - k * k)
    b = 1.0 / (1.0 + root)
    cos_f = k + ((1.0 - k * k * b) * x - h * k * b * y) / root
    sin_f = h + ((1.0 - h * h * b) * y - h * k * b * x) / root
    mean = np.arctan2(sin_f, cos_f) + h * cos_f - k * sin_f
    ellipse = np.where(np.isnan(root), np.nan, 1.0)
    return OrbitalElements(
        a * ellipse,
        np.mod(np.degrees(mean), 360.0),
        (k + 1j * h) * ellipse,
        (q + 1j * p) / np.sqrt(1.0 + p * p + q * q) * ellipse,
    )
