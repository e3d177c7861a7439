"""Oceans that several tests ask about."""

import dataclasses
import math

import numpy as np

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM
from perijove.interior.body import Interior
from perijove.interior.layers import IO_ORBIT, Layer, Orbit
from perijove.ocean.drag import viscous_drag_per_s
from perijove.ocean.layer import OceanLayer, ocean_layer
from perijove.tides.potential import TidalPotential

RADIUS_KM, FREQUENCY = 1821.6, IO_ORBIT.angular_frequency_rad_s
TILTED = dataclasses.replace(IO_ORBIT, obliquity_deg=0.2, pericentre_argument_deg=35.0, libration_deg=-0.01)


def io(
    thickness_km: float,
    *,
    lid_km: float = 50.0,
    orbit: Orbit = IO_ORBIT,
    elastic: bool = False,
    bulk_modulus_pa: float | None = 1.2e11,
    ocean_density_kg_m3: float = 3000.0,
) -> Interior:
    """Io with a magma ocean a little lighter than its floor and heavier than its roof."""
    law = {"bulk_modulus_pa": bulk_modulus_pa, "rheology": "elastic" if elastic else "maxwell"}
    roof_km = RADIUS_KM - lid_km
    viscosity = (None, None) if elastic else (1e17, 1e19)
    return Interior(
        (
            Layer("core", "liquid", 965.0, 5150.0),
            Layer("mantle", "solid", roof_km - thickness_km, 3250.0, 6e10, viscosity_pa_s=viscosity[0], **law),
            Layer("ocean", "liquid", roof_km, ocean_density_kg_m3),
            Layer("lid", "solid", RADIUS_KM, 2900.0, 5e10, viscosity_pa_s=viscosity[1], **law),
        ),
        orbit=orbit,
    )


def magma_drag(interior: Interior, viscosity_pa_s: float) -> complex:
    layer = ocean_layer(interior)
    return complex(
        viscous_drag_per_s(
            viscosity_pa_s,
            density_kg_m3=layer.density_kg_m3,
            thickness_km=layer.thickness_km,
            frequency_rad_s=interior.orbit.angular_frequency_rad_s,
        )
    )


def open_ocean(
    potential: TidalPotential,
    *,
    radius_km: float,
    thickness_km: float,
    density_kg_m3: float,
    mean_density_kg_m3: float,
    degree: int = 32,
) -> OceanLayer:
    """A thin ocean on a rigid ball, open to space: the textbook case.

    Parameters
    ----------
    potential : TidalPotential
        Also decides the rotation, which is synchronous; `dataclasses.replace` changes it.
    radius_km, thickness_km : float
    density_kg_m3 : float
        Of the liquid; 0 leaves its attraction out.
    mean_density_kg_m3 : float
        Of the whole, which decides gravity.
    degree : int
        As for `ocean_layer`.

    Returns
    -------
    OceanLayer
        beta_n is 1 - 3 / (2 n + 1) of the liquid's over the mean density, upsilon_2 is 1.
    """
    gravity = 4.0 / 3.0 * math.pi * GRAVITATIONAL_CONSTANT_M3_KG_S2 * mean_density_kg_m3 * radius_km * M_PER_KM
    n = np.arange(2.0, degree + 1.0)
    beta = 1.0 - 3.0 / (2.0 * n + 1.0) * density_kg_m3 / mean_density_kg_m3
    compliance = np.concatenate([[0.0, 0.0], 1.0 / (gravity * beta)]).astype(complex)
    compliance.setflags(write=False)
    share = 0.6 * density_kg_m3 / mean_density_kg_m3
    return OceanLayer(
        name="open ocean",
        thickness_km=thickness_km,
        roof_radius_km=radius_km,
        surface_radius_km=radius_km,
        density_kg_m3=density_kg_m3,
        rotation_rad_s=potential.angular_frequency_rad_s,
        potential=potential,
        static_k2=share / (1.0 - share),
        lift_s2_m=complex(compliance[2]),
        compliance_s2_m=compliance,
    )


def bare(
    thickness_km: float, *, orbit: Orbit = IO_ORBIT, rotation: float | None = None, degree: int = 32
) -> OceanLayer:
    """Open ocean on Io without self-attraction of its waves."""
    ball = Interior((Layer("rock", "solid", RADIUS_KM, 3500.0, 1e11, rheology="elastic"),), orbit=orbit)
    layer = open_ocean(
        TidalPotential.of(ball),
        radius_km=RADIUS_KM,
        thickness_km=thickness_km,
        density_kg_m3=0.0,
        mean_density_kg_m3=3500.0,
        degree=degree,
    )
    return layer if rotation is None else dataclasses.replace(layer, rotation_rad_s=rotation)
