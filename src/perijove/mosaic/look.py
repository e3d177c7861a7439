"""What a mosaic needs of a located picture: its framelets that see the body, their poses, how far its edges are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np
from scipy import ndimage

from perijove.errors import InputError
from perijove.geometry.grids import perspective_grid
from perijove.geometry.projections import MapGrid
from perijove.junocam.locate import Location
from perijove.junocam.processing import bands_of
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.scene.mapping import FrameletPixels, MapOptions, Projector
from perijove.scene.shot import Shot

__all__ = ["DAY", "NIGHT", "Depth", "Light", "Look", "look_of", "noise_of"]

_ACROSS_PX = 400.0  # pixels across the disc in the view on which distances from edges are measured
_FULL_DEPTH = 0.1  # of the disc's diameter: this far from any edge a picture counts fully
_BAD = int(QUALITY.unusable | QUALITY.mask("strip_edge"))
_NOISE_STEP = 8
_HOLE_PX = 3  # pixels struck by particles leave holes in a picture, not edges


@dataclass(frozen=True)
class Light:
    """Incidence angles that a mosaic takes.

    Attributes
    ----------
    first_deg, last_deg : float
        Ground lit otherwise is left out.
    fade_deg : float
        Weights fall to zero over so many degrees before `last_deg`, and behind `first_deg` where that is not 0.
    """

    first_deg: float = 0.0
    last_deg: float = 90.0
    fade_deg: float = 10.0


DAY, NIGHT = (
    Light(),
    Light(97.0, 181.0, 5.0),
)  # the Sun's disc is 0.1 deg wide; the rest keeps the terminator's blur out


@dataclass(frozen=True, eq=False)
class Depth:
    """How deep within a picture its ground lies, as seen from where it was taken.

    Attributes
    ----------
    grid : MapGrid
        Perspective view from the middle of the picture.
    share : array, shape (rows, columns), float32
        Distance from the nearest edge of what the picture shows of the wanted light (limb, terminator, end of the scan,
        side of the strip) over a tenth of the disc's diameter: 0 at the edge, at most 1.
    """

    grid: MapGrid
    share: np.ndarray


@dataclass(frozen=True, eq=False)
class Look:
    """A located picture, cut to the framelets that see the body.

    Attributes
    ----------
    name : str
        Product.
    bands : tuple of str
        Filters of the mosaic; framelets of others are left out.
    shot : Shot
        Geometry of the framelets.
    pixels : FrameletPixels
        Radiance factor, random standard error, flags and band.
    noise : array, shape (bands,)
        Median of the standard errors by band; 1 for a band that it lacks.
    """

    name: str
    bands: tuple[str, ...]
    shot: Shot
    pixels: FrameletPixels
    noise: np.ndarray

    @cached_property
    def projector(self) -> Projector:
        """Framelets ready to be projected, by one thread."""
        return Projector(self.shot, self.pixels, bad_bits=_BAD, options=MapOptions(threads=1))

    @property
    def present(self) -> np.ndarray:
        """Which of the bands it has, array of bool."""
        found: np.ndarray = np.isin(np.arange(len(self.bands)), self.pixels.band_of_framelet)
        return found

    @property
    def mid_time_tdb(self) -> float:
        """Middle of the picture, TDB seconds past J2000."""
        return float(self.shot.view.times_tdb[self.shot.middle_frame])

    @property
    def pixel_km(self) -> float:
        """Size of a pixel at the distance of the body's centre, in the middle of the picture."""
        camera = self.shot.cameras[0]
        distance = float(np.linalg.norm(self.shot.view.position_km[self.shot.middle_frame]))
        return distance * camera.summing / camera.focal_length_px

    def digest(self) -> str:
        """SHA-256 of all that a mosaic takes from it: equal ones give equal mosaics."""
        view = self.shot.view
        total = sha256(repr((self.name, self.bands, self.shot.body, self.shot.cameras)).encode())
        for array in (
            self.shot.radii_km, view.times_tdb, view.position_km, view.body_to_camera, view.sun,
            self.shot.frame_of_framelet, self.pixels.values, self.pixels.sigma, self.pixels.quality,
            self.pixels.band_of_framelet,
        ):  # fmt: skip
            total.update(np.ascontiguousarray(array).data)
        return total.hexdigest()

    def only(self, framelets: np.ndarray) -> "Look":
        """The same with some of its framelets, a mask: what is sent elsewhere for one tile."""
        kept = FrameletPixels(
            *(
                np.ascontiguousarray(array[framelets])
                for array in (self.pixels.values, self.pixels.sigma, self.pixels.quality, self.pixels.band_of_framelet)
            )
        )
        return replace(self, shot=self.shot.chosen(framelets), pixels=kept)

    def depth(self, light: Light) -> Depth:
        """Distances from the edges of what it shows in this light."""
        shot = self.shot
        position, across_km = shot.view.position_km[shot.middle_frame], 2.0 * float(np.max(shot.radii_km))
        grid = perspective_grid(position, max(self.pixel_km, across_km / _ACROSS_PX), radii_km=shot.radii_km)
        seen = self.projector.onto(grid)
        shown = np.isfinite(seen.values[self.present[: len(seen.values)]]).all(axis=0)
        with np.errstate(invalid="ignore"):
            incidence = seen.backplanes["incidence"]
            lit = (incidence > light.first_deg) & (incidence < light.last_deg)
        filled = ndimage.binary_closing(np.pad(shown, _HOLE_PX), iterations=_HOLE_PX)[
            _HOLE_PX:-_HOLE_PX, _HOLE_PX:-_HOLE_PX
        ]
        within = np.pad(filled & (lit | ~shown), 1)
        distance = ndimage.distance_transform_edt(within)[1:-1, 1:-1] - 1.0
        share = np.clip(distance * grid.resolution_km / (_FULL_DEPTH * across_km), 0.0, 1.0)
        return Depth(grid, share.astype(np.float32))


def look_of(image: CalibratedImage, location: Location, bands: Sequence[str] | None = None) -> tuple[Look, np.ndarray]:
    """What a mosaic needs of a located picture, and which framelets of the file that is, array of int.

    Parameters
    ----------
    image, location
        As `perijove.junocam.processing.calibrated_and_located` gives them.
    bands : sequence of str, optional
        Filters of the mosaic; those of the picture by default.

    Raises
    ------
    InputError
        Where no framelet of these filters sees the body.
    """
    wanted = tuple(bands or bands_of(image))
    filters = np.array(image.raw.filters)
    kept = location.in_view & np.isin(filters, wanted)
    if not kept.any():
        raise InputError(
            f"{image.raw.product_id}: no framelet through {', '.join(wanted)} shows {location.orientation.body.name}; "
            "leave the picture out"
        )
    band = np.array([wanted.index(name) for name in filters[kept]])
    pixels = FrameletPixels(image.radiance_factor[kept], image.sigma[kept], image.quality[kept], band)
    look = Look(image.raw.product_id, wanted, location.shot.chosen(kept), pixels, noise_of(pixels, len(wanted)))
    return look, np.flatnonzero(kept)


def noise_of(pixels: FrameletPixels, bands: int) -> np.ndarray:
    """Median of the standard errors of each band, of every so many pixels; 1 without any."""
    sample, noise = pixels.sigma[:, ::_NOISE_STEP, ::_NOISE_STEP], np.ones(bands)
    for band in range(bands):
        known = sample[pixels.band_of_framelet == band]
        known = known[np.isfinite(known) & (known > 0.0)]
        if known.size:
            noise[band] = np.median(known)
    return noise
