"""The bands of a mosaic's rasters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from perijove.export.rasters.geotiff import Band, backplane_bands, color_bands, quality_band, sigma_bands
from perijove.junocam.radiometry.quality import QUALITY
from perijove.mosaic.tiles import PLANES, TileMap
from perijove.timescales import tdb_to_utc

__all__ = ["RASTERS", "MosaicBands"]

RASTERS = ("map", "backplanes", "quality")
"""Rasters of a mosaic, each a file: brightness; errors and geometry; flags."""

_TIME_STEP_S = 2.0**-6
_OWN = {
    "looks": ("1", "Number of pictures that show the ground in the wanted light", 1.0),
    "best_picture": ("1", "Number of the picture that counts most there, from 1, in the order of the JSON", 1.0),
    "time": ("s", "When that picture was taken there, seconds after {epoch} UTC", _TIME_STEP_S),
}


@dataclass(frozen=True)
class MosaicBands:
    """What the rasters of a mosaic hold.

    Attributes
    ----------
    filters : tuple of str
    step : float or None
        Power of two to which brightness is rounded, below its error.
    note : str
        What more the descriptions of brightness say.
    epoch_tdb : float
        From which times are counted.
    """

    filters: tuple[str, ...]
    step: float | None
    note: str
    epoch_tdb: float

    def of(self, tile: TileMap) -> dict[str, list[Band]]:
        """Bands of a tile by raster."""
        return self._made(tile.values, tile.sigma, dict(zip(PLANES, tile.planes, strict=True)), tile.quality)

    def blank(self) -> dict[str, list[Band]]:
        """The same of a map without data, for what they say of themselves."""
        empty = np.full((8, 8), np.nan, np.float32)
        colors = [empty] * len(self.filters)
        return self._made(colors, colors, dict.fromkeys(PLANES, empty), np.zeros((8, 8), np.uint16))

    def _made(
        self,
        values: Sequence[np.ndarray] | np.ndarray,
        sigma: Sequence[np.ndarray] | np.ndarray,
        planes: Mapping[str, np.ndarray],
        quality: np.ndarray,
    ) -> dict[str, list[Band]]:
        colors = color_bands(np.asarray(values), self.filters, note=self.note)
        if self.step is not None:
            colors = [replace(band, step=self.step, keep_bits=None) for band in colors]
        epoch = tdb_to_utc(self.epoch_tdb, digits=3)
        own = [
            Band(name, planes[name], unit, sentence.format(epoch=epoch), step=step)
            for name, (unit, sentence, step) in _OWN.items()
        ]
        geometry = backplane_bands({name: plane for name, plane in planes.items() if name not in _OWN})
        return {
            "map": colors,
            "backplanes": [*own, *geometry, *sigma_bands(sigma, self.filters, note=self.note)],
            "quality": [quality_band(quality, QUALITY.meanings)],
        }
