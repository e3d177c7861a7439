"""Juno's passes: list, timeline, ground track, coverage, the view from Juno."""
