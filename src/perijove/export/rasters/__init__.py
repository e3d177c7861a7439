"""Bands on a grid as files that other programs open, with Io's own coordinate system.

Read `geotiff` first, with `tiff_layout`; then `archives`, for ISIS and PDS4, and `qgis`, how that program shows them.
"""
