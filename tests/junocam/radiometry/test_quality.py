"""Quality registry.

Authority: law. A mask and its names are two spellings of one thing, and counting by flag is counting by hand.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.errors import InputError
from perijove.junocam.radiometry.quality import QUALITY, Flag, QualityRegistry, quality_table

NAMES = tuple(QUALITY)


@given(st.sets(st.sampled_from(NAMES)))
def test_mask_and_names_are_inverse(names: set[str]) -> None:
    assert set(QUALITY.names(QUALITY.mask(*names))) == names


def test_counts_every_flag_of_an_array() -> None:
    masks = np.zeros((3, 4), dtype=np.uint16)
    masks[0] |= QUALITY.mask("hit")
    masks[:, 0] |= QUALITY.mask("hit", "hot")
    counts = QUALITY.counts(masks)
    assert set(counts) == set(NAMES)
    assert (counts["hit"], counts["hot"], counts["missing"]) == (6, 3, 0)


def test_usable_is_the_absence_of_fatal_flags() -> None:
    masks = np.array([QUALITY.mask(name) for name in NAMES], dtype=np.uint16)
    assert QUALITY.usable(masks).tolist() == [QUALITY[name].usable for name in NAMES]
    assert QUALITY.usable(np.uint16(0))


def test_masks_fit_sixteen_bits() -> None:
    assert QUALITY.mask(*NAMES).dtype == np.uint16
    assert sorted(QUALITY.meanings) == [flag.bit for flag in QUALITY.values()]


def test_unknown_flag_says_what_is_allowed() -> None:
    with pytest.raises(InputError, match=r"'fuzzy' is unknown; allowed: missing, saturated"):
        QUALITY.mask("fuzzy")


@pytest.mark.parametrize("second", [Flag(0, "b", "Twice the bit.", usable=True), Flag(1, "a", "Twice.", usable=True)])
def test_flags_are_distinct(second: Flag) -> None:
    with pytest.raises(ValueError, match="of its own"):
        QualityRegistry((Flag(0, "a", "First.", usable=True), second))


def test_table_has_one_line_per_flag() -> None:
    lines = quality_table().splitlines()
    assert len(lines) == 2 + len(NAMES)
    assert all(f"`{name}`" in line for name, line in zip(NAMES, lines[2:], strict=True))
