"""Jupiter: size, gravity, orientation."""

from types import MappingProxyType

from perijove.bodies.fact_array import FactArray
from perijove.bodies.rotation import IauRotation
from perijove.facts import Fact

__all__ = [
    "JUPITER_GM_KM3_S2",
    "JUPITER_HAZE_HEIGHT_KM",
    "JUPITER_IAU_ROTATION",
    "JUPITER_K2_OVER_Q_LAINEY_2009",
    "JUPITER_K22_DURANTE_2020",
    "JUPITER_MEAN_RADIUS_KM",
    "JUPITER_MOMENT_OF_INERTIA_FACTOR",
    "JUPITER_ORBIT_PERIOD_DAYS",
    "JUPITER_POLE_DEC_DEG",
    "JUPITER_POLE_RA_DEG",
    "JUPITER_RADII_KM",
    "JUPITER_REFRACTION_HEIGHT_KM",
    "JUPITER_ROTATION",
    "JUPITER_SYSTEM_ANGLES_DEG",
    "JUPITER_ZONALS_DURANTE_2020",
]

_DURANTE = "Durante et al. 2020, doi 10.1029/2019GL086572"
_IAU = "IAU 2009 (Archinal et al. 2011), NAIF pck00010"


def _zonal(value: float, sigma: float | None = None) -> Fact:
    return Fact(value, "1", f"{_DURANTE}, table 2, at 71,492 km", sigma)


JUPITER_GM_KM3_S2 = Fact(126686534.0, "km3/s2", _DURANTE)
# J2 to J10. The odd ones and those from J7 on hold winds.
JUPITER_ZONALS_DURANTE_2020 = (
    _zonal(14696.5735e-6),
    _zonal(-0.0450e-6),
    _zonal(-586.6085e-6),
    _zonal(-0.0723e-6),
    _zonal(34.2007e-6),
    _zonal(0.120e-6),
    _zonal(-2.422e-6),
    _zonal(-0.113e-6),
    _zonal(0.181e-6, sigma=0.065e-6 / 3.0),
)
JUPITER_K22_DURANTE_2020 = Fact(0.565, "1", f"{_DURANTE}: Love number k22", sigma=0.006)
JUPITER_K2_OVER_Q_LAINEY_2009 = Fact(
    1.102e-5, "1", "Lainey et al. 2009, doi 10.1038/nature08108, at Io's tide", sigma=0.203e-5
)
JUPITER_MOMENT_OF_INERTIA_FACTOR = Fact(0.26393, "1", "Militzer & Hubbard 2023, arXiv 2308.04986: C/MR2", sigma=0.00001)
JUPITER_ORBIT_PERIOD_DAYS = Fact(  # sidereal; mean longitude rate 3034.9057 deg/century
    4332.589, "day", "Simon et al. 1994"
)
JUPITER_RADII_KM = FactArray([71492.0, 71492.0, 66854.0], "km", f"{_IAU}: of the 1-bar level")
JUPITER_MEAN_RADIUS_KM = Fact(69911.0, "km", "IAU 2009: of the sphere of the same volume", sigma=6.0)
JUPITER_HAZE_HEIGHT_KM = Fact(  # of the limb in reflected light above the 1-bar level
    60.0, "km", "a guess of this project, good to a factor of 2"
)
# Where refraction halves the light of a moon behind the limb, and of the Sun for a moon in shadow, above the 1-bar
# level: H ln(v sqrt(2 pi R / H) d / H) - H = 130 km at Io to 170 km at Callisto (Baum & Code 1953 for an isothermal
# atmosphere; scale height H 27 km, refractivity v 2.0e-4 at 1 bar, d the moon's distance).
JUPITER_REFRACTION_HEIGHT_KM = Fact(150.0, "km", "an estimate after Baum & Code 1953", sigma=30.0)


def _angle(at_j2000_deg: float, rate_deg_century: float) -> tuple[Fact, Fact]:
    return Fact(at_j2000_deg, "deg", _IAU), Fact(rate_deg_century, "deg/century", _IAU)


# Slow angles of the Jupiter system: at J2000 and rate, in the order of NAIF pck00010. J1x2, J2x2 are twice J1, J2.
JUPITER_SYSTEM_ANGLES_DEG = MappingProxyType(
    {
        "J1": _angle(73.32, 91472.9),
        "J2": _angle(24.62, 45137.2),
        "J3": _angle(283.90, 4850.7),
        "J4": _angle(355.80, 1191.3),
        "J5": _angle(119.90, 262.1),
        "J6": _angle(229.80, 64.3),
        "J7": _angle(352.25, 2382.6),
        "J8": _angle(113.35, 6070.0),
        "J1x2": _angle(146.64, 182945.8),
        "J2x2": _angle(49.24, 90274.4),
        "Ja": _angle(99.360714, 4850.4046),
        "Jb": _angle(175.895369, 1191.9605),
        "Jc": _angle(300.323162, 262.5475),
        "Jd": _angle(114.012305, 6070.2476),
        "Je": _angle(49.511251, 64.3000),
    }
)

# The meridian is System III.
JUPITER_IAU_ROTATION = IauRotation.published(
    _IAU,
    pole_ra_deg=(268.056595, -0.006499),
    pole_dec_deg=(64.495303, 0.002413),
    meridian_deg=(284.95, 870.5360000),
    terms_deg=(
        ("Ja", 0.000117, 0.000050, 0.0),
        ("Jb", 0.000938, 0.000404, 0.0),
        ("Jc", 0.001432, 0.000617, 0.0),
        ("Jd", 0.000030, -0.000013, 0.0),
        ("Je", 0.002150, 0.000926, 0.0),
    ),
)
JUPITER_POLE_RA_DEG = JUPITER_IAU_ROTATION.pole_ra_deg[0]  # at J2000, constant term
JUPITER_POLE_DEC_DEG = JUPITER_IAU_ROTATION.pole_dec_deg[0]
JUPITER_ROTATION = JUPITER_IAU_ROTATION.meridian_deg
