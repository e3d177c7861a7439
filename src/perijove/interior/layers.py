"""What an interior is made of: homogeneous shells, and the orbit that kneads them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from types import MappingProxyType

from perijove.bodies.galilean import IO_ECCENTRICITY, IO_MEAN_MOTION_DEG_DAY
from perijove.constants import SECONDS_PER_DAY
from perijove.errors import InputError
from perijove.interior.rheology import RHEOLOGIES, complex_bulk_modulus, complex_shear_modulus

__all__ = ["IO_ORBIT", "STATES", "Layer", "Orbit"]

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
        Unrelaxed (elastic) bulk modulus. None is incompressible.
    viscosity_pa_s : float or None
        None where the rheology has none (``elastic``). In a liquid it is that of an ocean that flows
        (`perijove.ocean.moving`); Love numbers have all liquids at rest.
    rheology : str
        Key of `RHEOLOGIES`; not used in a liquid.
    rheology_parameters : mapping of str to float
        Further parameters of the law by their names.
    bulk_viscosity_pa_s : float or None
        Against a change of volume; None: bulk deformation is elastic and dissipates nothing. Kervazo et al. (2021,
        doi:10.1051/0004-6361/202039433) find what it would dissipate negligible below a melt fraction of about 0.3.
    relaxed_bulk_modulus_pa : float
        What a steady load leaves of the bulk modulus; 0 where melt drains freely. See `complex_bulk_modulus`.

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
    bulk_viscosity_pa_s: float | None = None
    relaxed_bulk_modulus_pa: float = 0.0

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
        if self.bulk_viscosity_pa_s is not None:
            self._check_bulk()
        object.__setattr__(self, "rheology_parameters", MappingProxyType(dict(self.rheology_parameters)))
        if self.state == "solid":
            self._check_rheology()
        elif self.rheology_parameters:
            names = ", ".join(self.rheology_parameters)
            raise InputError(f"layer {self.name!r}: a liquid takes no {names}; leave it out, or make the layer solid")

    def _check_bulk(self) -> None:
        """Raise where nothing can yield in bulk, or not so."""
        self._require("bulk_viscosity_pa_s", "Pa s, or leave it out where bulk deformation is elastic")
        if self.is_liquid or self.bulk_modulus_pa is None:
            why = "is liquid" if self.is_liquid else "is incompressible"
            raise InputError(
                f"layer {self.name!r}: {why} and takes no bulk_viscosity_pa_s; leave it out, or give a bulk_modulus_pa"
            )
        relaxed = self.relaxed_bulk_modulus_pa
        if not _is_number(relaxed) or not 0.0 <= relaxed < self.bulk_modulus_pa:
            raise InputError(
                f"layer {self.name!r}: relaxed_bulk_modulus_pa {relaxed!r} is not from 0 to below bulk_modulus_pa, "
                f"{self.bulk_modulus_pa:g} Pa"
            )

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

    def complex_bulk_pa(self, frequency_rad_s: float) -> complex:
        """Complex bulk modulus at a frequency; infinite where incompressible."""
        if self.bulk_modulus_pa is None or self.bulk_viscosity_pa_s is None:
            return complex(self.bulk_modulus_pa or math.inf, 0.0)
        return complex(
            complex_bulk_modulus(
                self.bulk_modulus_pa, self.bulk_viscosity_pa_s, self.relaxed_bulk_modulus_pa, frequency_rad_s
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
