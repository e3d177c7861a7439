"""Where things are and how they are turned.

An ephemeris is made of segments, each of which leads from one body to another over a span of time. Read in this order:

- `segment`: what a segment is: target, centre, span, `state`, `sigma_km`.
- `composition`: the `Ephemeris`, which finds the way between two bodies and adds states and errors.
- `source`: `EMBEDDED`, the one that the package carries; `solutions` has its named variants.
- `apparent`: where a body is seen: light time, aberration, frames.
- `observers`: who looks, from a body or from a place on it.

Segments come from `galilean` (the moons; `galilean_plain` for single epochs without compiled code), `juno` (its arcs,
by `juno_path` and `juno_forces`), `integrated` (any path of `perijove.dynamics`), and `spice.source` (kernels:
all of SPICE stands in `spice`). A tour, a spacecraft of your own, a better moon is one more function that returns
segments, for `EMBEDDED.with_segments`; no other module needs to know of it.

`frames` and `orientation` turn bodies, `lexicon` says what bodies and frames are called, `epochs` reads times as people
write them, `sun` lights a picture, `state_table` is what `perijove moons` prints.
"""
