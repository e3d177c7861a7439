"""A processed picture as a record, ready for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from perijove.bodies.galilean import BodyFacts
from perijove.bodies.juno import JUNOCAM
from perijove.export.answer import provenance
from perijove.junocam.display import display_stretches
from perijove.junocam.geometry import mid_time_tdb
from perijove.junocam.ground_error import position_sigma_km
from perijove.junocam.photometric import grounds
from perijove.junocam.processing import Processed
from perijove.junocam.radiometry.quality import QUALITY
from perijove.junocam.report import geometry_with_errors, is_simulated, warnings_of
from perijove.scene.spin import KernelModel
from perijove.timescales import tdb_to_utc

__all__ = ["picture_record"]

_KERNEL_SPIN_SIGMA_DEG_S = 2e-4  # attitude kernels: 0.01 deg over a minute


def picture_record(
    done: Processed,
    *,
    parameters: Mapping[str, object],
    command: str | None = None,
    files: Sequence[str] = (),
    compared: bool = True,
) -> dict[str, object]:
    """Record of a processed picture: what its ``<product>.json`` holds.

    Parameters
    ----------
    done : Processed
    parameters : mapping
        What was chosen in the run.
    command : str, optional
        The command that asked for it; None from Python.
    files : sequence of str
        Names of the files written.
    compared : bool
        Whether to compare the colours, which takes a second on a large picture.
    """
    raw, location, solution = done.image.raw, done.location, done.location.solution
    tdb = mid_time_tdb(location)
    sources = [*raw.sources, *location.orientation.files]
    if done.base_map is not None:
        sources.append(done.base_map.source)
    return {
        "product_id": raw.product_id,
        "target": raw.target,
        "mid_time_utc": tdb_to_utc(np.array([tdb]))[0],
        "clock": _clock(done),
        "camera": {
            "focal_length_px": solution["focal_length_px"][0],
            "focal_length_sigma_px": solution["focal_length_px"][1],
            "model": "juno_junocam_v03 radial distortion, focal length fitted under its prior",
            "psf_sigma_px": location.psf_sigma_px,
        },
        "framelets": _framelets(done),
        "geometry": geometry_with_errors(location, tdb),
        "registration": _registration(done, compared=compared),
        "quality": QUALITY.counts(np.bitwise_or.reduce(done.map.quality, axis=0)),
        "fit": {
            "parameters": {
                p.name: {
                    "value": value,
                    "sigma": sigma,
                    "prior": p.value,
                    "prior_sigma": p.prior_sigma,
                    "pull": pull,
                    "unit": p.unit,
                }
                for p, value, sigma, pull in zip(
                    solution.parameters,
                    solution.values.tolist(),
                    solution.sigmas.tolist(),
                    solution.pulls.values(),
                    strict=True,
                )
            },
            "covariance": solution.covariance.tolist(),
            "limb_points": int(solution.kept.sum()),
            "limb_points_rejected": int((~solution.kept).sum()),
            "limb_rms_px": solution.rms_px,
            "chi2_reduced": solution.chi2_reduced,
            "correlation_length": solution.scatter.own_length,
            "shared_relief_px": solution.scatter.relief_px,
            "shared_patch_deg": solution.scatter.patch_deg,
            "color_limb_px": dict(location.verdict.color_px),
            "lit_share": location.verdict.lit_share,
            "dark_share": location.verdict.dark_share,
            "doubtful": bool(location.verdict.doubts),
            "detection_correlation": location.detection_correlation,
        },
        "radiometry": {
            "unit": "radiance factor I/F",
            "photometry": done.options.photometry,
            "hapke": _hapke(done),
            "scale_sigma_relative": done.image.scale_sigma,
            "scale_covariance_relative": _scale_covariance(done),
            "framelet_sigma_relative": dict(done.image.scale.framelet_sigma),
            "flat_filters": list(done.image.flat_filters),
            "dark_filters": list(done.image.dark_filters),
        },
        "display": {
            **{
                name: {
                    "white": stretch.white,
                    "black": stretch.black,
                    "balance": list(stretch.balance),
                    "curve": stretch.curve,
                }
                for name, stretch in display_stretches(done).items()
            },
            "depth": done.options.depth,
        },
        "map": {
            "projection": done.map.grid.projection,
            "resolution_km": done.map.grid.resolution_km,
            "shape": list(done.map.grid.shape),
            "crs": done.map.grid.crs,
            "longitudes": location.orientation.body.longitudes,
            "bands": list(done.bands),
            "position_sigma_km": position_sigma_km(location),
        },
        "provenance": {
            **provenance(command=command, ephemeris=dict(location.orientation.sources)),
            "inputs": [{"name": s.name, "sha256": s.sha256} for s in sources],
            "parameters": dict(parameters),
            "quirks": list(raw.quirks),
            "warnings": warnings_of(done),
            "simulated": is_simulated(raw),
        },
        "products": list(files),
    }


def _hapke(done: Processed) -> dict[str, dict[str, object]] | None:
    """Parameters of Hapke's function by band, where it was divided out."""
    surface = grounds(done.options.photometry, done.location.orientation.body.name, done.bands)
    return {band: asdict(ground) for band, ground in surface.items()} or None


def _scale_covariance(done: Processed) -> dict[str, object]:
    """Errors of I/F that all pixels of a filter share, in the order of the map's bands."""
    scale = done.image.scale
    order = np.ix_(*[[scale.filters.index(band) for band in done.bands]] * 2)
    return {
        "bands": list(done.bands),
        "total": scale.covariance[order].tolist(),
        "parts": {name: part[order].tolist() for name, part in scale.parts.items()},
    }


def _framelets(done: Processed) -> list[dict[str, object]]:
    location, raw = done.location, done.image.raw
    view, solution = location.view, location.solution
    times = tdb_to_utc(view.times_tdb)
    rows: list[dict[str, object]] = []
    for index, camera in enumerate(location.cameras):
        k = int(location.frame_of_framelet[index])
        center_px: list[float] | None = None
        offset: list[float] | None = None
        if location.in_view[index]:
            pose, xy = location.shot.pose(index), location.shot.center_px(index)
            center_px = xy.tolist() if np.isfinite(xy).all() else None
            center = -(pose.body_to_camera @ pose.position_km)
            offset = (center[:2] / center[2] * camera.focal_length_px).tolist() if center[2] > 0.0 else None
        here = (solution.edges.framelet == index) & solution.kept
        residual = solution.residual_px[here]
        rows.append(
            {
                "index": index,
                "frame": int(raw.frames[index]),
                "filter": raw.filters[index],
                "mid_time_utc": times[k],
                "body_in_view": bool(location.in_view[index]),
                "disc_center_px": center_px,
                "disc_center_undistorted_px": offset,
                "limb_points": int(here.sum()),
                "limb_rms_px": float(np.sqrt(np.mean(residual**2))) if here.any() else None,
            }
        )
    return rows


def _inertial_spin_deg_s(model: KernelModel, body: BodyFacts) -> np.ndarray:
    """Spin of each frame against the stars: that against the body, and the body's own."""
    own = model.base.body_to_camera @ np.array([0.0, 0.0, body.rotation_deg_s])
    spin: np.ndarray = np.linalg.norm(model.rate_deg_s + own, axis=1)
    return spin


def _clock(done: Processed) -> dict[str, object]:
    solution, location = done.location.solution, done.location
    delay = done.image.raw.interframe_delay_s + JUNOCAM.interframe_delta_s
    if isinstance(location.orientation.model, KernelModel):
        offset, offset_sigma = solution["start_offset_s"]
        rate = _inertial_spin_deg_s(location.orientation.model, location.orientation.body)
        return {
            "start_offset_s": offset,
            "start_offset_sigma_s": offset_sigma,
            "spin_deg_s": float(np.mean(rate)),
            "spin_sigma_deg_s": float(np.hypot(np.std(rate), _KERNEL_SPIN_SIGMA_DEG_S)),
            "interframe_delay_s": delay,
        }
    spin, spin_sigma = solution["spin_deg_s"]
    return {
        "start_offset_s": None,
        "start_offset_sigma_s": None,
        "spin_deg_s": spin,
        "spin_sigma_deg_s": spin_sigma,
        "interframe_delay_s": delay + 1e-3 * solution["extra_delay_ms"][0],
    }


def _registration(done: Processed, *, compared: bool) -> dict[str, object]:
    control = done.control
    shift = control.shift if control is not None and np.isfinite(control.shift.x_px) else None
    settled = control if control is not None and control.settled else None
    return {
        "color_rms_px": done.color_rms_px if compared else None,
        "color_shifts_px": {name: [s.x_px, s.y_px] for name, s in (done.color_shifts if compared else {}).items()},
        "basemap_shift_px": [shift.x_px, shift.y_px] if shift is not None else None,
        "basemap_correlation": shift.correlation if shift is not None else None,
        "basemap_turn_deg": settled.turn_deg.tolist() if settled is not None else None,
        "basemap_roll_deg": settled.roll_deg if settled is not None else None,
        "basemap_roll_sigma_deg": settled.roll_sigma_deg if settled is not None else None,
        "basemap_rms_px": settled.rms_px if settled is not None else None,
        "basemap_tiles": control.tiles if control is not None else 0,
        "basemap_tiles_found": control.tiles_found if control is not None else 0,
        "basemap_tiles_compared": control.tiles_compared if control is not None else 0,
        "basemap_applied": settled is not None and done.location is settled.location,
    }
