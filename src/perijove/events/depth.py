"""How deep a mutual event is: what is covered of a disc, and what an eclipse takes of its sunlight.

Discs are round and evenly bright; limb darkening of the Sun (up to 0.03 of the light of a shallow penumbral eclipse),
phase (the night side counts for an observer, never more than 1 % of the area from the Earth) and surface markings are
not modelled.
"""

import math
from typing import NamedTuple

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_RADII_KM
from perijove.bodies.sun import SUN_RADIUS_KM
from perijove.geometry.discs import lens_fraction

__all__ = [
    "MutualDepth",
    "diameter_fraction",
    "mutual_depth",
    "sunlight_lost",
    "umbra_radius_km",
]

_RINGS, _SPOKES = 24, 48  # light lost is good to 0.002


def diameter_fraction(separation: float, front_radius: float, back_radius: float) -> float:
    """Part of a disc's diameter that another disc covers; more than 1 within a total event, never negative."""
    if separation < back_radius - front_radius:  # annular
        return front_radius / back_radius
    return max(0.0, (front_radius + back_radius - separation) / (2.0 * back_radius))


def umbra_radius_km(front_radius_km: float, lever_km: float, sun_distance_km: float) -> float:
    """Radius of a sphere's umbra at a distance behind it, for a distance from the Sun; negative where it has ended."""
    return front_radius_km - (SUN_RADIUS_KM - front_radius_km) * lever_km / sun_distance_km


def sunlight_lost(
    offset_km: float, *, front_radius_km: float, back_radius_km: float, lever_km: float, sun_distance_km: float
) -> float:
    """Part of the sunlight on a moon's disc that another moon keeps from it.

    Parameters
    ----------
    offset_km : float
        Of the back moon's centre from the line through the centres of Sun and front moon.
    front_radius_km, back_radius_km : float
    lever_km : float
        How far the back moon is behind the front one.
    sun_distance_km : float
        From the Sun to the front moon.

    Returns
    -------
    float
        0 to 1, mean over the disc that the Sun sees, umbra and penumbra together.
    """
    r = back_radius_km * np.sqrt((np.arange(_RINGS) + 0.5) / _RINGS)[:, None]  # rings of equal area
    azimuth = 2.0 * math.pi * (np.arange(_SPOKES) + 0.5) / _SPOKES
    distance = np.hypot(offset_km + r * np.cos(azimuth), r * np.sin(azimuth))
    whole = sun_distance_km + lever_km
    angle = distance * sun_distance_km / (lever_km * whole)
    return float(lens_fraction(SUN_RADIUS_KM / whole, front_radius_km / lever_km, angle).mean())


class MutualDepth(NamedTuple):
    """How deep a mutual event is at one moment.

    `magnitude`, `area_covered` and `light_lost` are those of `perijove.events.records.MoonEvent`. `front_km` is
    the radius of what covers, at the back moon's distance: the front moon's disc or its umbra, negative where that has
    ended; `back_km` is the back moon's.
    """

    magnitude: float
    area_covered: float
    light_lost: float | None
    front_km: float
    back_km: float


def mutual_depth(light_km: np.ndarray, path_km: np.ndarray, *, front: str, back: str, eclipse: bool) -> MutualDepth:
    """Depth of a mutual event.

    Parameters
    ----------
    light_km, path_km : array, shape (3,)
        From the front moon to the Sun or observer, and to the back moon.
    front, back : str
    eclipse : bool
        Whether the first is the Sun.
    """
    front_km, back_km = GALILEAN_MEAN_RADII_KM[front], GALILEAN_MEAN_RADII_KM[back]
    distance = float(np.linalg.norm(light_km))
    lever = -float(light_km @ path_km) / distance
    offset = float(np.linalg.norm(np.cross(light_km, path_km))) / distance
    if eclipse:
        cover = umbra_radius_km(front_km, lever, distance)
        lost = sunlight_lost(
            offset, front_radius_km=front_km, back_radius_km=back_km, lever_km=lever, sun_distance_km=distance
        )
        if cover <= 0.0:
            return MutualDepth(0.0, 0.0, lost, cover, back_km)
    else:
        cover, lost = front_km * (distance + lever) / distance, None
    area = float(lens_fraction(back_km, cover, offset))
    return MutualDepth(diameter_fraction(offset, cover, back_km), area, lost, cover, back_km)
