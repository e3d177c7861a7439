"""Orbits of the moons: events, resonance, fits, evolution."""
