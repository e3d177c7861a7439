"""Jupiter: size, gravity, orientation."""

from types import MappingProxyType

import numpy as np

from perijove.bodies.rotation import IauRotation

__all__ = [
    "JUPITER_GM_KM3_S2",
    "JUPITER_IAU_ROTATION",
    "JUPITER_POLE_DEC_DEG",
    "JUPITER_POLE_RA_DEG",
    "JUPITER_RADII_KM",
    "JUPITER_ROTATION",
    "JUPITER_SYSTEM_ANGLES_DEG",
]

JUPITER_GM_KM3_S2 = 126686534.0  # Durante et al. 2020, doi 10.1029/2019GL086572
JUPITER_RADII_KM = np.array([71492.0, 71492.0, 66854.0])  # 1 bar; IAU 2009, NAIF pck00010
JUPITER_RADII_KM.setflags(write=False)
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
