"""A global liquid layer as the tide meets it: how thick, how heavy, and how the solid body around it gives way.

With a tide W of degree 2 and a pressure potential P (see `ocean_kernel`) of degree n, the layer thickens by

    thickening = lift W + compliance_n P        (roof, less the floor times its share of area)

and the body answers with k W outside as if the liquid were static, plus pull P. By reciprocity pull and lift are one
number, and what the tide puts in is what friction takes out. In the letters of Matsuyama et al. (2018,
doi:10.1016/j.icarus.2018.04.013) lift / compliance_2 is upsilon_2, and 1 / (g compliance_n) is beta_n.

How far floor and roof give way, and all self-attraction, come from the layered body at any thickness. The flow is that
of the Laplace tidal equations: with the vertical in balance, r times velocity does not depend on depth in a homogeneous
liquid, so that no thickness enters but that of the layer. Not modelled: the horizontal part of rotation and vertical
acceleration, of the order of the thickness over the radius; stratification and internal waves; topography; that floor
and roof move sideways too, and are dragged along.
"""

import math
from dataclasses import dataclass

import numpy as np

from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM
from perijove.errors import InputError, PrecisionError
from perijove.interior.body import Interior
from perijove.interior.rheology import in_units
from perijove.ocean.flow_kernel import compliance_rows
from perijove.tides.love import love_numbers, radial_functions
from perijove.tides.potential import TidalPotential

__all__ = ["OceanLayer", "ocean_layer"]

_DEGREES = 32
_LARGEST_DEGREE = 1024
_ABOVE = 1.0 + 1e-12  # just above a boundary: the solid, not the liquid that ends there


@dataclass(frozen=True)
class OceanLayer:
    """A global liquid layer within its body.

    Attributes
    ----------
    name : str
    thickness_km, roof_radius_km, surface_radius_km : float
        Of the layer, of its upper boundary, of the body.
    density_kg_m3 : float
        Of the liquid.
    rotation_rad_s : float
        Spin of the moon; that of the orbit, in synchronous rotation.
    potential : TidalPotential
    static_k2 : complex
        Love number with the liquid at rest (P = 0).
    lift_s2_m : complex
        Thickening per tide W at the surface of the body, m per m²/s², with the liquid at rest.
    compliance_s2_m : array, shape (degrees + 1,), complex
        Thickening per pressure potential P, by degree; 0 for degrees 0 and 1, which no tide of degree 2 reaches.
    """

    name: str
    thickness_km: float
    roof_radius_km: float
    surface_radius_km: float
    density_kg_m3: float
    rotation_rad_s: float
    potential: TidalPotential
    static_k2: complex
    lift_s2_m: complex
    compliance_s2_m: np.ndarray

    @property
    def pull(self) -> complex:
        """Potential outside, referred to the surface, per pressure potential of degree 2."""
        attraction = 4.0 * math.pi * GRAVITATIONAL_CONSTANT_M3_KG_S2 * self.density_kg_m3 * M_PER_KM
        return attraction * self.roof_radius_km**2 / (5.0 * self.surface_radius_km) * self.lift_s2_m

    @property
    def free_frequency_squared(self) -> np.ndarray:
        """Square of the frequency of free waves without rotation, by degree, rad²/s²; 0 below degree 2.

        n (n + 1) H / (r² compliance_n): for an open ocean without self-attraction, n (n + 1) g H / r².
        """
        degree = np.arange(2.0, len(self.compliance_s2_m))
        square = np.zeros(len(self.compliance_s2_m), dtype=complex)
        square[2:] = degree * (degree + 1.0) * self.thickness_km / (M_PER_KM * self.roof_radius_km**2)
        square[2:] /= self.compliance_s2_m[2:]
        return square

    @property
    def felt_share(self) -> complex:
        """What part of the tide of degree 2 the liquid feels; 1 between rigid walls (upsilon_2 of the literature)."""
        return complex(self.lift_s2_m / self.compliance_s2_m[2])


def _find_ocean(interior: Interior, name: str | None) -> int:
    """Number of the liquid layer that is meant."""
    where = f"interior {interior.name!r}"
    liquid = [k for k, layer in enumerate(interior.layers) if layer.is_liquid]
    shells = [k for k in liquid if k > 0 and not interior.layers[k - 1].is_liquid]
    if name is not None:
        shells = [k for k in shells if interior.layers[k].name == name]
    if not shells:
        which = "no liquid layer" if name is None else f"no liquid layer {name!r}"
        raise InputError(f"{where}: {which} that rests on a solid one; an ocean needs a solid floor and a solid roof")
    if any(k > shells[-1] for k in liquid):
        raise InputError(f"{where}: there is another liquid above {interior.layers[shells[-1]].name!r}; make it one")
    return shells[-1]


def ocean_layer(interior: Interior, name: str | None = None, *, degree: int = _DEGREES) -> OceanLayer:
    """The ocean of an interior.

    Parameters
    ----------
    interior : Interior
    name : str or None
        Of the liquid layer; None takes the uppermost.
    degree : int
        Highest degree of the flow, even.

    Returns
    -------
    OceanLayer

    Raises
    ------
    InputError
        If there is no liquid layer between solid ones, another liquid above it, or a roof that would sink.
    PrecisionError
        If a layer is too soft for its series (see `love_numbers`).

    Notes
    -----
    Complex rigidities are those at the tidal frequency, so that the solid layers dissipate as they do in
    `perijove.tides.heating.tidal_heating`. Lift, compliance and pull agree with an integration of the radial
    equations to 1e-12.
    """
    if not 2 <= degree <= _LARGEST_DEGREE or degree % 2:
        raise InputError(f"degree {degree}: is not an even number from 2 to {_LARGEST_DEGREE}")
    number = _find_ocean(interior, name)
    orbit, layer = interior.orbit, interior.layers[number]
    frequency = orbit.angular_frequency_rad_s
    floor_km, roof_km = interior.layers[number - 1].outer_radius_km, layer.outer_radius_km
    edges = [floor_km, min(roof_km * _ABOVE, interior.radius_km)]
    floor, roof = radial_functions(interior, frequency, radii_km=edges).y[:, 0]
    return OceanLayer(
        name=layer.name,
        thickness_km=roof_km - floor_km,
        roof_radius_km=roof_km,
        surface_radius_km=interior.radius_km,
        density_kg_m3=layer.density_kg_m3,
        rotation_rad_s=frequency,
        potential=TidalPotential.of(interior),
        static_k2=complex(love_numbers(interior, frequency).k),
        lift_s2_m=complex(roof - (floor_km / roof_km) ** 2 * floor),
        compliance_s2_m=_compliance(interior, number, degree),
    )


def _compliance(interior: Interior, number: int, degree: int) -> np.ndarray:
    """Compliance of the liquid layer by degree, zero below 2; shape (degree + 1,)."""
    radius_m = interior.bounds_km[1:] * M_PER_KM
    density = interior.densities_kg_m3
    frequency = interior.orbit.angular_frequency_rad_s
    gravity_unit = 4.0 * math.pi * GRAVITATIONAL_CONSTANT_M3_KG_S2 * density[-1] * radius_m[-1]
    stress_unit = gravity_unit * density[-1] * radius_m[-1]
    shear = np.array([layer.complex_rigidity_pa(frequency) for layer in interior.layers])
    bulk = np.array([layer.complex_bulk_pa(frequency) for layer in interior.layers])
    compliance = np.zeros(degree + 1, dtype=complex)
    good = compliance_rows(
        (radius_m / radius_m[-1])[None],
        (density / density[-1])[None],
        (shear / stress_unit)[None],
        in_units(bulk, stress_unit)[None],
        number,
        np.arange(2.0, degree + 1.0),
        compliance[2:],
    )
    if not good or not np.isfinite(compliance).all():
        raise PrecisionError(
            f"interior {interior.name!r}: a compressible layer is too soft; make it liquid or incompressible"
        )
    if (compliance[2:].real <= 0.0).any():
        raise InputError(
            f"interior {interior.name!r}: what lies on {interior.layers[number].name!r} is heavier, and too soft to "
            "carry itself: it would sink; give it less density or more rigidity"
        )
    compliance /= gravity_unit
    compliance.setflags(write=False)
    return compliance
