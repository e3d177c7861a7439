"""Companding against the published table, and against the statistics of real pictures.

Authority: published (JunoCam product specification, in PERIJOVE_DATA), independent (how often codes occur in
raw pictures tells how many counts share each), law (a step function and its inverse).
"""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from perijove.errors import InputError
from perijove.formats.companding import COMPANDINGS, SQROOT_STEPS, compand, companding, decompand

MODES = sorted(COMPANDINGS)


@pytest.mark.data
def test_sqroot_is_the_published_table(data_dir: Path) -> None:
    """Published: all 256 entries, exactly."""
    code, dn = np.loadtxt(
        data_dir / "junocam" / "junocam_sqroot_lut.csv", delimiter=",", comments="#", skiprows=2, dtype=int
    ).T
    assert_array_equal(code, np.arange(256))
    assert_array_equal(companding("SQROOT").table_dn, dn)
    assert_array_equal(decompand(code, published=True), dn)


def test_sqroot_corners() -> None:
    """Published: the counts at which the step changes, and the largest."""
    table = companding("SQROOT").table_dn
    assert [int(table[code]) for code, _ in SQROOT_STEPS] == [0, 23, 63, 247, 1007, 1407]
    assert companding("SQROOT").max_dn == 2879


@pytest.mark.parametrize("mode", MODES)
def test_steps_tile_the_range(mode: str) -> None:
    """Law: each count has exactly one code, and codes never go down."""
    entry = companding(mode)
    assert entry.first_dn[0] == 0
    assert_array_equal(entry.first_dn[1:], entry.last_dn[:-1] + 1)
    dn = np.arange(entry.max_dn + 1)
    codes = compand(dn, mode).astype(int)
    assert_array_equal(np.bincount(codes, minlength=256), entry.step_dn)
    assert (np.diff(codes) >= 0).all()


@pytest.mark.parametrize("mode", MODES)
def test_there_and_back(mode: str) -> None:
    """Law: codes survive; counts come back within half a step."""
    codes = np.arange(256)
    for published in (False, True):
        assert_array_equal(compand(decompand(codes, mode, published=published), mode), codes)
    dn = np.arange(companding(mode).max_dn + 1)
    code = compand(dn, mode)
    assert (np.abs(decompand(code, mode) - dn) <= (companding(mode).step_dn[code] - 1) / 2).all()


def test_middle_of_the_step_has_no_bias() -> None:
    """Law: over a uniform distribution of counts the mean error is 0, the published table's half a step."""
    dn = np.arange(1408, 2880)
    code = compand(dn)
    assert np.mean(decompand(code) - dn) == 0.0
    assert np.mean(decompand(code, published=True) - dn) == pytest.approx(15.5)


@pytest.mark.data
def test_real_pictures_say_that_the_table_is_the_last_count(data_dir: Path) -> None:
    """Independent: at a doubling of the step the last code before it holds as many counts as those below.

    If the table were the first count of a code, the code at the corner would hold twice as many; if it were
    the nearest, one and a half times. Jupiter's smooth picture decides to 10 %, three statistical sigmas.
    """
    codes = np.asarray(Image.open(data_dir / "junocam" / "jupiter" / "JNCE_2022186_43C00080_V01-raw.png"))
    count = np.bincount(codes.ravel(), minlength=256).astype(float)
    for corner, _ in SQROOT_STEPS[1:]:
        assert count[corner] / np.median(count[corner - 5 : corner]) < 1.1
        assert count[corner + 1 : corner + 3].sum() / count[corner - 1 : corner + 1].sum() > 1.5


def test_out_of_range_and_unknown() -> None:
    """Law: saturation and noise below zero are clipped; an unknown mode is an input error."""
    assert_array_equal(compand([-7.2, 0.4, 4000.0]), [0, 0, 255])
    with pytest.raises(InputError, match="LIN4"):
        decompand([0], "LIN4")
