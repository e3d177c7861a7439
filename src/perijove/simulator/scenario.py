"""What to simulate: one picture's geometry, clock, optics, light and detector, as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.bodies.juno import FILTERS, JUNOCAM
from perijove.errors import InputError

__all__ = ["DetectorModel", "Scenario", "SurfaceModel"]

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class SurfaceModel:
    """How the surface scatters sunlight and Jupiter's light.

    Radiance factor = albedo x 10^(-0.4 b alpha) x [w 2 cos i / (cos i + cos e) + (1 - w) cos i] + albedo x
    Jupiter-shine, with alpha the phase angle.

    Attributes
    ----------
    lommel_seeliger : float
        Weight w of the Lommel-Seeliger term; the rest is Lambert's.
    phase_mag_deg : float
        b, magnitudes per degree. 0.010 brings the simulated Io of perijove 68 (phase 90 deg) within 15 % of the
        real picture's median brightness in each colour.
    jupiter_albedo : mapping
        Effective geometric albedo of Jupiter by filter, as a Lambert sphere: lowered from the full disc's 0.5
        (Karkoschka 1998, Icarus 133:134) until the simulated night side came within 25 % of that in the raw picture
        of perijove 68. Zero for none.
    uniform : float or None
        If given, the whole disc has this radiance factor, lit or not: for tests of geometry.
    """

    lommel_seeliger: float = 0.6
    phase_mag_deg: float = 0.010
    jupiter_albedo: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"METHANE": 0.06, "BLUE": 0.43, "GREEN": 0.42, "RED": 0.36})
    )
    uniform: float | None = None


@dataclass(frozen=True)
class DetectorModel:
    """How light becomes counts. Numbers without another source were measured on the raw picture of perijove 68.

    Attributes
    ----------
    gain_e_per_dn, read_noise_e : float
        Calibration report of 2010.
    extra_noise_dn : float
        What the sky of the late mission shows beyond photon and read noise.
    background_dn : mapping
        Mean background in the imaging columns by filter.
    hits_per_framelet : mapping
        Pixels per framelet that particles lift by more than `hit_threshold_dn`, by filter.
    hit_threshold_dn, hit_slope : float
        Charge of the hits: the number above E falls as E^-slope.
    marker_column, marker_dn, marker_sigma_dn
        A column left of the imaging area that stands bright in every framelet.
    full_well_dn : float
        Where the pixel saturates.
    noise : bool
        False for expected counts without noise, hits and marker column (they are still companded).
    """

    gain_e_per_dn: float = JUNOCAM.gain_e_per_dn
    read_noise_e: float = JUNOCAM.read_noise_e
    extra_noise_dn: float = 0.72
    background_dn: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"METHANE": 8.0, "BLUE": 7.4, "GREEN": 8.5, "RED": 9.6})
    )
    hits_per_framelet: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"METHANE": 50.0, "BLUE": 33.0, "GREEN": 58.0, "RED": 95.0})
    )
    hit_threshold_dn: float = 40.0
    hit_slope: float = 1.4
    marker_column: int = 2
    marker_dn: float = 455.0
    marker_sigma_dn: float = 25.0
    full_well_dn: float = JUNOCAM.full_well_dn
    noise: bool = True


@dataclass(frozen=True)
class Scenario:
    """One simulated picture.

    Attributes
    ----------
    product_id : str
        Such as ``JNCE_2023364_57C90001_V01``; simulated pictures are numbered from 90000.
    start_utc : str
        START_TIME as the label prints it (to the millisecond).
    epoch_utc : str
        When the state holds.
    position_km, velocity_km_s : tuple of 3
        Juno relative to the body's centre at the epoch, ICRF, geometric.
    motion : str
        ``straight``, ``two_body`` (the body's pull) or ``tidal`` (with Jupiter's tide).
    frames : int
    filters : tuple of str
        (BLUE, GREEN, RED), or (METHANE,).
    interframe_delay_s : float
        As the label prints it; the true step is 1 ms longer.
    extra_delay_ms : float
        By which the true step is longer still, as the limb fit has it for unknown.
    tdi_stages : int
        Stages of time-delayed integration; the exposure is 3.2 ms each.
    orbit : int
        Perijove number; decides the throughput.
    radii_km : tuple of 3
        Figure of the body.
    start_offset_s : float
        True start minus the label's clock (with the kernel's bias of 61.88 ms already added to the label's).
    spin_deg_s : float
    spin_phase_deg : float or None
        At the middle of the picture. None: chosen so that the body crosses at `crossing`.
    crossing : float
        When the body's centre crosses the middle of the strips, as a fraction of the picture.
    spin_axis : tuple of 3 or None
        ICRF direction of spacecraft +Z; None: the Earth, tilted by `axis_tilt_deg`.
    axis_tilt_deg : tuple of 2
        Rotations of the spacecraft about the two directions normal to the axis.
    sun_direction : tuple of 3 or None
        ICRF, from the body; None: the Sun's at the time.
    focal_length_px, psf_sigma_px : float
        Lens of this picture, full-resolution pixels; the point-spread function is a Gaussian, besides the pixel's
        aperture and the smear of the exposure. The limb of perijove 68's raw picture allows 0.3 at most: with it the
        limb fit finds a blur of 0.57 px in a simulated picture, with 0.85 of 1.0 px, and in the real one of 0.55 px.
    stellar_aberration : bool
        Whether directions are aberrated by Juno's velocity about the barycentre, as they are in nature.
    surface, detector
    """

    product_id: str
    start_utc: str
    epoch_utc: str
    position_km: Vector
    velocity_km_s: Vector
    motion: str = "tidal"
    frames: int = 28
    filters: tuple[str, ...] = ("BLUE", "GREEN", "RED")
    interframe_delay_s: float = 0.371
    extra_delay_ms: float = 0.0
    tdi_stages: int = 2
    orbit: int = 57
    radii_km: Vector = tuple(IO_RADII_THOMAS_1998_KM.tolist())
    start_offset_s: float = 0.0
    spin_deg_s: float = JUNOCAM.spin_deg_s
    spin_phase_deg: float | None = None
    crossing: float = 0.5
    spin_axis: Vector | None = None
    axis_tilt_deg: tuple[float, float] = (0.0, 0.0)
    sun_direction: Vector | None = None
    focal_length_px: float = JUNOCAM.flight_focal_length_px
    psf_sigma_px: float = 0.3
    stellar_aberration: bool = True
    surface: SurfaceModel = field(default_factory=SurfaceModel)
    detector: DetectorModel = field(default_factory=DetectorModel)

    def __post_init__(self) -> None:
        """Refuse what no picture can be."""
        if self.filters not in {("BLUE", "GREEN", "RED"), ("METHANE",)}:
            raise InputError(f"filters {self.filters}: simulated pictures have BLUE, GREEN, RED, or METHANE alone")
        if not set(self.filters) <= set(FILTERS) or self.frames < 1 or self.tdi_stages < 1:
            raise InputError(f"{self.frames} frames of {self.tdi_stages} stages: at least one of each is needed")
        if self.motion not in {"straight", "two_body", "tidal"}:
            raise InputError(f"motion {self.motion!r} is unknown; allowed: straight, two_body, tidal")
        if not np.linalg.norm(self.position_km) > max(self.radii_km):
            raise InputError(f"Juno stands at {self.position_km} km from the body's centre: inside the body")

    @property
    def exposure_s(self) -> float:
        """Exposure of all stages together."""
        return self.tdi_stages * JUNOCAM.tdi_stage_s

    @property
    def frame_step_s(self) -> float:
        """Time between frames."""
        return self.interframe_delay_s + JUNOCAM.interframe_delta_s + 1e-3 * self.extra_delay_ms
