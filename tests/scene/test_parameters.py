"""Unknowns by name and derivatives by them: laws."""

import numpy as np
import pytest

from perijove.errors import InputError
from perijove.scene.parameters import JointParameters, Parameter, ParameterSet, jacobian

FIRST = ParameterSet((Parameter("spin", "deg/s", 11.9, 0.15, 1e-3), Parameter("focal", "px", 1487.0, 2.0, 1e-2)))
SECOND = ParameterSet((Parameter("focal", "px", 1487.0, 2.0, 1e-2), Parameter("phase", "deg", 3.0, 1e4, 1e-3)))


def test_names_find_their_place() -> None:
    assert FIRST.named([1.0, 2.0]) == {"spin": 1.0, "focal": 2.0}
    np.testing.assert_array_equal(FIRST.vector(focal=1500.0), [11.9, 1500.0])
    np.testing.assert_array_equal(FIRST.vector([5.0, 6.0], spin=7.0), [7.0, 6.0])
    np.testing.assert_array_equal(FIRST.starting_at(spin=12.0).values, [12.0, 1487.0])
    np.testing.assert_array_equal(FIRST.starting_at(spin=12.0).prior_sigmas, FIRST.prior_sigmas)
    assert FIRST["focal"].unit == "px"
    assert "phase" not in FIRST
    assert len(FIRST) == 2
    with pytest.raises(InputError, match="no parameter 'phase'; there are spin, focal"):
        FIRST.index("phase")
    with pytest.raises(InputError, match="of one name"):
        ParameterSet((FIRST["spin"], FIRST["spin"]))


def test_pictures_share_what_they_share() -> None:
    """Law: each picture's vector comes back from the joint one, and a shared unknown is one for both."""
    joint = JointParameters.of({"a": FIRST, "b": SECOND}, shared=["focal"])
    assert joint.parameters.names == ("focal", "a/spin", "b/phase")
    values = joint.parameters.vector(focal=1490.0)
    np.testing.assert_array_equal(joint.values_of("a", values), [11.9, 1490.0])
    np.testing.assert_array_equal(joint.values_of("b", values), [1490.0, 3.0])
    slopes = joint.spread("b", np.array([[2.0, 5.0]]))
    np.testing.assert_array_equal(slopes, [[2.0, 0.0, 5.0]])
    alone = JointParameters.of({"a": FIRST, "b": SECOND})
    assert alone.parameters.names == ("a/spin", "a/focal", "b/focal", "b/phase")


@pytest.mark.parametrize(("name", "words"), [("tilt", "no picture has it"), ("spin", "differently")])
def test_what_cannot_be_shared_is_refused(name: str, words: str) -> None:
    other = ParameterSet((Parameter("spin", "deg/s", 11.9, 0.3, 1e-3),))
    with pytest.raises(InputError, match=words):
        JointParameters.of({"a": FIRST, "b": other}, shared=[name])


def test_derivatives_of_a_quadratic_are_exact() -> None:
    """Law: central differences have no error in second order."""
    rng = np.random.default_rng(5)
    matrix, at = rng.normal(size=(5, 5)), rng.normal(size=5)
    slope = jacobian(lambda z: z @ matrix * z, at, np.full(5, 0.05))
    np.testing.assert_allclose(slope, matrix.T * at[:, None] + np.diag(at @ matrix), atol=1e-10)


def test_angles_go_the_short_way_round() -> None:
    """Law: across 180 and 360 deg the slope of an angle is what it is elsewhere; numbers are taken as they come."""

    def values(z: np.ndarray) -> list[float]:
        return [float((2.0 * z[0] + 180.0) % 360.0 - 180.0), float(3.0 * z[0] % 360.0), 200.0 * float(z[0])]

    for at in (0.0, 90.0, 120.0, 180.0, 17.3):
        slope = jacobian(values, [at], [1.0], angles_deg=[True, True, False])
        np.testing.assert_allclose(slope[:, 0], [2.0, 3.0, 200.0], rtol=1e-12)
