"""A picture in three lines of a notebook: open, locate, map."""

from dataclasses import asdict, dataclass, field
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perijove.ephemeris.spice.kernels import Kernels
from perijove.errors import InputError
from perijove.figures.artist import Artist, figure_of
from perijove.formats.base_map import read_base_map
from perijove.formats.detector_frame import find_detector_frames, read_dark_frame, read_flat_field
from perijove.formats.image import RawImage
from perijove.formats.open import read
from perijove.formats.sources import source_file
from perijove.junocam.body_flags import with_body_flags
from perijove.junocam.locate import Location
from perijove.junocam.processing import Options, Processed, calibrated_and_located, mapped_and_registered
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.report import is_simulated, product
from perijove.products import ProductWriter, limb_drawing, panels_drawing, picture_drawing, product_names
from perijove.scene.mapping import MapResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Calibration", "MappedPicture", "Picture", "open_picture", "parameters_of", "read_calibration"]


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
    }


def _name_and_hash(path: Path | None) -> dict[str, str] | None:
    return {"name": path.name, "sha256": source_file(path).sha256} if path is not None else None


def _number(value: object, decimals: int = 0) -> str:
    return f"{value:,.{decimals}f}" if isinstance(value, float) and np.isfinite(value) else "unknown"


class _Shown:
    """Something that notebooks show as a picture."""

    def plot(self) -> "Figure":
        """Annotated matplotlib figure."""
        raise NotImplementedError

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.plot().savefig(stream, format="png")
        return stream.getvalue()


@dataclass(frozen=True, repr=False)
class MappedPicture(_Shown):
    """A map with its errors, flags and geometry.

    Attributes
    ----------
    done : Processed
        All that was computed.
    report : dict
        The JSON of the product.
    """

    done: Processed
    report: dict[str, object]

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

    def plot(self) -> "Figure":
        """Annotated map as matplotlib figure."""
        return figure_of(picture_drawing(self.done.image.raw, self.done.location, self.done.map))

    def plot_view(self) -> "Figure":
        """The body as Juno saw it, as matplotlib figure."""
        return figure_of(picture_drawing(self.done.image.raw, self.done.location, self.done.seen))

    def plot_limb(self) -> "Figure":
        """The limb fit and its residuals, as matplotlib figure."""
        return figure_of(limb_drawing(self.done))

    def plot_backplanes(self) -> "Figure":
        """The map beside its angles, resolution and standard error, as matplotlib figure."""
        return figure_of(panels_drawing(self.done))

    def save(self, folder: str | PathLike[str], *, overwrite: bool = False, all_figures: bool = False) -> list[Path]:
        """Write the files that ``perijove process`` writes; all appear or none.

        Parameters
        ----------
        folder : path
            Made if missing.
        overwrite : bool
            Whether files of the same names may be replaced.
        all_figures : bool
            Also draw the limb fit and the backplanes.

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
        names = product_names(raw, all_figures=all_figures)
        with (
            Artist(apart=False) as artist,
            ProductWriter(raw, place, names=names, overwrite=overwrite, artist=artist) as writer,
        ):
            writer.draw_view(self.done.location, self.done.seen)
            writer.write(self.done, {**self.report, "products": list(names.values())})
        return [place / name for name in names.values()]


def _body(raw: RawImage) -> str:
    return raw.target.title() + (" (SIMULATED)" if is_simulated(raw) else "")


@dataclass(repr=False)
class Picture(_Shown):
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
    """

    raw: RawImage
    kernels: Kernels | None = None
    kernels_name: str | None = None
    calibration: Calibration = field(default_factory=Calibration)
    _spin_axis: np.ndarray | None = None
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

    def locate(self, *, spin_axis: np.ndarray | None = None) -> Location:
        """Calibrate, find the body, fit its limb; done once.

        Parameters
        ----------
        spin_axis : array, shape (3,), optional
            ICRF direction of spacecraft +Z where it was not on the Earth; without kernels only.

        Raises
        ------
        PerijoveError
            If the body does not show, or too little of its limb.
        """
        if self._located is None or spin_axis is not None:
            self._located = calibrated_and_located(
                self.raw,
                kernels=self.kernels,
                flat=self.calibration.flat,
                dark=self.calibration.dark,
                spin_axis=spin_axis,
            )
            self._spin_axis, self._mapped = spin_axis, None
        return self._located[1]

    @property
    def calibrated(self) -> CalibratedImage:
        """Radiance factor, standard error and quality of each raw pixel, night side and sky flagged."""
        location = self.locate()
        assert self._located is not None
        return with_body_flags(self._located[0], location)

    def map(
        self,
        *,
        projection: str = "auto",
        resolution_km: float | None = None,
        photometry: str = "none",
        base_map: str | PathLike[str] | None = None,
        base_map_left_lon_east_deg: float = 0.0,
        apply_shift: bool = False,
    ) -> MappedPicture:
        """Make a colour map.

        Parameters
        ----------
        projection, resolution_km, photometry, apply_shift
            See `perijove.junocam.processing.Options`.
        base_map : path, optional
            Global equirectangular mosaic to register to.
        base_map_left_lon_east_deg : float
            East longitude of its left edge: 0 for the USGS mosaics of Io, -180 for those centred on 0.

        Raises
        ------
        InputError
            Where an option, or the base map, cannot be used.
        """
        options = Options(projection, resolution_km, photometry, apply_shift)
        if apply_shift and base_map is None:
            raise InputError("apply_shift needs a map to shift to; give base_map")
        place = Path(base_map) if base_map is not None else None
        left = base_map_left_lon_east_deg
        reference = read_base_map(place, left_lon_east_deg=left) if place is not None else None
        self.locate()
        assert self._located is not None
        done = mapped_and_registered(*self._located, options=options, base_map=reference)
        chosen = parameters_of(
            options,
            kernels=self.kernels_name,
            base_map=place,
            base_map_left_lon_east_deg=left,
            calibration=self.calibration,
            spin_axis_deg=_ra_dec_deg(self._spin_axis),
        )
        self._mapped = MappedPicture(done, product(done, files=(), command=chosen))
        return self._mapped

    def plot(self) -> "Figure":
        """The body as Juno saw it, as matplotlib figure; of the last map, or of a first one that is made for it."""
        return (self._mapped or self.map()).plot_view()


def _ra_dec_deg(direction: np.ndarray | None) -> tuple[float, float] | None:
    """Right ascension and declination of a direction."""
    if direction is None:
        return None
    x, y, z = (float(value) for value in direction)
    return float(np.degrees(np.arctan2(y, x)) % 360.0), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def open_picture(
    raw: str | PathLike[str],
    *,
    metadata: str | PathLike[str] | None = None,
    kernels: str | PathLike[str] | None = None,
    calibration: str | PathLike[str] | None = None,
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

    Raises
    ------
    InputError
        With one line that says what is wrong with the file.
    """
    picture = Picture(read(raw, metadata=metadata))
    if kernels is not None:
        picture.kernels, picture.kernels_name = Kernels(kernels), Path(kernels).name
    if calibration is not None:
        picture.calibration = read_calibration(calibration)
    return picture
