"""The Earth: how it turns, and what heat it gives off."""

from perijove.facts import Fact

__all__ = ["EARTH_HEAT_FLOW_DAVIES_2010_W", "EARTH_MEAN_RADIUS_KM", "EARTH_ROTATION_RAD_S"]

EARTH_ROTATION_RAD_S = Fact(  # the length of day moves it by 1e-8 of itself
    7.2921151467e-5, "rad/s", "IERS Conventions 2010: mean rate", sigma=7.3e-13
)
EARTH_MEAN_RADIUS_KM = Fact(6371.0084, "km", "IAU 2015 (Archinal et al. 2018); IUGG mean radius", sigma=0.0001)
EARTH_HEAT_FLOW_DAVIES_2010_W = Fact(
    47e12, "W", "Davies & Davies 2010, Solid Earth 1, 5, doi 10.5194/se-1-5-2010", sigma=2e12
)
