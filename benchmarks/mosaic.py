"""A mosaic of the simulated pass of perijove 57: speed beside SPICE, memory, seams, how flat a uniform body comes out.

The six pictures are simulated, located one by one, and blended. Speeds are covered ground points per second of
processor time (so that other programs on the machine do not count), from framelets to files.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from peer_spice import sincpt_speed, spice_pass
from perijove.export.simulated_picture import write_product
from synthetic import close_pass

from perijove.formats.open import read
from perijove.geometry.grids import global_equirectangular
from perijove.junocam.processing import calibrated_and_located
from perijove.mosaic.choices import MosaicOptions
from perijove.mosaic.levelling import fitted_levels
from perijove.mosaic.tiles import PLANES, TILE, Levels, Pieces, blended, job_of
from perijove.mosaics import Contribution, Mosaic, contribution_of
from perijove.simulator.scenarios import perijove_57_scenarios
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map

_CELL_PX, _CHECK_KM = 16, 6.0  # means over some 100 km
_MOST_DEG = 75.0
_MID_TONES = (0.3, 0.7)  # quantiles of brightness


def pictures_of(base_map: np.ndarray, *, jupiter: bool = True) -> list[Contribution]:
    """The pass over a map, simulated, read back and located."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        for seed, scenario in enumerate(perijove_57_scenarios()):
            surface = scenario.surface
            if not jupiter:
                surface = replace(surface, jupiter_albedo=dict.fromkeys(surface.jupiter_albedo, 0.0))
            picture = simulate(replace(scenario, surface=surface), base_map, seed=seed, surface="benchmark")
            paths = write_product(picture, Path(folder), overwrite=True, truth=False, command=None)
            raw = read(next(path for path in paths if path.suffix == ".png"))
            made.append(contribution_of(*calibrated_and_located(raw)))
    return made


def whole(pictures: list[Contribution], levels: Levels) -> tuple[np.ndarray, np.ndarray]:
    """Brightness and planes of a coarse mosaic."""
    grid = global_equirectangular(_CHECK_KM)
    job = job_of([picture.look for picture in pictures], grid, levels=levels)
    values = np.full((3, *grid.shape), np.nan, np.float32)
    planes = np.full((len(PLANES), *grid.shape), np.nan, np.float32)
    for piece in Pieces(job, list(job.tiles())):
        tile = blended(piece)
        if tile is not None:
            rows, columns = tile.quality.shape
            place = (slice(None), slice(piece.tile.row * TILE, None), slice(piece.tile.column * TILE, None))
            values[place][:, :rows, :columns], planes[place][:, :rows, :columns] = tile.values, tile.planes
    return values, planes


def cell_means(values: np.ndarray) -> np.ndarray:
    """Means over cells that are covered."""
    rows, columns = (n // _CELL_PX for n in values.shape[-2:])
    blocks = values[..., : rows * _CELL_PX, : columns * _CELL_PX]
    blocks = blocks.reshape(*values.shape[:-2], rows, _CELL_PX, columns, _CELL_PX)
    means: np.ndarray = blocks.mean(axis=(-3, -1))  # NaN where a pixel is
    return means


def flatness(pictures: list[Contribution], words: str) -> None:
    """How far a mosaic of a body of one colour is from one colour."""
    level = fitted_levels([picture.look for picture in pictures], "lunar_lambert")
    values, planes = whole(pictures, level.levels)
    angles = cell_means(planes[[PLANES.index("incidence"), PLANES.index("emission")]])
    means = cell_means(values)
    for name, mean in zip(pictures[0].look.bands, means, strict=True):
        good = np.isfinite(mean) & (angles < _MOST_DEG).all(axis=0)
        off = np.abs(mean[good] / np.median(mean[good]) - 1.0)
        print(
            f"flat body {words}, {name}: {np.sqrt(np.mean(off**2)):.2%} rms, 95 % within {np.quantile(off, 0.95):.2%}, "
            f"at most {off.max():.2%}, of {good.sum()} cells"
        )


def seams(pictures: list[Contribution]) -> None:
    """Steps of the flat body's I/F as seen where the best picture changes, and elsewhere."""
    looks = [picture.look for picture in pictures]
    values, planes = whole(pictures, fitted_levels(looks, "none").levels)
    best, emission = planes[PLANES.index("best_picture")], planes[PLANES.index("emission")]
    for name, band in zip(looks[0].bands, values, strict=True):
        low, high = np.nanquantile(band, _MID_TONES)
        # Means of four pixels on either side, against noise; the slope of the shading is that beyond them.
        ahead = np.stack([band[8 + k : band.shape[0] - 8 + k] for k in range(-8, 8)])
        near = ahead[8:12].mean(axis=0) - ahead[4:8].mean(axis=0)
        slope = 0.5 * (
            (ahead[12:16].mean(axis=0) - ahead[8:12].mean(axis=0)) + (ahead[4:8].mean(axis=0) - ahead[:4].mean(axis=0))
        )
        level, oblique = ahead[7], emission[8:-8]
        change = best[8:-8] != best[7:-9]
        good = np.isfinite(near + slope) & (level > low) & (level < high) & (oblique < _MOST_DEG)
        step = np.abs(near - slope)[good & change] / level[good & change]
        rest = np.abs(near - slope)[good & ~change] / level[good & ~change]
        print(
            f"step across borders of the best picture, {name}: median {np.median(step):.2%}, 95 % "
            f"{np.quantile(step, 0.95):.2%} of {step.size}; away from them {np.median(rest):.2%}, "
            f"{np.quantile(rest, 0.95):.2%}"
        )


def timed(job: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resolution", type=float, default=1.0, help="of the mosaic that is timed, km")
    parser.add_argument("--fast", action="store_true", help="speed alone")
    arguments = parser.parse_args()
    base_map = synthetic_base_map()
    flat = np.broadcast_to(base_map.mean(axis=(0, 1)), base_map.shape).astype(np.float32)
    if not arguments.fast:
        dark = pictures_of(flat, jupiter=False)
        flatness(dark, "without Jupiter's light")
        seams(dark)
        del dark
        flatness(pictures_of(flat), "with Jupiter's light")
    made = pictures_of(base_map)
    with spice_pass(close_pass()):
        sincpt, _ = sincpt_speed(close_pass())
    with tempfile.TemporaryDirectory() as folder:
        Mosaic(tuple(made), MosaicOptions(resolution_km=40.0), "warm").write(Path(folder))
        mosaic = Mosaic(tuple(made), MosaicOptions(resolution_km=arguments.resolution), "timed")
        record: dict[str, object] = {}
        wall, processor = timed(lambda: record.update(mosaic.write(Path(folder))))
        size = sum(path.stat().st_size for path in Path(folder).glob("timed*")) / 1e6
    covered = record["map"]["covered_pixels"]  # type: ignore[index]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(
        f"{arguments.resolution:g} km: {covered / 1e6:.1f} M points covered, {wall:.0f} s wall, {processor:.0f} s of "
        f"processor, {size:.0f} MB of files, peak memory {peak:.0f} MB (the simulator's own included)"
    )
    print(
        f"{covered / processor / 1e6:.2f} M covered points a second and core; SPICE sincpt {sincpt / 1e6:.4f} M/s: "
        f"{covered / processor / sincpt:.0f} times"
    )


if __name__ == "__main__":
    main()
