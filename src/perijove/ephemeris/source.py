"""The ephemeris that the package carries: moons and Juno from their modules; Sun, Earth and Jupiter from DE423."""

import erfa
import numpy as np

from perijove.bodies.planet_paths import (
    EARTH_TO_MOON_MASS,
    PATH_SIGMA_KM,
    SOLAR_SYSTEM_BARYCENTER_SIGMA_KM,
)
from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY
from perijove.dynamics.planet_paths import path_state
from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.galilean import MARGIN_S, SPAN_TDB, moon_segments
from perijove.ephemeris.juno import juno_segments
from perijove.ephemeris.segment import ROOT, Segment, States

__all__ = ["EMBEDDED", "Ephemeris"]

# Errors of paths are known from the Sun; where the barycentre lies from it is a matter of what one counts. So the paths
# hang on the barycentre as DE423 has it, which has no name, and from which the true one is off by its own error.
_ORIGIN = ""


def _earth(tdb: np.ndarray) -> np.ndarray:
    """From the barycentre that Earth and Moon share, about which the Earth moves by 4,700 km."""
    moon = erfa.moon98(J2000_JD, tdb / SECONDS_PER_DAY)
    state = np.concatenate([moon["p"] * AU_KM, moon["v"] * (AU_KM / SECONDS_PER_DAY)], axis=-1)
    return path_state("EARTH_BARYCENTER", tdb) - state / (1.0 + EARTH_TO_MOON_MASS)


def _planet_segments() -> tuple[Segment, ...]:
    """Sun, Earth, Jupiter's barycentre and that of the solar system, 1930 to 2070."""
    paths = {
        "SUN": ("SUN", lambda tdb: path_state("SUN", tdb)),
        "EARTH": ("EARTH_BARYCENTER", _earth),
        "JUPITER BARYCENTER": ("JUPITER_BARYCENTER", lambda tdb: path_state("JUPITER_BARYCENTER", tdb)),
    }
    return (
        *(_segment(body, state, np.array(PATH_SIGMA_KM[path])) for body, (path, state) in paths.items()),
        _segment(ROOT, lambda tdb: np.zeros((tdb.size, 6)), np.full(3, SOLAR_SYSTEM_BARYCENTER_SIGMA_KM / 3.0**0.5)),
    )


def _segment(body: str, state: States, sigma_km: np.ndarray) -> Segment:
    return Segment(
        target=body,
        center=_ORIGIN,
        span=SPAN_TDB,
        state=state,
        sigma_km=lambda tdb: np.tile(sigma_km, (tdb.size, 1)),
        margin_s=MARGIN_S,
    )


EMBEDDED = Ephemeris((*_planet_segments(), *moon_segments(), *juno_segments()))
"""Sun, Earth, Jupiter and the Galilean moons from 1930 to 2070, and Juno near Jupiter, without any kernel.

The moons are an integration of their orbits fitted to JPL's jup365; Sun, Earth and Jupiter are JPL's DE423, Jupiter
with its own small orbit about the centre of mass that it shares with the moons. Juno is there around each perijove from
34 to 76 (`perijove.ephemeris.juno`). Bodies go by their NAIF names or numbers, in any case: SUN, EARTH, JUPITER, IO,
EUROPA, GANYMEDE, CALLISTO, JUNO, JUPITER BARYCENTER and SOLAR SYSTEM BARYCENTER (SSB). It has no state of its own;
`with_segments` gives one with more bodies.
"""
