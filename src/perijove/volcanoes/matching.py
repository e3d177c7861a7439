"""Which entry of a table is which source of the catalogue: position, size and name weighed together.

The rule is the likelihood ratio of Sutherland & Saunders (1992, MNRAS 259, 413, eqs. 2 and 5). An entry at a distance r
from a source has f(r) = exp(-r²/2s²)/(2 pi s²) if it is that source, with s² the sum of both squared errors of position
and of a quarter of the source's squared radius (a uniform disc scatters by half its radius along each axis); an
unrelated one has the density of sources n. So L = f/n, times what the names say. With the share Q of entries that have
a counterpart at all, source i is the one with probability L_i / (sum of L + (1 - Q)/Q).

Not modelled: that volcanoes crowd (n is the mean over Io, so in a crowded place chance matches are likelier than stated
by some tens of per cent), and that long flows are hot at one end, which s understates: these end among the doubtful.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.errors import FormatError
from perijove.formats.tables.hot_spots import Entry
from perijove.volcanoes.names import Likeness, VolcanoName, likeness, parsed_name

__all__ = ["DOUBTFUL", "NAME_ODDS", "Match", "Place", "match_entries", "separation_km"]

NAME_ODDS = {Likeness.SAME: 300.0, Likeness.PART: 2.0, Likeness.UNTOLD: 1.0, Likeness.OTHER: 0.1}
"""Factor on the odds. Names are given to places: two of some 300 proper ones agree by chance once in 300. Different
ones speak against, but sources were renamed."""
DOUBTFUL = (0.1, 0.9)
"""Probabilities between which a match, made or not made, is listed as doubtful."""
_SHARE = 0.75  # of entries that have a counterpart, before anything is known
_FAR_SIGMAS = 6.0
_MIRRORED = 2.0  # times as many counterparts the other way round: the table's longitudes are not what they should be
_FEWEST = 20


@dataclass(frozen=True)
class Place:
    """What matching must know of a source.

    Attributes
    ----------
    names : tuple of VolcanoName
        All that it has had.
    ids : tuple of str
        Identifiers, such as ``JRM122``.
    lat_deg, lon_east_deg, sigma_km, radius_km : float
        Radius of a disc of its area; 0 where no area is known.
    """

    names: tuple[VolcanoName, ...]
    ids: tuple[str, ...]
    lat_deg: float
    lon_east_deg: float
    sigma_km: float
    radius_km: float = 0.0


@dataclass(frozen=True)
class Match:
    """What became of an entry.

    Attributes
    ----------
    source : int or None
        Index of the source; None where the entry is a source of its own.
    method : str
        ``id``, ``name`` (position allows it, the name decides), ``position``, ``part`` (a part of a source that the
        table has several of), or ``new``.
    probability : float
        That it is the best candidate; 1 by identifier.
    separation_km : float or None
        From the best candidate; None where there is none within reach.
    doubt : str
        Why it is doubtful; empty where it is not.
    """

    source: int | None
    method: str
    probability: float
    separation_km: float | None
    doubt: str


def separation_km(
    lat_deg: np.ndarray | float, lon_deg: np.ndarray | float, lat_2_deg: np.ndarray, lon_2_deg: np.ndarray
) -> np.ndarray:
    """Great-circle distance on Io's mean sphere, km; shapes broadcast."""
    a, b = np.radians(lat_deg), np.radians(lat_2_deg)
    half = np.sin(0.5 * (b - a)) ** 2 + np.cos(a) * np.cos(b) * np.sin(0.5 * np.radians(lon_2_deg - lon_deg)) ** 2
    apart: np.ndarray = 2.0 * IO_MEAN_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return apart


def match_entries(
    entries: Sequence[Entry], places: Sequence[Place], *, use_names: bool = True, use_ids: bool = True
) -> list[Match]:
    """Find the source of each entry of one table.

    Parameters
    ----------
    entries : sequence of Entry
        Of one table.
    places : sequence of Place
        The sources so far.
    use_names, use_ids : bool
        Whether names and identifiers count; without both, position and size alone decide: this tells how good they
        are.

    Returns
    -------
    list of Match
        In the order of the entries. Entries of one table are different sources: where two have the same best
        candidate, the less probable one is a part of it.

    Raises
    ------
    FormatError
        If the table fits twice as well with its longitudes mirrored.
    """
    if not places or not entries:
        return [Match(None, "new", 1.0, None, "") for _ in entries]
    lat, lon = (np.array([getattr(one, name) for one in places]) for name in ("lat_deg", "lon_east_deg"))
    sigma = np.array([np.hypot(one.sigma_km, 0.5 * one.radius_km) for one in places])
    _refuse_mirrored(entries, lat, lon)
    by_id = {known: i for i, one in enumerate(places) for known in one.ids} if use_ids else {}
    found: list[tuple[int | None, str, float, float | None, str]] = []
    for entry in entries:
        apart = separation_km(entry.lat_deg, entry.lon_east_deg, lat, lon)
        total = np.hypot(sigma, entry.sigma_km)
        known = by_id.get(entry.table_id) if entry.table_id else None
        if known is not None:
            far = apart[known] > _FAR_SIGMAS * total[known]
            found.append((known, "id", 1.0, float(apart[known]), "the same identifier at another place" if far else ""))
            continue
        name = parsed_name(entry.name) if use_names else parsed_name("")
        alike = [_best_likeness(name, one.names) for one in places]
        odds = _odds(apart, total, len(places)) * np.array([NAME_ODDS[each] for each in alike])
        best = int(np.argmax(odds))
        probability = float(odds[best] / (odds.sum() + (1.0 - _SHARE) / _SHARE))
        found.append(_judged(best, probability, apart, alike))
    return _apart(found)


def _odds(apart: np.ndarray, total: np.ndarray, count: int) -> np.ndarray:
    density = count / (4.0 * np.pi * IO_MEAN_RADIUS_KM**2)
    scaled = apart / total
    odds: np.ndarray = np.where(
        scaled < _FAR_SIGMAS, np.exp(-0.5 * scaled**2) / (2.0 * np.pi * total**2 * density), 0.0
    )
    return odds


def _best_likeness(name: VolcanoName, names: tuple[VolcanoName, ...]) -> Likeness:
    """The most that any of a source's names says for it."""
    found = {likeness(name, other) for other in names} or {Likeness.UNTOLD}
    if Likeness.OTHER in found:  # one that has another name is not nameless
        found.discard(Likeness.UNTOLD)
    return next(each for each in Likeness if each in found)


def _judged(
    best: int, probability: float, apart: np.ndarray, alike: Sequence[Likeness]
) -> tuple[int | None, str, float, float | None, str]:
    doubt = ""
    if DOUBTFUL[0] < probability < DOUBTFUL[1]:
        doubt = "more than one reading of the position is likely"
    if probability >= 0.5:
        return best, "name" if alike[best] is Likeness.SAME else "position", probability, float(apart[best]), doubt
    namesakes = [i for i, each in enumerate(alike) if each in {Likeness.SAME, Likeness.PART}]
    if namesakes:
        near = min(namesakes, key=lambda i: apart[i])
        doubt = f"a source of that name lies {apart[near]:.0f} km away"
        return None, "new", 1.0 - probability, float(apart[near]), doubt
    return None, "new", 1.0 - probability, float(apart.min()), doubt


def _apart(found: list[tuple[int | None, str, float, float | None, str]]) -> list[Match]:
    """Keep one entry for each source, the most probable (by name before by position); others are parts of it."""
    rank = {"id": 0, "name": 1, "position": 2}
    order = sorted(range(len(found)), key=lambda i: (rank.get(found[i][1], 3), -found[i][2], found[i][3] or 0.0))
    taken: set[int] = set()
    matches: list[Match | None] = [None] * len(found)
    for i in order:
        source, method, probability, apart, doubt = found[i]
        if source is not None and source in taken:
            method, doubt = "part", doubt or "another entry of the table lies on the same source"
        elif source is not None:
            taken.add(source)
        matches[i] = Match(source, method, probability, apart, doubt)
    return [one for one in matches if one is not None]


def _refuse_mirrored(entries: Sequence[Entry], lat: np.ndarray, lon: np.ndarray) -> None:
    """Refuse a table whose longitudes seem to count the other way."""
    if len(entries) < _FEWEST:
        return
    north, east = np.array([one.lat_deg for one in entries]), np.array([one.lon_east_deg for one in entries])
    near = [
        int((separation_km(north[:, None], way * east[:, None], lat, lon).min(axis=1) < 60.0).sum())
        for way in (1.0, -1.0)
    ]
    if near[1] > _MIRRORED * near[0]:
        raise FormatError(
            f"{entries[0].table}: {near[1]} of {len(entries)} entries lie on known sources with their longitudes "
            f"mirrored, {near[0]} as they are; west and east are mixed up"
        )
