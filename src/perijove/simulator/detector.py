"""From radiance factor to 8-bit codes: response, background, noise, particle hits, saturation, companding."""

import numpy as np

from perijove.bodies.juno import FILTERS, JUNOCAM
from perijove.camera.response import response
from perijove.constants import AU_KM
from perijove.formats.companding import compand
from perijove.simulator.scenario import DetectorModel

__all__ = ["background_shape", "dn_per_radiance_factor", "read_out"]

# Shape of the late-mission background, relative to its mean over the imaging columns: measured on the sky of the raw
# picture of perijove 68, the same in the three colours.
_COLUMN_NODES = (23.0, 75.0, 225.0, 375.0, 525.0, 825.0, 975.0, 1275.0, 1425.0, 1575.0, 1630.0)
_COLUMN_SHAPE = (0.76, 0.90, 0.97, 0.99, 1.00, 1.02, 1.015, 1.00, 0.985, 0.95, 0.82)
_ROW_NODES = (0.0, 10.0, 64.0, 110.0, 127.0)
_ROW_SHAPE = (0.93, 0.94, 0.985, 1.035, 1.04)
_DARK_SHAPE = 0.72  # dark columns right of the first seven
_FIRST_COLUMNS_DN = (1.3, 1.5, 2.5, 2.7, 1.7, 1.5, 1.7)  # columns 0 to 6
_LAST_COLUMNS_SHAPE = (0.50, 0.20)  # the two last columns


def dn_per_radiance_factor(filter_name: str, *, exposure_s: float, solar_distance_km: float, orbit: int) -> float:
    """Counts above background of a surface with radiance factor 1.

    DN = I/F x F_sun / (pi d^2) x width x response(orbit) x exposure, with F_sun the solar irradiance at 1 au and d the
    distance from the Sun in au.
    """
    facts = FILTERS[filter_name]
    distance_au = solar_distance_km / AU_KM
    radiance = facts.solar_irradiance_w_m2_um / (np.pi * distance_au**2) * facts.width_nm * 1e-3
    return float(radiance * response([filter_name], orbit).value[0] * exposure_s)


def background_shape() -> np.ndarray:
    """Background over its mean in the imaging columns, shape (128, 1648), without the marker column."""
    columns = np.interp(np.arange(JUNOCAM.columns), _COLUMN_NODES, _COLUMN_SHAPE)
    columns[: JUNOCAM.dark_columns] = _DARK_SHAPE
    columns[-len(_LAST_COLUMNS_SHAPE) :] = _LAST_COLUMNS_SHAPE
    rows = np.interp(np.arange(JUNOCAM.strip_rows), _ROW_NODES, _ROW_SHAPE)
    shape = rows[:, None] * columns
    imaging = shape[:, JUNOCAM.dark_columns : JUNOCAM.dark_columns + JUNOCAM.active_columns]
    result: np.ndarray = shape / imaging.mean()
    return result


def _hits(dn: np.ndarray, per_framelet: float, model: DetectorModel, rng: np.random.Generator) -> None:
    """Add particle hits to one framelet: a power law in charge, mostly single pixels, now and then a track."""
    faintest = 0.25 * model.hit_threshold_dn
    count = rng.poisson(per_framelet * (model.hit_threshold_dn / faintest) ** model.hit_slope)
    charge = faintest * (1.0 - rng.random(count)) ** (-1.0 / model.hit_slope)
    rows, columns = dn.shape
    y, x = rng.integers(0, rows, count), rng.integers(JUNOCAM.dark_columns, columns, count)
    np.add.at(dn, (y, x), charge)
    shared = np.flatnonzero(rng.random(count) < 0.08)  # charge that spilt into a neighbour
    side = rng.integers(-1, 2, (2, shared.size))
    _add(dn, y[shared] + side[0], x[shared] + side[1], 0.5 * charge[shared])
    for k in np.flatnonzero(rng.random(count) < 0.0015):  # grazing tracks
        angle, length = rng.uniform(0.0, 2.0 * np.pi), rng.integers(5, 30)
        steps = np.arange(length)
        track = rng.exponential(40.0, length)
        _add(
            dn,
            np.rint(y[k] + steps * np.sin(angle)).astype(int),
            np.rint(x[k] + steps * np.cos(angle)).astype(int),
            track,
        )


def _add(dn: np.ndarray, y: np.ndarray, x: np.ndarray, charge: np.ndarray) -> None:
    inside = (y >= 0) & (y < dn.shape[0]) & (x >= JUNOCAM.dark_columns) & (x < dn.shape[1])
    np.add.at(dn, (y[inside], x[inside]), charge[inside])


def read_out(signal_dn: np.ndarray, filter_name: str, model: DetectorModel, rng: np.random.Generator) -> np.ndarray:
    """Codes of one framelet.

    Parameters
    ----------
    signal_dn : array, shape (128, 1648)
        Expected counts of light.
    filter_name : str
        Its background and rate of hits are used.
    model : DetectorModel
    rng : Generator
        Source of all chance in this framelet.

    Returns
    -------
    array, shape (128, 1648), uint8
        SQROOT codes. Dark columns see no light.
    """
    dn = signal_dn.astype(np.float32)
    dn[:, : JUNOCAM.dark_columns] = 0.0
    dn[:, JUNOCAM.dark_columns + JUNOCAM.active_columns :] = 0.0
    dn += (model.background_dn[filter_name] * background_shape()).astype(np.float32)
    dn[:, : len(_FIRST_COLUMNS_DN)] = _FIRST_COLUMNS_DN
    if model.noise:
        variance = np.maximum(dn, 0.0) / model.gain_e_per_dn
        variance += (model.read_noise_e / model.gain_e_per_dn) ** 2 + model.extra_noise_dn**2
        dn += np.sqrt(variance) * rng.standard_normal(dn.shape, dtype=np.float32)
        _hits(dn, model.hits_per_framelet[filter_name], model, rng)
        dn[:, model.marker_column] = rng.normal(model.marker_dn, model.marker_sigma_dn, dn.shape[0])
    return compand(np.minimum(dn, model.full_well_dn))
