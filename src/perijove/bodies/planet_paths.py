"""How well the paths of `perijove.dynamics.planet_paths` (DE423) are known, and what belongs to them."""

from collections.abc import Mapping
from types import MappingProxyType

from perijove.facts import Fact

__all__ = ["EARTH_TO_MOON_MASS", "PATH_SIGMA_KM", "SOLAR_SYSTEM_BARYCENTER_SIGMA_KM"]

_DE423 = "DE423 (Folkner 2010, JPL IOM 343R-10-001)"

EARTH_TO_MOON_MASS = Fact(81.30056941599857, "1", _DE423)

_RMS = "rms difference of DE423 and DE421, 1930 to 2070"

# Standard errors of places from the Sun. (Against JPL's ephemeris of June to November 2022 Jupiter's barycentre is
# within 3 km and that of Earth and Moon within 0.7 km.)
PATH_SIGMA_KM: Mapping[str, Fact] = MappingProxyType(
    {
        "SUN": Fact(0.0, "km", "by definition", sigma=0.0),
        "EARTH_BARYCENTER": Fact(0.35, "km", _RMS),
        "JUPITER_BARYCENTER": Fact(45.0, "km", _RMS),
        "SATURN_BARYCENTER": Fact(5.0, "km", _RMS),
        "URANUS_BARYCENTER": Fact(270.0, "km", _RMS),
    }
)
SOLAR_SYSTEM_BARYCENTER_SIGMA_KM = Fact(  # from the Sun
    120.0, "km", "newer ephemerides, which count more asteroids and bodies beyond Neptune, have it elsewhere"
)
