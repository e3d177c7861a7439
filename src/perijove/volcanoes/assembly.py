"""One list of sources out of all tables: joined, named by the IAU, and laid on the geologic map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.bodies.io_features import IO_FEATURES, IoFeature
from perijove.formats.tables.geologic_map import GeologicMap
from perijove.formats.tables.hot_spots import READERS, Entry, PublishedTable
from perijove.volcanoes.matching import Match, Place, match_entries, separation_km
from perijove.volcanoes.names import Likeness, likeness, parsed_name

__all__ = ["JoinedEntry", "Source", "feature_of", "joined", "mapped"]

_PREFIX = {"davies2024-thermal": "T", "dekleer2019": "K", "mura2024": "M", "sim3168": "G", "nims": "N"}
_VOLCANIC = {"patera": "patera", "eruptive center": "vent", "fluctus": "flow", "tholus": "tholus"}
_NAMESAKE_KM = 150.0  # beyond a feature's own edge: what bears its name may stand so far off, not farther
_SIGMAS = 2.0
_POINTS = 31  # over the place's error and the source's disc: shares of units to 3 per cent


@dataclass(frozen=True)
class JoinedEntry:
    """An entry and what became of it."""

    entry: Entry
    match: Match


@dataclass
class Source:
    """A place on Io that was seen to radiate.

    Attributes
    ----------
    source_id : str
        ``JRM122`` of Davies et al. where it has one, else a letter of the table that has it first and its row there.
    name : str
        Of the first table that names it; empty where none does.
    iau_name, iau_kind : str
        Approved name of the feature that it belongs to, and the feature's type; empty where there is none.
    kind : str
        ``patera``, ``flow``, ``vent``, ``tholus`` or ``regio``, by name; else by the map: ``patera``, ``flow``,
        ``plains``, ``mountain``; else ``unknown``.
    lat_deg, lon_east_deg, sigma_km : float
        Of the first table that has it: the best placed.
    area_km2, temperature_k, power_gw : float or None
        Effective ones of Davies et al.
    unit, unit_name, unit_class : str
        Of the geologic map, where most of the source lies.
    unit_share : float
        How much of it, position error included, lies there; 0 to 1.
    entries : list of JoinedEntry
    """

    source_id: str
    name: str
    lat_deg: float
    lon_east_deg: float
    sigma_km: float
    area_km2: float | None
    temperature_k: float | None
    power_gw: float | None
    entries: list[JoinedEntry]
    iau_name: str = ""
    iau_kind: str = ""
    kind: str = "unknown"
    unit: str = ""
    unit_name: str = ""
    unit_class: str = "unmapped"
    unit_share: float = 0.0
    jrm_id: str = field(default="")

    @property
    def radius_km(self) -> float:
        """Of a disc of its area; 0 where that is not known."""
        return float(np.sqrt((self.area_km2 or 0.0) / np.pi))

    @property
    def place(self) -> Place:
        """What matching must know of it."""
        names = tuple(dict.fromkeys(parsed_name(one.entry.name) for one in self.entries))
        ids = tuple({one.entry.table_id for one in self.entries if one.entry.table_id})
        return Place(names, ids, self.lat_deg, self.lon_east_deg, self.sigma_km, self.radius_km)


def joined(tables: Mapping[str, PublishedTable]) -> list[Source]:
    """Join the tables in the order of `READERS`; each may add sources that those before do not have.

    Parameters
    ----------
    tables : mapping
        By name; some may be missing.

    Returns
    -------
    list of Source
        Not yet named by the IAU, nor laid on a map.

    Raises
    ------
    FormatError
        If a table's longitudes are mirrored.
    """
    sources: list[Source] = []
    for name in READERS:
        if name not in tables:
            continue
        entries = tables[name].entries
        matches = match_entries(entries, [one.place for one in sources])
        for entry, match in zip(entries, matches, strict=True):
            if match.source is None:
                sources.append(_new(entry, match))
            else:
                _extend(sources[match.source], JoinedEntry(entry, match))
    return sources


def _new(entry: Entry, match: Match) -> Source:
    known = entry.table_id or f"{_PREFIX.get(entry.table, 'X')}{entry.row:03d}"
    return Source(
        known,
        entry.name,
        entry.lat_deg,
        entry.lon_east_deg,
        entry.sigma_km,
        entry.area_km2,
        entry.temperature_k,
        entry.power_gw,
        [JoinedEntry(entry, match)],
        jrm_id=entry.table_id,
    )


def _extend(source: Source, one: JoinedEntry) -> None:
    source.entries.append(one)
    if not source.name:
        source.name = one.entry.name
    if not source.jrm_id and one.match.method != "part":
        source.jrm_id = one.entry.table_id


def feature_of(
    lat_deg: float, lon_east_deg: float, sigma_km: float, *, names: Sequence[str] = (), radius_km: float = 0.0
) -> IoFeature | None:
    """Named volcanic feature to which a place belongs.

    Parameters
    ----------
    lat_deg, lon_east_deg, sigma_km : float
    names : sequence of str
        What the place is called; without names the place alone decides.
    radius_km : float
        Of the source.

    Returns
    -------
    IoFeature or None
        One of its name whose edge is within 150 km; else the patera, flow or tholus in which the place lies (two
        standard errors and half the source's radius granted), the one whose centre is nearest in units of its radius.
        Eruptive centres, whose diameters are those of plume deposits, are told by name alone.
    """
    near = [
        (float(separation_km(lat_deg, lon_east_deg, np.array(one.lat_deg), np.array(one.lon_east_deg))), one)
        for one in IO_FEATURES.values()
        if one.kind in _VOLCANIC
    ]
    parsed = [name for name in map(parsed_name, names) if name.stem]
    called = [
        (apart, one)
        for apart, one in near
        if apart < 0.5 * (one.diameter_km or 0.0) + _NAMESAKE_KM
        and any(likeness(name, parsed_name(one.name)) in {Likeness.SAME, Likeness.PART} for name in parsed)
    ]
    if called:
        wanted = {name.kind for name in parsed}
        return min(called, key=lambda pair: (_VOLCANIC[pair[1].kind] not in wanted, pair[0]))[1]
    slack = _SIGMAS * sigma_km + 0.5 * radius_km
    inside = [
        (apart / (0.5 * (one.diameter_km or 0.0) + slack), one)
        for apart, one in near
        if one.kind != "eruptive center" and apart < 0.5 * (one.diameter_km or 0.0) + slack
    ]
    return min(inside, key=lambda pair: pair[0])[1] if inside else None


def mapped(sources: Sequence[Source], geology: GeologicMap | None) -> list[Source]:
    """The sources with their features, kinds, and units of the map."""
    shares = _units(sources, geology) if geology is not None else [("", "", "unmapped", 0.0)] * len(sources)
    found = []
    for source, (unit, unit_name, unit_class, share) in zip(sources, shares, strict=True):
        names = [one.entry.name for one in source.entries if one.entry.name]
        feature = feature_of(
            source.lat_deg, source.lon_east_deg, source.sigma_km, names=names, radius_km=source.radius_km
        )
        kinds = [parsed_name(name).kind for name in names]
        kinds += [_VOLCANIC[feature.kind]] if feature else []
        by_map = {"patera floor": "patera", "unmapped": "unknown"}.get(unit_class, unit_class)
        found.append(
            replace(
                source,
                iau_name=feature.name if feature else "",
                iau_kind=feature.kind if feature else "",
                kind=next(filter(None, kinds), by_map),
                unit=unit,
                unit_name=unit_name,
                unit_class=unit_class,
                unit_share=share,
            )
        )
    return found


def _units(sources: Sequence[Source], geology: GeologicMap) -> list[tuple[str, str, str, float]]:
    """Unit, its name and class, and the share of the source in it, of points over a disc of error and source."""
    number = np.arange(_POINTS)
    turn, part = np.pi * (3.0 - np.sqrt(5.0)) * number, np.sqrt((number + 0.5) / _POINTS)
    lat, lon = (np.array([getattr(one, name) for one in sources]) for name in ("lat_deg", "lon_east_deg"))
    # A uniform disc of twice the radius has the scatter of a normal error; both scatters add in squares.
    wide = np.degrees(np.array([np.hypot(2.0 * one.sigma_km, one.radius_km) for one in sources]) / IO_MEAN_RADIUS_KM)
    north = np.clip(lat[:, None] + wide[:, None] * part * np.sin(turn), -89.99, 89.99)
    east = lon[:, None] + wide[:, None] * part * np.cos(turn) / np.cos(np.radians(north))
    polygons = geology.polygon_at(north, east)
    found = []
    for row in polygons:
        units = [geology.symbols[i] if i >= 0 else "" for i in row]
        unit = max(dict.fromkeys(units), key=units.count)
        first = int(row[units.index(unit)])
        found.append(
            (unit, geology.names[first] if unit else "", geology.class_of(first), units.count(unit) / len(units))
        )
    return found
