"""Pose models: laws of rotation and motion that hold whatever the numbers."""

from collections.abc import Sequence

import numpy as np
import pytest

from perijove.bodies.juno import FILTERS, SPACECRAFT_TO_CAMERA
from perijove.geometry.rotations import angle_between_deg
from perijove.junocam.instrument import JUNOCAM_MOUNTING
from perijove.scene.parameters import Parameter, ParameterSet
from perijove.scene.spin import KernelModel, LabelModel

FRAMES = 12
STEP_S = 0.372
NAMES = (
    *("spin_phase_deg", "spin_deg_s", "axis_tilt_x_deg", "axis_tilt_y_deg"),
    *("position_1_km", "position_2_km", "position_3_km"),
    *("velocity_x_km_s", "velocity_y_km_s", "velocity_z_km_s", "extra_delay_ms", "focal_length_px"),
)
KERNEL_NAMES = (
    *("start_offset_s", *(f"pointing_{axis}_deg" for axis in "xyz")),
    *(f"position_{k}_km" for k in (1, 2, 3)),
    "focal_length_px",
)
VALUES = np.array([40.0, 11.9, 0.1, -0.2, 90.0, -3.0, 5.0, 3.0, -20.0, 12.0, 0.4, 1481.0])
AXES = np.array([[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0], [0.0, 0.0, 1.0]])


def parameters(names: Sequence[str], values: Sequence[float]) -> ParameterSet:
    return ParameterSet(tuple(Parameter(n, "", v, 1.0, 1e-3) for n, v in zip(names, values, strict=True)))


def label_model(**changes: object) -> LabelModel:
    times = 7.5e8 + STEP_S * np.arange(FRAMES)
    fields: dict[str, object] = {
        "mounting": JUNOCAM_MOUNTING,
        "times_tdb": times,
        "icrf_to_body": np.broadcast_to(np.eye(3), (FRAMES, 3, 3)),
        "sun": np.broadcast_to([1.0, 0.0, 0.0], (FRAMES, 3)),
        "spin_axis": np.array([0.3, -0.8, 0.5]),
        "position_km": np.array([-9000.0, 2000.0, 30000.0]),
        "position_axes": AXES,
        "phase_epoch_tdb": float(times[5]),
        "position_epoch_tdb": float(times[4]),
        "parameters": parameters(NAMES, VALUES),
    }
    return LabelModel(**(fields | changes))  # type: ignore[arg-type]


def test_rotations_stay_rotations() -> None:
    """Law: orthonormal, right-handed."""
    matrices = label_model().view(VALUES).body_to_camera
    np.testing.assert_allclose(
        matrices @ np.swapaxes(matrices, -1, -2), np.broadcast_to(np.eye(3), matrices.shape), atol=1e-14
    )
    np.testing.assert_allclose(np.linalg.det(matrices), 1.0, atol=1e-14)


def test_spin_turns_the_camera_about_its_axis() -> None:
    """Law: spacecraft +Z stays put; all else turns by spin x step."""
    values = VALUES.copy()
    values[10] = 0.0
    matrices = label_model().view(values).body_to_camera
    axis = matrices.transpose(0, 2, 1) @ (SPACECRAFT_TO_CAMERA @ [0.0, 0.0, 1.0])
    np.testing.assert_allclose(axis, np.broadcast_to(axis[0], axis.shape), atol=1e-13)
    turn = matrices[1] @ matrices[0].T
    assert np.degrees(np.arccos(0.5 * (np.trace(turn) - 1.0))) == pytest.approx(
        11.9 * STEP_S, abs=3e-6
    )  # double precision of the time: 1.2e-7 s


def test_a_body_crosses_red_then_green_then_blue() -> None:
    """Published: the instrument description says that a target passes from the RED strip to the BLUE one."""
    model = label_model(position_km=np.array([20000.0, 60000.0, 84000.0]))
    values = VALUES.copy()
    rows = []
    for phase in np.arange(0.0, 360.0, 5.0):
        values[0] = phase
        view = model.view(values)
        centre = np.einsum("fij,fj->fi", view.body_to_camera, -view.position_km)
        if np.all(centre[4:7, 2] > 0.9 * np.linalg.norm(centre[4:7], axis=1)):
            rows.append(np.diff(centre[4:7, 1] / centre[4:7, 2]))
    assert rows
    assert np.all(np.array(rows) < 0.0)  # towards smaller rows; the axis row of BLUE is above RED's
    assert FILTERS["RED"].axis_row_px < FILTERS["GREEN"].axis_row_px < FILTERS["BLUE"].axis_row_px


def test_tilt_moves_the_axis_by_its_size() -> None:
    """Law: small rotations about two normals add like a vector."""
    model = label_model()
    untilted, tilted = VALUES.copy(), VALUES.copy()
    untilted[2:4], tilted[2:4] = 0.0, (0.3, 0.4)
    z = SPACECRAFT_TO_CAMERA @ [0.0, 0.0, 1.0]
    first, second = (model.view(v).body_to_camera[3].T @ z for v in (untilted, tilted))
    assert angle_between_deg(first, second) == pytest.approx(0.5, rel=1e-6)


def test_a_longer_delay_puts_later_frames_later() -> None:
    """Law: frames after the phase epoch come by the extra delay later, those before it earlier; the spin goes on."""
    values = VALUES.copy()
    values[10] = 0.0
    model, (plain, late) = label_model(), (label_model().view(v) for v in (values, np.r_[values[:10], 2.0, values[11]]))
    shift = late.times_tdb - plain.times_tdb
    np.testing.assert_allclose(shift, 2e-3 * (np.arange(FRAMES) - 5), atol=3e-7)  # grain of a double of TDB
    delayed = label_model(times_tdb=model.times_tdb + shift).view(values)
    np.testing.assert_allclose(late.body_to_camera, delayed.body_to_camera, atol=2e-7)
    np.testing.assert_allclose(late.position_km, delayed.position_km, atol=1e-5)


def test_position_is_displaced_and_moves_with_velocity() -> None:
    """Law: straight motion from a place off along the axes."""
    view = label_model().view(VALUES)
    start = np.array([-9000.0 + 0.6 * 90.0 + 0.8 * 3.0, 2000.0 + 0.8 * 90.0 - 0.6 * 3.0, 30005.0])
    expected = start + np.outer(view.times_tdb - (7.5e8 + 4 * STEP_S), VALUES[7:10])
    np.testing.assert_allclose(view.position_km, expected, rtol=1e-12)


def test_kernel_model_shifted_in_time_equals_the_later_view() -> None:
    """Law: an offset of dt gives the poses at t + dt, for a steady spin and straight motion."""
    values = VALUES.copy()
    values[10] = 0.0
    offset = 0.017
    model = label_model()
    base = model.view(values)
    later = label_model(times_tdb=model.times_tdb + 0.05).view(values)
    exact = label_model(times_tdb=model.times_tdb + offset).view(values)
    kernel = KernelModel.from_views(base, later, parameters(KERNEL_NAMES, [offset, *6 * [0.0], 1481.0]))
    shifted = kernel.view(kernel.parameters.values)
    np.testing.assert_allclose(shifted.body_to_camera, exact.body_to_camera, atol=5e-8)  # 1.2e-7 s of time x 0.2 rad/s
    np.testing.assert_allclose(shifted.position_km, exact.position_km, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(kernel.rate_deg_s, axis=1), 11.9, rtol=1e-5)
