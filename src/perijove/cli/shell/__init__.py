"""Subcommands that serve the shell."""
