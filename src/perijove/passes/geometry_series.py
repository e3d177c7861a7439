"""Geometry of a target as an observer sees it, over many times at once."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.galilean import GALILEAN_MEAN_RADII_KM
from perijove.bodies.juno import PIXEL_RAD
from perijove.bodies.jupiter import JUPITER_MEAN_RADIUS_KM, JUPITER_RADII_KM
from perijove.bodies.sun import SUN_RADIUS_KM
from perijove.constants import AU_KM, HOURS_PER_DAY, SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.apparent import SSB, Correction, EvenPath, apparent_state, seen_km
from perijove.ephemeris.frames import frame_rotation
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import Ephemeris
from perijove.errors import InputError
from perijove.geometry.discs import hidden_fraction, seen_areas_km2
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.geometry.rotations import angle_between_deg, length, unit
from perijove.passes.ephemeris_errors import sigma_along_km, velocity_sigma_km_s
from perijove.passes.geometry_columns import GeometrySeries, columns
from perijove.passes.orbit_place import orbit_longitude_deg, true_anomaly_deg
from perijove.passes.sub_points import TurningBody, incidence_deg, sub_observer_point, sub_solar_point
from perijove.passes.vantage import body_radii_km

__all__ = ["GeometrySeries", "columns", "geometry_series"]

_JUPITER = "JUPITER"
_MEAN_RADII_KM = MappingProxyType({**GALILEAN_MEAN_RADII_KM, _JUPITER: JUPITER_MEAN_RADIUS_KM})
_BLOCK = 8192  # epochs: enough to spread what each call costs, few enough for the processor's cache


def geometry_series(
    ephemeris: Ephemeris, target: str, tdb: ArrayLike, *, observer: str = "JUNO", correction: str = "LT+S"
) -> GeometrySeries:
    """Everything that a table of a pass tells.

    Parameters
    ----------
    ephemeris : Ephemeris
        `perijove.ephemeris.source.EMBEDDED`, kernels (`perijove.ephemeris.spice.source.kernel_ephemeris`), or any with
        segments of your own. It must reach target, observer, Sun and Jupiter.
    target : str
        ``JUPITER`` or a Galilean moon.
    tdb : array, shape (...)
        Time at the observer, TDB seconds past J2000.
    observer : str
        Name of any body of the ephemeris.
    correction : str
        One of `perijove.ephemeris.apparent.CORRECTIONS`.

    Returns
    -------
    GeometrySeries
        Arrays of the shape of `tdb`.

    Raises
    ------
    InputError
        Where the target has no known shape or is the observer, for an unknown correction, and where the ephemeris ends.

    Notes
    -----
    Range and its rate are SPICE's ``spkezr``, the points ``subpnt`` and ``subslr`` with NEAR POINT/ELLIPSOID (the
    `center` columns: INTERCEPT/ELLIPSOID), incidence ``ilumin`` at the sub-spacecraft point, phase ``phaseq`` and local
    time ``et2lst``: distances to 1e-6 km and angles to 1e-7 deg for the same positions. The ellipsoid and the
    rotation are the IAU's. Not modelled: terrain, Io's libration (30 arcsec), refraction in Jupiter's atmosphere (it
    delays eclipses by seconds), and moons before moons.
    """
    target, observer = target.upper(), observer.upper()
    body_radii_km(target)
    if target == observer:
        raise InputError(f"{target} cannot be seen from itself; give another observer or target")
    corrected = Correction.named(correction)
    times = np.asarray(tdb, dtype=float)
    flat = times.ravel()
    blocks = [flat[begin : begin + _BLOCK] for begin in range(0, max(flat.size, 1), _BLOCK)]
    rows = [_values(ephemeris.remembering(), target, observer, block, corrected) for block in blocks]
    values = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    sigma = _sigma(ephemeris, target, observer, flat, values)
    return GeometrySeries(
        target=target,
        observer=observer,
        correction=corrected.name,
        tdb=times,
        sigma=MappingProxyType({name: array.reshape(times.shape) for name, array in sigma.items()}),
        **{name: np.asarray(array).reshape(times.shape) for name, array in values.items()},
    )


def _values(
    ephemeris: Ephemeris, target: str, observer: str, tdb: np.ndarray, correction: Correction
) -> dict[str, np.ndarray]:
    """Columns by name, shape (n,)."""
    here = ephemeris.state(observer, tdb, center=SSB)
    apparent = apparent_state(ephemeris, target, observer, tdb, correction.name)
    sight, velocity = apparent[:, :3], apparent[:, 3:]
    distance = length(sight)
    emitted = tdb - distance / SPEED_OF_LIGHT_KM_S if correction.steps else tdb
    body = TurningBody.of(ephemeris, target, emitted, body_radii_km(target))
    sun_path = EvenPath.of(ephemeris, "SUN", emitted)
    sun_straight, sun = seen_km(sun_path, body.path.state, emitted, correction)
    sun_km = sun_straight + body.path.state[:, :3]
    offset, sun_fixed = (body.fixed(vector, emitted) for vector in (-sight, sun))
    below = sub_observer_point(body, here, tdb, offset, correction)
    center = sub_observer_point(body, here, tdb, offset, correction, intercept=True)
    lat, lon = planetocentric_deg(below.point_km)
    center_lat, center_lon = planetocentric_deg(center.point_km)
    sun_lat, sun_lon = planetocentric_deg(sub_solar_point(body, (here, tdb, offset), (sun_fixed, sun_km), correction))
    noon = planetocentric_deg(sun_fixed)[1]
    altitude = below.distance_km
    phase = angle_between_deg(-sight, sun)
    seen, lit = seen_areas_km2(offset, sun_fixed, radii_km=body.radii_km)
    values = {
        "range_km": distance,
        "altitude_km": altitude,
        "speed_km_s": length(velocity),
        "range_rate_km_s": np.einsum("ij,ij->i", sight, velocity) / distance,
        "light_time_s": distance / SPEED_OF_LIGHT_KM_S,
        "sub_spacecraft_lat_deg": lat,
        "sub_spacecraft_lon_east_deg": lon,
        "sub_spacecraft_lon_west_deg": np.mod(-lon, 360.0),
        "sub_spacecraft_radius_km": length(below.point_km),
        "center_lat_deg": center_lat,
        "center_lon_east_deg": center_lon,
        "sub_solar_lat_deg": sun_lat,
        "sub_solar_lon_east_deg": sun_lon,
        "sub_solar_lon_west_deg": np.mod(-sun_lon, 360.0),
        "phase_deg": phase,
        "sub_spacecraft_incidence_deg": incidence_deg(body, below, sun_km, correction),
        "local_solar_time_h": np.mod(0.5 + (lon - noon) / 360.0, 1.0) * HOURS_PER_DAY,
        "solar_elongation_deg": np.full(tdb.shape, np.nan),
        "sun_distance_au": length(sun_straight) / AU_KM,
        "angular_diameter_deg": _diameter_deg(_MEAN_RADII_KM[target], distance),
        "junocam_km_per_px": altitude * PIXEL_RAD["JUNOCAM"],
        "jiram_km_per_px": altitude * PIXEL_RAD["JIRAM"],
        "sru_km_per_px": altitude * PIXEL_RAD["SRU"],
        "illuminated_fraction": _illuminated(phase),
        "visible_area_km2": seen,
        "visible_lit_area_km2": lit,
        **dict.fromkeys(_BESIDE_JUPITER, np.full(tdb.shape, np.nan)),
    }
    if observer != "SUN":
        values["solar_elongation_deg"] = angle_between_deg(sight, seen_km(sun_path, here, tdb, correction)[1])
    if target != _JUPITER:
        jupiter = EvenPath.of(ephemeris, _JUPITER, emitted)
        turn = _jupiter_equator(emitted)
        values |= _beside_jupiter(target, body.path.state, sun_straight, jupiter, turn, correction)
        if observer != _JUPITER:
            to_jupiter = seen_km(jupiter, here, tdb, correction)[1]
            values["unocculted_fraction"] = 1.0 - _hidden(turn, to_jupiter, sight, _MEAN_RADII_KM[target])
    return values


def _jupiter_equator(tdb: np.ndarray) -> np.ndarray:
    """Rotations into the frame JUPITER_EQUATOR; within a block the pole moves evenly: over ten years to 1e-3 deg."""
    middle = 0.5 * (tdb.min() + tdb.max()) if tdb.size else 0.0
    turn, rate = frame_rotation("JUPITER_EQUATOR", middle)
    return np.asarray(turn + (tdb - middle)[:, None, None] * rate)


def _diameter_deg(radius_km: float, distance_km: np.ndarray) -> np.ndarray:
    return np.degrees(2.0 * np.arcsin(np.minimum(radius_km / distance_km, 1.0)))


def _illuminated(phase_deg: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 * (1.0 + np.cos(np.radians(phase_deg))))


def _hidden(turn: np.ndarray, jupiter_km: np.ndarray, light_km: np.ndarray, radius_km: float) -> np.ndarray:
    """Part of a sphere's disc that Jupiter covers; both from one place, ICRF; `turn` leads to Jupiter's equator."""
    place, light = (np.einsum("nij,nj->ni", turn, vector) for vector in (-jupiter_km, light_km))
    return hidden_fraction(place, light, light_radius_km=radius_km, radii_km=JUPITER_RADII_KM)


_BESIDE_JUPITER = (
    "unocculted_fraction",
    "sunlight_fraction",
    "jupiter_phase_deg",
    "jupiter_angular_diameter_deg",
    "jupiter_illuminated_fraction",
    "orbit_longitude_deg",
    "true_anomaly_deg",
)


def _beside_jupiter(
    moon: str, there: np.ndarray, sun: np.ndarray, jupiter: EvenPath, turn: np.ndarray, correction: Correction
) -> dict[str, np.ndarray]:
    """Columns of a moon and its planet, when the light left the moon.

    The Sun's and Jupiter's places are without aberration, which would turn two directions unlike and so bend the angle
    at Jupiter.
    """
    planet = seen_km(jupiter, there, jupiter.tdb, correction)[0]
    phase = angle_between_deg(-planet, sun - planet)
    orbit = there - jupiter.state
    return {
        "unocculted_fraction": np.ones(phase.shape),
        "sunlight_fraction": 1.0 - _hidden(turn, planet, sun, SUN_RADIUS_KM),
        "jupiter_phase_deg": phase,
        "jupiter_angular_diameter_deg": _diameter_deg(float(JUPITER_RADII_KM[0]), length(planet)),
        "jupiter_illuminated_fraction": _illuminated(phase),
        "orbit_longitude_deg": orbit_longitude_deg(orbit, turn),
        "true_anomaly_deg": true_anomaly_deg(moon, orbit),
    }


def _sigma(
    ephemeris: Ephemeris, target: str, observer: str, tdb: np.ndarray, values: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Standard errors of the columns that the relative place of target and observer enters to first order.

    Each is the error along the direction in which its column changes: towards the observer, north, east, to the Sun.
    """
    covariance = ephemeris.position_covariance_km2(target, tdb, center=observer)
    if np.isnan(covariance).all():
        return {}
    state = ephemeris.state(target, tdb, center=observer)
    outward = -unit(state[:, :3])
    east = unit(np.cross(icrf_to_body(target, tdb)[:, 2], outward))
    sun = ephemeris.state("SUN", tdb, center=target)[:, :3]

    def angle_deg(direction: np.ndarray) -> np.ndarray:
        across = unit(direction - np.sum(direction * outward, axis=-1, keepdims=True) * outward)
        return np.asarray(np.degrees(sigma_along_km(covariance, across) / values["range_km"]))

    jovian = observer if target == _JUPITER else target
    from_jupiter = np.linalg.norm(ephemeris.state(jovian, tdb, center=_JUPITER)[:, :3], axis=-1)
    along, speed = sigma_along_km(covariance, outward), velocity_sigma_km_s(covariance, from_jupiter)
    lat, phase = angle_deg(np.cross(outward, east)), angle_deg(sun)
    lon = angle_deg(east) / np.cos(np.radians(values["sub_spacecraft_lat_deg"]))
    rate = np.hypot(speed, np.radians(angle_deg(state[:, 3:])) * _across(values))
    return {
        "range_km": along,
        "altitude_km": along,
        "speed_km_s": speed,
        "range_rate_km_s": rate,
        "light_time_s": along / SPEED_OF_LIGHT_KM_S,
        "sub_spacecraft_lat_deg": lat,
        "sub_spacecraft_lon_east_deg": lon,
        "sub_spacecraft_lon_west_deg": lon,
        "center_lat_deg": lat,
        "center_lon_east_deg": lon,
        "phase_deg": phase,
        "sub_spacecraft_incidence_deg": phase,
        "local_solar_time_h": lon / 360.0 * HOURS_PER_DAY,
        "solar_elongation_deg": phase,
        "angular_diameter_deg": np.degrees(2.0 * along / values["range_km"])
        * np.tan(np.radians(0.5 * values["angular_diameter_deg"])),
        **{
            f"{camera.lower()}_km_per_px": values[f"{camera.lower()}_km_per_px"] * along / values["altitude_km"]
            for camera in PIXEL_RAD
        },
    }


def _across(values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Part of the velocity across the line of sight, km/s."""
    return np.asarray(np.sqrt(np.maximum(values["speed_km_s"] ** 2 - values["range_rate_km_s"] ** 2, 0.0)))
