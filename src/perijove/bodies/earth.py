"""The Earth: how it turns."""

__all__ = ["EARTH_ROTATION_RAD_S"]

EARTH_ROTATION_RAD_S = 7.2921151467e-5  # mean rate, IERS Conventions 2010; the length of day moves it by 1e-8 of itself
