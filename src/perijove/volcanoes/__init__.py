"""Io's volcanoes as they are seen: catalogues of thermal sources."""
