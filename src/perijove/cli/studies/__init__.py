"""Subcommands where several islands meet."""
