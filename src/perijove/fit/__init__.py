"""Orbits and what governs them, from tables of positions: `observations`, `adjustment`, `report`."""
