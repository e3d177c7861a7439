"""Sun, Earth and Io seen from the Jupiter system, good enough to light a picture without any kernel.

Earth and Sun come from ERFA's ``epv00`` (a few km), Jupiter from its ``plan94`` (Simon et al. 1994, mean
elements with the largest perturbations). Measured against JPL's ephemeris of June to November 2022:
direction to the Sun within 21 arcsec, its distance within 45,000 km, direction to the Earth within 26
arcsec.
"""

from collections.abc import Callable
from functools import partial

import erfa
import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import (
    EUROPA_MERIDIAN_DEG,
    IO_DISTANCE_TERMS_KM,
    IO_IAU_ROTATION,
    IO_LONGITUDE_TERMS_DEG,
)
from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY, SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.orientation import icrf_to_body
from perijove.errors import InputError

__all__ = [
    "barycentric_state",
    "earth_direction",
    "io_position_about_jupiter_km",
    "io_state_about_jupiter",
    "sun_direction",
    "sun_position_km",
]

_ERFA_JUPITER = 5
_BODIES = ("SUN", "EARTH", "JUPITER", "IO")
_DERIVATIVE_STEP_S = 32.0  # a power of two keeps the steps exact; rounding of the angles leaves 1e-7 km/s


def io_position_about_jupiter_km(tdb: ArrayLike) -> np.ndarray:
    """Io's centre from Jupiter's centre, ICRF.

    Parameters
    ----------
    tdb : array, shape (...)
        TDB seconds past J2000.

    Returns
    -------
    array, shape (..., 3)
        km. Io keeps its prime meridian towards Jupiter but for the forced eccentricity's libration; that
        relation is turned round. Against JPL jup365, 2000 to 2068: 92 km rms, 216 km at most, that is 0.012
        and 0.03 deg. (A circular orbit on the bare meridian would err by 3,900 km rms.)
    """
    tdb = np.asarray(tdb, dtype=float)
    days = tdb / SECONDS_PER_DAY
    w_io = IO_IAU_ROTATION.meridian_deg[0] + IO_IAU_ROTATION.meridian_deg[1] * days
    w_europa = EUROPA_MERIDIAN_DEG[0] + EUROPA_MERIDIAN_DEG[1] * days
    anomaly = np.radians(np.mod(2.0 * (w_io - w_europa), 360.0))
    c0, c1, c2, c3 = IO_LONGITUDE_TERMS_DEG
    lon = np.radians(c0 + c1 * days / 36525.0 + c2 * np.cos(anomaly) + c3 * np.sin(anomaly))
    r0, r1, r2 = IO_DISTANCE_TERMS_KM
    distance = r0 + r1 * np.cos(anomaly) + r2 * np.sin(anomaly)
    body_fixed = -distance[..., None] * np.stack([np.cos(lon), np.sin(lon), np.zeros_like(lon)], axis=-1)
    # v_icrf = body_to_icrf @ v = v @ icrf_to_body, row by row
    position: np.ndarray = (body_fixed[..., None, :] @ icrf_to_body("IO", tdb))[..., 0, :]
    return position


def _state(position_km: Callable[[np.ndarray], np.ndarray], tdb: ArrayLike) -> np.ndarray:
    """Position and its derivative, (..., 6): five-point formula, exact to 1e-7 km/s at Io.

    ERFA's own velocities are not quite the derivatives of its positions (1.8 m/s for Jupiter), which an
    interpolation between states would not forgive.
    """
    tdb = np.asarray(tdb, dtype=float)
    step = _DERIVATIVE_STEP_S
    near = position_km(tdb + step) - position_km(tdb - step)
    far = position_km(tdb + 2.0 * step) - position_km(tdb - 2.0 * step)
    return np.concatenate([position_km(tdb), (8.0 * near - far) / (12.0 * step)], axis=-1)


def io_state_about_jupiter(tdb: ArrayLike) -> np.ndarray:
    """Position (km) and velocity (km/s) of Io's centre from Jupiter's, ICRF, shape (..., 6)."""
    return _state(io_position_about_jupiter_km, tdb)


def _barycentric_position_km(body: str, tdb: np.ndarray) -> np.ndarray:
    days = tdb / SECONDS_PER_DAY
    earth_from_sun, earth_from_barycentre = erfa.epv00(J2000_JD, days)
    earth: np.ndarray = earth_from_barycentre["p"] * AU_KM
    if body == "EARTH":
        return earth
    sun: np.ndarray = earth - earth_from_sun["p"] * AU_KM
    if body == "SUN":
        return sun
    jupiter: np.ndarray = sun + erfa.plan94(J2000_JD, days, _ERFA_JUPITER)["p"] * AU_KM
    return jupiter if body == "JUPITER" else jupiter + io_position_about_jupiter_km(tdb)


def barycentric_state(body: str, tdb: ArrayLike) -> np.ndarray:
    """Position and velocity from the barycentre of the solar system, ICRF, geometric.

    Parameters
    ----------
    body : str
        ``SUN``, ``EARTH``, ``JUPITER`` or ``IO``.
    tdb : array, shape (...)
        TDB seconds past J2000.

    Returns
    -------
    array, shape (..., 6)
        km and km/s; errors as in the module's head, for Jupiter and Io about 75,000 km.
    """
    if body not in _BODIES:
        raise InputError(f"no ephemeris of {body!r} is built in; there are {', '.join(_BODIES)}")
    return _state(partial(_barycentric_position_km, body), tdb)


def _apparent_km(source: str, observer: str, tdb: ArrayLike) -> np.ndarray:
    """Vector to a source as the observer sees it: light time, then stellar aberration to first order in v/c."""
    tdb = np.asarray(tdb, dtype=float)
    here = barycentric_state(observer, tdb)
    light_time = np.zeros_like(tdb)
    vector = barycentric_state(source, tdb)[..., :3] - here[..., :3]
    for _ in range(2):  # the second pass changes the Earth's place by 10 km
        light_time = np.linalg.norm(vector, axis=-1) / SPEED_OF_LIGHT_KM_S
        vector = barycentric_state(source, tdb - light_time)[..., :3] - here[..., :3]
    distance = np.linalg.norm(vector, axis=-1, keepdims=True)
    seen = vector / distance + here[..., 3:] / SPEED_OF_LIGHT_KM_S
    result: np.ndarray = distance * seen / np.linalg.norm(seen, axis=-1, keepdims=True)
    return result


def sun_position_km(body: str, tdb: ArrayLike) -> np.ndarray:
    """Vector from a body to the Sun as seen there, ICRF.

    Parameters
    ----------
    body : str
        ``IO`` or ``JUPITER``.
    tdb : array, shape (...)
        Time at the body, TDB seconds past J2000.

    Returns
    -------
    array, shape (..., 3)
        km, with light time and stellar aberration; direction good to 21 arcsec (0.006 deg), length to 6e-5.
    """
    return _apparent_km("SUN", body, tdb)


def sun_direction(body: str, tdb: ArrayLike) -> np.ndarray:
    """Unit vectors of `sun_position_km`."""
    vector = sun_position_km(body, tdb)
    direction: np.ndarray = vector / np.linalg.norm(vector, axis=-1, keepdims=True)
    return direction


def earth_direction(tdb: ArrayLike) -> np.ndarray:
    """Unit vector from Jupiter to the Earth as seen there, ICRF; Juno's spin axis follows it.

    Parameters
    ----------
    tdb : array, shape (...)
        Time at Jupiter, TDB seconds past J2000.

    Returns
    -------
    array, shape (..., 3)
        With light time and stellar aberration; good to 26 arcsec (0.007 deg). Juno itself is off Jupiter's
        centre: each million km adds up to 0.1 deg.
    """
    vector = _apparent_km("EARTH", "JUPITER", tdb)
    direction: np.ndarray = vector / np.linalg.norm(vector, axis=-1, keepdims=True)
    return direction
