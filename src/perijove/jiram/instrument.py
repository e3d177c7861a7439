"""JIRAM's imager as two cameras, one for each band, and how the archive counts their pixels."""

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.jiram import JIRAM, JIRAM_BANDS, JIRAM_SPACECRAFT_TO_CAMERA
from perijove.camera import Mounting, StripCamera

__all__ = ["CAMERAS", "MOUNTINGS", "from_sample_line", "sample_line"]

_HALF = 0.5


def _camera(band: str) -> StripCamera:
    # Sample 216.5 and line 64.5, counted from 1 with pixel centres at whole numbers, see the axis: the middle.
    return StripCamera(
        name=band,
        columns=int(JIRAM.samples),
        rows=int(JIRAM.band_lines),
        focal_length_px=JIRAM.focal_length_px,
        axis_column_px=JIRAM.samples / 2.0,
        axis_row_px=JIRAM.band_lines / 2.0,
        k1=0.0,
        k2=0.0,
    )


CAMERAS = {band: _camera(band) for band in JIRAM_BANDS}
"""By band. Columns are samples turned round, so that the sky is seen unmirrored; the instrument kernel has no
distortion."""

MOUNTINGS = {
    band: Mounting("JUNO", facts.frame, JIRAM_SPACECRAFT_TO_CAMERA[band]) for band, facts in JIRAM_BANDS.items()
}
"""By band. The despinning mirror turns the view against the spin while it works, so that the attitude at the start of
the exposure holds for the whole; without it the exposure smears along lines."""


def sample_line(xy: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Sample and line of a band's pixel coordinates, as the archive counts: from 1, pixel centres at whole numbers.

    Parameters
    ----------
    xy : array, shape (..., 2)
        Pixel coordinates of a `StripCamera`: centres at halves.

    Returns
    -------
    sample, line : array, shape (...)
        Line within the band; in a file of both bands M lies 128 lines below.
    """
    xy = np.asarray(xy, dtype=float)
    return JIRAM.samples + _HALF - xy[..., 0], xy[..., 1] + _HALF


def from_sample_line(sample: ArrayLike, line: ArrayLike) -> np.ndarray:
    """Pixel coordinates of a band, shape (..., 2), of sample and line: the inverse of `sample_line`."""
    sample, line = np.broadcast_arrays(np.asarray(sample, dtype=float), np.asarray(line, dtype=float))
    return np.stack([JIRAM.samples + _HALF - sample, line - _HALF], axis=-1)
