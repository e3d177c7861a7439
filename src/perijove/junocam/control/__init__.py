"""Poses held against a base map: `ground_control`, its `patch_matching` and `pose_adjustment`."""
