"""Bytes to labelled arrays: products of JunoCam, base maps, tables.

Read in this order:

- `open`: the one door; `image` is what comes out, `sources` how files are read
- `mission_site` and `pds3` (labels by `odl`): the two forms in which pictures are published; both end in `product`,
  which holds their `keywords` to the pixels, and mends `quirks`, the registry of known faults of the archives
- `product_id`: what a product's name says; `companding`: codes to counts
- `detector_frame`: flat fields and darks; `base_map`: global mosaics
- `horizons_vectors`, `position_table`, `toml_table`: tables that users bring

Another instrument gets a reader beside `pds3` and its place in `open`.
"""

from perijove.formats.image import LabelGeometry, PictureLabel, RawImage, SourceFile
from perijove.formats.open import read
from perijove.formats.quirks import QUIRKS, Quirk

__all__ = ["QUIRKS", "LabelGeometry", "PictureLabel", "Quirk", "RawImage", "SourceFile", "read"]
