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
from perijove.junocam.limb.fit import fit_limb, limb_residuals_px
from perijove.scene.parameters import Parameter, ParameterSet
from perijove.scene.shot import Shot
from perijove.scene.spin import LabelModel
from perijove.scene.view import View

FILTERS = ("BLUE", "GREEN", "RED")
FRAMES = 24
TRUTH = np.array([0.0, 11.93, 0.12, -0.07, 1.002, -20.0, 8.0, 14.0, 0.1, 1482.0])
PRIOR = (
    ("spin_phase_deg", 0.0, 1e4, 1e-4),
    ("spin_deg_s", 11.85, 0.15, 1e-4),
    ("axis_tilt_x_deg", 0.0, 0.3, 1e-4),
    ("axis_tilt_y_deg", 0.0, 0.3, 1e-4),
    ("range_scale", 1.0, 0.005, 1e-6),
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
    model = LabelModel(
        mounting=JUNOCAM_MOUNTING,
        times_tdb=times,
        icrf_to_body=np.broadcast_to(np.eye(3), (FRAMES, 3, 3)),
        sun=np.broadcast_to([1.0, 0.0, 0.0], (FRAMES, 3)),
        spin_axis=axis,
        position_km=distance_km * across / np.linalg.norm(across),
        phase_epoch_tdb=float(times[12]),
        position_epoch_tdb=float(times[12]),
        parameters=ParameterSet(tuple(Parameter(n, "", v, s, h) for n, v, s, h in PRIOR)),
    )
    truth = TRUTH.copy()
    best = max(
        np.arange(0.0, 360.0, 0.5),
        key=lambda phase: -((m := model.view(np.r_[phase, truth[1:]])).body_to_camera[12] @ m.position_km[12])[2],
    )
    truth[0] = best
    return model, truth


def exact_edges(model: LabelModel, truth: np.ndarray, noise_px: float, seed: int) -> tuple[LimbEdges, Shot]:
    """Limb points on the true limb, with noise across it."""
    rng = np.random.default_rng(seed)
    view = model.view(truth)
    names = [FILTERS[i % 3] for i in range(3 * FRAMES)]
    cameras = tuple(strip_camera(name, focal_length_px=truth[9]) for name in names)
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
        offset, shot.frame_of_framelet[edges.framelet], model.view(truth), truth[9], radii_km=RADII
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
        for name in ("spin_deg_s", "range_scale", "focal_length_px"):
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
        assert solution.correlation_length > 2.0
    assert np.sqrt(np.mean(np.square(pulls))) < 1.0


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


def test_too_few_points_are_refused() -> None:
    """Law: five points do not determine a pose."""
    model, truth = scene(60000.0)
    edges, shot = exact_edges(model, truth, 0.1, 3)
    with pytest.raises(FitError, match="too few"):
        fit_limb(model, edges.chosen(np.arange(len(edges)) < 5), shot)
