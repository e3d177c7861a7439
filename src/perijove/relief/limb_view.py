"""The whole of one picture's limb: ground, sky and plumes."""

from dataclasses import dataclass

import numpy as np

from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.relief.absorbed import surviving_share
from perijove.relief.plumes import PlumeSearch, plume_search
from perijove.relief.settled import MeasuredLimb, measured_limb
from perijove.relief.sky import Sky, sky_above_limb

__all__ = ["LimbView", "limb_view"]

_WAVELENGTHS_DEG = (360.0, 240.0, 180.0, 120.0, 90.0, 60.0, 45.0, 30.0, 20.0, 10.0)


@dataclass(frozen=True)
class LimbView:
    """What a picture's limb shows.

    Attributes
    ----------
    measured : MeasuredLimb
    surviving : dict
        Part of a wave of heights that the fit of the poses has left, by its wavelength in deg of azimuth; empty where
        the poses do not come from this limb.
    sky : Sky
    plumes : PlumeSearch
    """

    measured: MeasuredLimb
    surviving: dict[float, float]
    sky: Sky
    plumes: PlumeSearch

    @property
    def half_lost_deg(self) -> float:
        """Longest wavelength of which half is left; NaN where that is not known."""
        kept = [wavelength for wavelength, share in self.surviving.items() if share >= 0.5]
        return max(kept, default=float("nan"))


def limb_view(image: CalibratedImage, location: Location, *, refit: bool = True) -> LimbView:
    """Measure the limb of a located picture.

    Parameters
    ----------
    image : CalibratedImage
    location : Location
    refit : bool
        See `measured_limb`.

    Raises
    ------
    FitError
        Where no sunlit limb shows.
    """
    measured = measured_limb(image, location, refit=refit)
    shot = measured.location.shot
    pose = shot.view.pose(shot.middle_frame)
    sky = sky_above_limb(image, measured.location)
    plumes = plume_search(sky, position_km=pose.position_km, sun=pose.sun, radii_km=shot.radii_km)
    shares = surviving_share(measured.location, np.array(_WAVELENGTHS_DEG)) if refit else np.empty(0)
    return LimbView(measured, dict(zip(_WAVELENGTHS_DEG, shares.tolist(), strict=False)), sky, plumes)
