"""The whole way of a picture: calibrate, locate, map, register."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.sun import sun_position_km
from perijove.errors import InputError
from perijove.formats.base_map import BaseMap
from perijove.formats.image import RawImage
from perijove.geometry.grids import grid_around, perspective_grid
from perijove.geometry.projections import PROJECTIONS, MapGrid
from perijove.junocam.control.ground_control import GroundControl, base_map_control
from perijove.junocam.control.registration import Shift, base_map_shift, clear_ground, color_shifts
from perijove.junocam.locate import Location, locate
from perijove.junocam.orientation import kernel_orientation, label_orientation
from perijove.junocam.radiometry.calibration import CalibratedImage, calibrate
from perijove.junocam.radiometry.quality import QUALITY
from perijove.physics.photometry import PHOTOMETRIC_LAWS, normal_reflectance
from perijove.scene.backplanes import seen_bounds_deg
from perijove.scene.mapping import FrameletPixels, MapOptions, MapResult, project_to_map

__all__ = [
    "PROJECTION_CHOICES",
    "Options",
    "Processed",
    "bands_of",
    "calibrated_and_located",
    "map_picture",
    "mapped_and_registered",
    "process",
]

PROJECTION_CHOICES = ("auto", *PROJECTIONS)

_BAND_ORDER = ("RED", "GREEN", "BLUE", "METHANE")
_POLAR_LAT_DEG = 60.0
_OVERSAMPLING = 1.5  # map pixels per picture pixel, below the spacecraft
_MAX_MAP_PIXELS = 30_000_000  # about 70 bytes each
_CHOSEN_MAP_PIXELS = 9_000_000  # a map of our own choice is not larger
_REGISTRATION_PX = 1300.0  # widest disc that colours are compared on at full scale
_WIDEST_PX = 2400.0  # widest view from Juno's place
_SHOWN_PX = 700.0  # a smaller disc is shown enlarged
_NIGHT_INCIDENCE_DEG = 97.0  # the Sun's disc is 0.1 deg wide; the rest keeps the terminator's blur out


@dataclass(frozen=True)
class Options:
    """What the user may choose.

    Attributes
    ----------
    projection : str
        One of `PROJECTION_CHOICES`; ``auto`` is polar where Juno was beyond 60 degrees of latitude, else
        equirectangular.
    resolution_km : float or None
        Size of a map pixel; None takes two thirds of a picture pixel at the nearest ground, rounded, or more where
        the map would have more than 9 million pixels.
    photometry : str
        Name of the photometric law that the map is corrected by, or ``none``.
    apply_shift : bool
        Take over the poses that the base map settles.
    """

    projection: str = "auto"
    resolution_km: float | None = None
    photometry: str = "none"
    apply_shift: bool = False

    def __post_init__(self) -> None:
        """Reject what is not on offer."""
        if self.projection not in PROJECTION_CHOICES:
            raise InputError(f"projection {self.projection!r} is not one of {', '.join(PROJECTION_CHOICES)}")
        if self.resolution_km is not None and not 0.0 < self.resolution_km < 2000.0:
            raise InputError(
                f"a resolution of {self.resolution_km} km is not between 0 and 2000 km; give another --resolution"
            )
        if self.photometry not in PHOTOMETRIC_LAWS:
            raise InputError(f"photometric law {self.photometry!r} is not one of {', '.join(PHOTOMETRIC_LAWS)}")


@dataclass(frozen=True)
class Processed:
    """A picture with all that was made of it.

    Attributes
    ----------
    image : CalibratedImage
    location : Location
    bands : tuple of str
        Filters of the maps, in the order RED, GREEN, BLUE, or METHANE alone.
    map : MapResult
        Radiance factor, corrected by the chosen photometric law.
    seen : MapResult
        The same from Juno's place at mid-time, in perspective.
    color_shifts : dict of str to Shift
        Between channels of the view from Juno's place.
    control : GroundControl or None
        Poses and map against the base map.
    night : array of bool, shape of the map
        Ground on the night side that Jupiter lights.
    picture_px_per_native_px : float
        Picture pixels per pixel of the view in which colours were compared.
    options : Options
    base_map : BaseMap or None
    """

    image: CalibratedImage
    location: Location
    bands: tuple[str, ...]
    map: MapResult
    seen: MapResult
    color_shifts: dict[str, Shift]
    control: GroundControl | None
    night: np.ndarray
    picture_px_per_native_px: float
    options: Options
    base_map: BaseMap | None

    @property
    def color_rms_px(self) -> float:
        """Root mean square of the shifts between colours, picture pixels; NaN with one filter."""
        squares = [s.x_px**2 + s.y_px**2 for s in self.color_shifts.values() if np.isfinite(s.x_px)]
        return float(np.sqrt(np.mean(squares)) * self.picture_px_per_native_px) if squares else float("nan")


def _rounded_resolution(value_km: float) -> float:
    """Two significant digits."""
    digits = 1 - int(np.floor(np.log10(value_km)))
    return float(round(value_km, digits))


def _map_grid(location: Location, options: Options) -> MapGrid:
    body = location.orientation.body
    position = location.view.position_km[location.shot.middle_frame]
    distance = float(np.linalg.norm(position))
    camera = location.cameras[0]
    pixel_km = (distance - body.mean_radius_km) * camera.summing / camera.focal_length_px
    resolution = options.resolution_km or _rounded_resolution(pixel_km / _OVERSAMPLING)
    bounds = seen_bounds_deg(location.shot.chosen(location.in_view))
    projection = options.projection
    if projection == "auto":
        lat = float(np.degrees(np.arcsin(position[2] / distance)))
        projection = "equirectangular"
        if abs(lat) > _POLAR_LAT_DEG:
            projection = "polar_north" if lat > 0 else "polar_south"

    def grid_at(pixel_size_km: float) -> MapGrid:
        return grid_around(
            projection,
            pixel_size_km,
            lat_bounds_deg=bounds[0],
            lon_bounds_deg=bounds[1],
            position_km=position,
            radii_km=body.radii_km,
        )

    grid = grid_at(resolution)
    excess = grid.shape[0] * grid.shape[1] / _CHOSEN_MAP_PIXELS
    if options.resolution_km is None and excess > 1.0:
        grid = grid_at(_rounded_resolution(resolution * float(np.sqrt(excess))))
    if grid.shape[0] * grid.shape[1] > _MAX_MAP_PIXELS:
        raise InputError(
            f"a map of {grid.shape[1]:.3g} x {grid.shape[0]:.3g} pixels at {resolution:g} km is more than "
            f"{_MAX_MAP_PIXELS / 1e6:.0f} million; give a coarser --resolution"
        )
    return grid


def bands_of(image: CalibratedImage) -> tuple[str, ...]:
    """Filters of a picture in the order of its maps' bands."""
    return tuple(name for name in _BAND_ORDER if name in image.raw.filters)


def map_picture(
    image: CalibratedImage,
    location: Location,
    grid: MapGrid,
    *,
    progress: Callable[[float], None] | None = None,
) -> tuple[tuple[str, ...], MapResult]:
    """Project the framelets that see the body onto a grid.

    Returns
    -------
    bands : tuple of str
        Filters in the order of the bands.
    result : MapResult
        Radiance factor; the flag ``unlit`` is set where the Sun is below the horizon.
    """
    bands = bands_of(image)
    band = np.array(
        [bands.index(name) if seen else -1 for name, seen in zip(image.raw.filters, location.in_view, strict=True)]
    )
    result = project_to_map(
        location.shot,
        FrameletPixels(image.radiance_factor, image.sigma, image.quality, band),
        grid,
        bad_bits=int(QUALITY.unusable | QUALITY.mask("strip_edge")),
        options=MapOptions(),
        progress=progress,
    )
    result = _with_all_bands(result, len(bands))
    unlit = result.backplanes["incidence"] > 90.0
    result.quality[:, unlit] |= QUALITY.mask("unlit")
    return bands, result


def _with_all_bands(result: MapResult, count: int) -> MapResult:
    """Add empty bands for the last filters where no framelet of theirs sees the body."""
    missing = count - len(result.values)
    if missing == 0:
        return result

    def filled(array: np.ndarray, value: float) -> np.ndarray:
        empty = np.full((missing, *array.shape[1:]), value, dtype=array.dtype)
        return np.concatenate([array, empty])

    return replace(
        result,
        values=filled(result.values, np.nan),
        sigma=filled(result.sigma, np.nan),
        quality=filled(result.quality, 0),
    )


def _corrected(result: MapResult, law: str) -> MapResult:
    """Divide the disk function out of a map, errors included."""
    if law == "none":
        return result
    planes = result.backplanes
    values, sigma = result.values.copy(), result.sigma.copy()
    for band in range(len(values)):
        for array in (values, sigma):
            array[band] = normal_reflectance(
                array[band], law, planes["incidence"], planes["emission"], planes["phase"]
            )[0]
    return MapResult(result.grid, values, sigma, result.quality, planes, result.covered)


def _cropped(result: MapResult) -> MapResult:
    """Cut a map to the rows and columns that have data; views of a whole disc stay whole."""
    if result.grid.projection in ("perspective", "orthographic") or not result.covered:
        return result
    covered = np.isfinite(result.values).any(axis=0)
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    grid = replace(
        result.grid,
        shape=(len(covered[box]), covered[box].shape[1]),
        x_left_km=result.grid.x_left_km + columns[0] * result.grid.resolution_km,
        y_top_km=result.grid.y_top_km - rows[0] * result.grid.resolution_km,
    )
    planes = {name: plane[box] for name, plane in result.backplanes.items()}
    values, sigma, quality = (array[:, *box] for array in (result.values, result.sigma, result.quality))
    return MapResult(grid, values, sigma, quality, planes, result.covered)


def _pixel_km(location: Location) -> float:
    """Size of a picture pixel at the distance of the body's centre, in the middle of the picture."""
    camera = location.cameras[0]
    distance = float(np.linalg.norm(location.view.position_km[location.shot.middle_frame]))
    return distance * camera.summing / camera.focal_length_px


def _seen(image: CalibratedImage, location: Location, scale: float) -> MapResult:
    """The body from Juno's place in mid-picture, `scale` picture pixels per pixel."""
    position = location.view.position_km[location.shot.middle_frame]
    radii = location.orientation.body.radii_km
    grid = perspective_grid(position, _pixel_km(location) * scale, radii_km=radii)
    return map_picture(image, location, grid)[1]


def calibrated_and_located(
    raw: RawImage,
    *,
    kernels: Kernels | None = None,
    flat: np.ndarray | None = None,
    dark: np.ndarray | None = None,
    spin_axis: np.ndarray | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[CalibratedImage, Location]:
    """First half of `process`, with its parameters: radiance factors, and poses from the limb."""
    tell = progress or _silent
    known = kernel_orientation(raw, kernels) if kernels is not None else label_orientation(raw, spin_axis=spin_axis)
    tell("calibrating")
    distance_km = None
    if raw.geometry is None or raw.geometry.solar_distance_km is None:
        middle = float(np.mean(known.model.times_tdb))
        distance_km = float(np.linalg.norm(sun_position_km(known.body.name, middle)))
    image = calibrate(raw, solar_distance_km=distance_km, flat=flat, dark=dark)
    return image, locate(image, known, progress=progress)


def mapped_and_registered(
    image: CalibratedImage,
    location: Location,
    *,
    options: Options | None = None,
    base_map: BaseMap | None = None,
    progress: Callable[[str], None] | None = None,
    on_seen: Callable[[Location, MapResult], None] | None = None,
) -> Processed:
    """Second half of `process`, with its parameters: ground control, maps, registration."""
    options, tell = options or Options(), progress or _silent
    tell("mapping")
    across = 2.2 * float(np.max(location.shot.radii_km)) / _pixel_km(location)
    scale = float(max(1.0, np.ceil(across / _REGISTRATION_PX)))
    shown_scale = float(np.ceil(across / _WIDEST_PX) if across > _WIDEST_PX else 1.0 / max(1.0, _SHOWN_PX // across))
    native = _seen(image, location, scale)
    ground = base_map_control(image, location, base_map) if base_map is not None else None
    if ground is not None and options.apply_shift:
        location = ground.location
    seen = _seen(image, location, shown_scale)
    if on_seen is not None:
        on_seen(location, seen)
    bands, mapped = map_picture(image, location, _map_grid(location, options))
    mapped = _cropped(mapped)
    tell("registering")
    shifts = color_shifts(native.values, bands, clear_ground(native)) if len(bands) > 1 else {}
    channel = bands.index("GREEN") if "GREEN" in bands else 0
    if base_map is not None and ground is not None:
        ground = replace(ground, shift=base_map_shift(mapped, channel, base_map))
    with np.errstate(invalid="ignore"):
        night = (mapped.backplanes["incidence"] > _NIGHT_INCIDENCE_DEG) & np.isfinite(mapped.values).any(axis=0)
    return Processed(
        image=image,
        location=location,
        bands=bands,
        map=_corrected(mapped, options.photometry),
        seen=seen,
        color_shifts=shifts,
        control=ground,
        night=night,
        picture_px_per_native_px=scale,
        options=options,
        base_map=base_map,
    )


def _silent(step: str) -> None:
    """Progress that nobody watches."""


def process(
    raw: RawImage,
    *,
    options: Options | None = None,
    kernels: Kernels | None = None,
    base_map: BaseMap | None = None,
    flat: np.ndarray | None = None,
    dark: np.ndarray | None = None,
    spin_axis: np.ndarray | None = None,
    progress: Callable[[str], None] | None = None,
    on_seen: Callable[[Location, MapResult], None] | None = None,
) -> Processed:
    """Take a raw picture all the way to registered maps.

    Parameters
    ----------
    raw : RawImage
    options : Options, optional
    kernels : Kernels, optional
        Trajectory and attitude; without them the label and the limb give the poses.
    base_map : BaseMap, optional
        To measure the map against.
    flat, dark : array, shape (384, 1648), optional
        Calibration frames (`calibrate`).
    spin_axis : array, shape (3,), optional
        ICRF direction of spacecraft +Z where it was not on the Earth; without kernels only.
    progress : callable, optional
        Told the name of each step.
    on_seen : callable, optional
        Given poses and the view from Juno's place as soon as they stand, before the map is made.

    Raises
    ------
    PerijoveError
        With one line that says what to do.
    """
    image, location = calibrated_and_located(
        raw, kernels=kernels, flat=flat, dark=dark, spin_axis=spin_axis, progress=progress
    )
    return mapped_and_registered(
        image, location, options=options, base_map=base_map, progress=progress, on_seen=on_seen
    )
