"""The Sun: size."""

from perijove.facts import Fact

__all__ = ["SUN_RADIUS_KM"]

SUN_RADIUS_KM = Fact(695700.0, "km", "IAU 2015 resolution B3, nominal", sigma=0.0)
