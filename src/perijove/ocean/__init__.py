"""Tides in a layer of liquid that moves.

What lives here: read `layer` first (the liquid within its body: how tide and pressure swell it), then `flow` (how it
flows, one ocean or many) with `flow_kernel`, and `drag` (what slows it). `turbulence` is drag that grows with the
speed, `waves` tells at which thickness the tide meets a free wave, `sweep` goes through thicknesses and viscosities.
"""
