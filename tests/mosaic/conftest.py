"""Synthetic looks: a pass seen twice, the body turned between, so that each shows ground that the other does not."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.synthetic import Pass, close_pass, scene

from perijove.geometry.rotations import rotation_z
from perijove.mosaic.look import Look
from perijove.scene.backplanes import framelet_ground_km
from perijove.scene.mapping import FrameletPixels
from perijove.scene.shot import Shot
from perijove.scene.view import View

SIGMA = 0.01
BANDS = ("BLUE", "GREEN", "RED")


def turned(picture: Pass, deg: float, later_s: float) -> Shot:
    """The same picture with the body turned about its axis, taken later; the Sun turns with the camera."""
    turn, view = rotation_z(deg), picture.view
    moved = View(view.times_tdb + later_s, view.position_km @ turn.T, view.body_to_camera @ turn.T, view.sun @ turn.T)
    return replace(picture.shot, view=moved)


def look(name: str, shot: Shot, bands: np.ndarray, brightness: float | None = None, *, seed: int | None = None) -> Look:
    """A look at the smooth scene, or at uniform brightness; with noise of `SIGMA` where there is a seed."""
    values = np.full((len(shot), shot.cameras[0].rows, shot.cameras[0].columns), brightness or 0.5, np.float32)
    if brightness is None:
        for k, band in enumerate(bands):
            point = framelet_ground_km(shot, k)
            seen = np.isfinite(point[0])
            values[k][seen] = scene(point, int(band))[seen]
    if seed is not None:
        values += np.random.default_rng(seed).normal(0.0, SIGMA, values.shape).astype(np.float32)
    sigma, flags = np.full_like(values, SIGMA), np.zeros(values.shape, np.uint16)
    return Look(name, BANDS, shot, FrameletPixels(values, sigma, flags, bands), np.full(3, SIGMA))


@pytest.fixture(scope="session")
def shots() -> tuple[Shot, Shot, np.ndarray]:
    """A look from 15,000 km and one from 22,000 km, 40 degrees further east an hour later; bands of the framelets."""
    near, far = close_pass(n_frames=7, range_km=15000.0), close_pass(n_frames=7, range_km=22000.0)
    return near.shot, turned(far, 40.0, 3600.0), near.bands


@pytest.fixture(scope="session")
def pair(shots: tuple[Shot, Shot, np.ndarray]) -> list[Look]:
    """Both looks at the smooth scene, without noise."""
    near, far, bands = shots
    return [look("near", near, bands), look("far", far, bands)]
