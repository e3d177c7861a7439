"""The coarse search of the body.

Authority: independent (the simulator knows where Io is) and law (levels, no field without axis).
"""

from dataclasses import replace

import numpy as np
import pytest

from perijove.bodies.galilean import BODIES
from perijove.errors import BodyNotFoundError
from perijove.export.pictures.simulated_picture import truth_record, write_product
from perijove.formats.image import RawImage
from perijove.formats.open import read
from perijove.geometry.rotations import unit
from perijove.junocam.instrument import imaging_columns, strip_camera
from perijove.junocam.limb.detection import cells_of, correlation_with_prediction
from perijove.junocam.locate import locate, shot_of
from perijove.junocam.orientation import label_orientation
from perijove.junocam.radiometry.calibration import CalibratedImage, calibrate
from perijove.scene.shot import Shot
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import SimulatedPicture, simulate
from perijove.simulator.synthetic_io import synthetic_base_map

PHASE_DEG = 150.0
RANGE_KM = 60_000.0


@pytest.fixture(scope="module")
def crescent() -> SimulatedPicture:
    """Io from 60,000 km at 150 degrees of phase: 7 % of a disc of 45 pixels' radius; the spin axis off the Earth."""
    scenario = random_scenario(6, range_km=RANGE_KM, phase_deg=PHASE_DEG)
    assert scenario.spin_axis is not None
    return simulate(scenario, synthetic_base_map(width=720), seed=6)


@pytest.fixture(scope="module")
def raw(crescent: SimulatedPicture, tmp_path_factory: pytest.TempPathFactory) -> RawImage:
    return read(write_product(crescent, tmp_path_factory.mktemp("crescent"))[0])


@pytest.fixture(scope="module")
def image(raw: RawImage) -> CalibratedImage:
    return calibrate(raw)


def lit_from(shot: Shot, phase_deg: float) -> Shot:
    """The same picture with the Sun at a phase angle."""
    view = shot.view
    sight = unit(view.position_km)
    across = unit(np.cross(sight, [0.3, 0.2, 1.0]))
    phase = np.radians(phase_deg)
    return shot.with_poses(replace(view, sun=np.cos(phase) * sight + np.sin(phase) * across))


def test_a_crescent_is_found_and_fitted(crescent: SimulatedPicture, image: CalibratedImage) -> None:
    axis = np.array(crescent.scenario.spin_axis)
    location = locate(image, label_orientation(image.raw, spin_axis=axis))
    assert location.detection_correlation > 0.6
    focal = crescent.truth.focal_length_px
    for index in np.flatnonzero(location.in_view):
        k = location.frame_of_framelet[index]
        sight = [-(v.body_to_camera[k] @ v.position_km[k]) for v in (location.view, crescent.truth.view)]
        found, true = (focal * v[:2] / v[2] for v in sight)
        assert np.hypot(*(found - true)) < 0.3


def test_the_level_of_brightness_is_the_crescents(crescent: SimulatedPicture, image: CalibratedImage) -> None:
    """Cells of the crescent measure about 1; a level from a larger part of the disc is that of its dim edge."""
    shot = shot_of(image, BODIES["IO"], crescent.truth.view)
    brightest, scores = [], []
    for phase_deg in (90.0, PHASE_DEG):
        cells = cells_of(image.radiance_factor, image.sigma, image.usable, lit_from(shot, phase_deg))
        brightest.append(cells.brightness.max())
        scores.append(correlation_with_prediction(cells, crescent.truth.view, np.array(crescent.scenario.radii_km)))
    assert brightest[0] > 2.0
    assert brightest[1] < 1.6
    assert min(scores) > 0.6


@pytest.mark.slow
def test_a_body_that_the_camera_cannot_see_is_said_to_be_so(image: CalibratedImage) -> None:
    with pytest.raises(
        BodyNotFoundError, match=r"deg from the axis, the field reaches from 6\d to 1\d\d deg.*spin_axis_deg"
    ):
        locate(image, label_orientation(image.raw))


def test_the_truth_names_the_axis_as_the_command_takes_it(crescent: SimulatedPicture) -> None:
    ra, dec = np.radians(truth_record(crescent)["spin_axis_ra_dec_deg"])  # type: ignore[arg-type]
    axis = [np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)]
    np.testing.assert_allclose(axis, crescent.scenario.spin_axis, atol=2e-8)  # printed to a millionth of a degree


def test_no_prediction_is_no_number(crescent: SimulatedPicture, image: CalibratedImage) -> None:
    """A view that looks the other way predicts nothing, and that is not a correlation of -1."""
    shot = shot_of(image, BODIES["IO"], crescent.truth.view)
    cells = cells_of(image.radiance_factor, image.sigma, image.usable, shot)
    model = label_orientation(image.raw).model
    view = model.view(model.parameters.values)
    assert np.isnan(correlation_with_prediction(cells, view, np.array(crescent.scenario.radii_km)))


@pytest.mark.parametrize("summing", [1, 2])
def test_the_photoactive_range_lies_within_the_imaging_columns(summing: int) -> None:
    camera = strip_camera("RED", summing=summing)
    active = imaging_columns(camera.columns, summing=summing)
    first, last = camera.lit_columns_px
    assert (first - active.start, active.stop - last) == (1.0 / summing, 1.0 / summing)
