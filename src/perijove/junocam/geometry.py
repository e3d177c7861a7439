"""Geometry of a picture at a time, as products report it."""

import numpy as np

from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.rotations import angle_between_deg
from perijove.junocam.locate import Location
from perijove.scene.shot import Shot
from perijove.scene.sub_points import sub_solar_point_km, sub_spacecraft_point_km

__all__ = ["geometry_of", "mid_time_tdb"]


def mid_time_tdb(location: Location) -> float:
    """Mean time of the frames that see the body; of all, where none does."""
    times = location.view.times_tdb
    seen = np.unique(location.frame_of_framelet[location.in_view])
    return float(np.mean(times[seen] if len(seen) else times))


def geometry_of(shot: Shot, tdb: float) -> dict[str, float]:
    """Geometry of a picture at a time, without errors.

    ``sub_spacecraft_*`` and ``subsolar_*`` are the points below spacecraft and Sun (SPICE's ``subpnt`` and ``subslr``,
    near point, LT+S); ``spacecraft_direction_*`` and ``sun_direction_*`` are the directions from the body's centre,
    with its light time. ``roll_deg`` is the angle, in the picture, of the body's north pole at the disc's centre, from
    up (-y) towards the right (+x).
    """
    _, position, rotation, sun = shot.view.pose_at(tdb)
    distance = float(np.linalg.norm(position))
    places = {
        "sub_spacecraft": sub_spacecraft_point_km(shot, tdb),
        "subsolar": sub_solar_point_km(shot, tdb),
        "spacecraft_direction": position,
        "sun_direction": sun,
    }
    angles: dict[str, float] = {}
    for name, place in places.items():
        lat, lon = planetocentric_deg(place)
        angles |= {f"{name}_lat_deg": float(lat), f"{name}_lon_east_deg": float(lon)}
    north = rotation @ np.array([0.0, 0.0, 1.0])
    centre = -(rotation @ position) / distance
    north = north - centre * (north @ centre)
    # Directions in the picture near the disc's centre, by the derivative of (X/Z, Y/Z).
    right = north[0] * centre[2] - centre[0] * north[2]
    down = north[1] * centre[2] - centre[1] * north[2]
    return {
        "range_km": distance,
        **angles,
        "phase_deg": float(angle_between_deg(position, sun)),
        "roll_deg": float(np.degrees(np.arctan2(right, -down))),
    }
