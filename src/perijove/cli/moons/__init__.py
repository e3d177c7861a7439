"""Subcommands on the moons and their orbits."""
