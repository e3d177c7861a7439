"""Orbital elements, the Laplace resonance measured, and what holds it.

Read in this order:

- `elements` and `geometric_elements`: orbits of the moment, and of the path itself about an oblate planet.
- `slow_motion`: these over years, without what repeats within days.
- `frequencies`: the lines that such a series is made of; `proper_modes` which of them belong to which moon.
- `measured`: the resonance as numbers with errors, made from all of the above.
- `removal`: what becomes of it without Europa, without oblateness; `conjunctions`: where the moons meet.

Theory stands in `forced_eccentricity`, on `disturbing_function` and `laplace_coefficients`.
"""
