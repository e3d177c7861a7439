"""Subcommands on tides, interiors and heat: one file each, which parses, makes one call and writes.

`interior_argument` is the argument MODEL that they share.
"""
