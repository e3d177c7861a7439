"""Volcanoes as records: the catalogue's sources, and the heat that they radiate."""
