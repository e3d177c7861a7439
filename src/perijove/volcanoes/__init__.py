"""Io's volcanoes as they are seen.

What lives here: `catalogue`, tables of thermal sources with places, powers and flags. A further catalogue is a reader
beside it that returns the same record.

A model of what a volcano does, such as the lava lake of Loki, is no catalogue: it becomes an island beside this one.
Laws that it shares with `heat` (conduction, radiation of a surface) go down to `physics`; what holds it against the
sources of `catalogue` goes up to `studies`.
"""
