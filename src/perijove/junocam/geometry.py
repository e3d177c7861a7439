"""Geometry of a picture at a time, as products report it."""

import numpy as np

from perijove.junocam.locate import Location
from perijove.scene.view import View

__all__ = ["geometry_of", "mid_time_tdb"]


def _lat_lon_deg(vector: np.ndarray) -> tuple[float, float]:
    return (
        float(np.degrees(np.arcsin(vector[2] / np.linalg.norm(vector)))),
        float(np.degrees(np.arctan2(vector[1], vector[0]))),
    )


def mid_time_tdb(location: Location) -> float:
    """Mean time of the frames that see the body; of all, where none does."""
    times = location.view.times_tdb
    seen = np.unique(location.frame_of_framelet[location.in_view])
    return float(np.mean(times[seen] if len(seen) else times))


def geometry_of(view: View, tdb: float) -> dict[str, float]:
    """Geometry of a view at a time, without errors.

    ``roll_deg`` is the angle, in the picture, of the body's north pole at the disc's centre, from up (-y) towards
    the right (+x).
    """
    _, position, rotation, sun = view.pose_at(tdb)
    distance = float(np.linalg.norm(position))
    lat, lon = _lat_lon_deg(position)
    sun_lat, sun_lon = _lat_lon_deg(sun)
    north = rotation @ np.array([0.0, 0.0, 1.0])
    centre = -(rotation @ position) / distance
    north = north - centre * (north @ centre)
    # Directions in the picture near the disc's centre, by the derivative of (X/Z, Y/Z).
    right = north[0] * centre[2] - centre[0] * north[2]
    down = north[1] * centre[2] - centre[1] * north[2]
    return {
        "range_km": distance,
        "sub_spacecraft_lat_deg": lat,
        "sub_spacecraft_lon_east_deg": lon,
        "subsolar_lat_deg": sun_lat,
        "subsolar_lon_east_deg": sun_lon,
        "phase_deg": float(np.degrees(np.arccos(np.clip(position @ sun / distance, -1.0, 1.0)))),
        "roll_deg": float(np.degrees(np.arctan2(right, -down))),
    }
