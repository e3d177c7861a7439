"""Where a moon is on its orbit about Jupiter."""

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_RADII_KM, JUPITER_ZONALS_DURANTE_2020

__all__ = ["orbit_longitude_deg", "true_anomaly_deg"]


def orbit_longitude_deg(state: np.ndarray, icrf_to_equator: np.ndarray) -> np.ndarray:
    """Longitude about Jupiter in the plane of its equator, from that plane's ascending node on the ICRF's equator.

    Parameters
    ----------
    state : array, shape (n, 6)
        From Jupiter's centre, ICRF, km and km/s.
    icrf_to_equator : array, shape (n, 3, 3)
        Rotations into the frame JUPITER_EQUATOR.

    Returns
    -------
    array, shape (n,)
        Degrees, 0 to 360.
    """
    x, y = np.einsum("nij,nj->in", icrf_to_equator[:, :2], state[:, :3])
    return np.asarray(np.mod(np.degrees(np.arctan2(y, x)), 360.0))


def true_anomaly_deg(moon: str, state: np.ndarray) -> np.ndarray:
    """Angle from the perijove of the orbit that a moon follows at the moment.

    Parameters
    ----------
    moon : str
        NAIF name.
    state : array, shape (n, 6)
        From Jupiter's centre, ICRF, km and km/s.

    Returns
    -------
    array, shape (n,)
        Degrees, 0 to 360.

    Notes
    -----
    Osculating, but with the pull of Jupiter and its oblateness at the moon's distance, GM (1 + 1.5 J2 (R/r)²), in the
    place of GM. With GM alone even a circular orbit about an oblate planet has an eccentricity (6e-4 at Io, a seventh
    of the true one), and Io's anomaly would be off by up to 9 deg. As it is, it agrees with that of geometric elements
    to 0.03 deg.
    """
    position, velocity = state[:, :3], state[:, 3:]
    radius = np.linalg.norm(position, axis=-1)
    oblateness = 1.5 * JUPITER_ZONALS_DURANTE_2020[0] * np.square(JUPITER_RADII_KM[0] / radius)
    gm = (JUPITER_GM_KM3_S2 + GALILEAN_MEAN_GM_KM3_S2[moon]) * (1.0 + oblateness)
    outward = np.einsum("ij,ij->i", position, velocity) / radius
    momentum2 = radius**2 * np.einsum("ij,ij->i", velocity, velocity) - np.square(radius * outward)
    cosine = momentum2 / (gm * radius) - 1.0
    sine = np.sqrt(momentum2) * outward / gm
    return np.asarray(np.mod(np.degrees(np.arctan2(sine, cosine)), 360.0))
