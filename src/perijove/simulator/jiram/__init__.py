"""JIRAM frames of an Io that is known, byte for byte as the archive has them, with the archive's errors.

Forward, and apart from `perijove.jiram`: light is traced from sub-pixels of NAIF's band frame to the ground and summed.
Read `scene` (what is there), `rendering` (its light on the detector), `detector` (counts), `frames` (files, attitude).
"""
