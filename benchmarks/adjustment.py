"""Joint adjustment in closed loop: seven simulated pictures each of perijoves 57 and 58, against what was simulated.

Run ``python benchmarks/adjustment.py [--seed N] [--draws N] [--solution NAME] [--basemap] [--passes 57 58]
[--pictures N]``. In each draw Juno's path lies off the built-in pass by as much as that is doubted, by its covariance
where a solution is named; the spin axis leans from the Earth; spin, focal length, start offsets, ground and noise are
drawn too. No kernels. ``--basemap`` adds the map that was simulated. Truth is the simulator's own record, with
aberration taken off each ray as it does; ground, light and detector are its own too. A draw takes some 100 s of
processor time. Passes of one draw are tied to each other and turn together: they are one case, not two.
"""

import argparse
import datetime as dt
import tempfile
import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from perijove.adjustment.adjust import adjust
from perijove.bodies.juno import JUNOCAM
from perijove.ephemeris.juno_path import FreePath
from perijove.ephemeris.solutions import SOLUTIONS
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.sun import earth_direction
from perijove.errors import PerijoveError
from perijove.export.controls.record import control_lines
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.formats.open import read
from perijove.geometry.ellipsoid import first_intersection_km, outward_normal
from perijove.junocam.ground_error import GroundErrors
from perijove.junocam.limb.fit import LIMB_OUT, LIMB_ROWS, camera_of
from perijove.junocam.locate import Location
from perijove.junocam.orientation import AXIS_TILT_SIGMA_DEG, PASS_VELOCITY_SIGMA_KM_S, PRIOR
from perijove.junocam.processing import calibrated_and_located
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.scene.shot import Shot
from perijove.simulator.motion import Poses
from perijove.simulator.scenario import Scenario
from perijove.simulator.scenarios import frames_for
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.timescales import tdb_to_utc, utc_to_tdb

_DELAY_S = 0.371
_LATTICE_PX = 10.0
_MAX_INCIDENCE_DEG, _MAX_EMISSION_DEG = 78.0, 65.0
_LEAST_COMMON = 4  # places for a pair to count
_VELOCITY_SIGMA_KM_S = PASS_VELOCITY_SIGMA_KM_S
_CLOSEST_UTC = {57: "2023-12-30T08:36:01", 58: "2024-02-03T17:48:35"}
# Seconds from closest approach: three inbound, one or none near it, where Io is lit and in the camera's plane, the rest
# outbound.
_TIMES_S = {
    57: (-1200.0, -800.0, -450.0, 100.0, 200.0, 400.0, 800.0),
    58: (-1200.0, -900.0, 130.0, 190.0, 280.0, 450.0, 800.0),
}


def pass_scenarios(
    perijove: int, rng: np.random.Generator, *, focal_length_px: float, count: int, solution: str | None = None
) -> list[Scenario]:
    """Pictures of a pass; Juno's path, spin and axis are drawn once for all of them."""
    closest = float(utc_to_tdb(_CLOSEST_UTC[perijove]))
    start = EMBEDDED.state("JUNO", closest, center="JUPITER")
    ephemeris = (PRIOR if solution is None else SOLUTIONS[solution]).ephemeris
    covariance = ephemeris.position_covariance_km2("JUNO", closest, center="IO")
    if solution is None:
        covariance = float(np.trace(covariance)) * np.eye(3)  # as the label's way takes it
    displaced = np.linalg.cholesky(covariance) @ rng.normal(0.0, 1.0, 3)
    off = np.concatenate([displaced, rng.normal(0.0, _VELOCITY_SIGMA_KM_S, 3)])
    path = FreePath(np.stack([start, start + off]), epoch_tdb=closest)
    spin = rng.normal(JUNOCAM.spin_deg_s, JUNOCAM.spin_sigma_deg_s)
    axis = np.asarray(earth_direction(closest)) + np.radians(AXIS_TILT_SIGMA_DEG) * rng.normal(0.0, 1.0, 3)
    axis /= np.linalg.norm(axis)
    scenarios = []
    for number, after_s in enumerate(_TIMES_S[perijove][:count], start=1):
        epoch = closest + after_s
        both = path.states(epoch)
        state = ephemeris.state("JUNO", epoch, center="IO") + both[1] - both[0]
        step = _DELAY_S + JUNOCAM.interframe_delta_s
        frames = frames_for(
            float(np.linalg.norm(state[:3])), radius_km=1830.0, spin_deg_s=spin, frame_step_s=step, spare=5
        )
        begun = tdb_to_utc(epoch - JUNOCAM.start_time_bias_s - 0.5 * (frames - 1) * step, digits=3)
        scenarios.append(
            Scenario(
                product_id=f"JNCE_{dt.datetime.fromisoformat(str(begun)):%Y%j}_{perijove}C{90000 + number}_V01",
                start_utc=str(begun),
                epoch_utc=str(tdb_to_utc(epoch, digits=9)),
                position_km=tuple(state[:3].tolist()),
                velocity_km_s=tuple(state[3:].tolist()),
                frames=frames,
                interframe_delay_s=_DELAY_S,
                orbit=perijove,
                start_offset_s=float(rng.normal(0.0, JUNOCAM.start_time_jitter_s)),
                spin_deg_s=float(spin),
                spin_axis=tuple(axis.tolist()),
                focal_length_px=focal_length_px,
            )
        )
    return scenarios


@dataclass(frozen=True)
class _Case:
    """A simulated picture that was located, with what is true of it: cameras, and poses without aberration."""

    image: CalibratedImage
    location: Location
    true: Shot
    poses: Poses

    def ground_km(self, framelet: int, xy: np.ndarray) -> np.ndarray:
        """Ground that pixels show, shape (n, 3)."""
        k = self.true.frame_of_framelet[framelet]
        sight = self.true.cameras[framelet].rays(xy) @ self.poses.body_to_camera[k] - self.poses.velocity_over_c[k]
        return first_intersection_km(self.poses.position_km[k], sight, radii_km=self.true.radii_km)

    def xy(self, framelet: int, point_km: np.ndarray) -> np.ndarray:
        """Pixels that show ground, shape (n, 2)."""
        k = self.true.frame_of_framelet[framelet]
        sight = point_km - self.poses.position_km[k]
        seen = sight / np.linalg.norm(sight, axis=1, keepdims=True) + self.poses.velocity_over_c[k]
        return self.true.cameras[framelet].pixels(seen @ self.poses.body_to_camera[k].T)


def _located(scenario: Scenario, io_map: np.ndarray, seed: int, folder: Path, solution: str | None) -> _Case | None:
    """Simulate, write, read, calibrate and locate; None where it cannot be located, which is said."""
    picture = simulate(scenario, io_map, seed=seed)
    try:
        image, location = calibrated_and_located(read(write_product(picture, folder)[0]), solution=solution)
    except PerijoveError as error:
        print(f"left out: {error}", flush=True)
        return None
    found = location.solution.parameters.named(location.solution.values)
    camera = {"focal_length_px": picture.truth.focal_length_px}
    true = camera_of(location.shot.with_poses(picture.truth.view), camera, before=found)
    return _Case(image, location, true, picture.truth.poses)


def _ground(case: _Case, framelet: int) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of a framelet on a lattice, and the ground that they show lit and less than 65 deg obliquely."""
    shot, pose = case.true, case.true.pose(framelet)
    lattice = np.meshgrid(np.arange(30.0, 1620.0, _LATTICE_PX), np.arange(6.0, 124.0, _LATTICE_PX))
    xy = np.stack(lattice, axis=-1).reshape(-1, 2)
    point = case.ground_km(framelet, xy)
    normal, sight = outward_normal(point, radii_km=shot.radii_km), pose.position_km - point
    with np.errstate(invalid="ignore"):
        good = normal @ pose.sun > np.cos(np.radians(_MAX_INCIDENCE_DEG))
        good &= np.sum(normal * sight, axis=1) > np.cos(np.radians(_MAX_EMISSION_DEG)) * np.linalg.norm(sight, axis=1)
    return xy[good], point[good]


def _map_errors(case: _Case, location: Location) -> tuple[np.ndarray, np.ndarray]:
    """Displacement of ground east and north, km, and the same in stated standard errors, shape (n, 2) both."""
    errors, off, pulls = GroundErrors(location), [np.empty((0, 2))], [np.empty((0, 2))]
    for framelet in np.flatnonzero(location.in_view).tolist():
        xy, point = _ground(case, framelet)
        moved = location.shot.ground(framelet, xy).point_km - point
        up = outward_normal(point, radii_km=location.shot.radii_km)
        east = np.cross([0.0, 0.0, 1.0], up)
        east /= np.linalg.norm(east, axis=1, keepdims=True)
        both = np.stack([np.sum(moved * east, axis=1), np.sum(moved * np.cross(up, east), axis=1)], axis=1)
        variance = np.diagonal(errors.covariance_km2(framelet, xy), axis1=-2, axis2=-1)
        fine = np.isfinite(both).all(axis=1) & np.isfinite(variance).all(axis=1)
        off.append(both[fine])
        pulls.append(both[fine] / np.sqrt(variance[fine]))
    return np.concatenate(off), np.concatenate(pulls)


def _apart_px(coarse: tuple[_Case, Location], fine: tuple[_Case, Location]) -> np.ndarray:
    """How far two pictures lie off each other on ground that both show in GREEN, pixels of the coarser, shape (n,)."""
    (case, mine), (other, theirs) = coarse, fine
    apart = [np.empty(0)]
    greens = [i for i in np.flatnonzero(theirs.in_view).tolist() if theirs.cameras[i].name == "GREEN"]
    for framelet in np.flatnonzero(mine.in_view).tolist():
        if mine.cameras[framelet].name != "GREEN":
            continue
        xy, point = _ground(case, framelet)
        left = np.ones(len(xy), dtype=bool)
        for index in greens:
            there = other.xy(index, point)
            normal, sight = (
                outward_normal(point, radii_km=mine.shot.radii_km),
                other.true.pose(index).position_km - point,
            )
            with np.errstate(invalid="ignore"):
                steep = np.sum(normal * sight, axis=1) > 0.4 * np.linalg.norm(sight, axis=1)
                here = np.flatnonzero(left & steep & theirs.cameras[index].contains(there, margin_px=4.0))
            left[here] = False
            by_mine = mine.shot.xy(framelet, mine.shot.ground(framelet, xy[here]).point_km)
            by_theirs = mine.shot.xy(framelet, theirs.shot.ground(index, there[here]).point_km)
            apart.append(np.linalg.norm(by_mine - by_theirs, axis=1))
    every = np.concatenate(apart)
    return every[np.isfinite(every)]


@dataclass
class _Score:
    """What all draws gave."""

    ground_km: list[float]
    ground_px: list[float]
    stated_km: list[float]
    inside: list[np.ndarray]
    apart: list[tuple[float, float]]
    busy_s: list[float]


def _draw(asked: argparse.Namespace, seed: int, score: _Score) -> None:
    """One draw of all passes: simulated, adjusted, compared."""
    rng = np.random.default_rng([seed, 12])
    focal = float(rng.normal(JUNOCAM.flight_focal_length_px, JUNOCAM.flight_focal_length_sigma_px))
    io_map = synthetic_base_map(seed=1978 + seed)
    held = []
    with tempfile.TemporaryDirectory() as folder:
        for perijove in asked.passes:
            of_pass = np.random.default_rng([seed, 12, perijove])
            drawn = pass_scenarios(
                perijove, of_pass, focal_length_px=focal, count=asked.pictures, solution=asked.solution
            )
            for k, scenario in enumerate(drawn):
                case = _located(scenario, io_map, 100 * seed + 10 * perijove + k, Path(folder), asked.solution)
                held += [case] if case is not None else []
    base_map = BaseMap(np.ascontiguousarray(io_map[..., ::-1]), 0.0, SourceFile("simulated", ""))
    started, used = time.perf_counter(), time.process_time()
    found = adjust(((c.image, c.location) for c in held), base_map=base_map if asked.basemap else None)
    took, busy = time.perf_counter() - started, time.process_time() - used
    score.busy_s.append(busy)
    print(f"draw {seed}: adjusted {len(held)} pictures in {took:.1f} s, {busy:.1f} s of processor time")
    if asked.draws == 1:
        print("\n".join(control_lines(found)))
    (focal_px, sigma_px), (out_px, out_sigma_px) = found["focal_length_px"], found[LIMB_OUT]
    print(
        f"  focal length {focal_px:.2f} +- {sigma_px:.2f} px, true {focal:.2f}; edges {out_px:.3f} +- "
        f"{out_sigma_px:.3f} px too far out, across the rows {found[LIMB_ROWS][0]:+.3f} +- {found[LIMB_ROWS][1]:.3f}"
    )
    pairs = list(zip(held, found.locations, strict=True))
    inside = []
    for (case, location), picture in zip(pairs, found.pictures, strict=True):
        off, pulls = _map_errors(case, location)
        if not len(off):
            continue
        rms = float(np.sqrt(np.mean(np.sum(off**2, axis=1))))
        stated = float(np.sqrt(np.mean(np.sum((off / pulls) ** 2, axis=1))))
        inside.append([np.mean(np.abs(pulls) < 1.0), np.mean(np.abs(pulls) < 2.0)])
        score.ground_km.append(rms)
        score.ground_px.append(rms / picture.pixel_km)
        score.stated_km.append(stated)
        print(
            f"  {picture.product_id}: ground off by {rms:.2f} km rms, {stated:.2f} stated; "
            f"{rms / picture.pixel_km:.2f} px; inside 1 and 2 stated errors {inside[-1][0]:.0%} {inside[-1][1]:.0%}"
        )
    score.inside.append(np.mean(inside, axis=0))
    rows = []
    for (a, pa), (b, pb) in combinations(zip(pairs, found.pictures, strict=True), 2):
        coarse, fine = (a, b) if pa.pixel_km >= pb.pixel_km else (b, a)
        apart = _apart_px(coarse, fine)
        if len(apart) >= _LEAST_COMMON:
            rows.append((float(np.sqrt(np.mean(apart**2))), float(apart.max())))
    score.apart += rows
    print(
        f"  all pictures inside 1 and 2 stated errors: {score.inside[-1][0]:.0%} {score.inside[-1][1]:.0%}", flush=True
    )


def main() -> None:
    """Draw, adjust, compare, and hold against the bars."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--solution", choices=sorted(SOLUTIONS))
    parser.add_argument("--basemap", action="store_true")
    parser.add_argument("--passes", type=int, nargs="+", default=[57, 58], choices=sorted(_TIMES_S))
    parser.add_argument("--pictures", type=int, default=7)
    asked = parser.parse_args()
    score = _Score([], [], [], [], [], [])
    for seed in range(asked.seed, asked.seed + asked.draws):
        _draw(asked, seed, score)
    km, px, stated = (np.array(some) for some in (score.ground_km, score.ground_px, score.stated_km))
    shares = np.array(score.inside)
    error = np.std(shares, axis=0, ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else np.full(2, np.nan)
    bar = "0.5 px" if asked.basemap else "2 km"
    print(f"bars, {asked.draws} draws")
    print(
        f"  ground (<= {bar}): median picture {np.median(km):.2f} km, {np.median(px):.2f} px; worst {km.max():.2f} km, "
        f"{px.max():.2f} px; rms {np.sqrt(np.mean(km**2)):.2f} km, stated {np.sqrt(np.mean(stated**2)):.2f} km"
    )
    print(
        f"  inside 1 stated error (64 to 72 %): {shares[:, 0].mean():.0%} +- {error[0]:.0%}; inside 2 (95 %): "
        f"{shares[:, 1].mean():.0%} +- {error[1]:.0%}"
    )
    if score.apart:
        rms, most = np.array(score.apart).T
        print(
            f"  against each other, {len(rms)} pairs, px of the coarser: rms median {np.median(rms):.3f}, "
            f"75 % (<= 0.15) {np.quantile(rms, 0.75):.3f}, worst {rms.max():.3f}; "
            f"largest anywhere (<= 0.5) {most.max():.3f}"
        )
    print(f"  adjustment (<= 60 s): {np.median(score.busy_s):.0f} s of processor time")


if __name__ == "__main__":
    main()
