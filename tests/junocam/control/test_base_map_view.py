"""The predicted picture: law (a uniform map shows the disk function alone), independent (the forward simulator)."""

from dataclasses import replace

import numpy as np
import pytest

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.junocam.control.base_map_view import BaseMapView, PatchGrid
from perijove.junocam.instrument import strip_camera
from perijove.scene.shot import Shot
from perijove.scene.view import View

SOURCE = SourceFile("made up", "")
DISTANCE_KM = 20000.0
CAMERA = strip_camera("GREEN", focal_length_px=1487.0)


def overhead(sun: np.ndarray) -> Shot:
    """The strip's middle looks from above longitude 90 E along the line to the body's centre; north is up."""
    position = np.array([[0.0, DISTANCE_KM, 0.0]])
    ray = CAMERA.rays(np.array([CAMERA.columns / 2.0, CAMERA.rows / 2.0]))
    right = np.cross([0.0, 1.0, 0.0], ray)
    right /= np.linalg.norm(right)
    camera = np.array([right, np.cross(ray, right), ray])
    body = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, -1.0, 0.0]])
    view = View(np.zeros(1), position, (camera.T @ body)[None], sun[None] / np.linalg.norm(sun))
    return Shot("IO", RADII, view, (CAMERA,), np.array([0]))


def middle_patch(side: int = 40) -> PatchGrid:
    """One patch about the strip's middle."""
    corner = np.array([[CAMERA.columns // 2 - side // 2, CAMERA.rows // 2 - side // 2]])
    return PatchGrid(np.zeros(1, dtype=int), corner, side, side, 1)


@pytest.mark.parametrize("width", [64, 2880])
def test_uniform_map_shows_the_disk_function(width: int) -> None:
    """Law: seen from above and lit from 60 deg, 2 cos i / (cos i + cos e) = 2/3 in the middle, within 1 %."""
    base_map = BaseMap(np.full((width // 2, width, 1), 0.6, dtype=np.float32), 0.0, SOURCE)
    shot = overhead(np.array([0.0, 0.5, np.sqrt(0.75)]))
    picture = BaseMapView(base_map, RADII).predicted(middle_patch(), shot, psf_sigma_px=0.6, margin=3)
    assert picture.shape == (1, 46, 46)
    assert picture[0, 23, 23] == pytest.approx(0.6 * 2.0 / 3.0, rel=0.01)


def test_night_and_sky_are_zero() -> None:
    """Law: nothing is predicted where the Sun does not shine, nor beside the disc."""
    base_map = BaseMap(np.full((32, 64, 1), 0.6, dtype=np.float32), 0.0, SOURCE)
    for shot in (overhead(np.array([0.0, -1.0, 0.1])), overhead(np.array([0.0, 1.0, 0.0]))):
        patch = middle_patch()
        aside = PatchGrid(patch.framelet, patch.corner + np.array([400, 0]), 40, 40, 1)
        where = aside if shot.view.sun[0, 1] > 0.0 else patch
        picture = BaseMapView(base_map, RADII).predicted(where, shot, psf_sigma_px=0.6, margin=2)
        assert not picture.any()


def test_averaging_keeps_places() -> None:
    """Law: a map 30 times finer than the picture shows a spot where a fine picture would, within 0.1 px."""
    lon = (np.arange(5723) + 0.5) / 5723 * 360.0  # an odd width, as the mosaics have
    lat = 90.0 - (np.arange(2862) + 0.5) / 2862 * 180.0
    spot = np.exp(-0.5 * (((lon - 92.0) / 2.5) ** 2 + ((lat[:, None] - 3.0) / 2.5) ** 2))
    base_map = BaseMap((0.2 + 0.6 * spot[..., None]).astype(np.float32), 0.0, SOURCE)
    near = overhead(np.array([0.0, 1.0, 0.0])).view
    far = overhead(near.sun[0]).with_poses(replace(near, position_km=near.position_km * 3.5))
    grid = middle_patch(32)
    picture = BaseMapView(base_map, RADII).predicted(grid, far, psf_sigma_px=0.6, margin=0)[0]
    weight = np.where(picture > 0.45, picture - 0.45, 0.0)
    at = np.array([(weight.sum(axis=0) * np.arange(32)).sum(), (weight.sum(axis=1) * np.arange(32)).sum()])
    at = at / weight.sum() + grid.corner[0] + 0.5
    radius = RADII[1]
    direction = np.array([np.cos(np.radians(3.0)) * np.sin(np.radians(-2.0)), 0.0, np.sin(np.radians(3.0))])
    ground = np.array([radius * direction[0], radius * np.sqrt(1.0 - direction @ direction), radius * direction[2]])
    expected = far.xy(0, ground)
    np.testing.assert_allclose(at, expected, atol=0.25)
