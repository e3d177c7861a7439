"""The whole way of a picture: calibrate, locate, map, register."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from perijove.ephemeris.sun import sun_position_km
from perijove.errors import PerijoveError
from perijove.formats.base_map import BaseMap
from perijove.formats.image import RawImage
from perijove.geometry.grids import perspective_grid
from perijove.geometry.projections import MapGrid
from perijove.junocam.control.ground_control import GroundControl, base_map_control
from perijove.junocam.control.registration import Shift, base_map_shift, clear_ground, color_shifts
from perijove.junocam.locate import Location, locate
from perijove.junocam.map_grid import Options, map_grid, pixel_km, refuse_empty
from perijove.junocam.orientation import orientation_of
from perijove.junocam.photometric import corrected, grounds
from perijove.junocam.radiometry.calibration import CalibratedImage, calibrate
from perijove.junocam.radiometry.quality import QUALITY
from perijove.scene.mapping import FrameletPixels, MapOptions, MapResult, project_to_map

if TYPE_CHECKING:
    from perijove.ephemeris.spice.kernels import Kernels

__all__ = [
    "Processed",
    "bands_of",
    "calibrated_and_located",
    "map_picture",
    "mapped_and_registered",
]

_BAND_ORDER = ("RED", "GREEN", "BLUE", "METHANE")
_REGISTRATION_PX = 1300.0  # widest disc that colours are compared on at full scale
_WIDEST_PX = 2400.0  # widest view from Juno's place
_SHOWN_PX = 700.0  # a smaller disc is shown enlarged
_NIGHT_INCIDENCE_DEG = 97.0  # the Sun's disc is 0.1 deg wide; the rest keeps the terminator's blur out


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
    measured : MapResult
        The same without that correction.
    seen : MapResult
        The same from Juno's place at mid-time, in perspective.
    native : MapResult
        The view in which colours are compared: as many pixels as the picture has, or fewer.
    control : GroundControl or None
        Poses and map against the base map.
    picture_px_per_native_px : float
        Picture pixels per pixel of the view in which colours were compared.
    options : Options
    base_map : BaseMap or None
    """

    image: CalibratedImage
    location: Location
    bands: tuple[str, ...]
    map: MapResult
    measured: MapResult
    seen: MapResult
    native: MapResult
    control: GroundControl | None
    picture_px_per_native_px: float
    options: Options
    base_map: BaseMap | None

    @cached_property
    def night_side(self) -> MapResult:
        """The rectangle of the map that holds its night side, which Jupiter may light, with NaN by day.

        Not corrected for photometry: no law holds there. All NaN, and as large as the map, where there is no night.
        """
        values, sigma = self.night_bands()
        return replace(_cut(self.measured, _box(self._is_night)), values=values, sigma=sigma)

    @cached_property
    def _is_night(self) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            night: np.ndarray = self.measured.backplanes["incidence"] > _NIGHT_INCIDENCE_DEG
        return night

    def night_bands(self, pixels: float = np.inf) -> tuple[np.ndarray, np.ndarray]:
        """Values and standard errors of `night_side`; of every so many rows and columns, for about so many pixels."""
        rows, columns = _box(self._is_night)
        step = max(1, int(np.sqrt((rows.stop - rows.start) * (columns.stop - columns.start) / pixels)))
        sample = slice(rows.start, rows.stop, step), slice(columns.start, columns.stop, step)
        night = self._is_night[sample]
        both = (array[:, *sample] for array in (self.measured.values, self.measured.sigma))
        values, sigma = (np.where(night, array, np.float32(np.nan)) for array in both)
        return values, sigma

    @cached_property
    def color_shifts(self) -> dict[str, Shift]:
        """Shifts between pairs of colours of the view from Juno's place, pixels of `native`; none with one filter."""
        return color_shifts(self.native.values, self.bands, clear_ground(self.native)) if len(self.bands) > 1 else {}

    @property
    def color_rms_px(self) -> float:
        """Root mean square of the shifts between colours, picture pixels; NaN with one filter."""
        squares = [s.x_px**2 + s.y_px**2 for s in self.color_shifts.values() if np.isfinite(s.x_px)]
        return float(np.sqrt(np.mean(squares)) * self.picture_px_per_native_px) if squares else float("nan")


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
    with np.errstate(invalid="ignore"):
        np.bitwise_or(result.quality, (result.backplanes["incidence"] > 90.0) * QUALITY.mask("unlit"), result.quality)
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


def _cropped(result: MapResult) -> MapResult:
    """Cut a map to the rows and columns that have data; views of a whole disc stay whole."""
    if result.grid.projection in ("perspective", "orthographic") or not result.covered:
        return result
    return _cut(result, _box(np.isfinite(result.backplanes["emission"])))


def _box(wanted: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns that hold all wanted pixels; all where there are none."""
    rows, columns = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
    if not len(rows):
        return slice(0, wanted.shape[0]), slice(0, wanted.shape[1])
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _cut(result: MapResult, box: tuple[slice, slice]) -> MapResult:
    """Part of a map; its arrays are views."""
    rows, columns = box
    grid = replace(
        result.grid,
        shape=(rows.stop - rows.start, columns.stop - columns.start),
        x_left_km=result.grid.x_left_km + columns.start * result.grid.resolution_km,
        y_top_km=result.grid.y_top_km - rows.start * result.grid.resolution_km,
    )
    planes = {name: plane[box] for name, plane in result.backplanes.items()}
    values, sigma, quality = (array[:, *box] for array in (result.values, result.sigma, result.quality))
    return MapResult(grid, values, sigma, quality, planes, result.covered)


def _seen(image: CalibratedImage, location: Location, scale: float) -> MapResult:
    """The body from Juno's place in mid-picture, `scale` picture pixels per pixel."""
    position = location.view.position_km[location.shot.middle_frame]
    radii = location.orientation.body.radii_km
    grid = perspective_grid(position, pixel_km(location) * scale, radii_km=radii)
    return map_picture(image, location, grid)[1]


def calibrated_and_located(
    raw: RawImage,
    *,
    kernels: "Kernels | None" = None,
    flat: np.ndarray | None = None,
    dark: np.ndarray | None = None,
    spin_axis: np.ndarray | None = None,
    solution: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[CalibratedImage, Location]:
    """Radiance factors of a picture, and its poses from the limb.

    Parameters
    ----------
    raw : RawImage
    kernels : Kernels, optional
        Trajectory and attitude; where they hold no attitude, or without them, the spin phase comes from the picture.
    flat, dark : array, shape (384, 1648), optional
        Calibration frames (`calibrate`).
    spin_axis : array, shape (3,), optional
        ICRF direction of spacecraft +Z where it was not on the Earth; not beside attitude.
    solution : str, optional
        That the built-in pass is taken from, at its word (`orientation.label_orientation`); not beside kernels.
    progress : callable, optional
        Told the name of each step.

    Raises
    ------
    PerijoveError
        With one line that says what to do.
    """
    tell = progress or _silent
    tell("calibrating")
    with ThreadPoolExecutor(1) as other:  # Juno's path is integrated while the counts are calibrated
        task = other.submit(orientation_of, raw, kernels, spin_axis=spin_axis, solution=solution)
        distance_km = None
        if raw.geometry is None or raw.geometry.solar_distance_km is None:
            known = task.result()
            middle = float(np.mean(known.model.times_tdb))
            distance_km = float(np.linalg.norm(sun_position_km(known.body.name, middle)))
        try:
            image = calibrate(raw, solar_distance_km=distance_km, flat=flat, dark=dark)
        except PerijoveError:
            task.result()  # what is wrong with the label's geometry is told first
            raise
        known = task.result()
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
    """Ground control, maps and registration of a located picture.

    Parameters
    ----------
    image, location
        From `calibrated_and_located`.
    options : Options, optional
    base_map : BaseMap, optional
        To measure the map against.
    progress : callable, optional
        Told the name of each step.
    on_seen : callable, optional
        Given poses and the view from Juno's place as soon as they stand, before the map is made.

    Raises
    ------
    InputError
        Where an option cannot be used on this picture.
    """
    options, tell = options or Options(), progress or _silent
    surface = grounds(options.photometry, location.orientation.body.name, bands_of(image))
    tell("mapping")
    across = 2.2 * float(np.max(location.shot.radii_km)) / pixel_km(location)
    scale = float(max(1.0, np.ceil(across / _REGISTRATION_PX)))
    shown_scale = float(np.ceil(across / _WIDEST_PX) if across > _WIDEST_PX else 1.0 / max(1.0, _SHOWN_PX // across))
    native = _seen(image, location, scale)
    ground = base_map_control(image, location, base_map) if base_map is not None else None
    if ground is not None and options.apply_shift:
        location = ground.location
    moved = ground is not None and location is ground.location
    seen = native if scale == shown_scale and not moved else _seen(image, location, shown_scale)
    if on_seen is not None:
        on_seen(location, seen)
    bands, mapped = map_picture(image, location, map_grid(location, options))
    refuse_empty(mapped, location)
    if options.bbox_deg is None:
        mapped = _cropped(mapped)
    channel = bands.index("GREEN") if "GREEN" in bands else 0
    if base_map is not None and ground is not None:
        tell("registering")
        ground = replace(ground, shift=base_map_shift(mapped, channel, base_map))
    return Processed(
        image=image,
        location=location,
        bands=bands,
        map=corrected(mapped, bands, options.photometry, surface),
        measured=mapped,
        seen=seen,
        native=native,
        control=ground,
        picture_px_per_native_px=scale,
        options=options,
        base_map=base_map,
    )


def _silent(step: str) -> None:
    """Progress that nobody watches."""
