"""Io and the other Galilean moons: size, gravity, orientation, orbit."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from perijove.bodies.fact_array import FactArray
from perijove.bodies.jupiter import JUPITER_IAU_ROTATION, JUPITER_MEAN_RADIUS_KM, JUPITER_RADII_KM
from perijove.bodies.rotation import IauRotation
from perijove.constants import GRAVITATIONAL_CONSTANT_M3_KG_S2, M_PER_KM, SECONDS_PER_DAY
from perijove.facts import Fact

__all__ = [
    "BODIES",
    "CALLISTO_IAU_ROTATION",
    "EUROPA_IAU_ROTATION",
    "GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR",
    "GALILEAN_J2_C22",
    "GALILEAN_JUP365_2000_SIGMA_KM",
    "GALILEAN_JUP365_ACROSS_SIGMA_KM",
    "GALILEAN_JUP365_SIGMA_KM",
    "GALILEAN_MEAN_GM_KM3_S2",
    "GALILEAN_MEAN_MOTIONS_DEG_DAY",
    "GALILEAN_MEAN_RADII_KM",
    "GALILEAN_NODE_RATES_DEG_DAY",
    "GALILEAN_PERICENTER_RATES_DEG_DAY",
    "GALILEAN_RADII_KM",
    "GANYMEDE_IAU_ROTATION",
    "IO_ACCELERATIONS_BEFORE_2009_PER_YEAR",
    "IO_AHEAD_DRIFT_KM_YEAR",
    "IO_AHEAD_OF_JUP365_KM",
    "IO_ECCENTRICITY",
    "IO_GM_JUP365_KM3_S2",
    "IO_HEAT_FLOW_VEEDER_1994_W",
    "IO_IAU_ROTATION",
    "IO_K2_OVER_Q_LAINEY_2009",
    "IO_MASS_KG",
    "IO_MEAN_DENSITY_ANDERSON_2001_KG_M3",
    "IO_MEAN_DENSITY_KG_M3",
    "IO_MEAN_MOTION_DEG_DAY",
    "IO_MEAN_RADIUS_KM",
    "IO_MOMENT_OF_INERTIA_FACTOR",
    "IO_MOMENT_OF_INERTIA_SCHUBERT_2004",
    "IO_Q_PARK_2025",
    "IO_RADII_THOMAS_1998_KM",
    "IO_RE_K2_PARK_2025",
    "LAPLACE_LIBRATION_PERIOD_DAYS",
    "LAPLACE_SLOW_AMPLITUDES_DEG",
    "LAPLACE_SLOW_PERIODS_DAYS",
    "BodyFacts",
]

_IAU = "IAU 2009 (Archinal et al. 2011), NAIF pck00010"
_THOMAS = "Thomas et al. 1998"
_JUP365 = "JPL jup365"
_L12 = "theory L1.2 (Lainey et al. 2006), checked against JPL jup365"
_LAINEY = "Lainey et al. 2009, doi 10.1038/nature08108"
_ANDERSON = "Anderson et al. 2001, doi 10.1029/2000JE001367"
_PARK = "Park et al. 2025, doi 10.1038/s41586-024-08442-5: Doppler data of Juno and Galileo with astrometry"
_RESONANCE = "frequency analysis of the built-in ephemeris, 1930 to 2070 (`perijove resonance`)"

IO_RADII_THOMAS_1998_KM = FactArray([1829.4, 1819.4, 1815.7], "km", f"{_THOMAS}; IAU; NAIF pck00010")
IO_MEAN_RADIUS_KM = Fact(1821.49, "km", f"{_THOMAS}; the sphere of IAU_2015:50100", sigma=0.50)
IO_GM_JUP365_KM3_S2 = Fact(5959.9155, "km3/s2", f"{_JUP365}, header", sigma=0.0040)
IO_MASS_KG = Fact(
    IO_GM_JUP365_KM3_S2 * M_PER_KM**3 / GRAVITATIONAL_CONSTANT_M3_KG_S2,
    "kg",
    "`IO_GM_JUP365_KM3_S2` over `GRAVITATIONAL_CONSTANT_M3_KG_S2`, whose error it has",
    sigma=2.0e18,
)
IO_MEAN_DENSITY_KG_M3 = Fact(
    IO_MASS_KG / (4.0 / 3.0 * math.pi * IO_MEAN_RADIUS_KM**3 * M_PER_KM**3),
    "kg/m3",
    "`IO_MASS_KG` in a sphere of `IO_MEAN_RADIUS_KM`, whose error it has",
    sigma=2.9,
)
IO_MEAN_DENSITY_ANDERSON_2001_KG_M3 = Fact(3528.0, "kg/m3", _ANDERSON, sigma=6.0)
IO_AHEAD_OF_JUP365_KM = Fact(
    9.4,
    "km",
    "along the orbit, from how Io turned Juno's path at perijoves 53 to 60, 2023-24 (builders/juno_passes.py)",
    sigma=1.1,
)
# About 2000 it was 0 to 1 km (Galileo): 0.4 km a year in the mean.
IO_AHEAD_DRIFT_KM_YEAR = Fact(
    0.8,
    "km/yr",
    "how fast that lead may change after the passes that tell it, if it has grown with the square of time since 2000",
)
IO_MEAN_MOTION_DEG_DAY = Fact(203.48895672, "deg/day", _L12)
IO_ECCENTRICITY = Fact(0.00415, "1", "theory L1.2 and JPL jup365: forced by the resonance")  # free: 1.5e-5, 1.5e-6
IO_MOMENT_OF_INERTIA_FACTOR = Fact(0.37685, "1", f"{_ANDERSON}: C/MR2", sigma=0.00035)
# The same data and hydrostatic figure, reduced again.
IO_MOMENT_OF_INERTIA_SCHUBERT_2004 = Fact(
    0.37824, "1", "Schubert et al. 2004, in Jupiter, ed. Bagenal, second hand: C/MR2", sigma=0.00022
)
IO_RE_K2_PARK_2025 = Fact(0.125, "1", _PARK, sigma=0.047)
IO_Q_PARK_2025 = Fact(11.4, "1", _PARK, sigma=3.6)
IO_K2_OVER_Q_LAINEY_2009 = Fact(0.015, "1", _LAINEY, sigma=0.003)
IO_HEAT_FLOW_VEEDER_1994_W = Fact(1.05e14, "W", "Veeder et al. 1994; the error as restated later", sigma=0.12e14)

IO_IAU_ROTATION = IauRotation.published(
    _IAU,
    pole_ra_deg=(268.05, -0.009),
    pole_dec_deg=(64.50, 0.003),
    meridian_deg=(200.39, 203.4889538),
    terms_deg=(("J3", 0.094, 0.040, -0.085), ("J4", 0.024, 0.011, -0.022)),
)
EUROPA_IAU_ROTATION = IauRotation.published(
    _IAU,
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
GANYMEDE_IAU_ROTATION = IauRotation.published(
    _IAU,
    pole_ra_deg=(268.20, -0.009),
    pole_dec_deg=(64.57, 0.003),
    meridian_deg=(44.064, 50.3176081),
    terms_deg=(("J4", -0.037, -0.016, 0.033), ("J5", 0.431, 0.186, -0.389), ("J6", 0.091, 0.039, -0.082)),
)
CALLISTO_IAU_ROTATION = IauRotation.published(
    _IAU,
    pole_ra_deg=(268.72, -0.009),
    pole_dec_deg=(64.83, 0.003),
    meridian_deg=(259.51, 21.5710715),
    terms_deg=(("J5", -0.068, -0.029, 0.061), ("J6", 0.590, 0.254, -0.533), ("J8", 0.010, -0.004, -0.009)),
)


def _by_moon(unit: str, source: str, **values: float | tuple[float, float]) -> Mapping[str, Fact]:
    """Facts of one kind in the order of the moons' distance; a pair is a value with its standard error."""
    pairs = {name: value if isinstance(value, tuple) else (value, None) for name, value in values.items()}
    return MappingProxyType({name: Fact(value, unit, source, sigma) for name, (value, sigma) in pairs.items()})


def _figure(
    j2: float, c22: float, source: str, sigmas: tuple[float | None, float | None] = (None, None)
) -> tuple[Fact, Fact]:
    return Fact(j2, "1", source, sigmas[0]), Fact(c22, "1", source, sigmas[1])


GALILEAN_MEAN_GM_KM3_S2: Mapping[str, Fact] = MappingProxyType(
    {
        "IO": IO_GM_JUP365_KM3_S2,
        **_by_moon("km3/s2", f"{_JUP365}, rounded", EUROPA=3202.71, GANYMEDE=9887.83, CALLISTO=7179.28),
    }
)
GALILEAN_MEAN_MOTIONS_DEG_DAY: Mapping[str, Fact] = MappingProxyType(
    {
        "IO": IO_MEAN_MOTION_DEG_DAY,
        **_by_moon("deg/day", _L12, EUROPA=101.37472394, GANYMEDE=50.31760756, CALLISTO=21.57107222),
    }
)
# Proper modes and free libration; the nodes agree with the angles J3 to J6 of IAU 2009.
GALILEAN_PERICENTER_RATES_DEG_DAY = _by_moon(
    "deg/day", _RESONANCE, IO=0.1591, EUROPA=0.03885, GANYMEDE=0.007295, CALLISTO=0.0018437
)
GALILEAN_NODE_RATES_DEG_DAY = _by_moon(
    "deg/day", _RESONANCE, IO=-0.132805, EUROPA=-0.032636, GANYMEDE=-0.007176, CALLISTO=-0.001728
)
LAPLACE_LIBRATION_PERIOD_DAYS = Fact(2059.0, "day", _RESONANCE)
# Slow lines of the Laplace angle, which short spans do not tell from the libration or from a drift: Jupiter's half year
# and year, and one of unknown origin.
LAPLACE_SLOW_PERIODS_DAYS = tuple(Fact(period, "day", _RESONANCE) for period in (2166.3, 4332.6, 11850.0))
LAPLACE_SLOW_AMPLITUDES_DEG = tuple(Fact(amplitude, "deg", _RESONANCE) for amplitude in (0.0032, 0.0029, 0.0029))
GALILEAN_MEAN_RADII_KM: Mapping[str, Fact] = MappingProxyType(
    {
        "IO": IO_MEAN_RADIUS_KM,
        **_by_moon("km", "IAU 2015 (Archinal et al. 2018)", EUROPA=1560.8, GANYMEDE=2631.2, CALLISTO=2410.3),
    }
)
GALILEAN_RADII_KM: Mapping[str, FactArray] = MappingProxyType(  # semi-axes towards Jupiter, along the orbit, spin
    {
        "IO": IO_RADII_THOMAS_1998_KM,
        "EUROPA": FactArray([1562.6, 1560.3, 1559.5], "km", _IAU),
        "GANYMEDE": FactArray([2631.2, 2631.2, 2631.2], "km", _IAU),
        "CALLISTO": FactArray([2410.3, 2410.3, 2410.3], "km", _IAU),
    }
)
GALILEAN_ACCELERATIONS_LAINEY_2009_PER_YEAR = _by_moon(  # (dn/dt)/n
    "1/yr", _LAINEY, IO=(0.14e-10, 0.01e-10), EUROPA=(-0.43e-10, 0.10e-10), GANYMEDE=(-1.57e-10, 0.27e-10)
)
# Io's alone as others had it, from eclipses, mutual events and photographs: they differ by more than their errors.
IO_ACCELERATIONS_BEFORE_2009_PER_YEAR: Mapping[str, Fact] = MappingProxyType(
    {
        author: Fact(value, "1/yr", "quoted by Aksnes & Franklin 2000, BAAS 32, 61.02; theirs is preliminary", sigma)
        for author, value, sigma in (
            ("de Sitter 1928", 3.3e-10, 0.5e-10),
            ("Lieske 1987", -0.074e-10, 0.087e-10),
            ("Goldstein & Jacobs 1995", 4.54e-10, 0.95e-10),
            ("Aksnes & Franklin 2000", 2.88e-10, 0.10e-10),
        )
    }
)
# What jup365 errs by along the orbits about 2024, as far as it is known. Io's is no scatter: it is where Io was.
GALILEAN_JUP365_SIGMA_KM: Mapping[str, Fact] = MappingProxyType(
    {
        "IO": IO_AHEAD_OF_JUP365_KM,
        **_by_moon(
            "km", "how Europa turned Juno's path in a trajectory kernel of the mission (perijove 45)", EUROPA=2.5
        ),
        **_by_moon("km", "taken like Europa's", GANYMEDE=2.5, CALLISTO=2.5),
    }
)
# From there the error is taken to grow to what it is about 2024, and backwards alike.
GALILEAN_JUP365_2000_SIGMA_KM = Fact(
    1.0,
    "km",
    "along the orbits about 2000: where 32 flybys of Galileo have the moons, 0.3 to 0.9 km rms, itself good to 0.8 "
    "(builders/galileo_flybys.py)",
)
# The two passes want Io 0.05 and 0.07 km nearer to Jupiter and 0.16 and 0.04 km north; doubled for all other dates.
# Galileo's flybys have the moons within 0.1 to 0.25 km rms radially.
GALILEAN_JUP365_ACROSS_SIGMA_KM = Fact(
    0.3, "km", "radially and normal to the orbit: JIRAM's archive geometry of Io, perijoves 57 and 58, against jup365"
)
# J2 and C22 of figures in equilibrium, unnormalised, with the mean radius.
GALILEAN_J2_C22: Mapping[str, tuple[Fact, Fact]] = MappingProxyType(
    {
        "IO": _figure(1845.9e-6, 553.7e-6, _ANDERSON, (4.2e-6, 1.2e-6)),
        "EUROPA": _figure(435.5e-6, 131.5e-6, "Anderson et al. 1998, Science 281, 2019"),
        "GANYMEDE": _figure(127.53e-6, 38.26e-6, "Anderson et al. 1996, Nature 384, 541"),
        "CALLISTO": _figure(32.7e-6, 10.2e-6, "Anderson et al. 2001, Icarus 153, 157"),
    }
)


@dataclass(frozen=True)
class BodyFacts:
    """What the picture chain needs to know of a body; the numbers of `BODIES` are facts.

    Attributes
    ----------
    name : str
    naif_id : int
    radii_km : array, shape (3,)
        Semi-axes x (prime meridian), y, z (spin).
    mean_radius_km : float
    crs : str
        IAU code of its planetocentric sphere.
    rotation_deg_s : float
        Sidereal, about z.
    longitudes : str
        What longitudes are counted in, for people.
    """

    name: str
    naif_id: int
    radii_km: np.ndarray
    mean_radius_km: float
    crs: str
    rotation_deg_s: float
    longitudes: str


def _per_second(rotation: IauRotation) -> Fact:
    rate = rotation.meridian_deg[1]
    return Fact(rate / SECONDS_PER_DAY, "deg/s", rate.source)


BODIES: Mapping[str, BodyFacts] = MappingProxyType(
    {
        "IO": BodyFacts(
            "IO",
            501,
            IO_RADII_THOMAS_1998_KM,
            IO_MEAN_RADIUS_KM,
            "IAU_2015:50100",
            _per_second(IO_IAU_ROTATION),
            "IAU; 0 faces Jupiter",
        ),
        "JUPITER": BodyFacts(
            "JUPITER",
            599,
            JUPITER_RADII_KM,
            JUPITER_MEAN_RADIUS_KM,
            "IAU_2015:59900",
            _per_second(JUPITER_IAU_ROTATION),
            "System III",
        ),
    }
)
"""Targets by the name that labels use. Jupiter serves to check the camera, not to make maps of Io."""
