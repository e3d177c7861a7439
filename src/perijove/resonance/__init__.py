"""Orbital elements, the Laplace resonance measured, and what holds it. Read `measured` first."""
