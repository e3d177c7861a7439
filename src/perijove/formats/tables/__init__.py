"""Published tables of Io's volcanoes, and the geologic map, as records of one shape.

Read `columns` first (a CSV file with columns that it must have), then `hot_spots` (each published table by name) and
`geologic_map` (polygons of units). Positions leave here planetocentric and positive east, whatever the publisher has.
"""
