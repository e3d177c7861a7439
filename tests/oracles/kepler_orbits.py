"""Kepler's orbits the other way round: elements from angles, and states from elements."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.resonance.elements import OrbitalElements, _orbit_plane

_KEPLER_ITERATIONS = 12


def elements_from_angles(
    semi_major_axis_km: ArrayLike,
    eccentricity: ArrayLike,
    inclination_deg: ArrayLike,
    *,
    mean_longitude_deg: ArrayLike,
    pericenter_longitude_deg: ArrayLike,
    node_longitude_deg: ArrayLike,
) -> OrbitalElements:
    """Elements from the classical ones; the longitudes of pericentre and of the body are broken at the node."""
    a, e, inclination, mean, pericenter, node = np.broadcast_arrays(
        *(
            np.asarray(value, dtype=float)
            for value in (
                semi_major_axis_km,
                eccentricity,
                inclination_deg,
                mean_longitude_deg,
                pericenter_longitude_deg,
                node_longitude_deg,
            )
        )
    )
    return OrbitalElements(
        a.copy(),
        np.mod(mean, 360.0),
        e * np.exp(1j * np.radians(pericenter)),
        np.sin(0.5 * np.radians(inclination)) * np.exp(1j * np.radians(node)),
    )


def _eccentric_anomaly(mean: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Kepler's equation by Halley's method from Danby's start (1987, Celestial Mechanics 40, 303); radians."""
    mean = np.mod(mean + np.pi, 2.0 * np.pi) - np.pi
    anomaly = mean + 0.85 * e * np.sign(mean)
    for _ in range(_KEPLER_ITERATIONS):
        sine, cosine = e * np.sin(anomaly), e * np.cos(anomaly)
        miss = anomaly - sine - mean
        slope = 1.0 - cosine
        step = miss / (slope - 0.5 * miss * sine / slope)
        anomaly = anomaly - step
        if not np.any(np.abs(step) > 1e-15):
            break
    return anomaly


def elements_to_states(elements: OrbitalElements, *, gm_km3_s2: ArrayLike) -> np.ndarray:
    """States on Kepler orbits: the inverse of `osculating_elements`.

    Parameters
    ----------
    elements : OrbitalElements
        Ellipses; shape (...).
    gm_km3_s2 : float or array that broadcasts with shape (...)
        GM of the central body plus that of the satellite.

    Returns
    -------
    array, shape (..., 6)
        km and km/s in the frame of the elements.
    """
    gm = np.asarray(gm_km3_s2, dtype=float)
    a, z, zeta = elements.semi_major_axis_km, elements.eccentricity_vector, elements.inclination_vector
    k, h, e = z.real, z.imag, np.abs(z)
    pericenter = np.angle(z)
    f = _eccentric_anomaly(np.radians(elements.mean_longitude_deg) - pericenter, e) + pericenter
    cos_f, sin_f = np.cos(f), np.sin(f)
    b = 1.0 / (1.0 + np.sqrt(1.0 - e * e))
    x = a * ((1.0 - h * h * b) * cos_f + h * k * b * sin_f - k)
    y = a * ((1.0 - k * k * b) * sin_f + h * k * b * cos_f - h)
    speed = np.sqrt(gm / a) / (1.0 - k * cos_f - h * sin_f)
    x_dot = speed * (h * k * b * cos_f - (1.0 - h * h * b) * sin_f)
    y_dot = speed * ((1.0 - k * k * b) * cos_f - h * k * b * sin_f)
    cosine_half = np.sqrt(1.0 - np.abs(zeta) ** 2)
    first, second = _orbit_plane(zeta.real / cosine_half, zeta.imag / cosine_half)
    position = x[..., None] * first + y[..., None] * second
    velocity = x_dot[..., None] * first + y_dot[..., None] * second
    return np.concatenate([position, velocity], axis=-1)
