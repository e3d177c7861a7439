"""What a simulated frame sees: volcanoes, ground, a pose, and the state of the instrument."""

from dataclasses import dataclass, field

import numpy as np

__all__ = ["Instrument", "Pose", "Volcano"]


@dataclass(frozen=True)
class Volcano:
    """A disc that glows.

    Attributes
    ----------
    name : str
    lat_deg, lon_east_deg : float
    diameter_km : float
    parts : tuple of (float, float)
        Temperature, K, and area, km2, of what it holds; spread evenly over the disc.
    """

    name: str
    lat_deg: float
    lon_east_deg: float
    diameter_km: float
    parts: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Pose:
    """Where the camera was in truth.

    Attributes
    ----------
    start_tdb : float
    position_km : array, shape (3,)
        From Io's centre, body-fixed.
    body_to_spacecraft : array, shape (3, 3)
        Apparent directions: aberration at the centre is in it.
    sun, jupiter : array, shape (3,)
        Unit vectors, body-fixed.
    spin_deg_s : float
        Of the view during the exposure; 0 with the mirror at work.
    """

    start_tdb: float
    position_km: np.ndarray
    body_to_spacecraft: np.ndarray
    sun: np.ndarray
    jupiter: np.ndarray
    spin_deg_s: float


@dataclass(frozen=True)
class Instrument:
    """How the instrument behaved in a frame.

    Attributes
    ----------
    exposure_s : float
    core_px, wing_px, wing_share : float
        Standard deviations of the point's core and wings, and the wings' part.
    noise_counts : float
        Read-out noise.
    odd_even_counts, column_counts : float
        Difference of odd and even columns; scatter of the rest of the pattern, the same in both bands.
    track : float
        Part of a column's light that all its pixels get.
    hits, hot : int
        Particle hits and hot pixels in a band's half.
    sunlight : dict
        Band radiance of ground under the Sun, W/m2/sr.
    glow_w_m2_sr : float
        Of ground under Jupiter, M band; L has a tenth.
    """

    exposure_s: float
    core_px: float = 0.55
    wing_px: float = 1.9
    wing_share: float = 0.08
    noise_counts: float = 6.0
    odd_even_counts: float = 4.0
    column_counts: float = 3.0
    track: float = 4e-4
    hits: int = 35
    hot: int = 40
    sunlight: dict[str, float] = field(default_factory=lambda: {"L": 0.025, "M": 0.014})
    glow_w_m2_sr: float = 1e-3
