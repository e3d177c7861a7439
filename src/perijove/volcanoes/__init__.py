"""Io's volcanoes as they are seen.

What lives here: `catalogue`, tables of thermal sources with places, powers and flags. A further catalogue is a reader
beside it that returns the same record.
"""
