"""Where islands meet, and measurements meet models.

What lives here, by question:

- What does the tide do to a body? `body_tides`.
- Which interiors do measurements allow? `interior_priors`, `interior_likelihood`, then `interior_inference`, with
  `nested_sampling` under it; `magma_ocean` weighs two answers, `inference_calibration` tests all of it.
- Which heating pattern do volcanoes follow? `heat_pattern`, from `source_patterns`, `source_likelihood` and
  `source_significance`.
- Does an article say so? `claims`, with those of `flyby_claims` and `tidal_claims`.
"""
