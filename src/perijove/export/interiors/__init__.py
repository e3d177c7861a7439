"""Answers on interiors as records, text, tables and arrays: what `perijove.figures.interiors` draws, in numbers.

A module per answer: `tides`, with `heat_flow` for its maps, `heat_transport`, `sweep`, `inference`, `pattern` and
`claims`. In each a record (plain numbers for JSON) comes first, then lines for people, then files.
"""
