"""Layered interiors of a moon: what they are made of, and what mass, gravity and pressure follow from that."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import IO_ECCENTRICITY, IO_MEAN_MOTION_DEG_DAY
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM, SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.interior.rheology import RHEOLOGIES, complex_shear_modulus

__all__ = ["IO_ORBIT", "STATES", "Interior", "Layer", "Orbit"]

STATES = ("solid", "liquid")
_LARGEST_KM = 1e5  # larger than Jupiter: the number is in metres
_ANY_FREQUENCY_RAD_S = 1e-5  # to try a rheology out


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


@dataclass(frozen=True)
class Layer:
    """A homogeneous spherical shell.

    Attributes
    ----------
    name : str
        Such as ``asthenosphere``.
    state : str
        ``solid`` or ``liquid``. A liquid follows the tide without resistance and without delay; how it would flow
        (inertia, drag, resonances) is not part of a layer.
    outer_radius_km : float
    density_kg_m3 : float
    shear_modulus_pa : float or None
        Unrelaxed (elastic) rigidity. None in a liquid, and where the rheology has none (``newtonian``).
    bulk_modulus_pa : float or None
        None is incompressible. Bulk deformation is elastic: it dissipates nothing. Kervazo et al. (2021,
        doi:10.1051/0004-6361/202039433) find that negligible below a melt fraction of about 0.3.
    viscosity_pa_s : float or None
        None in a liquid, and where the rheology has none (``elastic``).
    rheology : str
        Key of `RHEOLOGIES`; not used in a liquid.
    rheology_parameters : mapping of str to float
        Further parameters of the law by their names.

    Raises
    ------
    InputError
        If a value is missing, not finite, not positive, or out of place, or the rheology or a parameter is unknown.
    """

    name: str
    state: str
    outer_radius_km: float
    density_kg_m3: float
    shear_modulus_pa: float | None = None
    bulk_modulus_pa: float | None = None
    viscosity_pa_s: float | None = None
    rheology: str = "maxwell"
    rheology_parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        """Refuse what no layer can be."""
        if self.state not in STATES:
            raise InputError(f"layer {self.name!r}: state {self.state!r} is neither solid nor liquid")
        self._require("outer_radius_km", "km")
        self._require("density_kg_m3", "kg/m3")
        if self.outer_radius_km > _LARGEST_KM:
            raise InputError(
                f"layer {self.name!r}: outer_radius_km {self.outer_radius_km:g} is more than {_LARGEST_KM:g} km; "
                "give kilometres"
            )
        if self.bulk_modulus_pa is not None:
            self._require("bulk_modulus_pa", "Pa, or leave it out for an incompressible layer")
        object.__setattr__(self, "rheology_parameters", MappingProxyType(dict(self.rheology_parameters)))
        if self.state == "solid":
            self._check_rheology()
        elif self.rheology_parameters:
            names = ", ".join(self.rheology_parameters)
            raise InputError(f"layer {self.name!r}: a liquid takes no {names}; leave it out, or make the layer solid")

    def _check_rheology(self) -> None:
        """Raise where the law of deformation is unknown or lacks something."""
        if self.rheology not in RHEOLOGIES:
            raise InputError(f"layer {self.name!r}: rheology {self.rheology!r} is not one of {', '.join(RHEOLOGIES)}")
        if RHEOLOGIES[self.rheology].needs_rigidity:
            self._require("shear_modulus_pa", "Pa")
        if RHEOLOGIES[self.rheology].needs_viscosity:
            self._require("viscosity_pa_s", "Pa s")
        for name, value in self.rheology_parameters.items():
            if not _is_number(value):
                raise InputError(f"layer {self.name!r}: {name} {value!r} is not a number")
        try:
            self.complex_rigidity_pa(_ANY_FREQUENCY_RAD_S)
        except InputError as error:
            raise InputError(f"layer {self.name!r}: {error}") from error

    def complex_rigidity_pa(self, frequency_rad_s: float) -> complex:
        """Complex shear modulus at a frequency; 0 in a liquid."""
        if self.is_liquid:
            return 0j
        return complex(
            complex_shear_modulus(
                self.rheology, self.shear_modulus_pa, self.viscosity_pa_s, frequency_rad_s, **self.rheology_parameters
            )
        )

    def _require(self, name: str, unit: str) -> None:
        """Raise where a field is not a positive, finite number."""
        value = getattr(self, name)
        if not _is_number(value) or not 0.0 < value < math.inf:
            shown = "is missing" if value is None else f"{value!r} is not a positive, finite number"
            raise InputError(f"layer {self.name!r}: {name} {shown}; give it in {unit}")

    @property
    def is_liquid(self) -> bool:
        """Whether the layer has no rigidity at all."""
        return self.state == "liquid"


@dataclass(frozen=True)
class Orbit:
    """How the moon moves about its planet, in synchronous rotation.

    Attributes
    ----------
    angular_frequency_rad_s : float
        Mean motion, which is also the tidal frequency.
    eccentricity : float
        The tide is of first order in it. To second order the power is larger by a factor 1 + 18 e² (Wisdom 2008,
        doi:10.1016/j.icarus.2007.09.002, for a constant time lag), 3e-4 for Io.
    obliquity_deg : float
        Angle between spin axis and orbit normal.
    pericentre_argument_deg : float
        From the ascending node of the orbit on the moon's equator to the pericentre. It shifts the obliquity tide
        against the eccentricity tide in time, which changes the map of the heat but not the total.
    libration_deg : float
        Amplitude of the forced libration in longitude: the rotation angle is the mean anomaly plus this times its
        sine. For a rigid moon it is -2 e w² / (n² - w²) with the free libration frequency w, and negative: it makes
        the tide stronger. For Io, about 30 arcsec or 0.008 deg (Noyelles 2012), 2 % of 2 e.
    """

    angular_frequency_rad_s: float
    eccentricity: float
    obliquity_deg: float = 0.0
    pericentre_argument_deg: float = 0.0
    libration_deg: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no first-order tide can describe."""
        bounds = {
            "angular_frequency_rad_s": (1e-12, 1.0, "rad/s"),
            "eccentricity": (0.0, 0.3, "(the tide is of first order in it)"),
            "obliquity_deg": (-30.0, 30.0, "deg (the tide is of first order in it)"),
            "pericentre_argument_deg": (-360.0, 360.0, "deg"),
            "libration_deg": (-30.0, 30.0, "deg (the tide is of first order in it)"),
        }
        for name, (low, high, unit) in bounds.items():
            value = getattr(self, name)
            if not _is_number(value) or not low <= value <= high:
                raise InputError(f"orbit: {name} {value!r} is not between {low:g} and {high:g} {unit}")


IO_ORBIT = Orbit(math.radians(IO_MEAN_MOTION_DEG_DAY) / SECONDS_PER_DAY, IO_ECCENTRICITY)
"""Io's forced orbit; the obliquity, thousandths of a degree, is left out."""


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
        return self.mass_kg / (4.0 / 3.0 * math.pi * (self.radius_km * M_PER_KM) ** 3)

    @property
    def moment_of_inertia_factor(self) -> float:
        """C / (M R²): 0.4 for a homogeneous sphere, less where dense matter lies deep."""
        fifth = np.diff((self.bounds_km / self.radius_km) ** 5)
        return float(0.4 * (self.densities_kg_m3 * fifth).sum() / self.mean_density_kg_m3)

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
