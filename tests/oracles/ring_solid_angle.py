"""Area within a ring."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.rings import _short_way


def ring_solid_angle_sr(point_km: ArrayLike) -> float:
    """Solid angle about the body's centre that a ring encloses on its left.

    Parameters
    ----------
    point_km : array, shape (n, 3)
        Corners, of any length; the last is joined to the first. Sides are taken for straight on a map of longitude
        and sine of latitude: with a side of 1 deg the area is off by up to 1e-4 of itself.

    Returns
    -------
    float
        Steradian, 0 to 4 pi.
    """
    lat, lon = planetocentric_deg(point_km)
    height = np.sin(np.radians(lat))
    step = np.radians(_short_way(np.diff(lon, append=lon[:1])))
    # Less what lies below the line; around a pole the whole turn of its cylinder comes in.
    left = abs(float(np.sum(step))) - float(np.sum(0.5 * (height + np.roll(height, -1)) * step))
    return float(np.mod(left, 4.0 * np.pi))
