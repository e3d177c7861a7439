"""What is known of the poses from what is at hand.

Authority: the simulator, a separate code path, and kernels that it writes (independent).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from perijove.ephemeris.spice.kernels import Kernels
from perijove.errors import InputError
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.image import RawImage
from perijove.formats.open import read
from perijove.junocam.orientation import label_orientation, orientation_of
from perijove.junocam.processing import calibrated_and_located
from perijove.scene.spin import KernelModel, LabelModel
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import SimulatedPicture, simulate
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.simulator.written_kernels import write_kernels


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[SimulatedPicture, RawImage, Path]:
    """A picture from 60,000 km, raw, and the folder of its kernels."""
    picture = simulate(random_scenario(3, range_km=60_000.0, phase_deg=70.0), synthetic_base_map(width=720), seed=3)
    folder = tmp_path_factory.mktemp("picture")
    raw = read(write_product(picture, folder)[0])
    write_kernels(picture, folder / "kernels")
    return picture, raw, folder / "kernels"


def without_attitude(folder: Path) -> Kernels:
    """All kernels but attitude and clock."""
    return Kernels(*(path for path in sorted(folder.iterdir()) if path.suffix not in (".bc", ".tsc")))


@pytest.mark.slow
def test_a_trajectory_alone_serves(simulated: tuple[SimulatedPicture, RawImage, Path]) -> None:
    """Independent: position from the kernels, attitude from the picture; the disc is where it is, to 0.3 px."""
    picture, raw, folder = simulated
    axis = picture.scenario.spin_axis
    kernels = without_attitude(folder)
    _, location = calibrated_and_located(raw, kernels=kernels, spin_axis=None if axis is None else np.array(axis))
    known = location.orientation
    assert isinstance(known.model, LabelModel)
    assert "SPICE kernels" in known.sources["position"]
    assert "from the limb" in known.sources["attitude"]
    assert any(file.name.endswith(".bsp") for file in known.files)
    truth = picture.truth
    for index in np.flatnonzero(location.in_view).tolist():
        assert np.hypot(*(location.shot.center_px(index) - truth.disc_center_px[index])) < 0.3
    k = location.shot.middle_frame
    off_km = np.linalg.norm(location.view.position_km[k]) - np.linalg.norm(truth.poses.position_km[k])
    assert abs(off_km) < 4.0 * location.solution["position_3_km"][1]  # the axis of the largest error, along the sight


def test_attitude_where_it_is_at_hand(simulated: tuple[SimulatedPicture, RawImage, Path]) -> None:
    _, raw, folder = simulated
    assert isinstance(orientation_of(raw, Kernels(folder)).model, KernelModel)
    assert isinstance(orientation_of(raw, None).model, LabelModel)


def test_attitude_and_an_axis_contradict_each_other(simulated: tuple[SimulatedPicture, RawImage, Path]) -> None:
    _, raw, folder = simulated
    axis = np.array([0.1, 0.2, 0.97])
    with pytest.raises(InputError, match="spin axis is given too"):
        orientation_of(raw, Kernels(folder), spin_axis=axis)
    with pytest.raises(InputError, match="spin axis is given too"):
        calibrated_and_located(raw, kernels=Kernels(folder), spin_axis=axis)
    model = orientation_of(raw, without_attitude(folder), spin_axis=axis).model
    assert isinstance(model, LabelModel)
    np.testing.assert_array_equal(model.spin_axis, axis)
    np.testing.assert_allclose(
        model.view(model.parameters.values).position_km,
        replace(model, spin_axis=np.array([0.0, 0.6, 0.8])).view(model.parameters.values).position_km,
    )


@pytest.mark.data
def test_a_solution_that_is_named_is_taken_at_its_word(data_dir: Path) -> None:
    """Independent: JIRAM's archive has Juno within 0.4 km of the pass with Io's lead, along its orbit to 1.1 km.

    Without a name it is the pass by jup365, taken as good to its whole error in every direction.
    """
    raw = read(data_dir / "blind/junocam/pj57/JNCE_2023364_57C00003_V01-raw.png")
    places, sigmas, sources = {}, {}, {}
    for name in (None, "io-lead", "jup365"):
        known = label_orientation(raw, solution=name)
        assert isinstance(known.model, LabelModel)
        places[name] = known.model.position_km
        sigmas[name] = np.array([known.model.parameters[f"position_{k}_km"].prior_sigma for k in (1, 2, 3)])
        sources[name] = known.sources["position"]
    np.testing.assert_array_equal(places[None], places["jup365"])
    assert "(io-lead)" in sources["io-lead"]
    assert all("(jup365)" in sources[name] for name in (None, "jup365"))
    assert np.linalg.norm(places["jup365"] - places["io-lead"]) == pytest.approx(9.4, abs=0.1)
    assert 9.0 < np.min(sigmas[None]) < np.max(sigmas[None]) < 10.0
    assert np.sort(sigmas["io-lead"])[1] < 0.7 < np.max(sigmas["io-lead"]) < 1.6  # start time: 20 ms of 30 km/s
    assert np.max(sigmas["jup365"]) > 9.0


def test_a_solution_beside_kernels_or_without_a_pass(simulated: tuple[SimulatedPicture, RawImage, Path]) -> None:
    _, raw, folder = simulated
    with pytest.raises(InputError, match="the kernels hold Juno's place"):
        orientation_of(raw, Kernels(folder), solution="io-lead")
    with pytest.raises(InputError, match="no pass is built in"):
        orientation_of(replace(raw, start_utc="2019-06-01T00:00:00"), None, solution="io-lead")
