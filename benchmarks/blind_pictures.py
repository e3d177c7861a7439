"""Blind pictures: raw pictures by a simulator that shares nothing with the project, located from their labels alone.

Run ``python benchmarks/blind_pictures.py [PRODUCT ...]``. Pictures and truth are read from ``blind/junocam`` in the
folder that ``PERIJOVE_DATA`` names, or from that of ``--folder``. A line a picture, then the bars. Disc centres are
compared in undistorted pixels from the optical axis, in every framelet that shows lit ground: near the body the centre
lies far outside of most of them, so this holds the poses at all those times. Map positions are compared on ground seen
less obliquely than 65 deg, with the error that the fit's covariance states for each.
"""

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM as RADII
from perijove.errors import PerijoveError
from perijove.formats.open import read
from perijove.geometry.ellipsoid import outward_normal
from perijove.junocam.ground_error import GroundErrors
from perijove.junocam.limb.fit import camera_of
from perijove.junocam.locate import Location
from perijove.junocam.processing import calibrated_and_located
from perijove.junocam.report import geometry_with_errors
from perijove.scene.shot import Shot
from perijove.scene.view import View

_LIT_PX = 200
_MAX_EMISSION_DEG = 65.0
_FOCAL_PX = 1480.5905405  # the simulator's own: discs centres over directions


@dataclass
class Score:
    """What one picture gave; pulls are errors in stated standard errors."""

    missed: int
    center_px: np.ndarray
    pulls: dict[str, float]
    map_km: np.ndarray
    map_pulls: np.ndarray


def true_shot(location: Location, truth: dict) -> Shot:
    """Shot with the simulated poses; frames without a framelet in the truth do not exist."""
    frames = {row["frame"]: row for row in truth["framelets"]}
    rows = [frames[k] for k in sorted(frames)]
    view = View(
        location.view.times_tdb,
        np.array([row["position_io_km"] for row in rows]),
        np.array([row["body_to_camera"] for row in rows]),
        location.view.sun,
    )
    return camera_of(location.shot.with_poses(view), {"focal_length_px": _FOCAL_PX}, before=_named(location))


def _map_errors(location: Location, true: Shot, lit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Displacement of ground, fitted less true, km, and its size in standard errors: both shape (points, 2).

    The two directions are east and north.
    """
    stated = GroundErrors(location)
    x, y = np.meshgrid(np.arange(40.0, 1620.0, 80.0), np.arange(8.0, 124.0, 28.0))
    pixels = np.stack([x, y], axis=-1).reshape(-1, 2)
    errors, pulls = [], []
    for index in np.flatnonzero(lit):
        position = true.pose(index).position_km
        at = true.ground(index, pixels).point_km
        sight = position - at
        cosine = np.sum(outward_normal(at, radii_km=RADII) * sight, axis=1) / np.linalg.norm(sight, axis=1)
        with np.errstate(invalid="ignore"):
            steep = (cosine > np.cos(np.radians(_MAX_EMISSION_DEG))) & (
                outward_normal(at, radii_km=RADII) @ location.view.sun[0] > 0.0
            )
        if not steep.any():
            continue
        at, seen = at[steep], pixels[steep]
        found = location.shot.ground(index, seen).point_km
        up = outward_normal(at, radii_km=RADII)
        east = np.cross([0.0, 0.0, 1.0], up)
        east /= np.linalg.norm(east, axis=1, keepdims=True)
        error = np.einsum("nij,nj->ni", np.stack([east, np.cross(up, east)], axis=1), found - at)
        variance = np.diagonal(stated.covariance_km2(index, seen), axis1=-2, axis2=-1)
        good = np.isfinite(error).all(axis=1) & np.isfinite(variance).all(axis=1)
        errors.append(error[good])
        pulls.append((error / np.sqrt(variance))[good])
    empty = np.empty((0, 2))
    return np.concatenate([empty, *errors]), np.concatenate([empty, *pulls])


def _named(location: Location) -> dict:
    return location.solution.parameters.named(location.solution.values)


def _score(location: Location, truth: dict) -> Score:
    rows = truth["framelets"]
    lit_px = np.array([row["lit_px"] for row in rows])
    lit = lit_px > _LIT_PX
    true = true_shot(location, truth)
    centers = []
    for index in np.flatnonzero(lit if lit.any() else [row["body_in_view"] for row in rows]):
        pose = location.shot.pose(index)
        center = -(pose.body_to_camera @ pose.position_km)
        offset = center[:2] / center[2] * location.cameras[index].focal_length_px
        centers.append(np.hypot(*(offset - np.array(rows[index]["disc_center_undistorted_px"]))))
    times = location.view.times_tdb
    middle = 0.5 * (times[0] + times[-1])
    stated = geometry_with_errors(location, middle)
    position = true.view.pose_at(middle).position_km
    lat = np.degrees(np.arcsin(position[2] / np.linalg.norm(position)))
    lon = np.degrees(np.arctan2(position[1], position[0]))
    spin, spin_sigma = location.solution["spin_deg_s"]
    range_km = float(np.linalg.norm(position))
    pulls = {
        "spin": (spin - truth["spin_deg_s"]) / spin_sigma,
        "range": (stated["range_km"] - range_km) / stated["range_km_sigma"],
        "lat": (stated["spacecraft_direction_lat_deg"] - lat) / stated["spacecraft_direction_lat_deg_sigma"],
        "lon": ((stated["spacecraft_direction_lon_east_deg"] - lon + 180.0) % 360.0 - 180.0)
        / stated["spacecraft_direction_lon_east_deg_sigma"],
    }
    missed = int(np.count_nonzero(lit & ~location.in_view))
    return Score(missed, np.array(centers), pulls, *_map_errors(location, true, lit))


def main() -> None:
    """Print a line a picture, then the bars."""
    parser = argparse.ArgumentParser(description="Pictures by another simulator against their truth.")
    parser.add_argument("product", nargs="*", help="parts of product ids; all by default")
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("PERIJOVE_DATA", ".")) / "blind" / "junocam")
    chosen = parser.parse_args()
    pictures = json.loads((chosen.folder / "truth.json").read_text())["pictures"]
    scores, lost = [], []
    for truth in pictures:
        name = truth["product_id"]
        if chosen.product and not any(part in name for part in chosen.product):
            continue
        lit = max(row["lit_px"] for row in truth["framelets"])
        path = next(chosen.folder.rglob(f"{name}-raw.png"))
        try:
            _, location = calibrated_and_located(read(path))
        except PerijoveError as error:
            if lit > _LIT_PX:
                lost.append(name)
            print(f"{name[5:-4]} {lit:6.0f} px lit: {type(error).__name__}: {error}", flush=True)
            continue
        score = _score(location, truth)
        scores.append((lit, score))
        c = score.center_px if len(score.center_px) else np.array([np.nan])
        pulls = " ".join(f"{key} {value:+5.2f}" for key, value in score.pulls.items())
        inside = np.mean(np.abs(score.map_pulls) < 2.0) if len(score.map_pulls) else np.nan
        rms = np.sqrt(np.mean(np.sum(score.map_km**2, axis=1))) if len(score.map_km) else np.nan
        print(
            f"{name[5:-4]} {truth['range_km']:6.0f} km {truth['phase_deg']:4.0f} deg, missed {score.missed}, "
            f"centre {np.median(c):6.3f} {c.max():6.3f} px, pulls {pulls}, map {rms:6.2f} km rms "
            f"{inside:5.1%} in 2 sigma; limb {location.solution.rms_px:.3f} px, "
            f"{int(location.solution.kept.sum())} points",
            flush=True,
        )
        for doubt in location.verdict.doubts:
            print(f"    {doubt}")
    shown = [score for lit, score in scores if lit > _LIT_PX]
    if not shown:
        return
    centers = np.concatenate([score.center_px for score in shown])
    missed = sum(score.missed for score in shown)
    print(f"found {len(shown)} of {len(shown) + len(lost)} with sunlit ground; framelets missed {missed}")
    print(f"disc centre median {np.median(centers):.3f}, max {centers.max():.3f} px ({len(centers)} framelets)")
    for key in shown[0].pulls:
        print(f"{key} inside 2 sigma {np.mean([abs(score.pulls[key]) < 2.0 for score in shown]):.1%}")
    by_picture = [np.mean(np.abs(score.map_pulls) < 2.0) for score in shown if len(score.map_pulls)]
    print(f"map position inside 2 sigma {np.mean(by_picture):.1%} of the ground, each picture alike")


if __name__ == "__main__":
    main()
