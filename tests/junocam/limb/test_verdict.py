"""Which fits are believed.

Authority: independent (a simulator that shares nothing with the project; the simulator's truth), regression (real
pictures of Jupiter whose fits are known to end far outside their priors).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from perijove.errors import FitError
from perijove.export.simulated_picture import write_product
from perijove.formats.open import read
from perijove.geometry.rotations import from_rotation_vector
from perijove.junocam.limb.verdict import LIMITS, verdict_on
from perijove.junocam.locate import Location, locate
from perijove.junocam.orientation import label_orientation
from perijove.junocam.radiometry.calibration import CalibratedImage, calibrate
from perijove.picture import open_picture
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map

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
    assert any("spin_axis_deg" in sentence and "standard errors away" in sentence for sentence in doubts)
    assert max(abs(location.verdict.pulls[f"axis_tilt_{axis}_deg"]) for axis in "xy") > LIMITS.pull
    assert location.verdict.lit_share > 0.99
    assert location.verdict.dark_share > 0.99


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
    pulled = replace(solution, values=solution.values + np.where(np.arange(10) == 9, 9.0, 0.0))
    doubts = verdict_on(image, location.shot, pulled, model).doubts
    assert any(doubt.startswith("focal_length_px comes out 4") for doubt in doubts)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize(
    ("stem", "words"),
    [
        ("44C00032", ["spin axis comes out 2"]),
        ("44M00040", ["spin axis comes out 1", "limb_height_km comes out 4"]),
    ],
)
def test_fits_far_outside_their_priors_say_so(data_dir: Path, stem: str, words: list[str]) -> None:
    """Regression: tilts of 24 and 13 standard errors, a limb 270 km up in METHANE; Juno's axis was not on the Earth."""
    raw = data_dir / f"junocam/jupiter/JNCE_2022229_{stem}_V01-raw.png"
    doubts = " ".join(open_picture(raw).locate().verdict.doubts)
    assert all(word in doubts for word in words)


@pytest.mark.slow
@pytest.mark.data
def test_noise_is_not_located(data_dir: Path) -> None:
    """Independent: Io's night side at the field's edge; a dozen points 2 px rms off or more, 30 px from the truth."""
    raw = data_dir / "blind/junocam/pj58/JNCE_2024034_58C00002_V01-raw.png"
    with pytest.raises(FitError, match=r"JNCE_2024034_58C00002_V01: IO: \d+ limb points lie \d\.\d px rms"):
        open_picture(raw).locate()


@pytest.mark.data
def test_the_real_picture_of_io_is_beyond_doubt(data_dir: Path) -> None:
    verdict = open_picture(data_dir / "junocam/JNCE_2024362_68C00012_V01-raw.png").locate().verdict
    assert verdict.doubts == ()
    assert verdict.lit_share > 0.99
    assert verdict.dark_share > 0.99
    assert verdict.points > 90
