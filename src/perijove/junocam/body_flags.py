"""Flags that need to know where the body is: which raw pixels miss it, and which see its night side."""

from dataclasses import replace

import numpy as np

from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.radiometry.quality import QUALITY
from perijove.scene.backplanes import framelet_backplanes

__all__ = ["with_body_flags"]


def with_body_flags(image: CalibratedImage, location: Location) -> CalibratedImage:
    """Set ``off_limb`` where a pixel's centre misses the body, and ``unlit`` where the Sun is below the horizon.

    Parameters
    ----------
    image : CalibratedImage
    location : Location
        Of the same picture.

    Returns
    -------
    CalibratedImage
        A copy; only `quality` differs. The limb is that of the ellipsoid, without blur.
    """
    quality = image.quality.copy()
    off_limb, unlit = QUALITY.mask("off_limb"), QUALITY.mask("unlit")
    quality[~location.in_view] |= off_limb
    for index in np.flatnonzero(location.in_view):
        incidence = framelet_backplanes(location.shot, int(index))["incidence"]
        with np.errstate(invalid="ignore"):
            quality[index] |= np.isnan(incidence) * off_limb | (incidence > 90.0) * unlit
    return replace(image, quality=quality)
