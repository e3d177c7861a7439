"""A picture in three lines of a notebook: open, locate, map."""

from dataclasses import dataclass, field
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perijove.ephemeris.kernels import Kernels
from perijove.figures.artist import figure_of
from perijove.formats.base_map import read_base_map
from perijove.formats.image import RawImage
from perijove.formats.open import read
from perijove.junocam.body_flags import with_body_flags
from perijove.junocam.calibration import CalibratedImage
from perijove.junocam.locate import Location
from perijove.junocam.processing import Options, Processed, calibrated_and_located, mapped_and_registered
from perijove.junocam.report import product
from perijove.products import limb_drawing, picture_drawing
from perijove.scene.mapping import MapResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["MappedPicture", "Picture", "open_picture"]


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


@dataclass
class Picture(_Shown):
    """A raw picture and what has been made of it so far.

    Attributes
    ----------
    raw : RawImage
    kernels : Kernels or None
        Trajectory and attitude; without them label and limb give the poses.
    """

    raw: RawImage
    kernels: Kernels | None = None
    _located: tuple[CalibratedImage, Location] | None = field(default=None, repr=False)

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
            self._located = calibrated_and_located(self.raw, kernels=self.kernels, spin_axis=spin_axis)
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
        apply_shift: bool = False,
    ) -> MappedPicture:
        """Make a colour map.

        Parameters
        ----------
        projection, resolution_km, photometry, apply_shift
            See `perijove.junocam.processing.Options`.
        base_map : path, optional
            Global equirectangular mosaic to register to, its left edge at longitude 0.
        """
        options = Options(projection, resolution_km, photometry, apply_shift)
        reference = read_base_map(Path(base_map)) if base_map is not None else None
        self.locate()
        assert self._located is not None
        done = mapped_and_registered(*self._located, options=options, base_map=reference)
        return MappedPicture(done, product(done, files=(), command={"projection": projection}))

    def plot(self) -> "Figure":
        """The body as Juno saw it, as matplotlib figure."""
        return self.map().plot_view()


def open_picture(
    raw: str | PathLike[str],
    *,
    metadata: str | PathLike[str] | None = None,
    kernels: str | PathLike[str] | None = None,
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

    Raises
    ------
    InputError
        With one line that says what is wrong with the file.
    """
    return Picture(read(raw, metadata=metadata), Kernels(kernels) if kernels is not None else None)
