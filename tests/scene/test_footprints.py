"""Footprints of framelets and of observers.

Authority: law. Corners satisfy the equations of camera and ellipsoid; points of the ground lie within an outline
just when the camera, or the observer, sees them; areas are those of caps and lunes on a sphere.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.synthetic import Pass, close_pass
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path as Polygon
from tests.oracles.ring_solid_angle import ring_solid_angle_sr

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.camera import StripCamera
from perijove.geometry.ellipsoid import outward_normal, planetocentric_deg, surface_point_km
from perijove.geometry.rings import cut_ring
from perijove.geometry.rotations import facing, unit
from perijove.junocam.instrument import strip_camera
from perijove.picture import open_picture
from perijove.scene.backplanes import framelet_backplanes
from perijove.scene.footprints import disc_outline, framelet_footprints, lit_disc_outline
from perijove.scene.shot import Shot
from perijove.scene.view import View

FILTERS = ("RED", "GREEN", "BLUE", "METHANE")
GROUND = surface_point_km(*planetocentric_deg(np.random.default_rng(3).normal(size=(3000, 3))), RADII)
NORMAL = outward_normal(GROUND, radii_km=RADII)
DEGREES = np.stack(planetocentric_deg(GROUND)[::-1], axis=-1)
BETWEEN_CORNERS = 0.002  # of random points, which lie between an outline and its sides of 1 deg on the map
SPHERE = np.full(3, 1821.5)
seeds = st.integers(0, 2**32 - 1)


def within(outlines: tuple[np.ndarray, ...]) -> np.ndarray:
    """Which of the random ground points lie in any of the rings, on the map."""
    inside = np.zeros(len(GROUND), dtype=bool)
    for outline in outlines:
        for polygon in cut_ring(outline):
            inside |= Polygon(polygon).contains_points(DEGREES)
    return inside


def random_shot(rng: np.random.Generator, camera: StripCamera) -> Shot:
    """From 100 to 150,000 km above Io, the middle of the strip on or near its disc."""
    position = unit(rng.normal(size=3)) * (RADII[0] + 10.0 ** rng.uniform(2.0, 5.2))
    aim = -position + rng.uniform(0.0, 0.8) * RADII[0] * rng.normal(size=3)
    middle = camera.rays([[0.5 * camera.columns, 0.5 * camera.rows]])[0]
    turn = facing(middle, [0.0, -1.0, 0.0]).T @ facing(aim, rng.normal(size=3))
    return one_frame(camera, View(np.zeros(1), position[None], turn[None], unit(rng.normal(size=(1, 3)))))


def one_frame(camera: StripCamera, view: View) -> Shot:
    """One framelet of Io, all of its columns in the light."""
    return Shot("IO", RADII, view, (replace(camera, active_columns_px=None),), np.array([0]))


@given(seeds, st.sampled_from(FILTERS))
@settings(max_examples=60)
def test_corners_lie_on_the_body_and_on_the_border_or_the_limb(seed: int, name: str) -> None:
    camera = strip_camera(name)
    shot = random_shot(np.random.default_rng(seed), camera)
    position, turn = shot.view.position_km[0], shot.view.body_to_camera[0]
    prints = framelet_footprints(shot)
    above = np.sum((position - GROUND) * NORMAL, axis=-1) > 0.0
    seen = above & camera.contains(camera.pixels((GROUND - position) @ turn.T))
    if not prints:
        assert not seen.any()
        return
    for outline in prints[0].outlines_km:
        np.testing.assert_allclose(np.sum((outline / RADII) ** 2, axis=-1), 1.0, atol=1e-12)
        sight = position - outline
        rise = np.sum(outward_normal(outline, radii_km=RADII) * unit(sight), axis=-1)
        pixel = camera.pixels(-sight @ turn.T)
        edge = np.abs(np.stack([pixel[:, 0], camera.columns - pixel[:, 0], pixel[:, 1], camera.rows - pixel[:, 1]]))
        assert np.minimum(np.abs(rise), edge.min(axis=0)).max() < 1e-9
    assert np.mean(within(prints[0].outlines_km) != seen) <= BETWEEN_CORNERS


@given(seeds)
@settings(max_examples=60)
def test_what_is_seen_and_lit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    position, sun = unit(rng.normal(size=3)) * (RADII[0] + 10.0 ** rng.uniform(1.5, 5.5)), unit(rng.normal(size=3))
    above = np.sum((position - GROUND) * NORMAL, axis=-1) > 0.0
    assert np.mean(within((disc_outline(position, RADII),)) != above) <= BETWEEN_CORNERS
    lit, outline = above & (NORMAL @ sun > 0.0), lit_disc_outline(position, sun, RADII)
    if outline is None:
        assert not lit.any()
    else:
        assert np.mean(within((outline,)) != lit) <= BETWEEN_CORNERS


@pytest.mark.parametrize("lat", [-90.0, -70.0, 0.0, 33.0, 90.0])
@pytest.mark.parametrize("distance", [1.001, 1.5, 40.0])
def test_areas_on_a_sphere(lat: float, distance: float) -> None:
    """Cap: 2 pi (1 - 1/d). With the Sun square to the line of sight half of it is lit."""
    position = distance * surface_point_km(lat, 179.0, SPHERE)
    cap = 2.0 * np.pi * (1.0 - 1.0 / distance)
    # Sides of 1 deg along a circle of radius r lose (1 deg / r)^2 / 6 of its area; on the map, up to twice that.
    radius = np.degrees(np.arccos(1.0 / distance))
    lost = (1.0 / radius) ** 2 / 3.0 + 2e-4
    outline = disc_outline(position, SPHERE)
    assert ring_solid_angle_sr(outline) == pytest.approx(cap, rel=lost)
    aside = np.cross(position, [0.3, 1.0, 0.2])
    half = lit_disc_outline(position, aside, SPHERE)
    assert half is not None
    assert ring_solid_angle_sr(half) == pytest.approx(0.5 * cap, rel=2.0 * lost)
    full = lit_disc_outline(position, position, SPHERE)
    assert full is not None
    np.testing.assert_array_equal(full, outline)
    assert lit_disc_outline(position, -position, SPHERE) is None


@pytest.fixture(scope="module")
def near() -> Pass:
    """A close pass: the limb crosses the framelets."""
    return close_pass(n_frames=28)


def test_a_picture_has_the_footprints_of_its_framelets(near: Pass) -> None:
    prints = framelet_footprints(near.shot)
    seen = [
        k for k in range(len(near.shot)) if np.isfinite(framelet_backplanes(near.shot, k, stride=16)["emission"]).any()
    ]
    assert set(seen) <= {one.framelet for one in prints}
    assert len(prints) <= len(seen) + 2  # framelets that touch the disc between the pixels looked at
    for one in prints:
        assert one.frame == near.shot.frame_of_framelet[one.framelet]
        assert one.filter_name == near.shot.cameras[one.framelet].name
        assert one.time_tdb == near.view.times_tdb[one.frame]


def test_quantities_are_those_of_the_backplanes(near: Pass) -> None:
    prints = {one.framelet: one for one in framelet_footprints(near.shot)}
    one = prints[40]
    planes = framelet_backplanes(near.shot, 40, stride=16)
    for name in ("emission", "incidence", "resolution"):
        seen = getattr(one, "resolution_km" if name == "resolution" else f"{name}_deg")
        assert seen.mean == pytest.approx(np.nanmean(planes[name]), rel=1e-9)
        assert seen.least <= np.nanmin(planes[name]) + 1e-9
        assert seen.most >= np.nanmax(planes[name]) - 1e-9


def test_a_far_disc_is_held_whole_by_one_framelet() -> None:
    camera = strip_camera("GREEN")
    position = np.array([2e5, 1e5, -3e4])
    turn = facing(camera.rays([[800.0, 64.0]])[0], [0.0, -1.0, 0.0]).T @ facing(-position, [0.0, 0.0, 1.0])
    view = View(np.zeros(1), position[None], turn[None], np.array([[1.0, 0.0, 0.0]]))
    (one,) = framelet_footprints(one_frame(camera, view))
    assert one.whole_disc
    np.testing.assert_array_equal(one.outlines_km[0], disc_outline(position, RADII))


def test_columns_behind_the_mask_do_not_count(near: Pass) -> None:
    masked = replace(near.shot.cameras[40], active_columns_px=(700.0, 900.0))
    shot = replace(near.shot.chosen([40]), cameras=(masked,))
    (one,) = framelet_footprints(shot)
    pixel = shot.xy(0, one.outlines_km[0])
    assert pixel[:, 0].min() == pytest.approx(700.0, abs=1e-8)
    assert pixel[:, 0].max() == pytest.approx(900.0, abs=1e-8)
    assert np.isfinite(shot.ground(0, [[700.0, 64.0]]).point_km).all()


@pytest.mark.slow
@pytest.mark.data
def test_a_real_picture_has_footprints_of_the_framelets_that_see_io(data_dir: Path) -> None:
    """Perijove 68: five framelets show Io, and one of them holds its whole disc; from 80,000 km a pixel is 54 km."""
    location = open_picture(data_dir / "junocam/JNCE_2024362_68C00012_V01-raw.png").locate()
    prints = framelet_footprints(location.shot)
    assert [one.framelet for one in prints] == np.flatnonzero(location.in_view).tolist()
    for one in prints:
        assert one.resolution_km.mean == pytest.approx(54.0, abs=1.0)
    (whole,) = (one for one in prints if one.whole_disc)
    cap = 2.0 * np.pi * (1.0 - SPHERE[0] / np.linalg.norm(location.view.position_km[whole.frame]))
    assert ring_solid_angle_sr(whole.outlines_km[0]) == pytest.approx(cap, rel=1e-3)  # Io is no sphere, by 0.4 %
