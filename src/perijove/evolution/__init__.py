"""The resonance under tides over millions of years, by averaged equations.

Read in this order:

- `averaged`: the system with the fast angles averaged away; its energy and gradient are in `averaged_kernel`.
- `resonant_equilibrium`: where it stands still, and how it swings about that.
- `tidal_model`: laws of dissipation; `tidal_rates`: what they do at one moment.
- `history`: tides carry the system along its equilibria.
- `warm_io`: an Io whose k2/Q follows its temperature; `tidal_laws`: the choices of `perijove evolve`.
- `tidal_estimate`: k2/Q as measured, with its covariance; `tidal_ensemble`: what its errors make of the history.
- `tidal_report`: all of it in one record.

A new law of dissipation (an interior that answers by frequency, a resonance lock) is a function given to `TidalModel`.
"""
