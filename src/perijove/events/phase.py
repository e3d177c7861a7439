"""The part of Jupiter's disc that is both lit and in view, which moons and shadows enter later or leave earlier."""

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.dynamics.time_search import root_between
from perijove.events.search import Found
from perijove.events.tracks import Paths, Track
from perijove.geometry.ellipsoid import first_intersection_km, outward_normal
from perijove.geometry.rotations import unit

__all__ = ["PAST_LIMB_S", "lit_edges_s"]

PAST_LIMB_S = 1.0
"""How long after the limb the line through a moon's centre surely meets the disc; edges nearer to it are the limb."""
_TOLERANCE_S = 1e-3


def _height_km(paths: Paths, track: Track, t: np.ndarray, *, sunlight: bool) -> np.ndarray:
    """Height of the other source of light or sight over the horizon plane of the spot behind the moon's centre.

    The sine of its altitude there times Jupiter's radius; negative too where there is no spot.
    """
    light, moon = track.at(t)
    jupiter = paths.state("JUPITER", t)
    if sunlight:  # the spot is a shadow on Jupiter's clock; does the observer see it?
        other = paths.state("OBSERVER", paths.arrival_s(jupiter[:, :3], t)) - jupiter
    else:  # the spot is behind the moon on the observer's clock; does the Sun light it?
        then, left = paths.received("JUPITER", paths.state("OBSERVER", t), t)
        other = paths.received("SUN", then, left)[0] - then
    spot = first_intersection_km(
        light @ paths.to_equator.T, (moon - light) @ paths.to_equator.T, radii_km=JUPITER_RADII_KM
    )
    normal = outward_normal(spot, radii_km=JUPITER_RADII_KM)
    way = unit(other[:, :3] @ paths.to_equator.T - spot)
    height = JUPITER_RADII_KM[0] * np.sum(normal * way, axis=-1)
    return np.asarray(np.where(np.isnan(spot[:, 0]), -1.0, height))


def lit_edges_s(paths: Paths, found: Found, *, sunlight: bool) -> np.ndarray:
    """When a moon's centre, or its shadow's, enters and leaves what is both lit and in view.

    Parameters
    ----------
    paths : Paths
    found : Found
        Transits or shadow transits, with the centre's crossing of the limb as the last contact.
    sunlight : bool
        Whether the events are shadow transits.

    Returns
    -------
    array, shape (n, 2)
        On the track's clock; NaN where that edge is the limb itself, or neither ends nor middle are lit and in view.
    """

    def height(t: np.ndarray) -> np.ndarray:
        values = np.full(len(t), np.nan)
        real = np.isfinite(t)
        values[real] = _height_km(paths, found.track, t[real], sunlight=sunlight)
        return values

    times = found.times_s[:, -1] + [PAST_LIMB_S, -PAST_LIMB_S]
    heights = np.stack([height(times[:, 0]), height(times[:, 1])], axis=1)
    middle, middle_height = found.closest_s, height(found.closest_s)
    edges = np.full(times.shape, np.nan)
    for side in range(2):
        far, far_height = times[:, 1 - side], heights[:, 1 - side]
        inner = np.where(middle_height > 0.0, middle, far)
        inner_height = np.where(middle_height > 0.0, middle_height, far_height)
        dark = (heights[:, side] < 0.0) & (inner_height > 0.0)
        if dark.any():
            ends = (heights[dark, side], inner_height[dark])
            edges[dark, side] = root_between(
                height, times[dark, side], inner[dark], values=ends, tolerance_s=_TOLERANCE_S
            )
    return edges
