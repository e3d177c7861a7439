"""Rotations of frames.

Authority: independent (SPICE: rotate, axisar, raxisa, vsep) and law (rotations are orthonormal, vectors go round).
"""

from collections.abc import Callable

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from perijove.geometry.rotations import (
    angle_between_deg,
    facing,
    from_rotation_vector,
    rotation_vector_deg,
    rotation_x,
    rotation_z,
    unit,
)

component = st.floats(-100.0, 100.0)


@pytest.mark.parametrize(("axis", "rotation"), [(1, rotation_x), (3, rotation_z)])
def test_axis_rotations_equal_spice(axis: int, rotation: Callable[[float], np.ndarray]) -> None:
    for angle in (-200.0, -30.0, 0.0, 1e-9, 77.0):
        np.testing.assert_allclose(rotation(angle), spiceypy.rotate(np.radians(angle), axis), atol=1e-15)


def test_axis_rotations_take_arrays() -> None:
    angles = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert rotation_x(angles).shape == (2, 3, 3, 3)
    np.testing.assert_array_equal(rotation_x(angles)[1, 2], rotation_x(6.0))


@given(component, component, component)
def test_rotation_vectors_equal_spice_and_go_round(a: float, b: float, c: float) -> None:
    vector = np.array([a, b, c])
    angle = np.linalg.norm(vector)
    rotation = from_rotation_vector(vector)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-14)
    if angle > 1e-200:
        # SPICE's axisar turns vectors; the frame's rotation is its transpose.
        np.testing.assert_allclose(rotation, spiceypy.axisar(vector, np.radians(angle)).T, atol=1e-14)
    if angle < 179.9:
        np.testing.assert_allclose(rotation_vector_deg(rotation), vector, atol=1e-10)


def test_rotation_vector_near_a_half_turn() -> None:
    vector = 179.9999 * unit([0.3, -0.5, 0.8])
    np.testing.assert_allclose(rotation_vector_deg(from_rotation_vector(vector)), vector, atol=1e-9)


def test_z_rotation_is_the_rotation_vector_along_z() -> None:
    np.testing.assert_allclose(from_rotation_vector([0.0, 0.0, 31.0]), rotation_z(31.0), atol=1e-15)


@pytest.mark.parametrize("angle", [0.0, 1e-12, 1e-7, 45.0, 179.9999999, 180.0])
def test_small_and_large_angles_keep_their_digits(angle: float) -> None:
    other = [np.cos(np.radians(angle)), np.sin(np.radians(angle)), 0.0]
    # Near 180 deg the angle itself is what rounding of the vector leaves of it.
    assert angle_between_deg([2.0, 0.0, 0.0], other) == pytest.approx(angle, rel=1e-14, abs=1e-16)
    assert angle_between_deg([2.0, 0.0, 0.0], other) == pytest.approx(
        np.degrees(spiceypy.vsep([2.0, 0.0, 0.0], other)), abs=1e-6
    )


def test_angle_to_nothing_is_nan() -> None:
    assert np.isnan(angle_between_deg([0.0, 0.0, 0.0], [1.0, 0.0, 0.0]))


def test_facing_looks_ahead_with_the_top_up() -> None:
    body_to_camera = facing([0.0, 2.0, 0.0], [0.3, 5.0, 1.0])
    np.testing.assert_allclose(body_to_camera @ [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], atol=1e-15)
    assert (body_to_camera @ [0.3, 0.0, 1.0])[1] < 0.0
    assert abs((body_to_camera @ [0.3, 0.0, 1.0])[0]) < 1e-15
    assert np.linalg.det(body_to_camera) == pytest.approx(1.0)
    assert np.linalg.det(facing([0.0, 0.0, 1.0], [0.0, 0.0, 1.0])) == pytest.approx(1.0)
