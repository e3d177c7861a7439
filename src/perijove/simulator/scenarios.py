"""Ready-made scenarios: the real pass of perijove 57, and random ones for closed-loop tests."""

import datetime as dt

import numpy as np

from perijove.bodies.juno import JUNOCAM
from perijove.constants import SECONDS_PER_HOUR
from perijove.ephemeris.juno import ARCS
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.sun import earth_direction, sun_direction
from perijove.errors import InputError
from perijove.scene.expected_motion import passing_velocity_km_s
from perijove.simulator.scenario import Scenario
from perijove.timescales import tdb_to_utc, utc_to_tdb

__all__ = ["frames_for", "perijove_57_scenarios", "random_scenario"]

_STRIPS_DEG = 17.0  # the three colour strips, seen along the spin, with their gaps
_HALF_FIELD_DEG = 28.0  # across the spin, with a margin
_BODY = "IO"

# Seconds from closest approach: inbound with the lit anti-Jovian side, the
# Jupiter-lit north at closest approach, outbound with Loki near the terminator.
_PERIJOVE_57_CLOSEST_UTC = "2023-12-30T08:36:01"
_PERIJOVE_57_TIMES_S = (-1200.0, -900.0, 60.0, 120.0, 270.0, 720.0)
_PERIJOVE_57_OFFSETS_S = (-0.0047, 0.0031, -0.0102, 0.0058, -0.0015, 0.0089)
_PERIJOVE_57_SPIN_DEG_S = 11.87


def frames_for(range_km: float, *, radius_km: float, spin_deg_s: float, frame_step_s: float, spare: int = 4) -> int:
    """Frames that a body needs to cross all three colour strips."""
    sweep = 2.0 * np.degrees(np.arcsin(min(radius_km / range_km, 1.0))) + _STRIPS_DEG
    return int(np.ceil(sweep / (spin_deg_s * frame_step_s))) + spare


def _iso(tdb: float) -> str:
    text = tdb_to_utc(tdb, digits=3)
    assert isinstance(text, str)
    return text


def _start_utc(middle_tdb: float, frames: int, frame_step_s: float) -> str:
    """Printed start of a picture whose frames lie around a time."""
    return _iso(middle_tdb - JUNOCAM.start_time_bias_s - 0.5 * (frames - 1) * frame_step_s)


def _product_id(start_utc: str, orbit: int, number: int, *, methane: bool = False) -> str:
    day = dt.datetime.fromisoformat(start_utc)
    return f"JNCE_{day:%Y%j}_{orbit:02d}{'M' if methane else 'C'}{number:05d}_V01"


def perijove_57_scenarios() -> list[Scenario]:
    """Six pictures along the real pass of 2023-12-30, from 20 minutes before to 12 after closest approach.

    Positions, velocity, Sun, Jupiter and spin axis are the real ones; times, spin phase and start offsets are made
    up, so that Io crosses in mid-picture.
    """
    closest = float(utc_to_tdb(_PERIJOVE_57_CLOSEST_UTC))
    scenarios = []
    for number, (after_s, offset_s) in enumerate(
        zip(_PERIJOVE_57_TIMES_S, _PERIJOVE_57_OFFSETS_S, strict=True), start=1
    ):
        state = EMBEDDED.state("JUNO", closest + after_s, center=_BODY).tolist()
        distance = float(np.linalg.norm(state[:3]))
        step = 0.371 + JUNOCAM.interframe_delta_s
        frames = frames_for(distance, radius_km=1830.0, spin_deg_s=_PERIJOVE_57_SPIN_DEG_S, frame_step_s=step, spare=5)
        start = _start_utc(closest + after_s, frames, step)
        scenarios.append(
            Scenario(
                product_id=_product_id(start, 57, 90000 + number),
                start_utc=start,
                epoch_utc=_iso(closest + after_s),
                position_km=tuple(state[:3]),
                velocity_km_s=tuple(state[3:]),
                frames=frames,
                orbit=57,
                start_offset_s=offset_s,
                spin_deg_s=_PERIJOVE_57_SPIN_DEG_S,
            )
        )
    return scenarios


def _perpendicular(direction: np.ndarray, towards: np.ndarray) -> np.ndarray:
    across = towards - (towards @ direction) * direction
    result: np.ndarray = across / np.linalg.norm(across)
    return result


def _directions_at_phase(sun: np.ndarray, phase_deg: float, azimuths: np.ndarray) -> np.ndarray:
    """Directions from the body in which Juno sees it at a phase angle."""
    x = _perpendicular(sun, np.array([0.3, -0.5, 0.8]))
    y = np.cross(sun, x)
    ring = np.cos(azimuths)[:, None] * x + np.sin(azimuths)[:, None] * y
    phase = np.radians(phase_deg)
    result: np.ndarray = np.cos(phase) * sun + np.sin(phase) * ring
    return result


def random_scenario(
    seed: int,
    *,
    range_km: float | None = None,
    phase_deg: float | None = None,
    spin_deg_s: float | None = None,
    start_offset_s: float | None = None,
    focal_length_px: float = JUNOCAM.flight_focal_length_px,
    psf_sigma_px: float = 0.3,
    filters: tuple[str, ...] = ("BLUE", "GREEN", "RED"),
) -> Scenario:
    """Draw a picture of Io for closed-loop tests.

    Parameters
    ----------
    seed : int
        Decides all that is not given.
    range_km : float, optional
        From Io's centre; default 3,320 to 100,000 km, uniform in the logarithm.
    phase_deg : float, optional
        Phase angle at Io's centre; default 20 to 150 deg.
    spin_deg_s, start_offset_s : float, optional
        Default 11.6 to 12.1 deg/s, -20 to 20 ms.
    focal_length_px, psf_sigma_px
        Lens.
    filters : tuple of str
        BLUE, GREEN, RED or METHANE alone.

    Returns
    -------
    Scenario
        A date in 2024 with the true Sun, Earth and Io. With the spin axis on the Earth the camera reaches phase angles
        of about 65 to 115 deg only (nearer ones the closer Io fills the field): where the phase asked for lies
        outside, `spin_axis` is set to the direction nearest to the Earth from which Io comes into view.
    """
    rng = np.random.default_rng([seed, 57])
    drawn = {
        "range": float(np.exp(rng.uniform(np.log(3320.0), np.log(1e5)))),
        "phase": rng.uniform(20.0, 150.0),
        "spin": rng.uniform(11.6, 12.1),
        "offset": rng.uniform(-0.02, 0.02),
    }
    distance = drawn["range"] if range_km is None else range_km
    phase = drawn["phase"] if phase_deg is None else phase_deg
    spin = drawn["spin"] if spin_deg_s is None else spin_deg_s
    offset = drawn["offset"] if start_offset_s is None else start_offset_s
    if not 0.0 < phase < 180.0:
        raise InputError(f"phase_deg {phase}: more than 0 and less than 180 is possible")
    middle = float(utc_to_tdb("2024-03-01T00:00:00")) + rng.uniform(0.0, 3.0e7 - 5e6)
    for arc in ARCS:
        first, last = arc.start_tdb - SECONDS_PER_HOUR, arc.end_tdb + SECONDS_PER_HOUR
        if first < middle < last:  # there processing takes the real path for granted
            middle = last
    sun, earth = sun_direction(_BODY, middle), earth_direction(middle)
    radius_deg = float(np.degrees(np.arcsin(1830.0 / distance)))
    reach = np.radians(max(_HALF_FIELD_DEG - radius_deg, 4.0))
    candidates = _directions_at_phase(sun, phase, rng.uniform(0.0, 2.0 * np.pi, 400))
    in_view = np.flatnonzero(np.abs(candidates @ earth) < np.sin(reach))
    spin_axis = None
    if in_view.size:
        direction = candidates[in_view[0]]
    else:
        direction = candidates[0]
        off = rng.uniform(-reach, reach)
        axis = np.cos(off) * _perpendicular(direction, earth) + np.sin(off) * direction
        spin_axis = (float(axis[0]), float(axis[1]), float(axis[2]))
    expected, _ = passing_velocity_km_s(middle, 60)
    velocity = expected + rng.normal(0.0, 3.0, 3)
    delay = round(rng.uniform(0.368, 0.379), 3)
    step = delay + JUNOCAM.interframe_delta_s
    frames = frames_for(distance, radius_km=1830.0, spin_deg_s=spin, frame_step_s=step)
    start = _start_utc(middle, frames, step)
    position = distance * direction
    return Scenario(
        product_id=_product_id(start, 60, 90000 + seed % 10000, methane=filters == ("METHANE",)),
        start_utc=start,
        epoch_utc=_iso(middle),
        position_km=(float(position[0]), float(position[1]), float(position[2])),
        velocity_km_s=(float(velocity[0]), float(velocity[1]), float(velocity[2])),
        frames=frames,
        filters=filters,
        interframe_delay_s=delay,
        tdi_stages=1 if phase < 60.0 else 2 if phase < 115.0 else 4,
        orbit=60,
        start_offset_s=float(offset),
        spin_deg_s=float(spin),
        crossing=float(rng.uniform(0.47, 0.53)),
        spin_axis=spin_axis,
        focal_length_px=focal_length_px,
        psf_sigma_px=psf_sigma_px,
    )
