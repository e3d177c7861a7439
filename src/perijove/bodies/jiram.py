"""JIRAM, Juno's infrared imager: mounting, optics, bands, scale of its counts, clock."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from perijove.bodies.fact_array import FactArray
from perijove.bodies.juno import PIXEL_RAD
from perijove.facts import Count, Fact

__all__ = ["JIRAM", "JIRAM_BANDS", "JIRAM_SPACECRAFT_TO_CAMERA", "JiramBand", "JiramFacts"]

_FK = "NAIF frame kernel juno_v12.tf"
_IK = "NAIF instrument kernel juno_jiram_v02.ti"
_SIS = "JIRAM product specification V7.5 (INAF, 2022-06-30)"
_PAPERS = "Mura et al. 2017, and the instrument's page in the PDS"
_MURA = "Mura et al. 2024, section 2.1"
_BYTES = "first pixel of JIR_IMG_RDR_2017033T114006_V02, column medians of perijoves 41 to 53: whole counts"
_DARKS = "background frames of perijoves 60 to 64"

# FK: angles (deg) and axes of the unit's frame, the spectrometer's and the imager's, each hung on the one before; the
# product of all turns vectors of a band's frame into the spacecraft's.
_TURNS_DEG = ((-158.0, 3), (-90.063, 2), (-90.0, 3), (-6.2765, 2), (-0.23844, 2))
_BANDS_DEG = {"L": -0.94012, "M": +0.94012}


def _about(angle_deg: float, axis: int) -> np.ndarray:
    """SPICE's [angle] about axis 1, 2 or 3: it turns the axes, not the vectors."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    matrix, i, j = np.eye(3), axis % 3, (axis + 1) % 3
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = s, -s
    return matrix


def _spacecraft_to_camera(band_deg: float) -> FactArray:
    """Product of the frame kernel's fixed rotations, then camera axes as the package has them.

    NAIF's band frame has +X against increasing lines and +Y against increasing samples. A picture is kept with its
    samples turned round, as the sky is seen: columns then run along +Y, rows along -X.
    """
    band_to_spacecraft = np.eye(3)
    for angle_deg, axis in (*_TURNS_DEG, (band_deg, 2)):
        band_to_spacecraft = band_to_spacecraft @ _about(angle_deg, axis)
    picture = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    return FactArray(picture @ band_to_spacecraft.T, "1", f"{_FK}: TKFRAME_-61401, -61420, -61410, -61411 and -61412")


JIRAM_SPACECRAFT_TO_CAMERA = MappingProxyType({name: _spacecraft_to_camera(deg) for name, deg in _BANDS_DEG.items()})
"""Rotations by band. Rows: camera +X (columns, samples turned round), +Y (lines) and +Z (boresight)."""


@dataclass(frozen=True)
class JiramBand:
    """What distinguishes the halves of the imager.

    Attributes
    ----------
    name : str
        L or M.
    frame : str
        NAIF name of its frame.
    center_um, width_um : Fact
        The specification's edges (L 3.320 to 3.600, M 4.5375 to 5.035 um) are 3 % narrower and 4 % wider. No
        transmission curve is published: power per um is as unsure as that.
    sunlight_w_m2_sr : Fact
        Band radiance of sunlit ground over cos(incidence).
    """

    name: str
    frame: str
    center_um: Fact
    width_um: Fact
    sunlight_w_m2_sr: Fact


_SUNLIT = "radiance over cos(incidence) of frames of perijoves 41 to 53; readers differ, M from 0.010 to 0.032"
JIRAM_BANDS = MappingProxyType(
    {
        "L": JiramBand(
            "L",
            "JUNO_JIRAM_I_LBAND",
            Fact(3.455, "um", _PAPERS, sigma=0.005),
            Fact(0.290, "um", _PAPERS, sigma=0.010),
            Fact(0.025, "W/(m2 sr)", _SUNLIT, sigma=0.005),
        ),
        "M": JiramBand(
            "M",
            "JUNO_JIRAM_I_MBAND",
            Fact(4.780, "um", _PAPERS, sigma=0.010),
            Fact(0.480, "um", _PAPERS, sigma=0.018),
            Fact(0.015, "W/(m2 sr)", _SUNLIT, sigma=0.005),
        ),
    }
)
"""In the order in which they lie in a file of both: L first."""

_LATENESS_S = Fact(0.615, "s", "offsets along lines, perijoves 47 to 53, at 11.6 to 11.9 deg/s", sigma=0.010)
_LINES_OFF = Fact(-5.7, "px", "offsets along lines, perijoves 41 and 43, mirror at work", sigma=1.5)
_SAMPLES_OFF = Fact(2.7, "px", "offsets along samples, perijoves 41 to 53", sigma=1.2)
_SPIN_DEG_S = Fact(11.8, "deg/s", "one or two turns from frame to frame, perijoves 41 to 58", sigma=0.1)


@dataclass(frozen=True)
class JiramFacts:
    """What both bands share."""

    samples: int = Count(432, "px", _IK)
    band_lines: int = Count(128, "px", _IK)
    pixel_rad: float = PIXEL_RAD["JIRAM"]
    counts_per_radiance_s: float = Fact(2.0e6, "m2 sr/(W s)", _BYTES)
    nonlinear_counts: float = Fact(10_000.0, "1", f"{_MURA}: 0.005 W/m2/sr at 1 s")
    saturated_counts: float = Fact(
        14_600.0, "1", "Davies et al. 2024 Nat. Astron. 8:94, figure S3: 0.0073 W/m2/sr at 1 s"
    )
    electrons_per_count: float = Fact(
        137.0, "1", f"{_SIS}: full well of 2e6, over the counts at saturation", sigma=40.0
    )
    noise_counts: Fact = Fact(7.0, "1", "read-out and two frames; to be measured in each frame", sigma=4.0)
    column_counts: Fact = Fact(14.0, "1", f"{_DARKS}: change of the column pattern between orbits")
    no_mirror_from_orbit: int = Count(44, "1", f"{_MURA}: the despinning mirror is not used")
    lateness_s: Fact = _LATENESS_S
    pointing_lines_px: Fact = _LINES_OFF
    pointing_samples_px: Fact = _SAMPLES_OFF
    spin_deg_s: Fact = _SPIN_DEG_S
    hot_cluster_lines: tuple[int, int] = (Count(88, "px", _DARKS), Count(93, "px", _DARKS))
    hot_cluster_samples: tuple[int, int] = (Count(381, "px", _DARKS), Count(387, "px", _DARKS))

    @property
    def focal_length_px(self) -> float:
        """Focal length in pixels."""
        return 1.0 / float(self.pixel_rad)


JIRAM = JiramFacts()
