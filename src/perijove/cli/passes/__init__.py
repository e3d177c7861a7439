"""Subcommands on Juno's passes."""
