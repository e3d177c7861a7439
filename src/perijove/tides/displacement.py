"""How the ground moves and is strained while the moon goes round: displacement and stress of the surface."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import M_PER_KM
from perijove.interior.body import Interior
from perijove.tides.love import LoveNumbers
from perijove.tides.potential import TidalPotential, local_axes

__all__ = ["surface_displacement_m", "surface_stress_pa", "uplift_range_m"]


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
    """How far the ground rises from its lowest to its highest place within an orbit, m; shape as they broadcast."""
    potential = np.abs(TidalPotential.of(interior).amplitude_m2_s2(lat_deg, lon_east_deg))
    rise: np.ndarray = 2.0 * abs(love.h) * potential / interior.surface_gravity_m_s2
    return rise


def surface_stress_pa(
    interior: Interior, love: LoveNumbers, *, lat_deg: ArrayLike, lon_east_deg: ArrayLike, mean_anomaly_deg: ArrayLike
) -> np.ndarray:
    """Stress that the periodic tide puts on the ground.

    Parameters
    ----------
    interior, love, lat_deg, lon_east_deg, mean_anomaly_deg
        As for `surface_displacement_m`.

    Returns
    -------
    array, shape (..., 3)
        East-east, north-north and east-north component, Pa; tension is positive. The other components vanish at the
        surface.

    Notes
    -----
    A shell free of traction is in plane stress: s = 2 mu (e + nu / (1 - nu) tr(e)), with the strain e along the ground
    and Poisson's ratio nu, which is 1/2 where the outermost layer is incompressible.
    """
    top = interior.layers[-1]
    rigidity = top.complex_rigidity_pa(interior.orbit.angular_frequency_rad_s)
    bulk = top.bulk_modulus_pa
    trace_share = 1.0 if bulk is None else (bulk - 2.0 / 3.0 * rigidity) / (bulk + 4.0 / 3.0 * rigidity)
    axes = local_axes(lat_deg, lon_east_deg)
    tensor = TidalPotential.of(interior).tensor_m2_s2
    curved = np.einsum("...ai,ij,...bj->...ab", axes, tensor, axes)
    upward = curved[..., 2, 2]
    per_metre = 1.0 / (interior.surface_gravity_m_s2 * interior.radius_km * M_PER_KM)
    lift = 0.5 * love.h * upward  # the ground is stretched because it rises ...
    strain = per_metre * np.stack(  # ... and because it moves along
        [
            lift + love.l * (curved[..., 0, 0] - upward),
            lift + love.l * (curved[..., 1, 1] - upward),
            love.l * curved[..., 0, 1],
        ],
        axis=-1,
    )
    spread = trace_share * (strain[..., 0] + strain[..., 1])
    stress = 2.0 * rigidity * (strain + spread[..., None] * np.array([1.0, 1.0, 0.0]))
    return _in_phase(stress, mean_anomaly_deg)
