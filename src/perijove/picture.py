"""A picture in three lines of a notebook: open, locate, map."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np

from perijove.ephemeris.solutions import SOLUTIONS
from perijove.errors import InputError
from perijove.export.atomic import refuse_existing
from perijove.export.labelled import labelled_map
from perijove.export.picture_record import picture_record
from perijove.figures.artist import Artist, figure_of
from perijove.figures.drawing import Shown
from perijove.formats.base_map import read_base_map
from perijove.formats.detector_frame import find_detector_frames, read_dark_frame, read_flat_field
from perijove.formats.image import RawImage, SourceFile
from perijove.formats.open import read
from perijove.formats.sources import source_file
from perijove.geometry.rotations import direction_of
from perijove.junocam.body_flags import with_body_flags
from perijove.junocam.instrument import strip_camera
from perijove.junocam.locate import Location
from perijove.junocam.map_grid import Options
from perijove.junocam.pixel_lookup import PixelLook, pixel_at, pixels_of_place
from perijove.junocam.processing import Processed, calibrated_and_located, mapped_and_registered
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.report import is_simulated
from perijove.physics.stretch import check_choice
from perijove.products import ProductWriter, limb_drawing, panels_drawing, picture_drawing, product_names, view_drawing
from perijove.scene.backplane_registry import BACKPLANES
from perijove.scene.compile_ahead import compile_map_kernels
from perijove.scene.mapping import MapResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from perijove.adjustment.control import Control
    from perijove.ephemeris.spice.kernels import Kernels

__all__ = [
    "Calibration",
    "Choices",
    "MappedPicture",
    "Picture",
    "open_picture",
    "parameters_of",
    "read_calibration",
]


class Choices(TypedDict, total=False):
    """Fields of `perijove.junocam.map_grid.Options`, by name."""

    projection: str
    resolution_km: float | None
    photometry: str
    apply_shift: bool
    center_lon_east_deg: float | None
    bbox_deg: tuple[float, float, float, float] | None
    stretch: str
    white_balance: str
    depth: int
    coarse: bool


@dataclass(frozen=True, repr=False)
class Calibration:
    """Calibration frames of a folder.

    Attributes
    ----------
    flat, dark : array, shape (384, 1648), or None
        Flat field and dark frame.
    flat_path, dark_path : Path or None
        Where they came from.
    """

    flat: np.ndarray | None = None
    dark: np.ndarray | None = None
    flat_path: Path | None = None
    dark_path: Path | None = None


def read_calibration(folder: str | PathLike[str]) -> Calibration:
    """Read the flat field and the dark frame of a folder (`find_detector_frames`).

    Raises
    ------
    InputError
        Where the folder has neither, or more than one of a kind.
    """
    flat, dark = find_detector_frames(Path(folder))
    return Calibration(
        read_flat_field(flat) if flat is not None else None,
        read_dark_frame(dark) if dark is not None else None,
        flat,
        dark,
    )


def parameters_of(
    options: Options,
    *,
    kernels: str | None = None,
    base_map: Path | None = None,
    base_map_left_lon_east_deg: float = 0.0,
    calibration: Calibration | None = None,
    spin_axis_deg: tuple[float, float] | None = None,
    solution: str | None = None,
    control: SourceFile | None = None,
) -> dict[str, object]:
    """All that was chosen in a run, for its provenance; files by name, calibration frames by name and hash too."""
    calibration = calibration or Calibration()
    return {
        **asdict(options),
        "kernels": kernels,
        "basemap": base_map.name if base_map is not None else None,
        "basemap_left_lon_deg": base_map_left_lon_east_deg if base_map is not None else None,
        "flat": _name_and_hash(calibration.flat_path),
        "dark": _name_and_hash(calibration.dark_path),
        "spin_axis_deg": list(spin_axis_deg) if spin_axis_deg is not None else None,
        "solution": solution,
        **({} if control is None else {"control": {"name": control.name, "sha256": control.sha256}}),
    }


def _name_and_hash(path: Path | None) -> dict[str, str] | None:
    return {"name": path.name, "sha256": source_file(path).sha256} if path is not None else None


def _number(value: object, decimals: int = 0) -> str:
    return f"{value:,.{decimals}f}" if isinstance(value, float) and np.isfinite(value) else "unknown"


@dataclass(frozen=True, repr=False)
class MappedPicture(Shown):
    """A map with its errors, flags and geometry.

    `iof`, `sigma`, `sigma_scale`, `lat`, `lon`, `incidence` and `emission` are labelled arrays: `xarray.DataArray`
    where xarray is installed, else `perijove.export.labelled.LabelledArray`, whose attributes have the same names.

    Attributes
    ----------
    done : Processed
        All that was computed.
    parameters : dict
        What was chosen.
    record : dict or None
        The JSON that was written, if one was.
    """

    done: Processed
    parameters: dict[str, object] = field(default_factory=dict)
    record: dict[str, object] | None = None

    @cached_property
    def report(self) -> dict[str, object]:
        """The JSON of the product."""
        return self.record or picture_record(self.done, parameters=self.parameters)

    def __repr__(self) -> str:
        """Body, time, map, and how sure the place is."""
        geometry, fit = self.report["geometry"], self.report["fit"]
        assert isinstance(geometry, dict)
        assert isinstance(fit, dict)
        rows, columns = self.map.grid.shape
        when = str(self.report["mid_time_utc"])[:23]
        return (
            f"<MappedPicture {self.report['product_id']}: {_body(self.done.image.raw)}, {when} UTC; "
            f"{self.map.grid.projection}, {columns} x {rows} pixels of {self.map.grid.resolution_km:g} km, "
            f"{', '.join(self.done.bands)}; range {_number(geometry['range_km'])} ± "
            f"{_number(geometry['range_km_sigma'])} km, limb {_number(fit['limb_rms_px'], 2)} px rms>"
        )

    @property
    def map(self) -> MapResult:
        """Radiance factor, standard error, quality and backplanes on the map's grid."""
        return self.done.map

    @property
    def iof(self) -> Any:  # noqa: ANN401  # xarray is optional
        """Radiance factor I/F, dimensions (band, y, x); NaN where there are no data."""
        return self._bands("iof", self.map.values, "Radiance factor I/F")

    @property
    def sigma(self) -> Any:  # noqa: ANN401
        """Random standard error of `iof`, dimensions (band, y, x)."""
        return self._bands("sigma", self.map.sigma, "Standard error (1 sigma) of I/F")

    @property
    def sigma_scale(self) -> Any:  # noqa: ANN401
        """Systematic standard error of `iof`, dimensions (band, y, x): that of the scale, shared by a band's pixels.

        How far the bands share it stands in ``report["radiometry"]["scale_covariance_relative"]``.
        """
        relative = np.array([self.done.image.scale_sigma[band] for band in self.done.bands], dtype=np.float32)
        values = np.abs(self.map.values) * relative[:, None, None]
        return self._bands("sigma_scale", values, "Systematic standard error (1 sigma) of I/F: the scale")

    @property
    def lat(self) -> Any:  # noqa: ANN401
        """Planetocentric latitude, deg north, dimensions (y, x); NaN where the ground was not seen, as all planes."""
        return self._plane("lat", "latitude")

    @property
    def lon(self) -> Any:  # noqa: ANN401
        """Planetocentric longitude, deg east, -180 to 180, dimensions (y, x)."""
        return self._plane("lon", "longitude_east")

    @property
    def incidence(self) -> Any:  # noqa: ANN401
        """Angle between the ground's normal and the Sun, deg, dimensions (y, x)."""
        return self._plane("incidence", "incidence")

    @property
    def emission(self) -> Any:  # noqa: ANN401
        """Angle between the ground's normal and the camera, deg, dimensions (y, x)."""
        return self._plane("emission", "emission")

    def _bands(self, name: str, values: np.ndarray, sentence: str) -> object:
        return labelled_map(values, self.map.grid, name=name, units="1", sentence=sentence, bands=self.done.bands)

    def _plane(self, name: str, plane: str) -> object:
        facts, values = BACKPLANES[plane], self.map.backplanes[plane]
        return labelled_map(values, self.map.grid, name=name, units=facts.unit, sentence=facts.sentence)

    def plot(self) -> "Figure":
        """Annotated map as matplotlib figure."""
        done = self.done
        return figure_of(picture_drawing(done.image.raw, done.location, done.map, done.options))

    def plot_view(self) -> "Figure":
        """The body as Juno saw it, as matplotlib figure."""
        done = self.done
        return figure_of(view_drawing(done.image.raw, done.location, done.seen, done.options))

    def plot_limb(self) -> "Figure":
        """The limb fit and its residuals, as matplotlib figure."""
        return figure_of(limb_drawing(self.done))

    def plot_backplanes(self) -> "Figure":
        """The map beside its angles, resolution and standard error, as matplotlib figure."""
        return figure_of(panels_drawing(self.done))

    def save(
        self,
        folder: str | PathLike[str],
        *,
        overwrite: bool = False,
        all_figures: bool = False,
        raster_format: str = "geotiff",
    ) -> list[Path]:
        """Write the files that ``perijove process`` writes; all appear or none.

        Parameters
        ----------
        folder : path
            Made if missing.
        overwrite : bool
            Whether files of the same names may be replaced.
        all_figures : bool
            Also draw the limb fit and the backplanes.
        raster_format : str
            Of the maps: ``geotiff``, ``isis`` or ``pds4``.

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        OutputExistsError
            Where one stands and `overwrite` is false.
        WriteError
            Where the folder cannot be written.
        """
        raw, place = self.done.image.raw, Path(folder)
        names = product_names(raw, all_figures=all_figures, raster_format=raster_format)
        with (
            Artist(apart=False) as artist,
            ProductWriter(raw, place, names=names, overwrite=overwrite, artist=artist) as writer,
        ):
            writer.draw_view(self.done.location, self.done.seen, self.done.options)
            _written(self, writer, names, command=None, compared=True)
        return [place / name for name in names.values()]


def _written(
    mapped: MappedPicture, writer: ProductWriter, names: Mapping[str, str], *, command: str | None, compared: bool
) -> MappedPicture:
    """Write all but the view; what was written, its record complete."""
    writer.write(mapped.done)
    record = picture_record(
        mapped.done, parameters=mapped.parameters, command=command, files=tuple(names.values()), compared=compared
    )
    writer.finish(record)
    return replace(mapped, record=record)


def _body(raw: RawImage) -> str:
    return raw.target.title() + (" (SIMULATED)" if is_simulated(raw) else "")


@dataclass(repr=False)
class Picture(Shown):
    """A raw picture and what has been made of it so far.

    Attributes
    ----------
    raw : RawImage
    kernels : Kernels or None
        Trajectory and attitude; without them label and limb give the poses.
    kernels_name : str or None
        What provenance calls them.
    calibration : Calibration
        Flat field and dark frame, where there are any.
    control : Control or None
        Poses of an adjustment of several pictures, which take the place of those of its own limb.
    spin_axis_deg : tuple of float or None
        Right ascension and declination of spacecraft +Z, ICRF, where it was not on the Earth; without kernels only.
    solution : str or None
        ``jup365`` or ``io-lead``: Juno's built-in pass by that, at its word; None: by ``jup365``, wider.
    progress : callable or None
        Told the name of each step.
    apart : bool
        Whether `save` draws figures in a second process while this one computes. A script then needs the usual
        ``if __name__ == "__main__":``.
    command : str or None
        What provenance calls the command that asked for it.
    """

    raw: RawImage
    kernels: "Kernels | None" = None
    kernels_name: str | None = None
    calibration: Calibration = field(default_factory=Calibration)
    spin_axis_deg: tuple[float, float] | None = None
    solution: str | None = None
    control: "Control | None" = None
    progress: Callable[[str], None] | None = None
    apart: bool = False
    command: str | None = None
    _located: tuple[CalibratedImage, Location] | None = None
    _mapped: MappedPicture | None = None

    def __repr__(self) -> str:
        """What it is, and what is known of it so far."""
        raw = self.raw
        filters = ", ".join(dict.fromkeys(raw.filters))
        known = "not located yet"
        if self._located is not None:
            location = self._located[1]
            solution = location.solution
            known = (
                f"{int(location.in_view.sum())} see it, limb {solution.rms_px:.2f} px rms over "
                f"{int(solution.kept.sum())} points"
            )
        what = f"{_body(raw)}, {raw.start_utc} UTC, {raw.n_framelets} framelets of {filters}"
        return f"<Picture {raw.product_id}: {what}; {known}>"

    def locate(self) -> Location:
        """Calibrate, find the body, fit its limb; done once.

        Raises
        ------
        PerijoveError
            If the body does not show, or too little of its limb.
        """
        if self._located is None:
            image, location = calibrated_and_located(
                self.raw,
                kernels=self.kernels,
                flat=self.calibration.flat,
                dark=self.calibration.dark,
                spin_axis=None if self.spin_axis_deg is None else direction_of(*self.spin_axis_deg[::-1]),
                solution=self.solution,
                progress=self.progress,
            )
            if self.control is not None:
                location = self.control.applied(self.raw, location)
            self._located = image, location
        return self._located[1]

    @property
    def measured(self) -> CalibratedImage:
        """Radiance factor, standard error and quality of each raw pixel."""
        self.locate()
        assert self._located is not None
        return self._located[0]

    @property
    def calibrated(self) -> CalibratedImage:
        """The same, with night side and sky flagged."""
        return with_body_flags(self.measured, self.locate())

    def pixel(self, sample: float, line: float) -> PixelLook:
        """What a pixel of the raw file shows; see `perijove.junocam.pixel_lookup.pixel_at`."""
        return pixel_at(self.measured, self.locate(), sample, line)

    def pixels(self, lat_deg: float, lon_east_deg: float) -> tuple[PixelLook, ...]:
        """All pixels that show a place; see `perijove.junocam.pixel_lookup.pixels_of_place`."""
        return pixels_of_place(self.measured, self.locate(), lat_deg, lon_east_deg)

    def map(
        self,
        options: Options | None = None,
        *,
        base_map: str | PathLike[str] | None = None,
        base_map_left_lon_east_deg: float = 0.0,
        **chosen: Unpack[Choices],
    ) -> MappedPicture:
        """Make a colour map.

        Parameters
        ----------
        options : Options, optional
            What is to be made; or give its fields by name, such as ``projection="orthographic"``.
        base_map : path, optional
            Global equirectangular mosaic to register to.
        base_map_left_lon_east_deg : float
            East longitude of its left edge: 0 for the USGS mosaics of Io, -180 for those centred on 0.
        **chosen
            Fields of `perijove.junocam.map_grid.Options`.

        Raises
        ------
        InputError
            Where an option, or the base map, cannot be used.
        """
        wanted = replace(options or Options(), **chosen)
        return self._made(wanted, base_map, base_map_left_lon_east_deg)

    def _made(
        self,
        options: Options,
        base_map: str | PathLike[str] | None,
        left_lon_east_deg: float,
        *,
        on_located: Callable[[], None] | None = None,
        on_seen: Callable[[Location, MapResult], None] | None = None,
    ) -> MappedPicture:
        """Locate, if that is still to do, and map."""
        check_choice(options.stretch, options.white_balance, bands=len(set(self.raw.filters)))
        if options.apply_shift and base_map is None:
            raise InputError("apply_shift needs a map to shift to; give base_map")
        place = Path(base_map) if base_map is not None else None
        reference = read_base_map(place, left_lon_east_deg=left_lon_east_deg) if place is not None else None
        self.locate()
        if on_located is not None:
            on_located()
        assert self._located is not None
        done = mapped_and_registered(
            *self._located, options=options, base_map=reference, progress=self.progress, on_seen=on_seen
        )
        chosen = parameters_of(
            options,
            kernels=self.kernels_name,
            base_map=place,
            base_map_left_lon_east_deg=left_lon_east_deg,
            calibration=self.calibration,
            spin_axis_deg=self.spin_axis_deg,
            solution=self.solution,
            control=self.control.source if self.control is not None else None,
        )
        self._mapped = MappedPicture(done, chosen)
        return self._mapped

    def save(
        self,
        folder: str | PathLike[str],
        options: Options | None = None,
        *,
        base_map: str | PathLike[str] | None = None,
        base_map_left_lon_east_deg: float = 0.0,
        overwrite: bool = False,
        all_figures: bool = False,
        quick: bool = False,
        raster_format: str = "geotiff",
        **chosen: Unpack[Choices],
    ) -> MappedPicture:
        """Map and write in one go, as ``perijove process`` does; all files appear or none.

        Parameters
        ----------
        folder : path
            Made if missing.
        options, base_map, base_map_left_lon_east_deg, **chosen
            As in `map`.
        overwrite, all_figures, raster_format
            As in `MappedPicture.save`.
        quick : bool
            The plain picture, a `coarse` map and the JSON alone; colours are not compared.

        Raises
        ------
        PerijoveError
            As `locate`, `map` and `MappedPicture.save` do.
        """
        place = Path(folder)
        names = product_names(self.raw, all_figures=all_figures, quick=quick, raster_format=raster_format)
        if not overwrite:
            refuse_existing(place, names.values())
        wanted = replace(options or Options(), **({"coarse": quick} | chosen))
        with (
            Artist(apart=self.apart and not quick, also=partial(compile_map_kernels, strip_camera("RED"))) as artist,
            ProductWriter(self.raw, place, names=names, overwrite=overwrite, artist=artist) as writer,
        ):
            mapped = self._made(
                wanted,
                base_map,
                base_map_left_lon_east_deg,
                on_located=artist.wait_until_ready,
                on_seen=partial(writer.draw_view, options=wanted),
            )
            if self.progress is not None:
                self.progress("writing")
            self._mapped = _written(mapped, writer, names, command=self.command, compared=not quick)
        return self._mapped

    def plot(self) -> "Figure":
        """The body as Juno saw it, as matplotlib figure; of the last map, or of a first one that is made for it."""
        return (self._mapped or self.map()).plot_view()


def open_picture(
    raw: str | PathLike[str],
    *,
    metadata: str | PathLike[str] | None = None,
    kernels: str | PathLike[str] | None = None,
    calibration: str | PathLike[str] | None = None,
    spin_axis_deg: tuple[float, float] | None = None,
    solution: str | None = None,
    control: str | PathLike[str] | None = None,
) -> Picture:
    """Open a raw JunoCam picture.

    Parameters
    ----------
    raw : path
        A mission-site ``-raw.png``, or an archive ``.IMG`` or ``.LBL``.
    metadata : path, optional
        Its JSON or label, if not beside it.
    kernels : path, optional
        Folder of SPICE kernels.
    calibration : path, optional
        Folder with a flat field and a dark frame (TIFF).
    spin_axis_deg : tuple of float, optional
        Right ascension and declination of Juno's spin axis, ICRF, where it was not on the Earth; without kernels only.
    solution : str, optional
        ``jup365`` or ``io-lead``: Juno's built-in pass by that, as good as it says; by default by ``jup365``, with
        its 9.4 km along each axis. Without kernels only.
    control : path, optional
        JSON of ``perijove control``: poses of pictures that were adjusted together, this one among them.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        With one line that says what is wrong with the file.
    """
    if solution is not None and solution not in SOLUTIONS:
        raise InputError(f"solution {solution!r} is not one of {', '.join(SOLUTIONS)}")
    picture = Picture(read(raw, metadata=metadata), spin_axis_deg=spin_axis_deg, solution=solution)
    if kernels is not None:
        from perijove.ephemeris.spice.kernels import Kernels  # noqa: PLC0415  # SPICE takes 0.2 s to load

        picture.kernels, picture.kernels_name = Kernels(kernels), Path(kernels).name
    if calibration is not None:
        picture.calibration = read_calibration(calibration)
    if control is not None:
        from perijove.archive.control_file import read_control  # noqa: PLC0415  # what adjusts takes 0.15 s to load

        picture.control = read_control(control)
        if picture.raw.product_id not in picture.control.pictures:
            raise InputError(f"{picture.raw.product_id}: not among the pictures of {Path(control).name}; leave it out")
    return picture
