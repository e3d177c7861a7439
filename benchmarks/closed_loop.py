"""Closed loop: simulated pictures through the whole chain, compared with what was simulated.

Run ``python benchmarks/closed_loop.py [N [FIRST]] [--tilt DEG]``. Each of N pictures (30 by default; ranges 3,320 to
100,000 km, phase 20 to 150 deg, spin 11.6 to 12.1 deg/s, start offset within 20 ms) is processed in three ways: from
the label alone, from the label with a base map, and with the simulated SPICE kernels. ``--tilt`` leans the spin axis at
random by so much, one sigma along each of two directions; the label way allows for 0.3 deg. Without it the axis stands
exactly where the label way takes it to be.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.ephemeris.spice.kernels import Kernels
from perijove.errors import PerijoveError
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.base_map import BaseMap
from perijove.formats.image import SourceFile
from perijove.formats.open import read
from perijove.geometry.ellipsoid import first_intersection_km, outward_normal
from perijove.junocam.limb.fit import camera_of
from perijove.junocam.locate import Location
from perijove.junocam.map_grid import Options
from perijove.junocam.processing import Processed, calibrated_and_located, mapped_and_registered
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.simulator.scenarios import random_scenario
from perijove.simulator.simulation import SimulatedPicture, simulate
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.simulator.written_kernels import write_kernels

_OVERSAMPLING = 1.5  # map pixels per picture pixel, as `perijove process` chooses them
_MAX_EMISSION_DEG = 65.0


@dataclass
class Score:
    """What one run of one picture gave."""

    center_px: np.ndarray
    spin_in_sigmas: float
    offset_in_sigmas: float
    map_px: float
    limb_rms_px: float
    seconds: float


def _center_errors_px(location: Location, picture: SimulatedPicture) -> np.ndarray:
    """Disc centre, fitted less true, in framelets that hold it."""
    errors = []
    for index, camera in enumerate(location.cameras):
        k = int(location.frame_of_framelet[index])
        centre = -(location.view.body_to_camera[k] @ location.view.position_km[k])
        xy = camera.pixels(centre[None, :])[0]
        true = picture.truth.disc_center_px[index]
        if location.in_view[index] and np.isfinite(true).all() and camera.contains(true):
            errors.append(np.hypot(*(xy - true)))
    return np.array(errors)


def _map_error_px(location: Location, picture: SimulatedPicture) -> float:
    """Root mean square displacement of ground points, in map pixels."""
    true, fitted = picture.truth.view, location.view
    errors = []
    found = location.solution.parameters.named(location.solution.values)
    simulated = camera_of(location.shot, {"focal_length_px": picture.truth.focal_length_px}, before=found)
    true_cameras = {camera.name: camera for camera in simulated.cameras}
    grid = np.stack(np.meshgrid(np.arange(40.0, 1620.0, 8.0), np.arange(6.0, 124.0, 8.0)), axis=-1).reshape(-1, 2)
    for index in np.flatnonzero(location.in_view):
        k, camera = int(location.frame_of_framelet[index]), location.cameras[index]
        if np.linalg.norm(true.position_km[k]) > 40000.0:
            x = picture.truth.disc_center_px[index][0]
            near = np.stack(np.meshgrid(np.arange(-80, 81, 4.0) + x, np.arange(2.0, 126.0, 4.0)), axis=-1)
            points = near.reshape(-1, 2)
        else:
            points = grid
        ground = [
            first_intersection_km(v.position_km[k], c.rays(points) @ v.body_to_camera[k], radii_km=RADII)
            for v, c in ((true, true_cameras[camera.name]), (fitted, camera))
        ]
        sight = true.position_km[k] - ground[0]
        cosine = np.sum(outward_normal(ground[0], radii_km=RADII) * sight, axis=1) / np.linalg.norm(sight, axis=1)
        steep = cosine > np.cos(np.radians(_MAX_EMISSION_DEG))
        pixel_km = np.linalg.norm(sight, axis=1) / camera.focal_length_px / _OVERSAMPLING
        errors.append((np.linalg.norm(ground[1] - ground[0], axis=1) / pixel_km)[steep & np.isfinite(ground[1][:, 0])])
    every = np.concatenate(errors) if errors else np.array([np.nan])
    return float(np.sqrt(np.mean(every**2))) if len(every) else float("nan")


def _score(location: Location, picture: SimulatedPicture, seconds: float) -> Score:
    solution, truth = location.solution, picture.truth
    spin = offset = float("nan")
    if "spin_deg_s" in solution:
        value, sigma = solution["spin_deg_s"]
        spin = (value - truth.spin_deg_s) / sigma
    else:
        value, sigma = solution["start_offset_s"]
        offset = (value - truth.start_offset_s) / sigma
    rms = solution.rms_px
    return Score(_center_errors_px(location, picture), spin, offset, _map_error_px(location, picture), rms, seconds)


def _brightness(image: CalibratedImage, location: Location, picture: SimulatedPicture) -> tuple[float, float, float]:
    """Median of I/F over truth, and the share of good pixels within 3 % + 2 sigma, and within 2 sigma."""
    seen = location.in_view
    true = picture.truth.radiance_factor[seen]
    value, sigma, good = image.radiance_factor[seen], image.sigma[seen], image.usable[seen] & (true > 0.03)
    difference = np.abs(value - true)[good]
    if not good.any():
        return np.nan, np.nan, np.nan
    return (
        float(np.median(value[good] / true[good])),
        float(np.mean(difference < 2.0 * sigma[good])),
        float(np.mean(difference < sigma[good])),
    )


def _roll(done: Processed) -> str:
    """What the base map said of the roll."""
    if done.control is not None:
        c = done.control
        return f"base map {c.tiles}/{c.tiles_compared} patches, roll {c.roll_deg:+.3f} +- {c.roll_sigma_deg:.3f} deg"
    return "-"


def main() -> None:
    """Print a line a picture, then the bars."""
    parser = argparse.ArgumentParser(description="Closed loop on simulated pictures.")
    parser.add_argument("count", type=int, nargs="?", default=30)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("--tilt", type=float, default=0.0, metavar="DEG")
    chosen = parser.parse_args()
    base_map = synthetic_base_map()
    runs: dict[str, list[Score]] = {"label": [], "base map": [], "kernels": []}
    reference = BaseMap(base_map[..., ::-1].astype(np.float32), 0.0, SourceFile("simulated", ""))
    light = []
    failures = []
    for seed in range(chosen.first, chosen.first + chosen.count):
        lean = chosen.tilt * np.random.default_rng(seed).standard_normal(2)
        scenario = replace(random_scenario(seed), axis_tilt_deg=(float(lean[0]), float(lean[1])))
        picture = simulate(scenario, base_map, seed=seed)
        with tempfile.TemporaryDirectory() as folder:
            raw_path = write_product(picture, folder)[0]
            write_kernels(picture, Path(folder) / "kernels")
            raw = read(raw_path)
            for way, scores in runs.items():
                started = time.perf_counter()
                try:
                    axis = None if scenario.spin_axis is None or way == "kernels" else np.array(scenario.spin_axis)
                    kernels = Kernels(Path(folder) / "kernels") if way == "kernels" else None
                    done = mapped_and_registered(
                        *calibrated_and_located(raw, kernels=kernels, spin_axis=axis),
                        options=Options(apply_shift=way == "base map"),
                        base_map=reference if way == "base map" else None,
                    )
                    image, location = done.image, done.location
                except PerijoveError as error:
                    failures.append((seed, way, str(error)))
                    print(f"{seed:3d} {way:8s} {type(error).__name__}: {error}")
                    continue
                score = _score(location, picture, time.perf_counter() - started)
                scores.append(score)
                if way == "kernels":
                    light.append(_brightness(image, location, picture))
                distance = float(np.linalg.norm(picture.truth.poses.position_km, axis=1).min())
                worst = score.center_px.max() if len(score.center_px) else np.nan
                print(
                    f"{seed:3d} {way:9s} {distance:7.0f} km, centre {worst:5.3f} px, "
                    f"spin {score.spin_in_sigmas:+5.2f} sigma, offset {score.offset_in_sigmas:+5.2f} sigma, "
                    f"map {score.map_px:5.3f} px, limb {score.limb_rms_px:5.3f} px, "
                    f"{int(location.solution.kept.sum()):4d} points, "
                    f"{_roll(done)}, {score.seconds:4.1f} s",
                    flush=True,
                )
    for way, scores in runs.items():
        if not scores:
            continue
        center = np.concatenate([s.center_px for s in scores])
        print(f"{way}: centre median {np.median(center):.3f} px, max {center.max():.3f} px ({len(center)} framelets)")
        pull = np.array([s.offset_in_sigmas if way == "kernels" else s.spin_in_sigmas for s in scores])
        print(f"  {'start offset' if way == 'kernels' else 'spin'} within 3 sigma: {np.mean(np.abs(pull) < 3):.3f}")
        maps = np.array([s.map_px for s in scores])
        print(f"  map position rms: median {np.nanmedian(maps):.3f}, max {np.nanmax(maps):.3f} map px")
    ratio = np.array(light)
    ratio = ratio[np.isfinite(ratio[:, 0])]  # night-side pictures have no good pixels
    print(
        f"I/F over truth, medians {ratio[:, 0].min():.4f} to {ratio[:, 0].max():.4f}; "
        f"within 2 sigma {ratio[:, 1].mean():.3f}, within 1 sigma {ratio[:, 2].mean():.3f}"
    )
    print(f"failures: {len(failures)}")


if __name__ == "__main__":
    main()
