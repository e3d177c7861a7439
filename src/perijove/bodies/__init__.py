"""Facts about bodies and spacecraft as frozen records: value, unit, standard error, source.

The record itself is `perijove.facts.Fact`; constants of nature stand in `perijove.constants`. Read in this order:

- `galilean`: Io first, then its neighbours; `BODIES` is what the picture chain needs of a target
- `jupiter`, `sun`, `earth`, `planets`: what pulls on Io, shades it or looks at it
- `rotation`: the form in which the IAU publishes poles and meridians
- `juno`: the spacecraft and JunoCam; `juno_perijove_table`: its perijoves, generated; `junocam_response`: what the
  camera's scale rests on
- `disc_photometry`: how bright Io and Jupiter are, and how Io's ground scatters light
- `io_features` (from the generated `io_feature_table`), `io_interior`, `io_melting`, `io_missions`:
  places, rock, visitors
- `planet_paths`: how well the paths of Sun and planets are known (`perijove.dynamics.planet_paths`)

`docs/reference/facts.md` lists all of them.
"""
