"""Simulated JIRAM frames: light is kept, products are the archive's, kernels lead back to the pose.

Authority: law (what a volcano radiates is what its pixels add up to; written and read back), independent (SPICE).
"""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from perijove.bodies.jiram import JIRAM, JIRAM_BANDS
from perijove.ephemeris.spice.kernels import Kernels
from perijove.formats.jiram import read_jiram
from perijove.jiram.instrument import from_sample_line
from perijove.jiram.known_pose import known_pose
from perijove.jiram.survey import surveyed
from perijove.physics.planck import band_radiance
from perijove.simulator.jiram.frames import PassPlan, write_pass
from perijove.simulator.jiram.rendering import band_power_w
from perijove.simulator.jiram.scene import Volcano

VOLCANOES = [
    Volcano(f"V{k}", lat, lon, 3.0, ((600.0 + 40.0 * k, 0.05),))
    for k, (lat, lon) in enumerate([(75.0, 60.0 * j) for j in range(6)] + [(50.0, 60.0 * j + 30.0) for j in range(6)])
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Two frames of a pass with the mirror at work, two without."""
    folder = tmp_path_factory.mktemp("jiram")
    labels = {
        pj: write_pass(folder / str(pj), PassPlan(pj, (160.0, 260.0), 0.005, (1, 2), 4), VOLCANOES) for pj in (43, 49)
    }
    truth = {
        each["product_id"]: each for pj in labels for each in json.loads((folder / str(pj) / "truth.json").read_text())
    }
    return SimpleNamespace(folder=folder, labels=labels, truth=truth)


@pytest.mark.parametrize("band", JIRAM_BANDS)
def test_power_in_a_band(band: str) -> None:
    """Simpson's rule over sloping edges against a box of the same width: 0.5 % at 400 K, less for hotter ones."""
    facts = JIRAM_BANDS[band]
    low, high = (float(facts.center_um) + side * 0.5 * float(facts.width_um) for side in (-1.0, 1.0))
    for kelvin in (400.0, 800.0):
        box = np.pi * 1e6 * float(band_radiance(low, high, kelvin))
        assert band_power_w(Volcano("v", 0.0, 0.0, 1.0, ((kelvin, 1.0),)), band) == pytest.approx(box, rel=5e-3)


@pytest.mark.slow
def test_products_read_back(made: SimpleNamespace) -> None:
    """Whole counts, bands by mode, no target from orbit 42 on, exposure smear only without the mirror."""
    for perijove, labels in made.labels.items():
        for label, bands in zip(labels, (("L", "M"), ("M",)), strict=True):
            frame = read_jiram(label)
            assert (frame.bands, frame.orbit, frame.exposure_s) == (bands, perijove, 0.005)
            assert not frame.warnings
            assert frame.target is None
            smear = made.truth[frame.product_id]["smear_lines"]
            assert smear == (0.0 if perijove == 43 else pytest.approx(4.33, abs=0.15))


@pytest.mark.slow
def test_kernels_lead_back_to_the_pose(made: SimpleNamespace) -> None:
    """Once lateness and errors of the kernels, both known here, are taken off, Io stands where it was put.

    Two codes: the simulator's own camera and light time, and the package's by SPICE. To 0.1 px along samples; in lines
    the label's milliseconds add half a millisecond of spin, 0.45 px.
    """
    for perijove, labels in made.labels.items():
        kernels = Kernels(made.folder / str(perijove) / "kernels")
        for label in labels:
            frame = read_jiram(label)
            truth = made.truth[frame.product_id]
            known = known_pose(frame, kernels)
            late = truth["kernel"]["late_s"] - known.late_s
            shift = (
                -truth["kernel"]["error_samples"],
                truth["kernel"]["error_lines"] - late * known.lines_per_s,
            )
            center = known.shot("M", shift).center_px(0)
            assert np.all(np.abs(center - from_sample_line(*truth["io_center"]["M"])) < [0.1, 0.55])


@pytest.mark.slow
def test_light_is_kept(made: SimpleNamespace) -> None:
    """Counts of a volcano, measured, are its power x cos(emission) / (pi area of a pixel): five errors, or 15 %."""
    for perijove in made.labels:
        kernels = Kernels(made.folder / str(perijove) / "kernels")
        survey = surveyed([read_jiram(label) for label in made.labels[perijove]], kernels)
        compared = 0
        for spot in (one for measured in survey.frames for one in measured.sources):
            for source in made.truth[spot.product_id]["sources"]:
                for look in source["seen"]:
                    near = np.hypot(look["sample"] - spot.sample, look["line"] - spot.line) < 0.5
                    if look["band"] == spot.band and near and look["of_sum"] > 0.99 and look["contrast"] > 10.0:
                        width = float(JIRAM_BANDS[spot.band].width_um)
                        power = source[f"{spot.band.lower()}_spectral_gw_um"] * width * 1e9
                        pixel_m = 1e3 * look["slant_km"] * float(JIRAM.pixel_rad)
                        radiance = power * np.cos(np.radians(look["emission_deg"])) / np.pi / pixel_m**2
                        count = 1.0 / (float(JIRAM.counts_per_radiance_s) * 0.005)
                        assert look["sum_dn"] * count == pytest.approx(radiance, rel=1e-9)
                        assert abs(spot.counts / look["sum_dn"] - 1.0) < max(
                            0.15, 5.0 * spot.counts_sigma / spot.counts
                        )
                        compared += 1
        assert compared >= 4
