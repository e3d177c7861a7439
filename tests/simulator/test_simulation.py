"""The forward simulator against geometry worked out by other means.

Authority: independent (limb points of the ellipsoid through the camera model and the shoelace formula; SPICE-derived
sub-points of another instrument; SPICE kernels read back), law (flux, determinism, symmetry of light).
"""

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from perijove import __version__
from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.camera.response import laboratory_ratio
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.kernels import Kernels
from perijove.errors import InputError, OutputExistsError
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.companding import companding, decompand
from perijove.formats.mission_site import read_mission_site
from perijove.geometry.ellipsoid import position_from_sub_point_km
from perijove.junocam.instrument import JUNOCAM_MOUNTING, frame_times_tdb
from perijove.scene.kernel_view import view_from_kernels
from perijove.simulator.detector import background_shape, dn_per_radiance_factor
from perijove.simulator.label import near_point_planetographic
from perijove.simulator.motion import frame_epochs_tdb, poses
from perijove.simulator.rendering import Blur, Illumination
from perijove.simulator.scenario import DetectorModel, Scenario, SurfaceModel
from perijove.simulator.scenarios import perijove_57_scenarios, random_scenario
from perijove.simulator.simulation import SimulatedPicture, _camera, simulate
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.simulator.written_kernels import write_kernels
from perijove.timescales import utc_to_tdb

GREY = np.full((32, 64, 3), 0.6, dtype=np.float32)
FLAT = SurfaceModel(uniform=1.0)
QUIET = DetectorModel(noise=False)


def flat_scenario(range_km: float, seed: int = 1) -> Scenario:
    """Picture of an evenly bright disc without noise."""
    scenario = random_scenario(seed, range_km=range_km, phase_deg=90.0, psf_sigma_px=0.85)
    return dataclasses.replace(scenario, surface=FLAT, detector=QUIET)


def limb_polygon_px(picture: SimulatedPicture, index: int, points: int = 4000) -> np.ndarray:
    """Analytic limb of the ellipsoid in a framelet: tangent points from the polar plane of the camera's place.

    In coordinates divided by the radii, the limb is the circle of the unit sphere that lies in the plane
    p . o = 1. Aberration is added to each direction to first order.
    """
    p = picture.truth.poses
    k = picture.frames[index] - 1
    radii = np.array(picture.scenario.radii_km)
    o = p.position_km[k] / radii
    d2 = o @ o
    e1 = np.cross(o, [0.1, 0.7, -0.4])
    e1 /= np.linalg.norm(e1)
    e2 = np.cross(o, e1) / np.sqrt(d2)
    angle = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
    circle = np.sqrt(1.0 - 1.0 / d2) * (np.cos(angle)[:, None] * e1 + np.sin(angle)[:, None] * e2)
    limb = (o / d2 + circle) * radii
    true = limb - p.position_km[k]
    seen = true / np.linalg.norm(true, axis=1, keepdims=True) + p.velocity_over_c[k]
    return _camera(picture.filters[index], picture.scenario.focal_length_px).pixels(seen @ p.body_to_camera[k].T)


def whole_disc_framelets(picture: SimulatedPicture) -> list[int]:
    """Framelets in which the disc lies at least 6 pixels from all edges."""
    found = []
    for index in range(len(picture.filters)):
        xy = limb_polygon_px(picture, index, 400)
        if np.isfinite(xy).all() and xy.min() > 6.0 and xy[:, 0].max() < 1642.0 and xy[:, 1].max() < 122.0:
            found.append(index)
    return found


@pytest.fixture(scope="module")
def distant() -> SimulatedPicture:
    """Io from 80,000 km, evenly bright, without noise."""
    return simulate(flat_scenario(80000.0), GREY)


def test_disc_has_the_area_and_place_of_the_analytic_limb(distant: SimulatedPicture) -> None:
    """Independent: sum and centroid of the rendered disc against the polygon of analytic limb points.

    Fine cells take the limb as straight: an error of 1e-4 of the area at a radius of 35 px.
    """
    whole = whole_disc_framelets(distant)
    assert whole
    for index in whole:
        x, y = limb_polygon_px(distant, index).T
        cross = x * np.roll(y, -1) - np.roll(x, -1) * y
        area = 0.5 * np.sum(cross)
        center = np.array([np.sum((v + np.roll(v, -1)) * cross) for v in (x, y)]) / (6.0 * area)
        disc = distant.truth.radiance_factor[index].astype(float)
        assert disc.sum() == pytest.approx(abs(area), rel=2e-4)
        rows, columns = np.indices(disc.shape) + 0.5
        found = np.array([np.sum(columns * disc), np.sum(rows * disc)]) / disc.sum()
        assert_allclose(found, center, atol=0.002)


def test_half_brightness_lies_on_the_limb(distant: SimulatedPicture) -> None:
    """Independent: a straight edge under a symmetric blur has half its brightness at the edge itself.

    The curvature of a limb of 35 px radius shifts it inwards by sigma^2 / (2 r), here 0.014 px with the smear.
    """
    for index in whole_disc_framelets(distant):
        disc = distant.truth.radiance_factor[index]
        xy = limb_polygon_px(distant, index, 720)
        j, i = np.floor(xy - 0.5).astype(int).T
        fx, fy = (xy - 0.5 - np.floor(xy - 0.5)).T
        at_limb = (
            disc[i, j] * (1 - fx) * (1 - fy)
            + disc[i, j + 1] * fx * (1 - fy)
            + disc[i + 1, j] * (1 - fx) * fy
            + disc[i + 1, j + 1] * fx * fy
        )
        slope_per_px = 0.40  # of a step blurred by a Gaussian of 1 px
        assert abs(np.mean(at_limb) - 0.5) < 0.03 * slope_per_px
        assert np.abs(at_limb - 0.5).max() < 0.05 * slope_per_px


@pytest.mark.slow
def test_close_limb_lies_where_geometry_says() -> None:
    """Independent: from 4,500 km, where the limb is an arc of 650 px over many strips and distortion is large."""
    scenario = dataclasses.replace(flat_scenario(4500.0, seed=4), psf_sigma_px=0.7)
    picture = simulate(scenario, GREY)
    errors = []
    for index in np.flatnonzero(picture.truth.body_px):
        xy = limb_polygon_px(picture, int(index), 2000)
        ok = np.isfinite(xy).all(axis=1) & (xy[:, 0] > 2) & (xy[:, 0] < 1646) & (xy[:, 1] > 2) & (xy[:, 1] < 126)
        disc = picture.truth.radiance_factor[index]
        j, i = np.floor(xy[ok] - 0.5).astype(int).T
        fx, fy = (xy[ok] - 0.5 - np.floor(xy[ok] - 0.5)).T
        upper = disc[i, j] * (1 - fx) + disc[i, j + 1] * fx
        lower = disc[i + 1, j] * (1 - fx) + disc[i + 1, j + 1] * fx
        errors.append((upper * (1 - fy) + lower * fy - 0.5) / 0.4)
    error_px = np.concatenate(errors)
    assert error_px.size > 1000
    assert abs(error_px.mean()) < 0.004
    assert np.percentile(np.abs(error_px), 99) < 0.03
    assert np.abs(error_px).max() < 0.05


def test_full_flux_is_the_integral_over_the_sphere() -> None:
    """Law: flux of Lambert's sphere lit from behind the camera, over that of a flat disc: a one-dimensional integral.

    From infinity it is 2/3, from 80,000 km 1.8 % more, as the edge of the visible cap is lit. Io's axes change it by
    less than 1e-3; the map's albedo of 0.6 scales it.
    """
    base = flat_scenario(80000.0)
    toward = tuple(np.array(base.position_km) / np.linalg.norm(base.position_km))
    dark = dict.fromkeys(("METHANE", "BLUE", "GREEN", "RED"), 0.0)
    surface = SurfaceModel(lommel_seeliger=0.0, phase_mag_deg=0.0, jupiter_albedo=dark)
    lit = simulate(dataclasses.replace(base, surface=surface, sun_direction=toward), GREY)
    flat = simulate(base, GREY)
    index = whole_disc_framelets(flat)[0]
    ratio = lit.truth.radiance_factor[index].sum() / flat.truth.radiance_factor[index].sum()
    distance = 80000.0 / 1821.5
    tangent = (np.arange(100000) + 0.5) / 100000 / np.sqrt(distance**2 - 1.0)
    angle = np.arctan(tangent)
    cosine = np.cos(np.arcsin(distance * np.sin(angle)) - angle)
    expected = 0.6 * np.sum(cosine * tangent) / np.sum(tangent)
    assert ratio == pytest.approx(expected, rel=1.5e-3)


def test_blur_keeps_flux_and_place() -> None:
    """Law: weights add up to one, are symmetric, and have the variance of aperture, boxes and Gaussian."""
    blur = Blur(psf_sigma_px=0.9, column_boxes_px=(0.1,), row_boxes_px=(0.98, 0.04))
    reach = blur.reach_px()
    for boxes in (blur.column_boxes_px, blur.row_boxes_px):
        weights = blur.taps(boxes, reach).astype(float)
        x = (np.arange(weights.size) + 0.5) / 4 - reach - 0.5
        assert weights.sum() == pytest.approx(1.0, abs=1e-6)
        assert_allclose(weights, weights[::-1], atol=1e-7)
        expected = 0.9**2 + (1.0 + sum(b * b for b in boxes)) / 12.0
        assert np.sum(weights * x * x) == pytest.approx(expected + 1 / 192, rel=0.01)  # 1/192: cells of 1/4 px


def test_jupiter_shine_of_a_full_jupiter() -> None:
    """Law: a Lambert sphere of geometric albedo p lights with p sin^2(radius); half lit, with 1/pi of it."""
    io_to_jupiter = np.array([422000.0, 0.0, 0.0])
    kwargs = {"jupiter_albedo": 0.5, "lommel_seeliger": 0.5, "phase_mag_deg": 0.01, "uniform": None}
    full = Illumination.at(np.array([-1.0, 0.0, 0.0]), io_to_jupiter, **kwargs)
    half = Illumination.at(np.array([0.0, 1.0, 0.0]), io_to_jupiter, **kwargs)
    new = Illumination.at(np.array([1.0, 0.0, 0.0]), io_to_jupiter, **kwargs)
    assert full.jupiter_shine == pytest.approx(0.5 * (71492.0 / 422000.0) ** 2)
    assert half.jupiter_shine == pytest.approx(full.jupiter_shine / np.pi)
    assert new.jupiter_shine == pytest.approx(0.0, abs=1e-12)


def test_body_crosses_red_then_green_then_blue(distant: SimulatedPicture) -> None:
    """Law: as the spin goes on a target moves to lower rows and through the strips in this order."""
    first = {
        name: min(k for k in np.flatnonzero(distant.truth.body_px) if distant.filters[k] == name)
        for name in ("RED", "GREEN", "BLUE")
    }
    assert first["RED"] < first["GREEN"] < first["BLUE"]
    red = [distant.truth.disc_center_px[k, 1] for k in range(len(distant.filters)) if distant.filters[k] == "RED"]
    assert np.nanmax(np.diff(red)) < 0.0


def test_seed_decides_everything(distant: SimulatedPicture) -> None:
    """Law: same scenario, map and seed, same codes; another seed, other noise and the same truth."""
    scenario = random_scenario(5, range_km=90000.0)
    first, again, other = (simulate(scenario, GREY, seed=seed) for seed in (1, 1, 2))
    assert_array_equal(first.codes, again.codes)
    assert (first.codes != other.codes).mean() > 0.3
    assert_array_equal(first.truth.radiance_factor, other.truth.radiance_factor)
    assert random_scenario(5) == random_scenario(5) != random_scenario(6)


def test_counts_are_light_plus_background(distant: SimulatedPicture) -> None:
    """Law: without noise the codes decompand to background + I/F x factor within half a step."""
    index = whole_disc_framelets(distant)[0]
    name = distant.filters[index]
    light = distant.truth.radiance_factor[index] * distant.truth.dn_per_radiance_factor[name]
    expected = np.minimum(light + QUIET.background_dn[name] * background_shape(), QUIET.full_well_dn)
    codes = distant.codes[index]
    error = np.abs(decompand(codes) - expected)
    inner = np.s_[:, 23:1631]
    assert (error <= 0.5 * companding("SQROOT").step_dn[codes] + 0.01)[inner].all()


def test_noise_has_the_stated_variance() -> None:
    """Law: on dark sky, variance = background / gain + read noise^2 + extra noise^2 + steps of whole counts."""
    scenario = random_scenario(6, range_km=90000.0)
    picture = simulate(scenario, GREY, seed=3)
    sky = [k for k in range(len(picture.filters)) if not picture.truth.body_px[k] and picture.filters[k] == "GREEN"]
    counts = decompand(picture.codes[sky])[:, :, 400:1200]
    difference = (counts[1:] - counts[:-1]) / np.sqrt(2.0)
    spread = np.percentile(difference, [15.865, 84.135])  # robust against hits; counts are whole numbers
    expected = np.sqrt(8.5 / 16.3 + (16.6 / 16.3) ** 2 + 0.72**2 + 1 / 12)
    assert 0.5 * (spread[1] - spread[0]) == pytest.approx(expected, abs=0.25)


def test_brightness_law_by_hand() -> None:
    """Published: response, width and solar irradiance of `bodies.juno`, multiplied by hand for GREEN at 5 au.

    What the laboratory's response is high by in flight is held by tests/camera/test_response.py.
    """
    by_hand = 1843.8 / (np.pi * 25.0) * 0.0793 * 332944.0 * (1.05 - 0.00787 * 57) * 0.0064
    by_hand *= laboratory_ratio("GREEN", 57)
    found = dn_per_radiance_factor("GREEN", exposure_s=0.0064, solar_distance_km=5 * 149597870.7, orbit=57)
    assert found == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_label_gives_back_the_position(seed: int) -> None:
    """Law: the label's sub-point and altitude are the near point's, planetographic; inverting them gives Juno back."""
    scenario = random_scenario(seed)
    epochs = frame_epochs_tdb(scenario)
    position = poses(scenario, np.array([epochs.mean()])).position_km[0]
    lat, lon_west, altitude = near_point_planetographic(position, IO_RADII_THOMAS_1998_KM)
    back = position_from_sub_point_km(lat, lon_west, altitude, radii_km=IO_RADII_THOMAS_1998_KM)
    assert_allclose(back, position, atol=1e-3 + 1e-7 * float(np.linalg.norm(position)))


@pytest.mark.data
@pytest.mark.parametrize("perijove", [57, 58])
def test_motion_is_that_of_the_real_pass(data_dir: Path, perijove: int) -> None:
    """Independent: sub-points and heights of the infrared imager's catalogue, which SPICE made.

    The catalogue has Io 10 km further along its orbit (`IO_AHEAD_OF_JUP365_KM`). What is tested is the motion: over ten
    minutes the difference stays the same to 0.5 km.
    """
    closest_utc = {57: "2023-12-30T08:36:01", 58: "2024-02-03T17:48:35"}[perijove]
    closest = float(utc_to_tdb(closest_utc))
    table = data_dir / "volcanoes" / f"jiram_io_calibrated_orbit{perijove}_products.csv"
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["target_name"] == "IO"]
    times = np.array([float(utc_to_tdb(row["start_date_time"])) for row in rows])
    near = np.flatnonzero(np.abs(times - closest) < 300.0)
    assert near.size >= 8

    def column(name: str) -> np.ndarray:
        return np.array([float(rows[k][name]) for k in near])

    lat, lon = (np.radians(column(f"io_planetocentric_{name}_deg")) for name in ("latitude", "longitude"))
    point = column("sub_point_radius_km") * [
        np.cos(lat) * np.cos(lon),
        np.cos(lat) * np.sin(lon),
        np.sin(lat),
    ]
    normal = point.T / IO_RADII_THOMAS_1998_KM**2
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    catalogue = point.T + column("observer_distance_km")[:, None] * normal
    state = EMBEDDED.state("JUNO", closest, center="IO").tolist()
    scenario = Scenario(
        "JNCE_2023364_57C90000_V01", closest_utc, closest_utc, tuple(state[:3]), tuple(state[3:]), spin_phase_deg=0.0
    )
    difference = poses(scenario, times[near]).position_km - catalogue
    assert np.ptp(difference, axis=0).max() < 0.5
    assert_allclose(difference.mean(axis=0), [0.0, -10.0, 0.0], atol=1.0)


def test_product_reads_back(tmp_path: Path) -> None:
    """Law: the mission-site reader gives back codes, clock and geometry; frame times differ by the start offset."""
    scenario = random_scenario(7, range_km=95000.0, start_offset_s=0.0125)
    picture = simulate(scenario, GREY, seed=1)
    paths = write_product(picture, tmp_path, truth=True)
    raw = read_mission_site(paths[0])
    assert_array_equal(raw.codes, picture.codes)
    assert (raw.product_id, raw.filters, raw.frames) == (picture.product_id, picture.filters, picture.frames)
    assert raw.tdi_stages == scenario.tdi_stages
    assert_allclose(picture.truth.poses.times_tdb - frame_times_tdb(raw), 0.0125, atol=1e-6)
    with pytest.raises(OutputExistsError):
        write_product(picture, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in paths)
    label, truth = (json.loads(path.read_text(encoding="utf-8")) for path in paths[1:])
    for record in (label, truth):
        assert record["provenance"]["software"] == f"perijove {__version__}"
        assert record["provenance"]["ephemeris"] == "built-in ephemeris (jup365)"
    assert truth["simulated"] is True
    assert len(truth["framelets"]) == raw.n_framelets
    with Image.open(paths[0]) as png:
        assert "SIMULATED" in png.text["Disclaimer"]
    assert "SIMULATED" in label["RATIONALE_DESC"]


def test_kernels_give_back_the_poses(tmp_path: Path) -> None:
    """Independent: SPICE reads the written kernels; positions to 2 mm, attitude to 1e-9."""
    scenario = flat_scenario(4000.0, seed=8)
    picture = simulate(dataclasses.replace(scenario, frames=3, crossing=9.0), GREY)
    write_kernels(picture, tmp_path)
    truth = picture.truth.view
    view = view_from_kernels(Kernels(tmp_path), JUNOCAM_MOUNTING, target="IO", times_tdb=truth.times_tdb)
    assert_allclose(view.position_km, truth.position_km, atol=2e-5)
    assert_allclose(view.body_to_camera, truth.body_to_camera, atol=2e-8)
    assert_allclose(view.sun, truth.sun, atol=1e-7)


def test_scenarios_show_io() -> None:
    """Law: every ready-made scenario has Io's centre cross the strips in mid-picture, in or near the field."""
    for scenario in [*perijove_57_scenarios(), *(random_scenario(seed) for seed in range(20))]:
        path = poses(scenario, frame_epochs_tdb(scenario))
        direction = path.center_direction[scenario.frames // 2]
        assert direction[2] > 0.8
        assert abs(np.degrees(np.arctan2(direction[1], direction[2]))) < 7.0
        assert np.linalg.norm(path.position_km, axis=1).min() > 3000.0
    wanted = random_scenario(3, range_km=20000.0, phase_deg=33.0)
    path = poses(wanted, frame_epochs_tdb(wanted))
    toward = path.position_km / np.linalg.norm(path.position_km, axis=1, keepdims=True)
    phase = np.degrees(np.arccos(np.sum(toward * path.sun, axis=1)))
    assert phase[len(phase) // 2] == pytest.approx(33.0, abs=0.3)


def test_methane_alone() -> None:
    """Law: a METHANE picture has one framelet per frame and sees Io."""
    picture = simulate(random_scenario(9, range_km=50000.0, filters=("METHANE",), phase_deg=80.0), GREY)
    assert picture.codes.shape[0] == picture.scenario.frames
    assert picture.product_id[15] == "M"
    assert picture.truth.body_px.max() > 1000


def test_wrongly_asked() -> None:
    """Law: what no picture can be is an input error."""
    scenario = random_scenario(1)
    with pytest.raises(InputError, match="inside the body"):
        dataclasses.replace(scenario, position_km=(1000.0, 0.0, 0.0))
    with pytest.raises(InputError, match="GREEN"):
        dataclasses.replace(scenario, filters=("RED",))
    with pytest.raises(InputError, match="shape"):
        simulate(scenario, np.zeros((10, 10, 3)))
    along = tuple(-np.array(scenario.position_km))
    with pytest.raises(InputError, match="spin axis"):
        simulate(dataclasses.replace(scenario, spin_axis=along), GREY)
    with pytest.raises(InputError, match="width"):
        synthetic_base_map(63)


def test_synthetic_map_has_io_s_features() -> None:
    """Law: seamless, plausible albedo; Pele's ring is redder than the plains, Loki darker. Regression of the look."""
    base = synthetic_base_map(720)
    assert base.shape == (360, 720, 3)
    assert base.dtype == np.float32
    assert base.min() > 0.0
    assert base.max() < 1.0
    assert_array_equal(base, synthetic_base_map(720))
    seam = np.abs(base[:, 0] - base[:, -1]).mean()
    assert seam < 2.0 * np.abs(np.diff(base, axis=1)).mean() + 0.005

    def at(lat: float, lon_east: float, size: int = 3) -> np.ndarray:
        row, column = int((90.0 - lat) * 2.0), int(lon_east % 360.0 * 2.0)
        return base[row - size : row + size + 1, column - size : column + size + 1].mean(axis=(0, 1))

    plains = base[120:240].mean(axis=(0, 1))
    ring = at(-18.7 - 16.0, 104.7)
    assert ring[2] / ring[1] > 1.2 * plains[2] / plains[1]
    assert at(13.0 - 2.5, 51.2 - 1.0, 1).mean() < 0.5 * plains.mean()
