"""Authority: the simulator, a separate code path. Three pictures of a pass of which path, axis and spin are drawn."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from perijove.adjustment.adjust import Adjusted, adjust
from perijove.adjustment.control import control_from, control_of
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.sun import earth_direction
from perijove.errors import FormatError, InputError, KernelError
from perijove.export.answer import json_text
from perijove.export.controls.kernels import write_control_kernels
from perijove.export.controls.record import control_lines, control_record
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.formats.open import read
from perijove.geometry.rotations import rotation_vector_deg
from perijove.junocam.instrument import JUNOCAM_MOUNTING
from perijove.junocam.processing import calibrated_and_located
from perijove.scene.kernel_view import view_from_kernels
from perijove.scene.spin import KernelModel
from perijove.simulator.scenario import Scenario
from perijove.simulator.simulation import SimulatedPicture, simulate
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.simulator.written_kernels import write_kernels
from perijove.timescales import tdb_to_utc, utc_to_tdb

pytestmark = pytest.mark.slow
CLOSEST_TDB = float(utc_to_tdb("2024-02-03T17:48:35"))
TIMES_S = (500.0, 640.0, 800.0)
OFF_KM = np.array([9.0, -6.0, 5.0])
FRAMES = 13


def scenario(number: int, after_s: float) -> Scenario:
    epoch = CLOSEST_TDB + after_s
    state = EMBEDDED.state("JUNO", epoch, center="IO")
    axis = np.asarray(earth_direction(CLOSEST_TDB)) + np.radians([0.2, -0.1, 0.15])
    return Scenario(
        product_id=f"JNCE_2024034_58C9000{number}_V01",
        start_utc=str(tdb_to_utc(epoch - 0.06188 - 0.5 * (FRAMES - 1) * 0.372, digits=3)),
        epoch_utc=str(tdb_to_utc(epoch, digits=9)),
        position_km=tuple((state[:3] + OFF_KM).tolist()),
        velocity_km_s=tuple(state[3:].tolist()),
        frames=FRAMES,
        orbit=58,
        start_offset_s=0.01 * (-1) ** number,
        spin_deg_s=11.91,
        spin_axis=tuple((axis / np.linalg.norm(axis)).tolist()),
    )


@pytest.fixture(scope="module")
def io_map() -> np.ndarray:
    return synthetic_base_map(1440)


@pytest.fixture(scope="module")
def simulated(io_map: np.ndarray) -> list[SimulatedPicture]:
    return [simulate(scenario(k, t), io_map, seed=k) for k, t in enumerate(TIMES_S, start=1)]


@pytest.fixture(scope="module")
def located(simulated: list[SimulatedPicture], tmp_path_factory: pytest.TempPathFactory) -> list:
    folder = tmp_path_factory.mktemp("raw")
    return [calibrated_and_located(read(write_product(one, folder)[0])) for one in simulated]


@pytest.fixture(scope="module")
def adjusted(located: list) -> Adjusted:
    return adjust(located)


def ground_errors_km(adjusted: Adjusted, simulated: list[SimulatedPicture]) -> np.ndarray:
    """Displacement of ground that the middle of each GREEN framelet shows, by picture, mean vectors, body-fixed."""
    means = []
    for location, picture in zip(adjusted.locations, simulated, strict=True):
        true = location.shot.with_poses(picture.truth.view).with_cameras(picture.truth.focal_length_px, {})
        off = []
        for index in np.flatnonzero(location.in_view).tolist():
            if location.cameras[index].name == "GREEN":
                xy = np.stack(np.meshgrid(np.arange(100.0, 1600.0, 25.0), [32.0, 64.0, 96.0]), axis=-1).reshape(-1, 2)
                off.append(location.shot.ground(index, xy).point_km - true.ground(index, xy).point_km)
        every = np.concatenate(off)
        means.append(np.nanmedian(every, axis=0))
    return np.stack(means)


def test_pictures_lie_on_each_other(adjusted: Adjusted, simulated: list[SimulatedPicture]) -> None:
    """Ties hold all three together, below 0.1 px; against each other pictures lie far better than against truth."""
    assert adjusted.groups[0] == tuple(one.product_id for one in simulated)
    assert adjusted.solution.tie_kept.mean() > 0.9
    assert all(odds > 0.0 for odds in adjusted.solution.shared["PJ58"].values())
    assert all(rms < 0.1 for rms, kept, _ in adjusted.tie_rms_px.values() if kept)
    off = ground_errors_km(adjusted, simulated)
    pixel_km = min(picture.pixel_km for picture in adjusted.pictures)
    assert np.linalg.norm(off - off.mean(axis=0), axis=1).max() < 0.15 * pixel_km
    sigma = max(float(one["ground_sigma_km"]) for one in control_record(adjusted)["pictures"])  # type: ignore[union-attr]
    assert np.linalg.norm(off.mean(axis=0)) < 3.0 * sigma


def test_a_base_map_brings_them_to_their_place(
    located: list, simulated: list[SimulatedPicture], io_map: np.ndarray
) -> None:
    base_map = BaseMap(np.ascontiguousarray(io_map[..., ::-1]), 0.0, SourceFile("simulated", ""))
    found = adjust(located, base_map=base_map)
    off = ground_errors_km(found, simulated)
    pixel_km = np.array([picture.pixel_km for picture in found.pictures])
    assert (np.linalg.norm(off, axis=1) < 0.3 * pixel_km).all()


def test_the_record_gives_the_poses_back(adjusted: Adjusted, located: list) -> None:
    """Through JSON and back: poses to 1e-9, with covariance."""
    record = json.loads(json_text(control_record(adjusted)))
    control = control_from(record, SourceFile("control.json", ""))
    for (image, location), wanted in zip(located, adjusted.locations, strict=True):
        found = control.applied(image.raw, location)
        np.testing.assert_allclose(found.view.position_km, wanted.view.position_km, atol=1e-6)
        np.testing.assert_allclose(found.view.body_to_camera, wanted.view.body_to_camera, atol=1e-10)
        np.testing.assert_allclose(found.solution.covariance, wanted.solution.covariance, rtol=1e-12)
        assert found.cameras[0].focal_length_px == pytest.approx(wanted.cameras[0].focal_length_px, abs=1e-9)
    assert any("ties kept" in line for line in control_lines(adjusted))


def test_a_control_of_other_pixels_is_refused(adjusted: Adjusted, located: list) -> None:
    control, (image, location) = control_of(adjusted), located[0]
    other = replace(image.raw, sources=(SourceFile("other.png", "00"), *image.raw.sources[1:]))
    with pytest.raises(InputError, match="is not the file that was adjusted"):
        control.applied(other, location)
    with pytest.raises(InputError, match="not in the control"):
        control.applied(replace(image.raw, product_id="JNCE_2024034_58C90009_V01"), location)
    for spoilt in (None, {}, {"pictures": [{"product_id": "x"}]}):
        with pytest.raises(FormatError, match="is not the JSON of `perijove control`"):
            control_from(spoilt, SourceFile("control.json", ""))  # type: ignore[arg-type]


def test_kernels_give_the_poses_back(adjusted: Adjusted, tmp_path: Path) -> None:
    """SPICE, independent: one set for the pass; positions to 1 m, attitude to 1e-6 deg, and none between pictures."""
    written = write_control_kernels(adjusted, tmp_path)
    assert [path.name for path in written if path.suffix in (".bsp", ".bc")] == [
        "juno_trajectory.bsp",
        "juno_attitude.bc",
    ]
    assert {path.parent for path in written} == {tmp_path / "PJ58"}
    kernels = Kernels(tmp_path / "PJ58")
    for location in adjusted.locations:
        times = location.view.times_tdb[1:-1]
        view = view_from_kernels(kernels, JUNOCAM_MOUNTING, target="IO", times_tdb=times)
        assert np.abs(view.position_km - location.view.position_km[1:-1]).max() < 1e-3
        turn = rotation_vector_deg(view.body_to_camera @ np.swapaxes(location.view.body_to_camera[1:-1], -1, -2))
        assert np.abs(turn).max() < 1e-6
    between = np.array([0.5 * (adjusted.locations[0].view.times_tdb[-1] + adjusted.locations[1].view.times_tdb[0])])
    with pytest.raises(KernelError):
        view_from_kernels(kernels, JUNOCAM_MOUNTING, target="IO", times_tdb=between)


def test_pictures_by_kernels_are_adjusted_too(simulated: list[SimulatedPicture], tmp_path: Path) -> None:
    """Path and attitude from SPICE; start offset and pointing are a picture's own. Both lie on each other and on Io."""
    pictures = []
    for picture in simulated[1:]:
        folder = tmp_path / picture.product_id
        write_kernels(picture, folder)
        raw = read(write_product(picture, tmp_path)[0])
        pictures.append(calibrated_and_located(raw, kernels=Kernels(folder)))
    found = adjust(pictures)
    assert all(isinstance(one.model, KernelModel) for one in found.unknowns.pictures)
    assert found.groups[0] == tuple(one.product_id for one in simulated[1:])
    pixel_km = min(picture.pixel_km for picture in found.pictures)
    off = ground_errors_km(found, simulated[1:])
    assert np.linalg.norm(off[0] - off[1]) < 0.15 * pixel_km
    sigma = max(float(one["ground_sigma_km"]) for one in control_record(found)["pictures"])  # type: ignore[union-attr]
    assert np.linalg.norm(off.mean(axis=0)) < 3.0 * sigma


def test_one_picture_twice_is_refused(located: list) -> None:
    with pytest.raises(InputError, match="given more than once"):
        adjust([located[0], located[0]])
    with pytest.raises(InputError, match="no pictures"):
        adjust([])
