"""How the pictures of a product are stretched for the eye."""

from dataclasses import replace

import numpy as np

from perijove.junocam.processing import Processed
from perijove.physics.stretch import Stretch, natural_stretch

__all__ = ["display_stretches", "night_values"]

_NIGHT_PERCENTILE = 99.0  # glowing volcanoes may clip; the ground counts
# In the dark, most of what a picture holds is noise, which must not fill the range of a screen.
_BLACK_SIGMAS, _WHITE_SIGMAS = 2.0, 12.0
_COLOUR_SIGMAS = 5.0  # of signal in half of the pixels, before colours mean anything


def night_values(done: Processed) -> np.ndarray:
    """Radiance factor of the map where it is night, for the eye.

    Returns
    -------
    array, shape (bands or 1, rows, columns)
        NaN by day. One band, the mean of all with the weights of their errors, where half of the pixels are within five
        standard errors of nothing: what looks like colours there is noise.
    """
    values, sigma = (np.where(done.night, array, np.nan) for array in (done.map.values, done.map.sigma))
    known = np.isfinite(values) & np.isfinite(sigma)
    if not known.any() or np.median(values[known] / sigma[known]) >= _COLOUR_SIGMAS:
        return values
    weight = np.where(known, 1.0 / np.where(known, sigma, 1.0) ** 2, 0.0)
    total = weight.sum(axis=0)
    mean = np.sum(weight * np.where(known, values, 0.0), axis=0) / np.where(total > 0.0, total, np.nan)
    result: np.ndarray = mean[None].astype(values.dtype)
    return result


def display_stretches(done: Processed) -> dict[str, Stretch]:
    """Stretch of each picture.

    Returns
    -------
    dict
        ``view``: the body from Juno's place, in colour alone or annotated; ``map``: the annotated map;
        ``nightside``: the night side of the map; what is below two standard errors of a pixel is black, and white
        is not below twelve.
    """
    return {
        "view": natural_stretch(done.seen.values),
        "map": natural_stretch(done.map.values),
        "nightside": _night_stretch(done),
    }


def _night_stretch(done: Processed) -> Stretch:
    """Stretch of the night side, from its signal and from its noise."""
    signal = natural_stretch(night_values(done), percentile=_NIGHT_PERCENTILE)
    noise = done.map.sigma[:, done.night]
    if not np.isfinite(noise).any():
        return signal
    sigma = float(np.nanmedian(noise))
    return replace(signal, white=max(signal.white, _WHITE_SIGMAS * sigma), black=_BLACK_SIGMAS * sigma)
