"""Where ephemeris, geometry and camera meet: rays on the ground.

Read `view` first (where a camera was and how it was turned, frame by frame), then `shot` (a picture's geometry: what
each pixel looks at, where a place shows), then `mapping` (framelets to a map) with `backplanes` beside it. `spin` and
`expected_motion` say how a picture's frames follow each other, `parameters` names what of that is fitted, `footprints`
outlines what was seen, `sub_points` what lay below. No module here knows which camera it serves.
"""
