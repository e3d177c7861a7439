"""How heat that tides make reaches the surface.

What lives here: read `transport` first; it joins `compaction`, melt that seeps through a mantle at its melting point,
and `crust`, through which magma is piped while rock sinks. Both are in one dimension, and in a steady state.
"""
