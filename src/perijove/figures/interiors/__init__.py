"""Interiors and heat: tides, oceans, transport, posteriors, sweeps, heating patterns."""
