"""Many located pictures on one map, and what changed between two maps.

Read `look` first, what a mosaic needs of a picture; then `tiles`, how a tile of the map is blended from them, with its
loops in `blend_kernel`; and `levelling`, which brings the pictures to one brightness.

For changes read `ground_map` first, a map of any kind with its light and errors; then `change_grid`, two of them on one
grid, equally sharp; `change_registration` and `change_light`, what is not change; `change_detection` and
`change_regions`, what is; and `changes`, all in one call.
"""
