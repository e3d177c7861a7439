"""Mission-site pictures are read as they stand in the file.

Authority: published (the mission site's keywords of three pictures, transcribed from their JSON), law (round
trip of synthetic products), independent (sha256 of the standard library; the label's STOP_TIME).
"""

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from tests.formats.synthetic import COLOUR, DROP, keywords, pixels, write_mission_site

from perijove.errors import InputError
from perijove.formats import read
from perijove.formats.mission_site import find_metadata

FILTER_SETS = [COLOUR, ("METHANE",), ("RED",), ("METHANE", *COLOUR), ("BLUE", "RED")]


@pytest.mark.data
def test_real_picture_of_io(data_dir: Path) -> None:
    """Every field equals what the picture's JSON prints."""
    image = read(data_dir / "junocam" / "JNCE_2024362_68C00012_V01-raw.png")
    assert image.product_id == "JNCE_2024362_68C00012_V01"
    assert (image.codes.shape, image.codes.dtype) == ((42, 128, 1648), np.uint8)
    assert image.filters == COLOUR * 14
    assert image.frames == tuple(frame for frame in range(1, 15) for _ in COLOUR)
    assert (image.n_framelets, image.n_frames) == (42, 14)
    assert (image.level, image.bit_mode, image.summing) == ("EDR", "SQROOT", 1)
    assert (image.target, image.orbit) == ("IO", 68)
    assert (image.start_utc, image.sclk_start) == ("2024-12-27T01:18:13.519", "788534804:109")
    assert (image.interframe_delay_s, image.tdi_stages) == (0.371, 2)
    assert image.exposure_s == pytest.approx(0.0064, rel=1e-12)
    assert image.geometry is not None
    assert image.geometry.sub_spacecraft_lat_deg == -80.9002
    assert image.geometry.sub_spacecraft_lon_west_deg == 285.7258
    assert image.geometry.altitude_km == 79351.5
    assert image.geometry.solar_distance_km == 7.5975e8
    assert image.methane_axis_row_px is None
    assert image.quirks == ("no_clock_stop_count", "placeholder_temperature")
    assert image.warnings == ()
    assert [source.name for source in image.sources] == [
        "JNCE_2024362_68C00012_V01-raw.png",
        "JNCE_2024362_68C00012_V01-Metadata.json",
    ]
    for source in image.sources:
        assert source.path is not None
        assert source.sha256 == hashlib.sha256(source.path.read_bytes()).hexdigest()


@pytest.mark.data
def test_real_picture_keeps_its_pixels(data_dir: Path) -> None:
    """Framelets stacked again are the PNG as Pillow's ordinary door reads it, and cannot be written to."""
    png = data_dir / "junocam" / "JNCE_2024362_68C00012_V01-raw.png"
    image = read(png)
    with Image.open(png) as picture:
        np.testing.assert_array_equal(image.codes.reshape(-1, 1648), np.asarray(picture))
    with pytest.raises(ValueError, match="read-only"):
        image.codes[0, 0, 0] = 1


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "frames", "exposure_ms", "delay_s", "tdi", "start"),
    [
        ("JNCE_2022186_43C00080_V01", 12, 9.6, 0.372, 3, "2022-07-05T12:17:39.223"),
        ("JNCE_2022229_44C00029_V01", 18, 6.4, 0.373, 2, "2022-08-17T13:16:09.655"),
    ],
)
def test_real_pictures_of_jupiter(  # noqa: PLR0917
    data_dir: Path, name: str, frames: int, exposure_ms: float, delay_s: float, tdi: int, start: str
) -> None:
    """Values as printed, and frames x delay spans the label's times to the millisecond that they are printed to."""
    image = read(data_dir / "junocam" / "jupiter" / f"{name}-raw.png")
    assert (image.product_id, image.target, image.n_frames) == (name, "JUPITER", frames)
    assert (image.interframe_delay_s, image.tdi_stages, image.start_utc) == (delay_s, tdi, start)
    assert image.exposure_s == pytest.approx(1e-3 * exposure_ms, rel=1e-12)
    stop = datetime.fromisoformat(str(image.label["STOP_TIME"]))
    span = (stop - datetime.fromisoformat(image.start_utc)).total_seconds()
    assert span == pytest.approx(frames * delay_s, abs=1.01e-3)
    assert image.warnings == ()


@pytest.mark.data
def test_map_projection_of_the_mission_site_is_refused(data_dir: Path) -> None:
    """The camera team's map projections lie beside the raw pictures and are easily taken for them."""
    png = data_dir / "junocam" / "jupiter" / "JNCE_2022186_43C00080_V01-mapprojected.png"
    with pytest.raises(InputError, match=r"RGB PNG; raw pictures are 8-bit grey; give the -raw\.png"):
        read(png)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filters=st.sampled_from(FILTER_SETS),
    frames=st.integers(1, 3),
    summing=st.sampled_from([1, 2]),
    delay_ms=st.integers(300, 450),
    tdi=st.integers(1, 100),
)
def test_round_trip(
    tmp_path: Path, *, filters: tuple[str, ...], frames: int, summing: int, delay_ms: int, tdi: int
) -> None:
    """What is written comes back, for every set of filters, full and summed."""
    changes = {
        "INTERFRAME_DELAY": f"{delay_ms / 1000:.3f} <s>",
        "JNO:TDI_STAGES_COUNT": tdi,
        "EXPOSURE_DURATION": f"{3.2 * tdi:.6f} <ms>",
        "STOP_TIME": DROP,
    }
    png = write_mission_site(tmp_path, changes, filters=filters, frames=frames, summing=summing)
    image = read(png)
    counts = pixels(keywords(filters=filters, frames=frames, summing=summing))
    np.testing.assert_array_equal(image.codes.reshape(counts.shape), counts)
    assert image.codes.shape == (frames * len(filters), 128 // summing, counts.shape[1])
    assert image.filters == filters * frames
    assert (image.frames[0], image.n_frames, image.summing) == (1, frames, summing)
    assert image.interframe_delay_s == delay_ms / 1000
    assert image.tdi_stages == tdi
    assert image.exposure_s == pytest.approx(0.0032 * tdi, abs=1e-9)  # printed to the nanosecond


@pytest.mark.parametrize("mode", ["SQROOT", "LIN1", "LIN8", "LIN16", "sqroot"])
def test_bit_modes(tmp_path: Path, mode: str) -> None:
    """All companding modes of the camera are read."""
    image = read(write_mission_site(tmp_path, {"SAMPLE_BIT_MODE_ID": mode}, frames=1))
    assert image.bit_mode == mode.upper()


def test_summed_width_without_rounding(tmp_path: Path) -> None:
    """824 columns, half of 1648, are summed too; SAMPLING_FACTOR may be missing."""
    counts = np.zeros((192, 824), dtype=np.uint8)
    changes = {"LINE_SAMPLES": 824, "SAMPLING_FACTOR": DROP, "STOP_TIME": DROP}
    image = read(write_mission_site(tmp_path, changes, counts=counts, frames=1, summing=2))
    assert (image.codes.shape, image.summing) == ((3, 64, 824), 2)


def test_metadata_is_found_by_what_it_says(tmp_path: Path) -> None:
    """The mission site numbers its JSON files; the one that names the picture is taken, whatever lies beside it."""
    png = write_mission_site(tmp_path)
    png.with_name(f"{png.stem.removesuffix('-raw')}-Metadata.json").rename(tmp_path / "16815-Metadata.json")
    (tmp_path / "1-Metadata.json").write_text("{broken", encoding="utf-8")
    other = {**keywords(), "PRODUCT_ID": "JNCE_2024362_68C00013_V01", "FILE_NAME": "x"}
    (tmp_path / "2-Metadata.json").write_text(json.dumps(other), encoding="utf-8")
    assert find_metadata(png).name == "16815-Metadata.json"
    assert read(png).sources[1].name == "16815-Metadata.json"


def test_metadata_is_found_in_the_sites_own_folders(tmp_path: Path) -> None:
    """Unpacked archives of the mission site keep pictures in ImageSet and metadata in DataSet."""
    (tmp_path / "ImageSet").mkdir()
    (tmp_path / "DataSet").mkdir()
    png = write_mission_site(tmp_path / "ImageSet")
    beside = next((tmp_path / "ImageSet").glob("*.json"))
    shutil.move(beside, tmp_path / "DataSet" / "10124-Metadata.json")
    assert find_metadata(png) == tmp_path / "DataSet" / "10124-Metadata.json"


def test_metadata_may_be_given(tmp_path: Path) -> None:
    """A given file is used even where another one lies beside the picture."""
    png = write_mission_site(tmp_path)
    given_file = tmp_path / "mine.json"
    given_file.write_text(json.dumps({**keywords(), "TARGET_NAME": "io"}), encoding="utf-8")
    image = read(str(png), metadata=str(given_file))
    assert (image.target, image.sources[1].name) == ("IO", "mine.json")


def test_renamed_picture_is_read_with_a_warning(tmp_path: Path) -> None:
    """A name that tells nothing is no contradiction, but the user hears which label was believed."""
    png = write_mission_site(tmp_path)
    renamed = png.rename(tmp_path / "io.png")
    image = read(renamed, metadata=next(tmp_path.glob("*.json")))
    assert image.product_id in image.warnings[0]


def test_times_that_disagree_with_the_frames_are_told(tmp_path: Path) -> None:
    """STOP_TIME three frames late: the picture is read, the user warned."""
    image = read(write_mission_site(tmp_path, {"STOP_TIME": "2024-12-27T01:18:15.374"}, frames=2))
    assert image.warnings == ("The label's times span 1.855 s, but 2 frames of 0.371 s make 0.742 s.",)


def test_label_holds_what_was_read(tmp_path: Path) -> None:
    """The label is kept as printed, mended or not, and cannot be changed."""
    image = read(write_mission_site(tmp_path, {"FILTER_NAME": "BLUE,GREEN,RED"}))
    assert image.label["FILTER_NAME"] == "BLUE,GREEN,RED"
    assert image.filters[:3] == COLOUR
    with pytest.raises(TypeError):
        image.label["FILTER_NAME"] = "x"  # type: ignore[index]
