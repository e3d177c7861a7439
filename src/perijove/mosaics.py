"""A mosaic from located pictures to its files: tiles made, kept, and put together."""

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import cast

import numpy as np

from perijove import __version__
from perijove.archive.gathering import LeftOut
from perijove.distribution import mapped
from perijove.errors import InputError, WriteError
from perijove.export.answer import SOFTWARE, json_text, provenance, write_text
from perijove.export.atomic import ProductSet, refuse_existing
from perijove.export.geojson import feature_collection, footprint_feature, write_geojson
from perijove.export.mosaics.bands import RASTERS, MosaicBands
from perijove.export.mosaics.record import levelling_record, map_line, mosaic_record
from perijove.export.mosaics.store import TileStore, packed_piece
from perijove.export.png import display_rgba, stamped, write_png
from perijove.export.rasters.blocks import halved
from perijove.figures.artist import Artist
from perijove.figures.drawing import Drawing, MosaicDrawing
from perijove.figures.picture import MapPicture, PictureFacts
from perijove.formats.image import RawImage
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.report import is_simulated
from perijove.mosaic.choices import MosaicOptions, mosaic_grid
from perijove.mosaic.levelling import fitted_levels
from perijove.mosaic.look import Look, look_of
from perijove.mosaic.tiles import Job, Piece, Pieces, job_of
from perijove.physics.stretch import natural_stretch
from perijove.scene.footprints import framelet_footprints

__all__ = ["Contribution", "Mosaic", "contribution_of", "default_name", "mosaic_names", "of_one_kind"]

_SUFFIXES = {
    "json": ".json",
    "map": "-map.tif",
    "backplanes": "-backplanes.tif",
    "quality": "-quality.tif",
    "footprints": "-footprints.geojson",
    "color": "-color.png",
    "overview": "-overview.png",
}
_COLORS, _METHANE = ("RED", "GREEN", "BLUE"), ("METHANE",)
_SHOWN_PX = 2048  # across the plain picture
_STEPS_PER_SIGMA = 4.0
_BEST_PERCENTILE = 1.0


@dataclass(frozen=True, eq=False)
class Contribution:
    """A picture of a mosaic.

    Attributes
    ----------
    look : Look
    orbit : int or None
        Perijove.
    simulated : bool
    sources : tuple of mapping
        Names and hashes of its files.
    framelets : array of int
        Those of the file that the look has.
    """

    look: Look
    orbit: int | None
    simulated: bool
    sources: tuple[Mapping[str, str], ...]
    framelets: np.ndarray

    def posed(self, location: Location) -> "Contribution":
        """The same with other poses, those of the picture adjusted together with others."""
        return replace(self, look=replace(self.look, shot=location.shot.chosen(self.framelets)))


def contribution_of(image: CalibratedImage, location: Location) -> Contribution:
    """What a mosaic keeps of a located picture: of its colours, or METHANE alone. The rest of it can be let go."""
    raw: RawImage = image.raw
    sources = tuple({"name": file.name, "sha256": file.sha256} for file in raw.sources)
    bands = _COLORS if set(_COLORS) & set(raw.filters) else _METHANE
    look, kept = look_of(image, location, bands)
    return Contribution(look, raw.orbit, is_simulated(raw), sources, kept)


def of_one_kind(pictures: Sequence[Contribution], left_out: list[LeftOut]) -> list[Contribution]:
    """Pictures in colour, or those through METHANE where there are none; the others are added to `left_out`."""
    kind = _COLORS if any(picture.look.bands == _COLORS for picture in pictures) else _METHANE
    for picture in pictures:
        if picture.look.bands != kind:
            name = picture.look.name
            left_out.append(LeftOut(Path(name), f"{name}: through METHANE, the others in colour; map it by itself"))
    return [picture for picture in pictures if picture.look.bands == kind]


def mosaic_names(name: str) -> dict[str, str]:
    """File names of a mosaic's products by role."""
    return {role: name + suffix for role, suffix in _SUFFIXES.items()}


def default_name(pictures: Sequence[Contribution]) -> str:
    """Body and passes, such as ``io-pj57-pj58``."""
    orbits = sorted({picture.orbit for picture in pictures if picture.orbit is not None})
    return "-".join([pictures[0].look.shot.body.lower(), *(f"pj{orbit}" for orbit in orbits), "mosaic"])


class _Work(Sequence[tuple[Piece, MosaicBands]]):
    """Pieces, each with what its bands are called."""

    def __init__(self, pieces: Pieces, bands: MosaicBands) -> None:
        self._pieces, self._bands = pieces, bands

    def __len__(self) -> int:
        return len(self._pieces)

    def __iter__(self) -> Iterator[tuple[Piece, MosaicBands]]:
        return ((piece, self._bands) for piece in self._pieces)

    def __getitem__(self, index: int) -> tuple[Piece, MosaicBands]:  # type: ignore[override]
        return self._pieces[index], self._bands


@dataclass(frozen=True, eq=False)
class Mosaic:
    """A mosaic to be written.

    Attributes
    ----------
    pictures : tuple of Contribution
        In the order in which they are counted.
    options : MosaicOptions
    name : str
        With which the names of the files begin.
    left_out : tuple of LeftOut
        Pictures that could not be used, for the record.
    command : str or None
        For the provenance.
    poses : str
        Where poses come from, in words.
    """

    pictures: tuple[Contribution, ...]
    options: MosaicOptions
    name: str
    left_out: tuple[LeftOut, ...] = ()
    command: str | None = None
    poses: str = "each picture's own limb"

    @property
    def is_simulated(self) -> bool:
        """Whether any picture is."""
        return any(picture.simulated for picture in self.pictures)

    @property
    def source(self) -> str:
        """Whose data, and what processed them."""
        if self.is_simulated:
            return f"SIMULATED pictures, not photographs; simulated and processed with Perijove {__version__}"
        return f"Image data: NASA/JPL-Caltech/SwRI/MSSS; processed with Perijove {__version__}"

    def write(
        self,
        folder: Path,
        *,
        overwrite: bool = False,
        threads: int = 2,
        scheduler: str | None = None,
        progress: Callable[[str, float], None] | None = None,
    ) -> dict[str, object]:
        """Make the mosaic and write its files; all appear or none.

        Parameters
        ----------
        folder : Path
            Made if missing. Until the mosaic is whole its tiles lie in a hidden folder there, named by a hash of all
            that it is made of; a run that was stopped goes on from them.
        overwrite : bool
            Whether files of the same names may be replaced.
        threads, scheduler
            As for `perijove.distribution.mapped`.
        progress : callable, optional
            Told the step and the fraction of it that is done.

        Returns
        -------
        dict
            What the JSON holds.

        Raises
        ------
        InputError
            Where the pictures do not fit together, the grid cannot be, or nothing of it is seen.
        OutputExistsError
            Where a file stands and `overwrite` is false.
        WriteError
            Where the folder cannot be written, as on a full disk; tiles that are done are kept.
        """
        tell, names, options = progress or _silent, mosaic_names(self.name), self.options
        if not overwrite:
            refuse_existing(folder, names.values())
        looks = [picture.look for picture in self.pictures]
        grid = mosaic_grid(looks, options)
        tell("levels", 0.0)
        level = None if options.night else fitted_levels(looks, options.photometry)
        tell("edges of the pictures", 0.0)
        job = job_of(looks, grid, recipe=options.recipe, levels=level.levels if level is not None else None)
        note = "" if options.photometry == "none" else f", {options.photometry} law divided out"
        bands = MosaicBands(looks[0].bands, _step(looks), note, job.epoch_tdb)
        place = folder / f".{self.name}-{_key(job, options)}"
        with _disk_watched(folder), TileStore(place, job.grid.shape, bands) as store:
            _fill(store, job, bands, threads=threads, scheduler=scheduler, tell=tell)
            covered = sum(store.covered.values())
            if not covered:
                store.discard()
                raise InputError("the mosaic would be empty: no picture shows any of its ground; choose another region")
            record = mosaic_record(
                job,
                options,
                name=self.name,
                covered=covered,
                orbits=[picture.orbit for picture in self.pictures],
                sources=[picture.sources for picture in self.pictures],
                simulated=self.is_simulated,
            )
            record |= {
                "poses": self.poses,
                "levelling": None if level is None else levelling_record(level, looks[0].bands),
                "left_out": [one.reason for one in self.left_out],
                "files": list(names.values()),
                "provenance": provenance(command=self.command),
            }
            with ProductSet(folder, overwrite=overwrite) as products:
                paths = {role: products.path(name) for role, name in names.items()}
                tell("putting together", 0.0)
                self._rasters(store, job, paths, str(record["title"]), tell)
                self._pictures(store, job, paths, record)
            store.discard()
        return record

    def _rasters(
        self, store: TileStore, job: Job, paths: Mapping[str, Path], title: str, tell: Callable[[str, float], None]
    ) -> None:
        """Write the rasters."""
        grid = job.grid
        tags = {
            "TIFFTAG_SOFTWARE": SOFTWARE,
            "TIFFTAG_IMAGEDESCRIPTION": ("SIMULATED: " if self.is_simulated else "") + title,
            "TIFFTAG_COPYRIGHT": self.source,
            "SIMULATED": "YES" if self.is_simulated else "NO",
            **({} if grid.crs is None else {"CRS": grid.crs}),
        }
        for number, raster in enumerate(RASTERS, start=1):
            store.write(raster, paths[raster], crs=grid.crs_wkt, transform=grid.transform_m, tags=tags)
            tell("putting together", number / (len(RASTERS) + 1))

    def _pictures(self, store: TileStore, job: Job, paths: Mapping[str, Path], record: Mapping[str, object]) -> None:
        """Write footprints, the plain picture, the overview and the record."""
        title, grid = str(record["title"]), job.grid
        features = []
        for number, picture in enumerate(self.pictures, start=1):
            for feature in map(footprint_feature, framelet_footprints(picture.look.shot)):
                properties = {"picture": number, "product_id": picture.look.name}
                features.append(feature | {"properties": properties | cast("dict[str, object]", feature["properties"])})
        collection = feature_collection(features, name=self.name, body=job.looks[0].shot.body)
        write_geojson(paths["footprints"], collection | {"provenance": record["provenance"]})
        colors = range(len(job.looks[0].bands))
        values = np.stack([_shown(store, "map", band, mean=True) for band in colors])
        stretch = natural_stretch(values)
        text = {"Title": title, "Source": self.source, "Stretch": str(stretch)}
        rgba = display_rgba(values, stretch)
        plain = stamped(rgba) if self.is_simulated else rgba
        write_png(paths["color"], plain, text=text, curve=stretch.curve)
        order = store.band_names("backplanes")
        planes = {
            name: _shown(store, "backplanes", order.index(name), mean=False)
            for name in ("looks", "ground_resolution", "best_picture")
        }
        shape, nowhere = (rgba.shape[0], rgba.shape[1]), (np.nan, np.nan)
        coarse = replace(grid, shape=shape, resolution_km=grid.resolution_km * grid.shape[1] / shape[1])
        facts = PictureFacts(title, job.looks[0].shot.body.title(), "", np.nan, np.nan, nowhere, nowhere, self.source)
        shown = MapPicture(rgba, coarse, facts)
        drawing = MosaicDrawing(shown, planes, len(self.pictures), title, map_line(record))
        with Artist(apart=False) as artist:
            artist.draw(Drawing(drawing, paths["overview"], text)).result()
        write_text(paths["json"], json_text(record) + "\n")


def _silent(step: str, part: float) -> None:
    """Progress that nobody watches."""


def _key(job: Job, options: MosaicOptions) -> str:
    """Hash of all that tiles are made of: what an earlier run left may be used where it is the same."""
    levels = job.levels
    said = (__version__, asdict(options), job.grid, job.epoch_tdb, job.coarsest_km, levels.law, levels.phase_deg)
    total = sha256(repr(said).encode())
    for array in (levels.gains, levels.parameter, levels.phase_coefficient, levels.covariance):
        total.update(np.ascontiguousarray(array).tobytes())
    for look in job.looks:
        total.update(look.digest().encode())
    return total.hexdigest()[:16]


def _step(looks: Sequence[Look]) -> float | None:
    """Power of two to which brightness is rounded: a quarter of the error of the best pixels, or below."""
    sample = np.concatenate([look.pixels.sigma[:, ::16, ::16].ravel() for look in looks])
    known = sample[np.isfinite(sample) & (sample > 0.0)]
    if not known.size:
        return None
    least = float(np.percentile(known, _BEST_PERCENTILE)) / np.sqrt(len(looks))
    return float(2.0 ** np.floor(np.log2(least / _STEPS_PER_SIGMA)))


@contextmanager
def _disk_watched(folder: Path) -> Iterator[None]:
    """Say in one line that the folder cannot be written; what is done stays."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WriteError(
                f"{folder}: the disk is full; the tiles that are done are kept there: free some space and run the same "
                "again"
            ) from error
        raise WriteError(f"{folder}: cannot write: {error.strerror or error}; choose another folder") from error


def _fill(
    store: TileStore,
    job: Job,
    bands: MosaicBands,
    *,
    threads: int,
    scheduler: str | None,
    tell: Callable[[str, float], None],
) -> None:
    """Make the tiles that are not in the store yet."""
    tiles = list(job.tiles())
    todo = [tile for tile in tiles if (tile.row, tile.column) not in store]
    done = len(tiles) - len(todo)
    tell("tiles", done / len(tiles))
    work = _Work(Pieces(job, todo, cut=scheduler is not None), bands)
    for tile in mapped(packed_piece, work, threads=threads, scheduler=scheduler):
        store.add(tile)
        done += 1
        tell("tiles", done / len(tiles))


def _shown(store: TileStore, raster: str, band: int, *, mean: bool) -> np.ndarray:
    """A band at a quarter of the map's resolution, or less where that is wider than a screen."""
    values = store.overview(raster, band)
    while max(values.shape) > _SHOWN_PX:
        values = halved(values, mean=mean)
    return values
