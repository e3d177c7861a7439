"""Bodies beyond the Jupiter system that pull on it."""

from types import MappingProxyType

from perijove.facts import Fact

__all__ = ["EXTERNAL_GM_KM3_S2"]

_SOURCE = "Park et al. 2021, AJ 161, 105 (DE440), table 2"

EXTERNAL_GM_KM3_S2 = MappingProxyType(  # planets with their moons
    {
        "SUN": Fact(132712440041.279419, "km3/s2", _SOURCE),
        "SATURN": Fact(37940584.841800, "km3/s2", _SOURCE),
        "URANUS": Fact(5794556.400000, "km3/s2", _SOURCE),
    }
)
