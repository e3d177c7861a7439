"""How bodies about Jupiter move, and when a function of time does what is asked of it.

Read in this order:

- `system`: which bodies, which forces; `fitted_system` is Jupiter with its four moons as JPL's jup365 has them.
- `integration`: a system and a state become a `Trajectory`, known at every time of a span.
- `moments`: what happens on it, or on any path: apsides, closest approaches, conjunctions, eclipses.
- `time_search`: roots, extremes and spans of functions of time. All searches of the package are this one.

The kernels hold the formulas: `zonal_kernel` the field of an oblate planet, `force_kernel` all accelerations,
`gauss_radau_kernel` the steps with dense output; `slow_paths` gives them Jupiter's pole and the Sun, from
`planet_paths` (JPL's DE423, a generated table). `chebyshev` fits and sums all series; `picard` goes a short way without
compiled code. A new force begins in `force_kernel`, a new kind of moment in `moments`.
"""
