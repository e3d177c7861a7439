"""Io's core and lid, and what hot rock does: what families of interiors take where nothing is asked of them."""

from dataclasses import dataclass

from perijove.facts import Fact

__all__ = [
    "IO_CORE_DENSITY_KG_M3",
    "IO_CORE_RADIUS_KM",
    "IO_LITHOSPHERE",
    "Lithosphere",
]

_STEINKE = "Steinke et al. 2020, doi 10.1016/j.icarus.2019.05.001"


@dataclass(frozen=True)
class Lithosphere:
    """Cold rock under the surface; the numbers of `IO_LITHOSPHERE` are facts."""

    thickness_km: float
    shear_modulus_pa: float
    viscosity_pa_s: float


IO_CORE_DENSITY_KG_M3 = Fact(5150.0, "kg/m3", "Anderson et al. 1996, doi 10.1126/science.272.5262.709: eutectic Fe-FeS")
IO_CORE_RADIUS_KM = Fact(965.0, "km", f"{_STEINKE}; Anderson et al. 1996: 0.36 to 0.52 of Io's radius")
IO_LITHOSPHERE = Lithosphere(Fact(30.0, "km", _STEINKE), Fact(6.5e10, "Pa", _STEINKE), Fact(1e23, "Pa s", _STEINKE))
