"""A located picture, without what the joint adjustment does not need of it."""

from dataclasses import dataclass

import numpy as np

from perijove.formats.image import SourceFile
from perijove.junocam.control.patches import Strips
from perijove.junocam.limb.fit import camera_of
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage
from perijove.junocam.report import is_simulated
from perijove.scene.shot import Shot

__all__ = ["Sighted"]


@dataclass(frozen=True)
class Sighted:
    """A located picture: framelets that see the body, and where it is in them.

    Attributes
    ----------
    product_id, pass_name : str
        Such as ``PJ57``.
    location : Location
    strips : Strips
        Framelets that see the body.
    camera_before : Shot
        The picture with the camera as known before its limb was fitted.
    sources : tuple of SourceFile
        The files it was read from.
    simulated : bool
        Whether its label says so.
    """

    product_id: str
    pass_name: str
    location: Location
    strips: Strips
    camera_before: Shot
    sources: tuple[SourceFile, ...]
    simulated: bool = False

    @classmethod
    def of(cls, image: CalibratedImage, location: Location) -> "Sighted":
        """Keep of a picture what is needed: some 30 MB of 200."""
        raw, parameters = image.raw, location.solution.parameters
        fitted = parameters.named(location.solution.values)
        before = camera_of(location.shot, parameters.named(parameters.values), before=fitted)
        orbit = "pass unknown" if raw.orbit is None else f"PJ{raw.orbit}"
        return cls(
            raw.product_id, orbit, location, Strips.of(image, location.in_view), before, raw.sources, is_simulated(raw)
        )

    @property
    def filters(self) -> tuple[str, ...]:
        """Filter of each framelet of the file."""
        return tuple(camera.name for camera in self.location.shot.cameras)

    @property
    def distance_km(self) -> float:
        """Least distance from the body's centre, of the framelets that see it."""
        seen = np.unique(self.location.frame_of_framelet[self.strips.framelet])
        return float(np.min(np.linalg.norm(self.location.view.position_km[seen], axis=1)))

    @property
    def pixel_km(self) -> float:
        """Size of a pixel on the ground below the camera."""
        camera, radius = self.location.cameras[0], float(np.mean(self.location.shot.radii_km))
        return max(self.distance_km - radius, 1.0) * camera.summing / camera.focal_length_px

    @property
    def radius_px(self) -> float:
        """Of the body, at the least distance."""
        camera, radius = self.location.cameras[0], float(np.mean(self.location.shot.radii_km))
        return radius / self.distance_km * camera.focal_length_px / camera.summing
