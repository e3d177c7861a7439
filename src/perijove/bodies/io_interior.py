"""Io's core and lid, and what hot rock does: what families of interiors take where nothing is asked of them."""

from dataclasses import dataclass

from perijove.facts import Fact

__all__ = [
    "IO_CORE_DENSITY_KG_M3",
    "IO_CORE_RADIUS_KM",
    "IO_FIGURE_SECOND_ORDER",
    "IO_HEAT_IMBALANCE_W",
    "IO_LITHOSPHERE",
    "IO_MOMENT_OF_INERTIA_DOUBT",
    "IO_NON_HYDROSTATIC_J2",
    "IO_RESOLVED_VOLCANIC_POWER_W",
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

# What measurements presume, and how far that may be off: taken, not measured.
IO_NON_HYDROSTATIC_J2 = Fact(
    1e-5,
    "1",
    "what J2 - 10/3 C22 = (0 +- 6)e-6 leaves at two sigma, where J2 and C22 stray independently; an old figure, of "
    "another orbit, would keep that zero and is not in it",
)
IO_FIGURE_SECOND_ORDER = Fact(0.005, "1", "of J2 and C22: flattening of Io, what a figure of first order leaves out")
# 2/3 (1 - 2/5 sqrt((4 - k) / (1 + k))) by k = 1.293, times that share of k.
IO_MOMENT_OF_INERTIA_DOUBT = Fact(
    0.0011, "1", "`IO_NON_HYDROSTATIC_J2` and `IO_FIGURE_SECOND_ORDER` by the equation of Radau and Darwin"
)
IO_HEAT_IMBALANCE_W = Fact(
    0.3e14,
    "W",
    "what Io may lose more or less than it gains today: k2/Q (Lainey et al. 2009) and heat flow (Veeder et al. 1994) "
    "agree to 12 +- 23 TW, cycles of its eccentricity (Ojakangas & Stevenson 1986) allow more",
)
IO_RESOLVED_VOLCANIC_POWER_W = Fact(
    5.77e13,
    "W",
    "343 sources, Davies et al. 2024, doi 10.3847/PSJ/ad4346; the error: each changes by a factor of two, and by their "
    "powers 343 weigh like 25",
    sigma=0.08e14,
)
