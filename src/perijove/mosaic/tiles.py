"""A mosaic tile by tile: all pictures that can see a tile, brought to one brightness and blended.

Every tile is made by itself from its ground, the pictures and the recipe; so it is the same in whatever order, thread
or machine tiles are made, and a map of any size takes the memory of the few tiles in work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np

from perijove.errors import InputError
from perijove.geometry.projections import MapGrid
from perijove.junocam.radiometry.quality import QUALITY
from perijove.mosaic import blend_kernel as kernel
from perijove.mosaic.look import DAY, Depth, Light, Look
from perijove.scene.backplane_registry import MAP_BACKPLANES

__all__ = [
    "CHOICES", "LAWS", "PLANES", "TILE", "Job", "Levels", "Piece", "Pieces", "Recipe", "Tile", "TileMap",
    "blended", "job_of",
]  # fmt: skip

TILE = 512  # pixels along a side: a few tens of MB in work, and a power of two of the blocks that are written
PLANES = ("looks", "best_picture", "time", "ground_resolution", "incidence", "emission", "phase")
"""Planes of a mosaic; the last five hold for the best look, whose number counts from 1."""

CHOICES = {
    "blend": kernel.BLEND,
    "resolution": kernel.RESOLUTION,
    "emission": kernel.EMISSION,
    "phase": kernel.PHASE,
    "time": kernel.TIME,
    "error": kernel.ERROR,
}
"""What a ground point shows: all looks blended, or the one of finest resolution, least emission or phase angle, latest
time or least relative error."""
LAWS = {"none": kernel.AS_SEEN, "lunar_lambert": kernel.LUNAR_LAMBERT, "minnaert": kernel.MINNAERT}
"""Photometric laws by name, as `perijove.physics.photometry` has them; ``none`` leaves brightness as seen."""
_LIMIT_DEG = 85.0  # of incidence and emission for a photometric law; see `perijove.physics.photometry`
_BALL_STEP = 16  # a tile's ground is bounded by every 16th row and column
_REACH = 1.1  # for what the ground between those reaches beyond them


@dataclass(frozen=True, eq=False)
class Levels:
    """What brings pictures to one brightness, with its errors.

    Attributes
    ----------
    law : str
        ``none`` (as seen), ``lunar_lambert`` or ``minnaert``.
    gains : array, shape (looks, bands)
        Radiance factors are divided by them.
    parameter, phase_coefficient : array, shape (bands,)
        Of the law: its weight or exponent, and the decrease of the logarithm of brightness per degree of phase.
    phase_deg : float
        Phase angle to which brightness is brought; without meaning for ``none``.
    covariance : array, shape (bands, looks + 2, looks + 2)
        Of the logarithms of the gains, then `parameter` and `phase_coefficient`.
    """

    law: str
    gains: np.ndarray
    parameter: np.ndarray
    phase_coefficient: np.ndarray
    phase_deg: float
    covariance: np.ndarray

    @classmethod
    def neutral(cls, looks: int, bands: int) -> "Levels":
        """Pictures as they are, taken for exact."""
        return cls(
            "none",
            np.ones((looks, bands)),
            np.zeros(bands),
            np.zeros(bands),
            0.0,
            np.zeros((bands, looks + 2, looks + 2)),
        )


@dataclass(frozen=True)
class Recipe:
    """How looks become a map.

    Attributes
    ----------
    by : str
        Key of `CHOICES`.
    light : Light
        Incidence angles that count.
    """

    by: str = "blend"
    light: Light = field(default=DAY)

    def __post_init__(self) -> None:
        """Reject what is not on offer."""
        if self.by not in CHOICES:
            raise InputError(f"mosaic by {self.by!r}: choose one of {', '.join(CHOICES)}")


@dataclass(frozen=True)
class Tile:
    """A part of a map's grid.

    Attributes
    ----------
    row, column : int
        Its place among the tiles.
    grid : MapGrid
        Its pixels; at most `TILE` along a side.
    """

    row: int
    column: int
    grid: MapGrid


@dataclass(frozen=True, eq=False)
class TileMap:
    """What a tile shows.

    Attributes
    ----------
    tile : Tile
    values, sigma : array, shape (bands, rows, columns), float32
        Radiance factor, as seen or brought to the law's geometry, and its standard error: random part and that of the
        levels. NaN where nothing is seen.
    planes : array, shape (planes, rows, columns), float32
        In the order of `PLANES`; ``time`` in seconds past the job's epoch. NaN where nothing is seen.
    quality : array, shape (rows, columns), uint16
        Flags of the best look, over all bands.
    covered : int
        Ground points that some band shows.
    """

    tile: Tile
    values: np.ndarray
    sigma: np.ndarray
    planes: np.ndarray
    quality: np.ndarray
    covered: int


@dataclass(frozen=True, eq=False)
class Job:
    """A mosaic to be made: its grid, pictures, recipe and levels.

    Attributes
    ----------
    grid : MapGrid
    looks : tuple of Look
    depths : tuple of Depth
        Of each.
    recipe : Recipe
    levels : Levels
    epoch_tdb : float
        From which times are counted, TDB seconds past J2000.
    coarsest_km : float
        Pixel of the coarsest picture at the distance of the body's centre.
    """

    grid: MapGrid
    looks: tuple[Look, ...]
    depths: tuple[Depth, ...]
    recipe: Recipe
    levels: Levels
    epoch_tdb: float
    coarsest_km: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        return -(-self.grid.shape[0] // TILE), -(-self.grid.shape[1] // TILE)

    def tiles(self) -> Iterator[Tile]:
        """All tiles, row by row."""
        grid, (rows, columns) = self.grid, self.grid.shape
        for i in range(self.shape[0]):
            for j in range(self.shape[1]):
                part = replace(
                    grid,
                    shape=(min(TILE, rows - i * TILE), min(TILE, columns - j * TILE)),
                    x_left_km=grid.x_left_km + j * TILE * grid.resolution_km,
                    y_top_km=grid.y_top_km - i * TILE * grid.resolution_km,
                )
                yield Tile(i, j, part)

    def piece(self, tile: Tile, *, cut: bool = False) -> "Piece":
        """What one tile needs; if `cut`, no framelet that cannot see it, so that little has to travel."""
        ball = _ball(tile.grid, self.looks[0].shot.radii_km)
        chosen = [] if ball is None else [k for k, look in enumerate(self.looks) if look.projector.may_see(*ball).any()]
        looks = [self.looks[k] for k in chosen]
        if cut and ball is not None:
            looks = [look.only(look.projector.may_see(*ball)) for look in looks]
        keep = [*chosen, len(self.looks), len(self.looks) + 1]
        levels = replace(
            self.levels, gains=self.levels.gains[chosen], covariance=self.levels.covariance[:, keep][:, :, keep]
        )
        depths = tuple(self.depths[k] for k in chosen)
        return Piece(tile, tuple(chosen), tuple(looks), depths, self.recipe, levels, self.epoch_tdb, self.coarsest_km)


@dataclass(frozen=True, eq=False)
class Piece:
    """All that one tile is made of; attributes as those of `Job`, for its pictures alone, which `numbers` tells."""

    tile: Tile
    numbers: tuple[int, ...]
    looks: tuple[Look, ...]
    depths: tuple[Depth, ...]
    recipe: Recipe
    levels: Levels
    epoch_tdb: float
    coarsest_km: float


class Pieces(Sequence[Piece]):
    """Pieces of some tiles of a job, each made when it is asked for.

    Parameters
    ----------
    job : Job
    tiles : sequence of Tile
    cut : bool
        As in `Job.piece`.
    """

    def __init__(self, job: Job, tiles: Sequence[Tile], *, cut: bool = False) -> None:
        self._job, self._tiles, self._cut = job, tiles, cut

    def __len__(self) -> int:
        """Number of pieces."""
        return len(self._tiles)

    @overload
    def __getitem__(self, index: int) -> Piece: ...
    @overload
    def __getitem__(self, index: slice) -> "Pieces": ...
    def __getitem__(self, index: int | slice) -> "Piece | Pieces":
        """A piece, or some."""
        if isinstance(index, slice):
            return Pieces(self._job, self._tiles[index], cut=self._cut)
        return self._job.piece(self._tiles[index], cut=self._cut)


def blended(piece: Piece) -> TileMap | None:
    """Blend what the pictures show of a tile; None where they show nothing."""
    if not piece.looks:
        return None
    grid, choice, code = piece.tile.grid, CHOICES[piece.recipe.by], LAWS[piece.levels.law]
    n, bands, count = grid.shape[0] * grid.shape[1], len(piece.looks[0].bands), len(piece.looks)
    points = np.moveaxis(grid.ground_km(*np.indices(grid.shape), radii_km=piece.looks[0].shot.radii_km), -1, 0)
    x, y, z = (np.ascontiguousarray(axis.ravel()) for axis in points)
    sums, gradients = np.zeros((bands, 3, n)), np.zeros((bands, 2, n))
    weights = np.zeros((count, bands, n), np.float32)
    rank, best, looks = np.full(n, np.inf), np.full(n, -1, np.int32), np.zeros(n, np.float32)
    best_planes, quality = np.full((kernel.BEST_PLANES, n), np.nan, np.float32), np.zeros(n, np.uint16)
    light, unlit = piece.recipe.light, int(QUALITY.mask("unlit"))
    for index, (look, depth) in enumerate(zip(piece.looks, piece.depths, strict=True)):
        shown = look.projector.onto(grid)
        if not shown.covered:
            continue
        missing = bands - len(shown.values)
        values, sigma = (
            np.concatenate([array.reshape(-1, n), np.full((missing, n), np.nan, np.float32)])
            for array in (shown.values, shown.sigma)
        )
        levels = piece.levels
        law = np.stack([levels.gains[index], levels.parameter, levels.phase_coefficient], axis=1)
        kernel.add_look(
            index, choice, values, sigma, shown.quality.reshape(-1, n),
            np.stack([shown.backplanes[plane.name].ravel() for plane in MAP_BACKPLANES]),
            x, y, z, _packed(depth.grid), depth.share, look.shot.view.times_tdb - piece.epoch_tdb, look.noise, code,
            law, levels.phase_deg, np.array([light.first_deg, light.last_deg, light.fade_deg]), _LIMIT_DEG,
            piece.coarsest_km, QUALITY.mask("beyond_photometry"),
            sums, gradients, weights, rank, best, best_planes, looks, quality,
        )  # fmt: skip
    values, sigma = (np.empty((bands, n), np.float32) for _ in range(2))
    covered = int(kernel.finish(choice, sums, gradients, weights, best, piece.levels.covariance, values, sigma))
    if not covered and not quality.any():
        return None
    numbers = np.array([*piece.numbers, -1], np.float32)[best] + 1.0
    seen = best >= 0
    planes = np.stack([np.where(seen, looks, np.nan), np.where(seen, numbers, np.nan), *best_planes]).astype(np.float32)
    quality |= np.where(best_planes[2] > 90.0, np.uint16(unlit), np.uint16(0))
    shape = grid.shape
    return TileMap(
        piece.tile,
        values.reshape(-1, *shape),
        sigma.reshape(-1, *shape),
        planes.reshape(-1, *shape),
        quality.reshape(shape),
        covered,
    )


def job_of(looks: Sequence[Look], grid: MapGrid, *, recipe: Recipe | None = None, levels: Levels | None = None) -> Job:
    """A mosaic of looks on a grid.

    Raises
    ------
    InputError
        Without looks, or where they show several bodies or have other bands.
    """
    if not looks:
        raise InputError("a mosaic of no pictures; give some")
    for what, kinds in (("bodies", {look.shot.body for look in looks}), ("bands", {look.bands for look in looks})):
        if len(kinds) > 1:
            raise InputError(
                f"pictures of {len(kinds)} {what}: {', '.join(map(str, sorted(kinds)))}; give those of one"
            )
    recipe = recipe or Recipe()
    levels = levels or Levels.neutral(len(looks), len(looks[0].bands))
    depths = tuple(look.depth(recipe.light) for look in looks)
    epoch = float(np.floor(min(look.mid_time_tdb for look in looks)))
    return Job(grid, tuple(looks), depths, recipe, levels, epoch, max(look.pixel_km for look in looks))


def _packed(grid: MapGrid) -> np.ndarray:
    """Perspective view as `blend_kernel` takes it."""
    position = np.array(grid.position_km)
    step = grid.resolution_km
    tail = [float(np.linalg.norm(position)) / step, grid.x_left_km / step, -grid.y_top_km / step]
    return np.concatenate([position, grid.axes.ravel(), tail])


def _ball(grid: MapGrid, radii_km: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Centre and radius of a ball about all ground of a grid, km; None where it shows none."""
    rows, columns = (np.unique([*range(0, n, _BALL_STEP), n - 1]) for n in grid.shape)
    points = grid.ground_km(rows[:, None], columns[None, :], radii_km=radii_km).reshape(-1, 3)
    points = points[np.isfinite(points[:, 0])]
    if not len(points):
        return None
    center = 0.5 * (points.min(axis=0) + points.max(axis=0))
    reach = float(np.linalg.norm(points - center, axis=1).max())
    return center, _REACH * reach + _BALL_STEP * grid.resolution_km
