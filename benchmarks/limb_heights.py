"""Heights and plumes at the limb of simulated pictures, against what was put there.

Run ``python benchmarks/limb_heights.py [--cases N] [--first SEED]``. Each case is a picture from 1,500 to 3,000 km
above Io at a phase of 60 to 110 deg, with three mountains of 3 to 12 km and a plume 100 km high where the camera sees
the sunlit limb, located from its label alone. The plume has 1 % of the limb's brightness; found is what lies within
5 deg of it, false what does not. Mountains are judged by the height of their top; every place of the limb by the
outline that the simulator's ground has there.
"""

import argparse
import tempfile
from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.errors import PerijoveError
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.open import read
from perijove.geometry.ellipsoid import outward_normal, planetocentric_deg, surface_point_km
from perijove.geometry.limb import limb_azimuth_deg, limb_ellipse, passed_ground
from perijove.junocam.limb.fit import camera_of
from perijove.junocam.processing import calibrated_and_located
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.relief.heights import LimbHeights
from perijove.relief.limb_points import limb_points
from perijove.relief.plumes import plume_search
from perijove.relief.settled import MeasuredLimb, measured_limb
from perijove.relief.sky import sky_above_limb
from perijove.simulator.changes import SHAPES, Changes, Mountain, Plume
from perijove.simulator.motion import frame_epochs_tdb, poses
from perijove.simulator.relief_kernel import first_ground, for_rays
from perijove.simulator.scenario import Scenario
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import SimulatedPicture, _camera, simulate
from perijove.simulator.synthetic_io import synthetic_base_map

_NEAR_DEG = 5.0
_APART_DEG = 18.0  # between mountains
_MIN_COSINE = 0.25  # of the Sun's incidence at the limb
_PLUME = 0.003  # radiance factor: a hundredth of a limb of 0.3


@dataclass
class Case:
    """What one picture gave."""

    pulls: np.ndarray  # of all places: measured less true over stated error
    sigma_km: np.ndarray
    tops: list[tuple[float, float, float, bool]]  # true height, measured, error, found
    false_rises: int
    plume: tuple[float, float, float] | None  # its height, brightness over the true one, significance
    false_plumes: int


def limb_places(scenario: Scenario) -> list[tuple[float, np.ndarray]]:
    """Azimuths and places of the sunlit limb that a strip shows well inside, by the true poses."""
    path = poses(scenario, frame_epochs_tdb(scenario))
    middle = path.position_km[len(path.times_tdb) // 2]
    camera = _camera("GREEN", scenario.focal_length_px)
    found = []
    for k, position in enumerate(path.position_km):
        points = limb_ellipse(position, radii_km=RADII).points_km(np.arange(0.0, 360.0, 3.0))
        xy = camera.pixels((points - position) @ path.body_to_camera[k].T)
        normal = outward_normal(points, radii_km=RADII)
        with np.errstate(invalid="ignore"):
            seen = (xy[:, 0] > 60) & (xy[:, 0] < 1590) & (xy[:, 1] > 35) & (xy[:, 1] < 93)
        chosen = points[seen & (normal @ path.sun[k] > _MIN_COSINE)]
        found.extend((float(limb_azimuth_deg(point, middle, radii_km=RADII)), point) for point in chosen)
    return found


def drawn_mountains(scenario: Scenario, rng: np.random.Generator, count: int) -> tuple[Mountain, ...]:
    """Mountains on the limb as it stands when a strip shows them, well apart."""
    chosen: list[tuple[float, Mountain]] = []
    places = limb_places(scenario)
    for index in rng.permutation(len(places)):
        azimuth, point = places[index]
        if all(abs((azimuth - other + 180.0) % 360.0 - 180.0) > _APART_DEG for other, _ in chosen):
            lat, lon = (float(angle) for angle in planetocentric_deg(point))
            shape = SHAPES[int(rng.integers(len(SHAPES)))]
            chosen.append((azimuth, Mountain(lat, lon, rng.uniform(3.0, 12.0), rng.uniform(50.0, 140.0), shape)))
        if len(chosen) == count:
            break
    return tuple(mountain for _, mountain in chosen)


def true_height_km(mountains: np.ndarray, position_km: np.ndarray, foot_km: np.ndarray) -> float:
    """Height of the simulator's outline above a limb point, by bisection of rays."""
    normal = outward_normal(foot_km, radii_km=RADII)
    low, high = -1.0, 20.0
    for _ in range(18):
        middle = 0.5 * (low + high)
        o, u = position_km / RADII, (foot_km + middle * normal - position_km) / RADII
        s = -(o @ u) / (u @ u)
        depth = 1.0 - float(np.sum((o + s * u) ** 2))
        deep = first_ground(mountains, RADII, o, u, depth, s - np.sqrt(max(depth, 0.0) / (u @ u)))[1]
        low, high = (middle, high) if deep > 0.0 else (low, middle)
    return 0.5 * (low + high)


def true_feet(picture: SimulatedPicture, image: CalibratedImage, limb: MeasuredLimb) -> np.ndarray:
    """Ground that each place's edges have below them by the true poses: with the label alone it is tens of km off."""
    heights, location = limb.heights, limb.location
    points = limb_points(image, location)
    before = location.solution.parameters.named(location.solution.values)
    true = camera_of(
        location.shot.with_poses(picture.truth.view), {"focal_length_px": picture.truth.focal_length_px}, before=before
    )
    feet = np.empty((len(points), 3))
    for framelet in np.unique(points.framelet).tolist():
        here = points.framelet == framelet
        rays = true.rays(framelet, points.xy[here])
        feet[here] = passed_ground(true.pose(framelet).position_km, rays, radii_km=RADII).foot_km
    apart = np.abs((points.azimuth_deg - heights.azimuth_deg[:, None] + 180.0) % 360.0 - 180.0)
    near = (apart <= np.maximum(0.6 * heights.place_deg, apart.min(axis=1, keepdims=True))).astype(float)
    mean = near @ feet / near.sum(axis=1, keepdims=True)
    return mean / np.sqrt(np.sum((mean / RADII) ** 2, axis=1, keepdims=True))


def truth_along(
    heights: LimbHeights, feet_km: np.ndarray, mountains: np.ndarray, times: np.ndarray, position_km: np.ndarray
) -> np.ndarray:
    """True outline at each place, at the mean time of its framelets."""
    where = np.stack([np.interp(heights.time_tdb, times, axis) for axis in position_km.T], axis=-1)
    return np.array([true_height_km(mountains, p, f) for p, f in zip(where, feet_km, strict=True)])


def one_case(seed: int, base_map: np.ndarray) -> Case:
    """Simulate, locate and measure one picture."""
    rng = np.random.default_rng([seed, 12])
    scenario = random_scenario(
        seed, range_km=1821.5 + rng.uniform(1500.0, 3000.0), phase_deg=float(rng.uniform(60.0, 110.0))
    )
    mountains = drawn_mountains(scenario, rng, 3)
    spot = drawn_mountains(scenario, rng, 1)[0]
    plume = Plume(
        spot.lat_deg, spot.lon_east_deg, 100.0, 120.0, dict.fromkeys(("METHANE", "BLUE", "GREEN", "RED"), _PLUME)
    )
    picture = simulate(scenario, base_map, seed=seed, changes=Changes(mountains=mountains, plumes=(plume,)))
    with tempfile.TemporaryDirectory() as folder:
        raw = read(write_product(picture, folder)[0])
    image, location = calibrated_and_located(raw)
    limb = measured_limb(image, location)
    heights, found = limb.heights, limb.rises
    rays = for_rays(Changes(mountains=mountains).relief("GREEN").mountains, RADII)
    feet = true_feet(picture, image, limb)
    true = truth_along(heights, feet, rays, picture.truth.poses.times_tdb, picture.truth.poses.position_km)
    pulls = (heights.height_km - true) / heights.sigma_km
    tops, used = [], set()
    for mountain in mountains:
        middle = rays[mountains.index(mountain), :3]
        away = np.degrees(np.arccos(np.clip(feet @ middle / np.linalg.norm(feet, axis=1), -1.0, 1.0)))
        if away.min() > 0.5:  # degree: the limb was measured there at all
            continue
        best = None
        for number, rise in enumerate(found):
            between = (heights.azimuth_deg - heights.azimuth_deg[rise.first]) % 360.0
            span = (heights.azimuth_deg[rise.last] - heights.azimuth_deg[rise.first]) % 360.0
            if between[int(np.argmin(away))] <= span + 1e-9:
                best = rise
                used.add(number)
        if best is None:
            tops.append((mountain.height_km, np.nan, np.nan, False))
        else:
            tops.append((mountain.height_km, best.height_km, best.sigma_km, True))
    false = sum(1 for n, rise in enumerate(found) if n not in used and true[rise.top] < 0.5)
    shot = limb.location.shot
    pose = shot.view.pose(shot.middle_frame)
    search = plume_search(
        sky_above_limb(image, limb.location), position_km=pose.position_km, sun=pose.sun, radii_km=shot.radii_km
    )
    where = float(
        limb_azimuth_deg(
            surface_point_km(spot.lat_deg, spot.lon_east_deg, RADII), pose.position_km, radii_km=shot.radii_km
        )
    )
    near = [p for p in search.plumes if abs((p.azimuth_deg - where + 180.0) % 360.0 - 180.0) < _NEAR_DEG]
    seen = (near[0].height_km, near[0].brightness / _PLUME, near[0].significance) if near else None
    return Case(pulls, heights.sigma_km, tops, false, seen, len(search.plumes) - len(near))


def main() -> None:
    """Run the cases and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--first", type=int, default=1000)
    asked = parser.parse_args()
    base_map = synthetic_base_map(5760)
    cases: list[Case] = []
    for seed in range(asked.first, asked.first + asked.cases):
        try:
            case = one_case(seed, base_map)
        except PerijoveError as error:
            print(f"{seed}: {error}")
            continue
        cases.append(case)
        tops = "; ".join(f"{t:.2f}: {m:.2f} ± {s:.2f}" for t, m, s, _ in case.tops)
        inside = np.mean(np.abs(case.pulls) < 1.0)
        print(
            f"{seed}: {len(case.pulls)} places, sigma {np.median(case.sigma_km):.2f} km, inside 1 sigma {inside:.0%}, "
            f"false {case.false_rises}; {tops}; plume {case.plume and np.round(case.plume, 2)}, "
            f"false {case.false_plumes}",
            flush=True,
        )
    pulls = np.concatenate([case.pulls for case in cases])
    sigma = np.concatenate([case.sigma_km for case in cases])
    tops = np.array([top[:3] for case in cases for top in case.tops])
    off = np.abs(tops[:, 1] - tops[:, 0]) / tops[:, 2]
    print(f"{len(cases)} pictures, {len(pulls)} places: inside 1, 2, 3 sigma", end=" ")
    print(", ".join(f"{np.mean(np.abs(pulls) < k):.1%}" for k in (1, 2, 3)), end="; ")
    print(f"sigma median {np.median(sigma):.3f}, 90 % below {np.percentile(sigma, 90):.3f} km")
    print(f"{len(tops)} mountains: {np.mean(np.isfinite(off)):.0%} found, inside 1, 2 sigma", end=" ")
    print(", ".join(f"{np.mean(off < k):.0%}" for k in (1, 2)), end="; ")
    difference = tops[:, 1] - tops[:, 0]
    print(
        f"measured less true: mean {np.nanmean(difference):+.2f}, rms {np.sqrt(np.nanmean(difference**2)):.2f} km",
        end="; ",
    )
    print(f"sigma {np.nanmedian(tops[:, 2]):.2f}; {sum(case.false_rises for case in cases)} false rises")
    seen = np.array([case.plume for case in cases if case.plume is not None])
    print(f"plume found in {len(seen)} of {len(cases)}, {sum(case.false_plumes for case in cases)} false", end="; ")
    print(f"height {seen[:, 0].mean():.0f} ± {seen[:, 0].std():.0f} km, brightness {seen[:, 1].mean():.2f} of it")


if __name__ == "__main__":
    main()
