"""Constants of nature and of the calendar, each with unit and source."""

__all__ = ["AU_KM", "GRAVITATIONAL_CONSTANT_M3_KG_S2", "J2000_JD", "SECONDS_PER_DAY", "SPEED_OF_LIGHT_KM_S"]

SPEED_OF_LIGHT_KM_S = 299792.458  # exact, SI
GRAVITATIONAL_CONSTANT_M3_KG_S2 = 6.67430e-11  # +- 0.00015e-11, CODATA 2018 and 2022
AU_KM = 149597870.7  # exact, IAU 2012 resolution B2
SECONDS_PER_DAY = 86400.0  # exact, by definition of the Julian day
J2000_JD = 2451545.0  # TDB epoch of all `_tdb` seconds
