"""Changes: simulated deposits found again between two passes, and false regions where nothing changed.

Run ``python benchmarks/changes.py [--map FILE] [--seed N] [--quick]``. Pictures are simulated along the real paths of
perijoves 57 and 58, outbound, located by their limbs alone, mapped, and compared in pairs: ten pairs without a change,
and pairs with 14 deposits of 30 to 130 km radius and 25 to 65 % contrast on the ground that both show. The map of Io
is the built-in one unless a file is given.
"""

import argparse
import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.ephemeris.source import EMBEDDED
from perijove.errors import PerijoveError
from perijove.export.pictures.simulated_picture import write_product
from perijove.formats.open import read
from perijove.geometry.rotations import angle_between_deg, direction_of
from perijove.junocam.map_grid import Options
from perijove.junocam.processing import calibrated_and_located, mapped_and_registered
from perijove.mosaic.changes import STATES, Changes, changes_between
from perijove.mosaic.ground_map import GroundMap, map_of_picture
from perijove.simulator.albedo_map import load_base_map
from perijove.simulator.changes import NOTHING, Deposit
from perijove.simulator.changes import Changes as Put
from perijove.simulator.scenario import Scenario
from perijove.simulator.scenarios import frames_for, perijove_57_scenarios
from perijove.simulator.simulation import simulate
from perijove.simulator.synthetic_io import synthetic_base_map
from perijove.timescales import utc_to_tdb

_CLOSEST_UTC = {57: "2023-12-30T08:36:01", 58: "2024-02-03T17:48:35"}
_TIMES_S = {57: (300, 420, 560, 720), 58: (300, 420, 560, 720)}
_QUIET = ((0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3))
_CHANGED = ((0, 0), (1, 1), (2, 2), (1, 0), (0, 1), (3, 2))
_DEPOSITS = 14
_APART_KM = 60.0
_LEAST_PX = 6.0


def scenario(perijove: int, after_s: float) -> Scenario:
    """A picture along the real path, so long after closest approach."""
    like = perijove_57_scenarios()[-1]
    epoch = dt.datetime.fromisoformat(_CLOSEST_UTC[perijove]) + dt.timedelta(seconds=after_s)
    state = EMBEDDED.state("JUNO", float(utc_to_tdb(epoch.isoformat())), center="IO").tolist()
    step = like.interframe_delay_s + 0.001
    frames = frames_for(
        float(np.linalg.norm(state[:3])), radius_km=1830.0, spin_deg_s=like.spin_deg_s, frame_step_s=step
    )
    start = epoch - dt.timedelta(seconds=0.0615 + 0.5 * (frames - 1) * step)
    return replace(
        like,
        product_id=f"JNCE_{start:%Y%j}_{perijove}C{91000 + int(after_s):05d}_V01",
        start_utc=start.isoformat(timespec="milliseconds"),
        epoch_utc=epoch.isoformat(timespec="milliseconds"),
        position_km=tuple(state[:3]),
        velocity_km_s=tuple(state[3:]),
        frames=frames,
        orbit=perijove,
    )


def mapped(which: Scenario, albedo: np.ndarray, put: Put, seed: int, folder: Path) -> GroundMap:
    """Simulated, located by its limb, mapped."""
    picture = simulate(which, albedo, seed=seed, surface="test", changes=put)
    paths = write_product(picture, folder, overwrite=True, truth=False, command="benchmarks/changes.py")
    image, location = calibrated_and_located(read(next(path for path in paths if path.suffix == ".png")))
    return map_of_picture(mapped_and_registered(image, location, options=Options()))


def deposits_on(quiet: Changes, rng: np.random.Generator) -> tuple[Deposit, ...]:
    """Deposits at random on ground that a comparison without change could compare."""
    rows, columns = np.nonzero(quiet.state == STATES.index("no change"))
    result: list[Deposit] = []
    for _ in range(20_000):
        if len(result) == _DEPOSITS:
            break
        k = rng.integers(len(rows))
        lat, lon = (float(v) for v in quiet.grid.lat_lon(rows[k], columns[k]))
        radius = float(np.exp(rng.uniform(np.log(30.0), np.log(130.0))))
        if rng.random() > np.cos(np.radians(lat)):
            continue
        if all(_apart_km(lat, lon, d.lat_deg, d.lon_east_deg) > radius + d.radius_km + _APART_KM for d in result):
            size = rng.uniform(0.25, 0.65) * rng.choice([-1.0, 1.0])
            colors = dict(zip(("BLUE", "GREEN", "RED"), size * rng.uniform(0.75, 1.0, 3), strict=True))
            result.append(Deposit(lat, lon, radius, {name: float(c) for name, c in colors.items()}))
    return tuple(result)


def _apart_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    angle = angle_between_deg(direction_of(lat, lon), direction_of(other_lat, other_lon))
    return float(np.radians(angle) * IO_MEAN_RADIUS_KM)


@dataclass
class Score:
    """What a comparison made of the deposits: expected, found; errors of those found; false regions."""

    expected: int
    found: int
    area: list[float]
    center_px: list[float]
    contrast_sigmas: list[float]
    false: int


def score(found: Changes, deposits: Sequence[Deposit]) -> Score:
    """Deposits that both maps show, at 6 camera pixels of the coarser across or more, against the regions."""
    grid = found.grid
    lat, lon = grid.lat_lon(np.arange(grid.shape[0])[:, None], np.arange(grid.shape[1])[None, :])
    ground = direction_of(lat, lon)
    pixel = np.maximum(found.images[0].pixel_km, found.images[1].pixel_km)
    cosine = np.cos(np.radians(np.maximum(*(one.emission_deg for one in found.images))))
    result = Score(0, 0, [], [], [], 0)
    taken = set()
    for deposit in deposits:
        away = np.radians(angle_between_deg(ground, direction_of(deposit.lat_deg, deposit.lon_east_deg)))
        away = away * IO_MEAN_RADIUS_KM
        inside = away < deposit.radius_km
        around = away < 1.3 * deposit.radius_km
        near = [k for k, each in enumerate(found.regions) if each.mask[around].any()]
        taken.update(near)
        if not inside.any() or (~np.isin(found.state[around], (1, 2))).any():
            continue
        camera_px = float(np.median(pixel[inside] / cosine[inside]))
        if 2.0 * deposit.radius_km < _LEAST_PX * camera_px:
            continue
        result.expected += 1
        best = max(near, key=lambda k: int(found.regions[k].mask[inside].sum()), default=None)
        if best is None or found.regions[best].mask[inside].mean() < 0.5:
            print(f"    MISSED {deposit} camera px {camera_px:.1f} km")
            continue
        region = found.regions[best]
        result.found += 1
        result.area.append(region.area_km2 / (np.pi * deposit.radius_km**2) - 1.0)
        off = _apart_km(region.lat_deg, region.lon_east_deg, deposit.lat_deg, deposit.lon_east_deg)
        result.center_px.append(off / float(np.median(pixel[inside])))
        for band, c, s in zip(found.bands, region.contrast, region.contrast_sigma, strict=True):
            result.contrast_sigmas.append((c - deposit.contrast[band]) / s)
    result.false = len(found.regions) - len(taken)
    return result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--map", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="two pictures of each pass")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    albedo = load_base_map(chosen.map) if chosen.map else synthetic_base_map()
    count = 2 if chosen.quick else 4
    rng = np.random.default_rng(chosen.seed)

    def maps(perijove: int, put: Put, more: int) -> list[GroundMap]:
        return [
            mapped(scenario(perijove, after), albedo, put, 1000 * chosen.seed + more + k, folder)
            for k, after in enumerate(_TIMES_S[perijove][:count])
        ]

    before, quiet = maps(57, NOTHING, 0), maps(58, NOTHING, 100)
    false = 0
    first = None
    pairs = [(i, j) for i, j in _QUIET if max(i, j) < count]
    for i, j in pairs:
        found = changes_between(before[i], quiet[j])
        first = first or found
        false += len(found.regions)
        compared = found.area_km2("no change") / 1e6
        print(f"no change {before[i].name} {quiet[j].name}: {len(found.regions)} regions, {compared:.2f} Mkm² compared")
        for region in found.regions:
            print(f"    {region.lat_deg:.1f} {region.lon_east_deg:.1f} {region.contrast} {region.significance:.1f}")
    print(f"{false} false regions on {len(pairs)} pairs without change")
    assert first is not None
    deposits = deposits_on(first, rng)
    after = maps(58, Put(deposits=deposits), 200)
    total = Score(0, 0, [], [], [], 0)
    pairs = [(i, j) for i, j in _CHANGED if max(i, j) < count]
    for i, j in pairs:
        try:
            one = score(changes_between(before[i], after[j]), deposits)
        except PerijoveError as error:
            print(f"{before[i].name} {after[j].name}: {error}")
            continue
        print(f"changed {before[i].name} {after[j].name}: {one.found} of {one.expected} found, {one.false} false")
        print("    area ", " ".join(f"{100 * a:+.0f}" for a in one.area), "%")
        print("    centre", " ".join(f"{c:.2f}" for c in one.center_px), "px")
        total = Score(
            total.expected + one.expected,
            total.found + one.found,
            total.area + one.area,
            total.center_px + one.center_px,
            total.contrast_sigmas + one.contrast_sigmas,
            total.false + one.false,
        )
    area, center = np.abs(total.area), np.array(total.center_px)
    contrast = np.abs(total.contrast_sigmas)
    print(f"{total.found} of {total.expected} deposits found, {total.false} false regions on {len(pairs)} pairs")
    print(f"area within 20 % in {100 * np.mean(area < 0.2):.0f} %, largest error {100 * area.max():.0f} %")
    print(f"centre within 1 px in {100 * np.mean(center < 1.0):.0f} %, median {np.median(center):.2f} px", end="")
    print(f", largest {center.max():.2f} px")
    print(f"contrast inside 1 / 2 sigma {100 * np.mean(contrast < 1.0):.0f} / {100 * np.mean(contrast < 2.0):.0f} %")


if __name__ == "__main__":
    main()
