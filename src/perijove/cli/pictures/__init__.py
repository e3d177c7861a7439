"""Subcommands on raw pictures."""
