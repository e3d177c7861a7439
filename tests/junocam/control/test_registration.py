"""Phase correlation: law. A picture shifted by a known amount must give it back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.geometry.grids import equirectangular_grid
from perijove.junocam.control.registration import base_map_shift, color_shifts, phase_shift
from perijove.scene.mapping import MapResult

RNG = np.random.default_rng(5)
GROUND = 1.0 + 0.2 * ndimage.gaussian_filter(RNG.normal(size=(160, 180)), 2.0) / 0.14
DISC = np.hypot(*np.meshgrid(np.arange(180) - 90.0, np.arange(160) - 80.0)) < 62.0


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(st.floats(-4.0, 4.0), st.floats(-4.0, 4.0))
def test_known_shift_comes_back(dx: float, dy: float) -> None:
    """Within 0.05 px: rounds end at steps of 0.005 px, of which each recovers seven tenths of what is left."""
    moved = ndimage.shift(GROUND, (dy, dx), order=3, mode="nearest")
    shift = phase_shift(moved, GROUND, DISC)
    assert shift.x_px == pytest.approx(dx, abs=0.05)
    assert shift.y_px == pytest.approx(dy, abs=0.05)
    assert shift.correlation > 0.95


def test_noise_and_shading_do_not_move_it() -> None:
    """Different gain, shading and noise of 5 %: within 0.1 px."""
    shading = np.linspace(0.3, 1.0, 180)[None, :]
    noisy = 3.0 * shading * GROUND * (1.0 + 0.05 * RNG.normal(size=GROUND.shape))
    shift = phase_shift(noisy, GROUND, DISC)
    assert np.hypot(shift.x_px, shift.y_px) < 0.1


def test_too_little_ground_is_said() -> None:
    """NaN where nothing can be compared."""
    shift = phase_shift(GROUND, GROUND, np.zeros_like(DISC))
    assert np.isnan(shift.x_px)
    assert shift.pixels == 0


def test_a_shift_beyond_the_search_is_not_taken_for_one_within() -> None:
    """Law: the search ends at 6 px on either side, down and right as up and left."""
    for dy, dx in ((25.0, 0.0), (0.0, 25.0), (-25.0, 0.0)):
        moved = ndimage.shift(GROUND, (dy, dx), order=1, mode="nearest")
        shift = phase_shift(moved, GROUND, DISC)
        assert max(abs(shift.x_px), abs(shift.y_px)) < 14.0  # two rounds of 6 px and what is finer
        assert shift.correlation < 0.5


def test_all_pairs_of_colours() -> None:
    """Three bands make three pairs, named by filter."""
    shifts = color_shifts(np.stack([GROUND] * 3), ("RED", "GREEN", "BLUE"), DISC)
    assert set(shifts) == {"RED-GREEN", "RED-BLUE", "GREEN-BLUE"}
    assert all(np.hypot(s.x_px, s.y_px) < 1e-6 for s in shifts.values())


@pytest.mark.parametrize("resolution_km", [8.0, 2.0])
def test_map_against_base_map(resolution_km: float) -> None:
    """Law: a map of ground that lies two base-map pixels too far east is found so, to a tenth of such a pixel.

    The finer map is averaged to the base map's pixels for the comparison.
    """
    noise = np.random.default_rng(8).normal(size=(720, 1440))
    values = (0.6 + 0.1 * ndimage.gaussian_filter(noise, 2.0, mode="wrap") * 7.0).astype(np.float32)[..., None]
    base_map = BaseMap(values, 0.0, SourceFile("made up", ""))
    grid = equirectangular_grid((-20.0, 20.0), (20.0, 70.0), resolution_km)
    rows, columns = grid.shape
    lat, lon = grid.lat_lon(np.arange(rows)[:, None], np.arange(columns)[None, :])
    moved_deg = 2.0 * 0.25
    seen = base_map.sample(lat, lon - moved_deg)[None, ..., 0].astype(np.float32)
    planes = {name: np.zeros(grid.shape, np.float32) for name in ("incidence", "emission")}
    result = MapResult(grid, seen, seen, np.zeros(seen.shape, np.uint16), planes, rows * columns)
    shift = base_map_shift(result, 0, base_map)
    expected = np.radians(moved_deg) * grid.sphere_radius_km / grid.resolution_km
    assert shift.x_px == pytest.approx(expected, abs=0.8 / resolution_km)
    assert shift.y_px == pytest.approx(0.0, abs=0.8 / resolution_km)
    assert shift.correlation > 0.9
