"""How Juno moves past Io where no trajectory is at hand."""

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_MOTIONS_DEG_DAY
from perijove.bodies.jupiter import JUPITER_GM_KM3_S2
from perijove.constants import SECONDS_PER_DAY, SECONDS_PER_HOUR
from perijove.ephemeris.juno import ARCS, arc_of, juno_states
from perijove.ephemeris.source import EMBEDDED

__all__ = ["passing_velocity_km_s"]

_CROSSING_SIGMA_KM_S = 6.0  # a guess at how the velocity differs where Juno is not just crossing Io's orbit
_UNKNOWN_SIGMA_KM_S = 17.0  # 30 km/s in an unknown direction, per component
_SEARCH_S = (-10.0 * SECONDS_PER_HOUR, -0.5 * SECONDS_PER_HOUR, 120.0)  # from perijove: first, last, step


def passing_velocity_km_s(tdb: float, orbit: int | None) -> tuple[np.ndarray, float]:
    """Expected velocity of Juno relative to Io outside the built-in passes.

    Parameters
    ----------
    tdb : float
    orbit : int or None
        Number of the perijove.

    Returns
    -------
    velocity_km_s : array, shape (3,)
        ICRF. For orbits with a built-in pass Juno's velocity about Jupiter at its inbound crossing of Io's
        orbit, less Io's own. For others zero.
    sigma_km_s : float
        Standard error of each component.
    """
    if orbit is None or not ARCS[0].perijove <= orbit <= ARCS[-1].perijove:
        return np.zeros(3), _UNKNOWN_SIGMA_KM_S
    mean_motion = np.radians(GALILEAN_MEAN_MOTIONS_DEG_DAY["IO"]) / SECONDS_PER_DAY
    io_distance_km = (JUPITER_GM_KM3_S2 / mean_motion**2) ** (1.0 / 3.0)
    inbound = juno_states(arc_of(orbit).perijove_tdb + np.arange(*_SEARCH_S))
    crossing = inbound[np.argmin(np.abs(np.linalg.norm(inbound[:, :3], axis=1) - io_distance_km))]
    return crossing[3:] - EMBEDDED.state("IO", tdb, center="JUPITER")[3:], _CROSSING_SIGMA_KM_S
