"""Pull of Jupiter, its moons and the Sun on a spacecraft close to Jupiter.

`perijove.dynamics.force_kernel` has the forces between the moons. Here moons and Sun are where the ephemeris has them.
Juno passes 4,000 km above the clouds, where J8 pulls with 0.2 mm/s² and the bulges that the moons raise on Jupiter
count, and it has passed moons so closely that their figures do.
"""

from typing import NamedTuple

import numpy as np

from perijove.dynamics.zonal_kernel import zonal_sums

__all__ = ["CloseForces", "accelerations", "indirect"]


class CloseForces(NamedTuple):
    """What pulls, at m times; km and s. All vectors are from Jupiter's centre, in ICRF axes."""

    jupiter: tuple[float, float, float, float]  # GM, radius of the harmonics, Love number k2, 1/c²
    zonals: np.ndarray  # (degree + 1,): J_n at index n; 0 and 1 are not read
    pole: np.ndarray  # (3,): Jupiter's, a unit vector
    bodies: np.ndarray  # (b, 4) of moons and Sun: GM, R² J2, R² C22, pressure of its light over its attraction
    places: np.ndarray  # (3, b, m): their positions


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    product: np.ndarray = np.einsum("i...,i...->...", a, b)
    return product


def _zonal_pull(x: np.ndarray, forces: CloseForces) -> np.ndarray:
    """Jupiter's pull at places, (3, n, m): GM/r² [radial u - polar p]."""
    gm, radius, *_ = forces.jupiter
    pole = forces.pole[:, None, None]
    r2 = _dot(x, x)
    u = x / np.sqrt(r2)
    radial, polar = zonal_sums(_dot(u, pole), radius / np.sqrt(r2), forces.zonals)
    pull: np.ndarray = gm / r2 * (radial * u - polar * pole)
    return pull


def indirect(forces: CloseForces) -> np.ndarray:
    """How Jupiter itself falls, (3, m): what it pulls, pulls it."""
    pulls = _zonal_pull(forces.places, forces)
    fall: np.ndarray = np.einsum("b,ibm->im", forces.bodies[:, 0] / forces.jupiter[0], pulls)
    return fall


def accelerations(x: np.ndarray, v: np.ndarray, forces: CloseForces, jupiters_own: np.ndarray) -> np.ndarray:
    """Accelerations of massless bodies relative to Jupiter; they do not feel each other.

    Parameters
    ----------
    x, v : array, shape (3, n, m)
        Positions and velocities from Jupiter, km and km/s, at the times of `forces`.
    forces : CloseForces
    jupiters_own : array, shape (3, m)
        From `indirect`; it does not depend on the spacecraft.

    Returns
    -------
    array, shape (3, n, m)
        km/s².

    Notes
    -----
    A moon's long axis points to Jupiter, its short one along Jupiter's pole. With d the distance and a, b, z the
    coordinates along its axes its potential is GM/d + GM/d⁵ [R² J2 (d² - 3 z²) / 2 + 3 R² C22 (a² - b²)]. The bulge
    that a body at D raises on Jupiter has the potential k2 GM R⁵ / (D³ r³) P2(cos angle).
    """
    gm0, radius, k2, inverse_c2 = forces.jupiter
    gm, j2, c22, light = (column[:, None] for column in forces.bodies.T)  # (b, 1)
    places, pole = forces.places, forces.pole[:, None, None, None]
    far2 = _dot(places, places)
    towards_body = places / np.sqrt(far2)
    r2 = _dot(x, x)
    r = np.sqrt(r2)
    result: np.ndarray = jupiters_own[:, None] + _zonal_pull(x, forces)
    # 1. Moons and Sun as bodies; everything below has the shape (n, b, m).
    away = x[:, :, None] - places[:, None]
    d2 = _dot(away, away)
    inverse_d3 = 1.0 / (d2 * np.sqrt(d2))
    a, z = _dot(away, towards_body[:, None]), _dot(away, pole)
    strength = gm * inverse_d3 / d2
    form = 0.5 * j2 * (d2 - 3.0 * z * z) + 3.0 * c22 * (2.0 * a * a + z * z - d2)  # b² = d² - a² - z²
    # grad form = j2 (d - 3 z p) + 6 c22 (a l - b m), with b m = d - a l - z p
    along = strength * (j2 - 6.0 * c22 - 5.0 * form / d2) - gm * (1.0 - light) * inverse_d3
    result += np.einsum("nbm,inbm->inm", along, away)
    result += np.einsum("nbm,ibm->inm", 12.0 * strength * c22 * a, towards_body)
    result += np.einsum("nbm,i->inm", strength * (6.0 * c22 - 3.0 * j2) * z, forces.pole)
    # 2. Their bulges on Jupiter.
    cosine = np.einsum("inm,ibm->nbm", x / r, towards_body)
    size = k2 * gm * radius**5 / (far2 * np.sqrt(far2)) / (r2 * r2)[:, None]
    result += np.einsum("nbm,inm->inm", size * (1.5 - 7.5 * cosine * cosine), x / r)
    result += np.einsum("nbm,ibm->inm", 3.0 * size * cosine, towards_body)
    # 3. Schwarzschild's term.
    scale = gm0 * inverse_c2 / (r2 * r)
    result += scale * ((4.0 * gm0 / r - _dot(v, v)) * x + 4.0 * _dot(x, v) * v)
    return result
