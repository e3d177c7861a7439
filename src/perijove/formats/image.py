"""A raw picture in memory: framelets with what the label says of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

__all__ = ["LabelGeometry", "PictureLabel", "RawImage", "SourceFile"]


@dataclass(frozen=True)
class SourceFile:
    """A file that went into a product, by name and content."""

    name: str
    sha256: str
    path: Path | None = field(default=None, compare=False)


@dataclass(frozen=True)
class LabelGeometry:
    """Geometry as the label prints it; it refers to the label's target and holds for about mid-image.

    Attributes
    ----------
    sub_spacecraft_lat_deg : float
        Planetographic latitude, degrees.
    sub_spacecraft_lon_west_deg : float
        Planetographic longitude, degrees, positive WEST, 0 to 360.
    altitude_km : float
        Height above the surface.
    solar_distance_km : float or None
        Distance of the target from the Sun.
    """

    sub_spacecraft_lat_deg: float
    sub_spacecraft_lon_west_deg: float
    altitude_km: float
    solar_distance_km: float | None = None


@dataclass(frozen=True, kw_only=True)
class PictureLabel:
    """What the label of a JunoCam picture says.

    Attributes
    ----------
    product_id : str
        Such as ``JNCE_2024362_68C00012_V01``.
    filters : tuple of str
        Filter of each framelet: BLUE, GREEN, RED or METHANE.
    frames : tuple of int
        Frame of each framelet, counted from 1.
    level : str
        ``EDR`` (raw counts) or ``RDR`` (radiance factor x 10,000).
    bit_mode : str
        ``SQROOT``, ``LIN1``, ``LIN8`` or ``LIN16``.
    summing : int
        1, or 2 for summed pixels.
    target : str
        Upper case.
    orbit : int or None
        Orbit (perijove) number.
    start_utc : str
        START_TIME, ISO, without the instrument kernel's bias.
    sclk_start : str or None
        Spacecraft clock at the start, ``seconds:ticks``.
    interframe_delay_s, exposure_s : float
        Seconds; the delay as printed, without the kernel's extra millisecond.
    tdi_stages : int
        Number of stages of time-delayed integration; 1 means none.
    geometry : LabelGeometry or None
        None where the label has no usable geometry.
    methane_axis_row_px : float or None
        Row of the optical axis where the label says that METHANE's readout window was moved.
    quirks : tuple of str
        Names of the archive faults that were met and mended.
    warnings : tuple of str
        Sentences for the user.
    label : mapping
        All keywords as read.
    sources : tuple of SourceFile
        The files it came from.
    """

    product_id: str
    filters: tuple[str, ...]
    frames: tuple[int, ...]
    level: str
    bit_mode: str
    summing: int
    target: str
    orbit: int | None
    start_utc: str
    sclk_start: str | None
    interframe_delay_s: float
    exposure_s: float
    tdi_stages: int
    geometry: LabelGeometry | None = None
    methane_axis_row_px: float | None = None
    quirks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    label: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    sources: tuple[SourceFile, ...] = ()

    @property
    def n_framelets(self) -> int:
        """Number of framelets in the file."""
        return len(self.filters)

    @property
    def n_frames(self) -> int:
        """Number of frames (readouts of all filters at one time)."""
        return max(self.frames)


@dataclass(frozen=True, repr=False, kw_only=True)
class RawImage(PictureLabel):
    """A JunoCam picture as it stands in the file, with its label.

    Attributes
    ----------
    codes : array, shape (framelets, rows, columns), uint8 or int16/uint16
        Values of the file, read-only; still companded for EDR products.
    """

    codes: np.ndarray

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.codes.setflags(write=False)

    def __repr__(self) -> str:
        """What it shows, when, and its size; not the arrays."""
        rows, columns = self.codes.shape[1:]
        size = f"{self.n_framelets} framelets of {rows} x {columns} pixels, {', '.join(dict.fromkeys(self.filters))}"
        return f"<RawImage {self.product_id}: {self.target.title()}, {self.start_utc} UTC, {self.level}, {size}>"
