"""Camera model of a filter strip.

Authorities: law (what one function does the other undoes; a summed camera is the same camera), published (the
boundary vectors that NAIF's instrument kernel lists, read from the kernel file, and its own inversion recipe).
"""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perijove.bodies.juno import FILTERS, JUNOCAM
from perijove.junocam.instrument import strip_camera

KERNEL = "spice/juno_junocam_v03.ti"
BOUNDARY_XY = np.array([(23.5, 0.5), (23.5, 127.5), (1630.5, 127.5), (1630.5, 0.5)])  # as the kernel's text says
BORESIGHT_XY = np.array([827.0, 64.0])
ROUND_TRIP_PX = 1e-4
HALF_LAST_DIGIT = 0.51e-8  # the kernel prints eight decimals; the bar is 1e-7

names = st.sampled_from(sorted(FILTERS))
summings = st.sampled_from([1, 2])
unit = st.floats(0.0, 1.0)


def kernel_vectors(path: Path, variable: str) -> np.ndarray:
    """Numbers of one kernel variable as rows of three."""
    found = re.search(rf"^\s*{re.escape(variable)}\s*=\s*\(([^)]*)\)", path.read_text(), flags=re.MULTILINE)
    assert found, variable
    return np.array([float(number) for number in found[1].replace(",", " ").split()]).reshape(-1, 3)


@given(name=names, summing=summings, x=unit, y=unit)
def test_pixel_to_ray_to_pixel(name: str, summing: int, x: float, y: float) -> None:
    camera = strip_camera(name, summing=summing)
    xy = np.array([x * camera.columns, y * camera.rows])
    ray = camera.rays(xy)
    assert np.linalg.norm(ray) == pytest.approx(1.0, abs=1e-12)
    assert np.abs(camera.pixels(ray) - xy).max() <= ROUND_TRIP_PX


@pytest.mark.parametrize("summing", [1, 2])
@pytest.mark.parametrize("name", FILTERS)
def test_round_trip_over_the_whole_strip(name: str, summing: int) -> None:
    camera = strip_camera(name, summing=summing)
    x, y = np.meshgrid(np.linspace(0.0, camera.columns, 413), np.linspace(0.0, camera.rows, 33))
    xy = np.stack([x, y], axis=-1)
    assert np.abs(camera.pixels(camera.rays(xy)) - xy).max() <= 1e-9  # what `rays` promises; the bar is 1e-4


@given(name=names, x=unit, y=unit)
def test_a_summed_pixel_looks_where_its_four_look(name: str, x: float, y: float) -> None:
    full, summed = strip_camera(name), strip_camera(name, summing=2)
    xy = np.array([x * 1632.0, y * 128.0])
    np.testing.assert_allclose(summed.rays(xy / 2.0), full.rays(xy), rtol=0.0, atol=1e-15)


@given(name=names, x=unit, y=unit, length=st.floats(1e-3, 1e9))
def test_length_of_a_direction_does_not_matter(name: str, x: float, y: float, length: float) -> None:
    camera = strip_camera(name)
    ray = camera.rays(np.array([x * camera.columns, y * camera.rows]))
    np.testing.assert_allclose(camera.pixels(ray * length), camera.pixels(ray), rtol=0.0, atol=1e-9)


def test_the_axis_is_straight_ahead_and_rows_grow_along_y() -> None:
    camera = strip_camera("GREEN")
    np.testing.assert_allclose(
        camera.pixels(np.array([0.0, 0.0, 1.0])), [JUNOCAM.axis_column_px, FILTERS["GREEN"].axis_row_px]
    )
    right, down = camera.pixels(np.array([[0.1, 0.0, 1.0], [0.0, 0.1, 1.0]]))
    assert right[0] > JUNOCAM.axis_column_px
    assert down[1] > FILTERS["GREEN"].axis_row_px


def test_directions_far_off_the_axis_have_no_pixel() -> None:
    camera = strip_camera("RED")
    behind = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.9, 0.0, 0.4]])
    assert np.isnan(camera.pixels(behind)).all()


def test_inversion_agrees_with_the_kernels_recipe() -> None:
    """The recipe divides five times; from 900 px, beyond the strips' corners, that is good to 2e-5 px."""
    camera = strip_camera("BLUE")
    offset = np.linspace(1.0, 900.0, 50)
    recipe = offset.copy()
    for _ in range(5):
        recipe = offset / (1.0 + camera.k1 * recipe**2 + camera.k2 * recipe**4)
    xy = np.stack([camera.axis_column_px + offset, np.full_like(offset, camera.axis_row_px)], axis=-1)
    assert np.abs(camera.undistorted_px(xy)[:, 0] - recipe).max() <= 3e-5


@pytest.mark.data
@pytest.mark.parametrize("name", FILTERS)
def test_kernels_boundary_vectors(name: str, data_dir: Path) -> None:
    camera = strip_camera(name)
    code = FILTERS[name].naif_id
    corners = kernel_vectors(data_dir / KERNEL, f"INS{code}_FOV_BOUNDARY_CORNERS")
    boresight = kernel_vectors(data_dir / KERNEL, f"INS{code}_BORESIGHT")[0]
    assert np.abs(camera.rays(BOUNDARY_XY) - corners).max() <= HALF_LAST_DIGIT
    assert np.abs(camera.rays(BORESIGHT_XY) - boresight).max() <= HALF_LAST_DIGIT


@pytest.mark.data
@pytest.mark.parametrize("name", FILTERS)
def test_numbers_are_the_kernels(name: str, data_dir: Path) -> None:
    text = (data_dir / KERNEL).read_text()
    camera = strip_camera(name)

    def number(variable: str) -> float:
        found = re.search(rf"INS{FILTERS[name].naif_id}_{variable}\s*=\s*\(?\s*([-+.\deE]+)", text)
        assert found, variable
        return float(found[1])

    assert camera.focal_length_px == number("FOCAL_LENGTH") / number("PIXEL_SIZE")
    assert (camera.axis_column_px, camera.axis_row_px) == (number("DISTORTION_X"), number("DISTORTION_Y"))
    assert (camera.k1, camera.k2) == (number("DISTORTION_K1"), number("DISTORTION_K2"))
    assert number("START_TIME_BIAS") == JUNOCAM.start_time_bias_s
    assert number("INTERFRAME_DELTA") == JUNOCAM.interframe_delta_s
