"""The label of a simulated picture: the keywords of a real mission-site product, and plain words that it is none."""

import datetime as dt

import numpy as np

from perijove import __version__
from perijove.constants import AU_KM
from perijove.simulator.scenario import Scenario
from perijove.timescales import tdb_to_utc, utc_to_tdb

__all__ = ["MADE_UP", "SIMULATED", "label_of", "near_point_planetographic"]

SIMULATED = "SIMULATED PICTURE, not taken by JunoCam: rendered by Perijove"
MADE_UP = "made up"

# Spacecraft clock beside START_TIME in two real labels: a straight line through them serves for the years between.
_CLOCK_PAIRS = (
    ("2022-07-05T12:17:39.223", 710295867 + 187 / 256),
    ("2024-12-27T01:18:13.519", 788534804 + 109 / 256),
)


def near_point_planetographic(position_km: np.ndarray, radii_km: np.ndarray) -> tuple[float, float, float]:
    """Point of an ellipsoid nearest to the spacecraft, in the terms of a label.

    Parameters
    ----------
    position_km : array, shape (3,)
        Spacecraft, body-fixed.
    radii_km : array, shape (3,)
        Semi-axes.

    Returns
    -------
    lat_deg, lon_west_deg, altitude_km : float
        Planetographic latitude on the spheroid with the equatorial radius `radii_km[0]` and the polar radius
        `radii_km[2]`; longitude positive west, 0 to 360; height above the ellipsoid.
    """
    squared = np.asarray(radii_km, dtype=float) ** 2
    # The near point is r_i a_i^2 / (a_i^2 + s) where s > 0 puts it on the surface; Newton from outside converges.
    s = 0.0
    for _ in range(60):
        scaled = position_km / (squared + s)
        excess = float(np.sum(squared * scaled**2)) - 1.0
        step = excess / (2.0 * float(np.sum(squared * scaled**2 / (squared + s))))
        s += step
        if abs(step) < 1e-12 * squared[0]:
            break
    point = position_km * squared / (squared + s)
    altitude = float(np.linalg.norm(position_km - point))
    # SPICE's planetographic latitude of a point beside the spheroid: normal through that point.
    equatorial, polar = float(radii_km[0]), float(radii_km[2])
    flat = 1.0 - (polar / equatorial) ** 2
    across = float(np.hypot(point[0], point[1]))
    lat = np.arctan2(point[2], across * (1.0 - flat))
    for _ in range(10):
        curvature = equatorial / np.sqrt(1.0 - flat * np.sin(lat) ** 2)
        lat = np.arctan2(point[2] + flat * curvature * np.sin(lat), across)
    lon_west = float(np.degrees(-np.arctan2(point[1], point[0])) % 360.0)
    return float(np.degrees(lat)), lon_west, altitude


def _clock_count(start_tdb: float) -> str:
    (utc0, count0), (utc1, count1) = _CLOCK_PAIRS
    tdb0, tdb1 = utc_to_tdb(utc0), utc_to_tdb(utc1)
    count = count0 + (start_tdb - tdb0) * (count1 - count0) / (tdb1 - tdb0)
    ticks = round(count * 256)
    return f"{ticks // 256}:{ticks % 256}"


def label_of(
    scenario: Scenario,
    *,
    position_km: np.ndarray,
    solar_distance_km: float,
    rows: int,
    columns: int,
    surface: str = MADE_UP,
) -> dict[str, object]:
    """Keywords of the mission site's JSON.

    Parameters
    ----------
    scenario : Scenario
    position_km : array, shape (3,)
        Spacecraft at the middle of the picture, body-fixed.
    solar_distance_km : float
    rows, columns : int
        Size of the stacked picture.
    surface : str
        Whose map the picture shows.
    """
    lat, lon_west, altitude = near_point_planetographic(position_km, np.array(scenario.radii_km))
    start = float(utc_to_tdb(scenario.start_utc))
    stop = tdb_to_utc(start + scenario.frames * scenario.interframe_delay_s, digits=3)
    day = dt.datetime.fromisoformat(scenario.start_utc)
    rationale = f"{SIMULATED} {__version__}. Io, {altitude:.0f} km above the surface"
    return {
        "COMPRESSION_TYPE": "NONE",
        "DATA_SET_ID": "JUNO-J-JUNOCAM-2-EDR-L0-V1.0",
        "DESCRIPTION": f"{SIMULATED} {__version__}",
        "EXPOSURE_DURATION": f"{1e3 * scenario.exposure_s:.6f} <ms>",
        "FILE_NAME": f"{scenario.product_id}-raw.png",
        "FILE_RECORDS": rows,
        "FILTER_NAME": list(scenario.filters),
        "FOCAL_PLANE_TEMPERATURE": "273.0 <K>",
        "IMAGE_TIME": scenario.start_utc,
        "INSTRUMENT_HOST_NAME": "JUNO",
        "INSTRUMENT_ID": "JNC",
        "INSTRUMENT_NAME": "JUNO EPO CAMERA",
        "INTERFRAME_DELAY": f"{scenario.interframe_delay_s:.3f} <s>",
        "JNO:TDI_STAGES_COUNT": scenario.tdi_stages,
        "LINES": rows,
        "LINE_PREFIX_BYTES": 0,
        "LINE_SAMPLES": columns,
        "LINE_SUFFIX_BYTES": 0,
        "MISSION_PHASE_NAME": f"PERIJOVE {scenario.orbit}",
        "ORBIT_NUMBER": scenario.orbit,
        "PJ": str(scenario.orbit),
        "PROCESSING_LEVEL_ID": 2,
        "PRODUCER_ID": "PERIJOVE_SIMULATION",
        "PRODUCT_CREATION_TIME": day.isoformat(timespec="seconds"),
        "PRODUCT_ID": scenario.product_id,
        "PRODUCT_VERSION_ID": int(scenario.product_id[-2:]),
        "RATIONALE_DESC": rationale,
        "RECORD_BYTES": columns,
        "SAMPLE_BITS": 8,
        "SAMPLE_BIT_MASK": "2#11111111#",
        "SAMPLE_BIT_MODE_ID": "SQROOT",
        "SAMPLE_TYPE": "UNSIGNED_INTEGER",
        "SAMPLING_FACTOR": 1,
        "SEQUENCE_ID": f"jm{scenario.orbit}",
        "SOFTWARE_NAME": f"PERIJOVE SIMULATE {__version__}",
        "SOLAR_DISTANCE": f"{solar_distance_km:.4e} <km>",
        "SIMULATED_SURFACE": surface,
        "SOURCE_PRODUCT_ID": "SIMULATED",
        "SPACECRAFT_ALTITUDE": f"{altitude:.1f} <km>",
        "SPACECRAFT_CLOCK_START_COUNT": _clock_count(start),
        "SPACECRAFT_CLOCK_STOP_COUNT": "N/A",
        "SPACECRAFT_NAME": "JUNO",
        "STANDARD_DATA_PRODUCT_ID": "JUNOCAM-EDR",
        "START_TIME": scenario.start_utc,
        "STOP_TIME": stop,
        "SUB_SPACECRAFT_LATITUDE": f"{lat:.4f}",
        "SUB_SPACECRAFT_LONGITUDE": f"{lon_west:.4f}",
        "TARGET_NAME": "IO",
        "TITLE": f"Simulated Io, {solar_distance_km / AU_KM:.2f} au from the Sun",
        "TOKEN_ID": [],
    }
