"""How the pictures of a product are stretched for the eye."""

from dataclasses import replace

import numpy as np

from perijove.junocam.processing import Processed
from perijove.physics.stretch import Stretch, chosen_stretch, natural_stretch

__all__ = ["display_stretches", "night_values"]

_NIGHT_PERCENTILE = 99.0  # glowing volcanoes may clip; the ground counts
# In the dark, most of what a picture holds is noise, which must not fill the range of a screen.
_BLACK_SIGMAS, _WHITE_SIGMAS = 2.0, 12.0
_SAMPLE_PIXELS = 2e5
_COLOUR_SIGMAS = 5.0  # of signal in half of the pixels, before colours mean anything


def night_values(done: Processed) -> np.ndarray:
    """Radiance factor of the night side, for the eye.

    Returns
    -------
    array, shape (bands or 1, rows, columns)
        On the grid of `Processed.night_side`, NaN by day. One band, the mean of all with the weights of their errors,
        where half of the pixels are within five standard errors of nothing: what looks like colours there is noise.
    """
    values, sigma = done.night_side.values, done.night_side.sigma
    return values if _in_colour(_thinned(values), _thinned(sigma)) else _mean_of_bands(values, sigma)


def _in_colour(values: np.ndarray, sigma: np.ndarray) -> bool:
    """Whether half of the pixels stand clearly out of the noise, or there are none."""
    known = np.isfinite(values) & np.isfinite(sigma)
    return not known.any() or bool(np.median(values[known] / sigma[known]) >= _COLOUR_SIGMAS)


def _mean_of_bands(values: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Mean with the weights of the errors, shape (1, rows, columns)."""
    weight = 1.0 / np.square(sigma)
    missing = ~np.isfinite(values * weight)
    weight[missing] = 0.0
    total = weight.sum(axis=0)
    weight *= np.where(missing, np.float32(0.0), values)
    mean = weight.sum(axis=0) / np.where(total > 0.0, total, np.float32(np.nan))
    result: np.ndarray = mean[None]
    return result


def _thinned(bands: np.ndarray) -> np.ndarray:
    """Every so many pixels: enough for a median, or a percentile."""
    step = max(1, int(np.sqrt(bands[0].size / _SAMPLE_PIXELS)))
    return bands[:, ::step, ::step]


def display_stretches(done: Processed) -> dict[str, Stretch]:
    """Stretch of each picture.

    Returns
    -------
    dict
        ``view``: the body from Juno's place, in colour alone or annotated; ``map``: the annotated map;
        ``nightside``: the night side of the map; what is below two standard errors of a pixel is black, and white
        is not below twelve. The user's choice is for the day.
    """
    chosen = done.options.stretch, done.options.white_balance
    return {
        "view": chosen_stretch(done.seen.values, *chosen),
        "map": chosen_stretch(done.map.values, *chosen),
        "nightside": _night_stretch(done),
    }


def _night_stretch(done: Processed) -> Stretch:
    """Stretch of the night side, from signal and noise of every so many pixels."""
    values, noise = done.night_bands(_SAMPLE_PIXELS)
    values = values if _in_colour(values, noise) else _mean_of_bands(values, noise)
    signal = natural_stretch(values, percentile=_NIGHT_PERCENTILE)
    known = noise[np.isfinite(noise)]
    if not known.size:
        return signal
    sigma = float(np.median(known))
    return replace(signal, white=max(signal.white, _WHITE_SIGMAS * sigma), black=_BLACK_SIGMAS * sigma)
