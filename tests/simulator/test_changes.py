"""Deposits, mountains and plumes of the simulator against what can be worked out by hand.

Authority: law (areas and line integrals in closed form, shadows of known length, what is hidden changes nothing).
"""

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.simulator.test_simulation import FLAT, GREY, QUIET

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM, IO_RADII_THOMAS_1998_KM
from perijove.errors import InputError
from perijove.export.pictures.simulated_picture import truth_record
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.limb import limb_ellipse
from perijove.simulator.changes import (
    SHAPES,
    Changes,
    Deposit,
    Mountain,
    Plume,
    changes_from,
    with_deposits,
)
from perijove.simulator.plume_kernel import plume_light
from perijove.simulator.relief_kernel import first_ground, for_rays, height_km, shaded, tilted_normal
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import _camera, simulate

RADII = np.array(IO_RADII_THOMAS_1998_KM)
SPHERE = np.full(3, IO_MEAN_RADIUS_KM)
ALL = dict.fromkeys(("METHANE", "BLUE", "GREEN", "RED"), 0.02)


def mountains(*given: Mountain, radii: np.ndarray = SPHERE) -> np.ndarray:
    """As rays take them."""
    return for_rays(Changes(mountains=given).relief("RED").mountains, radii)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_ray_from_above_meets_the_top(shape: str) -> None:
    """Law: straight down on the middle, ground stands `height_km` higher, and is level but for a cone's tip."""
    m = mountains(Mountain(0.0, 0.0, 8.0, 60.0, shape))
    origin, down = np.array([2.0, 0.0, 0.0]), np.array([-1.0, 0.0, 0.0])
    at, depth, _ = first_ground(m, SPHERE, origin, down, 1.0, 1.0)
    assert (2.0 - at - 1.0) * IO_MEAN_RADIUS_KM == pytest.approx(8.0, abs=1e-3)
    assert depth > 0.0
    if shape != "cone":
        assert_allclose(tilted_normal(m, SPHERE, IO_MEAN_RADIUS_KM + 8.0, 0.0, 0.0), [1.0, 0.0, 0.0], atol=1e-3)


def test_slope_of_a_cone() -> None:
    """Law: the flank of a cone of 10 km on a foot of 100 km leans by 1 in 5, away from the middle."""
    m = mountains(Mountain(0.0, 0.0, 10.0, 100.0, "cone"))
    east = 25.0 / IO_MEAN_RADIUS_KM
    r = IO_MEAN_RADIUS_KM + height_km(m, np.cos(east), np.sin(east), 0.0)
    up, away = np.array([np.cos(east), np.sin(east), 0.0]), np.array([-np.sin(east), np.cos(east), 0.0])
    normal = np.array(tilted_normal(m, SPHERE, *(r * up)))
    assert (normal @ away) / (normal @ up) == pytest.approx(0.2, rel=5e-3)  # at r, 0.3 % farther out than the foot


@pytest.mark.parametrize("passes_km", [-3.0, 4.0, 7.9, 8.1])
def test_depth_tells_whether_a_grazing_ray_meets_the_mountain(passes_km: float) -> None:
    """Law: a ray that passes the limb below the top of a mountain on it meets ground, one above does not."""
    m = mountains(Mountain(0.0, 0.0, 8.0, 60.0))
    out = 1.0 + passes_km / IO_MEAN_RADIUS_KM
    origin, along = np.array([out, -3.0, 0.0]), np.array([0.0, 1.0, 0.0])
    depth = 1.0 - out * out
    at, deepest, _ = first_ground(m, SPHERE, origin, along, depth, 3.0 - np.sqrt(max(depth, 0.0)))
    assert np.isnan(at) == (passes_km > 8.0)
    assert (deepest > 0.0) == (passes_km < 8.0)
    if passes_km > 8.0:  # how far it misses: depth is twice the clearance in radii
        assert -0.5 * deepest * IO_MEAN_RADIUS_KM == pytest.approx(passes_km - 8.0, abs=0.01)


def test_shadow_is_as_long_as_the_sun_is_low() -> None:
    """Law: under a Sun 10 deg high, a mesa of 5 km hides it up to 5 / tan(10 deg) = 28 km beyond its top's edge.

    The ground falls away by x²/2R = 0.2 km on the way, which lengthens the shadow by 1.3 km.
    """
    m = mountains(Mountain(0.0, 0.0, 5.0, 40.0, "mesa"))
    low = np.radians(10.0)
    sun = np.array([np.sin(low), -np.cos(low), 0.0])
    dark = []
    for km in np.arange(21.0, 60.0, 0.5):
        angle = km / IO_MEAN_RADIUS_KM
        dark.append(shaded(m, SPHERE, *(IO_MEAN_RADIUS_KM * np.array([np.cos(angle), np.sin(angle), 0.0])), sun))
    assert not shaded(m, SPHERE, *(IO_MEAN_RADIUS_KM * np.array([np.cos(0.03), -np.sin(0.03), 0.0])), sun)
    end = 21.0 + 0.5 * np.count_nonzero(dark)
    assert dark == [True] * np.count_nonzero(dark) + [False] * (len(dark) - np.count_nonzero(dark))
    assert 10.0 + 28.0 - 1.0 < end < 20.0 + 28.0 + 1.3  # its top ends between 10 and 20 km from the middle


@pytest.mark.parametrize("height_km", [0.0, 30.0, 70.0, 99.0])
def test_plume_across_its_axis(height_km: float) -> None:
    """Law: B (1 - (z/H)²) (1 + z/R) at the height z, for it widens as radii spread.

    Over the 50 km along the sight that matter most the ground falls off by 0.7 km.
    """
    plume = Changes(plumes=(Plume(0.0, 0.0, 100.0, 60.0, ALL),)).relief("RED").plumes
    origin = np.array([IO_MEAN_RADIUS_KM + height_km, -5000.0, 0.0])
    light = plume_light(plume, SPHERE, np.array([1.0, 0.0, 0.0]), origin, np.array([0.0, 1.0, 0.0]), np.inf)
    expected = 0.02 * (1.0 - (height_km / 100.0) ** 2) * (1.0 + height_km / IO_MEAN_RADIUS_KM)
    assert light == pytest.approx(expected, abs=0.02 * 0.01)
    behind = plume_light(plume, SPHERE, np.array([-1.0, 0.0, 0.0]), origin, np.array([0.0, 1.0, 0.0]), np.inf)
    assert behind == 0.0  # at midnight it stands in Io's shadow
    half = plume_light(plume, SPHERE, np.array([1.0, 0.0, 0.0]), origin, np.array([0.0, 1.0, 0.0]), 5000.0)
    assert half == pytest.approx(0.5 * light, rel=0.01)


@pytest.mark.slow
def test_mountain_on_the_limb_adds_its_outline() -> None:
    """Law: area of a dome's outline, 16/30 of height times width, over that of a pixel at the limb's distance.

    In the second before and after mid-picture Juno moves on by 20 km or so, and 0.3 % nearer.
    """
    base = random_scenario(1, range_km=9000.0, phase_deg=90.0, psf_sigma_px=0.5)
    scenario = dataclasses.replace(base, surface=FLAT, detector=QUIET)
    plain = simulate(scenario, GREY)
    poses = plain.truth.poses
    whole = 0
    for azimuth in range(0, 360, 60):
        k = len(poses.times_tdb) // 2
        point = limb_ellipse(poses.position_km[k], radii_km=RADII).points_km(azimuth)
        lat, lon = (float(angle) for angle in planetocentric_deg(point))
        high = simulate(scenario, GREY, changes=Changes(mountains=(Mountain(lat, lon, 12.0, 120.0),)))
        gain = (high.truth.radiance_factor - plain.truth.radiance_factor).astype(float)
        index = int(np.argmax(gain.sum(axis=(1, 2))))
        rows, columns = np.nonzero(gain[index] > 0.1)
        if rows.min() < 4 or rows.max() > 123:
            continue  # cut by the strip's edge
        whole += 1
        camera = _camera(plain.filters[index], scenario.focal_length_px)
        at = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
        right, down = (camera.rays(at + step) - camera.rays(at - step) for step in 0.5 * np.eye(2))
        distance = np.linalg.norm(poses.position_km[plain.frames[index] - 1] - point)
        pixel_km2 = distance**2 * np.linalg.norm(np.cross(right, down))
        assert gain[index].sum() * pixel_km2 == pytest.approx(12.0 * 120.0 * 16.0 / 30.0, rel=0.015)
    assert whole >= 3


def test_hidden_things_change_nothing() -> None:
    """Law: a mountain and a plume in the middle of the far side leave every pixel as it was, to the last bit."""
    scenario = random_scenario(3, range_km=30000.0, phase_deg=80.0)
    poses_km = np.array(simulate(scenario, GREY).truth.poses.position_km[0])
    lat, lon = (float(angle) for angle in planetocentric_deg(-poses_km))
    hidden = Changes(mountains=(Mountain(lat, lon, 10.0, 90.0),), plumes=(Plume(lat, lon, 100.0, 100.0, ALL),))
    assert_array_equal(simulate(scenario, GREY, seed=3, changes=hidden).codes, simulate(scenario, GREY, seed=3).codes)


def test_deposit_has_its_contrast_and_half_of_it_at_its_radius() -> None:
    """Law: albedo times 1 + contrast inside, half as much of it at the radius, none outside; the given map stays."""
    flat = np.full((720, 1440, 3), 0.4, dtype=np.float32)
    deposit = Deposit(0.125, 180.0, 200.0, {"BLUE": -0.5, "GREEN": 0.25, "RED": 0.0})
    changed = with_deposits(flat, (deposit,))
    assert_allclose(changed[359, 720], [0.2, 0.5, 0.4], rtol=1e-5)
    across = changed[359, 720:, 1].astype(float)
    km = np.radians(0.25 * (np.arange(len(across)) + 0.5)) * IO_MEAN_RADIUS_KM
    assert np.interp(-0.45, -across, km) == pytest.approx(200.0, abs=2.0)
    assert_array_equal(across[km > 235.0], np.float32(0.4))
    assert_array_equal(flat, np.float32(0.4))


def test_truth_and_label_tell_what_was_put_on() -> None:
    """Law: the record holds what was given, the label counts it."""
    given = Changes(mountains=(Mountain(10.0, 20.0, 5.0, 60.0),), plumes=(Plume(-18.4, -104.7, 300.0, 400.0, ALL),))
    picture = simulate(random_scenario(3, range_km=90000.0, phase_deg=80.0), GREY, changes=given)
    record = truth_record(picture)["changes"]
    assert isinstance(record, dict)
    assert changes_from(record, "truth") == given
    assert picture.metadata["SIMULATED_SURFACE"] == "made up with 1 mountain, 1 plume"


def test_places_by_name_and_one_number_for_all_colours() -> None:
    """Law: `at` stands for the feature's place, a number for the same in each filter."""
    made = changes_from({"plumes": [{"at": "Pele", "height_km": 300, "width_km": 400, "brightness": 0.02}]}, "a.toml")
    (plume,) = made.plumes
    assert (round(plume.lat_deg), round(plume.lon_east_deg)) == (-19, 105)
    assert dict(plume.brightness) == ALL


BAD: dict[str, tuple[dict[str, object], str]] = {
    "nothing": ({}, "a.toml: holds no deposits, mountains or plumes"),
    "unknown kind": ({"lakes": []}, "a.toml: lakes is none of deposits, mountains, plumes"),
    "no list": ({"mountains": {"lat_deg": 1}}, "mountains is no list of tables"),
    "missing": (
        {"mountains": [{"lat_deg": 1, "lon_east_deg": 2, "width_km": 30}]},
        "mountains 1: height_km is missing",
    ),
    "too high": (
        {"mountains": [{"lat_deg": 1, "lon_east_deg": 2, "height_km": 99, "width_km": 30}]},
        "height_km is 99; give a number from 0.1 to 30",
    ),
    "no number": (
        {"mountains": [{"lat_deg": "north", "lon_east_deg": 2, "height_km": 9, "width_km": 30}]},
        "lat_deg is 'north'",
    ),
    "shape": ({"mountains": [{"at": "Pele", "height_km": 9, "width_km": 30, "shape": "cube"}]}, "give one of dome"),
    "strange key": ({"mountains": [{"at": "Pele", "height_km": 9, "width_km": 30, "age": 1}]}, "age is not known here"),
    "no feature": ({"mountains": [{"at": "Olympus", "height_km": 9, "width_km": 30}]}, "'Olympus' is no named feature"),
    "colour": (
        {"deposits": [{"at": "Pele", "radius_km": 90, "contrast": {"BLUE": 0.1, "PINK": 0.2}}]},
        "contrast: PINK is none of BLUE, GREEN, RED",
    ),
    "colours missing": (
        {"deposits": [{"at": "Pele", "radius_km": 90, "contrast": {"BLUE": 0.1}}]},
        "GREEN, RED is missing",
    ),
    "nan": (
        {"plumes": [{"at": "Pele", "height_km": float("nan"), "width_km": 9, "brightness": 0.1}]},
        "height_km is nan",
    ),
}


@pytest.mark.parametrize(("table", "expected"), BAD.values(), ids=BAD)
def test_bad_tables(table: dict[str, object], expected: str) -> None:
    """Law: one line that names entry and key."""
    with pytest.raises(InputError) as caught:
        changes_from(table, "a.toml")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
