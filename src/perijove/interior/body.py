"""One layered interior: its layers, and what mass, gravity and pressure follow from them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM
from perijove.errors import InputError
from perijove.interior.interiors import Interiors
from perijove.interior.layers import IO_ORBIT, Layer, Orbit

__all__ = ["Interior"]


@dataclass(frozen=True)
class Interior:
    """A spherical, layered, non-rotating body in hydrostatic equilibrium.

    Attributes
    ----------
    layers : tuple of Layer
        From the centre outwards, each reaching down to the one before.
    name, source : str
        What it is called, and who published it.
    orbit : Orbit

    Raises
    ------
    InputError
        If there is no layer, radii do not grow, or the outermost layer is liquid.
    """

    layers: tuple[Layer, ...]
    name: str = "unnamed"
    source: str = ""
    orbit: Orbit = IO_ORBIT

    def __post_init__(self) -> None:
        """Refuse shells that do not fit into each other."""
        object.__setattr__(self, "layers", tuple(self.layers))
        if not self.layers:
            raise InputError(f"interior {self.name!r}: has no layers; give at least one solid layer")
        below_km, below = 0.0, "the centre"
        for layer in self.layers:
            if layer.outer_radius_km <= below_km:
                raise InputError(
                    f"interior {self.name!r}: layer {layer.name!r} ends at {layer.outer_radius_km:g} km, not above "
                    f"{below} at {below_km:g} km; list layers from the centre outwards"
                )
            below_km, below = layer.outer_radius_km, repr(layer.name)
        if self.layers[-1].is_liquid:
            raise InputError(
                f"interior {self.name!r}: the outermost layer {self.layers[-1].name!r} is liquid; it must be solid"
            )

    @classmethod
    def of_row(cls, interiors: Interiors, index: int) -> Self:
        """One of many; raises InputError where it cannot be."""
        return cls(interiors.layers(index), name=f"number {index}", orbit=interiors.orbit_of(index))

    @cached_property
    def rows(self) -> Interiors:
        """The same as arrays, of one row: all that is asked of many is asked of this one, too."""
        return Interiors.of(self.layers, self.orbit)

    @property
    def radius_km(self) -> float:
        """Radius of the surface."""
        return self.layers[-1].outer_radius_km

    @property
    def bounds_km(self) -> np.ndarray:
        """Radii of the centre and of all outer boundaries, shape (layers + 1,)."""
        return np.array([0.0, *(layer.outer_radius_km for layer in self.layers)])

    @property
    def densities_kg_m3(self) -> np.ndarray:
        """Density by layer."""
        return np.array([layer.density_kg_m3 for layer in self.layers])

    @property
    def layer_mass_kg(self) -> np.ndarray:
        """Mass by layer."""
        mass: np.ndarray = 4.0 / 3.0 * np.pi * self.densities_kg_m3 * np.diff((self.bounds_km * M_PER_KM) ** 3)
        return mass

    @property
    def mass_kg(self) -> float:
        """Whole mass."""
        return float(self.layer_mass_kg.sum())

    @property
    def mean_density_kg_m3(self) -> float:
        """Mass over volume."""
        return float(self.rows.mean_density_kg_m3[0])

    @property
    def moment_of_inertia_factor(self) -> float:
        """C / (M R²): 0.4 for a homogeneous sphere, less where dense matter lies deep."""
        return float(self.rows.moment_of_inertia_factor[0])

    @property
    def surface_gravity_m_s2(self) -> float:
        """Gravity at the surface."""
        return GRAVITATIONAL_CONSTANT_M3_KG_S2 * self.mass_kg / (self.radius_km * M_PER_KM) ** 2

    def layer_index(self, radius_km: ArrayLike) -> np.ndarray:
        """Number of the layer that holds a radius; a boundary belongs to the layer below.

        Parameters
        ----------
        radius_km : array, shape (...)
            0 to the surface.

        Raises
        ------
        InputError
            If a radius lies outside the body or is not a number.
        """
        radius = np.asarray(radius_km, dtype=float)
        if not np.all((radius >= 0.0) & (radius <= self.radius_km)):
            raise InputError(f"radius_km: not all within 0 and the surface at {self.radius_km:g} km")
        index: np.ndarray = np.searchsorted(self.bounds_km[1:], radius, side="left")
        return index

    def enclosed_mass_kg(self, radius_km: ArrayLike) -> np.ndarray:
        """Mass below a radius, shape as given."""
        index = self.layer_index(radius_km)
        radius_m, floor_m = np.asarray(radius_km, dtype=float) * M_PER_KM, self.bounds_km[index] * M_PER_KM
        below = np.concatenate([[0.0], np.cumsum(self.layer_mass_kg)])[index]
        mass: np.ndarray = below + 4.0 / 3.0 * np.pi * self.densities_kg_m3[index] * (radius_m**3 - floor_m**3)
        return mass

    def gravity_m_s2(self, radius_km: ArrayLike) -> np.ndarray:
        """Gravity at a radius, towards the centre; shape as given."""
        radius_m = np.asarray(radius_km, dtype=float) * M_PER_KM
        mass = self.enclosed_mass_kg(radius_km)
        safe = np.where(radius_m > 0.0, radius_m, 1.0)  # mass is zero there, and so is gravity
        gravity: np.ndarray = GRAVITATIONAL_CONSTANT_M3_KG_S2 * mass / safe**2
        return gravity

    def pressure_pa(self, radius_km: ArrayLike) -> np.ndarray:
        """Hydrostatic pressure at a radius, zero at the surface; shape as given.

        Notes
        -----
        Within a layer g = 4/3 pi G rho r + G m' / r², m' being the mass below in excess of the layer's own
        density; both terms are integrated exactly.
        """
        index = self.layer_index(radius_km)
        at_roof = self._roof_pressure_pa()[index]
        rise = self._pressure_rise_pa(index, np.asarray(radius_km, dtype=float))
        pressure: np.ndarray = at_roof + rise
        return pressure

    def _roof_pressure_pa(self) -> np.ndarray:
        """Pressure at the outer boundary of each layer."""
        index = np.arange(len(self.layers))
        across = self._pressure_rise_pa(index, self.bounds_km[:-1])
        above: np.ndarray = np.cumsum(across[::-1])[::-1] - across
        return above

    def _pressure_rise_pa(self, index: np.ndarray, radius_km: np.ndarray) -> np.ndarray:
        """Pressure at a radius within the layer `index`, over that at the layer's outer boundary."""
        density, floor_m = self.densities_kg_m3[index], self.bounds_km[index] * M_PER_KM
        roof_m, radius_m = self.bounds_km[index + 1] * M_PER_KM, radius_km * M_PER_KM
        mass_below = np.concatenate([[0.0], np.cumsum(self.layer_mass_kg)])[index]
        excess_kg = np.where(index == 0, 0.0, mass_below - 4.0 / 3.0 * np.pi * density * floor_m**3)
        safe = np.where(radius_m > 0.0, radius_m, 1.0)
        rise: np.ndarray = (
            GRAVITATIONAL_CONSTANT_M3_KG_S2
            * density
            * (2.0 / 3.0 * np.pi * density * (roof_m**2 - radius_m**2) + excess_kg * (1.0 / safe - 1.0 / roof_m))
        )
        return rise
