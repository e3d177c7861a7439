"""Geolocation of raw pixels.

Authority: independent (SPICE surfpt for the ground; numpy's plain formulas for the angles) and law.
"""

import numpy as np
import pytest
import spiceypy
from benchmarks.synthetic import Pass, close_pass

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.errors import BodyNotFoundError, InputError
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.illumination import illumination_deg
from perijove.scene.backplane_registry import (
    BACKPLANES,
    FRAMELET_BACKPLANES,
    MAP_BACKPLANES,
    ground_resolution_km,
)
from perijove.scene.backplanes import framelet_backplanes, framelet_ground_km, seen_bounds_deg
from perijove.scene.mapping_kernel import PLANES
from perijove.scene.view import View


@pytest.fixture(scope="module")
def near() -> Pass:
    """A close pass: the limb crosses the framelets."""
    return close_pass(n_frames=28)


@pytest.mark.parametrize("index", [17, 30, 42, 60])
def test_ground_points_equal_spice(near: Pass, index: int) -> None:
    camera, frame = near.shot.cameras[index], int(near.shot.frame_of_framelet[index])
    position, rotation = near.view.position_km[frame], near.view.body_to_camera[frame]
    ours = framelet_ground_km(near.shot, index, stride=37)
    rows, columns = np.indices(ours.shape[1:])
    rays = camera.rays(np.stack([columns * 37 + 0.5, rows * 37 + 0.5], axis=-1)) @ rotation
    on_body = 0
    for i, j in np.ndindex(rows.shape):
        try:
            theirs = spiceypy.surfpt(position, rays[i, j], *RADII)
        except spiceypy.exceptions.NotFoundError:
            assert np.isnan(ours[0, i, j])
            continue
        on_body += 1
        assert np.linalg.norm(ours[:, i, j] - theirs) < 1e-6  # km; at grazing rays rounding grows a thousandfold
    assert on_body > 0


def test_planes_equal_the_plain_formulas(near: Pass) -> None:
    camera, frame = near.shot.cameras[40], int(near.shot.frame_of_framelet[40])
    point = np.moveaxis(framelet_ground_km(near.shot, 40, stride=5), 0, -1)
    planes = framelet_backplanes(near.shot, 40, stride=5)
    position = near.view.position_km[frame]
    lat, lon = planetocentric_deg(point)
    np.testing.assert_allclose(planes["latitude"], lat, atol=1e-12)
    np.testing.assert_allclose(planes["longitude_east"], lon, atol=1e-12)
    angles = illumination_deg(point, position, near.view.sun[frame], radii_km=RADII)
    for name, angle in zip(("incidence", "emission", "phase"), angles, strict=True):
        np.testing.assert_allclose(planes[name], angle, atol=1e-6)
    distance = np.linalg.norm(position - point, axis=-1)
    np.testing.assert_allclose(planes["resolution"], distance / camera.focal_length_px, rtol=1e-12)


def test_sky_has_no_geometry(near: Pass) -> None:
    planes = framelet_backplanes(near.shot, 0, stride=16)
    assert all(np.isnan(plane).all() for plane in planes.values())


def test_stride_takes_a_lattice_of_the_full_planes(near: Pass) -> None:
    full = framelet_ground_km(near.shot, 40)
    np.testing.assert_array_equal(full[:, ::9, ::9], framelet_ground_km(near.shot, 40, stride=9))


def test_registry_matches_the_kernels() -> None:
    assert len(MAP_BACKPLANES) == PLANES
    assert MAP_BACKPLANES[: len(FRAMELET_BACKPLANES)] == FRAMELET_BACKPLANES
    assert len({plane.name for plane in MAP_BACKPLANES}) == PLANES
    assert set(BACKPLANES) == {plane.name for plane in MAP_BACKPLANES} | {"ground_resolution"}
    assert all(plane.sentence.endswith(".") and plane.label for plane in BACKPLANES.values())


def test_ground_resolution_is_the_longer_side_of_the_footprint(near: Pass) -> None:
    """Law: half the distance between the ground points of the neighbours, along the steeper of the two directions."""
    camera = near.shot.cameras[24]
    point = framelet_ground_km(near.shot, 24)
    planes = framelet_backplanes(near.shot, 24)
    footprint = ground_resolution_km(planes)
    steps = [0.5 * (np.roll(point, -1, axis) - np.roll(point, 1, axis)) for axis in (1, 2)]
    # Longest image of a unit step in the picture: the larger singular value of the 3 x 2 matrix of both steps.
    a, b, c = (np.sum(u * v, axis=0) for u, v in ((steps[0], steps[0]), (steps[1], steps[1]), (steps[0], steps[1])))
    longest = np.sqrt(0.5 * (a + b) + np.hypot(0.5 * (a - b), c))
    with np.errstate(invalid="ignore"):
        inside = (planes["emission"] > 5.0) & (planes["emission"] < 75.0)
    inside[[0, -1]] = False
    inside[:, np.abs(np.arange(camera.columns) - camera.axis_column_px) > 200.0] = False
    assert inside.sum() > 1000
    ratio = (footprint / longest)[inside & np.isfinite(longest)]
    assert np.abs(ratio - 1.0).max() < 0.06  # 11 deg off the axis a pixel is smaller by that
    assert (planes["resolution"] / longest)[inside].min() < 0.5  # resolution knows nothing of the slant


def test_wrong_framelet_is_refused(near: Pass) -> None:
    with pytest.raises(InputError, match="84 framelets"):
        framelet_ground_km(near.shot, 84)


def test_nothing_in_view_is_said(near: Pass) -> None:
    away = View(near.view.times_tdb, -near.view.position_km, near.view.body_to_camera, near.view.sun)
    with pytest.raises(BodyNotFoundError, match="no framelet"):
        seen_bounds_deg(near.shot.with_poses(away))
