"""``perijove process``, ``simulate`` and ``info``, from files to files.

Authority: independent (the simulator, a separate path from geometry to counts, knows the truth; rasterio, PROJ and
Pillow read the products; SPICE kernels of the simulated motion) and law (the same counts in another wrapping give
the same map). On the real picture of perijove 68: the framelets that show Io, counted by eye.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
from numpy.testing import assert_array_equal
from PIL import Image
from tests.cli.running import Outcome, perijove, write_copy
from tests.formats.synthetic import pds_label, write_mission_site, write_pds3

from perijove.export.product_json import validate
from perijove.formats.companding import compand, decompand
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import SimulatedPicture, Truth, simulate
from perijove.simulator.written_kernels import write_kernels

PICTURES = ("-color.png", "-quicklook.png", "-view.png", "-panels.png", "-limb.png", "-nightside.png")
MAPS = {"-map.tif": 3, "-nightside.tif": 6, "-quality.tif": 1, "-backplanes.tif": 10}  # and their bands
SLIVER_PX = 30  # framelets in which the body covers less may count as seen or not


@dataclass(frozen=True)
class Run:
    """A processed picture."""

    outcome: Outcome
    folder: Path
    product: dict[str, dict[str, float]]

    def file(self, suffix: str) -> Path:
        return self.folder / f"{self.product['product_id']}{suffix}"


def processed(*arguments: object, out: Path) -> Run:
    """Process a picture and check the contract of its JSON, printed and written."""
    outcome = perijove("process", *arguments, "--out", out, "--json", "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    product = json.loads(outcome.out)
    validate(product)
    assert (out / f"{product['product_id']}.json").read_text() == outcome.out
    assert {path.name for path in out.iterdir()} >= set(product["products"])
    assert not list(out.glob(".perijove-*"))
    return Run(outcome, out, product)


def check_against(truth: Truth, run: Run, *, summing: int = 1, worst_px: float = 0.3) -> None:
    """Check framelets in view, disc centres, range and spin against the truth of a simulated picture."""
    for framelet, area, pixel, offset in zip(
        run.product["framelets"], truth.body_px, truth.disc_center_px, truth.disc_center_undistorted_px, strict=True
    ):
        assert framelet["body_in_view"] == (area > 0) or area < SLIVER_PX
        if framelet["body_in_view"]:
            np.testing.assert_allclose(framelet["disc_center_undistorted_px"], offset, atol=worst_px)
            np.testing.assert_allclose(np.array(framelet["disc_center_px"]) * summing, pixel, atol=worst_px)
    footprints = json.loads(run.file("-footprints.geojson").read_text())["features"]
    shown = {feature["properties"]["index"] for feature in footprints}
    assert shown == {f["index"] for f in run.product["framelets"] if f["body_in_view"]}
    geometry, clock = run.product["geometry"], run.product["clock"]
    frame = np.unique(np.flatnonzero(truth.body_px) // (len(truth.body_px) // len(truth.poses.times_tdb)))
    distance = np.linalg.norm(truth.poses.position_km[frame], axis=1).mean()
    assert abs(geometry["range_km"] - distance) < 3.0 * geometry["range_km_sigma"]
    assert abs(clock["spin_deg_s"] - truth.spin_deg_s) < 3.0 * clock["spin_sigma_deg_s"]


@pytest.fixture(scope="module")
def run(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The simulated picture, processed without any other data, figures drawn."""
    return processed(pristine, "--figures", out=tmp_path_factory.mktemp("products"))


def test_truth_is_found(run: Run, picture: SimulatedPicture) -> None:
    check_against(picture.truth, run)
    assert run.product["clock"]["start_offset_s"] is None
    assert run.product["registration"]["color_rms_px"] < 0.4
    assert run.product["provenance"]["simulated"] is True
    geometry = run.product["geometry"]
    assert geometry["phase_deg"] == pytest.approx(80.0, abs=0.2)


@pytest.mark.parametrize("suffix", PICTURES)
def test_pictures_open(run: Run, suffix: str) -> None:
    with Image.open(run.file(suffix)) as image:
        image.load()
        assert min(image.size) > 100
        assert "SIMULATED" in str(image.info["Source"])


@pytest.mark.parametrize(("suffix", "bands"), MAPS.items(), ids=MAPS)
def test_maps_open(run: Run, suffix: str, bands: int) -> None:
    """North up, east to the right, Io's own coordinate system, bands with names and units."""
    with rasterio.open(run.file(suffix)) as dataset:
        assert dataset.count == bands
        assert dataset.transform.a > 0.0 > dataset.transform.e
        assert (dataset.transform.b, dataset.transform.d) == (0.0, 0.0)
        assert "Io (2015)" in dataset.crs.to_wkt()
        assert dataset.crs.to_dict()["R"] == 1821490.0
        assert all(dataset.descriptions)
        assert all(dataset.units)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_map_and_backplanes_lie_on_one_another(run: Run) -> None:
    """Where there is colour there are angles, and each pixel's latitude is that of its row."""
    with rasterio.open(run.file("-map.tif")) as dataset:
        color, transform = dataset.read(), dataset.transform
        assert dataset.descriptions == ("red", "green", "blue")
    with rasterio.open(run.file("-backplanes.tif")) as dataset:
        planes = dict(zip(dataset.descriptions, dataset.read(), strict=True))
    seen = np.isfinite(color).all(axis=0)
    assert seen.sum() > 1000
    assert np.nanmax(planes["emission"][seen]) <= 90.0
    assert 0.05 < np.nanmedian(color[0][seen & (planes["incidence"] < 60.0)]) < 1.0
    if run.product["map"]["projection"] == "equirectangular":
        row, column = np.nonzero(seen)
        degree_m = 1821490.0 * np.pi / 180.0
        lat = (transform.f + (row + 0.5) * transform.e) / degree_m
        np.testing.assert_allclose(planes["latitude"][row, column], lat, atol=1e-3)


@pytest.mark.slow
def test_overwriting_is_refused_then_allowed(run: Run, pristine: Path, plain_figures: None) -> None:
    before = run.file(".json").stat().st_mtime_ns
    refused = perijove("process", pristine, "--out", run.folder)
    assert refused.code == 3
    assert "replace it with --overwrite" in refused.line
    assert run.file(".json").stat().st_mtime_ns == before
    saved = {path: path.read_bytes() for path in run.folder.iterdir()}
    allowed = perijove("process", pristine, "--out", run.folder, "--overwrite")
    assert (allowed.code, allowed.out) == (0, "")
    assert "of 27 framelets see it" in allowed.err
    assert run.file(".json").stat().st_mtime_ns > before
    for path, content in saved.items():  # for the tests after this one
        path.write_bytes(content)


@pytest.mark.slow
def test_kernels_give_the_start_offset(
    picture: SimulatedPicture, pristine: Path, tmp_path: Path, plain_figures: None
) -> None:
    write_kernels(picture, tmp_path / "kernels")
    run = processed(pristine, "--kernels", tmp_path / "kernels", "--resolution", 60, out=tmp_path / "out")
    check_against(picture.truth, run)
    clock = run.product["clock"]
    assert abs(clock["start_offset_s"] - picture.truth.start_offset_s) < 3.0 * clock["start_offset_sigma_s"]
    assert 0.0 < clock["start_offset_sigma_s"] < 0.01


@pytest.mark.slow
def test_methane(io_map: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_figures: None) -> None:
    """From the simulator's command line to the map of one band, with what the truth file says."""
    monkeypatch.setattr(
        "perijove.cli.pictures.simulate.synthetic_base_map", lambda: io_map
    )  # its fine one takes seconds
    simulated = perijove(
        *("simulate", "--range-km", 50_000, "--phase", 70, "--methane", "--truth", "--quiet", "--out", tmp_path / "raw")
    )
    assert (simulated.code, simulated.err) == (0, "")
    raw = Path(simulated.out.strip())
    run = processed(raw, "--resolution", 60, out=tmp_path / "out")
    truth = json.loads(raw.with_name(raw.name.replace("-raw.png", "-Truth.json")).read_text())
    for framelet, true in zip(run.product["framelets"], truth["framelets"], strict=True):
        assert framelet["filter"] == "METHANE"
        assert framelet["body_in_view"] == (true["body_px"] > 0) or true["body_px"] < SLIVER_PX
        if framelet["body_in_view"]:
            np.testing.assert_allclose(framelet["disc_center_px"], true["disc_center_px"], atol=0.3)
    assert run.product["registration"]["color_rms_px"] is None
    assert run.product["map"]["bands"] == ["METHANE"]


@pytest.mark.slow
def test_summed_pixels(io_map: np.ndarray, tmp_path: Path, plain_figures: None) -> None:
    """A picture averaged 2 x 2 on board, 816 columns, from a nearer Io: the same place, to a full pixel's 0.4."""
    picture = simulate(random_scenario(4, range_km=30_000.0, phase_deg=80.0), io_map, seed=4)
    dn = decompand(picture.codes)[:, :, :1632]
    framelets, rows, columns = dn.shape
    codes = compand(dn.reshape(framelets, rows // 2, 2, columns // 2, 2).mean(axis=(2, 4)))
    run = processed(write_copy(picture, tmp_path / "raw", codes=codes), "--resolution", 60, out=tmp_path / "out")
    check_against(picture.truth, run, summing=2, worst_px=0.4)


@pytest.mark.slow
def test_archive_product_gives_the_same_map(
    run: Run, picture: SimulatedPicture, tmp_path: Path, plain_figures: None
) -> None:
    """PDS3 image and label with the same codes and keywords."""
    image = tmp_path / f"{picture.product_id}.IMG"
    image.write_bytes(picture.codes.tobytes())
    image.with_suffix(".LBL").write_text(pds_label(pds3_keywords(picture), f'"{image.name}"'), newline="")
    archived = processed(image, out=tmp_path / "out")
    for suffix in MAPS:
        with rasterio.open(run.file(suffix)) as one, rasterio.open(archived.file(suffix)) as other:
            assert_array_equal(one.read(), other.read())
    assert archived.product["geometry"] == run.product["geometry"]
    assert archived.product["clock"] == run.product["clock"]


def pds3_keywords(picture: SimulatedPicture) -> dict[str, object]:
    """Keywords of the picture that its reader asks for, as the archive has them."""
    left_out = {"DESCRIPTION", "TITLE", "TOKEN_ID", "SPACECRAFT_NAME", "PJ"}
    return {name: value for name, value in picture.metadata.items() if name not in left_out} | {
        "FILE_NAME": f"{picture.product_id}.IMG"
    }


@pytest.mark.slow
def test_left_edge_of_a_map_to_render(
    io_map: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_figures: None
) -> None:
    """The same map cut at another meridian gives the same picture, count by count."""
    brightness = np.round(200.0 * io_map[::2, ::2, ::-1]).astype(np.uint8)
    Image.fromarray(brightness).save(tmp_path / "at0.png")
    Image.fromarray(np.roll(brightness, brightness.shape[1] // 2, axis=1)).save(tmp_path / "at180.png")
    codes = []
    for name, left in (("at0.png", 0), ("at180.png", -180)):
        options = ("--range-km", 60_000, "--phase", 80, "--basemap", tmp_path / name, "--basemap-left-lon", left)
        done = perijove("simulate", *options, "--quiet", "--out", tmp_path / name.removesuffix(".png"))
        assert (done.code, done.err) == (0, "")
        with Image.open(done.out.strip()) as picture:
            codes.append(np.asarray(picture))
    assert_array_equal(*codes)


def test_demo_talks_on_standard_error_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def saved(*_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(done=None, report={})

    monkeypatch.setattr("perijove.cli.pictures.demo.open_picture", lambda *_: SimpleNamespace(save=saved))
    monkeypatch.setattr("perijove.cli.pictures.demo.summary", lambda *_: "what was found")
    told = perijove("demo", "any-raw.png", "--out", tmp_path)
    assert (told.code, told.out, told.err) == (0, "", "what was found\n")
    quiet = perijove("demo", "any-raw.png", "--out", tmp_path, "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_info(pristine: Path, picture: SimulatedPicture) -> None:
    words = perijove("info", pristine)
    assert (words.code, words.err) == (0, "")
    assert f"product_id                             {picture.product_id}" in words.out
    facts = json.loads(perijove("info", pristine, "--json").out)
    assert (facts["framelets"], facts["columns"], facts["summing"]) == (27, 1648, 1)
    assert facts["filters"] == ["BLUE", "GREEN", "RED"]


@pytest.mark.parametrize("kind", ["json", "label"])
def test_info_of_a_label_alone(tmp_path: Path, kind: str) -> None:
    """Everything that the label says is said where the picture is there, too; that it is not is a warning."""
    picture = write_mission_site(tmp_path) if kind == "json" else write_pds3(tmp_path)
    label = next(path for path in tmp_path.iterdir() if path.suffix in (".json", ".LBL"))
    whole = json.loads(perijove("info", picture, "--json").out)
    picture.unlink()
    alone = json.loads(perijove("info", label, "--json").out)
    (missing,) = alone["warnings"]
    assert f"{picture.name}, is not here" in missing
    assert [file["name"] for file in alone["files"]] == [label.name]
    assert {**alone, "warnings": [], **{key: whole[key] for key in ("files", "provenance")}} == whole


@pytest.mark.data
def test_io_at_perijove_68(data_dir: Path, tmp_path: Path, plain_figures: None) -> None:
    """By eye: framelets 8, 10, 11, 13 and 15 show Io. Limb and colours as good as measured pixels allow."""
    run = processed(data_dir / "junocam" / "JNCE_2024362_68C00012_V01-raw.png", out=tmp_path / "out")
    seen = [framelet for framelet in run.product["framelets"] if framelet["body_in_view"]]
    assert [framelet["index"] for framelet in seen] == [8, 10, 11, 13, 15]
    assert max(framelet["limb_rms_px"] for framelet in seen) <= 0.30
    assert run.product["registration"]["color_rms_px"] <= 0.25
    assert run.product["provenance"]["simulated"] is False
