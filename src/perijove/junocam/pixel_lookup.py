"""One pixel, or one place: which framelets show it, under which angles, and what they measured there."""

from dataclasses import dataclass

import numpy as np

from perijove.errors import InputError
from perijove.geometry.illumination import illumination_deg
from perijove.junocam.body_flags import with_body_flags
from perijove.junocam.ground_error import GroundErrors
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.timescales import tdb_to_utc

__all__ = ["PixelLook", "pixel_at", "pixels_of_place"]


@dataclass(frozen=True)
class PixelLook:
    """What a pixel looks at.

    Attributes
    ----------
    sample, line : float
        In the raw file, all framelets below each other; counted from 0 at the outer corner, so that the centre of the
        first pixel is (0.5, 0.5). ISIS counts from 1 at that centre: its numbers are larger by one half.
    framelet, frame : int
        Counted from 0, and from 1.
    filter_name, mid_time_utc : str
    lat_deg, lon_east_deg : float or None
        Planetocentric; None where the pixel looks past the body.
    incidence_deg, emission_deg, phase_deg : float or None
    range_km, resolution_km : float or None
        Distance of the ground, and size of a pixel across the line of sight there.
    position_sigma_km : float or None
        Standard error of the ground's place: rms distance from the true one, without relief.
    radiance_factor, sigma, sigma_scale : float or None
        I/F, its random standard error, and the one that all pixels of the filter share; of the pixel as it stands;
        None where it has no value.
    flags : tuple of str
        Names of its quality flags.
    """

    sample: float
    line: float
    framelet: int
    frame: int
    filter_name: str
    mid_time_utc: str
    lat_deg: float | None
    lon_east_deg: float | None
    incidence_deg: float | None
    emission_deg: float | None
    phase_deg: float | None
    range_km: float | None
    resolution_km: float | None
    position_sigma_km: float | None
    radiance_factor: float | None
    sigma: float | None
    sigma_scale: float | None
    flags: tuple[str, ...]


def pixel_at(image: CalibratedImage, location: Location, sample: float, line: float) -> PixelLook:
    """What the pixel at a place of the raw file looks at.

    Parameters
    ----------
    image : CalibratedImage
    location : Location
        Of the same picture.
    sample, line : float
        As in `PixelLook`.

    Raises
    ------
    InputError
        Where the file has no such pixel.
    """
    framelets, rows, columns = image.raw.codes.shape
    if not (0.0 <= sample < columns and 0.0 <= line < rows * framelets):
        raise InputError(
            f"sample {sample:g}, line {line:g}: the file has samples 0 to {columns} and lines 0 to {rows * framelets}"
        )
    index = int(line // rows)
    xy = np.array([sample, line - index * rows])
    return _look(with_body_flags(image, location), location, GroundErrors(location), index, xy)


def pixels_of_place(
    image: CalibratedImage, location: Location, lat_deg: float, lon_east_deg: float
) -> tuple[PixelLook, ...]:
    """All pixels that show a place, in the order of the file; none where no framelet does.

    Parameters
    ----------
    image, location
        As in `pixel_at`.
    lat_deg, lon_east_deg : float
        Planetocentric latitude, east longitude, deg.
    """
    sightings = location.shot.pixels_at(lat_deg, lon_east_deg)
    flagged, errors = with_body_flags(image, location), GroundErrors(location)
    places = zip(sightings.framelet.tolist(), sightings.xy, strict=True)
    return tuple(_look(flagged, location, errors, framelet, xy) for framelet, xy in places)


def _look(image: CalibratedImage, location: Location, errors: GroundErrors, framelet: int, xy: np.ndarray) -> PixelLook:
    shot, raw = location.shot, image.raw
    rows, columns = raw.codes.shape[1:]
    camera, pose = shot.cameras[framelet], shot.pose(framelet)
    frame = int(shot.frame_of_framelet[framelet])
    ground = shot.ground(framelet, xy)
    point = ground.point_km
    sun = np.broadcast_to(shot.view.sun, shot.view.position_km.shape)[frame]
    incidence, emission, phase = illumination_deg(point, pose.position_km, sun, radii_km=shot.radii_km)
    distance = np.linalg.norm(pose.position_km - point)
    at = (framelet, min(int(xy[1]), rows - 1), min(int(xy[0]), columns - 1))
    return PixelLook(
        sample=float(xy[0]),
        line=float(framelet * rows + xy[1]),
        framelet=framelet,
        frame=frame + 1,
        filter_name=raw.filters[framelet],
        mid_time_utc=tdb_to_utc(float(shot.view.times_tdb[frame])),
        lat_deg=_number(ground.lat_deg),
        lon_east_deg=_number(ground.lon_east_deg),
        incidence_deg=_number(incidence),
        emission_deg=_number(emission),
        phase_deg=_number(phase),
        range_km=_number(distance),
        resolution_km=_number(distance * camera.summing / camera.focal_length_px),
        position_sigma_km=_number(errors.sigma_km(framelet, xy)),
        radiance_factor=_number(image.radiance_factor[at]),
        sigma=_number(image.sigma[at]),
        sigma_scale=_number(np.abs(image.radiance_factor[at]) * image.scale_sigma[raw.filters[framelet]]),
        flags=QUALITY.names(image.quality[at]),
    )


def _number(value: np.ndarray | float | np.floating) -> float | None:
    """Number as JSON has it: None for what is not there."""
    return float(value) if np.isfinite(value) else None
