"""Interiors and heat, drawn: a module per answer.

`tidal_heating` (maps and the body in section), `ocean_tides`, `heat_transport`, `sweep`, `posterior` and
`heat_pattern`. Each takes the result it draws; `perijove.export.interiors` has the same in numbers.
"""
