"""How the ground moves while the moon goes round."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.geometry.rotations import local_axes
from perijove.interior.body import Interior
from perijove.tides.love import LoveNumbers
from perijove.tides.potential import TidalPotential

__all__ = ["surface_displacement_m", "uplift_range_m"]


def _in_phase(amplitude: np.ndarray, mean_anomaly_deg: ArrayLike) -> np.ndarray:
    """Real value of amplitudes of shape (..., components) at mean anomalies that broadcast with (...)."""
    turned = np.exp(1j * np.radians(np.asarray(mean_anomaly_deg, dtype=float)))[..., None]
    value: np.ndarray = (amplitude * turned).real
    return value


def surface_displacement_m(
    interior: Interior, love: LoveNumbers, *, lat_deg: ArrayLike, lon_east_deg: ArrayLike, mean_anomaly_deg: ArrayLike
) -> np.ndarray:
    """Displacement of the surface by the periodic tide.

    Parameters
    ----------
    interior : Interior
    love : LoveNumbers
        Of degree 2, at the frequency of the interior's orbit.
    lat_deg, lon_east_deg : array
        Points of the surface.
    mean_anomaly_deg : array
        Time, 0 at pericentre. All three broadcast to some shape (...).

    Returns
    -------
    array, shape (..., 3)
        Towards east, north and up, m.

    Notes
    -----
    h W / g upwards and l grad W / g along the ground. The permanent tidal bulge, some 8 km high, is not part of it;
    neither is the turn of the whole body by libration, 270 m along Io's equator for 30 arcsec.
    """
    axes = local_axes(lat_deg, lon_east_deg)
    tensor = TidalPotential.of(interior).tensor_m2_s2
    pulled = np.einsum("...ai,ij,...j->...a", axes, tensor, axes[..., 2, :])
    scale = np.array([love.l, love.l, 0.5 * love.h]) / interior.surface_gravity_m_s2
    return _in_phase(scale * pulled, mean_anomaly_deg)


def uplift_range_m(interior: Interior, love: LoveNumbers, lat_deg: ArrayLike, lon_east_deg: ArrayLike) -> np.ndarray:
    """How far the ground rises from its lowest to its highest place within an orbit.

    Parameters
    ----------
    interior : Interior
    love : LoveNumbers
        Its own, of degree 2.
    lat_deg, lon_east_deg : array
        Planetocentric, deg; they broadcast.

    Returns
    -------
    array
        m, of the shape to which they broadcast.
    """
    potential = np.abs(TidalPotential.of(interior).amplitude_m2_s2(lat_deg, lon_east_deg))
    rise: np.ndarray = 2.0 * abs(love.h) * potential / interior.surface_gravity_m_s2
    return rise
