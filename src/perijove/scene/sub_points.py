"""Points of a body below a spacecraft and below the Sun, at a moment of a picture: SPICE's ``subpnt`` and ``subslr``.

A picture's poses hold the apparent place of the body's centre. The point below the spacecraft is nearer, so its light
left later, and stellar aberration displaces it, which a picture's poses keep in the attitude.
"""

import numpy as np

from perijove.bodies.galilean import BODIES
from perijove.ephemeris.apparent import aberration_rotation, light_time_s
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.geometry.ellipsoid import nearest_point_km
from perijove.geometry.rotations import rotation_z, unit
from perijove.scene.shot import Shot

__all__ = ["sub_solar_point_km", "sub_spacecraft_point_km"]

_ROUNDS = 2  # the light time differs from the centre's by 0.24 s at most, what a round leaves by 1e-5 s
_RATE_STEP_S = 0.1


def sub_spacecraft_point_km(shot: Shot, tdb: float) -> np.ndarray:
    """Point of the body nearest to the spacecraft as it appears there, shape (3,), body-fixed, km.

    Parameters
    ----------
    shot : Shot
    tdb : float

    Returns
    -------
    array, shape (3,)
        ``subpnt`` with ``NEAR POINT/ELLIPSOID`` and ``LT+S``, to 1e-4 deg. The body's own motion is the built-in
        ephemeris', whatever the poses rest on: an error of 1 km/s would move the point by 2e-4 deg.
    """
    before, pose, after = (shot.view.pose_at(tdb + step) for step in (-_RATE_STEP_S, 0.0, _RATE_STEP_S))
    spin_deg_s = BODIES[shot.body].rotation_deg_s
    emitted = tdb - float(light_time_s(pose.position_km))
    body_velocity = icrf_to_body(shot.body, emitted) @ EMBEDDED.state(shot.body, emitted, center="SSB")[3:]
    rate = (after.position_km - before.position_km) / (after.time_tdb - before.time_tdb)
    turning = np.cross([0.0, 0.0, np.radians(spin_deg_s)], pose.position_km)
    velocity = body_velocity + rate + turning
    offset, point = pose.position_km, nearest_point_km(pose.position_km, radii_km=shot.radii_km)
    for _ in range(_ROUNDS):
        sight = point - offset
        later = float(light_time_s(pose.position_km) - light_time_s(sight))
        turn = rotation_z(spin_deg_s * later)
        offset = turn @ (pose.position_km - later * body_velocity)
        sight = point - offset
        offset = offset - (aberration_rotation(sight, turn @ velocity) @ sight - sight)
        point = nearest_point_km(offset, radii_km=shot.radii_km)
    return point


def sub_solar_point_km(shot: Shot, tdb: float) -> np.ndarray:
    """Point of the body whose normal faces the Sun, shape (3,), body-fixed, km.

    ``subslr`` with ``NEAR POINT/ELLIPSOID`` and ``LT+S``, to 1e-3 deg at Io and 3e-3 deg at Jupiter, which turns by as
    much while light crosses it.
    """
    sun = unit(shot.view.pose_at(tdb).sun)
    scaled = np.square(shot.radii_km) * sun
    point: np.ndarray = scaled / np.sqrt(scaled @ sun)
    return point
