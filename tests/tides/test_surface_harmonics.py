"""Surface harmonics against another code and their own orthogonality.

Authority: independent (SciPy's associated Legendre functions) and law.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import lpmv

from perijove.tides.surface_harmonics import SurfaceHarmonics, harmonic_basis

DEGREE = 6


def random_harmonics(seed: int, degree: int = 4) -> SurfaceHarmonics:
    keep = np.tril(np.ones((degree + 1, degree + 1)))
    coefficients = np.random.default_rng(seed).normal(size=(2, degree + 1, degree + 1)) * keep
    coefficients[1, :, 0] = 0.0
    return SurfaceHarmonics(coefficients)


def test_basis_agrees_with_scipy() -> None:
    lat, lon = np.linspace(-90.0, 90.0, 13), np.linspace(-170.0, 180.0, 13)
    basis = harmonic_basis(DEGREE, lat, lon)
    for n in range(DEGREE + 1):
        for m in range(n + 1):
            scale = math.sqrt((1 if m == 0 else 2) * (2 * n + 1) * math.factorial(n - m) / math.factorial(n + m))
            legendre = (-1.0) ** m * scale * lpmv(m, n, np.sin(np.radians(lat)))
            assert basis[0, n, m] == pytest.approx(legendre * np.cos(m * np.radians(lon)), abs=1e-13)
            assert basis[1, n, m] == pytest.approx(legendre * np.sin(m * np.radians(lon)), abs=1e-13)


@given(seed=st.integers(0, 2**32 - 1))
def test_analysis_undoes_synthesis(seed: int) -> None:
    harmonics = random_harmonics(seed)
    again = SurfaceHarmonics.of(harmonics.at, harmonics.degree)
    assert again.coefficients == pytest.approx(harmonics.coefficients, abs=1e-13)
    square = SurfaceHarmonics.of(lambda lat, lon: harmonics.at(lat, lon) ** 2, 2 * harmonics.degree)
    assert square.mean == pytest.approx(harmonics.power.sum(), rel=1e-12)  # Parseval


@given(seed=st.integers(0, 2**32 - 1))
def test_grid_and_points_agree(seed: int) -> None:
    harmonics = random_harmonics(seed)
    lat, lon = np.linspace(-90.0, 90.0, 7), np.linspace(-180.0, 180.0, 9)
    assert harmonics.on_grid(lat, lon) == pytest.approx(harmonics.at(lat[:, None], lon[None, :]), abs=1e-12)


@given(seed=st.integers(0, 2**32 - 1), largest=st.booleans())
def test_nothing_lies_beyond_the_extremum(seed: int, largest: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    harmonics = random_harmonics(seed)
    value, lat, lon = harmonics.extremum(largest=largest)
    assert value == pytest.approx(float(harmonics.at(lat, lon)), abs=1e-12 * np.abs(harmonics.coefficients).sum())
    values = harmonics.on_grid(np.linspace(-90.0, 90.0, 181), np.linspace(-180.0, 180.0, 361))
    hair = 1e-11 * np.abs(harmonics.coefficients).sum()
    assert value >= values.max() - hair if largest else value <= values.min() + hair


def test_equal_extrema_give_the_northern_one_that_faces_jupiter() -> None:
    harmonics = SurfaceHarmonics.of(lambda lat, lon: np.sin(np.radians(2 * lat)) ** 2 * np.cos(np.radians(lon)) ** 2, 6)
    value, lat, lon = harmonics.extremum(largest=True)
    assert (value, lat, lon) == pytest.approx((1.0, 45.0, 0.0), abs=1e-9)
