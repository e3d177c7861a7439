"""Io's rock and magma, for the transport of heat by melt: Spencer et al. (2020) and what earlier work took."""

from dataclasses import dataclass

from perijove.facts import Fact

__all__ = [
    "IO_CONVECTION_EXPONENT_OJAKANGAS_1986",
    "IO_INTRUSION_RATE_SPENCER_2020_PER_S",
    "IO_INTRUSION_STOP_SPENCER_2020_K",
    "IO_K2_OVER_Q_EXPONENT_OJAKANGAS_1986",
    "IO_LAVA_DAVIES_1996",
    "IO_MOLTEN_ROCK_SPENCER_2020",
    "CoolingLava",
    "MoltenRock",
]


@dataclass(frozen=True)
class MoltenRock:
    """Rock that melts at one temperature, and its magma; the numbers of `IO_MOLTEN_ROCK_SPENCER_2020` are facts.

    Attributes
    ----------
    density_kg_m3 : float
        Of rock and magma alike, except where their difference drives flow.
    density_contrast_kg_m3 : float
        Rock less magma.
    gravity_m_s2 : float
    latent_heat_j_kg, heat_capacity_j_kg_k, conductivity_w_m_k : float
    melting_temperature_k, surface_temperature_k : float
    permeability_m2, permeability_exponent : float
        k0 and n of the permeability k0 phi^n at a melt fraction phi.
    magma_viscosity_pa_s : float
    rock_viscosity_pa_s : float
        Shear viscosity eta of the partially molten rock; it resists compaction with eta / phi.
    """

    density_kg_m3: float
    density_contrast_kg_m3: float
    gravity_m_s2: float
    latent_heat_j_kg: float
    heat_capacity_j_kg_k: float
    conductivity_w_m_k: float
    melting_temperature_k: float
    surface_temperature_k: float
    permeability_m2: float
    permeability_exponent: float
    magma_viscosity_pa_s: float
    rock_viscosity_pa_s: float


_SOURCE = "Spencer, Katz & Hewitt 2020, doi 10.1029/2020JE006443, and its code, Spencer-space/io_compaction"

# Their parameters are round numbers, without errors. Others: conductivity 3 to 4 W/(m K); melting at 1400 to 1700 K; k0
# goes as the square of grain size, about d²/1600 (1e-7 m² is 13 mm, 6e-10 m² is 1 mm) with n between 2 and 3; magma of
# 1 to 100 Pa s; partially molten rock of 1e16 to 1e20 Pa s; a ground of 110 to 130 K on average.
IO_MOLTEN_ROCK_SPENCER_2020 = MoltenRock(
    density_kg_m3=Fact(3000.0, "kg/m3", _SOURCE),
    density_contrast_kg_m3=Fact(500.0, "kg/m3", _SOURCE),
    gravity_m_s2=Fact(1.5, "m/s2", _SOURCE),  # 1.4 to 1.8 through Io's mantle
    latent_heat_j_kg=Fact(4e5, "J/kg", _SOURCE),
    heat_capacity_j_kg_k=Fact(1200.0, "J/(kg K)", _SOURCE),
    conductivity_w_m_k=Fact(3.6, "W/(m K)", f"{_SOURCE}: from a diffusivity of 1e-6 m2/s"),
    melting_temperature_k=Fact(1500.0, "K", _SOURCE),
    surface_temperature_k=Fact(150.0, "K", _SOURCE),
    permeability_m2=Fact(1e-7, "m2", _SOURCE),
    permeability_exponent=Fact(3.0, "1", _SOURCE),
    magma_viscosity_pa_s=Fact(1.0, "Pa s", _SOURCE),
    rock_viscosity_pa_s=Fact(1e20, "Pa s", _SOURCE),
)

# How fast magma freezes into the crust: share of the volume per second, times (melting - T) / (melting - surface).
# Fitted to a crust of some tens of kilometres, not measured: it is known to a factor of a few.
IO_INTRUSION_RATE_SPENCER_2020_PER_S = Fact(
    1.54e-12,
    "1/s",
    f"{_SOURCE}: 48.6 per million years, 12 times c (melting - surface) / L, as the profiles published with it have it",
)
IO_INTRUSION_STOP_SPENCER_2020_K = Fact(  # no intrusion into colder rock
    960.0, "K", f"{_SOURCE}: 825 to 1095 K"
)

# How k2/Q and the heat that convection carries go with the mantle's temperature just below melting: T to the power of
_OJAKANGAS = "Ojakangas & Stevenson 1986, Icarus 66, 341, abstract"
IO_K2_OVER_Q_EXPONENT_OJAKANGAS_1986 = Fact(
    25.0, "1", f"{_OJAKANGAS}: 20 to 30, laboratory data on peridotite near its solidus", sigma=3.0
)
IO_CONVECTION_EXPONENT_OJAKANGAS_1986 = Fact(10.0, "1", f"{_OJAKANGAS}: about 10, parameterized convection")


@dataclass(frozen=True)
class CoolingLava:
    """Lava that has come to the surface; the numbers of `IO_LAVA_DAVIES_1996` are facts.

    Attributes
    ----------
    eruption_temperature_k : float
    density_kg_m3, latent_heat_j_kg, heat_capacity_j_kg_k, conductivity_w_m_k, emissivity : float
    """

    eruption_temperature_k: float
    density_kg_m3: float
    latent_heat_j_kg: float
    heat_capacity_j_kg_k: float
    conductivity_w_m_k: float
    emissivity: float


_BASALT = "basalt as in silicate cooling models of Io, after Davies 1996, Icarus 124, 45; round, without errors"

# Ultramafic lava would come at 1800 to 1900 K. Vesicles take a third or more off density and conductivity, whose
# product is the unit of time.
IO_LAVA_DAVIES_1996 = CoolingLava(
    eruption_temperature_k=Fact(1475.0, "K", _BASALT),
    density_kg_m3=Fact(2600.0, "kg/m3", _BASALT),
    latent_heat_j_kg=Fact(4e5, "J/kg", _BASALT),
    heat_capacity_j_kg_k=Fact(1200.0, "J/(kg K)", _BASALT),
    conductivity_w_m_k=Fact(0.9, "W/(m K)", _BASALT),
    emissivity=Fact(1.0, "1", _BASALT),
)
