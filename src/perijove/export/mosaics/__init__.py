"""Mosaics as files: `bands`, what their rasters hold; `store`, where tiles lie till all are done; `record`, JSON."""
