"""One ocean with many thicknesses and viscosities: where the tide would meet a free wave, and how hot that would be."""

from dataclasses import dataclass

import numpy as np

from perijove.interior.body import Interior
from perijove.ocean.drag import viscous_drag_per_s
from perijove.ocean.flow import ocean_tides
from perijove.ocean.layer import ocean_layer

__all__ = ["OceanSweep", "ocean_sweep"]

_THICKNESS_KM = np.geomspace(0.05, 50.0, 181)
_VISCOSITY_PA_S = np.geomspace(1.0, 1e10, 101)
_DEGREES = 64


@dataclass(frozen=True)
class OceanSweep:
    """Tides of one layer over thickness and viscosity.

    Attributes
    ----------
    thickness_km : array, shape (n,)
    viscosity_pa_s : array, shape (m,)
    k2 : array, shape (n, m), complex
    power_w : array, shape (n, m)
        Of the ocean.
    static_k2 : complex
        With the liquid at rest.
    chosen : tuple of float or None
        Thickness and viscosity of the model itself, to mark.
    """

    thickness_km: np.ndarray
    viscosity_pa_s: np.ndarray
    k2: np.ndarray
    power_w: np.ndarray
    static_k2: complex
    chosen: tuple[float, float] | None = None


def ocean_sweep(
    interior: Interior, name: str | None = None, *, magma_viscosity_pa_s: float | None = None
) -> OceanSweep:
    """Tides of an interior's ocean from 50 m to 50 km and from 1 to 1e10 Pa s.

    Parameters
    ----------
    interior : Interior
    name : str or None
        Of the liquid layer, as for `ocean_layer`.
    magma_viscosity_pa_s : float or None
        Of the model itself, to mark; None marks nothing.
    """
    layer = ocean_layer(interior, name, degree=_DEGREES)
    drag = viscous_drag_per_s(
        _VISCOSITY_PA_S,
        density_kg_m3=layer.density_kg_m3,
        thickness_km=_THICKNESS_KM[:, None],
        frequency_rad_s=interior.orbit.angular_frequency_rad_s,
    )
    k2, power = ocean_tides(layer, thickness_km=_THICKNESS_KM[:, None], drag_per_s=drag)
    chosen = None if magma_viscosity_pa_s is None else (layer.thickness_km, magma_viscosity_pa_s)
    return OceanSweep(_THICKNESS_KM, _VISCOSITY_PA_S, k2, power, layer.static_k2, chosen)
