"""Orbits of the moons, and what governs them, from tables of positions.

`from_tables` does all in one call. It reads on in this order: `observations` brings tables onto common times, `priors`
and `system_parameters` say what may vary besides states, `adjustment` is the least squares, `report` what a reader
wants of it. A new parameter begins in `system_parameters`.
"""
