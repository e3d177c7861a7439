"""Ground control in closed loop: the simulator, a separate code path, is the authority."""

from dataclasses import replace

import numpy as np
import pytest

from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.formats.open import read
from perijove.geometry.rotations import rotation_vector_deg
from perijove.junocam.control.ground_control import base_map_control
from perijove.junocam.locate import Location
from perijove.junocam.processing import calibrated_and_located
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import SimulatedPicture, simulate
from perijove.simulator.synthetic_io import synthetic_base_map

TILT_DEG = (0.35, -0.3)  # a little over the 0.3 deg that the label way allows for


@pytest.fixture(scope="module")
def io_map() -> np.ndarray:
    """Made-up Io, 8 km at the equator; BLUE, GREEN, RED."""
    return synthetic_base_map(1440)


@pytest.fixture(scope="module")
def located(
    io_map: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SimulatedPicture, CalibratedImage, Location]:
    """A picture from 30,000 km whose spin axis leans, located by its limb alone."""
    scenario = replace(random_scenario(12, range_km=30000.0, phase_deg=75.0), axis_tilt_deg=TILT_DEG)
    picture = simulate(scenario, io_map, seed=12)
    raw = read(write_product(picture, tmp_path_factory.mktemp("raw"))[0])
    axis = None if scenario.spin_axis is None else np.array(scenario.spin_axis)
    return picture, *calibrated_and_located(raw, spin_axis=axis)


def as_base_map(io_map: np.ndarray, left_lon_east_deg: float = 0.0) -> BaseMap:
    """The simulator's map as a base map: RED, GREEN, BLUE."""
    return BaseMap(np.ascontiguousarray(io_map[..., ::-1]), left_lon_east_deg, SourceFile("simulated", ""))


def roll_error_deg(location: Location, picture: SimulatedPicture) -> float:
    """Turn about the line of sight, fitted less true, in the camera's frame at mid-picture."""
    k = int(np.median(location.frame_of_framelet[location.in_view]))
    true, fitted = picture.truth.view, location.view
    off = rotation_vector_deg(fitted.body_to_camera[k] @ true.body_to_camera[k].T)
    sight = -(true.body_to_camera[k] @ true.position_km[k])
    return float(off @ sight / np.linalg.norm(sight))


@pytest.mark.slow
def test_roll_comes_back(located: tuple[SimulatedPicture, CalibratedImage, Location], io_map: np.ndarray) -> None:
    """The limb alone is off by what the axis leans; the base map brings it within 3 standard errors, below 0.05 deg."""
    picture, image, location = located
    control = base_map_control(image, location, as_base_map(io_map))
    assert abs(roll_error_deg(location, picture)) > 0.1
    assert control.settled
    assert control.tiles > 20
    assert control.correlation > 0.9
    assert control.rms_px < 0.15
    assert control.roll_sigma_deg < 0.05
    off = roll_error_deg(control.location, picture)
    assert abs(off) < 3.0 * control.roll_sigma_deg
    assert abs(control.roll_deg) == pytest.approx(abs(off - roll_error_deg(location, picture)), abs=0.02)


@pytest.mark.slow
def test_all_parameters_stay_within_their_errors(
    located: tuple[SimulatedPicture, CalibratedImage, Location], io_map: np.ndarray
) -> None:
    """Spin, velocity and focal length: errors shrink or stay, and cover the truth within 3.5."""
    picture, image, location = located
    control = base_map_control(image, location, as_base_map(io_map))
    before, after = location.solution, control.location.solution
    assert np.all(after.sigmas <= before.sigmas * (1.0 + 1e-6))
    velocity = picture.scenario.velocity_km_s
    truth = {
        "spin_deg_s": picture.truth.spin_deg_s,
        "focal_length_px": picture.truth.focal_length_px,
        **{f"velocity_{axis}_km_s": v for axis, v in zip("xyz", velocity, strict=True)},
    }
    for name, true in truth.items():
        value, sigma = after[name]
        assert abs(value - true) < 3.5 * sigma, name
    assert "refined on the base map" in control.location.orientation.sources["attitude"]


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["other side", "mirrored", "noise"])
def test_other_ground_settles_nothing(
    located: tuple[SimulatedPicture, CalibratedImage, Location], io_map: np.ndarray, wrong: str
) -> None:
    """A map that does not show this ground leaves the poses as they were."""
    _, image, location = located
    if wrong == "other side":
        base_map = as_base_map(io_map, 180.0)
    elif wrong == "mirrored":
        base_map = as_base_map(np.ascontiguousarray(io_map[:, ::-1]))
    else:
        noise = np.random.default_rng(0).uniform(0.2, 0.8, (360, 720, 1)).astype(np.float32)
        base_map = BaseMap(noise, 0.0, SourceFile("noise", ""))
    control = base_map_control(image, location, base_map)
    assert not control.settled
    assert control.location is location
    assert control.tiles == 0
    assert not control.turn_deg.any()


def test_no_body_in_view_settles_nothing(
    located: tuple[SimulatedPicture, CalibratedImage, Location], io_map: np.ndarray
) -> None:
    """Without a framelet that sees the body there is nothing to compare."""
    _, image, location = located
    view = location.view
    empty = replace(location, shot=location.shot.with_poses(replace(view, position_km=-view.position_km)))
    assert not base_map_control(image, empty, as_base_map(io_map)).settled
