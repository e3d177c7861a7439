"""Hot spots of JIRAM frames as records, lines, CSV and GeoJSON."""

from collections.abc import Mapping, Sequence

import numpy as np

from perijove.export.answer import csv_text, number
from perijove.export.geojson import feature_collection
from perijove.jiram.hot_spots import EMISSION_LAWS, MeasuredFrame
from perijove.jiram.passes import Joined, UpperLimit

__all__ = ["hot_spot_csv", "hot_spot_geojson", "hot_spot_lines", "hot_spot_record"]

_DIGITS, _SIGMA_DIGITS = 6, 3
_SHOWN = 25


def hot_spot_record(
    frames: Sequence[MeasuredFrame], found: Sequence[Joined], limits: Sequence[UpperLimit], *, emission_law: str
) -> dict[str, object]:
    """Frames, sources and upper limits.

    Parameters
    ----------
    frames : sequence of MeasuredFrame
    found : sequence of Joined
    limits : sequence of UpperLimit
    emission_law : str
        One of `EMISSION_LAWS`.
    """
    return {
        "emission_law": f"{emission_law}: {EMISSION_LAWS[emission_law]}",
        "frames": [_frame(frame) for frame in frames],
        "sources": [_source(each) for each in found],
        "upper_limits": [
            {
                "frame": each.product_id,
                "band": each.band,
                "catalogue_id": each.catalogue_id,
                "power_gw_um": number(each.power_gw_um, _SIGMA_DIGITS),
                "emission_deg": number(each.emission_deg, _SIGMA_DIGITS),
            }
            for each in limits
        ],
    }


def _frame(measured: MeasuredFrame) -> dict[str, object]:
    frame, pointing = measured.frame, measured.pointing
    halves, ground = measured.halves, measured.ground
    errors = np.sqrt(np.diag(pointing.covariance))
    # Lines that lateness explains are no error of the pointing; without attitude nothing was predicted.
    rows = pointing.known.expected_px[1] if pointing.late_s else float(pointing.shift_px[1])
    seen = [number(-float(pointing.shift_px[0]), _DIGITS), number(rows, _DIGITS)]
    return {
        "product_id": frame.product_id,
        "start_utc": frame.start_utc,
        "exposure_s": frame.exposure_s,
        "bands": list(frame.bands),
        "late_s": number(pointing.late_s, _DIGITS),
        "late_sigma_s": number(pointing.late_sigma_s, _SIGMA_DIGITS),
        "pointing_px": None if pointing.late_s is None else seen,
        "pointing_sigma_px": [number(float(errors[k]), _SIGMA_DIGITS) for k in (0, 1)],
        "pointing_from": {"limb": pointing.by_ground, "volcanoes": pointing.matched},
        "limb_pixels": pointing.limb_pixels,
        "noise_counts": number(max(half.noise for half in halves.values()), _SIGMA_DIGITS),
        "psf_fwhm_px": number(measured.spread.fwhm_px, _SIGMA_DIGITS),
        "psf_measured_on": measured.spread.measured_on,
        "smear_lines": number(measured.spread.smear_px, _SIGMA_DIGITS),
        "sunlight_w_m2_sr": {
            band: None if light.sunlight is None else number(light.sunlight * frame.count_w_m2_sr, _SIGMA_DIGITS)
            for band, light in ground.items()
        },
        "geometry": pointing.known.sources,
        "warnings": list(measured.warnings),
    }


def _source(each: Joined) -> dict[str, object]:
    spot, warm = each.spot, each.temperature
    return {
        "frame": spot.product_id,
        "band": spot.band,
        "name": each.name,
        "catalogue_id": each.catalogue_id,
        "lat_deg": number(spot.lat_deg, _DIGITS),
        "lon_east_deg": number(spot.lon_east_deg, _DIGITS),
        "position_sigma_km": number(spot.position_sigma_km, _SIGMA_DIGITS),
        "sample": number(spot.sample, _DIGITS),
        "line": number(spot.line, _DIGITS),
        "power_gw_um": number(spot.power_gw_um, _DIGITS),
        "power_sigma_gw_um": number(spot.power_sigma_gw_um, _SIGMA_DIGITS),
        "radiance_w_m2_sr": number(spot.radiance_w_m2_sr, _DIGITS),
        "radiance_sigma_w_m2_sr": number(spot.radiance_sigma_w_m2_sr, _SIGMA_DIGITS),
        "significance": number(spot.significance, _SIGMA_DIGITS),
        "emission_deg": number(spot.emission_deg, _DIGITS),
        "lower_limit": spot.lower_limit,
        "blended": spot.blended,
        "size_px": number(spot.size_px, _SIGMA_DIGITS),
        "frames_agree": each.frames_agree,
        "temperature_k": number(warm.temperature_k, _DIGITS) if warm else None,
        "temperature_sigma_k": number(warm.temperature_sigma_k, _SIGMA_DIGITS) if warm else None,
        "area_km2": number(warm.area_km2, _DIGITS) if warm else None,
        "area_sigma_km2": number(warm.area_sigma_km2, _SIGMA_DIGITS) if warm else None,
    }


def hot_spot_csv(found: Sequence[Joined]) -> str:
    """One row a source, columns as in the JSON."""
    rows: list[Mapping[str, object]] = [_source(each) for each in found]
    columns = list(rows[0]) if rows else ["frame", "band", "name"]
    return csv_text(columns, ([row[name] for name in columns] for row in rows))


def hot_spot_geojson(found: Sequence[Joined]) -> dict[str, object]:
    """One point a source."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon_east_deg"], row["lat_deg"]]},
            "properties": row,
        }
        for row in map(_source, found)
    ]
    return feature_collection(features, name="hot spots")


def hot_spot_lines(frames: Sequence[MeasuredFrame], found: Sequence[Joined], limits: Sequence[UpperLimit]) -> list[str]:
    """For people: a line a frame, the brightest sources, what was not seen."""
    lines = []
    for measured in frames:
        pointing, frame = measured.pointing, measured.frame
        mine = sum(each.spot.product_id == frame.product_id for each in found)
        error = float(np.sqrt(np.max(np.diag(pointing.covariance)[:2])))
        lines.append(f"{frame.product_id}: {mine} hot spots, pointing ± {error:.2f} px{pointing.late_text}")
        lines += [f"  {warning}" for warning in measured.warnings]
    bright = sorted(found, key=lambda each: -each.spot.power_gw_um)
    if bright:
        lines += ["", "name           lat    lon E  band     GW/um         emission  frames"]
    for each in bright[:_SHOWN]:
        spot = each.spot
        power = f"{'> ' if spot.lower_limit else ''}{spot.power_gw_um:.3g} ± {spot.power_sigma_gw_um:.1g}"
        place = f"{each.name:12} {spot.lat_deg:6.1f} {spot.lon_east_deg:8.1f}  {spot.band}"
        lines.append(f"{place}  {power:>18} {spot.emission_deg:7.0f} deg {each.frames_agree:5d}")
    if len(bright) > _SHOWN:
        lines.append(f"... and {len(bright) - _SHOWN} fainter ones (--json has all)")
    if limits:
        lines.append(f"{len(limits)} catalogued sources were in the field and not seen: upper limits with --json.")
    return lines
