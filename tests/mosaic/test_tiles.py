"""The tile engine of mosaics.

Authority: law (one scene comes back from two pictures, pictures that disagree leave no step, errors are those of the
noise that was put in, a tile does not depend on the others) and independent (the projection of one picture alone).
"""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.synthetic import scene
from tests.mosaic.conftest import SIGMA, look

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.errors import InputError
from perijove.geometry.grids import global_equirectangular, orthographic_grid
from perijove.geometry.projections import MapGrid
from perijove.junocam.radiometry.quality import QUALITY
from perijove.mosaic.look import Look
from perijove.mosaic.tiles import PLANES, Job, Levels, Pieces, Recipe, TileMap, blended, job_of
from perijove.scene.mapping import MapOptions, project_to_map
from perijove.scene.shot import Shot

GRID = orthographic_grid(50.0, 70.0, 9.0)  # both sub-spacecraft points, one tile


def made(job: Job) -> TileMap:
    """The only tile of a job."""
    (tile,) = (blended(piece) for piece in Pieces(job, list(job.tiles())))
    assert tile is not None
    return tile


def test_the_scene_comes_back(pair: list[Look]) -> None:
    """Law: what both pictures show without noise is the scene itself, to the bound of tests/scene/test_mapping.py."""
    tile = made(job_of(pair, GRID))
    inner = (tile.planes[PLANES.index("emission")] < 70.0) & np.isfinite(tile.values).all(axis=0)
    rows, columns = np.nonzero(inner)
    assert len(rows) > 20_000
    truth = GRID.ground_km(rows, columns, radii_km=RADII).T
    bound = 0.2 * (22.0 / 15.0 * 30.0 * 26.0 / 1829.0) ** 3 / 24.0  # the far picture's pixels are 22/15 as large
    for band in range(3):
        assert np.abs(tile.values[band, rows, columns] - scene(truth, band)).max() < bound


def test_pictures_that_disagree_leave_no_step(shots: tuple[Shot, Shot, np.ndarray]) -> None:
    """Law: 10 percent apart, each alone where the other ends, and between neighbours no more than 1 percent.

    Left out is the surrounding of the two places where the edges of both pictures cross: there all values meet.
    """
    near, far, bands = shots
    job = job_of([look("near", near, bands, 0.4), look("far", far, bands, 0.44)], GRID)
    tile = made(job)
    apart = np.ones(GRID.shape, bool)
    for depth in job.depths:  # all but what lies within 2 percent of the diameter of the edges of both
        x, y = depth.grid.xy(*GRID.lat_lon(*np.indices(GRID.shape)))
        rows, columns = (
            np.clip(np.nan_to_num(v), 0, n - 1).astype(int) for v, n in zip((y, x), depth.share.shape, strict=True)
        )
        apart &= depth.share[rows, columns] < 0.2
    for value in tile.values:
        assert np.nanmin(value) == pytest.approx(0.4, rel=1e-3)
        assert np.nanmax(value) == pytest.approx(0.44, rel=1e-3)
        inner = np.where(apart, np.nan, value)
        steps = np.concatenate([np.abs(np.diff(inner, axis=axis)).ravel() for axis in (0, 1)])
        assert np.nanmax(steps) < 0.01 * 0.42
        assert np.nanmax(steps) > 0.0003


def test_errors_are_those_of_the_noise(shots: tuple[Shot, Shot, np.ndarray]) -> None:
    """Law: residuals over stated errors have unit variance; there are some 20,000 independent pixels, 1 percent."""
    near, far, bands = shots
    job = job_of([look("near", near, bands, 0.5, seed=1), look("far", far, bands, 0.5, seed=2)], GRID)
    tile = made(job)
    normalised = (tile.values - 0.5) / tile.sigma
    assert np.nanstd(normalised) == pytest.approx(1.0, abs=0.03)
    both = tile.planes[0] == 2.0
    assert np.nanmedian(tile.sigma[1][both]) < SIGMA


def test_a_tile_depends_on_nothing_but_its_ground(pair: list[Look]) -> None:
    """Law: a part of a map is the map's part, to the 1e-4 px of the projection; cut to its framelets it is the same."""
    grid = global_equirectangular(6.0)
    job = job_of(pair, grid)
    tiles = list(job.tiles())
    assert job.shape == (2, 4)
    assert len(tiles) == 8
    tile = tiles[3]
    whole, cut = blended(job.piece(tile)), blended(job.piece(tile, cut=True))
    assert whole is not None
    assert cut is not None
    assert len(job.piece(tile, cut=True).looks[0].shot) < len(pair[0].shot)
    for name in ("values", "sigma", "planes", "quality"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(cut, name))
    rows, columns = slice(100, 200), slice(200, 330)
    part = replace(
        tile.grid, shape=(100, 130), x_left_km=tile.grid.x_left_km + 200 * grid.resolution_km,
        y_top_km=tile.grid.y_top_km - 100 * grid.resolution_km,
    )  # fmt: skip
    own = made(replace(job, grid=part))
    np.testing.assert_allclose(own.values, whole.values[:, rows, columns], atol=1e-4)


def test_tiles_that_nobody_sees_are_none(pair: list[Look]) -> None:
    job = job_of(pair, global_equirectangular(6.0))
    made_ = [blended(piece) for piece in Pieces(job, list(job.tiles()))]
    assert any(tile is None for tile in made_)
    assert any(tile is not None for tile in made_)


@pytest.mark.parametrize(("by", "chosen"), [("resolution", 0), ("time", 1), ("error", 0)])
def test_the_best_look_alone(shots: tuple[Shot, Shot, np.ndarray], by: str, chosen: int) -> None:
    """Independent: where a single look is asked for, its own projection; the near picture is sharper and brighter."""
    near, far, bands = shots
    looks = [look("near", near, bands, 0.6), look("far", far, bands, 0.4)]
    tile = made(job_of(looks, GRID, recipe=Recipe(by)))
    one = looks[chosen]
    alone = project_to_map(one.shot, one.pixels, GRID, bad_bits=int(QUALITY.unusable), options=MapOptions(threads=1))
    lit = (alone.backplanes["incidence"] < 90.0) & (alone.backplanes["emission"] < 60.0)
    lit &= np.isfinite(alone.values).all(axis=0) & np.isfinite(tile.values).all(axis=0) & (tile.planes[0] == 2.0)
    best = tile.planes[PLANES.index("best_picture")]
    if by == "resolution":  # the far picture has the finer look where the near one is oblique
        lit &= best == chosen + 1
    assert lit.sum() > 5000
    assert (best[lit] == chosen + 1).all()
    np.testing.assert_array_equal(tile.values[:, lit], alone.values[:, lit])
    np.testing.assert_array_equal(tile.sigma[:, lit], alone.sigma[:, lit])
    np.testing.assert_allclose(tile.planes[PLANES.index("incidence")][lit], alone.backplanes["incidence"][lit])


def test_looks_are_counted_and_timed(shots: tuple[Shot, Shot, np.ndarray], pair: list[Look]) -> None:
    """Law: looks are as many as pictures that show the ground by day; times those of the best one's frames."""
    tile = made(job_of(pair, GRID))
    count = np.zeros(GRID.shape)
    for one in pair:
        alone = project_to_map(one.shot, one.pixels, GRID, bad_bits=int(QUALITY.unusable))
        with np.errstate(invalid="ignore"):
            count += alone.backplanes["incidence"] < 90.0
    np.testing.assert_array_equal(np.nan_to_num(tile.planes[0]), count)
    best, time = (tile.planes[PLANES.index(name)] for name in ("best_picture", "time"))
    job = job_of(pair, GRID)
    for number, shot in enumerate(shots[:2], start=1):
        seconds = time[best == number]
        assert seconds.min() >= shot.view.times_tdb[0] - job.epoch_tdb - 1e-3
        assert seconds.max() <= shot.view.times_tdb[-1] - job.epoch_tdb + 1e-3


def test_levels_are_divided_out_and_their_error_is_added(shots: tuple[Shot, Shot, np.ndarray]) -> None:
    """Law: gains restore equal brightness; the error is that of a mean with the shares and the covariance given."""
    near, far, bands = shots
    looks = [look("near", near, bands, 0.5 * 1.1), look("far", far, bands, 0.5 * 0.9)]
    gains = np.array([[1.1] * 3, [0.9] * 3])
    common = np.zeros((3, 4, 4))
    common[:, :2, :2] = 0.02**2  # an error that both share: every mean has it whole
    levels = Levels("none", gains, np.zeros(3), np.zeros(3), 0.0, common)
    plain = made(job_of(looks, GRID, levels=replace(levels, covariance=np.zeros((3, 4, 4)))))
    tile = made(job_of(looks, GRID, levels=levels))
    seen = np.isfinite(tile.values)
    np.testing.assert_allclose(tile.values[seen], 0.5, rtol=1e-5)
    added = np.sqrt(tile.sigma[seen] ** 2.0 - plain.sigma[seen] ** 2.0)
    np.testing.assert_allclose(added, 0.02 * 0.5, rtol=2e-3)
    apart = np.zeros((3, 4, 4))
    apart[:, 0, 0], apart[:, 1, 1] = 0.02**2, 0.02**2  # independent errors: the mean of two has less
    mixed = made(job_of(looks, GRID, levels=replace(levels, covariance=apart)))
    added = np.sqrt(mixed.sigma[seen] ** 2.0 - plain.sigma[seen] ** 2.0)
    assert added.max() <= 0.01 * 1.002
    assert added.min() == pytest.approx(0.01 / np.sqrt(2.0), rel=0.01)


def test_what_does_not_fit_together_is_refused(pair: list[Look]) -> None:
    grid: MapGrid = GRID
    with pytest.raises(InputError, match="no pictures"):
        job_of([], grid)
    with pytest.raises(InputError, match="2 bodies"):
        job_of([pair[0], replace(pair[1], shot=replace(pair[1].shot, body="EUROPA"))], grid)
    with pytest.raises(InputError, match="resolution"):
        Recipe("beauty")
