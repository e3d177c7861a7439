"""The limb fit: laws (exact limbs fit exactly, errors cover) on limbs made by the camera model itself.

The authority for the geometry of the limb is `tests/geometry`; that for the whole chain, the simulator.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.errors import FitError
from perijove.geometry.limb import limb_ellipse
from perijove.junocam.instrument import JUNOCAM_MOUNTING, strip_camera
from perijove.junocam.limb.edges import LimbEdges
from perijove.junocam.limb.fit import _MODEL_SIGMA_PX, camera_of, fit_limb, limb_residuals_px
from perijove.junocam.limb.scatter import scatter_of
from perijove.scene.parameters import Parameter, ParameterSet
from perijove.scene.shot import Shot
from perijove.scene.spin import LabelModel, sight_axes
from perijove.scene.view import View

FILTERS = ("BLUE", "GREEN", "RED")
FRAMES = 24
TRUTH = np.array([0.0, 11.93, 0.12, -0.07, 0.002, 0.0, 0.0, -20.0, 8.0, 14.0, 0.1, 1482.0])  # position: of the range
PRIOR = (
    ("spin_phase_deg", 0.0, 1e4, 1e-4),
    ("spin_deg_s", 11.85, 0.15, 1e-4),
    ("axis_tilt_x_deg", 0.0, 0.3, 1e-4),
    ("axis_tilt_y_deg", 0.0, 0.3, 1e-4),
    ("position_1_km", 0.0, 0.005, 1e-6),  # of the range
    ("position_2_km", 0.0, 1e-5, 1e-6),
    ("position_3_km", 0.0, 1e-5, 1e-6),
    ("velocity_x_km_s", -24.0, 6.0, 1e-3),
    ("velocity_y_km_s", 9.0, 6.0, 1e-3),
    ("velocity_z_km_s", 15.0, 6.0, 1e-3),
    ("extra_delay_ms", 0.0, 0.3, 1e-3),
    ("focal_length_px", 1480.59, 3.0, 1e-2),
)


def scene(distance_km: float) -> tuple[LabelModel, np.ndarray]:
    """A model whose body crosses the strips in the middle of the picture, and the true values."""
    times = 7.5e8 + 0.372 * np.arange(FRAMES)
    axis = np.array([0.9, 0.3, 0.05])
    across = np.cross(axis, [0.1, 0.2, 1.0])
    position = distance_km * across / np.linalg.norm(across)
    scaled = ((n, v, *(distance_km * x if n.startswith("position") else x for x in rest)) for n, v, *rest in PRIOR)
    model = LabelModel(
        mounting=JUNOCAM_MOUNTING,
        times_tdb=times,
        icrf_to_body=np.broadcast_to(np.eye(3), (FRAMES, 3, 3)),
        sun=np.broadcast_to([1.0, 0.0, 0.0], (FRAMES, 3)),
        spin_axis=axis,
        position_km=position,
        position_axes=sight_axes(position),
        phase_epoch_tdb=float(times[12]),
        position_epoch_tdb=float(times[12]),
        parameters=ParameterSet(tuple(Parameter(n, "", *rest) for n, *rest in scaled)),
    )
    truth = TRUTH.copy()
    truth[4] *= distance_km
    best = max(
        np.arange(0.0, 360.0, 0.5),
        key=lambda phase: -((m := model.view(np.r_[phase, truth[1:]])).body_to_camera[12] @ m.position_km[12])[2],
    )
    truth[0] = best
    return model, truth


def exact_edges(
    model: LabelModel, truth: np.ndarray, noise_px: float, seed: int, *, summing: int = 1
) -> tuple[LimbEdges, Shot]:
    """Limb points on the true limb, with noise across it."""
    rng = np.random.default_rng(seed)
    view = model.view(truth)
    names = [FILTERS[i % 3] for i in range(3 * FRAMES)]
    cameras = tuple(strip_camera(name, summing=summing, focal_length_px=truth[11]) for name in names)
    shot = Shot("IO", RADII, view, cameras, np.arange(3 * FRAMES) // 3)
    index, points = [], []
    for i, camera in enumerate(cameras):
        limb = limb_ellipse(shot.pose(i).position_km, radii_km=RADII).points_km(np.arange(0.0, 360.0, 4.0))
        xy = shot.xy(i, limb)
        with np.errstate(invalid="ignore"):
            inside = camera.contains(xy, margin_px=2.0)
        index.append(np.full(int(inside.sum()), i))
        points.append(xy[inside])
    framelet, xy = np.concatenate(index), np.concatenate(points)
    n = len(framelet)
    xy = xy + noise_px * rng.normal(size=(n, 2))
    sigma = np.full(n, max(noise_px, 1e-6))
    edges = LimbEdges(framelet, xy, sigma, np.zeros(n), np.zeros(n), np.ones(n, dtype=bool), np.ones(n))
    return edges, shot


@pytest.mark.parametrize("distance_km", [3400.0, 20000.0, 90000.0])
def test_exact_limb_has_no_residual(distance_km: float) -> None:
    """Law: points made on the limb lie on it, to the camera's round trip of 1e-9 px."""
    model, truth = scene(distance_km)
    edges, shot = exact_edges(model, truth, 0.0, 0)
    assert len(edges) > 10
    offset = np.array([shot.cameras[f].undistorted_px(xy) for f, xy in zip(edges.framelet, edges.xy, strict=True)])
    residual = limb_residuals_px(
        offset, shot.frame_of_framelet[edges.framelet], model.view(truth), truth[11], radii_km=RADII
    )
    assert np.max(np.abs(residual)) < 1e-6


def test_residual_is_a_distance_in_pixels() -> None:
    """Law: moving a picture point outwards by d changes its residual by d, within 1 % at 2 px."""
    view = View(np.zeros(1), np.array([[0.0, 0.0, -60000.0]]), np.eye(3)[None], np.array([[1.0, 0.0, 0.0]]))
    limb = limb_ellipse(view.position_km[0], radii_km=RADII).points_km(np.arange(0.0, 360.0, 30.0))
    ray = limb - view.position_km[0]
    uv = ray[:, :2] / ray[:, 2:] * 1480.0
    outwards = uv / np.linalg.norm(uv, axis=1, keepdims=True)
    residual = limb_residuals_px(uv + 2.0 * outwards, np.zeros(len(uv), dtype=int), view, 1480.0, radii_km=RADII)
    np.testing.assert_allclose(residual, 2.0, rtol=0.01)


@pytest.mark.parametrize("distance_km", [5000.0, 30000.0, 80000.0])
def test_errors_cover_the_truth(distance_km: float) -> None:
    """Law: over 12 noise draws, spin and range lie within 3 of their standard errors."""
    model, truth = scene(distance_km)
    for seed in range(12):
        edges, shot = exact_edges(model, truth, 0.15, seed)
        start = np.r_[truth[0] + 0.1, [p[1] for p in PRIOR[1:]]]
        solution = fit_limb(model, edges, shot, start=start)
        for name in ("spin_deg_s", "position_1_km", "focal_length_px"):
            value, sigma = solution[name]
            assert abs(value - truth[model.parameters.index(name)]) < 3.0 * sigma, name
        assert np.sqrt(np.mean(solution.residual_px**2)) < 0.25


def test_patches_along_the_limb_do_not_drag_the_turn() -> None:
    """Law: where neighbouring points err together, values move as little as the stated errors say.

    Errors of 0.15 px that hold over about ten points. Where the truth is what the prior says, a value with standard
    error s under a prior p scatters by s (1 - s²/p²)^1/2. Over 12 draws the tilts of the spin axis scatter by no more
    than that; points taken for independent drag them five times as far.
    """
    model, truth = scene(9000.0)
    truth[2:4] = 0.0
    pulls = []
    for seed in range(12):
        edges, shot = exact_edges(model, truth, 0.0, seed)
        smooth = ndimage.gaussian_filter1d(np.random.default_rng(seed).normal(size=(len(edges), 2)), 4.0, axis=0)
        edges = replace(
            edges,
            xy=edges.xy + 0.15 * smooth / smooth.std(),
            sigma_px=np.full(len(edges), 0.15),
            azimuth_deg=np.arange(len(edges), dtype=float),
        )
        start = np.r_[truth[0] + 0.1, [p[1] for p in PRIOR[1:]]]
        solution = fit_limb(model, edges, shot, start=start)
        for axis in "xy":
            value, sigma = solution[f"axis_tilt_{axis}_deg"]
            pulls.append(value / (sigma * np.sqrt(1.0 - (sigma / 0.3) ** 2)))
        assert solution.scatter.own_length > 2.0
    assert np.sqrt(np.mean(np.square(pulls))) < 1.0


def azimuths_deg(edges: LimbEdges, shot: Shot) -> np.ndarray:
    """About the disc's centre, in the undistorted picture."""
    result = np.empty(len(edges))
    for n, (framelet, xy) in enumerate(zip(edges.framelet.tolist(), edges.xy, strict=True)):
        pose, camera = shot.pose(framelet), shot.cameras[framelet]
        x, y, z = -(pose.body_to_camera @ pose.position_km)
        right, down = camera.undistorted_px(xy) - camera.focal_length_px * np.array([x, y]) / z
        result[n] = np.degrees(np.arctan2(down, right))
    return result


@pytest.mark.slow
@pytest.mark.parametrize("distance_km", [9000.0, 80000.0])
def test_relief_that_all_colours_share_is_in_the_errors(distance_km: float) -> None:
    """Law: over 16 draws the range lies within its error as often as it says, relief being common to all framelets.

    Relief of 0.2 px over 14 deg of azimuth; velocity, focal length and delay known, so that the limb tells range and
    spin. With points of different framelets taken for independent, the range is 4 to 5.5 standard errors off, rms.
    """
    model, truth = scene(distance_km)
    narrow = {"focal_length_px": 1e-3, "extra_delay_ms": 1e-3, "spin_deg_s": 1.0}
    narrow["position_1_km"] = 0.05 * distance_km
    narrow |= {f"velocity_{axis}_km_s": 1e-2 for axis in "xyz"}
    known = ParameterSet(
        tuple(
            replace(p, prior_sigma=narrow.get(p.name, p.prior_sigma), value=v)
            for p, v in zip(model.parameters, truth, strict=True)
        )
    )
    model = replace(model, parameters=known)
    pulls: dict[str, list[float]] = {"position_1_km": [], "spin_deg_s": []}
    for seed in range(16):
        rng = np.random.default_rng(seed)
        edges, shot = exact_edges(model, truth, 0.0, seed)
        azimuth = azimuths_deg(edges, shot)
        relief = ndimage.gaussian_filter1d(rng.normal(size=720), 10.0, mode="wrap")
        relief *= 0.2 / relief.std()
        off = np.interp(np.mod(azimuth, 360.0), np.arange(720) / 2.0, relief) + 0.05 * rng.normal(size=len(edges))
        outwards = np.stack([np.cos(np.radians(azimuth)), np.sin(np.radians(azimuth))], axis=-1)
        edges = replace(
            edges, xy=edges.xy + off[:, None] * outwards, azimuth_deg=azimuth, sigma_px=np.full(len(edges), 0.05)
        )
        solution = fit_limb(model, edges, shot)
        for name, found in pulls.items():
            value, sigma = solution[name]
            found.append((value - truth[known.index(name)]) / sigma)
        assert solution.scatter.relief_px == pytest.approx(0.2, abs=0.07)
        assert solution.scatter.own_share < 0.3
    # Root mean square of 16: 1 with a standard error of 0.18.
    assert 0.5 < np.sqrt(np.mean(np.square(pulls["position_1_km"]))) < 1.6
    assert np.sqrt(np.mean(np.square(pulls["spin_deg_s"]))) < 1.6


def test_scatter_of_independent_points_is_none() -> None:
    """Law: white noise has neither neighbours nor a share; a shift common to a framelet is its own."""
    rng = np.random.default_rng(4)
    framelet, azimuth = np.repeat(np.arange(6), 200), np.tile(np.linspace(-170.0, 170.0, 200), 6)
    noise, sigma = 0.1 * rng.normal(size=1200), np.full(1200, 0.1)
    white = scatter_of(noise, sigma, framelet, azimuth)
    assert white.own_length < 1.2
    assert white.own_share > 0.95
    shifted = scatter_of(noise + np.array([0.2, -0.2, 0.2, -0.2, 0.2, -0.2])[framelet], sigma, framelet, azimuth)
    assert shifted.relief_px == 0.0
    assert shifted.own_length > 20.0
    wave = 0.2 * np.sin(np.radians(6.0 * azimuth))
    shared = scatter_of(noise + wave, sigma, framelet, azimuth)
    assert shared.relief_px == pytest.approx(0.2 / np.sqrt(2.0), rel=0.1)
    assert shared.own_share == pytest.approx(0.01 / 0.03, rel=0.15)
    assert scatter_of(np.zeros(1200), sigma, framelet, azimuth).relief_px == 0.0


def test_one_wild_point_does_not_matter() -> None:
    """Law: robustness. A point 8 px off among 100 moves the centre by less than a tenth of its error."""
    model, truth = scene(60000.0)
    edges, shot = exact_edges(model, truth, 0.1, 3)
    start = truth.copy()
    clean = fit_limb(model, edges, shot, start=start)
    wild_xy = edges.xy.copy()
    wild_xy[0] += 8.0
    wild = LimbEdges(edges.framelet, wild_xy, *(getattr(edges, n) for n in list(edges.__dataclass_fields__)[2:]))
    spoiled = fit_limb(model, wild, shot, start=start)
    assert np.max(np.abs(spoiled.values - clean.values) / clean.sigmas) < 0.25


def test_points_four_errors_off_are_left_out() -> None:
    """Law: a point eight errors off has no weight, one of three keeps its own."""
    model, truth = scene(60000.0)
    edges, shot = exact_edges(model, truth, 0.0, 3)
    sigma = float(np.hypot(0.1, _MODEL_SIGMA_PX))
    azimuth = np.radians(azimuths_deg(edges, shot))
    off = np.random.default_rng(1).normal(size=len(edges)).clip(-2.0, 2.0)
    off[[5, 40]] = 3.0, 8.0
    moved = edges.xy + sigma * off[:, None] * np.stack([np.cos(azimuth), np.sin(azimuth)], axis=-1)
    solution = fit_limb(model, replace(edges, xy=moved, sigma_px=np.full(len(edges), 0.1)), shot, start=truth)
    assert np.flatnonzero(~solution.kept).tolist() == [40]


def test_haze_of_unknown_height_is_in_the_size() -> None:
    """Law: a limb known to h km leaves the range open by h / radius of itself, where the focal length is known."""
    model, truth = scene(60000.0)
    edges, shot = exact_edges(model, truth, 0.05, 5)
    known = tuple(
        replace(p, prior_sigma=1e-3 if p.name == "focal_length_px" else p.prior_sigma) for p in model.parameters
    )
    haze = tuple(Parameter(f"{name.lower()}_limb_km", "km", 0.0, 5.0, 0.1) for name in FILTERS)
    hazy = replace(model, parameters=ParameterSet((*known, *haze)))
    solution = fit_limb(hazy, edges, shot, start=np.append(truth, [0.0, 0.0, 0.0]))
    i, *js = (hazy.parameters.index(name) for name in ("position_1_km", *(p.name for p in haze)))
    common = np.ones(3) / 3.0
    slope = common @ solution.covariance[js, i] / (common @ solution.covariance[np.ix_(js, js)] @ common)
    assert slope == pytest.approx(60000.0 / 1821.5, rel=0.02)  # 3 % of perspective at 60,000 km would be 1e-3
    plain = fit_limb(replace(model, parameters=ParameterSet(known)), edges, shot, start=truth)
    assert solution["position_1_km"][1] > 4.0 * plain["position_1_km"][1]


def test_what_is_a_colours_own_is_told_from_the_poses() -> None:
    """Law: a centre moved by (0.2, -0.1) px, a limb 30 km high: found to 3 errors, and the rest stays where it was.

    30 km are 0.74 px at 60,000 km.
    """
    model, truth = scene(60000.0)
    edges, shot = exact_edges(model, truth, 0.05, 8)
    own = {"red_x_px": (0.2, 1.0), "red_y_px": (-0.1, 1.0), "blue_limb_km": (30.0, 100.0)}
    extra = tuple(Parameter(name, "", 0.0, sigma, 1e-2) for name, (_, sigma) in own.items())
    names = np.array([camera.name for camera in shot.cameras])[edges.framelet]
    azimuth = np.radians(azimuths_deg(edges, shot))
    outwards = np.stack([np.cos(azimuth), np.sin(azimuth)], axis=-1)
    moved = edges.xy + np.where(names == "RED", 1.0, 0.0)[:, None] * [0.2, -0.1]
    moved += np.where(names == "BLUE", 30.0 * 1482.0 / 60000.0, 0.0)[:, None] * outwards
    richer = replace(model, parameters=ParameterSet((*model.parameters, *extra)))
    solution = fit_limb(richer, replace(edges, xy=moved), shot, start=np.append(truth, [0.0, 0.0, 0.0]))
    for name, (value, _) in own.items():
        found, sigma = solution[name]
        assert sigma < 0.1 * own[name][1], name
        assert abs(found - value) < 3.0 * sigma, name
    posed = camera_of(shot, solution.parameters.named(solution.values))
    before = {camera.name: camera for camera in shot.cameras}
    for camera in posed.cameras:
        shift = solution["red_x_px"][0] if camera.name == "RED" else 0.0
        assert camera.axis_column_px == pytest.approx(before[camera.name].axis_column_px + shift)
    again = camera_of(posed, {"focal_length_px": 1482.0}, before=solution.parameters.named(solution.values))
    assert [camera.axis_row_px for camera in again.cameras] == pytest.approx([c.axis_row_px for c in shot.cameras])


def weighted_square(scatter: float) -> float:
    """Mean square of normal deviates of a scatter, with weights 1 / (1 + (x / 3)²)."""
    x = scatter * np.linspace(-6.0, 6.0, 2001)
    weight = np.exp(-0.5 * (x / scatter) ** 2) / (1.0 + (x / 3.0) ** 2)
    return float(np.sum(weight * x * x) / np.sum(weight))


def test_scatter_beyond_the_stated_errors_widens_the_result() -> None:
    """Law: noise of 0.4 px stated as 0.05 gives the errors of noise stated as 0.4, to a fifth."""
    model, truth = scene(60000.0)
    edges, shot = exact_edges(model, truth, 0.4, 3)
    honest = fit_limb(model, edges, shot, start=truth)
    stated = fit_limb(model, replace(edges, sigma_px=np.full(len(edges), 0.05)), shot, start=truth)
    assert stated.chi2_reduced == pytest.approx(weighted_square(0.4 / np.hypot(0.05, _MODEL_SIGMA_PX)), rel=0.2)
    for name in ("spin_phase_deg", "spin_deg_s", "focal_length_px"):
        assert stated[name][1] == pytest.approx(honest[name][1], rel=0.25), name


@pytest.mark.parametrize("summing", [1, 2])
def test_errors_are_in_pixels_of_the_file(summing: int) -> None:
    """Law: noise of the stated size, in summed pixels as in full ones, scatters by one."""
    model, truth = scene(60000.0)
    edges, shot = exact_edges(model, truth, 0.3, 7, summing=summing)
    solution = fit_limb(model, edges, shot, start=truth)
    stated = 0.3 / np.hypot(0.3, _MODEL_SIGMA_PX)
    assert solution.chi2_reduced == pytest.approx(weighted_square(stated), rel=0.25)  # 250 points: 4 errors are 0.35


def test_too_few_points_are_refused() -> None:
    """Law: five points do not determine a pose."""
    model, truth = scene(60000.0)
    edges, shot = exact_edges(model, truth, 0.1, 3)
    with pytest.raises(FitError, match="too few"):
        fit_limb(model, edges.chosen(np.arange(len(edges)) < 5), shot)
