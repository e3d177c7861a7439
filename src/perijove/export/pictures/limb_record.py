"""Heights and plumes at the limb, as JSON, CSV and lines for people."""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from perijove.bodies.io_features import IO_FEATURES_SOURCE
from perijove.bodies.io_plumes import IO_PLUMES_SOURCE
from perijove.export.answer import csv_text, number
from perijove.formats.image import RawImage
from perijove.junocam.geometry import geometry_of, mid_time_tdb
from perijove.junocam.report import is_simulated
from perijove.relief.limb_view import LimbView
from perijove.relief.mountains import Candidate, Rise
from perijove.relief.plumes import PlumeFound, SiteInView
from perijove.timescales import tdb_to_utc

__all__ = ["HEIGHT_KEYS", "SKY_KEYS", "heights_csv", "limb_record", "limb_text", "sky_csv"]

HEIGHT_KEYS: Mapping[str, str] = {
    "azimuth_deg": "About the disc, from Io's north to the right as seen, in mid-picture",
    "lat_deg": "Planetocentric latitude of the limb there",
    "lon_east_deg": "Its longitude, positive east, -180 to 180",
    "time_utc": "Mean time of the framelets, UTC",
    "height_km": "Height above the ellipsoid of the highest ground along the sight",
    "sigma_km": "Its standard error in all",
    "sigma_edge_km": "By noise, albedo and steep ground alone; holds over some 15 pixels of limb",
    "sigma_pose_km": "By poses, focal length and optical centres alone; smooth along the limb",
    "sigma_along_km": "Standard error of the place along the limb",
    "sigma_away_km": "Standard error of the place along the sight, of the limb's plane",
    "edges": "Edges in framelets and colours that were put together",
}
"""Columns of the table of heights."""

SKY_KEYS: Mapping[str, str] = {
    "azimuth_deg": "As for heights",
    "shadow_km": "Height above the limb up to which Io's shadow reaches",
    "limb_iof": "I/F of the disc a few pixels inside the limb; empty where not seen",
}
"""Columns of the table of limits; for each trial plume ``iof_H_km``, ``sigma_H_km`` and ``limit_H_km`` follow."""

_KM, _DEG, _IOF = 3, 4, 6


def heights_csv(view: LimbView) -> str:
    """Heights along the limb, a line for each place."""
    h = view.measured.heights
    columns = (
        *(np.round(column, _DEG) for column in (h.azimuth_deg, h.lat_deg, h.lon_east_deg)),
        [tdb_to_utc(time, digits=3) for time in h.time_tdb.tolist()],
        *(
            np.round(column, _KM)
            for column in (h.height_km, h.sigma_km, h.edge_sigma_km, h.pose_sigma_km, *h.place_sigma_km.T)
        ),
        h.count,
    )
    return csv_text(HEIGHT_KEYS, zip(*columns, strict=True))


def sky_csv(view: LimbView) -> str:
    """Plumes looked for, a line for each azimuth."""
    plumes = view.plumes
    names = [f"{what}_{size:.0f}_km" for size in plumes.tried_km for what in ("iof", "sigma", "limit")]
    stacked = np.stack([plumes.amplitude, plumes.sigma, plumes.limit], axis=-1)
    cells = stacked.reshape(len(plumes.azimuth_deg), -1)
    rows = (
        [round(a, _DEG), number(shadow, 1), number(brightness, _IOF), *(number(cell, 7) for cell in row)]
        for a, shadow, brightness, row in zip(
            plumes.azimuth_deg.tolist(), plumes.shadow_km, view.sky.limb_brightness, cells, strict=True
        )
    )
    return csv_text([*SKY_KEYS, *names], rows)


def _plain(record: Candidate | PlumeFound | SiteInView, digits: int = 6) -> dict[str, object]:
    """Fields of a record: numbers rounded, tuples as lists."""

    def plain(value: object) -> object:
        return number(value, digits) if isinstance(value, float) else list(value) if isinstance(value, tuple) else value

    return {name: plain(value) for name, value in asdict(record).items()}


def _rise_record(view: LimbView, rise: Rise) -> dict[str, object]:
    h = view.measured.heights
    return {
        "azimuth_deg": number(float(h.azimuth_deg[rise.top]), 3),
        "lat_deg": number(float(h.lat_deg[rise.top]), 3),
        "lon_east_deg": number(float(h.lon_east_deg[rise.top]), 3),
        "time_utc": tdb_to_utc(float(h.time_tdb[rise.top]), digits=3),
        "height_km": number(rise.height_km, _KM),
        "height_km_sigma": number(rise.sigma_km, _KM),
        "relative_km": number(rise.relative_km, _KM),
        "relative_km_sigma": number(rise.relative_sigma_km, _KM),
        "width_km": number(rise.width_km, 1),
        "significance": number(rise.significance, 1),
        "candidates": [_plain(each, 2) for each in rise.candidates],
    }


def limb_record(raw: RawImage, view: LimbView) -> dict[str, object]:
    """What a picture's limb shows, as plain values."""
    measured, h = view.measured, view.measured.heights
    tdb = mid_time_tdb(measured.location)
    geometry = geometry_of(measured.location.shot, tdb)
    distance = geometry["range_km"]
    return {
        "product_id": raw.product_id,
        "simulated": is_simulated(raw),
        "mid_time_utc": tdb_to_utc(tdb, digits=3),
        "range_km": number(distance, 1),
        "altitude_km": number(distance - float(np.mean(measured.location.shot.radii_km)), 1),
        "phase_deg": number(geometry["phase_deg"], 2),
        "sources": measured.location.orientation.sources,
        "heights": {
            "places": len(h),
            "pixel_km": number(h.pixel_km, 3),
            "place_km": number(h.bin_km, 3),
            "median_sigma_km": number(float(np.median(h.sigma_km)), _KM),
            "median_sigma_edge_km": number(float(np.median(h.edge_sigma_km)), _KM),
            "median_sigma_pose_km": number(float(np.median(h.pose_sigma_km)), _KM),
            "rms_km": number(float(np.sqrt(np.mean(h.height_km**2))), _KM),
            "left_out_of_pose_fit": number(measured.left_out, 3),
            "surviving_share_by_wavelength_deg": {f"{w:g}": number(s, 3) for w, s in view.surviving.items()},
            "half_lost_beyond_deg": number(view.half_lost_deg),
        },
        "rises": [_rise_record(view, rise) for rise in measured.rises],
        "plumes": [_plain(each) for each in view.plumes.plumes],
        "plume_limits_iof": {
            f"{size:.0f}_km": {
                "azimuths": int(np.isfinite(view.plumes.limit[:, t]).sum()),
                "median": number(_median(view.plumes.limit[:, t]), 7),
            }
            for t, size in enumerate(view.plumes.tried_km)
        },
        "known_sites": [_plain(each) for each in view.plumes.sites],
        "names": {"features": IO_FEATURES_SOURCE, "plumes": IO_PLUMES_SOURCE},
    }


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def limb_text(raw: RawImage, view: LimbView) -> str:
    """The same in some lines, for people."""
    h = view.measured.heights
    head = (
        f"{raw.product_id}: limb at {len(h)} places, {h.pixel_km:.2f} km per pixel; standard error "
        f"{np.median(h.sigma_km):.2f} km (poses {np.median(h.pose_sigma_km):.2f}), rms height "
        f"{np.sqrt(np.mean(h.height_km**2)):.2f} km"
    )
    lost = f"waves longer than {view.half_lost_deg:.0f} deg of limb lose more than half to the fit of the poses"
    found = [_rise_text(view, rise) for rise in view.measured.rises]
    lines = [
        head,
        *([lost] if np.isfinite(view.half_lost_deg) else []),
        *(found or ["nothing rises significantly above the ellipsoid"]),
        *([_plume_text(plume) for plume in view.plumes.plumes] or ["no plume"]),
    ]
    for size, limit in zip(view.plumes.tried_km, view.plumes.limit.T, strict=True):
        if np.isfinite(limit).any():
            lines.append(
                f"a plume {size:.0f} km high and wide has I/F below {_median(limit):.1g} (3 sigma, median of "
                f"{100.0 * np.isfinite(limit).mean():.0f} % of the limb)"
            )
    return "\n".join(lines)


def _rise_text(view: LimbView, rise: Rise) -> str:
    h = view.measured.heights
    names = ", ".join(
        f"{c.name} ({c.height_km:.1f} km if its middle, {abs(c.beyond_km):.0f} km "
        f"{'behind' if c.beyond_km > 0 else 'before'} the limb)"
        for c in rise.candidates[:3]
    )
    where = _place(float(h.lat_deg[rise.top]), float(h.lon_east_deg[rise.top]))
    return (
        f"rise at {where}: {rise.height_km:.2f} ± {rise.sigma_km:.2f} km, {rise.width_km:.0f} km wide; "
        f"{names or 'no named mountain on that sight'}"
    )


def _plume_text(plume: PlumeFound) -> str:
    return (
        f"plume at {_place(plume.lat_deg, plume.lon_east_deg)}: {plume.height_km:.0f} ± {plume.height_sigma_km:.0f} km "
        f"high, {plume.width_km:.0f} ± {plume.width_sigma_km:.0f} km wide, I/F {plume.brightness:.2g} ± "
        f"{plume.brightness_sigma:.1g}; {', '.join(plume.sites) or 'no known site there'}"
    )


def _place(lat_deg: float, lon_east_deg: float) -> str:
    side = "N" if lat_deg >= 0.0 else "S"
    return f"{abs(lat_deg):.1f}°{side} {lon_east_deg % 360.0:.1f}°E"
