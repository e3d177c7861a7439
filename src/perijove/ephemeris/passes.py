"""Juno beside Io: the known close encounters, and how fast Juno passes otherwise."""

from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import IO_GM_JUP365_KM3_S2
from perijove.bodies.juno import ENCOUNTERS, Encounter
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2
from perijove.ephemeris.source import EMBEDDED
from perijove.timescales import utc_to_tdb

__all__ = ["PassState", "encounter_state", "known_encounter", "passing_velocity_km_s"]

ENCOUNTER_REACH_S = 1800.0
_STEP_S = 20.0
_LATE_ORBITS = 40  # from here on Juno crosses Io's orbit inbound at nearly one place and velocity
_LATE_SIGMA_KM_S = 6.0  # a guess at the drift of the crossing velocity over perijoves 41 to 68; not measured
_UNKNOWN_SIGMA_KM_S = 17.0  # 30 km/s in an unknown direction, per component


@dataclass(frozen=True)
class PassState:
    """Juno relative to Io's centre (ICRF, geometric) with standard errors per component."""

    position_km: np.ndarray
    velocity_km_s: np.ndarray
    position_sigma_km: float
    velocity_sigma_km_s: float
    source: str


def known_encounter(tdb: float) -> Encounter | None:
    """Return the known encounter within half an hour of a time, or None."""
    for encounter in ENCOUNTERS.values():
        if abs(tdb - utc_to_tdb(encounter.closest_approach_utc)) <= ENCOUNTER_REACH_S:
            return encounter
    return None


def _acceleration(position_km: np.ndarray, jupiter_km: np.ndarray) -> np.ndarray:
    """Io's pull and Jupiter's pull less that on Io, km/s^2."""
    to_jupiter = jupiter_km - position_km
    io = -IO_GM_JUP365_KM3_S2 * position_km / np.linalg.norm(position_km) ** 3
    jupiter = to_jupiter / np.linalg.norm(to_jupiter) ** 3 - jupiter_km / np.linalg.norm(jupiter_km) ** 3
    result: np.ndarray = io + JUPITER_GM_KM3_S2 * jupiter
    return result


def encounter_state(encounter: Encounter, tdb: float) -> PassState:
    """State of Juno relative to Io at a time near a known encounter.

    Runge-Kutta steps of 20 s under Io and the tide of Jupiter. The arc's own error has not been measured; the stated
    one is that of the state it starts from, and 0.3 m/s of velocity times the time.
    """
    start = float(utc_to_tdb(encounter.closest_approach_utc))
    position, velocity = np.array(encounter.position_km), np.array(encounter.velocity_km_s)
    steps = max(1, int(np.ceil(abs(tdb - start) / _STEP_S)))
    h = (tdb - start) / steps
    nodes = EMBEDDED.state("JUPITER", start + 0.5 * h * np.arange(2 * steps + 1), center="IO")[:, :3]
    for i in range(steps):
        first, middle, last = nodes[2 * i : 2 * i + 3]
        a1 = _acceleration(position, first)
        a2 = _acceleration(position + 0.5 * h * velocity, middle)
        a3 = _acceleration(position + 0.5 * h * velocity + 0.25 * h * h * a1, middle)
        a4 = _acceleration(position + h * velocity + 0.5 * h * h * a2, last)
        position = position + h * velocity + h * h * (a1 + a2 + a3) / 6.0
        velocity = velocity + h * (a1 + 2.0 * a2 + 2.0 * a3 + a4) / 6.0
    sigma = float(np.hypot(encounter.position_sigma_km, 3e-4 * abs(tdb - start)))
    return PassState(position, velocity, sigma, 1e-3, f"encounter of perijove {encounter.perijove}: {encounter.source}")


def passing_velocity_km_s(tdb: float, orbit: int | None) -> tuple[np.ndarray, float]:
    """Expected velocity of Juno relative to Io where no trajectory is at hand.

    Parameters
    ----------
    tdb : float
    orbit : int or None

    Returns
    -------
    velocity_km_s : array, shape (3,)
        ICRF. From orbit 40 on: Juno's velocity about Jupiter at its inbound crossing of Io's orbit, as at
        the known encounters, less Io's own. Before: zero.
    sigma_km_s : float
        Standard error of each component.
    """
    if orbit is None or orbit < _LATE_ORBITS:
        return np.zeros(3), _UNKNOWN_SIGMA_KM_S
    about_jupiter = [
        np.array(e.velocity_km_s) + _io_velocity_km_s(float(utc_to_tdb(e.closest_approach_utc)))
        for e in ENCOUNTERS.values()
    ]
    return np.mean(about_jupiter, axis=0) - _io_velocity_km_s(tdb), _LATE_SIGMA_KM_S


def _io_velocity_km_s(tdb: float) -> np.ndarray:
    """Io about Jupiter, ICRF."""
    return EMBEDDED.state("IO", tdb, center="JUPITER")[3:]
