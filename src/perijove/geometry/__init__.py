"""Geometry on arrays alone; knows no time, no spacecraft and no picture.

Read in this order:

- `rotations`: frames, turned by matrices named ``a_to_b``, and angles between vectors
- `ellipsoid`: where a ray meets a triaxial body, its normals, latitudes and longitudes
- `limb` and `illumination`: limb and terminator as ellipses, incidence, emission and phase
- `discs`: discs before discs, for eclipses and occultations
- `grids`, `projections`, `crs`: from pixels of a map to the ground, and what GIS programs call it
- `rings`, `mask_outlines`: outlines on a globe and on a map, as polygons
- `arctangent_kernel`: the arctangent that compiled loops share
"""
