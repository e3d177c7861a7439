"""Named features of Io: paterae, mountains, eruptive centres, plains."""

from dataclasses import dataclass
from types import MappingProxyType

from perijove.bodies.io_feature_table import ROWS

__all__ = ["IO_FEATURES", "IO_FEATURES_SOURCE", "VOLCANIC_KINDS", "IoFeature"]

IO_FEATURES_SOURCE = "IAU/USGS Gazetteer of Planetary Nomenclature"
VOLCANIC_KINDS = ("eruptive center", "patera")
"""Kinds of features that are named for a vent; lava flows (fluctus) and shields (tholus) have theirs among them."""


@dataclass(frozen=True)
class IoFeature:
    """A named feature.

    Attributes
    ----------
    name : str
        Approved name, such as ``Loki Patera``.
    kind : str
        Feature type in lower case: patera, mons, fluctus, eruptive center, regio, ...
    lat_deg, lon_east_deg : float
        Centre, planetocentric, -180 to 180 east.
    diameter_km : float or None
        Largest extent; None where the list has none.
    """

    name: str
    kind: str
    lat_deg: float
    lon_east_deg: float
    diameter_km: float | None


IO_FEATURES = MappingProxyType(
    {name: IoFeature(name, kind, lat, lon, diameter or None) for name, kind, lat, lon, diameter in ROWS}
)
"""All features by name."""
