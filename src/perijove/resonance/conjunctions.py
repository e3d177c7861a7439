"""When two moons stand in one direction from Jupiter, and where all four are then."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import GALILEAN_MEAN_GM_KM3_S2, GALILEAN_MEAN_MOTIONS_DEG_DAY
from perijove.bodies.jupiter import JUPITER_RADII_KM, JUPITER_ZONALS_DURANTE_2020
from perijove.constants import SECONDS_PER_DAY
from perijove.dynamics.moments import Motion, longitude_meetings
from perijove.dynamics.time_search import grid
from perijove.resonance.elements import equatorial_states
from perijove.resonance.geometric_elements import geometric_elements
from perijove.resonance.slow_motion import moon_gm_km3_s2

__all__ = ["PAIRS", "Conjunction", "first_conjunctions"]

_MOONS = tuple(GALILEAN_MEAN_GM_KM3_S2)
PAIRS = (("IO", "EUROPA"), ("EUROPA", "GANYMEDE"), ("IO", "GANYMEDE"))
"""The pairs of the Laplace resonance."""
_CENTRE_DEG = 10.0  # by which a synodic turn may be longer: equations of centre reach 3 deg
_STEP_S = 7200.0


@dataclass(frozen=True)
class Conjunction:
    """Two moons at one longitude about Jupiter's equator."""

    pair: tuple[str, str]
    tdb: float
    longitude_deg: np.ndarray  # (4,) of Io to Callisto, -180 to 180
    distance_km: np.ndarray  # (4,)
    pericenter_longitude_deg: np.ndarray  # (4,) geometric


def _longitude_deg(equatorial: np.ndarray) -> np.ndarray:
    return np.asarray(np.degrees(np.arctan2(equatorial[:, 1], equatorial[:, 0])))


def first_conjunctions(
    states: Callable[[np.ndarray], np.ndarray], start_tdb: float
) -> tuple[Conjunction, Conjunction, Conjunction]:
    """First conjunction of each of `PAIRS` after a time.

    Parameters
    ----------
    states : function
        States (n, 4, 6) of Io, Europa, Ganymede and Callisto about Jupiter, ICRF, for times (n,).
    start_tdb : float
        TDB seconds past J2000; the answer lies within 7.1 d after it.

    Returns
    -------
    tuple of Conjunction
        In the order of `PAIRS`; times good to a microsecond of the given states.
    """
    return tuple(_first(states, start_tdb, pair) for pair in PAIRS)  # type: ignore[return-value]


def _first(states: Callable[[np.ndarray], np.ndarray], start_tdb: float, pair: tuple[str, str]) -> Conjunction:
    inner, outer = (_MOONS.index(name) for name in pair)

    def of(moon: int) -> Motion:
        return lambda tdb: equatorial_states(states(tdb))[:, moon]

    rate = GALILEAN_MEAN_MOTIONS_DEG_DAY[pair[0]] - GALILEAN_MEAN_MOTIONS_DEG_DAY[pair[1]]
    longest_s = (360.0 + 2.0 * _CENTRE_DEG) / rate * SECONDS_PER_DAY
    times = grid(start_tdb, start_tdb + longest_s, _STEP_S)
    tdb = longitude_meetings(of(inner), of(outer), times, pole=np.array([0.0, 0.0, 1.0])).tdb[0]
    place = equatorial_states(states(np.array([tdb])))[0]
    elements = geometric_elements(
        place, gm_km3_s2=moon_gm_km3_s2(), radius_km=float(JUPITER_RADII_KM[0]), harmonics=JUPITER_ZONALS_DURANTE_2020
    )
    distance = np.hypot(place[:, 0], place[:, 1])
    return Conjunction(pair, float(tdb), _longitude_deg(place), distance, elements.pericenter_longitude_deg)
