"""Counts: columns, tracks, noise, hot pixels, hits, and where the detector stops being linear."""

from collections.abc import Mapping

import numpy as np

from perijove.bodies.jiram import JIRAM
from perijove.simulator.jiram.scene import Instrument

__all__ = ["counts_of"]

_BEYOND_LINEAR = 0.9  # counts for a count, between the linear range and saturation


def counts_of(
    light: Mapping[str, np.ndarray], instrument: Instrument, rng: np.random.Generator, fixed: np.random.Generator
) -> dict[str, np.ndarray]:
    """Whole counts by band of band radiances, in the order of the file.

    Parameters
    ----------
    light : mapping of str to array, shape (128, 432)
        W/m2/sr.
    instrument : Instrument
    rng : Generator
        Of this frame: noise and hits.
    fixed : Generator
        Of the detector: pattern of columns and hot pixels, the same in all frames of a pass.
    """
    scale = float(JIRAM.counts_per_radiance_s) * instrument.exposure_s
    columns = instrument.column_counts * fixed.standard_normal(432)
    columns[::2] += 0.5 * instrument.odd_even_counts
    columns[1::2] -= 0.5 * instrument.odd_even_counts
    result = {}
    for band in ("L", "M"):
        hot = fixed.integers(0, 128, instrument.hot), fixed.integers(0, 432, instrument.hot)
        hot_counts = fixed.lognormal(6.0, 1.5, instrument.hot) * fixed.choice([-0.3, 1.0], instrument.hot)
        if band not in light:
            continue
        linear = light[band] * scale
        linear = linear + instrument.track * linear.sum(axis=0)
        top = float(JIRAM.nonlinear_counts)
        counts = np.where(linear > top, top + _BEYOND_LINEAR * (linear - top), linear)
        counts = counts + rng.standard_normal(counts.shape) * np.sqrt(
            instrument.noise_counts**2 + np.maximum(counts, 0.0) / float(JIRAM.electrons_per_count)
        )
        counts += columns
        counts[hot] += hot_counts
        _add_hits(counts, instrument.hits, rng)
        result[band] = np.rint(np.minimum(counts, float(JIRAM.saturated_counts)))
    return result


def _add_hits(counts: np.ndarray, number: int, rng: np.random.Generator) -> None:
    """Particles: one pixel each, or a short streak in any direction that fades."""
    for _ in range(number):
        line, sample = int(rng.integers(0, 128)), int(rng.integers(0, 432))
        step = ((0, 1), (1, 0), (1, 1), (1, -1))[int(rng.integers(0, 4))]
        length = 1 if rng.random() < 0.7 else int(rng.integers(2, 6))
        charge = float(rng.lognormal(5.5, 1.0))
        for k in range(length):
            i, j = line + k * step[0], sample + k * step[1]
            if 0 <= i < 128 and 0 <= j < 432:
                counts[i, j] += charge * 0.8**k
