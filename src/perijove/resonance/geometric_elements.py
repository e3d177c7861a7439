"""Elements of the path itself about an oblate planet.

Osculating elements ask for the Kepler ellipse with the same position and velocity; about an oblate planet that ellipse
changes within each revolution even where the path repeats. Geometric elements are those of the epicycles that the path
is made of: constants in the field of a planet with any zonal harmonics, to second order in eccentricity and inclination
and to all orders in the harmonics. Theory: Borderies-Rappaport & Longaretti 1994, Icarus 107, 129; the way back from a
state: Renner & Sicardy 2006, Celestial Mechanics and Dynamical Astronomy 94, 237.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.dynamics.zonal_kernel import equatorial_field
from perijove.resonance.elements import OrbitalElements
from perijove.resonance.geometric_kernel import elements_of_states, states_of_elements

__all__ = ["Epicycles", "Harmonics", "epicycles", "geometric_elements", "geometric_to_states", "semi_major_axis_km"]

Harmonics = Sequence[float] | np.ndarray
"""J2, J3, J4 ... of a planet."""


@dataclass(frozen=True)
class Epicycles:
    """Frequencies of a near-circular, near-equatorial orbit, rad/s, shape (...)."""

    mean_motion: np.ndarray  # n
    radial: np.ndarray  # kappa; the pericentre advances at n - kappa
    vertical: np.ndarray  # nu; the node advances at n - nu, that is, goes back
    radial_second: np.ndarray  # eta, from the third radial derivative of the potential
    vertical_second: np.ndarray  # chi, from the radial gradient of nu^2


def epicycles(a_km: ArrayLike, *, gm_km3_s2: ArrayLike, radius_km: float, harmonics: Harmonics) -> Epicycles:
    """Epicyclic frequencies at a distance from an oblate planet.

    Parameters
    ----------
    a_km : array, shape (...)
        Geometric semi-major axis.
    gm_km3_s2 : array that broadcasts with `a_km`
        GM of the planet plus that of the satellite.
    radius_km : float
        Radius to which the harmonics belong.
    harmonics : sequence of float
        J2, J3, J4 ... of any degree to 30, not normalised; empty for a round planet. Odd ones do nothing at this order.

    Returns
    -------
    Epicycles
        To zeroth order in eccentricity and inclination (mean motion: the next order is 3 J2 (R/a)^2 e^2, 2e-8 of n
        for Io). The other moons and the Sun are not in it.
    """
    a = np.asarray(a_km, dtype=float)
    field = equatorial_field(harmonics, radius_km)
    squares = a[..., None] ** (-2.0 * np.arange(field.shape[1])) @ field.T
    kepler = np.asarray(gm_km3_s2, dtype=float) / a**3
    return Epicycles(*np.moveaxis(np.sqrt(kepler[..., None] * squares), -1, 0))


def semi_major_axis_km(
    mean_motion: ArrayLike, *, gm_km3_s2: ArrayLike, radius_km: float, harmonics: Harmonics
) -> np.ndarray:
    """Geometric semi-major axis of the circular orbit with a given mean motion (rad/s), km."""
    n = np.asarray(mean_motion, dtype=float)
    a = np.cbrt(np.asarray(gm_km3_s2, dtype=float) / n**2)
    for _ in range(6):  # each step gains three digits at Io
        ratio = epicycles(a, gm_km3_s2=gm_km3_s2, radius_km=radius_km, harmonics=harmonics).mean_motion / n
        a = a * np.cbrt(ratio) ** 2
    return np.asarray(a)


def geometric_to_states(
    elements: OrbitalElements, *, gm_km3_s2: ArrayLike, radius_km: float, harmonics: Harmonics
) -> np.ndarray:
    """States of given geometric elements, in the frame of the planet's equator.

    Parameters
    ----------
    elements : OrbitalElements
        Geometric elements, shape (...).
    gm_km3_s2, radius_km, harmonics
        As in `epicycles`.

    Returns
    -------
    array, shape (..., 6)
        km and km/s; third order in eccentricity and inclination (radians) is left out.
    """
    a = np.asarray(elements.semi_major_axis_km, dtype=float)
    e, node = elements.eccentricity_vector, elements.inclination_vector
    # sin(I/2) to I, the angle that the epicycles are written in
    half = np.minimum(np.abs(node), 1.0)
    tilt = node * 2.0 * np.where(half > 0.0, np.arcsin(half) / np.where(half > 0.0, half, 1.0), 1.0)
    mean = np.radians(elements.mean_longitude_deg)
    rows = np.stack([a, mean, e.real, e.imag, tilt.real, tilt.imag], axis=-1)
    out = np.empty((a.size, 6))
    states_of_elements(rows.reshape(-1, 6), _per_row(gm_km3_s2, a.shape), equatorial_field(harmonics, radius_km), out)
    return out.reshape(*a.shape, 6)


def geometric_elements(
    states: ArrayLike, *, gm_km3_s2: ArrayLike, radius_km: float, harmonics: Harmonics
) -> OrbitalElements:
    """Geometric elements of states about an oblate planet.

    Parameters
    ----------
    states : array, shape (..., 6)
        Position (km) and velocity (km/s) from the planet, in the frame of its equator.
    gm_km3_s2, radius_km, harmonics
        As in `epicycles`; the GM broadcasts with shape (...).

    Returns
    -------
    OrbitalElements
        Meant for eccentricities up to 0.05; from 0.07 on the iteration may not settle, which gives NaN. On orbits in
        the field of the planet alone they are constant up to third order in eccentricity and inclination: with
        e = 0.004 at Io's place e to 6e-7 and a to 0.3 km, where osculating ones swing by 1.3e-3 and 4 km.
    """
    states = np.asarray(states, dtype=float)
    shape = states.shape[:-1]
    rows = np.ascontiguousarray(states.reshape(-1, 6))
    out = np.empty_like(rows)
    elements_of_states(rows, _per_row(gm_km3_s2, shape), equatorial_field(harmonics, radius_km), out)
    a, mean, k, h, q, p = np.moveaxis(out.reshape(*shape, 6), -1, 0)
    sine_half = 0.5 * np.sinc(np.hypot(q, p) / (2.0 * np.pi))  # sin(I/2) / I
    return OrbitalElements(a, np.mod(np.degrees(mean), 360.0), k + 1j * h, (q + 1j * p) * sine_half)


def _per_row(gm_km3_s2: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    return np.ascontiguousarray(np.broadcast_to(np.asarray(gm_km3_s2, dtype=float), shape)).reshape(-1)
