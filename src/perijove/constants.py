"""Constants of nature, of units and of the calendar, each with unit and source."""

from perijove.facts import Fact

__all__ = [
    "AU_KM",
    "BOLTZMANN_J_K",
    "DAYS_PER_CENTURY",
    "DAYS_PER_YEAR",
    "GRAVITATIONAL_CONSTANT_M3_KG_S2",
    "HOURS_PER_DAY",
    "J2000_JD",
    "M_PER_KM",
    "PLANCK_J_S",
    "SECONDS_PER_DAY",
    "SECONDS_PER_HOUR",
    "SECONDS_PER_YEAR",
    "SPEED_OF_LIGHT_KM_S",
    "STEFAN_BOLTZMANN_W_M2_K4",
]

_SI = "SI Brochure, 9th edition (2019)"
_JULIAN = "Julian day, year and century, IAU (Wilkins 1989)"

SPEED_OF_LIGHT_KM_S = Fact(299792.458, "km/s", _SI, sigma=0.0)
GRAVITATIONAL_CONSTANT_M3_KG_S2 = Fact(6.67430e-11, "m3/(kg s2)", "CODATA 2018 and 2022", sigma=0.00015e-11)
PLANCK_J_S = Fact(6.62607015e-34, "J s", _SI, sigma=0.0)
BOLTZMANN_J_K = Fact(1.380649e-23, "J/K", _SI, sigma=0.0)
STEFAN_BOLTZMANN_W_M2_K4 = Fact(5.670374419e-8, "W/(m2 K4)", "CODATA 2018 and 2022; exact, cut here", sigma=0.0)
AU_KM = Fact(149597870.7, "km", "IAU 2012 resolution B2", sigma=0.0)
M_PER_KM = Fact(1000.0, "m/km", _SI, sigma=0.0)
SECONDS_PER_HOUR = Fact(3600.0, "s/h", _SI, sigma=0.0)
HOURS_PER_DAY = Fact(24.0, "h/day", _SI, sigma=0.0)
SECONDS_PER_DAY = Fact(86400.0, "s/day", _JULIAN, sigma=0.0)
DAYS_PER_YEAR = Fact(365.25, "day/yr", _JULIAN, sigma=0.0)
SECONDS_PER_YEAR = Fact(DAYS_PER_YEAR * SECONDS_PER_DAY, "s/yr", _JULIAN, sigma=0.0)
DAYS_PER_CENTURY = Fact(36525.0, "day/century", _JULIAN, sigma=0.0)
J2000_JD = Fact(2451545.0, "day", "IAU 1976: noon TDB of 2000-01-01, epoch of all `_tdb` seconds", sigma=0.0)
