"""Cameras on their spacecraft: laws of rotation."""

import numpy as np
import pytest

from perijove.bodies.juno import SPACECRAFT_TO_CAMERA
from perijove.camera import Mirror, Mounting
from perijove.errors import InputError
from perijove.geometry.rotations import rotation_z

SPIN_DEG_S = 11.9


def test_without_a_mirror_nothing_turns() -> None:
    mounting = Mounting("JUNO", "JUNO_JUNOCAM", SPACECRAFT_TO_CAMERA)
    np.testing.assert_array_equal(mounting.to_camera(), SPACECRAFT_TO_CAMERA)
    np.testing.assert_array_equal(mounting.to_camera([0.0, 3.0]), np.stack([SPACECRAFT_TO_CAMERA] * 2))


def test_a_mirror_against_the_spin_holds_the_view_still() -> None:
    """Law: what the spin turns the mirror turns back; a wrong sign turns it twice as fast."""
    seconds = np.linspace(0.0, 1.1, 5)
    spun = rotation_z(SPIN_DEG_S * seconds)  # stars to spacecraft
    for rate, still in ((-SPIN_DEG_S, True), (SPIN_DEG_S, False)):
        mounting = Mounting("JUNO", "JUNO_JIRAM_I", SPACECRAFT_TO_CAMERA, Mirror((0.0, 0.0, 2.0), rate))
        to_camera = mounting.to_camera(seconds) @ spun
        turn = to_camera[-1] @ to_camera[0].T
        assert (np.abs(turn - np.eye(3)).max() < 1e-14) == still


@pytest.mark.parametrize("matrix", [2.0 * np.eye(3), np.diag([1.0, 1.0, -1.0]), np.eye(2)])
def test_what_is_no_rotation_is_refused(matrix: np.ndarray) -> None:
    with pytest.raises(InputError, match="is no rotation"):
        Mounting("JUNO", "JUNO_JUNOCAM", matrix)
