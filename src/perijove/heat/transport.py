"""How tidal heat leaves a rocky moon: by melt through the mantle, by volcanoes and conduction through the crust.

One dimension, steady state. Not modelled:

- convection of the solid, which Moore (2003, doi:10.1029/2002JE001943) finds too weak for Io's heat;
- a melting point that rises with pressure: 100 K per GPa or more in peridotite, so that magma from half-way down (2 to
  3 GPa) carries up to 20 % more heat per kilogram, and as much less of it is needed;
- differences of composition, which leave refractory rock below (Spencer et al. 2020b, doi:10.1029/2020JE006604);
- feedback of melt on the tide, which softens the rock that heats it;
- differences from place to place: the heating varies over the globe by a factor of two and more, and with it the crust;
- liquid layers. Where melt exceeds 0.25 to 0.4 rock falls apart; Miyazaki & Stevenson (2022,
  doi:10.3847/PSJ/ac9cd1) find that above 0.2 a sponge of rock and magma hardly lasts.
"""

import math
from dataclasses import dataclass

import numpy as np

from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020, MoltenRock
from perijove.constants import M_PER_KM, SECONDS_PER_YEAR
from perijove.errors import InputError
from perijove.heat.compaction import melt_column
from perijove.heat.crust import Plumbing, crusts_in_balance
from perijove.tides.radial_heating import RadialHeating

__all__ = ["CM_YEAR_PER_M_S", "HeatTransport", "heat_transport"]

CM_YEAR_PER_M_S = 100.0 * SECONDS_PER_YEAR
_CRUST_POINTS, _MANTLE_POINTS, _LAYER_POINTS = 200, 400, 300


@dataclass(frozen=True)
class HeatTransport:
    """Profiles from the floor of the mantle to the surface, and what follows from them.

    Attributes
    ----------
    heating : RadialHeating
    rock : MoltenRock
    plumbing : Plumbing
    is_molten : bool
        False where conduction alone carries the heat: then there is no melt, and the crust is the whole mantle.
    crust_base_km, intrusion_stop_km, extraction_base_km : float
        Radii: where rock melts; above which it is too cold to take up magma; above which pipes draw magma off.
    radius_km : array, shape (n,)
        Rising; all profiles below have its shape.
    temperature_k : array
    melt_fraction : array
        Share of the volume; 0 in the crust.
    seeping_m_s : array
        Volume of magma that seeps up between the grains, against the rock, per area (segregation flux).
    piped_m_s : array
        Volume of magma that rises through pipes, per area.
    rock_m_s : array
        Velocity of the rock, downwards negative. Upward magma and downward rock are equal.
    overpressure_pa : array
        Pressure of magma over that of the rock; 0 in the crust.
    conducted_w_m2 : array
        Conductive heat flow, upwards.
    thicker_crusts_km : tuple of float
        Thicknesses that balance as well and last; which of them a moon has, its past decides.
    """

    heating: RadialHeating
    rock: MoltenRock
    plumbing: Plumbing
    is_molten: bool
    crust_base_km: float
    intrusion_stop_km: float
    extraction_base_km: float
    radius_km: np.ndarray
    temperature_k: np.ndarray
    melt_fraction: np.ndarray
    seeping_m_s: np.ndarray
    piped_m_s: np.ndarray
    rock_m_s: np.ndarray
    overpressure_pa: np.ndarray
    conducted_w_m2: np.ndarray
    thicker_crusts_km: tuple[float, ...] = ()

    @property
    def crust_km(self) -> float:
        """Thickness of the crust: what is colder than melting."""
        return self.heating.surface_km - self.crust_base_km

    @property
    def cold_crust_km(self) -> float:
        """Depth of the rock that is too cold to take up magma (the elastic thickness of Spencer et al. 2020)."""
        return self.heating.surface_km - self.intrusion_stop_km

    @property
    def eruption_m_s(self) -> float:
        """Volume of lava per area and time, which is how fast the surface is buried."""
        return float(self.piped_m_s[-1])

    @property
    def intruded_share(self) -> float:
        """Share of the magma under the crust that freezes in it or onto it; NaN where there is no magma."""
        if not self.is_molten:
            return math.nan
        latent = self.rock.density_kg_m3 * self.rock.latent_heat_j_kg
        supply = float(self.heating.integral(self.crust_base_km * M_PER_KM)) / latent
        return 1.0 - self.eruption_m_s * (self.heating.surface_km * M_PER_KM) ** 2 / supply

    @property
    def erupted_w_m2(self) -> float:
        """Heat that lava brings to the surface: latent, and of cooling to the ground's temperature."""
        cooling = self.rock.melting_temperature_k - self.rock.surface_temperature_k
        per_kg = self.rock.latent_heat_j_kg + self.rock.heat_capacity_j_kg_k * cooling
        return self.rock.density_kg_m3 * self.eruption_m_s * per_kg

    @property
    def surface_flux_w_m2(self) -> float:
        """Heat flow at the surface: lava and conduction."""
        return self.erupted_w_m2 + float(self.conducted_w_m2[-1])

    @property
    def largest_melt_fraction(self) -> float:
        """Of the whole mantle."""
        return float(self.melt_fraction.max())

    @property
    def mean_melt_fraction(self) -> float:
        """By volume, from the floor of the mantle to the base of the crust; 0 where nothing melts."""
        inside = self.radius_km <= self.crust_base_km
        if not self.is_molten:
            return 0.0
        radius, melt = self.radius_km[inside], self.melt_fraction[inside]
        volume = np.trapezoid(radius**2, radius)
        return float(np.trapezoid(melt * radius**2, radius) / volume)


def heat_transport(
    heating: RadialHeating, rock: MoltenRock = IO_MOLTEN_ROCK_SPENCER_2020, plumbing: Plumbing | None = None
) -> HeatTransport:
    """Melt, temperature, crust and eruption rate that carry off a heating in a steady state.

    Parameters
    ----------
    heating : RadialHeating
        Of the mantle; the core gives no heat.
    rock : MoltenRock
    plumbing : Plumbing or None
        None is that of Spencer et al. (2020).

    Returns
    -------
    HeatTransport
        With the thinnest crust, where several balance.

    Raises
    ------
    InputError
        If nothing is heated, or the ground is not colder than melting rock.
    PrecisionError
        If there is no such state.

    Notes
    -----
    Spencer et al. (2020, doi:10.1029/2020JE006443, equations 1 to 12), but with the crust as an initial-value problem
    and not by time steps. Mantle at its melting point turns all heat to melt: rho L (phi u + q + qp) r² is the heat
    from below; with u = -(q + qp) that is (1 - phi)(q + qp). See `crusts_in_balance` and `melt_column`.
    """
    if rock.surface_temperature_k >= rock.melting_temperature_k:
        raise InputError(f"surface_temperature_k {rock.surface_temperature_k}: not below melting_temperature_k")
    if heating.power_w <= 0.0:
        raise InputError(f"{heating.name}: dissipates nothing; there is no heat to carry off")
    plumbing = Plumbing() if plumbing is None else plumbing
    if _conduction_k(heating, rock)[1][0] <= rock.melting_temperature_k:
        return _conducting(heating, rock, plumbing)
    return _molten(heating, rock, plumbing)


def _conduction_k(heating: RadialHeating, rock: MoltenRock) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Radius (m), temperature and flow if conduction carried all heat, by Gauss quadrature between close points."""
    low, high = heating.floor_km * M_PER_KM, heating.surface_km * M_PER_KM
    radius = np.linspace(max(low, 1e-6 * high), high, _MANTLE_POINTS)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    half, middle = 0.5 * np.diff(radius), 0.5 * (radius[1:] + radius[:-1])
    inside = middle[:, None] + half[:, None] * nodes
    drops = half * ((heating.integral(inside) / inside**2) @ weights) / rock.conductivity_w_m_k
    warmer = np.concatenate([np.cumsum(drops[::-1])[::-1], [0.0]])
    return radius, rock.surface_temperature_k + warmer, heating.integral(radius) / radius**2


def _conducting(heating: RadialHeating, rock: MoltenRock, plumbing: Plumbing) -> HeatTransport:
    radius, temperature, flow = _conduction_k(heating, rock)
    still = np.zeros_like(radius)
    floor = heating.floor_km
    return HeatTransport(
        heating, rock, plumbing, False, floor, floor, floor,  # noqa: FBT003  # field `is_molten`
        radius / M_PER_KM, temperature, still, still, still, still, still, flow,
    )  # fmt: skip


def _molten(heating: RadialHeating, rock: MoltenRock, plumbing: Plumbing) -> HeatTransport:
    crust, *thicker = crusts_in_balance(heating, rock, plumbing)
    column = melt_column(heating, rock, crust_base_m=crust.base_m, overpressure_pa=plumbing.extraction_overpressure_pa)
    floor, surface = heating.floor_km * M_PER_KM, heating.surface_km * M_PER_KM
    start = floor + 1e-4 * (crust.base_m - floor)
    mantle = np.unique(
        np.concatenate(
            [
                np.linspace(start, crust.base_m, _MANTLE_POINTS),
                np.linspace(column.layer_base_m, column.extraction_base_m, _LAYER_POINTS),
            ]
        )
    )
    mantle = mantle[(mantle >= start) & (mantle <= crust.base_m)]
    above = np.unique(np.append(np.linspace(crust.base_m, surface, _CRUST_POINTS)[1:], crust.intrusion_stop_m))
    above = above[above > crust.base_m]
    melt, pressure = column.at(mantle)
    latent = rock.density_kg_m3 * rock.latent_heat_j_kg
    magma = heating.integral(mantle) / (latent * mantle**2 * (1.0 - melt))
    weight = rock.density_contrast_kg_m3 * rock.gravity_m_s2 * (1.0 - melt)
    mobility = rock.permeability_m2 * melt**rock.permeability_exponent / rock.magma_viscosity_pa_s
    drawn = mantle >= column.extraction_base_m
    seeping = np.where(drawn, np.minimum(mobility * weight, magma), magma)
    piped, temperature = crust.at(above)
    carried = rock.density_kg_m3 * piped
    sensible = rock.heat_capacity_j_kg_k * (rock.melting_temperature_k - temperature)
    conducted = heating.integral(above) / above**2 - carried * (rock.latent_heat_j_kg + sensible)
    none = np.zeros_like(above)
    return HeatTransport(
        heating=heating,
        rock=rock,
        plumbing=plumbing,
        is_molten=True,
        crust_base_km=crust.base_m / M_PER_KM,
        intrusion_stop_km=crust.intrusion_stop_m / M_PER_KM,
        extraction_base_km=column.extraction_base_m / M_PER_KM,
        radius_km=np.concatenate([mantle, above]) / M_PER_KM,
        temperature_k=np.concatenate([np.full_like(mantle, rock.melting_temperature_k), temperature]),
        melt_fraction=np.concatenate([melt, none]),
        seeping_m_s=np.concatenate([seeping, none]),
        piped_m_s=np.concatenate([magma - seeping, piped]),
        rock_m_s=-np.concatenate([magma, piped]),
        overpressure_pa=np.concatenate([pressure, none]),
        conducted_w_m2=np.concatenate([np.zeros_like(mantle), conducted]),
        thicker_crusts_km=tuple((surface - other.base_m) / M_PER_KM for other in thicker),
    )
