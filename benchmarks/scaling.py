"""How the projection's time grows with output pixels and with framelets that see the body."""

import argparse
import time

import numpy as np
from synthetic import Pass, close_pass, paint

from perijove.geometry.grids import equirectangular_grid
from perijove.geometry.projections import MapGrid
from perijove.scene.backplanes import seen_bounds_deg
from perijove.scene.mapping import FrameletPixels, MapOptions, project_to_map

PICTURE_FRAMES = 28
REPEATS = 5


def seconds(picture: Pass, pixels: FrameletPixels, used: np.ndarray, grid: MapGrid, threads: int) -> tuple[float, int]:
    """Shortest wall time of a projection of some framelets, and the ground points it covers."""
    times, covered = [], 0
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = project_to_map(
            picture.shot.chosen(used),
            FrameletPixels(
                pixels.values[used], pixels.sigma[used], pixels.quality[used], pixels.band_of_framelet[used]
            ),
            grid,
            bad_bits=1,
            options=MapOptions(threads=threads),
        )
        times.append(time.perf_counter() - start)
        covered = result.covered
    return min(times), covered


def table(title: str, sizes: list[int], times: list[float], covered: list[int]) -> None:
    """Print times against sizes, and the exponent of growth from one size to the next."""
    print(f"\n{title}\n{'size':>12s} {'covered':>9s} {'seconds':>8s} {'exponent':>9s}")
    for k, (size, elapsed) in enumerate(zip(sizes, times, strict=True)):
        exponent = "" if k == 0 else f"{np.log(elapsed / times[k - 1]) / np.log(size / sizes[k - 1]):9.2f}"
        print(f"{size:12d} {covered[k] / 1e6:7.2f} M {elapsed:8.3f} {exponent}")


def main() -> None:
    """Run both series."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    threads = parser.parse_args().threads
    picture = close_pass(PICTURE_FRAMES)
    pixels = paint(picture)
    bounds = seen_bounds_deg(picture.shot)
    everything = np.arange(len(picture.shot))
    seconds(picture, pixels, everything[:3], equirectangular_grid(*bounds, 50.0), threads)  # compiles

    grids = [equirectangular_grid(*bounds, 4.0 / np.sqrt(2.0) ** k) for k in range(3)]
    results = [seconds(picture, pixels, everything, grid, threads) for grid in grids]
    sizes = [grid.shape[0] * grid.shape[1] for grid in grids]
    table("output pixels (all backplanes)", sizes, [r[0] for r in results], [r[1] for r in results])

    # The middle eight frames see the body; more framelets are the same ones again, so that only their number changes.
    grid = equirectangular_grid(*bounds, 2.0)
    middle = np.flatnonzero(np.abs(picture.shot.frame_of_framelet - 0.5 * (PICTURE_FRAMES - 1)) < 4.0)
    chosen = [np.tile(middle, times) for times in (1, 2, 4)]
    results = [seconds(picture, pixels, used, grid, threads) for used in chosen]
    table(
        "framelets that see the body (2 km map)",
        [len(c) for c in chosen],
        [r[0] for r in results],
        [r[1] for r in results],
    )


if __name__ == "__main__":
    main()
