"""Perijove's projection side by side with its peers, in one run.

One picture of a synthetic close pass (84 framelets, three bands). All speeds are millions of covered ground
points per second; bars are ratios within the run, so a busy machine moves both sides.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from peer_spice import sincpt_speed, spice_pass
from synthetic import Pass, close_pass, paint

from perijove.bodies.galilean import BODIES
from perijove.geometry.grids import equirectangular_grid, orthographic_grid
from perijove.geometry.projections import MapGrid
from perijove.scene.backplanes import framelet_backplanes, framelet_ground_km, seen_bounds_deg
from perijove.scene.mapping import FrameletPixels, MapOptions, MapResult, project_to_map

IO = BODIES["IO"]
RADII = IO.radii_km


def best_of(repeats: int, job: Callable[[], object]) -> float:
    """Shortest wall time of a few repeats, seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return min(times)


def project(
    picture: Pass, pixels: FrameletPixels, grid: MapGrid, options: MapOptions, bands: np.ndarray | None = None
) -> MapResult:
    """One whole projection."""
    if bands is not None:
        pixels = replace(pixels, band_of_framelet=bands)
    return project_to_map(picture.shot, pixels, grid, bad_bits=1, options=options)


def remap_coordinates(picture: Pass, pixels: FrameletPixels, grid: MapGrid) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each band, where in the stack of framelets each ground point is seen best (-1 where it is not)."""
    result = []
    for band in range(3):
        only = np.where(picture.bands == band, 0, -1)
        frame = project(picture, pixels, grid, MapOptions(), only).backplanes["frame"]
        x, y = np.full(grid.shape, -1.0, np.float32), np.full(grid.shape, -1.0, np.float32)
        for k in np.flatnonzero(only == 0):
            rows, cols = np.nonzero(np.rint(frame - 1.0) == picture.shot.frame_of_framelet[k])
            xy = picture.shot.xy(int(k), grid.ground_km(rows, cols, radii_km=RADII))
            x[rows, cols], y[rows, cols] = xy[:, 0] - 0.5, xy[:, 1] - 0.5 + 128 * k
        result.append((x, y))
    return result


def remap_speed(
    coordinates: list[tuple[np.ndarray, np.ndarray]], stack: np.ndarray, interpolation: int, covered: int
) -> float:
    """Covered ground points per second of OpenCV's remap of three bands with ready coordinates."""
    seconds = best_of(3, lambda: [cv2.remap(stack, x, y, interpolation) for x, y in coordinates])
    return covered / seconds


def main() -> None:
    """Run all and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1, help="for Perijove and OpenCV alike")
    threads = parser.parse_args().threads
    cv2.setNumThreads(threads)
    picture = close_pass()
    pixels = paint(picture)
    stack = pixels.values.reshape(-1, pixels.values.shape[2])
    stack8 = np.clip(stack * 255.0, 0.0, 255.0).astype(np.uint8)
    with spice_pass(picture):
        sincpt, gap = sincpt_speed(picture)
    print(f"SPICE sincpt: {sincpt / 1e6:.4f} M points/s; Perijove agrees to {gap:.1e} km")

    bounds = seen_bounds_deg(picture.shot)
    start = time.perf_counter()
    project(picture, pixels, equirectangular_grid(*bounds, 40.0), MapOptions(threads=threads))
    print(f"first call of the projection (compiles or loads its cache): {time.perf_counter() - start:.1f} s")
    sub = np.degrees(np.arctan2(0.82, np.hypot(0.35, 0.45))), np.degrees(np.arctan2(0.45, 0.35))
    grids = {
        "equirectangular 4 km": equirectangular_grid(*bounds, 4.0),
        "equirectangular 2 km": equirectangular_grid(*bounds, 2.0),
        "equirectangular 1.4 km": equirectangular_grid(*bounds, 1.4),
        "orthographic 1 km": orthographic_grid(*sub, 1.0, half_width_km=1450.0),
    }
    print(f"\nwhole projection, 3 bands, {len(picture.shot)} framelets, {threads} thread(s)")
    print(
        "map                      covered       s  M/s  x sincpt | remap f32 cubic: M/s  ratio | u8 linear: M/s  ratio"
    )
    for name, grid in grids.items():
        options = MapOptions(threads=threads, backplanes=False)
        covered = project(picture, pixels, grid, options).covered
        seconds = best_of(3, lambda grid=grid, options=options: project(picture, pixels, grid, options))
        speed = covered / seconds
        coordinates = remap_coordinates(picture, pixels, grid)
        cubic = remap_speed(coordinates, stack, cv2.INTER_CUBIC, covered)
        linear = remap_speed(coordinates, stack8, cv2.INTER_LINEAR, covered)
        print(
            f"{name:24s} {covered / 1e6:6.2f} M {seconds:5.2f} {speed / 1e6:4.1f} {speed / sincpt:9.0f} |"
            f" {cubic / 1e6:20.1f} {speed / cubic:6.2f} | {linear / 1e6:20.1f} {speed / linear:6.2f}"
        )
    planes = best_of(3, lambda: project(picture, pixels, grids["equirectangular 2 km"], MapOptions(threads=threads)))
    print(f"with all backplanes, equirectangular 2 km: {planes:.2f} s")

    print("\nforward geolocation of one framelet, one thread")
    camera = picture.shot.cameras[40]
    n = camera.rows * camera.columns
    for name, job in (("ground points", framelet_ground_km), ("all backplanes", framelet_backplanes)):
        job(picture.shot, 40)
        speed = n / best_of(7, lambda job=job: job(picture.shot, 40))
        print(f"{name:24s} {speed / 1e6:6.1f} M pixels/s = {speed / sincpt:.0f} x sincpt")


if __name__ == "__main__":
    main()
