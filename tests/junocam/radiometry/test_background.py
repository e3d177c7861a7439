"""Scatter of the sky. Authority: law (variances add; a Poisson count's variance is its mean; rounding has 1/12)."""

import math
import warnings

import numpy as np
import pytest

from perijove.bodies.juno import JUNOCAM
from perijove.junocam.radiometry import background
from perijove.junocam.radiometry.background import theoretical_scatter_dn


@pytest.mark.parametrize("level_dn", [0.0, 0.3, 9.0])
def test_scatter_is_read_noise_shot_noise_and_rounding(level_dn: float) -> None:
    electrons = JUNOCAM.gain_e_per_dn * level_dn
    variance_dn = (JUNOCAM.read_noise_e**2 + electrons) / JUNOCAM.gain_e_per_dn**2 + 1.0 / 12.0
    assert theoretical_scatter_dn(level_dn) == pytest.approx(math.sqrt(variance_dn), rel=1e-12)


def test_a_level_below_zero_has_no_shot_noise() -> None:
    """Calibrated sky may come out below zero."""
    assert theoretical_scatter_dn(-2.0) == theoretical_scatter_dn(0.0)


def test_columns_without_sky_leave_the_filters_of_warnings_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """They belong to the whole process, and numba sets them in another thread while it compiles."""
    mean = np.full((32, 4), 2.0)
    mean[:, 1] = np.nan

    def refuse(**_named: object) -> None:
        raise AssertionError("filters of warnings touched")

    monkeypatch.setattr(warnings, "catch_warnings", refuse)
    structure = background._columns(mean, 0.1)
    assert structure[:, 1] == pytest.approx(0.0)
    assert structure[:, [0, 2, 3]] == pytest.approx(2.0)
