"""Jupiter: size, gravity, orientation."""

from types import MappingProxyType

import numpy as np

from perijove.bodies.rotation import IauRotation

__all__ = [
    "JUPITER_GM_KM3_S2",
    "JUPITER_HARMONICS_DURANTE_2020",
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

JUPITER_GM_KM3_S2 = 126686534.0  # Durante et al. 2020, doi 10.1029/2019GL086572
JUPITER_HARMONICS_DURANTE_2020 = (14696.5735e-6, -586.6085e-6, 34.2007e-6)  # J2, J4, J6 at 71,492 km; same paper
# J2 to J10 at 71,492 km; same paper, table 2. The odd ones and those from J7 on hold winds: 3 sigma of J10 is 0.065e-6.
JUPITER_ZONALS_DURANTE_2020 = (
    14696.5735e-6,
    -0.0450e-6,
    -586.6085e-6,
    -0.0723e-6,
    34.2007e-6,
    0.120e-6,
    -2.422e-6,
    -0.113e-6,
    0.181e-6,
)
JUPITER_K22_DURANTE_2020 = (0.565, 0.006)  # Love number k22, standard error; same paper
JUPITER_K2_OVER_Q_LAINEY_2009 = (1.102e-5, 0.203e-5)  # value, standard error; doi 10.1038/nature08108, at Io's tide
JUPITER_MOMENT_OF_INERTIA_FACTOR = 0.26393  # C/MR2, +- 0.00001, Militzer & Hubbard 2023, arXiv 2308.04986
JUPITER_ORBIT_PERIOD_DAYS = 4332.589  # sidereal; mean longitude rate 3034.9057 deg/century, Simon et al. 1994
JUPITER_RADII_KM = np.array([71492.0, 71492.0, 66854.0])  # 1 bar; IAU 2009, NAIF pck00010
JUPITER_RADII_KM.setflags(write=False)
JUPITER_MEAN_RADIUS_KM = 69911.0  # of the sphere of the same volume, +- 6 km; IAU 2009
JUPITER_HAZE_HEIGHT_KM = 60.0  # of the limb in reflected light above the 1-bar level; a guess, good to a factor of 2
# Where refraction halves the light of a moon behind the limb, and of the Sun for a moon in shadow, above the 1-bar
# level: H ln(v sqrt(2 pi R / H) d / H) - H = 130 km at Io to 170 km at Callisto (Baum & Code 1953 for an isothermal
# atmosphere; scale height H 27 km, refractivity v 2.0e-4 at 1 bar, d the moon's distance). An estimate, +- 30 km.
JUPITER_REFRACTION_HEIGHT_KM = 150.0
JUPITER_POLE_RA_DEG = 268.056595  # at J2000, constant term; NAIF pck00010 (rate -0.006499 deg per century)
JUPITER_POLE_DEC_DEG = 64.495303  # at J2000, constant term; NAIF pck00010 (rate 0.002413 deg per century)
JUPITER_ROTATION = (284.95, 870.5360000)  # W0 (deg), rate (deg/day), System III; NAIF pck00010

# Slow angles of the Jupiter system: (at J2000, rate per Julian century), degrees; IAU 2009, in the order of
# NAIF pck00010. J1x2 and J2x2 are twice J1 and J2.
JUPITER_SYSTEM_ANGLES_DEG = MappingProxyType(
    {
        "J1": (73.32, 91472.9),
        "J2": (24.62, 45137.2),
        "J3": (283.90, 4850.7),
        "J4": (355.80, 1191.3),
        "J5": (119.90, 262.1),
        "J6": (229.80, 64.3),
        "J7": (352.25, 2382.6),
        "J8": (113.35, 6070.0),
        "J1x2": (146.64, 182945.8),
        "J2x2": (49.24, 90274.4),
        "Ja": (99.360714, 4850.4046),
        "Jb": (175.895369, 1191.9605),
        "Jc": (300.323162, 262.5475),
        "Jd": (114.012305, 6070.2476),
        "Je": (49.511251, 64.3000),
    }
)

# IAU 2009 (Archinal et al. 2011), as in NAIF pck00010; the meridian is System III.
JUPITER_IAU_ROTATION = IauRotation(
    pole_ra_deg=(JUPITER_POLE_RA_DEG, -0.006499),
    pole_dec_deg=(JUPITER_POLE_DEC_DEG, 0.002413),
    meridian_deg=JUPITER_ROTATION,
    terms_deg=(
        ("Ja", 0.000117, 0.000050, 0.0),
        ("Jb", 0.000938, 0.000404, 0.0),
        ("Jc", 0.001432, 0.000617, 0.0),
        ("Jd", 0.000030, -0.000013, 0.0),
        ("Je", 0.002150, 0.000926, 0.0),
    ),
)
