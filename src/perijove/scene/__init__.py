"""Where ephemeris, geometry and camera meet: rays on the ground."""
