"""The ephemeris that the package carries."""

from perijove.ephemeris.composition import Ephemeris
from perijove.ephemeris.galilean import moon_segments
from perijove.ephemeris.juno import juno_segments
from perijove.ephemeris.planets import planet_segments

__all__ = ["EMBEDDED", "Ephemeris"]

EMBEDDED = Ephemeris((*planet_segments(), *moon_segments(), *juno_segments()))
"""Sun, Earth, Jupiter and the Galilean moons from 1930 to 2070, and Juno near Jupiter, without any kernel.

The moons are an integration of their orbits fitted to JPL's jup365; Sun, Earth and Jupiter are JPL's DE423, Jupiter
with its own small orbit about the centre of mass that it shares with the moons. Juno is there around each perijove from
34 to 76 (`perijove.ephemeris.juno`). Bodies go by their NAIF names or numbers, in any case: SUN, EARTH, JUPITER, IO,
EUROPA, GANYMEDE, CALLISTO, JUNO, JUPITER BARYCENTER and SOLAR SYSTEM BARYCENTER (SSB). It has no state of its own;
`with_segments` gives one with more bodies.
"""
