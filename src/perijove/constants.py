"""Constants of nature and of the calendar, each with unit and source."""

__all__ = ["AU_KM", "J2000_JD", "SECONDS_PER_DAY", "SPEED_OF_LIGHT_KM_S"]

SPEED_OF_LIGHT_KM_S = 299792.458  # exact, SI
AU_KM = 149597870.7  # exact, IAU 2012 resolution B2
SECONDS_PER_DAY = 86400.0  # exact, by definition of the Julian day
J2000_JD = 2451545.0  # TDB epoch of all `_tdb` seconds
