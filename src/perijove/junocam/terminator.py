"""What the terminator says of the body's turn about the line of sight."""

import numpy as np

from perijove.geometry.ellipsoid import outward_normal
from perijove.junocam.locate import RollMeasurement
from perijove.scene.mapping import MapResult

__all__ = ["terminator_roll"]

_MAX_EMISSION_DEG = 65.0
_TERMINATOR_COSINE = (0.03, 0.45)
_TERMINATOR_MIN_PIXELS = 300
_BLOCKS = 8
_MAX_ROLL_DEG = 3.0  # beyond, the linear model means nothing


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
