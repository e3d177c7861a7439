"""A picture's geometry. Authority: law (there and back, what is seen is seen) and independent (backplanes' kernel)."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.synthetic import Pass, close_pass

from perijove.errors import InputError
from perijove.geometry.rotations import angle_between_deg, rotation_z
from perijove.scene.backplanes import framelet_ground_km
from perijove.scene.shot import Shot
from perijove.scene.view import View


@pytest.fixture(scope="module")
def near() -> Pass:
    """A close pass: the limb crosses the framelets."""
    return close_pass(n_frames=28)


def joined(*views: View) -> View:
    """Frames of several pictures as if they were of one."""
    names = ("times_tdb", "position_km", "body_to_camera", "sun")
    return View(*(np.concatenate([getattr(view, name) for view in views]) for name in names))


def test_ground_is_that_of_the_planes(near: Pass) -> None:
    """Independent: the compiled planes of raw pixels."""
    planes = framelet_ground_km(near.shot, 40)
    rows, columns = np.array([3, 40, 100]), np.array([400, 800, 1600])
    ground = near.shot.ground(40, np.stack([columns + 0.5, rows + 0.5], axis=-1))
    np.testing.assert_allclose(ground.point_km, planes[:, rows, columns].T, atol=1e-6)
    x, y, z = planes[:, rows, columns]
    np.testing.assert_allclose(ground.lat_deg, np.degrees(np.arctan2(z, np.hypot(x, y))), atol=1e-9)
    np.testing.assert_allclose(ground.lon_east_deg, np.degrees(np.arctan2(y, x)), atol=1e-9)


def test_sky_is_no_ground(near: Pass) -> None:
    ground = near.shot.ground(0, [[800.0, 60.0]])
    assert np.isnan(ground.lat_deg).all()
    assert np.isnan(ground.point_km).all()


def test_pixels_and_ground_are_there_and_back(near: Pass) -> None:
    """Law: every framelet that claims to show a place shows it at that pixel, and no other pixel's ground is it."""
    place = near.shot.ground(40, [[500.0, 30.0], [800.0, 64.0], [900.0, 5.0]])
    seen = near.shot.pixels_at(place.lat_deg, place.lon_east_deg)
    assert set(seen.place) == {0, 1, 2}
    assert 40 in seen.framelet
    assert len(seen) >= 9  # once in each colour, at least
    for which, framelet, xy in zip(seen.place, seen.framelet, seen.xy, strict=True):
        again = near.shot.ground(int(framelet), xy).point_km
        np.testing.assert_allclose(again, place.point_km[which], atol=1e-5)
        assert near.shot.cameras[framelet].contains(xy)


def test_the_far_side_is_not_seen(near: Pass) -> None:
    place = near.shot.ground(40, [800.0, 64.0]).point_km
    assert len(near.shot.pixels(place[None]))
    assert not len(near.shot.pixels(-place[None]))
    aside = near.shot.ground(40, [1400.0, 64.0]).point_km[None]
    assert len(near.shot.pixels(aside))
    assert not len(near.shot.pixels(aside, max_emission_deg=5.0))


def test_framelets_in_view_hold_ground_or_its_edge(near: Pass) -> None:
    """Law: each framelet with ground at a pixel centre is in view; the probes are finer than a sliver of 120 pixels."""
    area = np.array([np.isfinite(framelet_ground_km(near.shot, k, stride=2)[0]).sum() for k in range(len(near.shot))])
    assert near.shot.in_view[area > 30].all()
    assert not near.shot.in_view[area == 0].any()
    assert 10 < near.shot.in_view.sum() < len(near.shot)
    np.testing.assert_array_equal(near.shot.chosen(near.shot.in_view).in_view, True)


def test_columns_in_the_dark_see_nothing(near: Pass) -> None:
    dark = tuple(replace(camera, active_columns_px=(0.0, 1.0)) for camera in near.shot.cameras)
    assert near.shot.in_view.sum() > replace(near.shot, cameras=dark).in_view.sum()


def test_two_pictures_are_not_one(near: Pass) -> None:
    """One view of both would be interpolated between: by 11 deg of emission 75 deg farther on."""
    view, turn = near.view, rotation_z(-75.0)
    later = View(view.times_tdb + 900.0, view.position_km @ turn.T, view.body_to_camera @ turn.T, view.sun @ turn.T)
    frames = near.shot.frame_of_framelet
    with pytest.raises(InputError, match=r"frames 28 and 29 are 889\.\d+ s apart.*its own Shot"):
        Shot("IO", near.shot.radii_km, joined(view, later), 2 * near.shot.cameras, np.r_[frames, frames + 28])
    back = joined(replace(view, times_tdb=view.times_tdb[::-1]))
    with pytest.raises(InputError, match="several pictures"):
        near.shot.with_poses(back)


def test_what_does_not_fit_is_refused(near: Pass) -> None:
    with pytest.raises(InputError, match="one frame for each framelet"):
        replace(near.shot, frame_of_framelet=near.shot.frame_of_framelet[:-1])
    with pytest.raises(InputError, match="the view has 28"):
        replace(near.shot, frame_of_framelet=near.shot.frame_of_framelet + 1)


def test_another_focal_length_goes_to_all_strips(near: Pass) -> None:
    other = near.shot.with_cameras(1500.0, {})
    assert {camera.focal_length_px for camera in other.cameras} == {1500.0}
    assert [camera.name for camera in other.cameras] == [camera.name for camera in near.shot.cameras]


def test_poses_between_frames_go_on_as_the_camera_does() -> None:
    """Law: with a steady spin and straight motion, every other frame tells those between, to rounding."""
    view = close_pass(n_frames=9).view
    every_other = View(*(getattr(view, name)[::2] for name in ("times_tdb", "position_km", "body_to_camera", "sun")))
    for k, tdb in enumerate(view.times_tdb):
        pose = every_other.pose_at(float(tdb))
        np.testing.assert_allclose(pose.position_km, view.position_km[k], atol=1e-9)
        np.testing.assert_allclose(pose.body_to_camera, view.body_to_camera[k], atol=1e-13)
        np.testing.assert_allclose(pose.sun, view.sun[k], atol=1e-15)
    beyond = view.pose_at(float(view.times_tdb[-1]) + 0.372)
    turn = angle_between_deg(beyond.body_to_camera[0], view.body_to_camera[-1][0])
    assert turn == pytest.approx(angle_between_deg(view.body_to_camera[1][0], view.body_to_camera[0][0]), rel=1e-6)
    one = View(view.times_tdb[:1], view.position_km[:1], view.body_to_camera[:1], view.sun[:1])
    np.testing.assert_array_equal(one.pose_at(99.0).body_to_camera, view.body_to_camera[0])
