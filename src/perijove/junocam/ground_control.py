"""How the body is turned under the camera: what the terminator and a base map say about it.

The limb of a nearly round body tells where its centre is and nothing about its turn. Roll about the line of sight
comes from the spin axis, to a few tenths of a degree; the terminator adds to it, and a base map settles it.
"""

from dataclasses import dataclass, replace

import numpy as np

from perijove.formats.base_map import BaseMap
from perijove.geometry.ellipsoid import outward_normal
from perijove.geometry.rotations import from_rotation_vector
from perijove.junocam.locate import Location, RollMeasurement
from perijove.junocam.registration import Shift, phase_shift
from perijove.physics.photometry import normal_reflectance
from perijove.scene.mapping import MapResult

__all__ = ["GroundControl", "base_map_control", "clear_ground", "terminator_roll", "turned"]

_MAX_INCIDENCE_DEG = 78.0
_MAX_EMISSION_DEG = 65.0
_TILE_PX = 96
_MIN_TILE_CORRELATION = 0.5
_MIN_TILES = 3  # fewer do not settle a turn; then the shift of the whole map counts
_MIN_CORRELATION = 0.25  # of the whole map, for its shift to be believed
_MIN_TILE_SHARE = 0.35
_TERMINATOR_COSINE = (0.03, 0.45)
_TERMINATOR_MIN_PIXELS = 300
_BLOCKS = 8
_MAX_ROLL_DEG = 3.0  # beyond, the linear model means nothing


@dataclass(frozen=True)
class GroundControl:
    """A map compared with a base map.

    Attributes
    ----------
    shift : Shift
        Of the whole map, map pixels.
    turn_deg : array, shape (3,)
        Rotation vector of the body, body-fixed, that takes the map onto the base map; least squares over tiles.
    roll_deg : float
        Its part about the line of sight.
    tiles : int
        Tiles that took part; the shift alone counts where there is none.
    """

    shift: Shift
    turn_deg: np.ndarray
    roll_deg: float
    tiles: int


def clear_ground(result: MapResult) -> np.ndarray:
    """Ground lit and seen steeply enough to compare, array of bool of the map's shape."""
    planes = result.backplanes
    with np.errstate(invalid="ignore"):
        clear: np.ndarray = (
            (planes["incidence"] < _MAX_INCIDENCE_DEG)
            & (planes["emission"] < _MAX_EMISSION_DEG)
            & np.isfinite(result.values).all(axis=0)
        )
    return clear


def terminator_roll(
    result: MapResult, position_km: np.ndarray, sun: np.ndarray, radii_km: np.ndarray
) -> RollMeasurement | None:
    """Roll from the way brightness fades towards the terminator.

    Parameters
    ----------
    result : MapResult
        View from the spacecraft, radiance factor.
    position_km : array, shape (3,)
        Spacecraft, body-fixed.
    sun : array, shape (3,)
        Direction to the Sun, body-fixed.
    radii_km : array, shape (3,)

    Returns
    -------
    RollMeasurement or None
        None where too little of the terminator shows.

    Notes
    -----
    A roll by d turns the Sun about the line of sight l: cos i grows by d n . (l x s). With Lambert's law brightness is
    a cos i + a d n . (l x s); the albedo a may have a gradient across the picture. The three terms are fitted by
    least squares, the error by a jackknife over blocks along the terminator, since albedo is patchy.
    """
    rows, columns = result.grid.shape
    ground = result.grid.ground_km(np.arange(rows)[:, None], np.arange(columns)[None, :], radii_km=radii_km)
    band = result.values[0]
    normal = outward_normal(ground, radii_km=radii_km)
    mu0 = normal @ sun
    with np.errstate(invalid="ignore"):
        use = np.isfinite(band) & (mu0 > _TERMINATOR_COSINE[0]) & (mu0 < _TERMINATOR_COSINE[1])
        use &= result.backplanes["emission"] < _MAX_EMISSION_DEG
    count = int(np.count_nonzero(use))
    if count < _TERMINATOR_MIN_PIXELS:
        return None
    sight = -position_km / np.linalg.norm(position_km)
    along = np.cross(sight, sun)
    if np.linalg.norm(along) < 0.3:  # the Sun is behind Juno or before it
        return None
    turned_by = normal[use] @ along
    place = turned_by / np.linalg.norm(along)
    design = np.stack([mu0[use], mu0[use] * place, turned_by], axis=1)
    value = band[use]

    def roll(keep: np.ndarray) -> float:
        scale = np.linalg.lstsq(design[keep], value[keep], rcond=None)[0]
        return float(scale[2] / scale[0])

    block = np.clip(np.searchsorted(np.quantile(place, np.linspace(0, 1, _BLOCKS + 1)[1:-1]), place), 0, _BLOCKS - 1)
    everything = roll(np.ones(count, dtype=bool))
    without = np.array([roll(block != b) for b in range(_BLOCKS)])
    sigma = float(np.sqrt((_BLOCKS - 1) / _BLOCKS * np.sum((without - without.mean()) ** 2)))
    angle = float(np.degrees(everything))
    if not np.isfinite(angle) or abs(angle) > _MAX_ROLL_DEG:
        return None
    return RollMeasurement(-angle, float(np.degrees(sigma)), count)


def base_map_control(
    result: MapResult, channel: int, base_map: BaseMap, position_km: np.ndarray, radii_km: np.ndarray
) -> GroundControl:
    """Compare a map with a base map, as a whole and tile by tile.

    Parameters
    ----------
    result : MapResult
        Radiance factor, not corrected for photometry.
    channel : int
        Band to compare.
    base_map : BaseMap
    position_km : array, shape (3,)
        Spacecraft, body-fixed.
    radii_km : array, shape (3,)
    """
    rows, columns = result.grid.shape
    lat, lon = result.grid.lat_lon(np.arange(rows)[:, None], np.arange(columns)[None, :])
    clear = clear_ground(result)
    sampled = base_map.sample(np.where(clear, lat, np.nan), lon)
    reference = np.where(clear, sampled.mean(axis=-1), 0.0)
    planes = result.backplanes
    flat = normal_reflectance(result.values[channel], "lommel_seeliger", planes["incidence"], planes["emission"])[0]
    flat = np.where(clear, flat, 0.0)
    whole = phase_shift(flat, reference, clear)
    here, there, weight = [], [], []
    for top in range(0, rows, _TILE_PX // 2):
        for left in range(0, columns, _TILE_PX // 2):
            box = (slice(top, top + _TILE_PX), slice(left, left + _TILE_PX))
            if np.count_nonzero(clear[box]) < _MIN_TILE_SHARE * _TILE_PX**2:
                continue
            shift = phase_shift(flat[box], reference[box], clear[box])
            if not shift.correlation > _MIN_TILE_CORRELATION:
                continue
            y, x = (np.mean(index) for index in np.nonzero(clear[box]))
            place = result.grid.ground_km(top + y, left + x, radii_km=radii_km)
            moved = result.grid.ground_km(top + y - shift.y_px, left + x - shift.x_px, radii_km=radii_km)
            here.append(place)
            there.append(moved)
            weight.append(shift.correlation * np.sqrt(shift.pixels))
    tiles = len(here) if len(here) >= _MIN_TILES else 0
    if not tiles:
        here, there, weight = [], [], []
    if not tiles and whole.correlation > _MIN_CORRELATION:
        y, x = (np.mean(index) for index in np.nonzero(clear))
        here = [result.grid.ground_km(y, x, radii_km=radii_km)]
        there = [result.grid.ground_km(y - whole.y_px, x - whole.x_px, radii_km=radii_km)]
        weight = [1.0]
    if not here:
        return GroundControl(whole, np.zeros(3), 0.0, 0)
    turn = _rotation_between(np.array(here), np.array(there), np.array(weight))
    sight = -position_km / np.linalg.norm(position_km)
    return GroundControl(whole, turn, float(turn @ sight), tiles)


def _rotation_between(here: np.ndarray, there: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Small rotation vector, deg, with omega x here = there - here; the shortest one where it is not determined."""
    g = here / np.linalg.norm(here, axis=1, keepdims=True)
    d = there / np.linalg.norm(there, axis=1, keepdims=True) - g
    ok = np.isfinite(d).all(axis=1)
    g, d, weight = g[ok], d[ok], weight[ok]
    matrix = np.zeros((len(g), 3, 3))
    matrix[:, 0, 1], matrix[:, 0, 2], matrix[:, 1, 2] = g[:, 2], -g[:, 1], g[:, 0]
    matrix -= np.swapaxes(matrix, 1, 2)
    for _ in range(3):
        a = (matrix * weight[:, None, None]).reshape(-1, 3)
        omega = np.linalg.lstsq(a, (d * weight[:, None]).ravel(), rcond=1e-3)[0]
        miss = np.linalg.norm(matrix @ omega - d, axis=1)
        weight = weight / (1.0 + (miss / (2.0 * np.median(miss) + 1e-9)) ** 2)
    result: np.ndarray = np.degrees(omega)
    return result


def turned(location: Location, turn_deg: np.ndarray) -> Location:
    """Turn the body under the camera by a rotation vector, body-fixed, degrees; the Sun stays where it is."""
    turn = from_rotation_vector(-np.asarray(turn_deg))
    view = location.view
    moved = replace(view, position_km=view.position_km @ turn.T, body_to_camera=view.body_to_camera @ turn.T)
    return replace(location, solution=replace(location.solution, view=moved))
