"""Io's volcanoes: maps, spectra, light curves, and frames in which they were measured."""
