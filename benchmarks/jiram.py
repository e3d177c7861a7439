"""JIRAM frames whose truth is known: found, missed and false sources, place, power, flags, pointing, time.

    python benchmarks/jiram.py [FOLDER...] [--no-kernels] [--no-catalogue] [--misses] [--simulate FOLDER [--passes N]]

Each folder holds frames with a ``truth.json`` and attitude in ``kernels/``: those of another simulator in the folder of
data (``blind/jiram``, the default), or those that ``--simulate`` writes with `perijove.simulator.jiram`, four frames a
pass. Volcanoes are then catalogued ones, three in four awake, 12 km rms from the catalogue, and new ones.

A source is found where a point lies within 2 px of it; each point counts once, brightest first. Points without a source
are false. Bars are those that the project set itself; what none is set for is printed without one.
"""

import argparse
import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import spiceypy

from perijove.archive.volcano_tables import catalogue_at_hand
from perijove.bodies.galilean import BODIES
from perijove.bodies.jiram import JIRAM
from perijove.ephemeris.spice.kernels import Kernels
from perijove.ephemeris.spice.pool import clean_pool
from perijove.formats.jiram import read_jiram
from perijove.geometry.ellipsoid import surface_point_km
from perijove.jiram.hot_spots import HotSpot, MeasuredFrame, measured_frame
from perijove.jiram.instrument import CAMERAS, MOUNTINGS, from_sample_line
from perijove.jiram.known_pose import known_pose
from perijove.jiram.passes import joined, passes_of
from perijove.jiram.pointing import KnownPlaces
from perijove.jiram.sunlight import planes_of
from perijove.jiram.survey import surveyed
from perijove.simulator.jiram.frames import PassPlan, write_pass
from perijove.simulator.jiram.scene import Volcano

_NEAR_PX = 2.0
_DATA = Path(os.environ.get("PERIJOVE_DATA", "."))


@dataclass
class Look:
    """A true source in a half, and what was found of it."""

    truth: dict
    source: dict
    spot: HotSpot | None
    where: str

    @property
    def alone(self) -> bool:
        """No other within 4 px."""
        return self.truth["neighbour_px"] >= 4.0


@dataclass
class Tally:
    """Looks at all sources, and points that are none."""

    looks: list[Look] = field(default_factory=list)
    false: list[HotSpot] = field(default_factory=list)
    halves: int = 0
    agreed: int = 0
    pointing: list[dict] = field(default_factory=list)
    seconds: list[tuple[float, float]] = field(default_factory=list)


def truth_of(folder: Path) -> dict[str, dict]:
    """Truth by product."""
    return {frame["product_id"]: frame for frame in json.loads((folder / "truth.json").read_text())}


def tallied(frames: list[MeasuredFrame], truth: dict[str, dict]) -> Tally:
    """Hold points against the truth."""
    tally = Tally()
    for measured in frames:
        name = measured.frame.product_id
        for band in measured.frame.bands:
            tally.halves += 1
            true = [(o, s) for s in truth[name]["sources"] for o in s["seen"] if o["band"] == band and o["in_frame"]]
            places = np.array([[o["sample"], o["line"]] for o, _ in true]).reshape(-1, 2)
            taken: dict[int, HotSpot] = {}
            for spot in sorted((s for s in measured.sources if s.band == band), key=lambda s: -s.counts):
                apart = np.hypot(*(places - [spot.sample, spot.line]).T)
                apart[list(taken)] = np.inf
                if len(apart) and apart.min() < _NEAR_PX:
                    taken[int(apart.argmin())] = spot
                else:
                    tally.false.append(spot)
            tally.looks += [Look(o, s, taken.get(k), f"{name[12:25]} {band}") for k, (o, s) in enumerate(true)]
    return tally


def report(tally: Tally) -> Iterator[str]:
    """Lines: what, bar, measured."""
    looks = tally.looks

    def share(low: float, high: float, *, alone: bool | None) -> str:
        these = [
            look
            for look in looks
            if low <= look.truth["contrast"] < high
            and look.truth["emission_deg"] < 80.0
            and (alone is None or look.alone == alone)
        ]
        found = sum(look.spot is not None for look in these)
        return f"{found} of {len(these)}, {found / max(len(these), 1):.3f}"

    yield f"complete, contrast >= 8, alone (0.90)      {share(8.0, np.inf, alone=True)}"
    yield f"complete, contrast 5 to 8, alone (0.80)    {share(5.0, 8.0, alone=True)}"
    yield f"complete, contrast >= 5, all (0.80)        {share(5.0, np.inf, alone=None)}"
    yield f"complete, blends, contrast >= 5            {share(5.0, np.inf, alone=False)}"
    yield f"false per half frame (2)                   {len(tally.false) / tally.halves:.2f}"
    yield f"false per half frame, two agree (0.3)      {tally.agreed / tally.halves:.2f}"
    seen = [look for look in looks if look.spot is not None]
    apart = np.array(
        [
            np.hypot(look.spot.sample - look.truth["sample"], look.spot.line - look.truth["line"])
            for look in seen
            if look.truth["contrast"] > 20.0 and look.alone and look.truth["of_sum"] > 0.98
        ]
    )
    yield (
        f"place on the detector, px (0.1)            median {np.median(apart):.3f}, "
        f"rms {np.sqrt(np.mean(apart**2)):.3f}, 95 % {np.percentile(apart, 95):.3f}"
    )
    over = [look.truth["nonlinear"] or look.truth["saturated"] for look in seen]
    flagged = [look.spot.lower_limit for look in seen]
    right, wrong = (
        sum(o and f for o, f in zip(over, flagged, strict=True)),
        sum(f and not o for o, f in zip(over, flagged, strict=True)),
    )
    yield f"flagged of {sum(over)} beyond linear (0.98)           {right}; falsely {wrong} of {len(seen)} (0.02)"
    for band in "LM":
        yield power_line(
            [
                look
                for look in seen
                if look.spot.band == band
                and look.alone
                and look.truth["contrast"] >= 8.0
                and look.truth["of_sum"] > 0.98
                and not (look.truth["nonlinear"] or look.truth["saturated"])
            ],
            band,
        )
    yield from pointing_lines(tally.pointing)


def power_line(looks: list[Look], band: str) -> str:
    """Ratio of power to truth, its spread, and how often it lies inside its error."""
    if not looks:
        return f"power in {band}: none"
    true = np.array([look.source[f"{band.lower()}_spectral_gw_um"] for look in looks])
    power = np.array([look.spot.power_gw_um for look in looks])
    sigma = np.array([look.spot.power_sigma_gw_um for look in looks])
    counts = np.array([look.spot.counts / look.truth["sum_dn"] for look in looks])
    relative = np.array([look.spot.counts_sigma / look.spot.counts for look in looks])
    middle = np.median(power / true)
    inside = np.mean(np.abs(power / middle - true) < sigma)
    low, high = np.percentile(power / true, (15.9, 84.1))
    return (
        f"power in {band} over truth (0.95 to 1.05; 0.12)  median {middle:.3f}, half of 68 % {0.5 * (high - low):.3f}; "
        f"counts {np.median(counts):.3f}; inside 1 sigma {np.mean(np.abs(counts - 1.0) < relative * counts):.2f} "
        f"({inside:.2f} of powers over their median; 0.60 to 0.76)"
    )


def agreeing_false(frames: list[MeasuredFrame], tally: Tally) -> int:
    """False points that two frames of a pass agree on."""
    false = {id(spot) for spot in tally.false}
    count = 0
    for members in passes_of([measured.frame for measured in frames]):
        for each in joined([frames[i] for i in members], None):
            count += each.frames_agree > 1 and id(each.spot) in false
    return count


def pointing_of(measured: MeasuredFrame, truth: dict[str, dict]) -> dict[str, object]:
    """Io's centre against the truth, its errors, lateness."""
    true = truth[measured.frame.product_id]
    pointing = measured.pointing
    late = true["kernel"]["late_s"]
    return {
        "name": measured.frame.product_id[12:25],
        "off": pointing.shot("M").center_px(0) - from_sample_line(*true["io_center"]["M"]),
        "sigma": np.sqrt(np.diag(pointing.covariance)[:2]),
        "limb": sum(true["limb_pixels"].values()) > 60,
        "late": pointing.late_s - late if late and pointing.late_s is not None else None,
    }


def pointing_lines(found: list[dict]) -> Iterator[str]:
    """Lines of the report."""
    ratio = np.abs(np.array([one["off"] for one in found]) / np.array([one["sigma"] for one in found]))
    ground = np.array([np.hypot(*one["off"]) for one in found if one["limb"]])
    late = np.array([one["late"] for one in found if one["late"] is not None])
    if len(ground):
        yield (
            f"Io's centre where the limb shows, px (0.5)  median {np.median(ground):.3f}, 95 % "
            f"{np.percentile(ground, 95):.3f}, largest {ground.max():.3f} of {len(ground)}; inside 1, 2 sigma "
            f"{np.mean(ratio < 1.0):.2f}, {np.mean(ratio < 2.0):.2f}"
        )
    if len(late):
        yield f"lateness, s (0.01)                         rms {np.std(late):.4f}, largest {np.abs(late).max():.4f}"
    for one in found:
        if np.hypot(*one["off"]) > 0.7:
            yield f"  {one['name']}: off by {np.round(one['off'], 2)} px, stated {np.round(one['sigma'], 2)}"


def volcanoes(rows: list[dict], rng: np.random.Generator) -> list[Volcano]:
    """Catalogued sources as they might be on a day, and twelve new ones."""
    made = []
    for row in rows:
        if rng.random() < 0.25:
            continue
        north, east = 12.0 / np.sqrt(2.0) * rng.standard_normal(2) / 31.8
        lat = float(np.clip(row["lat_deg"] + north, -89.5, 89.5))
        lon = float(row["lon_east_deg"] + east / np.cos(np.radians(lat)))
        made.append(_volcano(str(row["source_id"]), lat, lon, rng))
    for k in range(12):
        lat, lon = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0)))), float(rng.uniform(-180.0, 180.0))
        made.append(_volcano(f"NEW{k:02d}", lat, lon, rng))
    return made


def _volcano(name: str, lat: float, lon: float, rng: np.random.Generator) -> Volcano:
    hot, area = float(rng.uniform(420.0, 1100.0)), float(10.0 ** rng.normal(-1.3, 0.9))
    cool = float(rng.uniform(280.0, 400.0)), area * float(rng.uniform(2.0, 20.0))
    area *= min(1.0, (700.0 / hot) ** 6)  # hot ones are small
    return Volcano(name, lat, lon, float(10.0 ** rng.uniform(0.0, 1.6)), ((hot, area), cool))


_PASSES = ((41, 0.005), (43, 0.010), (47, 0.005), (49, 0.005), (51, 0.004), (53, 0.002), (55, 0.002), (47, 0.005))


def simulated(folder: Path, rows: list[dict], passes: int) -> list[Path]:
    """Folders of simulated passes."""
    folders = []
    for k in range(passes):
        rng = np.random.default_rng(1000 + k)
        perijove, exposure = _PASSES[k % len(_PASSES)]
        samples = tuple(sorted(float(x) for x in rng.uniform(0.0, 432.0, 4)))
        modes = tuple(int(rng.choice([1, 1, 1, 2])) for _ in samples)
        place = folder / f"{k:02d}-pj{perijove}"
        write_pass(place, PassPlan(perijove, samples, exposure, modes, 500 + k), volcanoes(rows, rng))
        folders.append(place)
    return folders


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[_DATA / "blind/jiram"])
    parser.add_argument("--no-kernels", action="store_true")
    parser.add_argument("--no-catalogue", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--simulate", type=Path, metavar="FOLDER")
    parser.add_argument("--passes", type=int, default=10)
    arguments = parser.parse_args()
    with catalogue_at_hand() as catalogue:
        rows = catalogue.sources()
    lat, lon, sigma = (
        np.array([row[name] for row in rows], dtype=float) for name in ("lat_deg", "lon_east_deg", "position_sigma_km")
    )
    ids = tuple(str(row["source_id"]) for row in rows)
    points = surface_point_km(lat, lon, BODIES["IO"].radii_km)
    places = None if arguments.no_catalogue else KnownPlaces(ids, points, sigma)
    folders = arguments.folders
    if arguments.simulate:
        folders = simulated(arguments.simulate, rows, arguments.passes)
    whole, frames = Tally(), []
    for folder in folders:
        read = [read_jiram(path) for path in sorted(folder.glob("*.LBL"))]
        own = any((folder / "kernels").glob("*.tsc"))
        clock = () if own else (_DATA / "spice/naif0012.tls", _DATA / "spice/ale_2016240/jno_sclkscet_00090.tsc")
        kernels = None if arguments.no_kernels else Kernels(folder / "kernels", *clock)
        mine = list(surveyed(read, kernels, places=places).frames)
        frames += mine
        tally = tallied(mine, truth_of(folder))
        whole.looks += tally.looks
        whole.false += tally.false
        whole.halves += tally.halves
        whole.agreed += agreeing_false(mine, tally)
        whole.pointing += [pointing_of(measured, truth_of(folder)) for measured in mine]
        begun = time.process_time(), time.perf_counter()
        with kernels or contextlib.nullcontext():
            measured_frame(read[0], kernels, places=places)
        whole.seconds.append((time.process_time() - begun[0], time.perf_counter() - begun[1]))
    print(f"{len(frames)} frames in {len(folders)} folders, {len(whole.looks)} looks at sources")
    for line in report(whole):
        print(f"  {line}")
    took = np.median(whole.seconds, axis=0)
    print(f"  one frame again, warm (0.5 s)              {took[0]:.2f} s of processor, {took[1]:.2f} s")
    if any((folders[0] / "kernels").glob("*.bsp")):
        print(f"  {geolocation(folders[0])}")
    if arguments.misses:
        print_misses(whole)


def geolocation(folder: Path) -> str:
    """Time of all pixels' geometry against SPICE's ``sincpt`` pixel by pixel; how far apart both are."""
    frame = read_jiram(next(iter(sorted(folder.glob("*.LBL")))))
    kernels = Kernels(folder / "kernels")
    known = known_pose(frame, kernels)
    shot = known.shot("M")
    planes_of(shot)
    begun = time.process_time()
    for _ in range(10):
        planes = planes_of(shot)
    ours = (time.process_time() - begun) / 10.0 / planes["emission"].size
    rows, columns = (index[::97] for index in np.nonzero(planes["emission"] < 80.0))
    rays = CAMERAS["M"].rays(np.stack([columns + 0.5, rows + 0.5], axis=-1)) @ MOUNTINGS["M"].to_camera()
    with clean_pool():
        for path in sorted((folder / "kernels").iterdir()):
            spiceypy.furnsh(str(path))
        # Attitude and place each at their own time: with lateness the two differ, so rays are turned beforehand.
        turn = spiceypy.pxform("JUNO_SPACECRAFT", "J2000", known.tdb - known.late_s)
        begun = time.process_time()
        points = [
            spiceypy.sincpt("ELLIPSOID", "IO", known.tdb, "IAU_IO", "CN+S", "JUNO", "J2000", turn @ ray)[0]
            for ray in rays
        ]
        theirs = (time.process_time() - begun) / len(rays)
    own = shot.ground(0, np.stack([columns + 0.5, rows + 0.5], axis=-1)).point_km
    apart = np.linalg.norm(np.array(points) - own, axis=1)
    pixel_km = np.linalg.norm(known.position_km) * JIRAM.pixel_rad
    return (
        f"geolocation (100 x sincpt)                 {theirs / ours:.0f} x, {1e6 * ours:.2f} us a pixel; "
        f"{len(rays)} places apart by {apart.max() / pixel_km:.3f} px at most"
    )


def print_misses(tally: Tally) -> None:
    """Missed sources and false points, one a line."""
    for look in tally.looks:
        true = look.truth
        if true["contrast"] >= 5.0 and look.spot is None and true["emission_deg"] < 80.0:
            keys = ("contrast", "snr", "neighbour_px", "emission_deg", "diameter_px", "ground_rms_dn")
            shown = ", ".join(f"{key} {true[key]:.1f}" for key in keys)
            print(f"    missed {look.where} {shown} at {true['sample']:.0f} {true['line']:.0f}")
    for spot in tally.false:
        print(
            f"    false {spot.product_id[12:25]} {spot.band} sample {spot.sample:.0f} line {spot.line:.0f} "
            f"significance {spot.significance:.1f} counts {spot.counts:.0f} emission {spot.emission_deg:.0f} "
            f"size {spot.size_px:.1f}"
        )


if __name__ == "__main__":
    main()
