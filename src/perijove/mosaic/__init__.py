"""Many located pictures on one map.

Read `look` first, what a mosaic needs of a picture; then `tiles`, how a tile of the map is blended from them, with its
loops in `blend_kernel`; and `levelling`, which brings the pictures to one brightness.
"""
