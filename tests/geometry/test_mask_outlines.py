"""Outlines of marked pixels.

Authority: law. Polygons hold the marked pixels' centres and no others, and have their area.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from matplotlib.path import Path

from perijove.geometry.mask_outlines import mask_polygons


def area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float(-0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.booleans()))
def test_polygons_hold_the_marked_pixels(mask: np.ndarray) -> None:
    rows, columns = mask.shape
    centers = np.stack(np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5), axis=-1).reshape(-1, 2)
    held, total = np.zeros(mask.size, dtype=int), 0.0
    for exterior, *holes in mask_polygons(mask):
        inside = Path(exterior).contains_points(centers)
        assert area(exterior) > 0.0
        for hole in holes:
            assert area(hole) < 0.0
            within = Path(hole).contains_points(centers)
            assert (inside | ~within).all()
            inside &= ~within
        held += inside
        total += area(exterior) + sum(area(hole) for hole in holes)
        for ring in (exterior, *holes):
            np.testing.assert_array_equal(ring[0], ring[-1])
    np.testing.assert_array_equal(held.reshape(mask.shape), mask.astype(int))
    assert total == mask.sum()


def test_a_frame_is_one_polygon_with_one_hole() -> None:
    mask = np.ones((4, 5), dtype=bool)
    mask[1:3, 1:4] = False
    ((exterior, hole),) = mask_polygons(mask)
    assert len(exterior) == len(hole) == 5  # four corners and the first again: straight sides are one
    assert area(exterior) == pytest.approx(20.0)
    assert area(hole) == pytest.approx(-6.0)


def test_nothing_marked_is_nothing() -> None:
    assert mask_polygons(np.zeros((3, 3), dtype=bool)) == []
