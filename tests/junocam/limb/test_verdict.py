"""Which fits are believed.

Authority: independent (a simulator that shares nothing with the project; the simulator's truth), regression (real
pictures).
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from perijove.ephemeris.sun import earth_direction
from perijove.errors import FitError
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.open import read
from perijove.geometry.rotations import from_rotation_vector
from perijove.junocam.limb.verdict import LIMITS, verdict_on
from perijove.junocam.locate import Location, locate
from perijove.junocam.orientation import label_orientation
from perijove.junocam.radiometry.calibration import CalibratedImage, calibrate
from perijove.picture import open_picture
from perijove.scene.spin import LabelModel
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.timescales import utc_to_tdb

TILT_DEG = (1.4, -1.4)


@pytest.fixture(scope="module")
def leaning(tmp_path_factory: pytest.TempPathFactory) -> tuple[CalibratedImage, Location, float]:
    """A crescent of Io from 100,000 km, the spin axis 2 deg from where it is taken to point; and the centre's error."""
    scenario = replace(random_scenario(7, range_km=100_000.0, phase_deg=140.0), axis_tilt_deg=TILT_DEG)
    picture = simulate(scenario, synthetic_base_map(width=720), seed=7)
    image = calibrate(read(write_product(picture, tmp_path_factory.mktemp("raw"))[0]))
    axis = None if scenario.spin_axis is None else np.array(scenario.spin_axis)
    location = locate(image, label_orientation(image.raw, spin_axis=axis))
    off = [
        np.hypot(*(location.shot.center_px(index) - picture.truth.disc_center_px[index]))
        for index in np.flatnonzero(location.in_view).tolist()
    ]
    return image, location, float(np.nanmax(off))


@pytest.mark.slow
def test_a_body_is_found_with_the_axis_degrees_off(leaning: tuple[CalibratedImage, Location, float]) -> None:
    """Independent: a lit disc at its true place. Without a search of the tilt, "the body does not show"."""
    _, location, off_px = leaning
    assert off_px < 0.3
    doubts = location.verdict.doubts
    assert any("spin_axis_deg" in sentence and "deg away from where it was taken" in sentence for sentence in doubts)
    for axis, true in zip("xy", TILT_DEG, strict=True):
        value, sigma = location.solution[f"axis_tilt_{axis}_deg"]
        assert abs(value - true) < 3.0 * sigma  # the turn about the line of sight is said to be unknown to degrees
    assert location.verdict.lit_share > 0.99
    assert location.verdict.dark_share > 0.99


@pytest.mark.slow
def test_a_body_beside_its_place_is_refused(leaning: tuple[CalibratedImage, Location, float]) -> None:
    """Law: turned by most of the disc's radius, the poses put lit ground where the picture shows sky."""
    image, location, _ = leaning
    radius_deg = np.degrees(1829.4 / np.linalg.norm(location.view.position_km[0]))
    for turn in ([0.8, 0.0, 0.0], [-0.8, 0.0, 0.0], [0.0, 0.8, 0.0], [0.0, -0.8, 0.0]):
        turned = from_rotation_vector(radius_deg * np.array(turn)) @ location.view.body_to_camera
        shot = location.shot.with_poses(replace(location.view, body_to_camera=turned))
        with pytest.raises(FitError, match=r"only \d+% of what should be .*not where the fit"):
            verdict_on(image, shot, location.solution, location.orientation_model)


def test_scatter_and_count_are_held_against_limits(leaning: tuple[CalibratedImage, Location, float]) -> None:
    image, location, _ = leaning
    solution, model = location.solution, location.orientation_model
    scattered = replace(solution, residual_px=solution.residual_px * 1.01 * LIMITS.rms_px[1] / solution.rms_px)
    with pytest.raises(FitError, match=r"limb points lie 1\.0 px rms off the best fit"):
        verdict_on(image, location.shot, scattered, model)
    blunt = replace(solution, residual_px=solution.residual_px * 1.01 * LIMITS.rms_px[0] / solution.rms_px)
    assert any("no sharp edge" in doubt for doubt in verdict_on(image, location.shot, blunt, model).doubts)
    few = replace(solution, kept=np.arange(len(solution.kept)) < LIMITS.points - 1)
    assert any("19 limb points only" in doubt for doubt in verdict_on(image, location.shot, few, model).doubts)
    focal = model.parameters.index("focal_length_px")
    pulled = replace(solution, values=solution.values + np.where(np.arange(len(solution.values)) == focal, 13.0, 0.0))
    doubts = verdict_on(image, location.shot, pulled, model).doubts
    assert any(doubt.startswith("focal_length_px comes out 4") for doubt in doubts)


def test_colours_that_disagree_are_named(leaning: tuple[CalibratedImage, Location, float]) -> None:
    """Law: a limb 0.4 px outside that of the others, and one 0.5 px beside it, are doubts; a fifth of that is none."""
    image, location, _ = leaning
    solution, model = location.solution, location.orientation_model
    blue = np.array([camera.name == "BLUE" for camera in location.cameras])[solution.edges.framelet]
    beside = np.isin(model.parameters.names, ["red_x_px"])
    for size, seams in ((0.1, 0), (0.4, 1)):
        seamed = replace(solution, residual_px=solution.residual_px + np.where(blue, size, 0.0))
        verdict = verdict_on(image, location.shot, seamed, model)
        assert sum("limb of BLUE stands" in doubt for doubt in verdict.doubts) == seams
        assert verdict.color_px["BLUE"] - location.verdict.color_px["BLUE"] == pytest.approx(size)
        moved = replace(solution, values=np.where(beside, 1.25 * size, solution.values))
        doubts = verdict_on(image, location.shot, moved, model).doubts
        assert sum("limb of RED lies" in doubt for doubt in doubts) == seams


@pytest.mark.slow
@pytest.mark.data
def test_one_axis_serves_a_turned_pass(data_dir: Path) -> None:
    """Independent: the axis comes from two pictures of perijove 44; a third, 40 minutes later, has it there too.

    Without that axis it is found 8 deg from the Earth, said to be, and its errors hold what was recorded. Limbs of
    Jupiter lie 0.37 px off or less, METHANE's 190 km up; with one haze for all colours it was 0.3 to 0.8 px.
    """
    stem = "junocam/jupiter/JNCE_2022229_44{}_V01-raw.png"
    for name in ("C00029", "C00032", "M00040"):
        location = open_picture(data_dir / stem.format(name)).locate()
        assert not any("axis" in doubt for doubt in location.verdict.doubts), name
        assert location.solution.rms_px < 0.4
        for side in "xy":
            value, sigma = location.solution[f"axis_tilt_{side}_deg"]
            assert abs(value) < 2.0 * sigma + 0.15, name
    methane, sigma = location.solution["methane_limb_km"]
    assert methane > 2.0 * sigma
    raw = read(data_dir / stem.format("C00032"))
    earth = earth_direction(float(utc_to_tdb(raw.start_utc)))
    found = locate(calibrate(raw), label_orientation(raw, spin_axis=earth))
    assert any("spin axis comes out 8." in doubt and "RA 1" in doubt for doubt in found.verdict.doubts)
    assert isinstance(found.orientation_model, LabelModel)
    ra, dec = found.orientation_model.axis_ra_dec_deg(found.solution.values)
    assert np.hypot(ra - 179.6, dec + 3.0) < 0.6


@pytest.mark.data
def test_the_night_side_at_the_edge_is_found_with_a_doubt(data_dir: Path) -> None:
    """Independent: Io a pixel outside the field but for its Jupiter-lit rim; a dozen points put its centre to 3 px."""
    name = "JNCE_2024034_58C00002_V01"
    pictures = json.loads((data_dir / "blind/junocam/truth.json").read_text(encoding="utf-8"))["pictures"]
    truth = next(picture for picture in pictures if picture["product_id"] == name)["framelets"]
    location = open_picture(data_dir / f"blind/junocam/pj58/{name}-raw.png").locate()
    assert any("limb points only" in doubt for doubt in location.verdict.doubts)
    for index in np.flatnonzero(location.in_view).tolist():
        pose = location.shot.pose(index)
        center = -(pose.body_to_camera @ pose.position_km)
        off = center[:2] / center[2] * location.cameras[index].focal_length_px
        assert np.hypot(*(off - truth[index]["disc_center_undistorted_px"])) < 3.0


@pytest.mark.data
def test_the_real_picture_of_io_is_beyond_doubt(data_dir: Path) -> None:
    verdict = open_picture(data_dir / "junocam/JNCE_2024362_68C00012_V01-raw.png").locate().verdict
    assert verdict.doubts == ()
    assert verdict.lit_share > 0.99
    assert verdict.dark_share > 0.99
    assert verdict.points > 90
