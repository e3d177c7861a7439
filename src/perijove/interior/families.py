"""Families of interiors of Io with the mass and radius of Io, by the few numbers that one asks about.

All have a liquid core, a mantle of one density, which the mass of Io decides, and a cold lithosphere. Melt changes what
rock withstands, not what it weighs: if melt is a tenth lighter, 20 % of it in a shell of 200 km lowers Io's moment of
inertia by 0.3 %.
"""

import math

from perijove.bodies.galilean import IO_MASS_KG, IO_MEAN_RADIUS_KM
from perijove.bodies.io_interior import IO_CORE_DENSITY_KG_M3, IO_CORE_RADIUS_KM, IO_LITHOSPHERE
from perijove.constants import M_PER_KM
from perijove.errors import InputError
from perijove.interior.layers import IO_ORBIT, Interior, Layer, Orbit
from perijove.interior.melt import partially_molten

__all__ = [
    "with_asthenosphere",
    "with_magma_ocean",
]


def _mantle_density_kg_m3(core_radius_km: float, core_density_kg_m3: float) -> float:
    """Density of all that is not core, so that the whole has Io's mass."""
    if not 0.0 < core_radius_km < IO_MEAN_RADIUS_KM:
        raise InputError(f"core_radius_km {core_radius_km}: not between 0 and Io's radius, {IO_MEAN_RADIUS_KM:g} km")
    volume = 4.0 / 3.0 * math.pi * M_PER_KM**3
    rest_kg = IO_MASS_KG - core_density_kg_m3 * volume * core_radius_km**3
    density = rest_kg / (volume * (IO_MEAN_RADIUS_KM**3 - core_radius_km**3))
    if not 0.0 < density <= core_density_kg_m3:
        raise InputError(
            f"core_radius_km {core_radius_km:g} with core_density_kg_m3 {core_density_kg_m3:g}: leaves a mantle of "
            f"{density:.0f} kg/m3; give a smaller or another core"
        )
    return density


def _rock(name: str, outer_radius_km: float, density_kg_m3: float, melt_fraction: float) -> Layer:
    """Maxwell layer of partially molten rock."""
    rock = partially_molten(melt_fraction)
    return Layer(
        name,
        "solid",
        outer_radius_km,
        density_kg_m3,
        shear_modulus_pa=float(rock.shear_modulus_pa),
        bulk_modulus_pa=float(rock.bulk_modulus_pa),
        viscosity_pa_s=float(rock.viscosity_pa_s),
    )


def _lithosphere(density_kg_m3: float) -> Layer:
    return Layer(
        "lithosphere",
        "solid",
        IO_MEAN_RADIUS_KM,
        density_kg_m3,
        shear_modulus_pa=IO_LITHOSPHERE.shear_modulus_pa,
        bulk_modulus_pa=float(partially_molten(0.0).bulk_modulus_pa),
        viscosity_pa_s=IO_LITHOSPHERE.viscosity_pa_s,
    )


def _check_thickness(**thickness_km: float) -> None:
    for name, value in thickness_km.items():
        if not value > 0.0:
            raise InputError(f"{name} {value}: is not positive; give km")


def with_asthenosphere(
    *,
    melt_fraction: float,
    asthenosphere_thickness_km: float = 200.0,
    lithosphere_thickness_km: float = IO_LITHOSPHERE.thickness_km,
    mantle_melt_fraction: float = 0.0,
    core_radius_km: float = IO_CORE_RADIUS_KM,
    core_density_kg_m3: float = IO_CORE_DENSITY_KG_M3,
    orbit: Orbit = IO_ORBIT,
) -> Interior:
    """Io with partially molten rock between lithosphere and deep mantle: the magmatic sponge.

    Parameters
    ----------
    melt_fraction : float
        Of the asthenosphere, 0 to 1; it decides viscosity and moduli (`partially_molten`).
    asthenosphere_thickness_km, lithosphere_thickness_km : float
    mantle_melt_fraction : float
        Of the mantle below.
    core_radius_km, core_density_kg_m3 : float
    orbit : Orbit

    Returns
    -------
    Interior
        Core, deep mantle, asthenosphere, lithosphere; compressible Maxwell rock. Other rheologies:
        `dataclasses.replace` on its layers.

    Raises
    ------
    InputError
        If the shells do not fit into Io, or the core leaves no sensible mantle.
    """
    _check_thickness(
        asthenosphere_thickness_km=asthenosphere_thickness_km, lithosphere_thickness_km=lithosphere_thickness_km
    )
    density = _mantle_density_kg_m3(core_radius_km, core_density_kg_m3)
    top_km = IO_MEAN_RADIUS_KM - lithosphere_thickness_km
    return Interior(
        (
            Layer("core", "liquid", core_radius_km, core_density_kg_m3),
            _rock("deep mantle", top_km - asthenosphere_thickness_km, density, mantle_melt_fraction),
            _rock("asthenosphere", top_km, density, melt_fraction),
            _lithosphere(density),
        ),
        name=f"Io, {asthenosphere_thickness_km:g} km asthenosphere, {melt_fraction:.0%} melt",
        source="family with_asthenosphere; melt law of Kervazo et al. 2021",
        orbit=orbit,
    )


def with_magma_ocean(
    *,
    ocean_thickness_km: float,
    ocean_depth_km: float = 50.0,
    lithosphere_thickness_km: float = IO_LITHOSPHERE.thickness_km,
    mantle_melt_fraction: float = 0.0,
    core_radius_km: float = IO_CORE_RADIUS_KM,
    core_density_kg_m3: float = IO_CORE_DENSITY_KG_M3,
    orbit: Orbit = IO_ORBIT,
) -> Interior:
    """Io with a global layer of magma.

    Parameters
    ----------
    ocean_thickness_km : float
    ocean_depth_km : float
        From the surface to the roof of the ocean.
    lithosphere_thickness_km : float
        Cold part of the roof; what is below has the rock of the mantle. The ocean may lie right under it.
    mantle_melt_fraction : float
        Of the rock above and below the ocean.
    core_radius_km, core_density_kg_m3 : float
    orbit : Orbit

    Returns
    -------
    Interior
        Core, mantle, magma ocean, (upper mantle,) lithosphere. The ocean is incompressible and dissipates nothing.

    Raises
    ------
    InputError
        If the shells do not fit into Io, or the core leaves no sensible mantle.
    """
    _check_thickness(
        ocean_thickness_km=ocean_thickness_km,
        ocean_depth_km=ocean_depth_km,
        lithosphere_thickness_km=lithosphere_thickness_km,
    )
    density = _mantle_density_kg_m3(core_radius_km, core_density_kg_m3)
    roof_km, cold_km = IO_MEAN_RADIUS_KM - ocean_depth_km, IO_MEAN_RADIUS_KM - lithosphere_thickness_km
    upper = [_rock("upper mantle", cold_km, density, mantle_melt_fraction)] if cold_km > roof_km else []
    return Interior(
        (
            Layer("core", "liquid", core_radius_km, core_density_kg_m3),
            _rock("mantle", roof_km - ocean_thickness_km, density, mantle_melt_fraction),
            Layer("magma ocean", "liquid", roof_km, density),
            *upper,
            _lithosphere(density),
        ),
        name=f"Io, {ocean_thickness_km:g} km of magma at {ocean_depth_km:g} km",
        source="family with_magma_ocean; melt law of Kervazo et al. 2021",
        orbit=orbit,
    )
