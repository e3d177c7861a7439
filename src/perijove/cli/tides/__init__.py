"""Subcommands on tides, interiors and heat."""
