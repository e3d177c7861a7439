"""Flat fields and dark frames of the detector: what is wrong with them is flagged, not mended."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from perijove.bodies.juno import JUNOCAM
from perijove.errors import InputError
from perijove.formats.detector_frame import STRIP_ORDER, split_strips

__all__ = ["dark_strips", "flat_strips"]

_CENTER_PX = 200.0  # the response was measured near the axis, so the flat is 1 there
_LOWEST = 0.05  # of the centre: below this a pixel measures nothing


def flat_strips(response: ArrayLike, *, name: str = "flat field") -> Mapping[str, np.ndarray]:
    """Relative response of each filter's strip.

    Parameters
    ----------
    response : array, shape (384, 1648)
        Response to an even scene in any unit, strips in the order BLUE, GREEN, RED. Flat fields serve as they are, a
        map of gains by its inverse.
    name : str
        How error messages call it.

    Returns
    -------
    mapping
        By filter: array, shape (128, 1648), float32, with median 1 near the optical axis; NaN where the response
        is not a number, not positive or below 5 % of that. METHANE has none.

    Raises
    ------
    InputError
        Where the shape is wrong or a strip has no valid response near the axis.
    """
    strips = {}
    columns = np.abs(np.arange(JUNOCAM.columns) + 0.5 - JUNOCAM.axis_column_px) <= _CENTER_PX
    for filter_name, strip in split_strips(response, name=name).items():
        good = np.isfinite(strip) & (strip > 0.0)
        center = strip[:, columns][good[:, columns]]
        if center.size < strip[:, columns].size // 2:
            raise InputError(
                f"{name}: {filter_name} has {center.size} valid values near the optical axis; "
                f"more than {strip[:, columns].size // 2} are needed; give a complete flat field"
            )
        relative = np.where(good, strip, np.nan) / np.median(center)
        strips[filter_name] = np.where(relative >= _LOWEST, relative, np.nan).astype(np.float32)
    return strips


def dark_strips(dark: ArrayLike, *, name: str = "dark frame") -> Mapping[str, np.ndarray]:
    """Counts without light of each filter's strip.

    Parameters
    ----------
    dark : array, shape (384, 1648)
        DN, strips in the order BLUE, GREEN, RED.
    name : str
        How error messages call it.

    Returns
    -------
    mapping
        By filter: array, shape (128, 1648), float32; NaN where the frame has no number.
    """
    strips = split_strips(dark, name=name)
    return {key: np.where(np.isfinite(strips[key]), strips[key], np.nan).astype(np.float32) for key in STRIP_ORDER}
