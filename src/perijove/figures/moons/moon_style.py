"""How the Galilean moons look in figures of their orbits."""

from collections.abc import Mapping

__all__ = ["MOON_COLORS"]

# Okabe and Ito's colours, safe for colour-blind readers.
MOON_COLORS: Mapping[str, str] = {
    "IO": "#d55e00",
    "EUROPA": "#0072b2",
    "GANYMEDE": "#009e73",
    "CALLISTO": "#7f5f9f",
}
