"""JunoCam's strips and clock.

Authorities: published (the timing recipe and the detector layout of NAIF's instrument kernel juno_junocam_v03.ti).
"""

import numpy as np
import pytest

from perijove.bodies.juno import FILTERS
from perijove.errors import InputError
from perijove.formats.image import RawImage
from perijove.junocam.instrument import frame_times_tdb, imaging_columns, strip_camera
from perijove.timescales import utc_to_tdb

START_UTC = "2024-12-27T01:18:13.519"


def picture(frames: int = 14, delay_s: float = 0.371) -> RawImage:
    return RawImage(
        product_id="JNCE_2024362_68C00012_V01",
        codes=np.zeros((3 * frames, 128, 1648), dtype=np.uint8),
        filters=("BLUE", "GREEN", "RED") * frames,
        frames=tuple(np.repeat(np.arange(1, frames + 1), 3).tolist()),
        level="EDR",
        bit_mode="SQROOT",
        summing=1,
        target="IO",
        orbit=68,
        start_utc=START_UTC,
        sclk_start=None,
        interframe_delay_s=delay_s,
        exposure_s=0.0064,
        tdi_stages=2,
    )


def test_frame_times_follow_the_kernels_recipe() -> None:
    times = frame_times_tdb(picture())
    expected = utc_to_tdb(START_UTC) + 0.06188 + np.arange(14) * (0.371 + 0.001)
    assert times.shape == (14,)
    np.testing.assert_allclose(times, expected, rtol=0.0, atol=2e-7)  # spacing of doubles at 8e8 s


def test_start_offset_shifts_all_frames() -> None:
    shift = frame_times_tdb(picture(), 0.0125) - frame_times_tdb(picture())
    np.testing.assert_allclose(shift, 0.0125, rtol=0.0, atol=2e-7)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(("summing", "shape"), [(1, (1648, 128)), (2, (816, 64))])
def test_strips_have_the_files_size(name: str, summing: int, shape: tuple[int, int]) -> None:
    camera = strip_camera(name, summing=summing)
    assert (camera.columns, camera.rows) == shape
    assert camera.axis_row_px == FILTERS[name].axis_row_px


def test_label_and_fit_can_override_the_kernel() -> None:
    camera = strip_camera("METHANE", axis_row_px=405.48, focal_length_px=1495.0, summing=2, columns=824)
    assert (camera.axis_row_px, camera.focal_length_px, camera.columns) == (405.48, 1495.0, 824)


def test_imaging_columns_are_those_of_the_kernel() -> None:
    active = imaging_columns(1648)
    assert (active.start, active.stop) == (
        23,
        1631,
    )  # "23 dark pixels ... followed by 1608 photoactive pixels"
    assert imaging_columns(816, summing=2) == slice(12, 815)  # halves of mixed columns do not count


@pytest.mark.parametrize(("kwargs", "sentence"), [({"filter_name": "UV"}, "METHANE"), ({"summing": 3}, "1, 2")])
def test_wrong_questions_say_what_is_allowed(kwargs: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=f"allowed: .*{sentence}"):
        strip_camera(**{"filter_name": "RED", **kwargs})  # type: ignore[arg-type]
