"""Juno and JunoCam: mounting, optics, clock, response."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from perijove.bodies.fact_array import FactArray
from perijove.facts import Count, Fact

__all__ = [
    "FILTERS",
    "JUNOCAM",
    "JUNO_LIGHT_PRESSURE",
    "PIXEL_RAD",
    "SPACECRAFT_TO_CAMERA",
    "TURNED_AXES",
    "FilterFacts",
    "JunoCamFacts",
    "TurnedAxis",
]

_FK = "NAIF frame kernel juno_v12.tf"
_IK = "NAIF instrument kernel juno_junocam_v03.ti"
_MSSS = "Malin Space Science Systems, calibration report of 2010"
_NOTES = "fit through orbit 60, published with the camera team's processing notes"
_ASTM = "ASTM E490-00a over center_nm +- width_nm / 2; error: against G173"

# FK: TKFRAME_-61505 (spacecraft -> cube, a matrix) and TKFRAME_-61500 (cube -> camera, 3-2-1 angles 0.69, -0.469,
# 0.583 deg), multiplied. Rows: camera +X (columns), +Y (rows), +Z (boresight) in spacecraft axes. Spacecraft +Z is
# the spin axis and the high-gain antenna; camera +X is very nearly its opposite.
_CUBE_TO_SPACECRAFT = np.array(
    [
        [-0.0059163, 0.0023828, -0.9999797],
        [-0.0142817, -0.9998954, -0.0022981],
        [-0.9998805, 0.0142678, 0.0059497],
    ]
)
_CUBE_TO_CAMERA_DEG = (0.69, -0.469, 0.583)


def _spacecraft_to_camera() -> FactArray:
    """Product of the two fixed rotations of the frame kernel, made orthonormal (the kernel prints 7 digits)."""
    a3, a2, a1 = np.radians(_CUBE_TO_CAMERA_DEG)
    # TKFRAME angles 3-2-1 rotate camera vectors into the cube frame: [a3]_3 [a2]_2 [a1]_1 with SPICE's sign.
    r3 = np.array([[np.cos(a3), np.sin(a3), 0.0], [-np.sin(a3), np.cos(a3), 0.0], [0.0, 0.0, 1.0]])
    r2 = np.array([[np.cos(a2), 0.0, -np.sin(a2)], [0.0, 1.0, 0.0], [np.sin(a2), 0.0, np.cos(a2)]])
    r1 = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(a1), np.sin(a1)], [0.0, -np.sin(a1), np.cos(a1)]])
    camera_to_cube = r3 @ r2 @ r1
    matrix = (_CUBE_TO_SPACECRAFT @ camera_to_cube).T
    left, _, right = np.linalg.svd(matrix)
    return FactArray(left @ right, "1", f"{_FK}: TKFRAME_-61505 and TKFRAME_-61500")


SPACECRAFT_TO_CAMERA = _spacecraft_to_camera()

# 65 m2 of solar cells on about 1,900 kg make 2.6e-5 where they absorb all light and 5.2e-5 where they reflect all.
JUNO_LIGHT_PRESSURE = Fact(
    3.9e-5,
    "1",
    "pressure of sunlight as a part of the Sun's attraction, from the free path over weeks (builders/juno_passes.py)",
    sigma=0.3e-5,
)


@dataclass(frozen=True)
class FilterFacts:
    """What distinguishes one filter strip of JunoCam; the numbers of `FILTERS` are facts.

    Attributes
    ----------
    name : str
    naif_id : int
    center_nm, width_nm : float
        Effective wavelength and width.
    axis_row_px : float
        Row of the optical axis from the strip's first row.
    response : float
        DN per second per W m-2 sr-1 in the band (not per um).
    throughput : tuple of 3 float
        a, b and sigma of a - b * orbit.
    solar_irradiance_w_m2_um : float
        At 1 au.
    """

    name: str
    naif_id: int
    center_nm: float
    width_nm: float
    axis_row_px: float
    response: float
    throughput: tuple[float, float, float]
    solar_irradiance_w_m2_um: float


def _filter(
    name: str,
    naif_id: int,
    band_nm: tuple[float, float],
    *,
    axis_row_px: float,
    response: float,
    throughput: tuple[float, float, float],
    solar_irradiance_w_m2_um: float,
) -> FilterFacts:
    at_start, per_orbit, sigma = throughput
    return FilterFacts(
        name,
        naif_id,
        Fact(band_nm[0], "nm", _MSSS),
        Fact(band_nm[1], "nm", _MSSS),
        Fact(axis_row_px, "px", f"{_IK}: DISTORTION_Y"),
        Fact(response, "DN m2 sr/(s W)", _MSSS),
        (Fact(at_start, "1", _NOTES), Fact(per_orbit, "1", _NOTES), Fact(sigma, "1", _NOTES)),
        Fact(solar_irradiance_w_m2_um, "W/(m2 um)", _ASTM, sigma=0.012 * solar_irradiance_w_m2_um),
    )


FILTERS = MappingProxyType(
    {
        each.name: each
        for each in (
            _filter(
                "METHANE",
                -61504,
                (888.3, 20.7),
                axis_row_px=315.48,
                response=57761.0,
                throughput=(1.0, 0.0, 0.10),
                solar_irradiance_w_m2_um=946.1,
            ),
            _filter(
                "BLUE",
                -61501,
                (480.1, 45.5),
                axis_row_px=158.48,
                response=262186.0,
                throughput=(1.07, 0.0108, 0.05),
                solar_irradiance_w_m2_um=1972.5,
            ),
            _filter(
                "GREEN",
                -61502,
                (553.5, 79.3),
                axis_row_px=3.48,
                response=332944.0,
                throughput=(1.05, 0.00787, 0.05),
                solar_irradiance_w_m2_um=1843.8,
            ),
            _filter(
                "RED",
                -61503,
                (698.9, 175.4),
                axis_row_px=-151.52,
                response=217239.0,
                throughput=(1.01, 0.00391, 0.05),
                solar_irradiance_w_m2_um=1429.0,
            ),
        )
    }
)
"""Filters by name, in the order in which the strips lie on the detector (METHANE at the top)."""


_FLIGHT_FOCAL_LENGTH_PX = Fact(
    1484.0, "px", "limbs, stars and kernel, 1481 to 1487: DESIGN.md, The plate scale", sigma=3.0
)
_START_TIME_BIAS_S = Fact(0.06188, "s", f"{_IK}: START_TIME_BIAS, jitter of order 20 msec", sigma=0.020)
_SPIN_DEG_S = Fact(11.85, "deg/s", "middle of the 11.6 to 12.1 deg/s seen from 2016 to 2024", sigma=0.15)


@dataclass(frozen=True)
class TurnedAxis:
    """Spin axis of Juno over a stretch in which it did not point at the Earth.

    Attributes
    ----------
    start_utc, end_utc : str
        For which it is taken to hold.
    ra_deg, dec_deg : Fact
        ICRF direction of spacecraft +Z.
    """

    start_utc: str
    end_utc: str
    ra_deg: Fact
    dec_deg: Fact


_LIMBS_44 = "limbs of JunoCam pictures 44C00029 and 44C00032; 44M00040 of 40 minutes later agrees to 0.14 deg"
TURNED_AXES = (
    TurnedAxis(
        "2022-08-17T12:30:00",
        "2022-08-17T15:30:00",
        Fact(179.6, "deg", _LIMBS_44, sigma=0.3),
        Fact(-3.0, "deg", _LIMBS_44, sigma=0.3),
    ),
)
"""Passes whose pictures show it: perijove 44, 8 deg from the Earth. Of 43 and 68 they show that it was on the Earth."""


@dataclass(frozen=True)
class JunoCamFacts:
    """What all four filters share."""

    columns: int = Count(1648, "px", _IK)
    strip_rows: int = Count(128, "px", _IK)
    dark_columns: int = Count(23, "px", f"{_IK}: at the left end")
    active_columns: int = Count(1608, "px", _IK)
    first_dark_reference_column: int = Count(7, "px", "measured, perijove 68: 0 to 6 read 1.5 DN (2: 455), 7 to 22 6")
    focal_length_px: float = Fact(10.95637 / 0.0074, "px", f"{_IK}: FOCAL_LENGTH / PIXEL_SIZE, mm")
    flight_focal_length_px: Fact = _FLIGHT_FOCAL_LENGTH_PX
    axis_column_px: float = Fact(814.21, "px", f"{_IK}: DISTORTION_X")
    k1: float = Fact(-5.9624209455667325e-08, "1/px2", f"{_IK}: DISTORTION_K1")
    k2: float = Fact(2.7381910042256151e-14, "1/px4", f"{_IK}: DISTORTION_K2")
    start_time_bias_s: Fact = _START_TIME_BIAS_S
    interframe_delta_s: float = Fact(0.001, "s", f"{_IK}: INTERFRAME_DELTA")
    tdi_stage_s: float = Fact(0.0032, "s", f"{_MSSS}: one line per 3.2 ms")
    gain_e_per_dn: float = Fact(16.3, "electron/DN", _MSSS)
    read_noise_e: float = Fact(16.6, "electron", _MSSS)
    full_well_dn: float = Fact(1872.0, "DN", f"{_MSSS}, about")
    saturation_dn: float = Fact(2879.0, "DN", "JunoCam SIS: top of the SQROOT table")
    throughput_fit_last_orbit: int = Count(60, "1", _NOTES)
    spin_deg_s: Fact = _SPIN_DEG_S

    @property
    def flight_focal_length_sigma_px(self) -> float:
        """Standard error of `flight_focal_length_px`."""
        return self.flight_focal_length_px.measured[1]

    @property
    def start_time_jitter_s(self) -> float:
        """Standard error of `start_time_bias_s`."""
        return self.start_time_bias_s.measured[1]

    @property
    def spin_sigma_deg_s(self) -> float:
        """Standard error of `spin_deg_s`, from picture to picture."""
        return self.spin_deg_s.measured[1]


JUNOCAM = JunoCamFacts()

PIXEL_RAD = MappingProxyType(
    {
        "JUNOCAM": Fact(  # 675.41e-6; with the focal length in flight 0.43 % less
            1.0 / JUNOCAM.focal_length_px, "rad", f"{_IK}: PIXEL_SIZE / FOCAL_LENGTH"
        ),
        "JIRAM": Fact(237.767e-6, "rad", "NAIF instrument kernel juno_jiram_v02.ti: IFOV"),
        # Stellar Reference Unit, at the centre of a flat field. Its archive has rows of 2.7 ms at 2 turns a minute,
        # 565e-6: 0.4 % more.
        "SRU": Fact(
            2.0 * float(np.tan(np.radians(16.4 / 2.0))) / 512,
            "rad",
            "Becker et al. 2017, doi 10.1007/s11214-017-0345-9: 16.4 deg over 512 pixels",
        ),
    }
)
"""Angle of a pixel at the optical axis, radians, by camera."""
