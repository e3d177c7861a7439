"""Backplanes by name: what each is, in which unit. Products, figures and documentation are made from this list."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

__all__ = ["BACKPLANES", "FRAMELET_BACKPLANES", "MAP_BACKPLANES", "Backplane", "ground_resolution_km"]


@dataclass(frozen=True)
class Backplane:
    """A plane of geometry.

    Attributes
    ----------
    name, unit : str
        The unit is empty for a plain number.
    sentence : str
        What it is, for metadata and documentation.
    label : str
        What a figure calls it, without unit.
    """

    name: str
    unit: str
    sentence: str
    label: str


FRAMELET_BACKPLANES = (
    Backplane("latitude", "deg", "Planetocentric latitude, north positive.", "Latitude"),
    Backplane(
        "longitude_east", "deg", "Planetocentric longitude, positive east, -180 to 180.", "Planetocentric longitude"
    ),
    Backplane("incidence", "deg", "Angle between the normal of the triaxial figure and the Sun.", "Incidence angle"),
    Backplane("emission", "deg", "Angle between the normal of the triaxial figure and the camera.", "Emission angle"),
    Backplane("phase", "deg", "Angle at the surface between Sun and camera.", "Phase angle"),
    Backplane(
        "resolution",
        "km",
        "Size of a camera pixel across the line of sight, at the ground's distance: range over focal length "
        "(on the optical axis; at the edge of the field a quarter less).",
        "Camera pixel across the line of sight",
    ),
)
"""Planes of raw pixels, in the order in which they are computed."""

MAP_BACKPLANES = (
    *FRAMELET_BACKPLANES,
    Backplane(
        "frame",
        "",
        "Frame at which the point was seen, counted from 1: weighted mean of what was blended.",
        "Frame",
    ),
)
"""Planes of maps, in the order in which they are computed."""

_DERIVED = (
    Backplane(
        "ground_resolution",
        "km",
        "Longer side of a camera pixel on the ground: resolution over the cosine of the emission angle.",
        "Camera pixel on the ground, longer side",
    ),
)

BACKPLANES: Mapping[str, Backplane] = MappingProxyType({plane.name: plane for plane in (*MAP_BACKPLANES, *_DERIVED)})
"""All planes by name, in the order in which products list them; the last ones are made from the others."""


def ground_resolution_km(planes: Mapping[str, np.ndarray]) -> np.ndarray:
    """Plane ``ground_resolution``: the footprint of a camera pixel, along the direction in which it is foreshortened.

    Parameters
    ----------
    planes : mapping
        With ``resolution`` (km) and ``emission`` (deg).

    Returns
    -------
    array of the planes' shape
        km; NaN where a plane is, or the ground faces away.

    Notes
    -----
    The footprint is taken for flat. The body's curvature makes it 4 % longer one pixel inside the limb, 1 % two pixels.
    """
    cosine = np.cos(np.radians(planes["emission"]))
    with np.errstate(invalid="ignore"):
        return np.where(cosine > 0.0, planes["resolution"] / np.where(cosine > 0.0, cosine, 1.0), np.nan)
