"""The Earth: how it turns."""

from perijove.facts import Fact

__all__ = ["EARTH_ROTATION_RAD_S"]

EARTH_ROTATION_RAD_S = Fact(  # the length of day moves it by 1e-8 of itself
    7.2921151467e-5, "rad/s", "IERS Conventions 2010: mean rate", sigma=7.3e-13
)
