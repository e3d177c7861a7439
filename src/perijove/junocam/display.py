"""How the pictures of a product are stretched for the eye."""

import numpy as np

from perijove.junocam.processing import Processed
from perijove.physics.stretch import Stretch, natural_stretch

__all__ = ["display_stretches", "night_values"]

_NIGHT_PERCENTILE = 99.0  # glowing volcanoes may clip; the ground counts


def night_values(done: Processed) -> np.ndarray:
    """Radiance factor of the map where it is night, NaN elsewhere; array, shape (bands, rows, columns)."""
    return np.where(done.night, done.map.values, np.nan)


def display_stretches(done: Processed) -> dict[str, Stretch]:
    """Stretch of each picture.

    Returns
    -------
    dict
        ``view``: the body from Juno's place, in colour alone or annotated; ``map``: the annotated map;
        ``nightside``: the night side of the map.
    """
    return {
        "view": natural_stretch(done.seen.values),
        "map": natural_stretch(done.map.values),
        "nightside": natural_stretch(night_values(done), percentile=_NIGHT_PERCENTILE),
    }
