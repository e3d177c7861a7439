"""Disk functions.

Authority: law (normalisation, reciprocity, limits) and published (the formulas themselves, at angles with exact
cosines).
"""

import numpy as np
import pytest

from perijove.errors import InputError
from perijove.physics.photometry import PHOTOMETRIC_LAWS, disk_function, normal_reflectance

ALL = [law for law in PHOTOMETRIC_LAWS if law != "hapke"]  # Hapke's function has a test module of its own


@pytest.mark.parametrize("law", ALL)
def test_seen_and_lit_from_above_is_one(law: str) -> None:
    assert disk_function(law, 0.0, 0.0) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("law", [law for law in ALL if law != "none"])
def test_reciprocity(law: str) -> None:
    """Helmholtz: D(i, e) / cos i is unchanged when light runs backwards."""
    i, e = np.array([10.0, 35.0, 80.0]), np.array([70.0, 20.0, 5.0])
    there = disk_function(law, i, e) / np.cos(np.radians(i))
    back = disk_function(law, e, i) / np.cos(np.radians(e))
    np.testing.assert_allclose(there, back, rtol=1e-12)


def test_values_at_60_deg() -> None:
    assert disk_function("lambert", 60.0, 10.0) == pytest.approx(0.5)
    assert disk_function("lommel_seeliger", 60.0, 0.0) == pytest.approx(2.0 * 0.5 / 1.5)
    assert disk_function("minnaert", 60.0, 60.0, parameter=0.75) == pytest.approx(0.5**0.5)
    assert disk_function("lunar_lambert", 60.0, 0.0, parameter=0.25) == pytest.approx(0.25 * 2.0 / 3.0 + 0.75 * 0.5)


def test_laws_contain_each_other() -> None:
    i, e = np.linspace(0.0, 89.0, 30), np.linspace(89.0, 0.0, 30)
    np.testing.assert_allclose(disk_function("minnaert", i, e, parameter=1.0), disk_function("lambert", i, e))
    for weight, law in ((0.0, "lambert"), (1.0, "lommel_seeliger")):
        np.testing.assert_allclose(disk_function("lunar_lambert", i, e, parameter=weight), disk_function(law, i, e))


def test_lommel_seeliger_full_disc_is_flat() -> None:
    angle = np.linspace(0.0, 89.9, 50)
    np.testing.assert_allclose(disk_function("lommel_seeliger", angle, angle), 1.0)


def test_night_is_dark_and_behind_the_limb_is_nothing() -> None:
    for law in (law for law in ALL if law != "none"):
        assert disk_function(law, 90.0, 30.0) == 0.0
        assert disk_function(law, 120.0, 30.0) == 0.0
        assert np.isnan(disk_function(law, 30.0, 90.0))
        assert np.isnan(disk_function(law, np.nan, 30.0))


def test_correction_undoes_the_law_and_flags_the_rim() -> None:
    i, e = np.array([0.0, 40.0, 86.0, 91.0, 30.0]), np.array([0.0, 30.0, 10.0, 10.0, 87.0])
    seen = 0.6 * disk_function("minnaert", i, e)
    corrected, beyond = normal_reflectance(seen, "minnaert", i, e)
    np.testing.assert_allclose(corrected, [0.6, 0.6, np.nan, np.nan, np.nan], rtol=1e-12)
    np.testing.assert_array_equal(beyond, [False, False, True, True, True])


def test_unknown_law_is_refused() -> None:
    with pytest.raises(InputError, match="'akimov' is not one of none, lambert"):
        disk_function("akimov", 0.0, 0.0)


@pytest.mark.parametrize("law", [law for law in ALL if law != "none"])
def test_no_law_gives_a_number_where_it_does_not_hold(law: str) -> None:
    """Regression: Lambert's law gave I/F up to 205 beside the terminator."""
    i, e = np.meshgrid(np.linspace(0.0, 180.0, 721), np.linspace(0.0, 90.0, 181))
    corrected, beyond = normal_reflectance(np.ones_like(i), law, i, e, 60.0)
    assert np.isnan(corrected[beyond]).all()
    assert (beyond == ((i > 85.0) | (e > 85.0))).all()
    assert np.isfinite(corrected[~beyond]).all()
    assert corrected[~beyond].max() < 1.0 / np.cos(np.radians(85.0)) + 1e-9


def test_without_a_law_nothing_is_lost() -> None:
    i = np.array([0.0, 86.0, 120.0])
    corrected, beyond = normal_reflectance([0.1, 0.2, 0.3], "none", i, 30.0)
    np.testing.assert_array_equal(corrected, [0.1, 0.2, 0.3])
    assert not beyond.any()
