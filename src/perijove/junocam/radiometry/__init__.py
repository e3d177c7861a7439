"""Counts to radiance factor with standard errors and flags. Read `calibration` first; it calls the others in turn."""
