"""Geometry on arrays alone: rotations, ellipsoid, limb, illumination, map projections."""
