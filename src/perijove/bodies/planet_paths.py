"""How well the paths of `perijove.dynamics.planet_paths` (DE423) are known, and what belongs to them."""

from collections.abc import Mapping
from types import MappingProxyType

from perijove.bodies.fact_array import FactArray
from perijove.facts import Fact

__all__ = ["EARTH_TO_MOON_MASS", "PATH_SIGMA_KM", "SOLAR_SYSTEM_BARYCENTER_SIGMA_KM"]

_DE423 = "DE423 (Folkner 2010, JPL IOM 343R-10-001)"

EARTH_TO_MOON_MASS = Fact(81.30056941599857, "1", _DE423)

_RMS = "rms difference of DE423 and DE440, 1930 to 2070 (builders/planet_paths.py)"

# Standard errors of places from the Sun: away from it, along the orbit, normal to it. What DE440 itself errs by is not
# in them. By spans of years Jupiter is 11 km rms off (1930 to 1950), 6 (2015 to 2023), 7 (to 2070), 14 km at most.
# Uranus is 500 km off about 2000 and 4,900 in 2070: it only pulls on the others, and too weakly for that to matter.
PATH_SIGMA_KM: Mapping[str, FactArray] = MappingProxyType(
    {
        "SUN": FactArray([0.0, 0.0, 0.0], "km", "by definition"),
        "EARTH_BARYCENTER": FactArray([0.1, 0.5, 0.2], "km", _RMS),
        "JUPITER_BARYCENTER": FactArray([0.9, 4.3, 6.5], "km", _RMS),
        "SATURN_BARYCENTER": FactArray([0.6, 4.3, 1.7], "km", _RMS),
        "URANUS_BARYCENTER": FactArray([620.0, 2500.0, 540.0], "km", _RMS),
    }
)
SOLAR_SYSTEM_BARYCENTER_SIGMA_KM = Fact(  # from the Sun
    120.0, "km", "DE440, which counts more asteroids and bodies beyond Neptune, has it 113 to 130 km from DE423's place"
)
