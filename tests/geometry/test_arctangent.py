"""The branch-free arctangent against the C library's. Authority: independent."""

import numba
import numpy as np

from perijove.geometry.arctangent_kernel import arccos_deg, arctan2_deg


@numba.vectorize(["float64(float64, float64)"])
def arctan2_of(y: float, x: float) -> float:
    return arctan2_deg(y, x)


@numba.vectorize(["float64(float64)"])
def arccos_of(cosine: float) -> float:
    return arccos_deg(cosine)


def test_equals_the_library_all_round_and_over_all_scales() -> None:
    rng = np.random.default_rng(2)
    angle = rng.uniform(-np.pi, np.pi, 100_000)
    size = 10.0 ** rng.uniform(-100.0, 100.0, angle.size)
    y, x = size * np.sin(angle), size * np.cos(angle)
    np.testing.assert_allclose(arctan2_of(y, x), np.degrees(np.arctan2(y, x)), rtol=0.0, atol=1e-13)


def test_axes_and_origin() -> None:
    y, x = np.array([0.0, 0.0, 1.0, -1.0, 0.0, np.nan]), np.array([1.0, -1.0, 0.0, 0.0, 0.0, 1.0])
    with np.errstate(invalid="ignore"):  # comparisons with NaN raise the flag in compiled code
        angle = arctan2_of(y, x)
    np.testing.assert_allclose(angle, [0.0, 180.0, 90.0, -90.0, 0.0, np.nan], atol=1e-13)


def test_arccosine() -> None:
    cosine = np.linspace(-1.0, 1.0, 20_001)
    np.testing.assert_allclose(arccos_of(cosine), np.degrees(np.arccos(cosine)), rtol=0.0, atol=1e-6)
    assert arccos_of(1.0 + 1e-15) == 0.0
    with np.errstate(invalid="ignore"):
        assert np.isnan(arccos_of(np.nan))
