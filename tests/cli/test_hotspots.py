"""``perijove hotspots``: frames in, volcanoes out; bad input in one line.

Authority: law (answers agree with each other and with the keys promised), independent (a foreign frame and its truth).
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.cli.running import perijove

FRAME = "JIR_IMG_RDR_2022348T232309_V99"
KEYS = {
    "frames": {
        "product_id", "late_s", "late_sigma_s", "pointing_px", "limb_pixels", "noise_counts", "psf_fwhm_px", "warnings",
    },
    "sources": {
        "frame", "lat_deg", "lon_east_deg", "position_sigma_km", "sample", "line", "band", "power_gw_um",
        "power_sigma_gw_um", "radiance_w_m2_sr", "significance", "emission_deg", "lower_limit", "blended",
        "catalogue_id", "temperature_k", "temperature_sigma_k", "area_km2", "area_sigma_km2",
    },
}  # fmt: skip


@pytest.fixture
def kernels(data_dir: Path, tmp_path: Path) -> Path:
    """Attitude of the simulated frames, and a clock."""
    folder = tmp_path / "kernels"
    folder.mkdir()
    for name in ("blind/jiram/kernels/sim_jiram.bc", "spice/ale_2016240/jno_sclkscet_00090.tsc"):
        shutil.copy(data_dir / name, folder)
    return folder


@pytest.mark.data
@pytest.mark.slow
def test_answers_and_files(data_dir: Path, tmp_path: Path, kernels: Path) -> None:
    """JSON has its keys; files say the same; a frame given twice counts once."""
    label = data_dir / f"blind/jiram/{FRAME}.LBL"
    out = tmp_path / "out"
    done = perijove("hotspots", label, label.with_suffix(".IMG"), "--kernels", kernels, "--out", out, "--json")
    assert done.code == 0, done.err
    record = json.loads(done.out)
    for name, keys in KEYS.items():
        assert all(keys <= set(each) for each in record[name])
    assert [frame["product_id"] for frame in record["frames"]] == [FRAME]
    assert len(record["sources"]) > 20
    assert json.loads((out / "hotspots.json").read_text())["sources"] == record["sources"]
    assert len((out / "hotspots.csv").read_text().splitlines()) == 1 + len(record["sources"])
    assert len(json.loads((out / "hotspots.geojson").read_text())["features"]) == len(record["sources"])
    assert (out / f"{FRAME}-hotspots.png").stat().st_size > 20_000
    assert perijove("hotspots", label, "--out", out).code == 3


@pytest.mark.data
@pytest.mark.slow
def test_without_kernels(data_dir: Path) -> None:
    """The frame alone tells where it looked: Io's limb and known volcanoes."""
    label = data_dir / f"blind/jiram/{FRAME}.LBL"
    record = json.loads(perijove("hotspots", label, "--json").out)
    truth = next(one for one in json.loads((label.parent / "truth.json").read_text()) if one["product_id"] == FRAME)
    assert record["frames"][0]["late_s"] is None
    compared = 0
    for source in record["sources"]:
        near = [
            one
            for one in truth["sources"]
            for look in one["seen"]
            if look["in_frame"] and np.hypot(look["sample"] - source["sample"], look["line"] - source["line"]) < 0.3
        ]
        if near and source["emission_deg"] < 60.0:
            assert source["lat_deg"] == pytest.approx(near[0]["lat_deg"], abs=0.6)  # a pixel is half a degree
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("name", ["missing.LBL", "picture.png"])
def test_bad_input(tmp_path: Path, name: str) -> None:
    """What is no frame ends in one line."""
    if name.endswith("png"):
        (tmp_path / name).write_bytes(b"\x89PNG")
    done = perijove("hotspots", tmp_path / name)
    assert done.code == 2
    assert Path(name).stem in done.line
