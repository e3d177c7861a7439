"""Named places of a body, as figures take them."""

from perijove.bodies.io_features import IO_FEATURES, VOLCANIC_KINDS
from perijove.figures.picture import Feature

__all__ = ["named_places"]

_FAMOUS = frozenset({"Loki Patera", "Pele", "Prometheus", "Tvashtar Paterae", "Loki", "Amirani"})


def named_places(body: str, *, volcanoes_first: bool = True) -> list[Feature]:
    """Named places of Io: the famous ones first, then paterae and eruptive centres if asked for, then others by size.

    Of other bodies none are at hand: the list is empty.
    """
    if body != "IO":
        return []
    return [
        Feature(
            place.name,
            place.lat_deg,
            place.lon_east_deg,
            place.diameter_km or 0.0,
            -1 if place.name in _FAMOUS else 1 if volcanoes_first and place.kind not in VOLCANIC_KINDS else 0,
        )
        for place in IO_FEATURES.values()
    ]
