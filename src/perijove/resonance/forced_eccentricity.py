"""Where the moons' eccentricities come from: theory of first order in masses and eccentricities.

Each conjunction with its neighbour pulls a moon at the same place of its orbit; that place turns backwards at
w = n1 - 2 n2 while the pericentre of a free orbit advances at g. The eccentricity that such a pull can keep up is the
pull over the sum of both rates, w + g: the nearer the resonance, the more eccentric the orbit. With the amplitudes z of
the three resonant moons along exp(i (2 l2 - l1)),

    (w + A) z = -F,

A from Jupiter's oblateness and the moons' mean pulls on each other, F from the resonant pulls (Laplace 1805; in this
form Murray & Dermott 1999, Solar System Dynamics, chapters 6 to 8, whose names f27 and f31 are kept). The Laplace angle
of 180 deg turns the sign of Ganymede's pull on Europa, so that it helps Io's.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2, JUPITER_RADII_KM, JUPITER_ZONALS_DURANTE_2020
from perijove.constants import SECONDS_PER_DAY
from perijove.resonance.disturbing_function import TERMS, pair_coefficients
from perijove.resonance.geometric_elements import Harmonics, epicycles, semi_major_axis_km
from perijove.resonance.laplace_coefficients import laplace_coefficient

__all__ = ["ForcedEccentricity", "forced_eccentricity"]

_F27, _F31 = TERMS.index("f27"), TERMS.index("f31")


@dataclass(frozen=True)
class ForcedEccentricity:
    """Forced eccentricities of Io, Europa and Ganymede."""

    vector: np.ndarray  # (3,) along exp(i (2 l2 - l1)); negative where apocentre points there
    shares: np.ndarray  # (3, 4): what each of the pulls in `PULLS` adds to each moon's vector
    pericenter_rate_deg_day: np.ndarray  # (3,) of a free orbit, from oblateness and mean pulls: the diagonal of A

    PULLS: ClassVar = ("Europa on Io", "Io on Europa", "Ganymede on Europa", "Europa on Ganymede")


def _mean_pulls(n: np.ndarray, a: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Laplace and Lagrange's secular matrix of the four moons, rad per unit of time (Murray & Dermott 7.9 and 7.10)."""
    matrix = np.zeros((n.size, n.size))
    for j in range(n.size):
        for k in range(n.size):
            if j == k:
                continue
            alpha = min(a[j], a[k]) / max(a[j], a[k])
            pull = 0.25 * n[j] * mass[k] * alpha * (alpha if a[k] > a[j] else 1.0)
            matrix[j, j] += pull * laplace_coefficient(1.5, 1, alpha)
            matrix[j, k] -= pull * laplace_coefficient(1.5, 2, alpha)
    return matrix


def forced_eccentricity(
    mean_motion_deg_day: ArrayLike,
    *,
    gm_km3_s2: ArrayLike | None = None,
    harmonics: Harmonics = JUPITER_ZONALS_DURANTE_2020,
) -> ForcedEccentricity:
    """Eccentricities that the 2:1 resonances of Io, Europa and Ganymede force.

    Parameters
    ----------
    mean_motion_deg_day : array, shape (4,)
        Of Io to Callisto. Where the Laplace relation does not hold between them, Ganymede's and Europa's pulls on each
        other turn at n2 - 2 n3, and only the shares have a meaning, not their sum.
    gm_km3_s2 : array, shape (4,), optional
        GM of the moons, by default as they are; 0 takes one away.
    harmonics : sequence of float
        J2, J3, J4 ... of Jupiter; none for a round Jupiter.

    Returns
    -------
    ForcedEccentricity
        Second order in the masses and eccentricities is left out: against the moons as they are Io comes out 5 % too
        high, Europa 8 % and Ganymede 19 %.
    """
    gm = np.array(list(GALILEAN_MEAN_GM_KM3_S2.values()) if gm_km3_s2 is None else gm_km3_s2, dtype=float)
    mass = gm / JUPITER_GM_KM3_S2
    n = np.radians(np.asarray(mean_motion_deg_day, dtype=float))
    total, radius = JUPITER_GM_KM3_S2 + gm, float(JUPITER_RADII_KM[0])
    a = semi_major_axis_km(n / SECONDS_PER_DAY, gm_km3_s2=total, radius_km=radius, harmonics=harmonics)
    alone = epicycles(a, gm_km3_s2=total, radius_km=radius, harmonics=harmonics)
    matrix = _mean_pulls(n, a, mass) + np.diag((alone.mean_motion - alone.radial) * SECONDS_PER_DAY)
    inner, outer = a[0] / a[1], a[1] / a[2]
    at_inner, at_outer = pair_coefficients(inner), pair_coefficients(outer)
    pulls = np.zeros((4, 4))  # moon, pull; in the order of PULLS
    pulls[0, 0] = n[0] * mass[1] * inner * at_inner[_F27]
    pulls[1, 1] = n[1] * mass[0] * at_inner[_F31]
    pulls[1, 2] = -n[1] * mass[2] * outer * at_outer[_F27]
    pulls[2, 3] = -n[2] * mass[1] * at_outer[_F31]
    conjunctions = [n[0] - 2.0 * n[1]] * 2 + [n[1] - 2.0 * n[2]] * 2
    turning = matrix + np.array(conjunctions)[:, None, None] * np.eye(4)
    shares = -np.linalg.solve(turning, pulls.T[..., None])[..., 0].T
    return ForcedEccentricity(shares.sum(axis=1)[:3], shares[:3], np.degrees(np.diag(matrix))[:3])
