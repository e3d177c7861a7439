"""Where a flyby aims: the plane through a body's centre across the incoming asymptote."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2
from perijove.ephemeris.orientation import icrf_to_body
from perijove.errors import InputError
from perijove.geometry.rotations import unit

__all__ = ["BPlane", "b_plane"]


@dataclass(frozen=True)
class BPlane:
    """B-plane of a flyby.

    S is the direction of the incoming asymptote, T lies across S in the body's equator of date (T = S x pole), and R
    completes the set (R = S x T), so that R points south. B goes from the body's centre to the asymptote.

    Attributes
    ----------
    b_t_km, b_r_km : float
        B · T and B · R.
    v_infinity_km_s : float
        Speed far before the encounter.
    s, t, r : array, shape (3,)
        Unit vectors, ICRF.
    """

    b_t_km: float
    b_r_km: float
    v_infinity_km_s: float
    s: np.ndarray
    t: np.ndarray
    r: np.ndarray

    @property
    def b_km(self) -> float:
        """Length of B: how far from the centre the asymptote passes."""
        return float(np.hypot(self.b_t_km, self.b_r_km))

    @property
    def angle_deg(self) -> float:
        """From T towards R, 0 to 360."""
        return float(np.degrees(np.arctan2(self.b_r_km, self.b_t_km)) % 360.0)


def b_plane(moon: str, state: ArrayLike, tdb: float) -> BPlane:
    """B-plane of the hyperbola about a moon that a state belongs to.

    Parameters
    ----------
    moon : str
        A Galilean moon.
    state : array, shape (6,)
        Of the spacecraft from its centre, ICRF, km and km/s; at the closest approach Jupiter's pull matters least.
    tdb : float
        TDB seconds past J2000, for the moon's pole.

    Returns
    -------
    BPlane

    Raises
    ------
    InputError
        Where the moon is unknown or the state is bound to it.

    Notes
    -----
    Two-body motion about the moon. Within an hour of a pass Jupiter's tide bends the true path by its own: beyond some
    ten thousand km from the moon the asymptote stands for the relative velocity at the closest approach and no more.
    """
    if moon not in GALILEAN_MEAN_GM_KM3_S2:
        raise InputError(f"no B-plane at {moon!r}; there are {', '.join(GALILEAN_MEAN_GM_KM3_S2)}")
    gm = GALILEAN_MEAN_GM_KM3_S2[moon]
    position, velocity = np.split(np.asarray(state, dtype=float), 2)
    distance = float(np.linalg.norm(position))
    energy = 0.5 * float(velocity @ velocity) - gm / distance
    if energy <= 0.0:
        raise InputError(f"the state is bound to {moon}: a B-plane needs a flyby")
    momentum = np.cross(position, velocity)
    v_infinity = float(np.sqrt(2.0 * energy))
    toward = np.cross(velocity, momentum) / gm - position / distance  # to the pericentre; as long as the eccentricity
    eccentricity = float(np.linalg.norm(toward))
    along = unit(toward)
    across = np.cross(unit(momentum), along)
    s = (along + np.sqrt(eccentricity**2 - 1.0) * across) / eccentricity
    t = unit(np.cross(s, icrf_to_body(moon, tdb)[2]))
    r = np.cross(s, t)
    b = np.cross(s, momentum) / v_infinity
    return BPlane(float(b @ t), float(b @ r), v_infinity, s, t, r)
