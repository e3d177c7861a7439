"""Processed pictures: the map with its names, the quick look, limb fit, backplanes, contact sheet."""
