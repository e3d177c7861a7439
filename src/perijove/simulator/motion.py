"""Where the simulated spacecraft is and how it is turned, frame by frame.

Written apart from the code that processes pictures, so that either finds the other's errors: light time is solved
here from Juno's place relative to the body, and stellar aberration is kept as a vector that each ray takes off.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from perijove.bodies.galilean import IO_GM_JUP365_KM3_S2
from perijove.bodies.juno import JUNOCAM, SPACECRAFT_TO_CAMERA
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.sun import earth_direction, sun_position_km
from perijove.errors import InputError
from perijove.simulator.scenario import Scenario
from perijove.timescales import utc_to_tdb

__all__ = ["Poses", "frame_epochs_tdb", "icrf_to_spacecraft", "poses", "relative_state", "spin_at"]

_BODY = "IO"
_MIDDLE_ROW_PX = 60.0  # middle of the three colour strips below the optical axis


@dataclass(frozen=True)
class Poses:
    """True poses at given times; body-fixed vectors unless they say otherwise.

    Attributes
    ----------
    times_tdb : array, shape (n,)
    position_km : array, shape (n, 3)
        Camera from the place that the body's centre had when the light left it.
    body_to_camera : array, shape (n, 3, 3)
        Attitude proper, without aberration.
    velocity_over_c : array, shape (n, 3)
        Juno's velocity about the barycentre over that of light: a source in direction d is seen along
        d + velocity_over_c.
    sun : array, shape (n, 3)
        Unit vectors.
    solar_distance_km : array, shape (n,)
    jupiter_km : array, shape (n, 3)
        Jupiter's centre from the body's.
    """

    times_tdb: np.ndarray
    position_km: np.ndarray
    body_to_camera: np.ndarray
    velocity_over_c: np.ndarray
    sun: np.ndarray
    solar_distance_km: np.ndarray
    jupiter_km: np.ndarray

    @property
    def center_direction(self) -> np.ndarray:
        """Directions in which the body's centre is seen, camera frame, shape (n, 3)."""
        distance = np.linalg.norm(self.position_km, axis=1, keepdims=True)
        seen = -self.position_km / distance + self.velocity_over_c
        turned = np.einsum("nij,nj->ni", self.body_to_camera, seen)
        direction: np.ndarray = turned / np.linalg.norm(turned, axis=1, keepdims=True)
        return direction


def frame_epochs_tdb(scenario: Scenario) -> np.ndarray:
    """True epochs of the frames: mean of the exposure of all stages, to which the mean shift is zero."""
    first = utc_to_tdb(scenario.start_utc) + scenario.start_offset_s + JUNOCAM.start_time_bias_s
    return first + scenario.frame_step_s * np.arange(scenario.frames)


def relative_state(scenario: Scenario, times_tdb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Juno relative to the body, ICRF, geometric: positions (n, 3) in km and velocities (n, 3) in km/s."""
    epoch = float(utc_to_tdb(scenario.epoch_utc))
    times = np.asarray(times_tdb, dtype=float) - epoch
    position, velocity = np.array(scenario.position_km), np.array(scenario.velocity_km_s)
    if scenario.motion == "straight":
        return position + np.outer(times, velocity), np.tile(velocity, (len(times), 1))

    def derivative(t: float, state: np.ndarray) -> np.ndarray:
        r = state[:3]
        pull = -IO_GM_JUP365_KM3_S2 * r / np.linalg.norm(r) ** 3
        if scenario.motion == "tidal":
            io = EMBEDDED.state("IO", epoch + t, center="JUPITER")[:3]
            juno = io + r
            pull = pull - JUPITER_GM_KM3_S2 * (juno / np.linalg.norm(juno) ** 3 - io / np.linalg.norm(io) ** 3)
        return np.concatenate([state[3:], pull])

    moments, where = np.unique(times, return_inverse=True)
    states = np.empty((len(moments), 6))
    for side in (np.flatnonzero(moments < 0.0)[::-1], np.flatnonzero(moments >= 0.0)):
        if side.size:
            end = float(moments[side[-1]])
            span = (0.0, end + np.copysign(1e-3, end))
            start = [*position, *velocity]
            found = solve_ivp(derivative, span, start, "DOP853", moments[side], rtol=1e-11, atol=1e-9)
            states[side] = found.y.T
    states = states[where]
    return states[:, :3], states[:, 3:]


def _axis_frame(axis: np.ndarray) -> np.ndarray:
    """Rotation that takes the axis to +Z; its +X lies in the ICRF's equator."""
    z = axis / np.linalg.norm(axis)
    x = np.cross([0.0, 0.0, 1.0], z)
    x /= np.linalg.norm(x)
    return np.array([x, np.cross(z, x), z])


def _tilt(angles_deg: tuple[float, float]) -> np.ndarray:
    """Small frame rotation about x, then y."""
    a, b = np.radians(angles_deg)
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(a), np.sin(a)], [0.0, -np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0.0, -np.sin(b)], [0.0, 1.0, 0.0], [np.sin(b), 0.0, np.cos(b)]])
    result: np.ndarray = about_y @ about_x
    return result


def _inertial_to_axis(scenario: Scenario, middle_tdb: float) -> np.ndarray:
    axis = earth_direction(middle_tdb) if scenario.spin_axis is None else np.array(scenario.spin_axis)
    result: np.ndarray = _tilt(scenario.axis_tilt_deg) @ _axis_frame(axis)
    return result


def _apparent(scenario: Scenario, times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ICRF: camera from the body's place at emission; light time; Juno's velocity over c."""
    relative, relative_velocity = relative_state(scenario, times)
    body_velocity = EMBEDDED.state(_BODY, times, center="SSB")[:, 3:]
    position = relative
    light_time = np.zeros(len(times))
    for _ in range(3):
        light_time = np.linalg.norm(position, axis=1) / SPEED_OF_LIGHT_KM_S
        position = relative + body_velocity * light_time[:, None]
    beta = (relative_velocity + body_velocity) / SPEED_OF_LIGHT_KM_S
    if not scenario.stellar_aberration:
        beta = np.zeros_like(beta)
    return position, light_time, beta


def spin_at(scenario: Scenario) -> tuple[float, float]:
    """Epoch (TDB s) and phase (deg) of the spin: the angle of `icrf_to_spacecraft` at the middle of the picture.

    Raises
    ------
    InputError
        Where the body never crosses the camera's plane, because it is too near the spin axis.
    """
    epochs = frame_epochs_tdb(scenario)
    middle = float(0.5 * (epochs[0] + epochs[-1]))
    if scenario.spin_phase_deg is not None:
        return middle, scenario.spin_phase_deg
    crossing = epochs[0] + scenario.crossing * (epochs[-1] - epochs[0])
    position, _, beta = _apparent(scenario, np.array([crossing]))
    seen = -position[0] / np.linalg.norm(position[0]) + beta[0]
    x, y, z = _inertial_to_axis(scenario, middle) @ seen
    row = SPACECRAFT_TO_CAMERA[1]
    a, b, c = row[0] * x + row[1] * y, row[0] * y - row[1] * x, row[2] * z
    if abs(c) > np.hypot(a, b):
        raise InputError(f"{scenario.product_id}: the body stands too near the spin axis for the camera to see it")
    turns = np.arctan2(b, a) + np.array([1.0, -1.0]) * np.arccos(-c / np.hypot(a, b))
    boresight = SPACECRAFT_TO_CAMERA[2]
    ahead = [boresight @ [np.cos(t) * x + np.sin(t) * y, np.cos(t) * y - np.sin(t) * x, z] for t in turns]
    phase = np.degrees(turns[int(np.argmax(ahead))] - _MIDDLE_ROW_PX / scenario.focal_length_px)
    return middle, float(phase - scenario.spin_deg_s * (crossing - middle))


def icrf_to_spacecraft(scenario: Scenario, times_tdb: np.ndarray) -> np.ndarray:
    """Attitude, shape (n, 3, 3): a spin about a fixed axis."""
    epoch, phase = spin_at(scenario)
    angle = np.radians(phase + scenario.spin_deg_s * (np.asarray(times_tdb) - epoch))
    spin = np.zeros((len(angle), 3, 3))
    spin[:, 0, 0] = spin[:, 1, 1] = np.cos(angle)
    spin[:, 0, 1] = np.sin(angle)
    spin[:, 1, 0] = -np.sin(angle)
    spin[:, 2, 2] = 1.0
    result: np.ndarray = spin @ _inertial_to_axis(scenario, epoch)
    return result


def poses(scenario: Scenario, times_tdb: np.ndarray) -> Poses:
    """True poses at given times."""
    times = np.asarray(times_tdb, dtype=float)
    position, light_time, beta = _apparent(scenario, times)
    to_body = icrf_to_body(_BODY, times - light_time)
    to_camera = SPACECRAFT_TO_CAMERA @ icrf_to_spacecraft(scenario, times)
    sun_km = sun_position_km(_BODY, times - light_time)
    solar_distance = np.linalg.norm(sun_km, axis=1)
    sun = sun_km / solar_distance[:, None]
    if scenario.sun_direction is not None:
        direction = np.array(scenario.sun_direction)
        sun = np.tile(direction / np.linalg.norm(direction), (len(times), 1))
    jupiter = EMBEDDED.state("JUPITER", times - light_time, center=_BODY)[:, :3]

    def fixed(vectors: np.ndarray) -> np.ndarray:
        result: np.ndarray = np.einsum("nij,nj->ni", to_body, vectors)
        return result

    return Poses(
        times_tdb=times,
        position_km=fixed(position),
        body_to_camera=to_camera @ np.swapaxes(to_body, 1, 2),
        velocity_over_c=fixed(beta),
        sun=fixed(sun),
        solar_distance_km=solar_distance,
        jupiter_km=fixed(jupiter),
    )
