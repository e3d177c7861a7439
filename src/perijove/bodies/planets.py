"""Bodies beyond the Jupiter system that pull on it."""

from types import MappingProxyType

__all__ = ["EXTERNAL_GM_KM3_S2"]

# Park et al. 2021, AJ 161, 105 (DE440), table 2; planets with their moons.
EXTERNAL_GM_KM3_S2 = MappingProxyType({"SUN": 132712440041.279419, "SATURN": 37940584.841800, "URANUS": 5794556.400000})
