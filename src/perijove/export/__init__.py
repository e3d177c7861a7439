"""Results become records and files: text, CSV, JSON, GeoJSON, GeoTIFF, PNG; it decides nothing.

Read `answer` first: every JSON tells where it comes from; then `atomic`: files appear whole or not at all. Then one
subject, record before file: `product_json` (the JSON of a picture, its contract), `picture_record`, `picture_rasters`
with `rasters` (formats of maps) and `png`, `labelled` for maps in Python, `raw_records`, `simulated_picture`;
`geometry_table`, `pass_list`, `encounter_record`, `coverage`, `geojson` and `kernel_records` for passes; `state_table`,
`almanac`, `calendar`, `fit_record`, `resonance_record` and `tidal_record` for the moons; `interiors` for tides, oceans,
heat and inference.
"""
