"""The Sun: size."""

__all__ = ["SUN_RADIUS_KM"]

SUN_RADIUS_KM = 695700.0  # nominal, IAU 2015 resolution B3
