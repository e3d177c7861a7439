"""Where plumes of Io have been seen."""

from dataclasses import dataclass
from types import MappingProxyType

from perijove.bodies.io_features import IO_FEATURES, IoFeature

__all__ = ["IO_PLUMES", "IO_PLUMES_SOURCE", "PlumeSite"]

IO_PLUMES_SOURCE = (
    "places: IAU/USGS Gazetteer; heights: as reported for Voyager, Galileo, Cassini and New Horizons by McEwen & "
    "Soderblom 1983 (Icarus 55:191), Geissler & McMillan 2008 (Icarus 197:505) and Spencer et al. 2007 (Science "
    "318:240), written down from memory and not checked against the papers: to some 30 %, and plumes differ by more "
    "from year to year"
)


@dataclass(frozen=True)
class PlumeSite:
    """A vent above which a plume was seen.

    Attributes
    ----------
    feature : IoFeature
        Named feature that stands for the vent.
    height_km : float
        Greatest typical height; see `IO_PLUMES_SOURCE`.
    """

    feature: IoFeature
    height_km: float


_HEIGHTS_KM = {
    "Pele": 300.0,
    "Loki": 150.0,
    "Prometheus": 80.0,
    "Amirani": 90.0,
    "Tvashtar Paterae": 350.0,
    "Marduk": 90.0,
    "Thor": 400.0,
    "Masubi": 70.0,
    "Zamama": 80.0,
    "Maui": 80.0,
    "Volund": 100.0,
    "Culann Patera": 60.0,
    "Kanehekili": 80.0,
    "Surt": 300.0,
    "Pillan Patera": 140.0,
    "Acala Fluctus": 80.0,
    "Ra Patera": 70.0,
}
IO_PLUMES = MappingProxyType(
    {name: PlumeSite(IO_FEATURES[name], height) for name, height in _HEIGHTS_KM.items() if name in IO_FEATURES}
)
"""Sites by the feature's name."""
