"""Frames of a simulator that shares nothing with the project: pointing, completeness, power, flags.

Authority: independent. Three of the ten frames; `benchmarks/jiram.py` has all.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from perijove.bodies.galilean import BODIES
from perijove.ephemeris.spice.kernels import Kernels
from perijove.formats.jiram import read_jiram
from perijove.geometry.ellipsoid import surface_point_km
from perijove.jiram.instrument import from_sample_line
from perijove.jiram.pointing import KnownPlaces
from perijove.jiram.survey import surveyed
from perijove.volcanoes.catalogue import read_thermal_sources

pytestmark = [pytest.mark.data, pytest.mark.slow]
FRAMES = ("2022348T232309", "2022348T232409", "2022348T232610")
LATE_KERNELS = ("blind/jiram/kernels", "spice/naif0012.tls", "spice/ale_2016240/jno_sclkscet_00090.tsc")


@pytest.fixture(scope="module")
def blind(data_dir: Path) -> SimpleNamespace:
    """The frames, measured, and their truth."""
    folder = data_dir / "blind/jiram"
    truth = {frame["product_id"]: frame for frame in json.loads((folder / "truth.json").read_text())}
    table = read_thermal_sources(data_dir / "volcanoes/io_thermal_sources_davies2024.csv")
    points = surface_point_km(table.lat_deg, table.lon_east_deg, BODIES["IO"].radii_km)
    places = KnownPlaces(tuple(map(str, range(len(table)))), points, np.full(len(table), np.nan))
    frames = [read_jiram(folder / f"JIR_IMG_RDR_{name}_V99.LBL") for name in FRAMES]
    survey = surveyed(frames, Kernels(*(data_dir / name for name in LATE_KERNELS)), places=places)
    return SimpleNamespace(survey=survey, truth=truth)


def test_pointing(blind: SimpleNamespace) -> None:
    """Io's centre within 0.5 px and three errors, lateness to 0.01 s."""
    for measured in blind.survey.frames:
        truth = blind.truth[measured.frame.product_id]
        pointing = measured.pointing
        off = pointing.shot("M").center_px(0) - from_sample_line(*truth["io_center"]["M"])
        assert np.abs(off).max() < 0.5
        assert np.all(np.abs(off) < 3.0 * np.sqrt(np.diag(pointing.covariance)[:2]))
        assert abs(pointing.late_s - truth["kernel"]["late_s"]) < 0.01
        assert pointing.limb_pixels == pytest.approx(sum(truth["limb_pixels"].values()), rel=0.15)


def test_noise_and_shape(blind: SimpleNamespace) -> None:
    for measured in blind.survey.frames:
        truth = blind.truth[measured.frame.product_id]
        assert max(half.noise for half in measured.halves.values()) == pytest.approx(truth["read_noise_dn"], rel=0.05)
        assert measured.spread.core_px == pytest.approx(truth["psf"]["core_sigma_px"], rel=0.10)
        assert measured.spread.smear_px == pytest.approx(truth["smear_lines"], rel=0.01)


def test_sources(blind: SimpleNamespace) -> None:
    """Completeness, place and power of what stands alone; false alarms; flags. Bars of the task that set them."""
    seen, found, ratio, place, flags, false, halves = 0, 0, [], [], [], 0, 0
    for measured in blind.survey.frames:
        truth = blind.truth[measured.frame.product_id]
        for band in measured.frame.bands:
            halves += 1
            mine = [spot for spot in measured.sources if spot.band == band]
            true = [
                (source, look)
                for source in truth["sources"]
                for look in source["seen"]
                if look["band"] == band and look["in_frame"]
            ]
            taken: set[int] = set()
            for spot in mine:
                apart = [np.hypot(look["sample"] - spot.sample, look["line"] - spot.line) for _, look in true]
                k = int(np.argmin(apart)) if apart else -1
                if k < 0 or apart[k] > 2.0 or k in taken:
                    false += 1
                    continue
                taken.add(k)
                source, look = true[k]
                over = look["nonlinear"] or look["saturated"]
                flags.append(over == spot.lower_limit)
                alone = look["neighbour_px"] >= 4.0 and look["of_sum"] > 0.98 and look["contrast"] >= 8.0
                if alone and not over:
                    ratio.append(spot.power_gw_um / source[f"{band.lower()}_spectral_gw_um"])
                    if look["contrast"] > 20.0:
                        place.append(apart[k])
            good = [
                k
                for k, (_, look) in enumerate(true)
                if look["contrast"] >= 8.0 and look["neighbour_px"] >= 4.0 and look["emission_deg"] < 80.0
            ]
            seen += len(good)
            found += sum(k in taken for k in good)
    assert seen > 100
    assert found >= 0.90 * seen
    assert false <= 2.0 * halves
    assert np.median(place) < 0.1
    assert abs(np.median(ratio) - 1.0) < 0.05
    assert np.percentile(np.abs(np.array(ratio) - np.median(ratio)), 68.0) < 0.12
    assert np.mean(flags) >= 0.98
