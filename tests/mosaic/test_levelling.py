"""Levels: gains and a photometric law from what pictures show.

Authority: law. Pictures are made by the law itself, with gains that are known; the ground is uneven. A mosaic of them
is the ground again.
"""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.synthetic import scene
from tests.mosaic.conftest import look

from perijove.geometry.grids import orthographic_grid
from perijove.mosaic.levelling import Levelling, fitted_levels
from perijove.mosaic.look import Look
from perijove.mosaic.tiles import Pieces, blended, job_of
from perijove.physics.photometry import disk_function
from perijove.scene.backplanes import framelet_backplanes
from perijove.scene.shot import Shot

GAINS = np.array([[1.02, 0.99, 1.0], [0.98, 1.01, 1.0]])
WEIGHT, COEFFICIENT, PHASE_DEG = 0.7, 0.008, 40.0
Shots = tuple[Shot, Shot, np.ndarray]


def lit(name: str, shot: Shot, bands: np.ndarray, gains: np.ndarray, seed: int) -> Look:
    """A look at the scene as albedo, lit by the law; where the Sun does not shine or the sky is seen, dark."""
    made = look(name, shot, bands, seed=seed)
    noise = made.pixels.values - look(name, shot, bands).pixels.values
    values = noise.copy()
    for k, band in enumerate(bands):
        planes = framelet_backplanes(shot, k)
        with np.errstate(invalid="ignore"):
            disk = disk_function(
                "lunar_lambert", planes["incidence"], planes["emission"], planes["phase"], parameter=WEIGHT
            )
        shown = gains[band] * disk * np.exp(-COEFFICIENT * (planes["phase"] - PHASE_DEG))
        seen = np.isfinite(shown)
        albedo = scene(shot_ground(shot, k), int(band))
        values[k][seen] += (shown * albedo)[seen].astype(np.float32)
    return replace(made, pixels=replace(made.pixels, values=values))


def shot_ground(shot: Shot, framelet: int) -> np.ndarray:
    """Ground of each pixel, (3, rows, columns), km."""
    camera = shot.cameras[framelet]
    columns, rows = np.meshgrid(np.arange(camera.columns) + 0.5, np.arange(camera.rows) + 0.5)
    return np.moveaxis(shot.ground(framelet, np.stack([columns, rows], axis=-1)).point_km, -1, 0)


@pytest.fixture(scope="module")
def looks(shots: Shots) -> list[Look]:
    near, far, bands = shots
    return [lit("near", near, bands, GAINS[0], 1), lit("far", far, bands, GAINS[1], 2)]


@pytest.fixture(scope="module")
def level(looks: list[Look]) -> Levelling:
    return fitted_levels(looks, "lunar_lambert")


@pytest.mark.slow
def test_gains_and_law_come_back(level: Levelling) -> None:
    """Law: within three stated errors, which are small enough to matter; the mean of the gains is held."""
    sigma = np.sqrt(np.einsum("bii->bi", level.levels.covariance))
    truth = np.log(GAINS / np.exp(np.log(GAINS).mean(axis=0)))
    assert np.abs(np.log(level.levels.gains) - truth).max() < 0.01
    assert (np.abs(np.log(level.levels.gains) - truth) < 3.0 * sigma[:, :2].T).all()
    np.testing.assert_allclose(np.log(level.levels.gains).mean(axis=0), 0.0, atol=1e-4)
    assert (np.abs(level.parameter - WEIGHT) < 3.0 * level.parameter_sigma).all()
    assert (level.parameter_sigma < 0.2).all()
    assert (np.abs(level.phase_coefficient - COEFFICIENT) < 3.0 * level.phase_coefficient_sigma).all()
    assert level.shared_cells > 300


def test_the_mosaic_is_the_ground_again(looks: list[Look], level: Levelling) -> None:
    """Law: normal reflectance is the albedo that was put in, at the stated phase, within the stated errors."""
    grid = orthographic_grid(50.0, 70.0, 9.0)
    job = job_of(looks, grid, levels=level.levels)
    (tile,) = (blended(piece) for piece in Pieces(job, list(job.tiles())))
    assert tile is not None
    rows, columns = np.nonzero((tile.planes[4] < 65.0) & (tile.planes[5] < 65.0) & np.isfinite(tile.values).all(axis=0))
    ground = grid.ground_km(rows, columns, radii_km=looks[0].shot.radii_km).T
    shift = np.exp(-COEFFICIENT * (level.levels.phase_deg - PHASE_DEG))
    common = np.exp(np.log(GAINS).mean(axis=0))
    for band in range(3):
        truth = scene(ground, band) * shift * common[band]
        ratio = tile.values[band, rows, columns] / truth
        assert np.median(ratio) == pytest.approx(1.0, abs=0.015)
        error = (tile.values[band, rows, columns] - truth) / tile.sigma[band, rows, columns]
        assert np.sqrt(np.mean(error**2)) < 1.6  # levels err in common; noise alone gives 1


def test_as_seen_only_gains_are_taken(looks: list[Look]) -> None:
    level = fitted_levels(looks, "none")
    assert level.law == "lunar_lambert"
    assert level.levels.law == "none"
    assert not level.levels.parameter.any()
    assert np.einsum("bii->bi", level.levels.covariance)[:, 2:].max() == 0.0


def test_a_lone_picture_keeps_its_scale(looks: list[Look]) -> None:
    """Law: nothing can be told of the gain of one picture, and nothing is applied."""
    level = fitted_levels(looks[:1], "minnaert")
    np.testing.assert_allclose(level.levels.gains, 1.0, atol=1e-4)
    assert level.shared_cells == 0
    assert (level.parameter_sigma < 0.2).all()  # from the spread of light within it
    assert (level.scatter == 0.0).all()


def test_a_picture_without_lit_ground_keeps_the_prior(shots: Shots) -> None:
    """Law: where nothing is measured, the solution is the prior with its errors."""
    near, _, bands = shots
    dark = look("dark", near, bands, 0.5)
    dark = replace(dark, shot=near.with_poses(replace(near.view, sun=-near.view.sun)))
    level = fitted_levels([replace(dark, pixels=replace(dark.pixels, values=-dark.pixels.values))], "lunar_lambert")
    np.testing.assert_allclose(level.parameter, level.prior_parameter[:, 0], atol=1e-6)
    np.testing.assert_allclose(level.parameter_sigma, level.prior_parameter[:, 1], rtol=1e-6)
    assert level.cells == 0
