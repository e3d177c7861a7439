"""Io: size, gravity, orientation, and its place beside Jupiter."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.bodies.rotation import IauRotation

__all__ = [
    "BODIES",
    "CALLISTO_IAU_ROTATION",
    "EUROPA_IAU_ROTATION",
    "GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR",
    "GALILEAN_J2_C22",
    "GALILEAN_JUP365_SIGMA_KM",
    "GALILEAN_MEAN_GM_KM3_S2",
    "GALILEAN_MEAN_MOTIONS_DEG_DAY",
    "GALILEAN_MEAN_RADII_KM",
    "GALILEAN_NODE_RATES_DEG_DAY",
    "GALILEAN_PERICENTER_RATES_DEG_DAY",
    "GALILEAN_RADII_KM",
    "GANYMEDE_IAU_ROTATION",
    "IO_AHEAD_OF_JUP365_KM",
    "IO_ECCENTRICITY",
    "IO_GM_JUP365_KM3_S2",
    "IO_HEAT_FLOW_VEEDER_1994_W",
    "IO_IAU_ROTATION",
    "IO_K2_OVER_Q_LAINEY_2009",
    "IO_MEAN_DENSITY_KG_M3",
    "IO_MEAN_MOTION_DEG_DAY",
    "IO_MEAN_RADIUS_KM",
    "IO_MEAN_RADIUS_SIGMA_KM",
    "IO_MOMENT_OF_INERTIA_ANDERSON_2001",
    "IO_MOMENT_OF_INERTIA_FACTOR",
    "IO_MOMENT_OF_INERTIA_SCHUBERT_2004",
    "IO_Q_PARK_2025",
    "IO_RADII_THOMAS_1998_KM",
    "IO_RE_K2_PARK_2025",
    "LAPLACE_LIBRATION_PERIOD_DAYS",
    "BodyFacts",
]

IO_RADII_THOMAS_1998_KM = np.array([1829.4, 1819.4, 1815.7])  # Thomas et al. 1998, IAU; pck00010
IO_RADII_THOMAS_1998_KM.setflags(write=False)
IO_MEAN_RADIUS_KM = 1821.49  # Thomas et al. 1998; the sphere of IAU_2015:50100
IO_MEAN_RADIUS_SIGMA_KM = 0.50  # the same
IO_GM_JUP365_KM3_S2 = 5959.9155  # +- 0.0040, JPL jup365 header
# By how much Io is farther along its orbit than JPL jup365 has it, km, +-: from how Io turned Juno's path at perijoves
# 53 to 60, 2023-24 (builders/juno_passes.py); radially and normal to the orbit it is where jup365 has it, to 1 km.
IO_AHEAD_OF_JUP365_KM = (9.4, 1.1)
IO_MEAN_MOTION_DEG_DAY = 203.48895672  # mean, from theory L1.2 and JPL jup365
IO_ECCENTRICITY = 0.00415  # forced by the resonance, L1.2 and jup365 (free: 1.5e-5 in L1.2, 1.5e-6 in jup365)
IO_MOMENT_OF_INERTIA_FACTOR = 0.37685  # C/MR2, +- 0.00035, Anderson et al. 2001, doi 10.1029/2000JE001367
# The same data and hydrostatic figure, reduced again (second hand): Schubert et al. 2004, in Jupiter, ed. Bagenal.
IO_MOMENT_OF_INERTIA_SCHUBERT_2004 = (0.37824, 0.00022)
IO_MOMENT_OF_INERTIA_ANDERSON_2001 = (IO_MOMENT_OF_INERTIA_FACTOR, 0.00035)
IO_MEAN_DENSITY_KG_M3 = (3528.0, 6.0)  # Anderson et al. 2001
# Juno's and Galileo's Doppler data with astrometry, 1 sigma: Park et al. 2025, doi 10.1038/s41586-024-08442-5.
IO_RE_K2_PARK_2025 = (0.125, 0.047)
IO_Q_PARK_2025 = (11.4, 3.6)

# IAU 2009 (Archinal et al. 2011), as in NAIF pck00010.
IO_IAU_ROTATION = IauRotation(
    pole_ra_deg=(268.05, -0.009),
    pole_dec_deg=(64.50, 0.003),
    meridian_deg=(200.39, 203.4889538),
    terms_deg=(("J3", 0.094, 0.040, -0.085), ("J4", 0.024, 0.011, -0.022)),
)
EUROPA_IAU_ROTATION = IauRotation(
    pole_ra_deg=(268.08, -0.009),
    pole_dec_deg=(64.51, 0.003),
    meridian_deg=(36.022, 101.3747235),
    terms_deg=(
        ("J4", 1.086, 0.468, -0.980),
        ("J5", 0.060, 0.026, -0.054),
        ("J6", 0.015, 0.007, -0.014),
        ("J7", 0.009, 0.002, -0.008),
    ),
)
GANYMEDE_IAU_ROTATION = IauRotation(
    pole_ra_deg=(268.20, -0.009),
    pole_dec_deg=(64.57, 0.003),
    meridian_deg=(44.064, 50.3176081),
    terms_deg=(("J4", -0.037, -0.016, 0.033), ("J5", 0.431, 0.186, -0.389), ("J6", 0.091, 0.039, -0.082)),
)
CALLISTO_IAU_ROTATION = IauRotation(
    pole_ra_deg=(268.72, -0.009),
    pole_dec_deg=(64.83, 0.003),
    meridian_deg=(259.51, 21.5710715),
    terms_deg=(("J5", -0.068, -0.029, 0.061), ("J6", 0.590, 0.254, -0.533), ("J8", 0.010, -0.004, -0.009)),
)


# The four moons in the order of their distance, for theories of their mean motion.
GALILEAN_MEAN_GM_KM3_S2 = MappingProxyType(  # JPL jup365; beyond Io rounded
    {"IO": IO_GM_JUP365_KM3_S2, "EUROPA": 3202.71, "GANYMEDE": 9887.83, "CALLISTO": 7179.28}
)
GALILEAN_MEAN_MOTIONS_DEG_DAY = MappingProxyType(  # theory L1.2 (Lainey et al. 2006), checked against JPL jup365
    {"IO": IO_MEAN_MOTION_DEG_DAY, "EUROPA": 101.37472394, "GANYMEDE": 50.31760756, "CALLISTO": 21.57107222}
)
# Proper modes and free libration: frequency analysis of the embedded ephemeris, 1930 to 2070 (`perijove resonance`);
# the nodes agree with the angles J3 to J6 of IAU 2009.
GALILEAN_PERICENTER_RATES_DEG_DAY = MappingProxyType(
    {"IO": 0.1591, "EUROPA": 0.03885, "GANYMEDE": 0.007295, "CALLISTO": 0.0018437}
)
GALILEAN_NODE_RATES_DEG_DAY = MappingProxyType(
    {"IO": -0.132805, "EUROPA": -0.032636, "GANYMEDE": -0.007176, "CALLISTO": -0.001728}
)
LAPLACE_LIBRATION_PERIOD_DAYS = 2059.0
GALILEAN_MEAN_RADII_KM = MappingProxyType(  # IAU 2015 (Archinal et al. 2018)
    {"IO": IO_MEAN_RADIUS_KM, "EUROPA": 1560.8, "GANYMEDE": 2631.2, "CALLISTO": 2410.3}
)
GALILEAN_RADII_KM = MappingProxyType(  # semi-axes towards Jupiter, along the orbit, spin; IAU 2009, NAIF pck00010
    {
        "IO": tuple(IO_RADII_THOMAS_1998_KM.tolist()),
        "EUROPA": (1562.6, 1560.3, 1559.5),
        "GANYMEDE": (2631.2, 2631.2, 2631.2),
        "CALLISTO": (2410.3, 2410.3, 2410.3),
    }
)

# Lainey et al. 2009, doi 10.1038/nature08108: (value, standard error).
IO_K2_OVER_Q_LAINEY_2009 = (0.015, 0.003)
GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR = MappingProxyType(  # (dn/dt)/n
    {"IO": (0.14e-10, 0.01e-10), "EUROPA": (-0.43e-10, 0.10e-10), "GANYMEDE": (-1.57e-10, 0.27e-10)}
)
# What jup365 errs by, as far as it is known, km: for Io as above; for Europa from how it turned Juno's path in a
# trajectory kernel of the mission (perijove 45); the others taken alike.
GALILEAN_JUP365_SIGMA_KM = MappingProxyType(
    {"IO": IO_AHEAD_OF_JUP365_KM[0], "EUROPA": 2.5, "GANYMEDE": 2.5, "CALLISTO": 2.5}
)
# J2 and C22 of figures in equilibrium, unnormalised, with the mean radius. Anderson et al. 2001a, doi
# 10.1029/2000JE001367 (Io); 1998, Science 281, 2019 (Europa); 1996, Nature 384, 541 (Ganymede); 2001b, Icarus 153, 157
# (Callisto).
GALILEAN_J2_C22 = MappingProxyType(
    {
        "IO": (1845.9e-6, 553.7e-6),
        "EUROPA": (435.5e-6, 131.5e-6),
        "GANYMEDE": (127.53e-6, 38.26e-6),
        "CALLISTO": (32.7e-6, 10.2e-6),
    }
)
IO_HEAT_FLOW_VEEDER_1994_W = (1.05e14, 0.12e14)  # Veeder et al. 1994; the error as restated later


@dataclass(frozen=True)
class BodyFacts:
    """What the picture chain needs to know of a body."""

    name: str
    naif_id: int
    radii_km: np.ndarray  # semi-axes x (prime meridian), y, z (spin)
    mean_radius_km: float
    crs: str  # IAU code of its planetocentric sphere
    rotation_deg_s: float  # sidereal, about z


BODIES = MappingProxyType(
    {
        "IO": BodyFacts(
            "IO",
            501,
            IO_RADII_THOMAS_1998_KM,
            IO_MEAN_RADIUS_KM,
            "IAU_2015:50100",
            203.4889538 / 86400.0,
        ),
        "JUPITER": BodyFacts("JUPITER", 599, JUPITER_RADII_KM, 69911.0, "IAU_2015:59900", 870.536 / 86400.0),
    }
)
"""Targets by the name that labels use. Jupiter serves to check the camera, not to make maps of Io."""
