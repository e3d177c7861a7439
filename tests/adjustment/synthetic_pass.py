"""Pictures of perijove 57 without pixels: limb points and ties made by the unknowns themselves, at true values."""

from dataclasses import dataclass, replace

import numpy as np

from perijove.adjustment.sighted import Sighted
from perijove.adjustment.solution import Observations, limb_equations, shot_of_unknowns
from perijove.adjustment.ties import Ties, places_px
from perijove.adjustment.unknowns import JointUnknowns, joint_unknowns
from perijove.bodies.juno import JUNOCAM
from perijove.formats.image import RawImage
from perijove.geometry.ellipsoid import outward_normal, surface_point_km
from perijove.geometry.limb import limb_ellipse
from perijove.junocam.control.patches import Strips
from perijove.junocam.limb.edges import LimbEdges
from perijove.junocam.limb.fit import LIMB_OUT, LIMB_ROWS, fit_limb
from perijove.junocam.locate import Location, shot_of
from perijove.junocam.orientation import label_orientation
from perijove.scene.shot import Shot
from perijove.timescales import tdb_to_utc, utc_to_tdb

CLOSEST_TDB = float(utc_to_tdb("2023-12-30T08:36:01"))
FRAMES = 24
STEP_S = 0.371
PASS_NAME = "PJ57"  # noqa: S105  # of a spacecraft
LIMB_PX, TIE_PX = 0.1, 0.05


@dataclass(frozen=True)
class _Measured:
    """What stands for a calibrated picture where only its label is asked for."""

    raw: RawImage


def _raw(number: int, after_s: float) -> RawImage:
    start = CLOSEST_TDB + after_s - 0.5 * (FRAMES - 1) * (STEP_S + JUNOCAM.interframe_delta_s)
    return RawImage(
        product_id=f"JNCE_2023364_57C9{number:04d}_V01",
        filters=("BLUE", "GREEN", "RED") * FRAMES,
        frames=tuple(k // 3 + 1 for k in range(3 * FRAMES)),
        level="EDR",
        bit_mode="SQROOT",
        summing=1,
        target="IO",
        orbit=57,
        start_utc=str(tdb_to_utc(start - JUNOCAM.start_time_bias_s, digits=3)),
        sclk_start=None,
        interframe_delay_s=STEP_S,
        exposure_s=0.0064,
        tdi_stages=2,
        codes=np.zeros((1, 1, 1), dtype=np.uint8),
    )


def expected_picture(number: int, after_s: float) -> tuple[RawImage, Location]:
    """A picture as known beforehand, its spin phase such that Io crosses in the middle."""
    raw = _raw(number, after_s)
    known = label_orientation(raw)
    model = known.model
    middle = FRAMES // 2

    def ahead(phase: float) -> float:
        view = model.turned(phase, 0.0, 0.0)
        return -float((view.body_to_camera[middle] @ view.position_km[middle])[2])

    phase = max(np.arange(0.0, 360.0, 0.5).tolist(), key=ahead)
    model = replace(model, parameters=model.parameters.starting_at(spin_phase_deg=phase))
    shot = shot_of(_Measured(raw), known.body, model.view(model.parameters.values))
    return raw, Location(known, model, None, shot, 0.55, 1.0, None)


def limb_points(shot: Shot, noise_px: float, rng: np.random.Generator) -> LimbEdges:
    """Points on the limb every two degrees, with noise across it."""
    index, points, azimuth = [], [], []
    for i, camera in enumerate(shot.cameras):
        limb = limb_ellipse(shot.pose(i).position_km, radii_km=shot.radii_km)
        at = np.arange(0.0, 360.0, 2.0)
        xy = shot.xy(i, limb.points_km(at))
        with np.errstate(invalid="ignore"):
            inside = camera.contains(xy, margin_px=2.0)
        index.append(np.full(int(inside.sum()), i))
        points.append(xy[inside])
        spoke = xy[inside] - shot.center_px(i)
        azimuth.append(np.degrees(np.arctan2(spoke[:, 1], spoke[:, 0])))
    framelet, xy, angle = (np.concatenate(some) for some in (index, points, azimuth))
    n = len(framelet)
    sigma = np.full(n, max(noise_px, 1e-3))
    moved = xy + noise_px * rng.normal(size=(n, 2))
    return LimbEdges(framelet, moved, sigma, np.zeros(n), angle, np.ones(n, dtype=bool), np.ones(n))


def _deepest(shot: Shot, ground_km: np.ndarray) -> np.ndarray:
    """GREEN framelet that has points farthest from its edges, seen less than 60 deg obliquely; -1 where none has."""
    best, deepest = np.full(len(ground_km), -1), np.full(len(ground_km), 3.0)
    normal = outward_normal(ground_km, radii_km=shot.radii_km)
    for i, camera in enumerate(shot.cameras):
        if camera.name != "GREEN":
            continue
        sight = shot.pose(i).position_km - ground_km
        steep = np.sum(normal * sight, axis=1) > 0.5 * np.linalg.norm(sight, axis=1)
        xy = shot.xy(i, ground_km)
        with np.errstate(invalid="ignore"):
            depth = np.where(camera.contains(xy), np.minimum(xy[:, 1], camera.rows - xy[:, 1]), -1.0)
        better = steep & (depth > deepest)
        best[better], deepest[better] = i, depth[better]
    return best


def ties_between(shots: list[Shot], expected: list[Shot], rng: np.random.Generator, noise_px: float) -> Ties:
    """Ground points that two pictures show, where the true shots have them; predicted by the expected ones."""
    lat, lon = rng.uniform(-70.0, 70.0, 400), rng.uniform(-180.0, 180.0, 400)
    ground = surface_point_km(lat, lon, shots[0].radii_km)
    seen = [_deepest(shot, ground) for shot in shots]
    parts = []
    for a in range(len(shots)):
        for b in range(len(shots)):
            range_a, range_b = (np.linalg.norm(shots[k].view.position_km[0]) for k in (a, b))
            common = np.flatnonzero((seen[a] >= 0) & (seen[b] >= 0))[:20]
            if range_a <= range_b or not len(common):
                continue
            framelet, other, points = seen[a][common], seen[b][common], ground[common]
            # The feature is where the partner's expected poses put it: the true ground that its true pixel shows.
            partner_px = places_px(expected[b], other, points)
            feature = np.stack([shots[b].ground(int(i), xy).point_km for i, xy in zip(other, partner_px, strict=True)])
            slope = _along(expected[a], framelet, points) @ np.linalg.inv(_along(expected[b], other, points))
            measured = places_px(shots[a], framelet, feature) + noise_px * rng.normal(size=(len(common), 2))
            n = len(common)
            parts.append(
                Ties(
                    np.full(n, a),
                    np.full(n, b),
                    framelet,
                    other,
                    points,
                    measured,
                    measured,
                    partner_px,
                    slope,
                    np.full((n, 2), max(noise_px, 1e-3)),
                    np.ones(n),
                )
            )
    return Ties.joined(parts)


def _along(shot: Shot, framelet: np.ndarray, points: np.ndarray) -> np.ndarray:
    up = outward_normal(points, radii_km=shot.radii_km)
    east = np.cross([0.0, 0.0, 1.0], up)
    north = np.cross(up, east)
    columns = [
        (places_px(shot, framelet, points + d) - places_px(shot, framelet, points - d)) / 2.0 for d in (east, north)
    ]
    return np.stack(columns, axis=-1)


@dataclass(frozen=True)
class Synthetic:
    """A pass with its truth."""

    unknowns: JointUnknowns
    pictures: tuple[Sighted, ...]
    truth: np.ndarray
    observed: Observations


def synthetic_pass(
    seed: int,
    *,
    times_s: tuple[float, ...] = (-900.0, 120.0, 260.0, 600.0),
    noise: float = 1.0,
    own: dict[str, float] | None = None,
) -> Synthetic:
    """Draw a pass from the priors, and measure it.

    `own` gives the size of the pictures' own deviations by the beginning of their names, such as ``own_axis``: none by
    default.
    """
    rng = np.random.default_rng(seed)
    expected = [expected_picture(number, after_s) for number, after_s in enumerate(times_s, start=1)]
    names = [raw.product_id for raw, _ in expected]
    unknowns = joint_unknowns({n: (PASS_NAME, location) for n, (_, location) in zip(names, expected, strict=True)})
    parameters = unknowns.joint.parameters
    truth = parameters.values.copy()
    for k, p in enumerate(parameters):
        size = (
            0.0
            if "own_" in p.name or p.name in (LIMB_OUT, LIMB_ROWS)
            else min(p.prior_sigma, 0.2 if "phase" in p.name else np.inf)
        )
        for start, deviation in (own or {}).items():
            size = deviation if f"/{start}" in p.name else size
        truth[k] += size * rng.normal()
    nothing = Strips(np.empty(0, dtype=int), np.empty((0, 1, 1), np.float32), np.empty((0, 1, 1), bool))
    bare = [Sighted(raw.product_id, PASS_NAME, location, nothing, location.shot, ()) for raw, location in expected]
    shots = [shot_of_unknowns(one, unknowns, k, truth) for k, one in enumerate(bare)]
    pictures = []
    for k, (one, shot) in enumerate(zip(bare, shots, strict=True)):
        edges = limb_points(shot, noise * LIMB_PX, rng)
        model = unknowns.pictures[k].model
        start = unknowns.pictures[k].own_values(unknowns.of_picture(k, truth))
        solution = fit_limb(model, edges, one.camera_before, start=start)
        pictures.append(replace(one, location=replace(one.location, orientation_model=model, solution=solution)))
    near = truth + 0.05 * (parameters.values - truth)  # patches are matched from poses that a round has mended
    start_shots = [shot_of_unknowns(one, unknowns, k, near) for k, one in enumerate(pictures)]
    ties = ties_between(shots, start_shots, rng, noise * TIE_PX)
    observed = Observations(tuple(pictures), unknowns, limb_equations(pictures, unknowns, truth), ties)
    return Synthetic(unknowns, tuple(pictures), truth, observed)
