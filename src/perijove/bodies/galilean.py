"""Io: size, gravity, orientation, and its place beside Jupiter."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from perijove.bodies.jupiter import JUPITER_RADII_KM
from perijove.bodies.rotation import IauRotation

__all__ = [
    "BODIES",
    "EUROPA_MERIDIAN_DEG",
    "IO_DISTANCE_TERMS_KM",
    "IO_GM_JUP365_KM3_S2",
    "IO_IAU_ROTATION",
    "IO_LONGITUDE_TERMS_DEG",
    "IO_MEAN_RADIUS_KM",
    "IO_ORBIT_RADIUS_KM",
    "IO_ORBIT_SPEED_KM_S",
    "IO_RADII_THOMAS_1998_KM",
    "BodyFacts",
]

IO_RADII_THOMAS_1998_KM = np.array([1829.4, 1819.4, 1815.7])  # Thomas et al. 1998, IAU; pck00010
IO_RADII_THOMAS_1998_KM.setflags(write=False)
IO_MEAN_RADIUS_KM = 1821.49  # +- 0.50, Thomas et al. 1998; the sphere of IAU_2015:50100
IO_GM_JUP365_KM3_S2 = 5959.9155  # +- 0.0040, JPL jup365 header
IO_ORBIT_RADIUS_KM = 422029.96  # mean semi-major axis, JPL jup365
IO_ORBIT_SPEED_KM_S = 17.335  # mean: IO_ORBIT_RADIUS_KM x 203.48895672 deg/day

# IAU 2009 (Archinal et al. 2011), as in NAIF pck00010.
IO_IAU_ROTATION = IauRotation(
    pole_ra_deg=(268.05, -0.009),
    pole_dec_deg=(64.50, 0.003),
    meridian_deg=(200.39, 203.4889538),
    terms_deg=(("J3", 0.094, 0.040, -0.085), ("J4", 0.024, 0.011, -0.022)),
)
EUROPA_MERIDIAN_DEG = (36.022, 101.3747235)  # W0, rate (deg/day); IAU 2009, NAIF pck00010

# Io's place in its orbit against the IAU meridian, which faces Jupiter but for slow drift and libration. With
# u = 2 (W of Io - W of Europa), which is the mean anomaly as the Laplace resonance forces it:
# longitude of Jupiter = c0 + c1 T + c2 cos u + c3 sin u, distance = r0 + r1 cos u + r2 sin u.
# Least squares on 1,241 positions of JPL jup365, 2000 to 2068 (residuals 79 km along the orbit, 17 km in
# distance).
IO_LONGITUDE_TERMS_DEG = (-0.4365, 0.1721, 0.0185, 0.4724)
IO_DISTANCE_TERMS_KM = (421769.4, -1742.8, 68.1)


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
