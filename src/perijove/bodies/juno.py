"""Juno and JunoCam: mounting, optics, clock, response.

Numbers come from NAIF's frame kernel juno_v12.tf ("FK"), instrument kernel juno_junocam_v03.ti ("IK"), the 2010
calibration report of Malin Space Science Systems ("MSSS 2010") and the throughput fit through orbit 60 published
with the camera team's processing notes.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

__all__ = [
    "FILTERS",
    "JUNOCAM",
    "JUNO_LIGHT_PRESSURE",
    "PIXEL_RAD",
    "SPACECRAFT_TO_CAMERA",
    "FilterFacts",
    "JunoCamFacts",
]

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


def _spacecraft_to_camera() -> np.ndarray:
    """Product of the two fixed rotations of the frame kernel, made orthonormal (the kernel prints 7 digits)."""
    a3, a2, a1 = np.radians(_CUBE_TO_CAMERA_DEG)
    # TKFRAME angles 3-2-1 rotate camera vectors into the cube frame: [a3]_3 [a2]_2 [a1]_1 with SPICE's sign.
    r3 = np.array([[np.cos(a3), np.sin(a3), 0.0], [-np.sin(a3), np.cos(a3), 0.0], [0.0, 0.0, 1.0]])
    r2 = np.array([[np.cos(a2), 0.0, -np.sin(a2)], [0.0, 1.0, 0.0], [np.sin(a2), 0.0, np.cos(a2)]])
    r1 = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(a1), np.sin(a1)], [0.0, -np.sin(a1), np.cos(a1)]])
    camera_to_cube = r3 @ r2 @ r1
    matrix = (_CUBE_TO_SPACECRAFT @ camera_to_cube).T
    left, _, right = np.linalg.svd(matrix)
    rotation: np.ndarray = left @ right
    rotation.setflags(write=False)
    return rotation


SPACECRAFT_TO_CAMERA = _spacecraft_to_camera()

# Pressure of sunlight as a part of the Sun's attraction, +-: from the free path over weeks (builders/juno_passes.py).
# 65 m2 of solar cells on about 1,900 kg make 2.6e-5 where they absorb all light and 5.2e-5 where they reflect all.
JUNO_LIGHT_PRESSURE = (3.9e-5, 0.3e-5)


@dataclass(frozen=True)
class FilterFacts:
    """What distinguishes one filter strip of JunoCam."""

    name: str
    naif_id: int
    center_nm: float  # effective wavelength, MSSS 2010
    width_nm: float  # effective width, MSSS 2010
    axis_row_px: float  # IK DISTORTION_Y: row of the optical axis from the strip's first row
    response: float  # DN per second per W m-2 sr-1 in the band (not per um), MSSS 2010
    throughput: tuple[float, float, float]  # a, b, sigma: a - b * orbit, fit through orbit 60
    solar_irradiance_w_m2_um: float  # at 1 au, ASTM E490-00a over center +- width/2; +- 1.2 % (G173)


FILTERS = MappingProxyType(
    {
        "METHANE": FilterFacts("METHANE", -61504, 888.3, 20.7, 315.48, 57761.0, (1.0, 0.0, 0.10), 946.1),
        "BLUE": FilterFacts("BLUE", -61501, 480.1, 45.5, 158.48, 262186.0, (1.07, 0.0108, 0.05), 1972.5),
        "GREEN": FilterFacts("GREEN", -61502, 553.5, 79.3, 3.48, 332944.0, (1.05, 0.00787, 0.05), 1843.8),
        "RED": FilterFacts("RED", -61503, 698.9, 175.4, -151.52, 217239.0, (1.01, 0.00391, 0.05), 1429.0),
    }
)
"""Filters by name, in the order in which the strips lie on the detector (METHANE at the top)."""


@dataclass(frozen=True)
class JunoCamFacts:
    """What all four filters share."""

    columns: int = 1648  # IK
    strip_rows: int = 128  # IK
    dark_columns: int = 23  # at the left end; IK
    active_columns: int = 1608  # IK
    first_dark_reference_column: int = 7  # measured, perijove 68: 0 to 6 read 1.5 DN (2: 455), 7 to 22 6
    focal_length_px: float = 10.95637 / 0.0074  # IK: FOCAL_LENGTH / PIXEL_SIZE, mm
    flight_focal_length_px: float = 1487.0  # limb of Io (perijove 68) and of Jupiter (43, 44): docs, "The plate scale"
    flight_focal_length_sigma_px: float = 2.0
    axis_column_px: float = 814.21  # IK DISTORTION_X
    k1: float = -5.9624209455667325e-08  # IK DISTORTION_K1, px^-2
    k2: float = 2.7381910042256151e-14  # IK DISTORTION_K2, px^-4
    start_time_bias_s: float = 0.06188  # IK START_TIME_BIAS
    start_time_jitter_s: float = 0.020  # IK: "jitter of order 20 msec"
    interframe_delta_s: float = 0.001  # IK INTERFRAME_DELTA
    tdi_stage_s: float = 0.0032  # MSSS 2010: one line per 3.2 ms
    gain_e_per_dn: float = 16.3  # MSSS 2010
    read_noise_e: float = 16.6  # MSSS 2010
    full_well_dn: float = 1872.0  # MSSS 2010, about
    saturation_dn: float = 2879.0  # top of the SQROOT table, JunoCam SIS
    throughput_fit_last_orbit: int = 60
    spin_deg_s: float = 11.85  # middle of the 11.6 to 12.1 deg/s seen from 2016 to 2024
    spin_sigma_deg_s: float = 0.15


JUNOCAM = JunoCamFacts()

PIXEL_RAD = MappingProxyType(
    {
        "JUNOCAM": 1.0 / JUNOCAM.focal_length_px,  # 675.41e-6; with the focal length in flight 0.43 % less
        "JIRAM": 237.767e-6,  # NAIF juno_jiram_v02.ti, IFOV
        # Stellar Reference Unit: 16.4 deg over 512 pixels (Becker et al. 2017, doi 10.1007/s11214-017-0345-9), at the
        # centre of a flat field. Its archive has rows of 2.7 ms at 2 turns a minute, 565e-6: 0.4 % more.
        "SRU": 2.0 * float(np.tan(np.radians(16.4 / 2.0))) / 512,
    }
)
"""Angle of a pixel at the optical axis, radians, by camera."""
