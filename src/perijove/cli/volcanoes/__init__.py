"""Subcommands about Io's volcanoes."""
