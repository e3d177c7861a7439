"""Raw JunoCam pictures: open, locate, map, and what the framelets show."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from perijove.errors import InputError
from perijove.export.geojson import feature_collection, footprint_feature, write_geojson
from perijove.face.results import Drawn
from perijove.figures.moons.series import Line, series_figure
from perijove.formats.image import RawImage
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.quality import QUALITY
from perijove.picture import MappedPicture, Picture
from perijove.picture import open_picture as open
from perijove.scene.backplane_registry import BACKPLANES
from perijove.scene.footprints import Footprint, framelet_footprints
from perijove.scene.shot import Shot
from perijove.timescales import tdb_to_utc

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "BACKPLANES",
    "QUALITY",
    "Footprint",
    "Footprints",
    "Location",
    "MappedPicture",
    "Picture",
    "RawImage",
    "Shot",
    "footprints",
    "open",
]


class Footprints(tuple[Footprint, ...], Drawn):  # noqa: SLOT001  # shows itself
    """Ground that the framelets of a picture show, in their order."""

    name: str = ""

    def records(self) -> list[dict[str, Any]]:
        """One framelet a row: time (UTC), filter, distance and resolution (km), emission and incidence (deg)."""
        return [
            {
                "framelet": one.framelet,
                "frame": one.frame,
                "filter": one.filter_name,
                "time_utc": tdb_to_utc(one.time_tdb, digits=3),
                "range_km": one.range_km.mean,
                "resolution_km": one.resolution_km.mean,
                "emission_deg": one.emission_deg.mean,
                "incidence_deg": one.incidence_deg.mean,
            }
            for one in self
        ]

    def plot(self) -> "Figure":
        """Resolution on the ground by filter over time, as matplotlib figure."""
        lines = []
        for name in dict.fromkeys(one.filter_name for one in self):
            mine = [one for one in self if one.filter_name == name]
            times = np.array([one.time_tdb for one in mine])
            lines.append(Line(name, times, np.array([one.resolution_km.mean for one in mine]), marks=True))
        return series_figure(lines, unit="km per pixel", title="Resolution", facts=self.name, source="")

    def save(self, path: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the outlines as GeoJSON.

        Parameters
        ----------
        path : path
        overwrite : bool
            Whether a file of that name may be replaced.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            Where there is one and `overwrite` is false.
        """
        place = Path(path)
        if place.exists() and not overwrite:
            raise InputError(f"{place} exists; give overwrite=True, or another name")
        write_geojson(place, feature_collection([footprint_feature(one) for one in self], name=self.name))
        return place


def footprints(picture: Picture) -> Footprints:
    """Ground that each framelet of a picture shows.

    Parameters
    ----------
    picture : Picture
        It is located if it has not been.

    Returns
    -------
    Footprints

    Raises
    ------
    PerijoveError
        If the body does not show, or too little of its limb.
    """
    found: Iterable[Footprint] = framelet_footprints(picture.locate().shot)
    result = Footprints(found)
    result.name = picture.raw.product_id
    return result
